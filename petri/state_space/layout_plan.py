"""Choosing the layout of states: which places share a field, which need none.

Proved facts come from semiflows and linear programs; what was only observed in a sample of
markings is used too, but marked as not proved, so that the engine looks at each firing and asks
for another plan when the guess was wrong. The answer is exact either way; only width is at stake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heapreplace

import numpy as np
from numpy.typing import NDArray

from petri.state_space.state_layout import Dependent, Field, StateLayout
from petri.structure.flows import Semiflow

__all__ = ["Observed", "mended_layout", "plan_layout"]


LARGEST = 1 << 62


@dataclass(slots=True)
class Observed:
    """What was seen in reachable markings.

    Parameters
    ----------
    top
        int64 (n_places,): most tokens in each place.
    together
        bool (n_places, n_places): which places were marked at once.
    """

    top: NDArray[np.int64]
    together: NDArray[np.bool_]

    @classmethod
    def nothing(cls, n_places: int) -> Observed:
        """Return the observation of no marking."""
        return cls(np.zeros(n_places, dtype=np.int64), np.zeros((n_places, n_places), dtype=bool))

    def add(self, markings: NDArray[np.int64]) -> None:
        """Look at markings, int64 of shape (n, n_places)."""
        if len(markings):
            np.maximum(self.top, markings.max(axis=0), out=self.top)
            self.together |= _together(np.ascontiguousarray(markings.T > 0))

    def add_rows(self, places: Sequence[int], rows: Sequence[NDArray[np.unsignedinteger]]) -> None:
        """Look at some places only: for each of them its tokens in all markings."""
        if not places:
            return
        marked = np.empty((len(places), len(rows[0])), dtype=bool)
        for place, row, mark in zip(places, rows, marked, strict=True):
            self.top[place] = max(int(self.top[place]), int(row.max()))
            np.not_equal(row, 0, out=mark)
        inside = np.asarray(places)
        self.together[np.ix_(inside, inside)] |= _together(marked)


def _together(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which rows, bool (k, n), are true in one column, bool (k, k)."""
    count, width = marked.shape
    bits = np.zeros((-(-width // 64) * 8, count), dtype=np.uint8)
    bits[: -(-width // 8)] = np.packbits(marked, axis=1).T
    words = np.ascontiguousarray(bits.T).view(np.uint64).T.copy()
    result = np.empty((count, count), dtype=bool)
    for row in range(count):
        common = np.bitwise_or.reduce(words[:, row:] & words[:, row, None], axis=0)
        np.not_equal(common, 0, out=result[row, row:])
        result[row:, row] = result[row, row:]
    return result


class _Plan:
    """The places that still lack a home, and what was decided."""

    def __init__(
        self,
        flows: Sequence[Semiflow],
        bounds: Sequence[int | None],
        seen: Observed,
        guess: bool,
    ) -> None:
        self.flows = [flow for flow in flows if flow.value < LARGEST]
        self.bounds = [None if b is None or b >= LARGEST else b for b in bounds]
        self.seen, self.guess = seen, guess
        self.open = set(range(len(bounds)))
        self.fields: list[Field] = []
        self.dependents: list[Dependent] = []

    def depend(self, flow: Semiflow, place: int) -> None:
        others = tuple((p, w) for p, w in flow.weights if p != place)
        self.dependents.append(Dependent(place=place, value=flow.value, others=others))
        self.open.discard(place)

    def unit(self, places: Sequence[int], *, proved: bool) -> None:
        field = Field(places=tuple(places), base=len(places) + 1, unit=True, proved=proved)
        self.fields.append(field)
        self.open.difference_update(places)

    def constants(self) -> None:
        """Places that never change, or never hold a token, take no bits."""
        for flow in self.flows:
            if (
                len(flow.weights) == 1
                and flow.weights[0][1] == 1
                and flow.weights[0][0] in self.open
            ):
                self.depend(flow, flow.weights[0][0])
        for place, bound in enumerate(self.bounds):
            if bound == 0 and place in self.open:
                self.dependents.append(Dependent(place=place, value=0, others=()))
                self.open.discard(place)

    def state_machines(self) -> None:
        """Semiflows with one token: the place that holds it is one number.

        The one that saves most bits comes first. What one saves only shrinks as others take its
        places, so that it is counted again only when it comes to the top.
        """
        ones = [f for f in self.flows if f.value == 1 and all(w == 1 for _, w in f.weights)]

        def worth(number: int) -> tuple[int, bool, int]:
            free = sum(p in self.open for p, _ in ones[number].weights)
            whole = free == len(ones[number].weights)
            return (free - 1).bit_length() - free, not whole, number

        waiting = [worth(number) for number in range(len(ones))]
        heapify(waiting)
        while waiting:
            best = waiting[0]
            places = [p for p, _ in ones[best[2]].weights if p in self.open]
            now = worth(best[2])
            if places and now != best:
                heapreplace(waiting, now)
                continue
            heappop(waiting)
            if places:
                self.depend(ones[best[2]], places[0])
            if len(places) > 1:
                self.unit(places[1:], proved=True)

    def guessed_units(self) -> None:
        """Safe places that were never seen marked together share a field."""
        if not self.guess:
            return
        exclusive = ~self.seen.together
        np.fill_diagonal(exclusive, False)
        for flow in self.flows:
            if flow.value == 1:
                inside = np.array([p for p, _ in flow.weights])
                exclusive[np.ix_(inside, inside)] = True
        safe = [p for p in self.open if self.bounds[p] == 1 or (
            self.bounds[p] is None and self.seen.top[p] <= 1)]  # fmt: skip
        safe.sort(key=lambda p: (int(exclusive[p, safe].sum()), p))
        units: list[list[int]] = []
        for place in safe:
            fitting = [unit for unit in units if bool(exclusive[place, unit].all())]
            if fitting:
                max(fitting, key=_room).append(place)
            else:
                units.append([place])
        for unit in units:
            alone = len(unit) == 1 and self.bounds[unit[0]] == 1
            self.unit(unit, proved=alone)

    def counters(self) -> None:
        """What remains is counted; a semiflow spares one of its places."""
        for flow in sorted(self.flows, key=lambda f: -len(f.weights)):
            free = [(p, w) for p, w in flow.weights if p in self.open]
            spare = [p for p, w in free if w == 1]
            if spare:
                self.depend(flow, max(spare, key=lambda p: self.bounds[p] or 0))
                for place, _ in free:
                    if place in self.open:
                        self.count(place)
        for place in sorted(self.open):
            self.count(place)

    def count(self, place: int) -> None:
        bound = self.bounds[place]
        if bound is None:
            base = 1 << max(1, int(self.seen.top[place]).bit_length())
        else:
            base = bound + 1
        field = Field(places=(place,), base=base, unit=False, proved=bound is not None)
        self.fields.append(field)
        self.open.discard(place)


def _room(unit: list[int]) -> tuple[bool, int]:
    """Order units: those that take one more place without one more bit, then the largest."""
    return (len(unit) + 1).bit_length() == len(unit).bit_length(), len(unit)


def plan_layout(
    flows: Sequence[Semiflow],
    bounds: Sequence[int | None],
    seen: Observed,
    *,
    guess: bool = True,
) -> StateLayout:
    """Return a narrow layout of states.

    Parameters
    ----------
    flows
        Semiflows of the net.
    bounds
        For each place a proved bound of its tokens, or ``None``.
    seen
        What was observed; at least the initial marking.
    guess
        Whether places share a field because they were not observed together.

    Examples
    --------
    >>> flow = Semiflow(weights=((0, 1), (1, 1), (2, 1)), value=1)
    >>> plan_layout([flow], [1, 1, 1], Observed.nothing(3)).bits
    2
    """
    plan = _Plan(flows, bounds, seen, guess)
    plan.constants()
    plan.state_machines()
    plan.guessed_units()
    plan.counters()
    order = _order(plan)
    return StateLayout(len(bounds), plan.fields, order)


def mended_layout(
    layout: StateLayout, failed: NDArray[np.int64], *, together: bool = False
) -> StateLayout:
    """Return a layout that holds what one did not: a unit loses places, a counter gets wider.

    Parameters
    ----------
    layout
        The layout with a wrong guess.
    failed
        int64 (n, n_places), at least one: markings that do not fit.
    together
        Whether all counters whose range is guessed get at least that of those that were too narrow.
    """
    fields = list(layout.fields)
    alone: list[Field] = []
    changed: set[int] = set()
    for number, field in enumerate(layout.fields):
        tokens = failed[:, list(field.places)]
        top = int(tokens.max())
        if field.proved or (
            top < field.base if not field.unit else (tokens.sum(axis=1) <= 1).all()
        ):
            continue
        changed.add(number)
        if not field.unit or len(field.places) == 1:
            base = 1 << top.bit_length()
            fields[number] = Field(places=field.places, base=base, unit=False, proved=False)
            continue
        row = failed[int(tokens.sum(axis=1).argmax())]
        marked = [p for p in field.places if row[p]]
        lost = marked[1:] or marked
        kept = tuple(p for p in field.places if p not in lost)
        fields[number] = Field(places=kept, base=len(kept) + 1, unit=True, proved=len(kept) == 0)
        for place in lost:
            most = int(failed[:, place].max())
            base = 1 << max(1, most.bit_length())
            alone.append(Field(places=(place,), base=base, unit=False, proved=False))
    assert changed, "nothing was wrong with the layout"
    widened = [fields[n].base for n in changed if not fields[n].unit]
    for number, field in enumerate(layout.fields) if together and widened else ():
        if not (field.proved or field.unit or number in changed):
            changed.add(number)
            fields[number] = replace(field, base=max(field.base, *widened))
    groups = [group for group in layout.groups if len(group) > 1 and not changed & {*group}]
    return StateLayout(layout.n_places, [*fields, *alone], layout.dependents, groups)


def _order(plan: _Plan) -> list[Dependent]:
    """Return the dependents so that each follows those that it needs."""
    waiting = {rule.place: rule for rule in plan.dependents}
    ordered: list[Dependent] = []
    while waiting:
        ready = [rule for rule in waiting.values() if not any(p in waiting for p, _ in rule.others)]
        assert ready, "the rules of dependent places go in a circle"
        for rule in ready:
            ordered.append(waiting.pop(rule.place))
    return ordered
