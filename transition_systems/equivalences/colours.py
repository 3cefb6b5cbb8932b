"""Colour refinement: states are told apart by how many arcs of each kind they have, and whereto.

Two systems side by side are coloured together. A colour says more with each round; a one-to-one
map that respects arcs, atoms and initial states keeps colours. Colours are hashed: a collision can
only leave states together that exact colours would part.

B. Weisfeiler, A. Leman, The reduction of a graph to canonical form, 1968; C. Berkholz, P. Bonsma,
M. Grohe, Tight lower and upper bounds for the complexity of canonical colour refinement, 2017.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.equivalences.graph import graph_of
from transition_systems.equivalences.signatures import (
    Rows,
    grouped_rows,
    mixed,
    packed_rows,
)
from transition_systems.errors import UndecidedError
from transition_systems.lts import LTS

__all__ = ["Colouring"]

Indices = NDArray[np.int64]
Words = NDArray[np.uint64]


class Colouring:
    """The arcs of two systems side by side, in both directions, and colours of their states.

    Parameters
    ----------
    both
        The systems; their atoms and initial states count.
    cut
        How many states the first one has.
    meter
        A running budget.
    """

    def __init__(self, both: LTS, cut: int, meter: Meter) -> None:
        self.cut, self.meter, self.n = cut, meter, both.n_states
        labels = both.labels.astype(np.int64)
        offsets, into, sources = both.predecessors()
        self.sides = (
            (both.offsets, labels, both.targets),
            (offsets, into.astype(np.int64), sources),
        )
        self.count_of_labels = len(both.label_names)
        starts = np.zeros(self.n, dtype=np.int64)
        starts[both.initial] = 1
        self.first = _numbered(2 * graph_of(both).classes + starts)

    def differs(self, colour: Indices) -> bool:
        """Return whether the systems have different numbers of some colour."""
        count = int(colour.max()) + 1 if self.n else 0
        left = np.bincount(colour[: self.cut], minlength=count)
        return not np.array_equal(left, np.bincount(colour[self.cut :], minlength=count))

    def refined(self, colour: Indices) -> tuple[Indices, int]:
        """Return colours that no round tells more of, or that differ, and the rounds before.

        Raises
        ------
        UndecidedError
            When the budget ends.
        """
        rounds = 0
        count = int(colour.max()) + 1 if self.n else 0
        while not self.differs(colour):
            reason = self.meter.exhausted(states=self.n)
            if reason is not None:
                raise UndecidedError(reason)
            after = self._round(colour)
            found = int(after.max()) + 1 if self.n else 0
            if found == count:
                break
            colour, count = after, found
            rounds += 1
        return colour, rounds

    def _round(self, colour: Indices) -> Indices:
        total = mixed(colour.astype(np.uint64), 1)
        for seed, (offsets, labels, ends) in enumerate(self.sides, start=2):
            code = (labels * self.n + colour[ends]).astype(np.uint64)
            values = mixed(mixed(code, seed), seed + 4)
            some = np.flatnonzero(np.diff(offsets))
            if len(some):
                sums: Words = np.zeros(self.n, dtype=np.uint64)
                sums[some] = np.add.reduceat(values, offsets[some])
                total += mixed(sums, seed + 8)
                total = mixed(total, seed + 12)
        # The colour before is part of the new one, so that no round tells less.
        by_hash = np.unique(total, return_inverse=True)[1].reshape(-1).astype(np.int64)
        return _numbered(by_hash * self.n + colour)

    def without_twins(self, colour: Indices) -> Indices:
        """Return colours that part states with the very same arcs, one after the other.

        Such states can be exchanged, so that a map that keeps colours can keep these, too.
        """
        group = _numbered(2 * colour + (np.arange(self.n) < self.cut))
        for offsets, labels, ends in self.sides:
            limit = self.count_of_labels * max(1, self.n)
            rows: Rows = packed_rows(offsets, labels * self.n + ends, limit)
            group = grouped_rows(group, int(group.max()) + 1 if self.n else 0, rows)
        order = np.argsort(group, kind="stable")
        begins = np.flatnonzero(np.diff(group[order], prepend=-1))
        rank = np.empty(self.n, dtype=np.int64)
        width = np.diff(np.append(begins, self.n))
        rank[order] = np.arange(self.n) - np.repeat(begins, width)
        return _numbered(colour * (self.n + 1) + rank)


def _numbered(values: Indices) -> Indices:
    return np.unique(values, return_inverse=True)[1].reshape(-1).astype(np.int64)
