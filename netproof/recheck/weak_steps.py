"""Weak steps: whether states come to where they should by a label and silent steps around it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.joins import Rows, among, portions
from netproof.recheck.result import Watch
from transition_systems.lts import TAU

__all__ = ["WeakSteps"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CELLS = 1 << 25


class WeakSteps:
    """The weak steps of states in classes, searched for anew for each question.

    Parameters
    ----------
    block
        The class of each state, or -1, int64 (states,).
    count, n_labels
        How many classes and labels there are.
    moves, silent
        The heads of the steps by ``state * n_labels + label``, of the silent ones by state.
    watch
        The clock.
    """

    def __init__(
        self, block: Ints, count: int, n_labels: int, moves: Rows, silent: Rows, watch: Watch
    ) -> None:
        self.block, self.count, self.n_labels, self.watch = block, count, n_labels, watch
        self.moves, self.silent = moves, silent

    def come(self, states: Ints, labels: Ints, goals: Ints, upper: Rows) -> bool:
        """Return whether each state comes by its label to one of the classes above its goal.

        Breadth-first from each state and label, many at a time, in memory for 2^25 flags.
        """
        starts, which = np.unique(states * self.n_labels + labels, return_inverse=True)
        order = np.argsort(which.reshape(-1), kind="stable")
        which, goals = which.reshape(-1)[order], goals[order]
        size = max(1, CELLS // (2 * len(self.block)))
        seen = np.zeros(2 * min(size, len(starts)) * len(self.block), dtype=np.bool_)
        for first in range(0, len(starts), size):
            reached = self._reached(starts[first : first + size], seen)
            low, high = np.searchsorted(which, [first, first + size])
            asker, goal = which[low:high] - first, goals[low:high]
            begin, width = upper.find(goal)
            found = np.zeros(len(goal), dtype=np.bool_)
            for part in portions(width):
                self.watch.tick()
                owner = np.repeat(np.arange(part.start, part.stop), width[part])
                classes = upper.values[upper.at(begin[part], width[part])]
                found[owner[among(asker[owner] * self.count + classes, reached)]] = True
            if not found.all():
                return False
        return True

    def _reached(self, starts: Ints, seen: Bools) -> Ints:
        """Return the classes that each start comes to, as keys ``number * count + class``.

        A start is a state and a label. ``seen`` has a flag for each start, whether its label is
        done, and each state; all are false before and after.
        """
        n, (states, labels) = len(self.block), np.divmod(starts, self.n_labels)
        fresh = (2 * np.arange(len(starts), dtype=np.int64) + (labels == TAU)) * n + states
        seen[fresh] = True
        waiting, touched = [fresh], [fresh]
        while waiting:
            keys = waiting.pop()
            place, here = np.divmod(keys, n)
            letters = self.moves.find(here * self.n_labels + labels[place // 2])
            ways = [(self.silent, *self.silent.find(here), place)]
            todo = np.flatnonzero(place % 2 == 0)
            ways.append((self.moves, letters[0][todo], letters[1][todo], place[todo] + 1))
            for rows, begin, width, there in ways:
                for part in portions(width):
                    self.watch.tick()
                    heads = rows.values[rows.at(begin[part], width[part])]
                    fresh = np.repeat(there[part], width[part]) * n + heads
                    fresh = np.unique(fresh[~seen[fresh]])
                    if len(fresh):
                        seen[fresh] = True
                        waiting.append(fresh)
                        touched.append(fresh)
        keys = np.concatenate(touched)
        seen[keys] = False
        place, here = np.divmod(keys, n)
        good = (place % 2 == 1) & (self.block[here] >= 0)
        return np.unique(place[good] // 2 * self.count + self.block[here[good]])
