"""A net under construction: places that know what they stand for, transitions, and zero tests.

A zero test ("at most k tokens in p") is written as a limit on a transition. Because it is asked
only of places whose bound K is proved, it becomes ordinary arcs: a complement place holds
``K - tokens(p)``, every transition that changes ``p`` changes it in the other direction, and the
test reads ``K - k`` tokens from it. The finished net is a plain place/transition net.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from petri import PetriNet, Place, Transition
from transition_systems.lts import TAU_NAME, TICK_NAME
from transition_systems.source_span import SourceSpan

__all__ = ["Assembly", "PlaceRecord", "TransitionRecord"]

PlaceKind = Literal["flow", "activity", "wait", "start", "end", "message", "control"]
LIVE_KINDS = frozenset({"flow", "activity", "wait", "start"})


@dataclass(slots=True)
class PlaceRecord:
    """A place and what a token in it means.

    Parameters
    ----------
    id
        Its id in the net.
    kind
        A token on a flow, in a running activity, in an event wait, at a start, at an end, a
        message under way, or bookkeeping.
    element
        The element of the graph that it stands for.
    scope
        The scope whose instance the token belongs to; ``None`` for messages.
    live
        Whether a token here means that the instance has not completed.
    initial
        Tokens at the start.
    rest
        Tokens while the scope is not running, to which cancelling returns the place.
    """

    id: str
    kind: PlaceKind
    element: str
    scope: str | None
    live: bool
    initial: int = 0
    rest: int = 0
    span: SourceSpan | None = None


@dataclass(slots=True)
class TransitionRecord:
    """A transition under construction.

    ``owner`` is the node of the graph that acts; ``phase`` what it does (``start``, ``complete``,
    ``occur``, ``route``, ``interrupt``, ...); ``taken`` the flows that get a token; ``step`` the
    id without the number that makes it unique.
    """

    id: str
    label: str | None
    owner: str
    scope: str
    phase: str
    pre: dict[str, int] = field(default_factory=dict)
    post: dict[str, int] = field(default_factory=dict)
    at_most: dict[str, int] = field(default_factory=dict)
    taken: tuple[str, ...] = ()
    leaves: str | None = None
    step: str = ""


class Assembly:
    """All places and transitions of one translation."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self.reserved = frozenset(reserved)
        self._names: dict[tuple[str, str, str, str | None], str] = {}
        self.places: dict[str, PlaceRecord] = {}
        self.transitions: dict[str, TransitionRecord] = {}
        self.capacity: dict[str, int] = {}

    def place(
        self,
        id: str,
        kind: PlaceKind,
        element: str,
        scope: str | None,
        *,
        live: bool | None = None,
        initial: int = 0,
        rest: int = 0,
        span: SourceSpan | None = None,
    ) -> str:
        """Add a place, or return the one of the same meaning; its id is the wish, or close to it.

        The ids of the user's elements are kept for those elements, whatever they look like.
        """
        key = (id, kind, element, scope)
        if key not in self._names:
            name = self._free(id, element)
            self._names[key] = name
            self.places[name] = PlaceRecord(
                id=name, kind=kind, element=element, scope=scope,
                live=kind in LIVE_KINDS if live is None else live,
                initial=initial, rest=rest, span=span,
            )  # fmt: skip
        return self._names[key]

    def find(self, id: str, kind: PlaceKind, element: str, scope: str | None) -> str | None:
        """Return the id of a place that was asked for before in the same words, or ``None``."""
        return self._names.get((id, kind, element, scope))

    def forget(self, place: str) -> None:
        """Take a place away again that was only used to explore a part."""
        del self.places[place]
        self._names = {key: name for key, name in self._names.items() if name != place}

    def _free(self, wish: str, element: str) -> str:
        name = wish
        while (
            name in self.places
            or name in self.transitions
            or (name in self.reserved and name != element)
        ):
            name += "'"
        return name

    def transition(
        self,
        id: str,
        *,
        owner: str,
        scope: str,
        phase: str,
        pre: Iterable[str] | Mapping[str, int],
        post: Iterable[str] | Mapping[str, int],
        label: str | None = None,
        at_most: Mapping[str, int] | None = None,
        taken: tuple[str, ...] = (),
        leaves: str | None = None,
    ) -> TransitionRecord:
        """Add a transition; a number is added to an id that is taken.

        What is seen never has the label of silent steps or of the end: ``tau.occur`` for ``tau``.
        """
        unique, number = id, 1
        while (
            unique in self.transitions
            or unique in self.places
            or (unique in self.reserved and unique != owner)
        ):
            number += 1
            unique = f"{id}.{number}"
        if label in (TAU_NAME, TICK_NAME):
            label = f"{label}.{phase}"
        record = TransitionRecord(
            id=unique, label=label, owner=owner, scope=scope, phase=phase, pre=_count(pre),
            post=_count(post), at_most=dict(at_most or {}), taken=taken, leaves=leaves, step=id,
        )  # fmt: skip
        self.transitions[unique] = record
        return record

    def limit(self, place: str, bound: int) -> None:
        """Note a proved bound of a place that is zero-tested."""
        self.capacity[place] = max(bound, self.capacity.get(place, 0), 1)

    def net(
        self,
        name: str | None,
        *,
        transitions: Iterable[TransitionRecord] | None = None,
        places: Iterable[str] | None = None,
        initial: Mapping[str, int] | None = None,
    ) -> PetriNet:
        """Return the finished net, or a part of it with its own initial marking.

        Arcs to places outside the part are left out: what comes from there is taken as available.
        """
        chosen = list(self.transitions.values()) if transitions is None else list(transitions)
        inside = list(self.places) if places is None else list(places)
        members = set(inside)
        tested = [
            p
            for p in inside
            if p in self.capacity and any(p in record.at_most for record in chosen)
        ]
        taken = {*inside, *(record.id for record in chosen)}
        free = {place: _complement_id(place, taken) for place in tested}
        tokens = {
            place: self.places[place].initial if initial is None else initial.get(place, 0)
            for place in inside
        }
        nodes = [Place(id=place, name=self.places[place].element) for place in inside]
        nodes += [Place(id=free[place]) for place in tested]
        tokens.update({free[place]: self.capacity[place] - tokens[place] for place in tested})
        arcs: list[tuple[str, str, int]] = []
        for record in chosen:
            name_of, pre, post = record.id, record.pre, record.post
            arcs.extend((place, name_of, n) for place, n in pre.items() if place in members)
            arcs.extend((name_of, place, n) for place, n in post.items() if place in members)
            if free:
                for place in dict.fromkeys((*pre, *post, *record.at_most)):
                    if place in free:
                        arcs.extend(self._complement(record, place, free[place]))
        return PetriNet(
            places=nodes,
            transitions=[Transition(id=record.id, label=record.label) for record in chosen],
            arcs=arcs,
            initial={place: n for place, n in tokens.items() if n},
            name=name,
        )

    def _complement(
        self, record: TransitionRecord, place: str, free: str
    ) -> Iterator[tuple[str, str, int]]:
        """Yield the arcs between a transition and the complement of a place."""
        change = record.post.get(place, 0) - record.pre.get(place, 0)
        most = record.at_most.get(place)
        need = 0 if most is None else self.capacity[place] - most
        taken = max(need, change, 0)
        if taken:
            yield free, record.id, taken
        if taken - change:
            yield record.id, free, taken - change


def _complement_id(place: str, taken: set[str]) -> str:
    """Return the id of a place's complement."""
    name = f"{place}.free"
    while name in taken:
        name += "'"
    taken.add(name)
    return name


def _count(items: Iterable[str] | Mapping[str, int]) -> dict[str, int]:
    if isinstance(items, Mapping):
        return {place: tokens for place, tokens in items.items() if tokens}
    counted: dict[str, int] = {}
    for place in items:
        counted[place] = counted.get(place, 0) + 1
    return counted
