"""The breadth-first loop: one for every formalism.

The loop owns frontier, visited set, parents and budget, and never knows what a word means.
States are numbered in breadth-first order, the initial ones first; the parent of a state lies on
a shortest path from an initial state.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import NO_MEMORY, Budget, Meter
from transition_systems.few_states import FewStates, IntegerGame
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.protocols import BlockError, ExplicitSystem, WidthError
from transition_systems.visited import VisitedSet

__all__ = ["Exploration", "explore"]

Words = NDArray[np.uint64]
Goal = Callable[[Words], NDArray[np.bool_]]

BLOCK = 1 << 15
# Entries that an array has room for at least; the part that is kept where memory ends.
LEAST_ROOM = 1 << 10
ROOM = 0.75
# Seconds that a block may take where there is a clock.
PACE = 0.1
# Words of successors in such a block, and what a successor costs beside its words, in words.
CELLS, MORE = 1 << 20, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """What a breadth-first search found.

    Parameters
    ----------
    states
        uint64, shape (n, w), in breadth-first order.
    source, label, target
        int64, int32, int64 of shape (m,): the arcs, sorted by source; empty when not kept.
    parent, parent_label
        int64 and int32 of shape (n,): the arc by which a state was first reached, -1 for initial
        states.
    expanded
        Number of states (the first ones) whose successors are all known.
    goal
        Number of the first state found that satisfies the goal, or ``None``.
    complete
        Whether all reachable states and their arcs are there.
    reason
        Why not, otherwise.
    arcs, seconds, bytes
        Arcs traversed, wall seconds, bytes accounted.
    """

    states: Words
    source: NDArray[np.int64]
    label: NDArray[np.int32]
    target: NDArray[np.int64]
    parent: NDArray[np.int64]
    parent_label: NDArray[np.int32]
    expanded: int
    goal: int | None
    complete: bool
    reason: str | None
    arcs: int
    seconds: float
    bytes: int

    def path(self, state: int) -> list[tuple[int, int]]:
        """Return a shortest path to a state as (label, state) pairs, initial state left out."""
        steps: list[tuple[int, int]] = []
        while self.parent[state] >= 0:
            steps.append((int(self.parent_label[state]), state))
            state = int(self.parent[state])
        steps.reverse()
        return steps


class _Growing:
    """An array that grows at its end; what it holds is never copied to be read.

    Its memory is asked for anew by a quarter, which for a large array moves pages and no bytes
    where the operating system can do that.
    """

    def __init__(self, dtype: type[np.generic]) -> None:
        self._array: NDArray[Any] = np.empty(0, dtype=dtype)
        self.size = 0

    @property
    def nbytes(self) -> int:
        return int(self._array.nbytes)

    def add(self, block: NDArray[np.generic]) -> None:
        size = self.size + len(block)
        if size > len(self._array):
            # Nobody else has seen the array.
            self._array.resize(max(size, LEAST_ROOM, size + size // 4), refcheck=False)
        self._array[self.size : size] = block
        self.size = size

    def cut(self, size: int) -> None:
        """Keep so many entries, the first ones."""
        self.size = size

    def whole(self) -> NDArray[Any]:
        """Return all entries; nothing can be added after that."""
        self._array.resize(self.size, refcheck=False)
        return self._array


def explore(
    system: ExplicitSystem,
    *,
    goal: Goal | None = None,
    keep_arcs: bool = True,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    stage: str = "reachability",
    resume: Exploration | None = None,
) -> Exploration:
    """Enumerate the reachable states of an explicit system, breadth first.

    Parameters
    ----------
    system
        Where states and successors come from. Where it has a method ``integers`` that returns an
        :class:`~transition_systems.few_states.IntegerGame`, levels of few states are expanded one
        state at a time, with the same result.
    goal
        A test on blocks of states; the search stops at the first level with a hit.
    keep_arcs
        Whether to store the arcs.
    budget, progress
        Limits and a callback, asked and told once for each block. Where the operating system gives
        no more memory, that is a reason too, and three quarters of what was found before are kept,
        so that there is room to look at it.
    stage
        The name under which progress is told.
    resume
        A partial exploration of the same system with ``keep_arcs``, to be gone on with.

    Returns
    -------
    Exploration
        Complete, or with the reason why not and everything found until then.

    Notes
    -----
    O(n + m log m) time for blocks of m arcs; 8 w + 28 bytes for each state and 20 for each arc.
    """
    meter = (budget or Budget()).start()
    search = _Search(system, goal, keep_arcs, resume)
    reason: str | None = None
    while search.expanded < len(search.seen) and search.found is None:
        used = search.nbytes
        reason = meter.exhausted(states=len(search.seen), bytes=used)
        if progress is not None:
            progress(
                Progress(
                    stage=stage, states=len(search.seen), arcs=search.arcs, bytes=used,
                    frontier=len(search.seen) - search.expanded, seconds=meter.seconds,
                )
            )  # fmt: skip
        if reason is None:
            try:
                reason = search.advance(meter)
            except MemoryError:
                reason = NO_MEMORY
        if reason is not None:
            break
    if reason == NO_MEMORY:
        search.take_back()
    if reason is None and search.found is not None:
        reason = "the search stopped at its goal"
    return search.result(reason, meter.seconds)


class _Search:
    """States and arcs found so far.

    Parameters
    ----------
    system, goal, keep_arcs, resume
        As for :func:`explore`.
    """

    def __init__(
        self, system: ExplicitSystem, goal: Goal | None, keep_arcs: bool, resume: Exploration | None
    ) -> None:
        self.system, self.goal, self.keep_arcs = system, goal, keep_arcs
        self.parents, self.parent_labels = _Growing(np.int64), _Growing(np.int32)
        self.sources, self.labels = _Growing(np.int64), _Growing(np.int32)
        self.targets = _Growing(np.int64)
        if resume is None:
            first = system.initial()
            self.seen = VisitedSet(first.shape[1])
            _, new = self.seen.add(first)
            self.parents.add(np.full(len(new), -1, dtype=np.int64))
            self.parent_labels.add(np.full(len(new), -1, dtype=np.int32))
            self.arcs, self.expanded = 0, 0
        else:
            self.seen = VisitedSet(resume.states.shape[1])
            self.seen.add(resume.states)
            self.parents.add(resume.parent)
            self.parent_labels.add(resume.parent_label)
            self.sources.add(resume.source)
            self.labels.add(resume.label)
            self.targets.add(resume.target)
            self.arcs, self.expanded = resume.arcs, resume.expanded
        self.found = _first_hit(goal, self.seen.rows, 0)
        self._few = self._few_states()
        self._arrays = False  # the next level is for arrays
        self._most = BLOCK  # states of a block, as long as it may have too many successors
        self._reencoded: Words | None = None
        # States, how many are expanded, arcs and the sizes of the arrays, after each block.
        self._kept: list[tuple[int, int, int, tuple[int, ...]]] = []
        self._keep()

    @property
    def _growing(self) -> tuple[_Growing, ...]:
        return self.parents, self.parent_labels, self.sources, self.labels, self.targets

    def _keep(self) -> None:
        """Note that everything found so far belongs together."""
        sizes = tuple(part.size for part in self._growing)
        self._kept.append((len(self.seen), self.expanded, self.arcs, sizes))

    def take_back(self) -> None:
        """Forget the tables and the last part of what was found, so that there is room to read it.

        What is left ends with a block that was done to the end.
        """
        self._few = None
        self.seen.release()
        whole, _, whole_arcs, _ = self._kept[-1]
        while len(self._kept) > 1:
            states, _, arcs, _ = self._kept[-1]
            if states <= ROOM * whole and arcs <= ROOM * whole_arcs:
                break
            self._kept.pop()
        _, self.expanded, self.arcs, sizes = self._kept[-1]
        for part, size in zip(self._growing, sizes, strict=True):
            part.cut(size)

    def _few_states(self) -> FewStates | None:
        """Return the loop on integers, where the system has one and no goal is looked for."""
        integers: Callable[[], IntegerGame] | None = getattr(self.system, "integers", None)
        if integers is None or not self.keep_arcs or self.goal is not None:
            return None
        return FewStates(integers)

    @property
    def nbytes(self) -> int:
        """Bytes accounted."""
        arcs = self.sources.nbytes + self.labels.nbytes + self.targets.nbytes
        few = 0 if self._few is None else self._few.nbytes
        return self.seen.nbytes + self.parents.nbytes + self.parent_labels.nbytes + arcs + few

    def advance(self, meter: Meter) -> str | None:
        """Expand a block of states, or levels while they are narrow; return what is in the way."""
        few, rows = self._few, self.seen.rows
        if few is not None and not self._arrays and few.ready(rows, self.expanded, self.arcs):
            self._walk(few, meter)
            return None
        self._arrays = False
        if few is not None:
            few.forget()
        began, start = time.monotonic(), self.expanded
        most = min(self._most, getattr(self.system, "block", BLOCK))
        if meter.end is not None:
            most = min(most, self._in_time())
        stop = min(len(rows), self.expanded + most)
        try:
            source, label, after = self.system.successors(rows[self.expanded : stop])
        except WidthError:
            return self._reencode()
        except BlockError as error:
            self._most = error.rows
            return None
        self._most = min(BLOCK, self._most + self._most // 4 + 1)
        before = len(self.seen)
        index, new = self.seen.add(after)
        self.arcs += len(source)
        self.parents.add(source[new] + self.expanded)
        self.parent_labels.add(label[new])
        if self.keep_arcs:
            if len(source) and (source[1:] < source[:-1]).any():
                order = np.argsort(source, kind="stable")
                source, label, index = source[order], label[order], index[order]
            self.sources.add(source + self.expanded)
            self.labels.add(label)
            self.targets.add(index)
        self.expanded = stop
        self.found = _first_hit(self.goal, self.seen.rows[before:], before)
        self._keep()
        spent = time.monotonic() - began
        if meter.end is not None and spent > PACE:  # so that the clock is asked often enough
            self._most = max(1, int((stop - start) * PACE / spent))
        return None

    def _in_time(self) -> int:
        """Return how many states are expanded before the clock is asked, by those expanded so far.

        What takes time are the words of their successors.
        """
        each = self.arcs / max(1, self.expanded) * (self.seen.words + MORE)
        return max(1, int(CELLS / max(1.0, each)))

    def _reencode(self) -> str | None:
        try:
            rows = self.system.reencode(self.seen.rows)
        except OverflowError as error:
            return str(error)
        self._reencoded = rows
        self.seen = VisitedSet(rows.shape[1])
        self.seen.add(rows)
        self._reencoded = None
        if self._few is not None:
            self._few.start_anew(len(rows))
        return None

    def _walk(self, few: FewStates, meter: Meter) -> None:
        """Expand levels one state at a time while they are narrow."""
        level = self.seen.rows[self.expanded :].copy()
        walk = few.run(level, self.expanded, most=meter.budget.states, end=meter.end)
        with closing(walk) as stretches:
            for stretch in stretches:
                if len(stretch.rows):
                    self.seen.add(stretch.rows)
                    self.parents.add(stretch.parent)
                    self.parent_labels.add(stretch.parent_label)
                stop = self.expanded + len(stretch.counts)
                self.sources.add(np.repeat(np.arange(self.expanded, stop), stretch.counts))
                self.labels.add(stretch.label)
                self.targets.add(stretch.target)
                self.arcs += len(stretch.label)
                self.expanded = stop
                self._arrays = stretch.end in ("misfit", "large")
                self._keep()
                if meter.exhausted(states=len(self.seen), bytes=self.nbytes) is not None:
                    return

    def result(self, reason: str | None, seconds: float) -> Exploration:
        """Return everything found."""
        count, used = self._kept[-1][0], self.nbytes
        rows = self.seen.rows if self._reencoded is None else self._reencoded
        self.seen.release()
        try:
            states = rows[:count].copy()
        except MemoryError:
            states = rows[:count]
        return Exploration(
            states=states,
            source=self.sources.whole(),
            label=self.labels.whole(),
            target=self.targets.whole(),
            parent=self.parents.whole(),
            parent_label=self.parent_labels.whole(),
            expanded=self.expanded,
            goal=self.found,
            complete=reason is None,
            reason=reason,
            arcs=self.arcs,
            seconds=seconds,
            bytes=used,
        )


def _first_hit(goal: Goal | None, rows: Words, offset: int) -> int | None:
    if goal is None or not len(rows):
        return None
    hits = np.flatnonzero(goal(rows))
    return int(hits[0]) + offset if len(hits) else None
