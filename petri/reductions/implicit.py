"""Implicit places: places that never hold anything up, by search and by linear programming."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from petri.reductions.preserved import Guards
from petri.reductions.working import Arcs, WorkingNet
from petri.structure.linear_program import linear_program
from transition_systems.budget import Meter

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ImplicitPlaces"]

MOST_NODES = 6_000
MOST_PROGRAMS = 300
MOST_NUMBERS = 200_000
MOST_SEARCHED = 60
MOST_WEIGHT = 1_000
WIDEST = 16
NEAR = 1e-6
# Places after which the clock is looked at.
OFTEN = 16

Found = tuple[int, Arcs, int | None]


class ImplicitPlaces:
    """Looks for implicit places of a net that is being reduced.

    Let ``y >= 0`` be integer weights of places other than ``p``, ``C`` the incidence matrix and
    ``c = M0(p) - y M0``. The place ``p`` is implicit where

    - each transition changes ``p`` at least as much as the weighted sum: ``C(p, t) >= y C(t)``, and
    - what a transition needs of the others is enough for ``p``: ``y Pre(t) + c >= Pre(p, t)`` for
      each ``t`` with ``Pre(p, t) > 0``.

    Then ``M(p) >= y M + c`` in every reachable marking, so that ``p`` never holds anything up: the
    net without it has the same firing sequences. Where all changes are equal, ``M(p) = y M + c``,
    and predicates that mention ``p`` are read with this sum in its stead.

    References
    ----------
    M. Silva, E. Teruel, J. M. Colom: Linear algebraic and linear programming techniques for the
    analysis of place/transition net systems. LNCS 1491, 1998, section 5 (structurally implicit
    places; here with weight 1 of ``p``, and with the initial marking). G. Berthelot:
    Transformations and decompositions of nets. LNCS 254, 1987 (redundant places).
    """

    def __init__(self, work: WorkingNet, guards: Guards, meter: Meter) -> None:
        self.work, self.guards, self.meter = work, guards, meter
        self.programs = 0

    def found(self, *, programs: bool) -> Iterator[Found]:
        """Yield implicit places, the weights, and the constant where one is a sum of the others.

        Each is to be taken out before the next one is asked for.

        Parameters
        ----------
        programs
            Whether linear programs are to be solved where the search finds nothing.

        Notes
        -----
        A search over at most :data:`MOST_SEARCHED` sums for each place, from a transition that the
        sum does not yet follow to a place that mends this; then a linear program by HiGHS for each
        place that passes what is necessary. What either finds is checked with integers.
        """
        work, none = self.work, True
        for place in list(work.places):
            if not work.empty[place] and self.guards.ignores(place):
                yield place, {}, None
                none = False
        rows: dict[int, Arcs] = {}
        for looked, place in enumerate(list(work.places)):
            if looked % OFTEN == 0 and self.meter.out_of_time():
                return
            found = self._search(place, rows) if self._may_be(place) else None
            if found is not None:
                yield found
                none = False
        if none and programs and len(work.places) + len(work.pre) <= MOST_NODES:
            yield from self._by_programs()

    def _row(self, place: int, rows: dict[int, Arcs]) -> Arcs:
        """Return how much each transition changes a place, zeros left out."""
        row = rows.get(place)
        if row is None:
            work = self.work
            row = {t: work.post[t][place] for t in work.fill[place]}
            for t in work.empty[place]:
                row[t] = row.get(t, 0) - work.pre[t][place]
            row = rows[place] = {t: n for t, n in row.items() if n}
        return row

    def _may_be(self, place: int) -> bool:
        """Return whether a sum of others may follow each change of a place."""
        work = self.work
        pre, post = work.pre, work.post
        return all(len(post[t]) > 1 or t in work.empty[place] for t in work.fill[place]) and all(
            len(pre[t]) > 1 or t in work.fill[place] for t in work.empty[place]
        )

    def _search(self, place: int, rows: dict[int, Arcs]) -> Found | None:
        """Return the place with a sum of others that it is equal to, or ``None``."""
        work, target = self.work, self._row(place, rows)
        if len(target) > WIDEST:
            return None
        waiting: list[tuple[Arcs, Arcs]] = [(target, {})]
        looked = 0
        while waiting and looked < MOST_SEARCHED:
            rest, weights = waiting.pop()
            looked += 1
            if not rest:
                constant = self.holds(place, weights, equal=True)
                if constant is not None:
                    return place, weights, constant
                continue
            if sum(weights.values()) >= WIDEST:
                continue
            step, change = next(iter(rest.items()))
            near = work.post[step] if change > 0 else work.pre[step]
            for other in near:
                row = self._row(other, rows) if other != place else {}
                if row.get(step, 0) * change <= 0 or len(row) > WIDEST:
                    continue
                left = dict(rest)
                for t, n in row.items():
                    left[t] = left.get(t, 0) - n
                more = {**weights, other: weights.get(other, 0) + 1}
                waiting.append(({t: n for t, n in left.items() if n}, more))
        return None

    def holds(self, place: int, weights: Arcs, *, equal: bool) -> int | None:
        """Return the constant where integer weights show that a place is implicit, else ``None``.

        ``equal`` asks that the place is equal to the sum.
        """
        work, change = self.work, dict(self._row(place, {}))
        constant = work.marking.get(place, 0)
        for other, weight in weights.items():
            constant -= weight * work.marking.get(other, 0)
            for t, n in self._row(other, {}).items():
                change[t] = change.get(t, 0) - weight * n
        if any(n < 0 or (equal and n) for n in change.values()):
            return None
        for t in work.empty[place]:
            needs = work.pre[t]
            enough = sum(weight * needs.get(other, 0) for other, weight in weights.items())
            if enough + constant < needs[place]:
                return None
        return constant

    def _by_programs(self) -> Iterator[Found]:
        """Yield the implicit places that linear programs find."""
        lost = any(self.guards.ignores(place) for place in self.work.places)
        some = [
            place
            for place in self.work.places
            if (lost and self.guards.ignores(place)) or self._may_be(place)
        ]
        if not some:
            return
        most = min(MOST_PROGRAMS, MOST_NUMBERS // (len(self.work.places) + len(self.work.pre)))
        program = _Program(self.work)
        for place in some:
            for equal in (True, False):
                if (equal and not self._may_be(place)) or not (equal or self.guards.ignores(place)):
                    continue
                if self.programs >= most or self.meter.out_of_time():
                    return
                self.programs += 1
                end = self.meter.end
                left = None if end is None else end - time.monotonic()
                weights = program.weights(place, equal=equal, seconds=left)
                if weights is None:
                    continue
                constant = self.holds(place, weights, equal=equal)
                if constant is not None:
                    yield place, weights, constant if equal else None
                    break


class _Program:
    """The linear program for one place after the other of a net."""

    def __init__(self, work: WorkingNet) -> None:
        from scipy.sparse import csr_array

        self.work = work
        self.column = {place: number for number, place in enumerate(work.places)}
        self.line = {t: number for number, t in enumerate(work.pre)}
        shape = (len(self.line), len(self.column))
        arrays: list[Any] = []
        for arcs in (work.pre, work.post):
            found = [
                (self.line[t], self.column[p], n) for t, row in arcs.items() for p, n in row.items()
            ]
            lines, columns, values = zip(*found, strict=True) if found else ((), (), ())
            data = (np.array(values, dtype=float), (lines, columns))
            arrays.append(csr_array(data, shape=shape))
        self.pre = arrays[0]
        self.change = (arrays[1] - arrays[0]).tocsr()
        self.initial = np.array([work.marking.get(p, 0) for p in self.column], dtype=float)

    def weights(self, place: int, *, equal: bool, seconds: float | None) -> Arcs | None:
        """Return integer weights near a solution with the least sum; they are to be checked."""
        from scipy.sparse import csr_array, vstack

        own = self.column[place]
        wanted = self.change[:, [own]].toarray()[:, 0]
        behind = [self.line[t] for t in self.work.empty[place]]
        taken = self.pre[behind, :].toarray() if behind else np.zeros((0, len(self.column)))
        needed = csr_array(self.initial - taken)
        limits = self.initial[own] - taken[:, own]
        bounds: NDArray[np.float64] = np.zeros((len(self.column), 2))
        bounds[:, 1] = MOST_WEIGHT
        bounds[own, 1] = 0
        bounds[[k for p, k in self.column.items() if p not in self.work.places], 1] = 0
        asked: dict[str, Any] = {"A_eq": self.change, "b_eq": wanted} if equal else {}
        below = needed if equal else vstack([needed, self.change], format="csr")
        upper = limits if equal else np.concatenate((limits, wanted))
        options: dict[str, Any] = {} if seconds is None else {"time_limit": max(seconds, 0.01)}
        result = linear_program(
            np.ones(len(self.column)), A_ub=below, b_ub=upper, bounds=bounds, method="highs",
            options=options, **asked,
        )  # fmt: skip
        if result.status != 0:
            return None
        solution = np.asarray(result.x, dtype=float)
        near = np.rint(solution)
        if np.abs(solution - near).max(initial=0.0) > NEAR:
            return None
        kept = list(self.column)
        return {kept[int(k)]: int(near[k]) for k in np.flatnonzero(near)}
