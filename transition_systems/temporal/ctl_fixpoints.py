"""The fixpoints of CTL on graphs in compressed sparse rows, with ranks; linear in the arcs."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget, Meter
from transition_systems.csr import csr_order, row_arcs

__all__ = ["OUTSIDE", "Graph", "OutOfBudgetError", "always_until", "exists_next", "exists_until"]

Indices = NDArray[np.int64]
Ranks = NDArray[np.int32]
Bools = NDArray[np.bool_]

OUTSIDE = -1
# A round over all that is open pays where it settles this part of it; so many need not pay. A round
# of the work list is vectorised while it is this wide, and for a while after it became narrow.
SHARE, CREDIT, NARROW, PATIENCE, LOOK = 8, 8, 48, 64, 1 << 14


class OutOfBudgetError(Exception):
    """The budget ended in the middle of a fixpoint."""


@dataclass(frozen=True)
class Graph:
    """A graph in compressed sparse rows.

    Parameters
    ----------
    offsets, targets
        int64 (n + 1,) and integers (m,); a target may stand in a row several times.
    meter
        Asked at each round.
    """

    offsets: Indices
    targets: NDArray[np.integer[Any]]
    meter: Meter = field(default_factory=lambda: Budget().start())

    @property
    def n_states(self) -> int:
        """The number of states."""
        return len(self.offsets) - 1

    def look(self) -> None:
        """Stop where the time is used up."""
        reason = self.meter.exhausted()
        if reason is not None:
            raise OutOfBudgetError(reason)


def exists_next(graph: Graph, goal: Bools) -> Bools:
    """Return the states with a step into the goal, bool (n,); O(m).

    Examples
    --------
    >>> graph = Graph(np.array([0, 1, 1]), np.array([1]))
    >>> exists_next(graph, np.array([False, True])).tolist()
    [True, False]
    """
    graph.look()
    result = np.zeros(graph.n_states, dtype=np.bool_)
    rows = np.flatnonzero(np.diff(graph.offsets))
    if len(rows):
        result[rows] = np.logical_or.reduceat(goal[graph.targets], graph.offsets[rows])
    return result


def exists_until(graph: Graph, through: Bools, goal: Bools) -> Ranks:
    """Return the ranks of ``E[through U goal]``.

    Parameters
    ----------
    graph
        The graph.
    through, goal
        bool (n,).

    Returns
    -------
    ndarray of int32, shape (n,)
        The fewest steps into the goal through states with ``through``, -1 where there is no way.

    Examples
    --------
    >>> graph = Graph(np.array([0, 1, 2, 2]), np.array([1, 2]))
    >>> exists_until(graph, np.ones(3, dtype=bool), np.array([False, False, True])).tolist()
    [2, 1, 0]
    """
    return _Until(graph, through, goal, universal=False).run()


def always_until(graph: Graph, through: Bools, goal: Bools) -> Ranks:
    """Return the ranks of ``A[through U goal]`` on maximal paths.

    Returns
    -------
    ndarray of int32, shape (n,)
        The most steps until the goal is reached, -1 where some path never does.

    Examples
    --------
    >>> graph = Graph(np.array([0, 2, 3, 3]), np.array([1, 2, 2]))
    >>> always_until(graph, np.ones(3, dtype=bool), np.array([False, False, True])).tolist()
    [2, 1, 0]
    """
    return _Until(graph, through, goal, universal=True).run()


class _Until:
    """A least fixpoint: rounds over all open states while that pays, then a work list."""

    def __init__(self, graph: Graph, through: Bools, goal: Bools, *, universal: bool) -> None:
        self.graph, self.universal = graph, universal
        self.rank: Ranks = np.where(goal, 0, OUTSIDE).astype(np.int32)
        self.inside = goal.copy()
        alive = graph.offsets[1:] > graph.offsets[:-1]
        self.open: Indices = np.flatnonzero(through & ~goal & alive)
        self.level = 0

    def run(self) -> Ranks:
        """Return the ranks."""
        if not len(self.open) or not self.inside.any():
            return self.rank
        self._take_arcs()
        credit = CREDIT
        while len(self.open):
            self.graph.look()
            width = len(self.heads)
            found = self._round()
            if not found.any():
                return self.rank
            self._keep(~found)
            credit -= (width - len(self.heads)) * SHARE < width
            if not credit:
                self._work_list()
                break
        return self.rank

    def _take_arcs(self) -> None:
        """Keep the arcs of the open states as rows of their own."""
        graph = self.graph
        if len(self.open) == graph.n_states:
            self.widths, self.heads = np.diff(graph.offsets), graph.targets
        else:
            self.widths = graph.offsets[self.open + 1] - graph.offsets[self.open]
            chosen = np.zeros(graph.n_states, dtype=np.bool_)
            chosen[self.open] = True
            self.heads = graph.targets[np.repeat(chosen, np.diff(graph.offsets))]

    def _round(self) -> Bools:
        """Decide every open state once; return which of them got in."""
        self.level += 1
        begins = np.cumsum(self.widths) - self.widths
        reduce = np.logical_and if self.universal else np.logical_or
        found: Bools = reduce.reduceat(self.inside[self.heads], begins)
        states = self.open[found]
        self.rank[states] = self.level
        self.inside[states] = True
        return found

    def _keep(self, left: Bools) -> None:
        self.heads = self.heads[np.repeat(left, self.widths)]
        self.open, self.widths = self.open[left], self.widths[left]

    def _work_list(self) -> None:
        """Go on backwards from what got in, over the arcs of the states that are still open."""
        rows = np.repeat(np.arange(len(self.open), dtype=np.int64), self.widths)
        hits = self.inside[self.heads]
        count = len(self.open)
        if self.universal:
            missing = self.widths - np.bincount(rows[hits], minlength=count)
            fresh = np.flatnonzero(missing == 0)
        else:
            missing = np.ones(count, dtype=np.int64)
            fresh = np.unique(rows[hits])
            missing[fresh] = 0
        number = np.full(self.graph.n_states, -1, dtype=np.int64)
        number[self.open] = np.arange(count)
        inner = ~hits & (number[self.heads] >= 0)
        tails, offsets = _transposed(number[self.heads[inner]], rows[inner], count)
        local = np.full(count, OUTSIDE, dtype=np.int32)
        narrow = 0
        while len(fresh):
            self.graph.look()
            self.level += 1
            local[fresh] = self.level
            narrow = narrow + 1 if len(fresh) < NARROW else 0
            if narrow == PATIENCE:
                self._one_by_one(fresh, tails, offsets, missing, local)
                break
            before = tails[row_arcs(offsets, fresh)]
            before = before[missing[before] > 0]
            if self.universal:
                np.subtract.at(missing, before, 1)
            else:
                missing[before] = 0
            fresh = np.unique(before[missing[before] == 0])
        done = local >= 0
        self.rank[self.open[done]] = local[done]

    def _one_by_one(
        self, fresh: Indices, tails: Indices, offsets: Indices, missing: Indices, local: Ranks
    ) -> None:
        """Go on state by state, where rounds are too narrow to be worth an array."""
        level, seen = self.level, 0
        before, rows, need = tails.tolist(), offsets.tolist(), missing.tolist()
        ranks: list[int] = local.tolist()
        universal, now = self.universal, fresh.tolist()
        while now:
            level += 1
            after: list[int] = []
            for state in now:
                for tail in before[rows[state] : rows[state + 1]]:
                    if need[tail] > 0:
                        need[tail] = need[tail] - 1 if universal else 0
                        if need[tail] == 0:
                            ranks[tail] = level
                            after.append(tail)
            seen += len(now)
            if seen >= LOOK:
                seen = 0
                self.graph.look()
            now = after
        local[:] = ranks


def _transposed(heads: Indices, tails: Indices, count: int) -> tuple[Indices, Indices]:
    """Return the tails, which ascend, sorted by head, and the offsets of the heads."""
    try:
        sparse: Any = importlib.import_module("scipy.sparse")
    except ImportError:
        order, offsets = csr_order(heads, count)
        return tails[order], offsets
    rows = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(tails, minlength=count), out=rows[1:])
    ones = np.ones(len(heads), dtype=np.bool_)
    found = sparse.csr_array((ones, heads, rows), shape=(count, count)).tocsc()
    return found.indices.astype(np.int64), found.indptr.astype(np.int64)
