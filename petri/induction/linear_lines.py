"""State predicates as lines over places, with conjunctions and disjunctions of them.

A line is ``a m <= b`` with integers. The order of parts is that in which a linear proof assumes
them (:mod:`transition_systems.evidence_linear`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from petri.net import PetriNet
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    Not,
    Predicate,
)
from transition_systems.properties.walk import fold_predicate, negate

__all__ = ["Every", "Line", "Part", "Some", "as_parts", "holds_at"]

Terms: TypeAlias = tuple[tuple[int, int], ...]


class Line(NamedTuple):
    """The sum of the terms, pairs of a place and its coefficient, is at most the bound."""

    terms: Terms
    bound: int

    @property
    def impossible(self) -> bool:
        """Whether no marking satisfies the line, since tokens are never negative."""
        return self.bound < 0 and all(weight >= 0 for _, weight in self.terms)


class Every(NamedTuple):
    """A conjunction."""

    parts: tuple[Part, ...]


class Some(NamedTuple):
    """A disjunction."""

    parts: tuple[Part, ...]


Part: TypeAlias = Line | Every | Some


def as_parts(net: PetriNet, predicate: Predicate) -> Part:
    """Return a state predicate of a net as lines, conjunctions and disjunctions.

    Parameters
    ----------
    net, predicate
        The net, and a predicate over its places and transitions.

    Returns
    -------
    Line, Every or Some
        Without negations; a transition is enabled where each input place has enough tokens.

    Raises
    ------
    UsageError
        When the predicate names a place or transition that the net does not have.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[2]], [[0]], [3])
    >>> as_parts(net, Dead())
    Every(parts=(Some(parts=(Line(terms=((0, 1),), bound=1),)),))
    """

    def combine(node: Predicate, parts: list[Part]) -> Part:
        match node:
            case Constant(value):
                return Every(()) if value else Some(())
            case Not():
                return _opposite(parts[0])
            case Dead():
                offsets = net.pre_arcs.offsets.tolist()
                places, weights = net.pre_arcs.places.tolist(), net.pre_arcs.weights.tolist()
                lines = [Line(((p, 1),), w - 1) for p, w in zip(places, weights, strict=True)]
                return Every(
                    tuple(
                        Some(tuple(lines[offsets[t] : offsets[t + 1]]))
                        for t in range(len(net.transition_ids))
                    )
                )
            case Enabled(name):
                needs, weights = net.pre_arcs.row(net.transition_index(name))
                pairs = zip(needs.tolist(), weights.tolist(), strict=True)
                return Every(tuple(Line(((p, -1),), -w) for p, w in pairs))
            case Atom(name):
                return Line(((net.place_index(name), -1),), -1)
            case Compare():
                return _compared(net, node)
            case And():
                return Every(tuple(parts))
            case _:
                return Some(tuple(parts))

    return fold_predicate(negate(negate(predicate)), combine)


def _compared(net: PetriNet, node: Compare) -> Part:
    sums: dict[int, int] = {}
    for name, factor in node.terms:
        place = net.place_index(name)
        sums[place] = sums.get(place, 0) + factor
    less = tuple((place, factor) for place, factor in sums.items() if factor)
    more = tuple((place, -factor) for place, factor in less)
    match node.op:
        case "<=":
            return Line(less, node.bound)
        case "<":
            return Line(less, node.bound - 1)
        case ">=":
            return Line(more, -node.bound)
        case ">":
            return Line(more, -node.bound - 1)
        case "==":
            return Every((Line(less, node.bound), Line(more, -node.bound)))
        case "!=":
            return Some((Line(less, node.bound - 1), Line(more, -node.bound - 1)))


def _opposite(part: Part) -> Part:
    """Return the negation of an atom, which has at most three levels."""
    if isinstance(part, Line):
        return Line(tuple((place, -weight) for place, weight in part.terms), -part.bound - 1)
    below = tuple(_opposite(inner) for inner in part.parts)
    return Some(below) if isinstance(part, Every) else Every(below)


def holds_at(part: Part, tokens: Sequence[float], slack: float = 1e-6) -> bool:
    """Return whether a part holds in a marking, which may be fractional; without recursion."""
    values: list[bool] = []
    waiting: list[tuple[Part, bool]] = [(part, False)]
    while waiting:
        node, entered = waiting.pop()
        if isinstance(node, Line):
            values.append(sum(tokens[p] * weight for p, weight in node.terms) <= node.bound + slack)
        elif entered:
            first = len(values) - len(node.parts)
            below = values[first:]
            values[first:] = [all(below) if isinstance(node, Every) else any(below)]
        else:
            waiting.append((node, True))
            waiting.extend((inner, False) for inner in node.parts)
    return values[0]
