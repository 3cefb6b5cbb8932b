"""A disjunction of lines relaxed to one line, so that no case has to be split.

Lemma. Let one of the alternatives ``a_i m <= b_i`` hold, and let ``a_i m <= u_i`` hold for all of
them, with ``u_i > b_i``. Then ``sum((u_i - a_i m) / (u_i - b_i))`` is at least 1: the alternative
that holds gives at least 1, no other less than 0.

A transition that needs ``w(p)`` tokens of places that hold at most ``b(p)`` is disabled only where
``sum((b(p) - m(p)) / (b(p) - w(p) + 1)) >= 1``; in a safe net, where the tokens in its preset are
fewer than its places. So all transitions of a dead marking are asked for at once.
"""

from __future__ import annotations

from math import lcm

from petri.induction.linear_lines import Line
from petri.induction.linear_trail import NONE, Item, Trail

__all__ = ["relax", "relaxation"]

MOST_SCALE = 1 << 40


def relaxation(trail: Trail, number: int) -> Line | None:
    """Return the line of the lemma for a clause by the bounds of the case at hand.

    ``None`` where an alternative is no line, has no bound, or holds everywhere.
    """
    gaps: list[tuple[Line, int, int]] = []
    for part in trail.clauses[number].parts:
        if not isinstance(part, Line):
            return None
        upper = 0
        for place, weight in part.terms:
            bound = trail.high[place] if weight > 0 else trail.low[place]
            if bound is None:
                return None
            upper += weight * bound
        if upper <= part.bound:
            return None
        gaps.append((part, upper, upper - part.bound))
    scale = lcm(*(gap for *_, gap in gaps))
    if scale > MOST_SCALE:
        return None
    total: dict[int, int] = {}
    for part, _, gap in gaps:
        for place, weight in part.terms:
            total[place] = total.get(place, 0) + scale // gap * weight
    bound = sum(scale // gap * upper for _, upper, gap in gaps) - scale
    return Line(tuple(total.items()), bound)


def relax(trail: Trail, number: int) -> int:
    """Return a new item for the relaxation of a clause, from the items of its bounds."""
    pairs: list[tuple[int, int]] = []
    for alternative, part in enumerate(trail.clauses[number].parts):
        assert isinstance(part, Line)
        tops: list[tuple[int, int]] = []
        for place, weight in part.terms:
            item = trail.high_item[place] if weight > 0 else trail.low_item[place]
            if item != NONE:
                tops.append((item, abs(weight)))
        if len(tops) == 1 and tops[0][1] == 1:
            pairs.append((alternative, tops[0][0]))
        else:
            pairs.append((alternative, trail.item(Item("sum", 1, tuple(tops)))))
    return trail.item(Item("relax", number, tuple(pairs)))
