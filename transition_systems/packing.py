"""Packing of counters into 64-bit words, with a guard bit above each field.

A counter with ``b`` value bits takes ``b + 1`` bits of one word; the highest is its guard, 0 in
every stored state. With all guards set, one subtraction per word compares all counters of a state
with a vector at once: a guard that is still set tells that its counter was large enough. After an
addition a guard that is set tells that its counter outgrew the field.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["FieldLayout"]

MAX_VALUE_BITS = 62
FEW_ROWS = 4_096


class FieldLayout:
    """Where each counter lies in the words of a state.

    Parameters
    ----------
    bits
        Value bits of each counter (1 to 62), in the order of the counters.

    Attributes
    ----------
    words
        Number of 64-bit words.
    word, shift
        int64 arrays of shape (n_counters,): the word and the lowest bit of each counter.
    guards
        uint64, shape (words,): the guard bits.

    Examples
    --------
    >>> layout = FieldLayout([1, 1, 3])
    >>> layout.unpack(layout.pack(np.array([[1, 0, 5]]))).tolist()
    [[1, 0, 5]]
    """

    def __init__(self, bits: Sequence[int]) -> None:
        if any(b < 1 or b > MAX_VALUE_BITS for b in bits):
            raise OverflowError("a counter needs more than 62 bits")
        self.bits = np.asarray(bits, dtype=np.int64)
        word = np.zeros(len(bits), dtype=np.int64)
        shift = np.zeros(len(bits), dtype=np.int64)
        current, used = 0, 0
        for index, value_bits in enumerate(bits):
            if used + value_bits + 1 > 64:
                current, used = current + 1, 0
            word[index], shift[index] = current, used
            used += value_bits + 1
        self.word, self.shift = word, shift
        self.words = current + 1
        self.limit = (np.int64(1) << self.bits).astype(np.int64)
        guards = np.zeros(self.words, dtype=np.uint64)
        guard_bits = np.uint64(1) << (shift + self.bits).astype(np.uint64)
        np.bitwise_or.at(guards, word, guard_bits)
        self.guards = guards
        self._mask = (self.limit - 1).astype(np.uint64)

    def pack(self, values: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Return the words of states given as (n, n_counters); values must fit."""
        rows = np.zeros((values.shape[0], self.words), dtype=np.uint64)
        for index in range(values.shape[1]):
            column = values[:, index].astype(np.uint64) << np.uint64(self.shift[index])
            rows[:, self.word[index]] |= column
        return rows

    def pack_signed(self, values: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Return the words of signed differences: adding them to packed states adds the values."""
        rows = np.zeros((values.shape[0], self.words), dtype=np.uint64)
        for index in range(values.shape[1]):
            column = values[:, index]
            if column.any():
                rows[:, self.word[index]] += column.astype(np.uint64) << np.uint64(
                    self.shift[index]
                )
        return rows

    def unpack(self, rows: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the counters of packed states, shape (n, n_counters)."""
        if rows.shape[0] <= FEW_ROWS:
            words = rows[:, self.word] >> self.shift.astype(np.uint64)
            few: NDArray[np.int64] = (words & self._mask).astype(np.int64)
            return few
        columns = np.empty((len(self.bits), rows.shape[0]), dtype=np.int64)
        for index in range(len(self.bits)):
            columns[index] = self.column(rows, index)
        values: NDArray[np.int64] = columns.T
        return values

    def column(self, rows: NDArray[np.uint64], index: int) -> NDArray[np.int64]:
        """Return one counter of packed states, int64 of shape (n,)."""
        column = rows[:, self.word[index]] >> np.uint64(self.shift[index])
        value: NDArray[np.int64] = (column & self._mask[index]).astype(np.int64)
        return value

    def outgrown(self, rows: NDArray[np.uint64]) -> list[int]:
        """Return the counters whose guard bit is set in some row."""
        union = np.bitwise_or.reduce(rows, axis=0) if len(rows) else np.zeros_like(self.guards)
        guard = (union[self.word] >> (self.shift + self.bits).astype(np.uint64)) & np.uint64(1)
        return [int(i) for i in np.flatnonzero(guard)]
