"""The cells of a workflow graph, and what every step needs: ways in, ways out, and regions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Literal, TypeAlias

from transition_systems.budget import Budget
from translators.to_process.cells import Cell, Counter, Flag, Node, Runs
from translators.to_process.network import Network, Step
from translators.workflow.conditions import possible_subsets
from translators.workflow.graph import (
    EventKind,
    Flow,
    GatewayKind,
    MessageFlow,
    NodeKind,
    Scope,
    Trigger,
    WorkflowGraph,
)
from translators.workflow.graph import Node as GraphNode
from translators.workflow.index import GraphIndex

__all__ = ["MAX_WAYS", "Frame", "Needs", "Starts"]

Starts: TypeAlias = Literal["one", "all"]
Needs: TypeAlias = "list[tuple[Cell, str]]"

MAX_WAYS = 10


class Frame:
    """The graph with its network under construction.

    Attributes
    ----------
    flow, message, run, wait, node
        The cells of flows, message flows, activities, event-based gateways, other nodes.
    pending
        The cells of pending starts, by start node (with ``starts="one"`` several share one).
    entry
        The cells of the tokens with which nodes without incoming flow begin.
    link
        The cells of tokens that wait at catching links.
    used
        The flags of event sub-processes that have been triggered.
    """

    def __init__(
        self, graph: WorkflowGraph, *, starts: Starts, capacity: int, budget: Budget | None = None
    ) -> None:
        self.graph = graph
        self.budget = budget
        self.index = GraphIndex(graph)
        self.starts: Starts = starts
        self.capacity = capacity
        self.network = Network()
        self.refused: dict[str, str] = {}
        self.single: set[str] = set()
        self.flow: dict[str, Cell] = {}
        self.message: dict[str, Cell] = {}
        self.run: dict[str, Cell] = {}
        self.wait: dict[str, Cell] = {}
        self.node: dict[str, Cell] = {}
        self.pending: dict[str, Cell] = {}
        self.entry: dict[str, Cell] = {}
        self.link: dict[str, Cell] = {}
        self.used: dict[str, Cell] = {}

    def make_cells(self) -> None:
        """Make the cells of the whole graph; ``single`` must be known."""
        for scope in self.graph.scopes:
            self._make_starts(scope)
        for flow in self.graph.flows:
            if self._carries(flow):
                self.flow[flow.id] = self.network.add(
                    Counter(
                        name=f"flow {flow.id}", element=flow.id, scope=flow.scope,
                        capacity=1 if flow.id in self.single else self.capacity,
                    )
                )  # fmt: skip
        for message in self.graph.messages:
            if message.source in self.index.node and message.target in self.index.node:
                self.message[message.id] = self.network.add(
                    Counter(
                        name=f"message {message.id}", element=message.id, scope=None, live=False,
                        capacity=self.capacity,
                    )
                )  # fmt: skip
        for node in self.graph.nodes:
            self._make_node(node)

    def _carries(self, flow: Flow) -> bool:
        source, target = self.index.node.get(flow.source), self.index.node.get(flow.target)
        if source is None or target is None:
            return False
        return source.gateway is not GatewayKind.EVENT_BASED and source.event is not EventKind.END

    def _make_starts(self, scope: Scope) -> None:
        if scope.kind == "event-sub-process":
            return
        first = 1 if scope.kind == "process" else 0
        starts = self.index.starts(scope.id)
        groups = [starts] if self.starts == "one" else [[start] for start in starts]
        for group in filter(None, groups):
            element = scope.id if len(starts) > 1 and self.starts == "one" else group[0].id
            cell = self.network.add(
                Counter(
                    name=f"start {element}", element=element, scope=scope.id, begins_with=first,
                    live=scope.kind == "sub-process"
                    or any(
                        s.event is EventKind.START and s.trigger is Trigger.NONE for s in group
                    ),
                )
            )  # fmt: skip
            self.pending.update((start.id, cell) for start in group)
        for node in self.index.implicit_starts(scope.id):
            self.entry[node.id] = self.network.add(
                Counter(name=f"entry {node.id}", element=node.id, scope=scope.id, begins_with=first)
            )

    def _make_node(self, node: GraphNode) -> None:
        ways = max(1, len(self.index.incoming[node.id]))
        if node.activity == "event-sub-process":
            self.used[node.id] = self.network.add(
                Flag(name=f"used {node.id}", element=node.id, scope=node.scope)
            )
        elif node.kind is NodeKind.ACTIVITY:
            self.run[node.id] = self.network.add(
                Runs(
                    name=f"activity {node.id}", element=node.id, scope=node.scope,
                    capacity=1 if node.has_body else self.capacity * ways,
                )
            )  # fmt: skip
        elif node.gateway is GatewayKind.EVENT_BASED:
            self.wait[node.id] = self.network.add(
                Counter(
                    name=f"gateway {node.id}", element=node.id, scope=node.scope,
                    capacity=self.capacity * ways,
                )
            )  # fmt: skip
        elif self.index.is_link_catch(node):
            self.link[node.id] = self.network.add(
                Counter(
                    name=f"link {node.id}", element=node.id, scope=node.scope,
                    capacity=self.capacity * ways,
                )
            )  # fmt: skip
        else:
            self.node[node.id] = self.network.add(
                Node(name=f"node {node.id}", element=node.id, scope=None)
            )

    def begin(self, node: GraphNode, label: str | None) -> Step:
        """Return a new step of a node; a node without memory takes part in each of its steps."""
        step = Step(label=label, element=node.id)
        if node.id in self.node:
            step.acts.setdefault(self.node[node.id].name, [])
        return step

    def ways_in(self, node: GraphNode) -> list[Needs]:
        """Return the ways to reach a node: each takes one token from one place."""
        ways: list[Needs] = []
        for flow in self.index.incoming[node.id]:
            source = self.index.node.get(flow.source)
            if flow.id in self.flow:
                ways.append([(self.flow[flow.id], "take")])
            elif source is not None and source.id in self.wait:
                if source.id in self.pending:
                    ways.append([(self.pending[source.id], "take")])
                if source.id not in self.pending or self.index.incoming[source.id]:
                    ways.append([(self.wait[source.id], "take")])
        for place in (self.pending, self.entry, self.link):
            if node.id in place and node.id not in self.wait:
                ways.append([(place[node.id], "take")])
        if node.id in self.wait and node.id in self.entry:
            ways.append([(self.entry[node.id], "take")])
        return ways

    def fills(self, flows: list[Flow]) -> Needs:
        """Return what it takes to put a token on each of some flows."""
        return [(self.flow[flow.id], "put") for flow in flows if flow.id in self.flow]

    def ways_out(self, node: GraphNode) -> list[Needs]:
        """Return the ways to leave an activity or event: which flows get a token."""
        flows = self.index.outgoing[node.id]
        default = [flow for flow in flows if flow.id == node.default]
        always = [f for f in flows if f.condition is None and f.id != node.default]
        maybe = [f for f in flows if f.condition is not None and f.id != node.default]
        if not maybe:
            return [self.fills(always + default)]
        if len(maybe) > MAX_WAYS:
            self.refuse(node, f"more than {MAX_WAYS} conditional flows")
            return []
        ways: list[Needs] = []
        for subset in self.possible(maybe):
            if subset:
                ways.append(self.fills(always + subset))
            elif always or default:
                ways.append(self.fills(always + default))
        return ways

    def possible(self, flows: list[Flow]) -> list[list[Flow]]:
        """Return the subsets of flows whose conditions can hold together."""
        found = possible_subsets(self.graph, flows, budget=self.budget)
        if found is None:
            return [list(c) for n in range(len(flows) + 1) for c in combinations(flows, n)]
        return [[flows[i] for i in sorted(subset)] for subset in sorted(found, key=sorted)]

    def receives(self, node: GraphNode) -> list[Needs]:
        """Return the ways to get the message of a node; one way without needs where it is free."""
        flows = self.index.receives[node.id]
        if not flows:
            return [[]]
        return [[] if not self._inside(m) else [(self.message[m.id], "take")] for m in flows]

    def _inside(self, message: MessageFlow) -> bool:
        return message.id in self.message

    def sends(self, node: GraphNode) -> Needs:
        """Return what it takes to send the messages of a node."""
        return [(self.message[m.id], "put") for m in self.index.sends[node.id] if self._inside(m)]

    def direct(self, scope: str) -> Iterator[Cell]:
        """Yield the live cells of a scope and of its event sub-processes, not of sub-processes.

        The scope has a token just if one of these has: what is inside a sub-process goes with the
        run of its activity.
        """
        near = {scope}
        near.update(s.id for s in self.index.children[scope] if s.kind == "event-sub-process")
        return (c for c in self.network.cells.values() if c.live and c.scope in near)

    def everything(self, scope: str) -> list[Cell]:
        """Return all cells of a scope and of the scopes inside it, flags included."""
        inside = {s.id for s in self.index.within(scope)}
        return [cell for cell in self.network.cells.values() if cell.scope in inside]

    def opening(self, scope: str) -> Needs:
        """Return what begins a scope: its pending starts, or tokens for nodes without flows."""
        cells = [*self.pending.values(), *self.entry.values()]
        return [(cell, "put") for cell in dict.fromkeys(cells) if cell.scope == scope]

    def refuse(self, node: GraphNode, reason: str) -> None:
        """Refuse an element by name."""
        self.refused.setdefault(node.id, reason)
