"""A workflow whose gateways and flows can be changed: what is tried on the way to a repair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from translators.workflow.graph import (
    Condition,
    EventKind,
    Flow,
    GatewayKind,
    Node,
    NodeKind,
    Trigger,
    WorkflowGraph,
)

__all__ = ["Draft", "is_core", "swapped"]

SWAPPED = {
    GatewayKind.EXCLUSIVE: GatewayKind.PARALLEL,
    GatewayKind.PARALLEL: GatewayKind.EXCLUSIVE,
    GatewayKind.INCLUSIVE: GatewayKind.PARALLEL,
}
PLAIN_ENDS = (Trigger.NONE, Trigger.MESSAGE, Trigger.SIGNAL)
PLAIN_EVENTS = (
    Trigger.NONE, Trigger.MESSAGE, Trigger.SIGNAL, Trigger.TIMER, Trigger.CONDITIONAL,
)  # fmt: skip


def swapped(kind: GatewayKind) -> GatewayKind | None:
    """Return the other kind of a gateway: exclusive for parallel, parallel for the others."""
    return SWAPPED.get(kind)


class Draft:
    """Nodes and the flows between them, as dictionaries that can be changed.

    Parameters
    ----------
    graph
        The workflow that it starts from.

    Attributes
    ----------
    nodes
        By id.
    flows
        Source and target by id.
    """

    __slots__ = ("flows", "graph", "nodes")

    def __init__(
        self,
        graph: WorkflowGraph,
        nodes: Mapping[str, Node] | None = None,
        flows: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        self.graph = graph
        self.nodes = dict(nodes) if nodes is not None else {n.id: n for n in graph.nodes}
        if flows is None:
            flows = {f.id: (f.source, f.target) for f in graph.flows}
        self.flows = dict(flows)

    def copy(self) -> Draft:
        """Return a draft that can be changed apart."""
        return Draft(self.graph, self.nodes, self.flows)

    def around(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """Return the flows into and out of each node, in order."""
        into: dict[str, list[str]] = {name: [] for name in self.nodes}
        out: dict[str, list[str]] = {name: [] for name in self.nodes}
        for flow, (source, target) in self.flows.items():
            out[source].append(flow)
            into[target].append(flow)
        return into, out

    def new_flow_id(self, wish: str = "added") -> str:
        """Return an id that no element of the workflow has."""
        taken = {*self.nodes, *self.flows, *(f.id for f in self.graph.flows)}
        taken |= {n.id for n in self.graph.nodes} | {s.id for s in self.graph.scopes}
        number = 1
        while f"{wish}{number}" in taken:
            number += 1
        return f"{wish}{number}"

    def whole(self) -> WorkflowGraph:
        """Return the workflow with these nodes and flows; what hangs on others is left out.

        A condition is kept where the flow still leaves the same node and that node still chooses.
        """
        known = {flow.id: flow for flow in self.graph.flows}
        flows: list[Flow] = []
        for name, (source, target) in self.flows.items():
            old = known.get(name)
            node = self.nodes[source]
            if old is None:
                flows.append(Flow(id=name, source=source, target=target, scope=node.scope))
                continue
            condition: Condition | None = old.condition
            if source != old.source or node.gateway is GatewayKind.PARALLEL:
                condition = None
            flows.append(replace(old, source=source, target=target, condition=condition))
        kept = {flow.id for flow in flows}
        nodes = tuple(
            replace(node, default=None) if self._loses_default(node, kept) else node
            for node in self.nodes.values()
        )
        return replace(
            self.graph,
            nodes=nodes,
            flows=tuple(flows),
            scopes=tuple(s for s in self.graph.scopes if s.owner is None or s.owner in self.nodes),
            messages=tuple(
                m for m in self.graph.messages if self._known(m.source) and self._known(m.target)
            ),
        )

    def _known(self, end: str) -> bool:
        return end in self.nodes or all(node.id != end for node in self.graph.nodes)

    def _loses_default(self, node: Node, flows: set[str]) -> bool:
        if node.default is None:
            return False
        leaves = node.default in flows and self.flows[node.default][0] == node.id
        return not leaves or node.gateway is GatewayKind.PARALLEL

    def path_nodes(self) -> set[str]:
        """Return the nodes on a path from a start event to a node where it ends."""
        into, out = self.around()
        starts = [n.id for n in self.nodes.values() if n.event is EventKind.START]
        ends = [n.id for n in self.nodes.values() if n.event is EventKind.END]
        beside: dict[str, list[str]] = defaultdict(list)
        back: dict[str, list[str]] = defaultdict(list)
        for node in self.nodes.values():
            if node.attached_to is not None:
                beside[node.attached_to].append(node.id)
                back[node.id].append(node.attached_to)
        ahead = _reached(starts, lambda n: [*(self.flows[f][1] for f in out[n]), *beside[n]])
        behind = _reached(ends, lambda n: [*(self.flows[f][0] for f in into[n]), *back[n]])
        return ahead & behind


def _reached(first: list[str], following: Callable[[str], Iterable[str]]) -> set[str]:
    seen, waiting = set(first), list(first)
    while waiting:
        for name in following(waiting.pop()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return seen


def is_core(graph: WorkflowGraph) -> bool:
    """Return whether the nodes only pass, choose, fork and join tokens: one process, one start.

    Tasks, plain events, exclusive and parallel gateways, event-based gateways whose events have no
    other flow into them, interrupting boundary events.
    """
    if len(graph.scopes) != 1 or graph.messages:
        return False
    into: dict[str, int] = defaultdict(int)
    gateway = {node.id: node.gateway for node in graph.nodes}
    for flow in graph.flows:
        into[flow.target] += 1
    for flow in graph.flows:
        if flow.condition is not None and gateway[flow.source] is not GatewayKind.EXCLUSIVE:
            return False
        if gateway[flow.source] is GatewayKind.EVENT_BASED and into[flow.target] != 1:
            return False
    starts = [node for node in graph.nodes if node.event is EventKind.START]
    if len(starts) != 1 or into[starts[0].id]:
        return False
    return all(_is_plain(node, into[node.id]) for node in graph.nodes)


def _is_plain(node: Node, into: int) -> bool:
    if node.kind is NodeKind.GATEWAY:
        kinds = (GatewayKind.EXCLUSIVE, GatewayKind.PARALLEL, GatewayKind.EVENT_BASED)
        return node.gateway in kinds and not node.instantiate
    if node.kind is NodeKind.ACTIVITY:
        special = node.body is not None or node.loop is not None or node.for_compensation
        counts = node.start_quantity == node.completion_quantity == 1
        return not special and counts and not node.instantiate
    match node.event:
        case EventKind.END:
            return node.trigger in PLAIN_ENDS
        case EventKind.BOUNDARY:
            return node.interrupting and node.trigger in PLAIN_EVENTS and not into
        case EventKind.START:
            return True
        case _:
            return node.trigger in PLAIN_EVENTS
