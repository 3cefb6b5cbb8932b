"""Goals as boxes: the tokens of single places that are enough for a state predicate."""

from __future__ import annotations

from petri.regions.boxes import Box, Boxes
from petri.regions.sums import ANY, boxes_of_sum
from transition_systems.budget import Budget, Meter
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    Not,
    Or,
    Predicate,
)
from transition_systems.properties.walk import fold_predicate, negate

__all__ = ["boxes_in"]

MOST, FEW = 300, 12
_Part = tuple[list[Box], bool]


def boxes_in(
    boxes: Boxes, goal: Predicate, *, budget: Budget | None = None
) -> tuple[list[Box], bool]:
    """Return boxes inside a goal, and whether they are all of it.

    Parameters
    ----------
    boxes
        Of the net.
    goal
        A state predicate.
    budget
        Its seconds.

    Returns
    -------
    list of Box, bool
        At most 300, as large as single parts of the goal allow; sums with factors of both signs,
        what would be more boxes, and what the time does not suffice for are left out.

    Examples
    --------
    >>> from petri import PetriNet
    >>> from transition_systems.properties.parse import parse_predicate
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> boxes_in(Boxes(net), parse_predicate("p1 + p2 >= 1"))
    ([Box(low={1: 1}, high={}), Box(low={0: 1}, high={})], True)
    """
    meter = (budget or Budget()).start()

    def enabled(name: str) -> Box:
        return Box(boxes.needs[boxes.net.transition_index(name)], {})

    def disabled(transition: int) -> list[Box]:
        return [Box({}, {p: n - 1}) for p, n in boxes.needs[transition].items()]

    def combine(node: Predicate, parts: list[_Part]) -> _Part:
        match node:
            case Constant(value):
                return ([ANY] if value else []), True
            case Atom(name):
                return [Box({boxes.net.place_index(name): 1}, {})], True
            case Enabled(name):
                return [enabled(name)], True
            case Not(Enabled(name)):
                return disabled(boxes.net.transition_index(name)), True
            case Not(Atom(name)):
                return [Box({}, {boxes.net.place_index(name): 0})], True
            case Not(Dead()):
                return [Box(needs, {}) for needs in boxes.needs], True
            case Dead():
                return _all([(disabled(t), True) for t in range(len(boxes.needs))], meter)
            case Compare(terms, op, bound):
                named = tuple((boxes.net.place_index(place), n) for place, n in terms)
                return _compared(named, op, bound, meter)
            case And():
                return _all(parts, meter)
            case Or():
                return _some(parts, meter)
            case _:
                return [], False

    return fold_predicate(negate(negate(goal)), combine)


def _some(parts: list[_Part], meter: Meter) -> _Part:
    found, all_of_it = _largest([box for some, _ in parts for box in some], meter)
    return found[:MOST], all_of_it and all(exact for _, exact in parts)


def _all(parts: list[_Part], meter: Meter) -> _Part:
    found, exact = [ANY], True
    for some, known in parts:
        both: list[Box] = []
        for one in found:
            if meter.out_of_time():
                return [], False
            both += [met for other in some if (met := _meet(one, other)) is not None]
        found, all_of_it = _largest(both, meter)
        found, exact = found[:MOST], exact and known and all_of_it
    return found, exact


def _largest(found: list[Box], meter: Meter) -> tuple[list[Box], bool]:
    """Return boxes that are in no other one, and whether these are no more than there may be."""
    kept: list[Box] = []
    for box in found:
        if len(kept) > MOST or meter.out_of_time():
            return kept, False
        if not any(box.within(other) for other in kept):
            kept = [other for other in kept if not other.within(box)] + [box]
    return kept, len(kept) <= MOST


def _meet(one: Box, other: Box) -> Box | None:
    low, high = dict(one.low), dict(one.high)
    for place, tokens in other.low.items():
        low[place] = max(tokens, low.get(place, 0))
    for place, tokens in other.high.items():
        high[place] = min(tokens, high.get(place, tokens))
    return None if any(n < low.get(p, 0) for p, n in high.items()) else Box(low, high)


def _compared(terms: tuple[tuple[int, int], ...], op: str, bound: int, meter: Meter) -> _Part:
    """Return the boxes of a sum that is compared with a number."""
    if op == "!=":
        either = [_compared(terms, ">", bound, meter), _compared(terms, "<", bound, meter)]
        return _some(either, meter)
    if op in ("<", ">"):
        op, bound = (">=", bound + 1) if op == ">" else ("<=", bound - 1)
    weights: dict[int, int] = {}
    for place, weight in terms:
        weights[place] = weights.get(place, 0) + weight
    weights = {place: weight for place, weight in weights.items() if weight}
    if all(weight < 0 for weight in weights.values()):
        weights = {place: -weight for place, weight in weights.items()}
        op, bound = {">=": "<=", "<=": ">="}.get(op, op), -bound
    if any(weight < 0 for weight in weights.values()):
        return _mixed(weights, op, bound, meter), False
    found = boxes_of_sum(list(weights.items()), op, bound, meter)
    if found is None:
        return [], False
    largest, all_of_it = _largest(found, meter)
    return largest[:MOST], all_of_it


def _mixed(weights: dict[int, int], op: str, bound: int, meter: Meter) -> list[Box]:
    """Return some boxes of a sum with weights of both signs: those with little in one half."""
    more = [(place, weight) for place, weight in weights.items() if weight > 0]
    less = [(place, -weight) for place, weight in weights.items() if weight < 0]
    if op == "<=":
        more, less, bound, op = less, more, -bound, ">="
    found: list[Box] = []
    for tokens in range(FEW):
        below = boxes_of_sum(less, "==" if op == "==" else "<=", tokens, meter) or []
        above = boxes_of_sum(more, op, bound + tokens, meter) or []
        if meter.out_of_time() or len(found) + len(below) * len(above) > MOST:
            break
        found += [both for one in below for other in above if (both := _meet(one, other))]
    return _largest(found, meter)[0]
