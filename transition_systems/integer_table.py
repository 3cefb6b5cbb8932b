"""A hash table of packed states that is asked for one integer at a time.

It is the table of :mod:`transition_systems.key_table`, read and written through its buffer: a set
of integers of Python takes 70 bytes and more for each state, this 11 to 16. A state takes 0.3
microseconds more here.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from transition_systems.key_table import FIRST, FOLD, FULL, HALF, TWICE, KeyTable, distinct_hashes
from transition_systems.probing import round_multiplier

__all__ = ["IntegerTable"]

BLOCK = 1 << 18
MASK = (1 << 64) - 1
SUMMAND, FACTOR, FOLDED, UPPER = int(FIRST), int(TWICE), int(FOLD), int(HALF)


class IntegerTable(KeyTable):
    """A growing set of states of one word, each below 2 ** 63.

    Parameters
    ----------
    states
        The first ones, in any order.

    Examples
    --------
    >>> table = IntegerTable([5, 7])
    >>> table.add_integers([7 << 4, 9 << 4], 4), len(table)
    ([144], 3)
    """

    def __init__(self, states: Iterable[int] = ()) -> None:
        super().__init__(1)
        array = np.fromiter(states, dtype=np.uint64)
        for start in range(0, len(array), BLOCK):
            self.add_hashes(distinct_hashes(array[start : start + BLOCK]))

    def _allocate(self, slots: int) -> None:
        super()._allocate(slots)
        self._view = self._keys.data

    def add_integers(self, numbers: Iterable[int], shift: int = 0) -> list[int]:
        """Add states; return those that were not in the set, each once.

        Parameters
        ----------
        numbers
            The states, each with some lower bits that do not count.
        shift
            How many these are.
        """
        new: list[int] = []
        count, slots, keys = self._count, self._slots, self._view
        for number in numbers:
            key = ((number >> shift) * FACTOR + SUMMAND) & MASK
            slot = (key >> UPPER) * slots >> UPPER
            round = 0
            while held := keys[slot]:
                if held == key:
                    break
                round += 1
                mixed = (key ^ key >> FOLDED) * _multiplier(round) & MASK
                slot = (mixed >> UPPER) * slots >> UPPER
            else:
                keys[slot] = key
                new.append(number)
                count += 1
                if count > FULL * slots:
                    self._count = count
                    self._grow(0)
                    slots = self._slots
                    keys = self._view
        self._count = count
        return new


_MULTIPLIERS: list[int] = []


def _multiplier(round: int) -> int:
    """Return the multiplier of a round of probing."""
    while len(_MULTIPLIERS) <= round:
        _MULTIPLIERS.append(int(round_multiplier(len(_MULTIPLIERS))))
    return _MULTIPLIERS[round]
