"""The largest simulation as a matrix of ranks: in which round each pair was found wanting.

Rank 0 is for pairs that stay, rank 1 for pairs that differ at first sight, rank ``r + 1`` for those
with a step that only pairs of ranks 1 to ``r`` answer. A round looks at the pairs that the last
one removed, one by one while these are few, or at whole rows of the matrix.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.csr import row_arcs
from transition_systems.equivalences.simulation_steps import Arcs, Steps
from transition_systems.equivalences.simulations import Simulation
from transition_systems.errors import UndecidedError
from transition_systems.lts import TAU

__all__ = ["DEEPEST", "most_classes", "ranks_of"]

Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]
Ranks = NDArray[np.uint8]
Pairs = tuple[Indices, Indices]

DEEPEST = 255
MOST_BYTES = 1 << 30
CHUNK = 1 << 24
PAIR_COST = 40
LISTED = 16


def ranks_of(
    steps: Steps,
    simulation: Simulation,
    meter: Meter,
    *,
    base: Ranks | None = None,
    stop: Callable[[Ranks], bool] | None = None,
) -> Ranks:
    """Return the rank of each pair of classes, uint8 (n, n); 0 where the second simulates it.

    Parameters
    ----------
    steps
        The classes and their steps.
    simulation
        Which simulation.
    meter
        A running budget.
    base
        For the nested one the ranks of plain simulation.
    stop
        Asked after each round whether what is known is enough.

    Raises
    ------
    UndecidedError
        When the budget ends, or the matrix does not fit.

    Notes
    -----
    At most n² rounds; a round costs the pairs that the last one removed times the in- and
    out-degree, or its rows times n and the arcs, whichever is less. Ranks above 255 count as 255.

    M. Henzinger, T. Henzinger, P. Kopke, Computing simulations on finite and infinite graphs,
    FOCS 1995.
    """
    n = steps.n
    if n > most_classes(meter):
        raise UndecidedError(f"a relation on {n} classes does not fit into memory")
    ranks = _at_first_sight(steps, simulation, base)
    removal = _Removal(steps, simulation.condition == "coupled", ranks)
    removed = _Removed(np.arange(n, dtype=np.int64), None)
    number = 1
    while True:
        if stop is not None and stop(ranks):
            return ranks
        reason = meter.exhausted(bytes=n * n)
        if reason is not None:
            raise UndecidedError(reason)
        number += 1
        removed = removal.round(removed, min(number, DEEPEST), meter)
        if len(removed.rows) == 0:
            return ranks


def most_classes(meter: Meter) -> int:
    """Return for how many classes a matrix of ranks fits into memory."""
    granted = meter.budget.bytes
    return isqrt(MOST_BYTES if granted is None else min(MOST_BYTES, granted))


def _at_first_sight(steps: Steps, simulation: Simulation, base: Ranks | None) -> Ranks:
    """Return rank 1 for the pairs that differ in atoms, labels or as the condition says."""
    kinds, kind = np.unique(steps.initials, axis=0, return_inverse=True)
    kind = kind.reshape(-1)
    lacking = np.zeros((len(kinds), len(kinds)), dtype=np.bool_)
    for row, able in enumerate(kinds):
        match simulation.condition:
            case "ready":
                lacking[row] = (kinds != able).any(axis=1)
            case "completed":
                lacking[row] = (able & ~kinds).any(axis=1) | (kinds.any(axis=1) != able.any())
            case _:
                lacking[row] = (able & ~kinds).any(axis=1)
    ranks: Ranks = np.empty((steps.n, steps.n), dtype=np.uint8)
    for row in range(steps.n):
        ranks[row] = lacking[kind[row]][kind] | (steps.marks != steps.marks[row])
    if base is not None:
        ranks |= base.T != 0
    return ranks


@dataclass(frozen=True, slots=True)
class _Removed:
    """What a round removed: the rows, and the pairs unless they are too many to list."""

    rows: Indices
    pairs: Pairs | None


class _Removal:
    """Rounds of removals from a matrix of ranks."""

    def __init__(self, steps: Steps, coupled: bool, ranks: Ranks) -> None:
        n, count = steps.n, len(steps.lts.label_names)
        self.n, self.count, self.ranks = n, count, ranks
        self.asked, self.answers = steps.asked, steps.answers
        self.asked_into = steps.asked.turned(n)
        self.answers_into = steps.answers.turned(n)
        self.entered = np.zeros((n, count), dtype=np.bool_)
        self.entered[self.asked.heads, self.asked.labels] = True
        # The answers by label and tail, so that those to one step lie side by side.
        order = np.lexsort((self.answers.tails, self.answers.labels))
        self.by_label = tuple(
            part[order] for part in (self.answers.labels, self.answers.tails, self.answers.heads)
        )
        self.bounds = np.searchsorted(self.by_label[0], np.arange(count + 1))
        self.silent: Arcs | None = None
        if coupled:
            silent = steps.answers.labels == TAU
            tails, heads = steps.answers.tails[silent], steps.answers.heads[silent]
            offsets = np.searchsorted(tails, np.arange(n + 1))
            self.silent = Arcs(offsets, tails, np.zeros_like(tails), heads)
            self.silent_into = self.silent.turned(n)
        self.degree = (
            max(1.0, len(self.answers.heads) / max(1, n)) ** 2
            * max(1.0, len(self.asked.heads) / max(1, n))
        )  # fmt: skip

    def round(self, removed: _Removed, number: int, meter: Meter) -> _Removed:
        """Give ``number`` to the pairs that what was removed leaves without an answer."""
        n, rows = self.n, removed.rows
        whole = float(len(rows)) * (n + len(self.answers.heads)) + float(n) * n
        pairs = removed.pairs
        if pairs is not None and len(pairs[0]) * self.degree * PAIR_COST < whole:
            pairs = self._by_pairs(pairs, meter)
            self.ranks[pairs] = number
            return _Removed(np.unique(pairs[0]), pairs)
        lost = self._by_rows(rows, meter)
        lost &= self.ranks == 0
        rows = np.flatnonzero(lost.any(axis=1))
        self.ranks[lost] = number
        few = LISTED * int(np.count_nonzero(lost)) <= n * n
        first, second = np.nonzero(lost) if few else (rows, rows)
        return _Removed(rows, (first, second) if few else None)

    def _by_pairs(self, removed: Pairs, meter: Meter) -> Pairs:
        below, above = removed
        step = max(1, int(CHUNK / self.degree))
        parts: list[Indices] = []
        for begin in range(0, len(below), step):
            if meter.out_of_time():
                raise UndecidedError("the time budget is used up")
            part = below[begin : begin + step], above[begin : begin + step]
            parts.append(self._unanswered(*part))
            if self.silent is not None:
                parts.append(self._uncoupled(*part))
        keys = np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)
        return keys // self.n, keys % self.n

    def _unanswered(self, below: Indices, above: Indices) -> Indices:
        """Return the pairs, as keys, with a step to ``below`` that led only to ``above`` there."""
        n, into = self.n, self.answers_into
        arcs = row_arcs(into.offsets, above)
        width = into.offsets[above + 1] - into.offsets[above]
        goal, label, tail = np.repeat(below, width), into.labels[arcs], into.heads[arcs]
        wanted = self.entered[goal, label]
        goal, label, tail = goal[wanted], label[wanted], tail[wanted]
        keys = np.unique((tail * self.count + label) * n + goal)
        goal, label = keys % n, keys // n % self.count
        tail = keys // n // self.count
        answers = self.answers
        arcs = row_arcs(answers.offsets, tail)
        width = answers.offsets[tail + 1] - answers.offsets[tail]
        good = self.ranks[np.repeat(goal, width), answers.heads[arcs]] == 0
        good &= answers.labels[arcs] == np.repeat(label, width)
        begins = np.cumsum(width) - width
        lost = ~np.logical_or.reduceat(good, begins) if len(width) else good
        goal, label, tail = goal[lost], label[lost], tail[lost]
        arcs = row_arcs(self.asked_into.offsets, goal)
        width = self.asked_into.offsets[goal + 1] - self.asked_into.offsets[goal]
        source, other = self.asked_into.heads[arcs], np.repeat(tail, width)
        same = self.asked_into.labels[arcs] == np.repeat(label, width)
        same &= self.ranks[source, other] == 0
        found: Indices = source[same] * n + other[same]
        return found

    def _uncoupled(self, below: Indices, above: Indices) -> Indices:
        """Return the pairs, as keys, from whose second only ``below`` was under the first."""
        assert self.silent is not None
        n, into, silent = self.n, self.silent_into, self.silent
        arcs = row_arcs(into.offsets, below)
        width = into.offsets[below + 1] - into.offsets[below]
        keys = np.unique(np.repeat(above, width) * n + into.heads[arcs])
        first, second = keys // n, keys % n
        here = self.ranks[first, second] == 0
        first, second = first[here], second[here]
        arcs = row_arcs(silent.offsets, second)
        width = silent.offsets[second + 1] - silent.offsets[second]
        good = self.ranks[silent.heads[arcs], np.repeat(first, width)] == 0
        begins = np.cumsum(width) - width
        lost = ~np.logical_or.reduceat(good, begins) if len(width) else good
        found: Indices = first[lost] * n + second[lost]
        return found

    def _by_rows(self, rows: Indices, meter: Meter) -> Bools:
        """Return the pairs, bool (n, n), that have a step to one of some classes and no answer."""
        n, ranks = self.n, self.ranks
        lost = np.zeros((n, n), dtype=np.bool_)
        arcs = row_arcs(self.asked_into.offsets, rows)
        goals = self.asked_into.tails[arcs]
        labels, sources = self.asked_into.labels[arcs], self.asked_into.heads[arcs]
        order = np.lexsort((goals, labels))
        goals, labels, sources = goals[order], labels[order], sources[order]
        for label in np.unique(labels).tolist():
            begin, end = np.searchsorted(labels, [label, label + 1])
            low, high = self.bounds[label], self.bounds[label + 1]
            tails, heads = self.by_label[1][low:high], self.by_label[2][low:high]
            first = np.flatnonzero(np.diff(tails, prepend=-1))
            those, where = np.unique(goals[begin:end], return_inverse=True)
            where = where.reshape(-1)
            step = max(1, CHUNK // max(n, len(heads)))
            for at in range(0, len(those), step):
                if meter.out_of_time():
                    raise UndecidedError("the time budget is used up")
                part = those[at : at + step]
                good = ranks[part[:, None], heads[None, :]] == 0
                unable = np.ones((len(part), n), dtype=np.bool_)
                unable[:, tails[first]] = ~np.logical_or.reduceat(good, first, axis=1)
                low_arc, high_arc = np.searchsorted(where, [at, at + len(part)])
                for arc in range(low_arc, high_arc):
                    lost[sources[begin + arc]] |= unable[where[arc] - at]
        if self.silent is not None:
            self._uncoupled_rows(lost)
        return lost

    def _uncoupled_rows(self, lost: Bools) -> None:
        assert self.silent is not None
        heads, offsets = self.silent.heads, self.silent.offsets
        for state in range(self.n):
            under = self.ranks[heads[offsets[state] : offsets[state + 1]]] == 0
            lost[:, state] |= ~under.any(axis=0)
