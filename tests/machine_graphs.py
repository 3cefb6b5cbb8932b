"""Small workflow graphs written as texts, for the tests of the map to machines.

Statements are separated by ``;``: ``task A B``, ``xor x``, ``start s timer``, ``end e``,
``boundary b timer on=A nonint``, ``sub S`` ... ``out``, ``esp X``, ``process Q``, ``pool K``,
``msg A B``, ``s -> A -> e``, ``variable x integer``, ``when A B x > 5`` (``?``: not parsed), ``default A B``.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

from transition_systems.expressions.parse import parse_expression
from translators.workflow.graph import (
    Condition,
    EventKind,
    Flow,
    GatewayKind,
    Loop,
    MessageFlow,
    Node,
    NodeKind,
    Pool,
    Scope,
    Trigger,
    Variable,
    WorkflowGraph,
)

__all__ = ["graph_of"]

GATEWAYS = {
    "xor": GatewayKind.EXCLUSIVE,
    "and": GatewayKind.PARALLEL,
    "or": GatewayKind.INCLUSIVE,
    "event": GatewayKind.EVENT_BASED,
    "complex": GatewayKind.COMPLEX,
}
EVENTS = ("start", "catch", "throw", "boundary", "end")
BODIES = {
    "sub": "sub-process",
    "esp": "event-sub-process",
    "transaction": "transaction",
    "adhoc": "ad-hoc",
}
LOOPS = {
    "loop": Loop(kind="standard"),
    "loop0": Loop(kind="standard", test_before=True),
    "mi": Loop(kind="parallel"),
}
TRIGGERS = tuple(str(trigger) for trigger in Trigger)


class _Drawing:
    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.flows: list[Flow] = []
        self.messages: list[MessageFlow] = []
        self.scopes: list[Scope] = [Scope(id="P", kind="process")]
        self.pools: list[Pool] = []
        self.variables: list[Variable] = []
        self.scope = "P"

    def statement(self, text: str) -> None:
        words = text.split()
        match words[0]:
            case "out":
                parent = next(s.parent for s in self.scopes if s.id == self.scope)
                assert parent is not None
                self.scope = parent
            case "process":
                self.scopes.append(Scope(id=words[1], kind="process"))
                self.scope = words[1]
            case "variable":
                self.variables.append(Variable(name=words[1], type=words[2]))
            case "pool":
                self.pools.append(Pool(id=words[1]))
            case "msg":
                name = f"{words[1]}~{words[2]}"
                self.messages.append(MessageFlow(id=name, source=words[1], target=words[2]))
            case "when":
                condition = " ".join(words[3:])
                expression = None if condition == "?" else parse_expression(condition)
                self.flow(words[1], words[2], Condition(text=condition, expression=expression))
            case "default":
                flow = self.flow(words[1], words[2], None)
                self.nodes[words[1]] = replace(self.nodes[words[1]], default=flow)
            case _ if "->" in words:
                stops = [word for word in words if word != "->"]
                for source, target in itertools.pairwise(stops):
                    self.flow(source, target, None)
            case kind:
                self.add(kind, words[1:])

    def flow(self, source: str, target: str, condition: Condition | None) -> str:
        name = f"{source}-{target}"
        if any(flow.id == name for flow in self.flows):
            name += "'"
        scope = self.nodes[source].scope
        self.flows.append(
            Flow(id=name, source=source, target=target, scope=scope, condition=condition)
        )
        return name

    def add(self, kind: str, words: list[str]) -> None:
        given: dict[str, Any] = {"scope": self.scope}
        names: list[str] = []
        for word in words:
            if word in LOOPS:
                given["loop"] = LOOPS[word]
            elif word == "nonint":
                given["interrupting"] = False
            elif word == "instantiate":
                given["instantiate"] = True
            elif word == "compensates":
                given["for_compensation"] = True
            elif word.startswith("on="):
                given["attached_to"] = word[3:]
            elif word.startswith("ref="):
                given["reference"] = word[4:]
            elif word in TRIGGERS:
                given["trigger"] = Trigger(word)
            else:
                names.append(word)
        if kind in EVENTS:
            given |= {"kind": NodeKind.EVENT, "event": EventKind(kind)}
        elif kind in GATEWAYS:
            given |= {"kind": NodeKind.GATEWAY, "gateway": GATEWAYS[kind]}
        elif kind in BODIES:
            body = f"{names[0]}_body"
            given |= {"kind": NodeKind.ACTIVITY, "activity": BODIES[kind], "body": body}
            what: Any = "event-sub-process" if kind == "esp" else "sub-process"
            self.scopes.append(Scope(id=body, kind=what, parent=self.scope, owner=names[0]))
            self.scope = body
        else:
            given |= {"kind": NodeKind.ACTIVITY, "activity": kind}
        for name in names:
            self.nodes[name] = Node(id=name, **given)


def graph_of(text: str) -> WorkflowGraph:
    """Return the workflow graph of a text."""
    drawing = _Drawing()
    for statement in text.split(";"):
        if statement.strip():
            drawing.statement(statement)
    processes = [scope for scope in drawing.scopes if scope.kind == "process"]
    pools = [Pool(id=f"pool {scope.id}", scope=scope.id) for scope in processes]
    return WorkflowGraph(
        id="g",
        nodes=tuple(drawing.nodes.values()),
        flows=tuple(drawing.flows),
        messages=tuple(drawing.messages),
        scopes=tuple(drawing.scopes),
        pools=tuple(pools + drawing.pools),
        variables=tuple(drawing.variables),
    )
