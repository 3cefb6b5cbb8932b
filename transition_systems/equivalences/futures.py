"""The traces that follow each state: states with the same ones, and which are among which."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.csr import csr_order
from transition_systems.equivalences.coarsest import coarsest
from transition_systems.equivalences.graph import Graph
from transition_systems.equivalences.linear_graph import LinearGraph, side_by_side
from transition_systems.equivalences.set_table import BudgetEnded, SetTable
from transition_systems.equivalences.sorting import distinct
from transition_systems.equivalences.strong import StrongSignatures

__all__ = ["Futures"]

Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]
Word = tuple[int, ...]

NOWHERE = -1
MOST_TABLE_BYTES = 1 << 28


class Futures:
    """The states of two graphs by the traces that they have.

    The sets of states that traces lead to from single states, as a deterministic automaton, and its
    states by bisimilarity, which for these is equality of traces. There may be exponentially many.

    Parameters
    ----------
    a, b
        Graphs with common numbers of labels.
    meter
        A running budget; :class:`BudgetEnded` is raised when it ends.
    starts
        Sets beside those of single states, as pairs of a set and a state, and how many they are.

    Attributes
    ----------
    sets
        The sets of states of both graphs side by side.
    home
        The set of what silent steps lead to from each state, int64 (n,).
    classes
        The class of each set, int64 (number of sets,).
    starting
        The numbers of the sets beside those of single states.
    step
        Where a letter leads from a class, int64 (classes, labels); :data:`NOWHERE` for none.
    """

    def __init__(
        self,
        a: LinearGraph,
        b: LinearGraph,
        meter: Meter,
        starts: tuple[Indices, Indices, int] | None = None,
    ) -> None:
        self.left = a.n
        self.meter = meter
        both = side_by_side(a, b)
        self.sets = SetTable(both, meter)
        states = np.arange(both.n, dtype=np.int64)
        self.home: Indices = self.sets.closed_sets(states, states, both.n)
        none = states[:0]
        self.starting: Indices = self.sets.closed_sets(*(starts or (none, none, 0)))
        try:
            sources, labels, targets = self._explore()
        except BudgetEnded as ended:
            known = f"{len(self.sets)} sets of states that traces lead to are not all"
            raise BudgetEnded(f"{ended}; {known}") from ended
        n = len(self.sets)
        order, offsets = csr_order(sources, n)
        graph = Graph(
            offsets,
            labels[order],
            targets[order],
            np.zeros(n, dtype=np.int64),
            both.n_labels,
        )
        found, _ = coarsest(graph, StrongSignatures(graph), meter)
        if not found.stable:
            raise BudgetEnded(found.reason or "the budget is used up")
        self.classes: Indices = found.block
        self.count: int = found.n_blocks
        if 8 * self.count * both.n_labels > self._most_bytes():
            raise BudgetEnded("the classes of states with the same traces take too much memory")
        self.step: Indices = np.full((self.count, both.n_labels), NOWHERE, dtype=np.int64)
        self.step[self.classes[sources], labels] = self.classes[targets]

    def _most_bytes(self) -> int:
        granted = self.meter.budget.bytes
        return MOST_TABLE_BYTES if granted is None else min(granted, MOST_TABLE_BYTES)

    def _explore(self) -> tuple[Indices, Indices, Indices]:
        parts: list[tuple[Indices, Indices, Indices]] = []
        done = 0
        while done < len(self.sets):
            reason = self.meter.exhausted(states=len(self.sets))
            if reason is not None:
                raise BudgetEnded(reason)
            fresh = np.arange(done, min(len(self.sets), done + (1 << 16)), dtype=np.int64)
            done += len(fresh)
            owner, labels = self.sets.enabled(fresh)
            parts.append((fresh[owner], labels, self.sets.steps(fresh[owner], labels)))
        sources, labels, targets = (np.concatenate(part) for part in zip(*parts, strict=True))
        return sources, labels, targets

    def of_left(self) -> Indices:
        """Return the class of each state of the first graph."""
        return self.classes[self.home[: self.left]]

    def of_right(self) -> Indices:
        """Return the class of each state of the second graph."""
        return self.classes[self.home[self.left :]]

    def included(self) -> Bools:
        """Return a table: whether all traces of class ``c`` are traces of class ``d``.

        The greatest simulation on the classes, from above; (classes)^2 bytes.
        """
        if 8 * self.count**2 > self._most_bytes():
            raise BudgetEnded("the table of traces among others takes too much memory")
        table = np.ones((self.count, self.count), dtype=np.bool_)
        while True:
            before = int(table.sum())
            for label in range(self.step.shape[1]):
                able = np.flatnonzero(self.step[:, label] != NOWHERE)
                if not len(able):
                    continue
                if self.meter.out_of_time():
                    raise BudgetEnded("the time budget is used up")
                allowed = np.zeros((len(able), self.count), dtype=np.bool_)
                after = self.step[able, label]
                allowed[:, able] = table[np.ix_(after, after)]
                table[able] &= allowed
            if int(table.sum()) == before:
                return table

    def has(self, start: int, word: Word) -> bool:
        """Return whether a class has a trace."""
        for label in word:
            start = int(self.step[start, label])
            if start == NOWHERE:
                return False
        return True

    def word_apart(self, one: int, other: int) -> Word | None:
        """Return a shortest trace of the first class that the second has not, if there is one."""
        parents: dict[tuple[int, int], tuple[tuple[int, int], int] | None] = {(one, other): None}
        waiting = [(one, other)]
        for pair in waiting:
            here, there = self.step[pair[0]], self.step[pair[1]]
            for label in np.flatnonzero(here != NOWHERE).tolist():
                after = int(here[label]), int(there[label])
                if after[1] == NOWHERE:
                    word = [label]
                    back = parents[pair]
                    while back is not None:
                        word.append(back[1])
                        back = parents[back[0]]
                    return tuple(word[::-1])
                if after[0] != after[1] and after not in parents:
                    parents[after] = (pair, label)
                    waiting.append(after)
            if self.meter.out_of_time():
                raise BudgetEnded("the time budget is used up")
        return None

    def closure(self, small: Indices, large: Indices) -> tuple[Indices, Indices]:
        """Return pairs of classes with all that common traces lead to from them."""
        keys = distinct(small * self.count + large)
        fresh = keys
        while len(fresh):
            one, other = fresh // self.count, fresh % self.count
            after = self.step[one]
            row, label = np.nonzero(after != NOWHERE)
            follow = after[row, label] * self.count + self.step[other[row], label]
            fresh = np.setdiff1d(follow, keys)
            keys = np.sort(np.concatenate((keys, fresh)))
        return keys // self.count, keys % self.count
