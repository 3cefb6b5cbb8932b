"""Workflow graphs from a few lines of text, for tests.

Each line is ``kind id option ...``; deeper lines are the content of the sub-process above. Lines
with ``>`` draw flows (``a > b > c``; ``>?`` with a condition, ``>!`` the default), ``a ~ b`` is a
message flow. Options: a trigger's name, ``ref=x``, ``on=activity``, ``quiet`` (not interrupting),
``loop``, ``while`` (a loop with the test before), ``many`` (multi-instance), ``instantiate``.
A line ``process id`` begins a process, ``pool id`` a pool without content.
"""

from __future__ import annotations

from typing import Any

from translators.workflow import (
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
    WorkflowGraph,
)

EVENTS = {"start", "end", "catch", "throw", "boundary"}
GATEWAYS = {
    "xor": GatewayKind.EXCLUSIVE,
    "and": GatewayKind.PARALLEL,
    "or": GatewayKind.INCLUSIVE,
    "event": GatewayKind.EVENT_BASED,
    "complex": GatewayKind.COMPLEX,
}
BODIES = {"sub": "sub-process", "transaction": "transaction", "esub": "event-sub-process"}


def drawn(text: str) -> WorkflowGraph:
    """Return the graph of a text."""
    nodes: dict[str, dict[str, Any]] = {}
    flows: list[Flow] = []
    messages: list[MessageFlow] = []
    scopes: list[Scope] = []
    pools: list[Pool] = []
    stack: list[tuple[int, str]] = []
    for line in text.strip("\n").splitlines():
        words = line.split()
        if not words:
            continue
        depth = len(line) - len(line.lstrip())
        if words[0] == "process":
            scopes.append(Scope(id=words[1], kind="process"))
            pools.append(Pool(id=f"pool-{words[1]}", scope=words[1]))
            stack = [(depth, words[1])]
            continue
        if words[0] == "pool":
            pools.append(Pool(id=words[1]))
            continue
        if not stack:
            scopes.append(Scope(id="p", kind="process"))
            stack = [(depth - 1, "p")]
        if "~" in words:
            messages.append(
                MessageFlow(id=f"{words[0]}~{words[2]}", source=words[0], target=words[2])
            )
            continue
        while len(stack) > 1 and depth <= stack[-1][0]:
            stack.pop()
        scope = stack[-1][1]
        if len(words) > 1 and words[1].startswith(">"):
            for source, arrow, target in zip(words[::2], words[1::2], words[2::2], strict=False):
                known = sum(flow.id.split("#")[0] == f"{source}>{target}" for flow in flows)
                id_ = f"{source}>{target}" + (f"#{known + 1}" if known else "")
                flows.append(
                    Flow(
                        id=id_, source=source, target=target, scope=scope,
                        condition=Condition(text="?") if arrow == ">?" else None,
                    )
                )  # fmt: skip
                if arrow == ">!":
                    nodes[source]["default"] = id_
            continue
        kind, id_, *options = words
        nodes[id_] = node(kind, id_, scope, options)
        if kind in BODIES:
            body = f"{id_}-body"
            nodes[id_]["body"] = body
            inner = "event-sub-process" if kind == "esub" else "sub-process"
            scopes.append(Scope(id=body, kind=inner, parent=scope, owner=id_))
            stack.append((depth, body))
    return WorkflowGraph(
        id="w",
        nodes=tuple(Node(**given) for given in nodes.values()),
        flows=tuple(flows),
        messages=tuple(messages),
        scopes=tuple(scopes),
        pools=tuple(pools),
    )


def node(kind: str, id_: str, scope: str, options: list[str]) -> dict[str, object]:
    given: dict[str, object] = {"id": id_, "scope": scope}
    if kind in EVENTS:
        given.update(kind=NodeKind.EVENT, event=EventKind(kind))
    elif kind in GATEWAYS:
        given.update(kind=NodeKind.GATEWAY, gateway=GATEWAYS[kind])
    else:
        given.update(kind=NodeKind.ACTIVITY, activity=BODIES.get(kind, kind))
    for option in options:
        name, _, value = option.partition("=")
        if name == "on":
            given["attached_to"] = value
        elif name == "ref":
            given["reference"] = value
        elif name == "quiet":
            given["interrupting"] = False
        elif name == "instantiate":
            given["instantiate"] = True
        elif name in ("loop", "while"):
            given["loop"] = Loop(kind="standard", test_before=name == "while")
        elif name == "many":
            given["loop"] = Loop(kind="parallel")
        else:
            given["trigger"] = Trigger(name)
    return given
