"""The plan of a translation: which machines there are, and how tokens are taken and given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product as combinations_of

from fsm.machine import Machine, Vector
from transition_systems.budget import Meter
from transition_systems.errors import UndecidedError, UsageError
from translators.ledger import Entry, Fate
from translators.to_machine.locals import Run, counter, stateless
from translators.workflow.graph import EventKind, GatewayKind, Node, Trigger, WorkflowGraph
from translators.workflow.index import GraphIndex

__all__ = ["Contents", "Move", "Moves", "Plan", "is_normal", "ways"]

Move = tuple[str, str]
Moves = tuple[Move, ...]


@dataclass(slots=True)
class Contents:
    """The machines that live directly in a scope.

    ``tokens`` hold tokens of a started instance, ``waiting`` are pending starts that may never
    come, ``ends`` count reached end events, ``flags`` are those of event sub-processes.
    """

    tokens: list[str] = field(default_factory=list[str])
    waiting: list[str] = field(default_factory=list[str])
    ends: list[str] = field(default_factory=list[str])
    flags: list[str] = field(default_factory=list[str])


def is_normal(node: Node) -> bool:
    """Whether normal flow can reach a node: compensation never does."""
    compensates = node.trigger is Trigger.COMPENSATION and node.event is EventKind.BOUNDARY
    return not node.for_compensation and not compensates


class Plan:
    """What is known while a workflow graph becomes a network of machines.

    Parameters
    ----------
    graph
        The workflow.
    starts
        ``"one"`` or ``"all"``.
    capacity
        The largest number of tokens in a flow, a wait, a message flow or an activity.
    meter
        What the translation may use.
    """

    def __init__(self, graph: WorkflowGraph, *, starts: str, capacity: int, meter: Meter) -> None:
        self.graph = graph
        self.index = GraphIndex(graph)
        self.starts = starts
        self.capacity = capacity
        self.meter = meter
        self.budget = meter.budget.fixed()
        self.machines: dict[str, Machine] = {}
        self.vectors: dict[Vector, None] = {}
        self.contents: dict[str, Contents] = {scope.id: Contents() for scope in graph.scopes}
        self.entries: list[Entry] = []
        self.runs: dict[str, tuple[Run, ...]] = {}
        self.elements: dict[str, str] = {}
        self._pending: dict[str, Move] = {}
        self._ids = {n.id for n in graph.nodes} | {f.id for f in graph.flows}

    # -- machines and vectors ---------------------------------------------------------------

    def add(self, machine: Machine, element: str) -> str:
        """Add a machine for an element of the graph; return its name."""
        if machine.name in self.machines:
            raise UsageError(f"two elements of the workflow have the id {machine.name!r}")
        self.machines[machine.name] = machine
        self.elements[machine.name] = element
        return machine.name

    def step(self, node: Node, name: str, label: str | None, moves: Iterable[Move]) -> None:
        """Add a vector in which a node takes part; local moves of a machine stay in order."""
        if len(self.vectors) % 1024 == 0 and self.meter.out_of_time():
            raise UndecidedError("the translation to machines was not finished: no time is left")
        parts: dict[str, list[str]] = {}
        for machine, action in moves:
            parts.setdefault(machine, []).append(action)
        if node.id in self.machines and node.id not in parts and self.memoryless(node):
            parts[node.id] = ["act"]
        listed = tuple((machine, tuple(actions)) for machine, actions in parts.items())
        self.vectors[Vector(name=name, label=label, parts=listed)] = None

    def memoryless(self, node: Node) -> bool:
        """Whether the machine of a node has a single state."""
        return len(self.machines[node.id].state_names) == 1

    def refuse(self, node: Node, reason: str) -> None:
        """Add a refusal to the ledger."""
        kind = node.kind_name
        self.entries.append(
            Entry(element=node.id, kind=kind, fate=Fate.REFUSED, note=reason, span=node.span)
        )

    # -- flows, messages, pending starts ------------------------------------------------------

    def carries(self, flow_source: str) -> bool:
        """Whether a sequence flow from this node can carry tokens of its own."""
        source = self.index.node[flow_source]
        return is_normal(source) and source.gateway is not GatewayKind.EVENT_BASED

    def add_flows(self) -> None:
        """Add a bounded counter for each sequence flow and each message flow between nodes."""
        for flow in self.graph.flows:
            if self.carries(flow.source):
                target = self.index.node[flow.target]
                joins = target.gateway is GatewayKind.INCLUSIVE
                joins = joins and len(self.index.incoming[target.id]) > 1
                name = self.add(counter(flow.id, 1 if joins else self.capacity), flow.id)
                self.contents[self.index.node[flow.source].scope].tokens.append(name)
        for message in self.graph.messages:
            if message.source in self.index.node and message.target in self.index.node:
                self.add(counter(self.message(message.id), self.capacity, final="any"), message.id)

    def message(self, message_id: str) -> str:
        """Return the name of the buffer of a message flow."""
        return self._fresh(f"message {message_id}")

    def _fresh(self, name: str) -> str:
        """Return a name that no element of the graph has as its id."""
        while name in self._ids:
            name += "'"
        return name

    def add_starts(self) -> None:
        """Add the pending starts of each scope, and a token for each node that starts unasked."""
        for scope in self.graph.scopes:
            if scope.kind == "event-sub-process":
                continue
            begins = int(scope.kind == "process")
            starts = [node for node in self.index.starts(scope.id) if is_normal(node)]
            content = self.contents[scope.id]
            if self.starts == "one" and len(starts) > 1:
                groups = [(self._fresh(f"start of {scope.id}"), scope.id, starts)]
            else:
                groups = [(self._fresh(f"start {n.id}"), n.id, [n]) for n in starts]
            for name, element, group in groups:
                counts = not begins or any(_unasked(node) for node in group)
                kind = "empty" if counts else "any"
                machine = counter(name, 1, initial=begins, final=kind)
                self.add(machine, element)
                (content.tokens if counts else content.waiting).append(name)
                for node in group:
                    self._pending[node.id] = (name, "take")
            for node in self.index.implicit_starts(scope.id):
                name = self._fresh(f"start {node.id}")
                self.add(counter(name, 1, initial=begins), node.id)
                content.tokens.append(name)
                self._pending[node.id] = (name, "take")

    def pending(self, node: Node) -> Move | None:
        """Return the move that takes the pending start of a node, if it has one."""
        return self._pending.get(node.id)

    def begin(self, scope_id: str) -> Moves:
        """Return the moves that start a scope from nothing."""
        content = self.contents[scope_id]
        mine = set(content.tokens) | set(content.waiting)
        names = dict.fromkeys(name for name, _ in self._pending.values() if name in mine)
        return tuple((name, "put") for name in names)

    # -- tokens in -----------------------------------------------------------------------------

    def takes(self, node: Node) -> list[Moves]:
        """Return the ways in which a node takes its token."""
        found: dict[Moves, None] = {}
        for flow in self.index.incoming[node.id]:
            source = self.index.node[flow.source]
            if source.gateway is GatewayKind.EVENT_BASED:
                start = self.pending(source)
                waits = start is None or not source.instantiate
                found[((source.id, "take") if waits or start is None else start,)] = None
            elif self.carries(flow.source):
                found[((flow.id, "take"),)] = None
        if self.index.is_link_catch(node):
            found[((node.id, "take"),)] = None
        start = self.pending(node)
        if start is not None:
            found[(start,)] = None
        return list(found)

    def receives(self, node: Node) -> list[Moves]:
        """Return the ways in which a node gets its message: from a buffer, or at any time."""
        ways: dict[Moves, None] = {}
        for message in self.index.receives[node.id]:
            if message.source in self.index.node:
                ways[((self.message(message.id), "take"),)] = None
            else:
                ways[()] = None
        return list(ways) or [()]

    def sends(self, node: Node) -> Moves:
        """Return the moves that put a message into each outgoing message flow of a node."""
        return tuple(
            (self.message(message.id), "put")
            for message in self.index.sends[node.id]
            if message.target in self.index.node
        )

    # -- whole scopes ----------------------------------------------------------------------------

    def own(self, scope_id: str) -> Contents:
        """Return what belongs to a scope: its own machines and those of its event sub-processes."""
        total = Contents()
        for current in (scope_id, *self.event_bodies(scope_id)):
            content = self.contents[current]
            total.tokens += content.tokens
            total.waiting += content.waiting
            total.ends += content.ends
            total.flags += content.flags
        return total

    def event_bodies(self, scope_id: str) -> list[str]:
        """Return the bodies of the event sub-processes of a scope."""
        nodes = self.index.event_sub_processes(scope_id)
        return [node.body for node in nodes if node.body is not None]

    def nothing_inside(self, scope_id: str) -> Moves:
        """Return the tests that a scope has no token."""
        return tuple((name, "none") for name in self.own(scope_id).tokens)

    def leave(self, scope_id: str) -> Moves:
        """Return the moves that forget what an empty scope remembers."""
        content = self.own(scope_id)
        return tuple((name, "clear") for name in (*content.waiting, *content.ends, *content.flags))

    def sweep(self, scope_id: str) -> Moves:
        """Return the moves that take all tokens of a scope away; its reached ends stay."""
        content = self.own(scope_id)
        moves = [(name, "clear") for name in (*content.tokens, *content.waiting)]
        mine = {scope_id, *self.event_bodies(scope_id)}
        for scope in self.index.within(scope_id):
            if scope.id not in mine:
                inner = self.contents[scope.id]
                moves += [(name, "clear") for name in inner.tokens + inner.waiting]
                moves += [(name, "clear") for name in inner.ends + inner.flags]
        return tuple(moves)

    def abolish(self, scope_id: str) -> Moves:
        """Return the moves that end a scope: no tokens, no reached ends, all flags as new."""
        return (*self.sweep(scope_id), *self.leave(scope_id))

    def add_stateless(self, node: Node) -> None:
        """Add the machine of a node that has no memory."""
        self.add(stateless(node.id), node.id)


def _unasked(node: Node) -> bool:
    return node.event is EventKind.START and node.trigger is Trigger.NONE


def ways(*choices: Iterable[Moves]) -> Iterable[Moves]:
    """Yield each combination of one way from each group, moves in order."""
    for chosen in combinations_of(*choices):
        yield tuple(move for moves in chosen for move in moves)
