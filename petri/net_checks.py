"""What the constructor of a net checks: unique ids, arcs between known nodes, known places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import index
from typing import SupportsIndex, cast

from petri.marking import MAX_TOKENS, Marking
from petri.nodes import Arc
from transition_systems.errors import UsageError

__all__ = ["ArcWeights", "check_unique", "checked_marking", "collect_arcs"]

ArcWeights = dict[tuple[int, int], int]


def check_unique(places: Mapping[str, int], transitions: Mapping[str, int], *ids: str) -> None:
    """Refuse an id that occurs twice among the nodes ``ids`` of a net.

    ``places`` and ``transitions`` map ids to indices, so they are shorter where an id is doubled.

    Examples
    --------
    >>> check_unique({"p": 0}, {"t": 0}, "p", "t")
    >>> check_unique({"p": 0}, {"p": 0}, "p", "p")
    Traceback (most recent call last):
    ...
    transition_systems.errors.UsageError: the id 'p' occurs twice among the places and transitions
    """
    if len(places) + len(transitions) == len(ids) and places.keys().isdisjoint(transitions):
        return
    seen: set[str] = set()
    for node in ids:
        if node in seen:
            raise UsageError(f"the id {node!r} occurs twice among the places and transitions")
        seen.add(node)


def collect_arcs(
    arcs: Iterable[Arc | tuple[str, str] | tuple[str, str, int]],
    places: Mapping[str, int],
    transitions: Mapping[str, int],
) -> tuple[ArcWeights, ArcWeights]:
    """Return the weights of input and of output arcs by ``(transition, place)`` indices.

    Raises
    ------
    UsageError
        For an arc of the wrong form, to an unknown node, between nodes of one kind, or with a
        weight below 1.

    Examples
    --------
    >>> collect_arcs([("p", "t", 2), ("t", "p")], {"p": 0}, {"t": 0})
    ({(0, 0): 2}, {(0, 0): 1})
    """
    pre: ArcWeights = {}
    post: ArcWeights = {}
    for arc in arcs:
        if not 2 <= len(arc) <= 3:
            raise UsageError(f"an arc is (source, target) or (source, target, weight), not {arc!r}")
        source, target = arc[0], arc[1]
        number: object = arc[2] if len(arc) == 3 else 1
        place, transition, weights = places.get(source), transitions.get(target), pre
        if place is None or transition is None:
            place, transition, weights = places.get(target), transitions.get(source), post
            if place is None or transition is None:
                raise UsageError(_wrong_ends(source, target, places, transitions))
        if type(number) is int:
            weight = number
        else:
            try:
                weight = index(cast("SupportsIndex", number))
            except TypeError:
                why = f"the arc {source!r} -> {target!r} has weight {number!r}"
                raise UsageError(why) from None
        key = (transition, place)
        total = weights.get(key, 0) + weight
        if weight < 1 or total > MAX_TOKENS:
            raise UsageError(
                f"the arc {source!r} -> {target!r} has weight {weight}; it is from 1 to 2**62"
            )
        weights[key] = total
    return pre, post


def _wrong_ends(
    source: str, target: str, places: Mapping[str, int], transitions: Mapping[str, int]
) -> str:
    arc = f"the arc {source!r} -> {target!r}"
    for node in (source, target):
        if node not in places and node not in transitions:
            return f"{arc} names {node!r}, which is no place and no transition"
    kind = "places" if source in places else "transitions"
    return f"{arc} joins two {kind}; an arc joins a place and a transition"


def checked_marking(
    kind: str, tokens: Mapping[str, int] | Iterable[str], places: Mapping[str, int]
) -> Marking:
    """Return the marking in the order of the net's places.

    Raises
    ------
    UsageError
        For an unknown place, or a number of tokens that a marking refuses.

    Examples
    --------
    >>> checked_marking("initial", {"q": 1, "p": 2}, {"p": 0, "q": 1})
    Marking({'p': 2, 'q': 1})
    """
    counts = Marking(tokens).to_dict()
    for place in counts:
        if place not in places:
            raise UsageError(f"the {kind} marking names {place!r}, which is no place")
    return Marking({place: counts[place] for place in sorted(counts, key=places.__getitem__)})
