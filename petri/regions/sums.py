"""Boxes of weighted sums: the ways to spread a number of tokens over places."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import gcd
from typing import TypeAlias

from petri.regions.boxes import Box
from transition_systems.budget import Meter

__all__ = ["ANY", "boxes_of_sum"]

ANY = Box({}, {})
# The most tokens of a place, boxes, limits in all of them, and bits of the table of sums.
MOST_TOKENS, MOST_BOXES, MOST_LIMITS, MOST_BITS = 300, 1_200, 300_000, 100_000_000
LOOK_EVERY = 256
_Way: TypeAlias = "tuple[int, _Way | None]"


def boxes_of_sum(
    weights: Sequence[tuple[int, int]], op: str, bound: int, meter: Meter
) -> list[Box] | None:
    """Return the boxes whose union is where a sum of tokens is compared with a number.

    Parameters
    ----------
    weights
        Indices of places, each once, with weights of at least 1.
    op, bound
        ``">="``, ``"<="`` or ``"=="``, and the number.
    meter
        The clock.

    Returns
    -------
    list of Box or None
        ``None`` where there are more than 1,200, or 300,000 limits in all of them, where a place
        may have more than 300 tokens beside others, and where the time does not suffice.

    Notes
    -----
    Depth first. Of an equation only sums are followed that the places that are left can make up,
    which is known from a table of these sums, so that each way ends in a box: O(boxes x places).

    Examples
    --------
    >>> from transition_systems.budget import Budget
    >>> boxes_of_sum([(0, 2), (1, 3)], "==", 6, Budget().start())
    [Box(low={0: 3}, high={1: 0, 0: 3}), Box(low={1: 2}, high={1: 2, 0: 0})]
    >>> boxes_of_sum([(0, 2), (1, 2)], "==", 7, Budget().start())
    []
    """
    if not weights:
        true = {">=": bound <= 0, "<=": bound >= 0, "==": bound == 0}[op]
        return [ANY] if true else []
    if op == ">=" and bound <= 0:
        return [ANY]
    if bound < 0:
        return []
    shared = gcd(*(weight for _, weight in weights))
    if op == "==" and bound % shared:
        return []
    bound = -(-bound // shared) if op == ">=" else bound // shared
    ordered = sorted(((p, n // shared) for p, n in weights), key=lambda pair: -pair[1])
    if len(ordered) > 1 and bound // ordered[-2][1] > MOST_TOKENS:
        return None
    if op == "==" and bound * len(ordered) > MOST_BITS and len(ordered) > 1:
        return None
    return _Spread(ordered, op, meter).all(bound)


class _Spread:
    """The ways to spread a number over places, the largest weights first."""

    def __init__(self, ordered: list[tuple[int, int]], op: str, meter: Meter) -> None:
        self.ordered, self.op, self.meter = ordered, op, meter
        self.sums: list[int] = []

    def all(self, bound: int) -> list[Box] | None:
        """Return the boxes; ``None`` where they are too many."""
        if self.op == "==" and len(self.ordered) > 1 and not self._possible(bound):
            return []
        found: list[Box] = []
        # How many places have their tokens, what is left for the others, and those tokens: a pair
        # of the last one's and the pair before it.
        waiting: list[tuple[int, int, _Way | None]] = [(0, bound, None)]
        last, looks = len(self.ordered) - 1, 0
        most_boxes = min(MOST_BOXES, MOST_LIMITS // len(self.ordered))
        while waiting:
            at, rest, way = waiting.pop()
            looks += 1
            if looks % LOOK_EVERY == 0 and self.meter.out_of_time():
                return None
            weight = self.ordered[at][1]
            least = self.ordered[last][1]
            if at == last or (rest < least if self.op != ">=" else rest <= 0):
                found.append(self._box(at, way, rest))
                if len(found) > most_boxes:
                    return None
                continue
            most = -(-rest // weight) if self.op == ">=" else rest // weight
            for own in range(most, -1, -1):
                left = max(0, rest - weight * own)
                if self.op != "==" or (self.sums[at + 1] >> left) & 1:
                    waiting.append((at + 1, left, (own, way)))
        return found

    def _possible(self, bound: int) -> bool:
        """Note for the last places of each number what sums they can make; tell of all places."""
        everything = (1 << (bound + 1)) - 1

        def more(sums: int, weight: int) -> int:
            shift = weight
            while shift <= bound:
                sums |= (sums << shift) & everything
                shift *= 2
            return sums

        backwards = (weight for _, weight in reversed(self.ordered))
        self.sums = list(accumulate(backwards, more, initial=1))[::-1]
        return bool(self.sums[0] >> bound & 1)

    def _box(self, at: int, way: _Way | None, rest: int) -> Box:
        """Return the box of a way to the places from ``at`` on: what is left goes to the last."""
        counts = dict.fromkeys((place for place, _ in self.ordered), 0)
        place, weight = self.ordered[-1]
        if at == len(self.ordered) - 1:
            counts[place] = -(-rest // weight) if self.op == ">=" else rest // weight
        while way is not None:
            at -= 1
            counts[self.ordered[at][0]], way = way
        low = {p: n for p, n in counts.items() if n} if self.op != "<=" else {}
        return Box(low, counts if self.op != ">=" else {})
