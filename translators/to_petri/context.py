"""What the parts of the map to nets share: the graph, the net under construction, the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from transition_systems.budget import Budget
from transition_systems.properties.predicates import (
    Predicate,
    at_least,
    at_most,
    conjunction,
    disjunction,
)
from translators.ledger import Direction, Entry, Fate
from translators.to_petri.assembly import Assembly, TransitionRecord
from translators.workflow.graph import GatewayKind, MessageFlow, Node
from translators.workflow.index import GraphIndex

__all__ = ["Context", "Thrower"]


@dataclass(frozen=True, slots=True)
class Thrower:
    """An error or escalation event that throws from inside a scope to a catcher further out."""

    node: Node
    input: str
    catcher: Node


@dataclass(slots=True)
class Context:
    """The state of one translation.

    Attributes
    ----------
    caught
        Throwers by the id of the activity whose scope they leave, or of the scope whose event
        sub-process catches them.
    met
        Ids of the catchers to which some thrower leads, whether it can run or not.
    conditions
        Statements that, if reachable, turn an exact element into an abstracted one.
    terminating
        Processes that some event ends at once.
    waits
        Places of instantiating gateways and receive tasks: the start place of their scope.
    entry
        The tokens that start each sub-process, by the id of its scope.
    """

    index: GraphIndex
    starts: str
    budget: Budget = field(default_factory=Budget)
    assembly: Assembly = field(default_factory=Assembly)
    entries: list[Entry] = field(default_factory=list)
    caught: dict[str, list[Thrower]] = field(default_factory=lambda: defaultdict(list))
    met: set[str] = field(default_factory=set)
    conditions: list[tuple[Predicate, Entry]] = field(default_factory=list)
    terminating: set[str] = field(default_factory=set)
    assumptions: dict[str, None] = field(default_factory=dict)
    waits: dict[str, str] = field(default_factory=dict)
    entry: dict[str, dict[str, int]] = field(default_factory=dict)

    def refuse(self, node: Node, note: str) -> None:
        """Note that no meaning can be given to a node, once."""
        kind = node.kind_name
        entry = Entry(element=node.id, kind=kind, fate=Fate.REFUSED, note=note, span=node.span)
        if entry not in self.entries:
            self.entries.append(entry)

    def assume(self, sentence: str) -> None:
        """Note an assumption, once."""
        self.assumptions[sentence] = None

    def refused(self) -> bool:
        """Return whether some element was refused."""
        return any(entry.fate is Fate.REFUSED for entry in self.entries)

    def inputs(self, node: Node) -> list[tuple[str, bool]]:
        """Return the places a node takes its token from; True where an event-based gateway waits.

        One place for each incoming flow; the shared place of an event-based gateway for a flow
        from there; the place of an implicit start or a link where there is one.
        """
        places: list[tuple[str, bool]] = []
        for flow in self.index.incoming[node.id]:
            source = self.index.node[flow.source]
            if source.gateway is GatewayKind.EVENT_BASED:
                place = self.wait_place(source)
                if (place, True) not in places:
                    places.append((place, True))
            else:
                places.append((self.flow_place(flow.id), False))
        enter = self.assembly.find(enter_id(node), "start", node.id, node.scope)
        if enter is not None:
            places.append((enter, False))
        if node.id in self.waits and node.is_activity:
            places.append((self.waits[node.id], True))
        return places

    def flow_place(self, flow_id: str) -> str:
        """Return the place of a sequence flow."""
        flow = self.index.flow[flow_id]
        return self.assembly.place(flow.id, "flow", flow.id, flow.scope, span=flow.span)

    def wait_place(self, gateway: Node) -> str:
        """Return the place in which an event-based gateway waits."""
        if gateway.id in self.waits:
            return self.waits[gateway.id]
        return self.assembly.place(
            f"{gateway.id}.wait", "wait", gateway.id, gateway.scope, span=gateway.span
        )

    def enter_place(self, node: Node, *, live: bool = True, initial: int = 0) -> str:
        """Return the place from which a node without incoming flow takes its token."""
        return self.assembly.place(
            enter_id(node), "start", node.id, node.scope, live=live, initial=initial, span=node.span
        )

    def end_place(self, node: Node) -> str:
        """Return the place in which the tokens of an end event are remembered."""
        return self.assembly.place(f"{node.id}.reached", "end", node.id, node.scope, span=node.span)

    def message_place(self, message: MessageFlow) -> str | None:
        """Return the place of a message flow between two nodes, ``None`` where an end is a pool."""
        nodes = self.index.node
        if message.source not in nodes or message.target not in nodes:
            return None
        return self.assembly.place(message.id, "message", message.id, None, span=message.span)

    def received(self, node: Node) -> list[str]:
        """Return the message places of which a node takes one; none: always available."""
        places = [self.message_place(message) for message in self.index.receives[node.id]]
        return [place for place in places if place is not None]

    def sent(self, node: Node) -> list[str]:
        """Return the message places into which a node puts a message."""
        places = [self.message_place(message) for message in self.index.sends[node.id]]
        return [place for place in places if place is not None]

    def serialised(self, records: Sequence[TransitionRecord], guard: str, node: Node) -> None:
        """Note that entering twice at the same time would make the map an under-approximation."""
        blocked = disjunction(
            *(
                conjunction(*(at_least(p, n) for p, n in record.pre.items() if p != guard))
                for record in records
            )
        )
        entry = Entry(
            element=node.id,
            kind=node.kind_name,
            fate=Fate.ABSTRACTED,
            direction=Direction.UNDER,
            note="it can be entered again while it is running; only runs in which the second "
            "token waits are covered",
            span=node.span,
        )
        self.conditions.append((conjunction(at_most(guard, 0), blocked), entry))

    def scopes_within(self, scope_id: str) -> set[str]:
        """Return the ids of a scope and all scopes inside it."""
        return {scope.id for scope in self.index.within(scope_id)}

    def places_of(self, scopes: Iterable[str]) -> list[str]:
        """Return the places whose tokens belong to some scopes, in order of construction."""
        wanted = set(scopes)
        return [p.id for p in self.assembly.places.values() if p.scope in wanted]

    def transitions_of(self, scopes: Iterable[str]) -> list[TransitionRecord]:
        """Return the transitions that act inside some scopes, in order of construction."""
        wanted = set(scopes)
        return [t for t in self.assembly.transitions.values() if t.scope in wanted]


def enter_id(node: Node) -> str:
    """Return the id of the place of an implicit start."""
    return f"{node.id}.enter"
