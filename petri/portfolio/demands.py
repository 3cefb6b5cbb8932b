"""Goals that more tokens never spoil, as the fewest tokens that they ask for."""

from __future__ import annotations

from petri.net import PetriNet
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Enabled,
    Or,
    Predicate,
)
from transition_systems.properties.walk import fold_predicate, negate

__all__ = ["demands"]

Demand = dict[str, int]
MOST = 200


def demands(net: PetriNet, goal: Predicate) -> list[Demand] | None:
    """Return tokens of places such that a marking with those of one entry, or more, has the goal.

    Parameters
    ----------
    net
        Any place/transition net.
    goal
        A state predicate.

    Returns
    -------
    list of dict or None
        The goal holds in just the markings that cover an entry. ``None`` for other goals, and for
        more than 200 entries.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [2]], [[0], [0]], [0, 0])
    >>> demands(net, Enabled("t1"))
    [{'p1': 1, 'p2': 2}]
    >>> demands(net, Compare((("p1", 1),), "<=", 3)) is None
    True
    """

    def combine(node: Predicate, parts: list[list[Demand] | None]) -> list[Demand] | None:
        match node:
            case Constant(value):
                return [{}] if value else []
            case Atom(name):
                return [{name: 1}]
            case Enabled(name):
                places, weights = net.pre_arcs.row(net.transition_index(name))
                rows = zip(places.tolist(), weights.tolist(), strict=True)
                return [{net.place_ids[place]: weight for place, weight in rows}]
            case Compare(((place, 1),), ">=" | ">" as op, bound):
                return [{place: bound + (op == ">")}]
            case Compare(((place, 1),), "!=", 0):
                return [{place: 1}]
            case And() | Or():
                known = [part for part in parts if part is not None]
                if len(known) < len(parts):
                    return None
                return _all(known) if isinstance(node, And) else _some(known)
            case _:
                return None

    return fold_predicate(negate(negate(goal)), combine)


def _some(parts: list[list[Demand]]) -> list[Demand] | None:
    found = [entry for part in parts for entry in part]
    return found if len(found) <= MOST else None


def _all(parts: list[list[Demand]]) -> list[Demand] | None:
    found: list[Demand] = [{}]
    for part in parts:
        if len(found) * len(part) > MOST:
            return None
        found = [
            {place: max(one.get(place, 0), other.get(place, 0)) for place in (*one, *other)}
            for one in found
            for other in part
        ]
    return found
