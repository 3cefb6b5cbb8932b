"""Which block a state was in after each round of a refinement."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from transition_systems.equivalences.refinement import Refinement

__all__ = ["History"]

Indices = NDArray[np.int64]


class History:
    """The moves of a refinement, looked up by state and round; round 0 is before the first.

    Examples
    --------
    >>> found = Refinement(np.array([0, 1]), 2, np.array([0, 0]), moves=[([1], [1])])
    >>> History(found).parted(0, 1)
    1
    """

    def __init__(self, found: Refinement) -> None:
        self.first = found.first
        self.last = len(found.moves)
        sizes = [len(states) for states, _ in found.moves]
        rounds = np.repeat(np.arange(1, self.last + 1, dtype=np.int64), sizes)
        states = _joined([states for states, _ in found.moves])
        order = np.argsort(states, kind="stable")
        self._rounds: Indices = rounds[order]
        self._blocks: Indices = _joined([blocks for _, blocks in found.moves])[order]
        self._offsets: Indices = np.zeros(len(self.first) + 1, dtype=np.int64)
        np.cumsum(np.bincount(states, minlength=len(self.first)), out=self._offsets[1:])
        self._known: dict[int, tuple[list[int], list[int]]] = {}

    def at(self, state: int, after: int) -> int:
        """Return the block of a state after a round."""
        if state not in self._known:
            row = slice(self._offsets[state], self._offsets[state + 1])
            blocks = [int(self.first[state]), *self._blocks[row].tolist()]
            self._known[state] = self._rounds[row].tolist(), blocks
        rounds, blocks = self._known[state]
        return blocks[bisect_right(rounds, after)]

    def parted(self, one: int, other: int) -> int:
        """Return the round that put two states, apart at the end, into different blocks."""
        low, high = 0, self.last
        while low < high:
            middle = (low + high) // 2
            if self.at(one, middle) != self.at(other, middle):
                high = middle
            else:
                low = middle + 1
        return low


def _joined(parts: list[object]) -> Indices:
    arrays = [np.asarray(part, dtype=np.int64) for part in parts]
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=np.int64)
