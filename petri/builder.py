"""Building a net step by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from petri.net import PetriNet
from petri.nodes import Arc, Place, Transition
from transition_systems.errors import UsageError
from transition_systems.source_span import SourceSpan

__all__ = ["Builder"]


class _SameAsId:
    """The default label of a transition: its id."""

    def __repr__(self) -> str:
        return "<the id>"


_SAME_AS_ID = _SameAsId()


class Builder:
    """A net under construction; :meth:`build` returns the immutable net.

    Each method refuses at once what the net would refuse in the end, and returns the id of what it
    added, so calls can be nested.

    Parameters
    ----------
    name
        The net's name.

    Examples
    --------
    >>> build = Builder(name="mutual exclusion")
    >>> build.place("free", tokens=1)
    'free'
    >>> build.chain("idle", "enter", "busy", "leave", "idle")
    >>> build.arc("free", "enter")
    >>> build.arc("leave", "free")
    >>> build.set_initial("idle", 2)
    >>> net = build.build()
    >>> len(net.places), len(net.transitions), str(net.initial)
    (3, 2, 'free + 2 idle')
    """

    def __init__(self, *, name: str | None = None) -> None:
        self.name = name
        self._places: dict[str, Place] = {}
        self._transitions: dict[str, Transition] = {}
        self._arcs: list[Arc] = []
        self._initial: dict[str, int] = {}
        self._final: dict[str, int] | None = None

    def _is_known(self, node: str) -> bool:
        return node in self._places or node in self._transitions

    def _fresh(self, node: str) -> None:
        if self._is_known(node):
            raise UsageError(f"the id {node!r} occurs twice among the places and transitions")

    def fresh_id(self, stem: str) -> str:
        """Return an id that is not in use: ``stem``, or ``stem_2``, ``stem_3`` ...

        Examples
        --------
        >>> build = Builder()
        >>> build.place(build.fresh_id("p")), build.place(build.fresh_id("p"))
        ('p', 'p_2')
        """
        number, node = 1, stem
        while self._is_known(node):
            number += 1
            node = f"{stem}_{number}"
        return node

    def place(
        self,
        place_id: str,
        *,
        tokens: int = 0,
        name: str | None = None,
        span: SourceSpan | None = None,
        position: tuple[float, float] | None = None,
    ) -> str:
        """Add a place with its initial tokens."""
        self._fresh(place_id)
        self._places[place_id] = Place(id=place_id, name=name, span=span, position=position)
        if tokens:
            self.set_initial(place_id, tokens)
        return place_id

    def transition(
        self,
        transition_id: str,
        *,
        label: str | _SameAsId | None = _SAME_AS_ID,
        name: str | None = None,
        inputs: Iterable[str] | Mapping[str, int] = (),
        outputs: Iterable[str] | Mapping[str, int] = (),
        span: SourceSpan | None = None,
        position: tuple[float, float] | None = None,
    ) -> str:
        """Add a transition with its arcs; the label is the id by default, ``None`` for silent.

        ``inputs`` and ``outputs`` are place ids, or place ids with weights; places that are not
        there yet are added.
        """
        self._fresh(transition_id)
        shown = transition_id if isinstance(label, _SameAsId) else label
        self._transitions[transition_id] = Transition(
            id=transition_id, label=shown, name=name, span=span, position=position
        )
        for places, incoming in ((inputs, True), (outputs, False)):
            weighted = places.items() if isinstance(places, Mapping) else ((p, 1) for p in places)
            for place, weight in weighted:
                if place not in self._places:
                    self.place(place)
                ends = (place, transition_id) if incoming else (transition_id, place)
                self.arc(ends[0], ends[1], weight)
        return transition_id

    def arc(self, source: str, target: str, weight: int = 1) -> None:
        """Add an arc between nodes that are there; arcs between the same nodes add up."""
        for node in (source, target):
            if not self._is_known(node):
                raise UsageError(
                    f"the arc {source!r} -> {target!r} names {node!r}, which is no place and no"
                    " transition"
                )
        if (source in self._places) == (target in self._places):
            kind = "places" if source in self._places else "transitions"
            raise UsageError(
                f"the arc {source!r} -> {target!r} joins two {kind}; an arc joins a place and a"
                " transition"
            )
        if weight < 1:
            raise UsageError(f"the arc {source!r} -> {target!r} has weight {weight}, less than 1")
        self._arcs.append(Arc(source, target, weight))

    def chain(self, *nodes: str) -> None:
        """Join nodes by arcs in order: place, transition, place ..., adding those not there yet."""
        known = (n for n, node in enumerate(nodes) if self._is_known(node))
        first = next(known, 0)
        from_place = bool(nodes) and nodes[first] not in self._transitions
        for number, node in enumerate(nodes):
            if not self._is_known(node):
                if ((number - first) % 2 == 0) == from_place:
                    self.place(node)
                else:
                    self.transition(node)
        for source, target in pairwise(nodes):
            self.arc(source, target)

    def set_initial(self, place: str, tokens: int = 1) -> None:
        """Set the initial tokens of a place."""
        self._initial[self._known(place, tokens)] = tokens

    def set_final(self, place: str, tokens: int = 1) -> None:
        """Set the final tokens of a place; the net then has a final marking."""
        known = self._known(place, tokens)
        if self._final is None:
            self._final = {}
        self._final[known] = tokens

    def _known(self, place: str, tokens: int) -> str:
        if place not in self._places:
            raise UsageError(f"the net has no place {place!r}")
        if tokens < 0:
            raise UsageError(f"{place!r} has {tokens} tokens; a place cannot have less than 0")
        return place

    def build(self) -> PetriNet:
        """Return the net, with places and transitions in the order in which they were added."""
        return PetriNet(
            places=self._places.values(),
            transitions=self._transitions.values(),
            arcs=self._arcs,
            initial=self._initial,
            final=self._final,
            name=self.name,
        )
