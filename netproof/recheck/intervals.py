"""Limits of tokens, place by place: narrowed by sums that never fall, and moved by steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd
from typing import TypeAlias

from netproof.recheck.net_table import NetTable
from netproof.recheck.predicates import fold
from netproof.recheck.result import RefusedError, Watch
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

__all__ = ["Interval", "Intervals", "surely"]

Interval: TypeAlias = dict[int, tuple[int, int | None]]
ROUNDS = 12


class Intervals:
    """Sums of tokens that no transition lowers, and what they say of limits.

    Parameters
    ----------
    table
        The net.
    sums
        Weights of places, by name; a sum that some transition lowers is refused.
    watch
        Is asked after each sum whether there is time left.
    """

    def __init__(
        self, table: NetTable, sums: Sequence[Sequence[tuple[str, int]]], watch: Watch
    ) -> None:
        self.table, self.watch = table, watch
        self.sums: list[tuple[dict[int, int], int]] = []
        for pairs in sums:
            watch.tick()
            weights: dict[int, int] = {}
            for name, weight in pairs:
                if name not in table.place or table.place[name] in weights:
                    raise RefusedError(f"a sum has {name!r:.60}, which is no place, or twice")
                weights[table.place[name]] = weight
            for number, change in enumerate(table.change):
                if sum(weights.get(place, 0) * moved for place, moved in change.items()) < 0:
                    raise RefusedError(f"{table.net.transition_ids[number]!r:.60} lowers a sum")
            least = sum(n * table.initial.get(place, 0) for place, n in weights.items())
            self.sums.append((weights, least))
        sizes = dict.fromkeys(range(len(table.place)), 0)
        for change in table.change:
            for place, moved in change.items():
                sizes[place] = gcd(sizes[place], moved)
        self._sizes = {place: (size, table.initial.get(place, 0)) for place, size in sizes.items()}

    def _multiples(self, box: Interval) -> Interval:
        """Return limits at which a place can have tokens if it only changes by multiples."""
        now = dict(box)
        for place, (size, first) in self._sizes.items():
            if size == 0:
                now.setdefault(place, (0, None))
                low, high = now[place]
                now[place] = (max(low, first), first if high is None else min(high, first))
            elif size > 1:
                low, high = now.get(place, (0, None))
                low += (first - low) % size
                now[place] = (low, None if high is None else high - (high - first) % size)
        return now

    def tight(self, box: Interval) -> Interval | None:
        """Return limits of all reachable markings within limits; ``None`` where there are none."""
        now = self._multiples(box)
        for _ in range(ROUNDS):
            before = dict(now)
            for weights, least in self.sums:
                self.watch.tick()
                if not _narrowed(weights, least, now):
                    return None
            if now == before:
                break
        for low, high in now.values():
            if high is not None and high < low:
                return None
        return now

    def after(self, box: Interval | None, steps: Iterable[int]) -> Interval | None:
        """Return the limits after steps that all markings within limits enable; refuse others."""
        for step in steps:
            if box is None:
                return None
            for place, weight in self.table.pre[step].items():
                if box.get(place, (0, None))[0] < weight:
                    name = self.table.net.transition_ids[step]
                    raise RefusedError(f"{name!r:.60} is not enabled in all of its markings")
            box = dict(box)
            for place, moved in self.table.change[step].items():
                low, high = box.get(place, (0, None))
                box[place] = (max(0, low + moved), None if high is None else high + moved)
            box = self.tight(box)
        return box


def _narrowed(weights: dict[int, int], least: int, box: Interval) -> bool:
    """Narrow limits by ``sum >= least``; return whether some marking may be left.

    The largest value of each term is not changed by what is narrowed: a positive weight raises the
    lower limit of its place, a negative one lowers the upper limit.
    """
    most, endless = 0, 0
    for place, factor in weights.items():
        low, high = box.get(place, (0, None))
        if factor > 0 and high is None:
            endless += 1
        elif factor:
            most += factor * (low if factor < 0 or high is None else high)
    for place, weight in weights.items():
        low, high = box.get(place, (0, None))
        own = weight > 0 and high is None
        if endless > own:
            continue
        others = most
        if not own:
            others -= weight * (low if weight < 0 or high is None else high)
        if weight > 0:
            low = max(low, -((others - least) // weight))
        elif weight < 0:
            limit = (others - least) // -weight
            high = limit if high is None else min(high, limit)
        if high is not None and high < low:
            return False
        box[place] = (low, high)
    return True


def surely(table: NetTable, predicate: Predicate, box: Interval) -> bool:
    """Return whether limits show that a predicate holds; ``False`` says nothing."""

    def least(place: int) -> int:
        return box.get(place, (0, None))[0]

    def lacks(transition: int) -> bool:
        limits = ((box.get(p, (0, None))[1], n) for p, n in table.pre[transition].items())
        return any(high is not None and high < n for high, n in limits)

    def enabled(transition: int) -> tuple[bool, bool]:
        able = all(least(place) >= n for place, n in table.pre[transition].items())
        return able, lacks(transition)

    def combine(node: Predicate, parts: list[tuple[bool, bool]]) -> tuple[bool, bool]:
        match node:
            case Constant(value):
                return value, not value
            case Atom(name):
                return _compared(table, Compare(((name, 1),), ">=", 1), box)
            case Compare():
                return _compared(table, node, box)
            case Enabled(name):
                return enabled(table.transition[name])
            case Dead():
                every = [enabled(number) for number in range(len(table.pre))]
                return all(never for _, never in every), any(able for able, _ in every)
            case Not():
                return parts[0][1], parts[0][0]
            case And():
                return all(yes for yes, _ in parts), any(no for _, no in parts)
            case Or():
                return any(yes for yes, _ in parts), all(no for _, no in parts)
            case _:
                raise RefusedError("the goal is not about places and transitions only")

    return fold(predicate, combine)[0]


def _compared(table: NetTable, node: Compare, box: Interval) -> tuple[bool, bool]:
    """Return whether limits show that a comparison holds, and that it fails."""
    weights: dict[int, int] = {}
    for name, factor in node.terms:
        if name not in table.place:
            raise RefusedError(f"the goal names {name!r:.60}, which is no place of the net")
        weights[table.place[name]] = weights.get(table.place[name], 0) + factor
    low: int | None = 0
    high: int | None = 0
    for place, factor in weights.items():
        first, last = box.get(place, (0, None))
        if not factor:
            continue
        ends = (first, last) if factor > 0 else (last, first)
        low = None if low is None or ends[0] is None else low + factor * ends[0]
        high = None if high is None or ends[1] is None else high + factor * ends[1]
    above = low is not None and low >= node.bound
    over = low is not None and low > node.bound
    below = high is not None and high <= node.bound
    under = high is not None and high < node.bound
    match node.op:
        case ">=":
            return above, under
        case ">":
            return over, below
        case "<=":
            return below, over
        case "<":
            return under, above
        case "==":
            return above and below, over or under
        case _:
            return over or under, above and below
