"""Workflow graphs with every mapped element, small, structured or not, sound or not.

``workflow_graphs(seed, count)`` yields the same graphs each time; ``workflows`` is the strategy
for hypothesis. A graph is put together from blocks (``workflow_blocks``), and some graphs are then
damaged: flows added and dropped, gateways exchanged.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import strategies as st

from translators.workflow import (
    EventKind,
    GatewayKind,
    MessageFlow,
    Pool,
    Scope,
    Trigger,
    Variable,
    WorkflowGraph,
)
from workflow_blocks import THEMES, Blocks
from workflow_elements import ELEMENTS, elements

MARGIN = 2


class Maker(Blocks):
    """Makes one graph."""

    def graph(self) -> WorkflowGraph:
        self.theme = self.pick(THEMES)
        several = self.often(0.2, "messages")
        self.typed = self.theme == "data"
        for number in range(2 if several else 1):
            self.scope = f"P{number}"
            self.scopes.append(Scope(id=self.scope, kind="process"))
            self.pools.append(Pool(id=f"pool{number}", scope=self.scope))
            self.room = self.chance.randint(1, 3) if several else self.chance.randint(2, 5)
            self.content()
        if several or self.maybe(0.2):
            self.exchange()
        if self.maybe(0.25):
            self.damage()
        self.chance.shuffle(self.nodes)
        self.chance.shuffle(self.flows)
        variables = (Variable(name="x", type="integer"),) if self.typed else ()
        return WorkflowGraph(
            id="w", nodes=tuple(self.nodes), flows=tuple(self.flows), variables=variables,
            messages=tuple(self.messages), scopes=tuple(self.scopes), pools=tuple(self.pools),
        )  # fmt: skip

    def process_of(self, scope: str) -> str:
        parents = {s.id: s.parent for s in self.scopes}
        while (parent := parents[scope]) is not None:
            scope = parent
        return scope

    def exchange(self) -> None:
        """Add message flows between the pools, and from and to a black box."""
        takers = [n for n in self.nodes if n.trigger is Trigger.MESSAGE and n.event in
                  (EventKind.START, EventKind.CATCH, EventKind.BOUNDARY)]  # fmt: skip
        takers += [n for n in self.nodes if n.activity == "receive"] * 2
        takers += [n for n in self.nodes if n.trigger is Trigger.MULTIPLE and self.maybe(0.3)]
        takers += [
            n for n in self.nodes if n.activity in ("task", "sub-process") and self.maybe(0.1)
        ]
        senders = [n for n in self.nodes if n.trigger is Trigger.MESSAGE and n.event in
                   (EventKind.THROW, EventKind.END)]  # fmt: skip
        senders += [n for n in self.nodes if n.is_activity and n.activity != "event-sub-process"]
        senders = [n for n in senders if not n.for_compensation]
        if self.maybe(0.5):
            self.pools.append(Pool(id="outside"))
        for taker in takers:
            outside = len(self.pools) > 1 and self.pools[-1].scope is None
            if outside and self.maybe(0.2):
                self.message("outside", taker.id)
            far = [n for n in senders if self.process_of(n.scope) != self.process_of(taker.scope)]
            if far and self.maybe(0.8):
                self.message(self.pick(far).id, taker.id)
            if far and self.maybe(0.15):
                self.message(self.pick(far).id, taker.id)
        if senders and self.pools[-1].scope is None:
            self.message(self.pick(senders).id, "outside")

    def message(self, source: str, target: str) -> None:
        self.messages.append(MessageFlow(id=f"m{len(self.messages)}", source=source, target=target))

    def damage(self) -> None:
        """Add a flow, drop a flow, or exchange a gateway."""
        for _ in range(self.pick((1, 1, 2))):
            way = self.pick(("add", "add", "drop", "exchange", "exchange"))
            gateways = [n for n in self.nodes if n.gateway in
                        (GatewayKind.EXCLUSIVE, GatewayKind.PARALLEL)]  # fmt: skip
            waits = {n.id for n in self.nodes if n.gateway is GatewayKind.EVENT_BASED}
            if way == "drop" and self.flows:
                lost = self.pick(self.flows)
                self.flows.remove(lost)
                self.nodes = [
                    replace(n, default=None) if n.default == lost.id else n for n in self.nodes
                ]
            elif way == "exchange" and gateways:
                node = self.pick(gateways)
                parallel = node.gateway is GatewayKind.EXCLUSIVE
                self.change(
                    node.id, gateway=GatewayKind.PARALLEL if parallel else GatewayKind.EXCLUSIVE
                )
            elif way == "add":
                source = self.pick(self.nodes)
                targets = [n for n in self.nodes if n.scope == source.scope and n.event not in
                           (EventKind.START, EventKind.BOUNDARY) and not n.for_compensation
                           and n.activity != "event-sub-process"]  # fmt: skip
                if (
                    source.event is not EventKind.END and source.trigger is not Trigger.LINK
                    and source.trigger is not Trigger.COMPENSATION and source.id not in waits
                    and source.activity != "event-sub-process" and not source.for_compensation
                    and targets
                ):  # fmt: skip
                    self.scope = source.scope
                    self.flow(source.id, self.pick(targets).id)


def random_workflow_graph(chance: random.Random) -> WorkflowGraph:
    """Return a graph made by the choices of ``chance``."""
    return Maker(chance).graph()


def workflow_graphs(seed: int, count: int) -> Iterator[WorkflowGraph]:
    """Yield ``count`` graphs, the same ones for the same seed."""
    for number in range(count):
        yield random_workflow_graph(random.Random(f"{seed}/{number}"))


def workflow_suite(
    seed: int, found: Counter[str], *, each: int, most: int = 15_000
) -> Iterator[WorkflowGraph]:
    """Yield small graphs until each element has been found ``each`` times, the same for a seed.

    ``found`` is updated by the caller, with the elements of the graphs that served. Of all graphs
    those are taken that have an element which is rare so far; after ``most`` graphs the suite ends
    in any case.
    """
    for graph in workflow_graphs(seed, most):
        rarest = min(found[name] for name in ELEMENTS)
        if rarest >= each:
            return
        here = elements(graph)
        rare = (here[name] and found[name] <= rarest + MARGIN for name in ELEMENTS)
        if len(graph.nodes) <= 16 and any(rare):
            yield graph


def workflows() -> st.SearchStrategy[WorkflowGraph]:
    """Return the strategy of the same graphs, which hypothesis can shrink."""
    return st.randoms(use_true_random=False).map(random_workflow_graph)
