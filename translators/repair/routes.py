"""The tokens of a draft: what its nodes take from which flows, numbered for a fast search."""

from __future__ import annotations

from dataclasses import dataclass, field

from translators.repair.draft import Draft
from translators.workflow.graph import EventKind, GatewayKind

__all__ = ["FIELD", "Place", "Routes"]

FIELD = 2
CHOOSE, ALL, PASS, START, END, NONE = range(6)
_GATEWAYS = {
    GatewayKind.EXCLUSIVE: CHOOSE,
    GatewayKind.EVENT_BASED: CHOOSE,
    GatewayKind.PARALLEL: ALL,
}
_EVENTS = {EventKind.START: START, EventKind.END: END, EventKind.BOUNDARY: NONE}


@dataclass(slots=True)
class Place:
    """Flows in a row with nothing but single-way nodes between them: tokens rest here.

    ``flows`` in order, ``between`` the nodes that join them, ``target`` the node at the end.
    """

    flows: list[str]
    between: list[str]
    target: str
    options: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)


class Routes:
    """The places of a draft, those near the end first, and what happens to a token in each.

    A marking is an integer with :data:`FIELD` bits for each place, then for each end event.

    Attributes
    ----------
    places
        The places.
    into, out
        Flows into and out of each node of the draft.
    role
        What each node does: chooses one flow, waits for all and fills all, passes on, ...
    initial
        The marking after the start; ``None`` without a start event.
    joins
        For each node that waits for all: the numbers of the places in front of it.
    ends
        The number of the field of each end event.
    """

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.into, self.out = draft.around()
        self.role: dict[str, int] = {}
        self.beside: dict[str, list[str]] = {}
        starts: list[str] = []
        for name, node in draft.nodes.items():
            if node.gateway is not None:
                self.role[name] = _GATEWAYS[node.gateway]
            else:
                self.role[name] = PASS if node.event is None else _EVENTS.get(node.event, PASS)
            if node.event is EventKind.START:
                starts.append(name)
            if node.attached_to is not None and node.attached_to in draft.nodes:
                self.beside.setdefault(node.attached_to, []).append(name)
        self.start = starts[0] if len(starts) == 1 else None
        self._number()

    def _number(self) -> None:
        flows, into, out, role = self.draft.flows, self.into, self.out, self.role
        single = {
            name
            for name in self.draft.nodes
            if role[name] <= PASS and len(into[name]) == len(out[name]) == 1
            and name not in self.beside
        }  # fmt: skip
        self.places: list[Place] = []
        head: dict[str, Place] = {}
        for flow, (source, target) in flows.items():
            if source in single:
                continue
            chain, between = [flow], list[str]()
            while target in single:
                between.append(target)
                chain.append(out[target][0])
                target = flows[chain[-1]][1]
            head[flow] = Place(chain, between, target)
        distance = self._distances(head)
        far = len(distance) + 1
        self.places = sorted(head.values(), key=lambda place: distance.get(place.target, far))
        number = {place.flows[0]: index for index, place in enumerate(self.places)}
        self.count = len(self.places)
        ends = [name for name in self.draft.nodes if role[name] == END]
        self.ends = {name: self.count + index for index, name in enumerate(ends)}
        self.joins: dict[str, list[int]] = {}
        for index, place in enumerate(self.places):
            if role[place.target] == ALL:
                self.joins.setdefault(place.target, []).append(index)
        known: dict[str, list[tuple[str, tuple[int, ...]]]] = {}
        for place in self.places:
            target = place.target
            if target not in known:
                known[target] = self._options(target, number)
            place.options = known[target]
        self.first = () if self.start is None else tuple(number[f] for f in out[self.start])

    def _options(self, name: str, number: dict[str, int]) -> list[tuple[str, tuple[int, ...]]]:
        """Return what a node can do with a token: who acts, and which places are filled."""
        role, out = self.role[name], self.out[name]
        if role == END:
            return [(name, (self.ends[name],))]
        if role == CHOOSE and out:
            return [(name, (number[flow],)) for flow in out]
        found = [(name, tuple(number[flow] for flow in out))]
        for boundary in self.beside.get(name, ()):
            found.append((boundary, tuple(number[flow] for flow in self.out[boundary])))
        return found

    def _distances(self, head: dict[str, Place]) -> dict[str, int]:
        """Return how far each node is from an end."""
        back: dict[str, list[str]] = {}
        for flow, place in head.items():
            source = self.draft.flows[flow][0]
            owner = self.draft.nodes[source].attached_to or source
            back.setdefault(place.target, []).append(owner)
        found = {name: 0 for name in self.draft.nodes if not self.out[name]}
        level = list(found)
        while level:
            reached = []
            for name in level:
                for before in back.get(name, ()):
                    if before not in found:
                        found[before] = found[name] + 1
                        reached.append(before)
            level = reached
        return found
