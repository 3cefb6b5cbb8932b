"""The visited set of a search that numbers its states: an exact index from states to numbers.

The states lie in one array in the order of their numbers; beside it stands a hash table that holds
numbers only (open addressing, whole arrays at a time). Wherever the table names a number, all words
of the state are compared, so the answer is exact whatever the hash does. A set that never got a
large batch is a dictionary, which is faster for the few states at a time of a small model.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.key_table import state_hash
from transition_systems.probing import places_of

__all__ = ["VisitedSet"]

Words = NDArray[np.uint64]
Rows = NDArray[np.int64]

FEW_ROWS = 320
FEW_STATES = 1 << 13
FULL = 0.5
AFTER = 0.25
SMALLEST = 1 << 10
NARROW = 1 << 31
STEP = 1 << 16
# What an entry of the dictionary takes besides the state itself.
ENTRY_BYTES = 100


class VisitedSet:
    """A growing numbered set of states.

    Parameters
    ----------
    words
        Words of a state.

    Notes
    -----
    Expected O(1) array operations for each state asked for; 8 bytes a word, and 8 to 16 bytes
    for each state in the table.

    Examples
    --------
    >>> seen = VisitedSet(1)
    >>> index, new = seen.add(np.array([[5], [7], [5]], dtype=np.uint64))
    >>> index.tolist(), new.tolist()
    ([0, 1, 0], [0, 1])
    """

    def __init__(self, words: int) -> None:
        self.words = words
        self._size = 0
        self._rows: Words = np.empty((64, words), dtype=np.uint64)
        self._few: dict[object, int] | None = {}
        # The number of a state and 1, by slot; 0 where the slot is free.
        self._table: NDArray[np.integer] = np.zeros(0, dtype=np.uint32)

    def __len__(self) -> int:
        return self._size

    @property
    def rows(self) -> Words:
        """All states in the order of their numbers, uint64 of shape (n, words)."""
        return self._rows[: self._size]

    @property
    def nbytes(self) -> int:
        """Bytes held by rows and index."""
        entries = 0 if self._few is None else ENTRY_BYTES * len(self._few)
        return int(self._rows.nbytes + self._table.nbytes + entries)

    def release(self) -> None:
        """Give the index back: the states stay, and nothing can be added or found any more."""
        self._few = None
        self._table = np.zeros(0, dtype=np.uint32)

    def add(self, rows: Words) -> tuple[Rows, Rows]:
        """Number the states of a batch; unseen ones get the next numbers.

        Parameters
        ----------
        rows
            uint64, shape (m, words).

        Returns
        -------
        index, new
            int64 (m,): the number of each row; int64 (k,): for each state first seen here, in the
            order of the new numbers, a row of the batch that holds it (the first one).
        """
        if self._few is not None and len(rows) <= FEW_ROWS and self._size <= FEW_STATES:
            return self._add_few(self._few, rows)
        if self._few is not None:
            self._few = None
            self._grow()
        return self._add_many(rows)

    def _add_few(self, few: dict[object, int], rows: Words) -> tuple[Rows, Rows]:
        index: list[int] = []
        new: list[int] = []
        size = self._size
        for at, key in enumerate(self._dictionary_keys(rows)):
            number = few.get(key)
            if number is None:
                number = few[key] = size + len(new)
                new.append(at)
            index.append(number)
        arrivals = np.array(new, dtype=np.int64)
        self._append(rows[arrivals])
        return np.array(index, dtype=np.int64), arrivals

    def _dictionary_keys(self, rows: Words) -> list[object]:
        if self.words == 1:
            return [*rows[:, 0].tolist()]
        return [tuple(row) for row in rows.tolist()]

    def _add_many(self, rows: Words) -> tuple[Rows, Rows]:
        size = self._size
        index = np.empty(len(rows), dtype=np.int64)
        if not len(rows):
            return index, np.empty(0, dtype=np.int64)
        hashes = self._hashes(rows)
        order, starts = _groups(rows, hashes)
        leaders = order.take(starts)
        hashes = hashes.take(leaders)
        numbers = self._numbers(rows.take(leaders, axis=0), hashes)
        fresh = (numbers < 0).nonzero()[0]
        arrivals = leaders.take(fresh)
        first = np.zeros(len(rows), dtype=bool)
        first[arrivals] = True
        new: Rows = first.nonzero()[0]
        index[new] = np.arange(size, size + len(new))
        numbers[fresh] = index.take(arrivals)
        self._append(rows.take(new, axis=0))
        if self._size > FULL * len(self._table):
            self._grow()
        else:
            self._insert(numbers.take(fresh), hashes.take(fresh))
        index[order] = np.repeat(numbers, np.diff(starts, append=len(rows)))
        return index, new

    def find(self, rows: Words) -> Rows:
        """Return the number of each row, -1 where it is not in the set; int64 of shape (m,)."""
        if self._few is not None:
            keys = self._dictionary_keys(rows)
            return np.array([self._few.get(key, -1) for key in keys], dtype=np.int64)
        return self._numbers(rows, self._hashes(rows))

    def _numbers(self, rows: Words, hashes: Words) -> Rows:
        """Probe until each row is found or a free slot says that it is not in the set."""
        index = np.full(len(rows), -1, dtype=np.int64)
        asked: Rows | None = None
        round = 0
        while len(hashes):
            held = self._table.take(self._places(hashes, round)).astype(np.int64, copy=False)
            used = held.nonzero()[0]
            numbers = held.take(used) - 1
            asked = used if asked is None else asked.take(used)
            same = self._same(numbers, rows.take(asked, axis=0))
            index[asked.compress(same)] = numbers.compress(same)
            rest = (~same).nonzero()[0]
            asked, hashes = asked.take(rest), hashes.take(used.take(rest))
            round += 1
        return index

    def _same(self, numbers: Rows, rows: Words) -> NDArray[np.bool_]:
        """Return which states, by number, are the given ones."""
        return _equal(self._rows.take(numbers, axis=0), rows)

    def _hashes(self, rows: Words) -> Words:
        return state_hash([rows[:, word] for word in range(self.words)])

    def _places(self, hashes: Words, round: int) -> Rows:
        return places_of(hashes, round, np.uint64(len(self._table)))

    def _reserve(self, more: int) -> None:
        needed = self._size + more
        if needed > len(self._rows):
            grown = np.empty((max(needed, 2 * len(self._rows)), self.words), dtype=np.uint64)
            grown[: self._size] = self._rows[: self._size]
            self._rows = grown

    def _append(self, rows: Words) -> None:
        self._reserve(len(rows))
        self._rows[self._size : self._size + len(rows)] = rows
        self._size += len(rows)

    def _grow(self) -> None:
        """Build the table anew, larger."""
        slots = max(SMALLEST, int(self._size / AFTER))
        kind = np.uint32 if slots < NARROW else np.int64
        self._table = np.zeros(slots, dtype=kind)
        for start in range(0, self._size, STEP):
            stop = min(start + STEP, self._size)
            self._insert(np.arange(start, stop), self._hashes(self._rows[start:stop]))

    def _insert(self, numbers: Rows, hashes: Words) -> None:
        """Give slots to states that have none, each once."""
        codes = numbers + 1
        round = 0
        while len(codes):
            places = self._places(hashes, round)
            free = (self._table.take(places) == 0).nonzero()[0]
            self._table[places.take(free)] = codes.take(free)
            rest = (self._table.take(places) != codes).nonzero()[0]
            codes, hashes = codes.take(rest), hashes.take(rest)
            round += 1


def _equal(some: Words, others: Words) -> NDArray[np.bool_]:
    """Return which rows are equal, bool (m,)."""
    same: NDArray[np.bool_] = some[:, 0] == others[:, 0]
    for word in range(1, some.shape[1]):
        same &= some[:, word] == others[:, word]
    return same


def _groups(rows: Words, hashes: Words) -> tuple[Rows, Rows]:
    """Return an order of rows in which equal ones stand together, and where each group begins.

    Within a group rows keep their order. Most bits of the hash and the number of the row are
    sorted as one integer, eight times as fast as ``argsort``; should two different rows agree in
    these bits, the rows themselves are sorted.
    """
    count = len(rows)
    low = np.uint64((1 << max(1, (count - 1).bit_length())) - 1)
    mixed = hashes & ~low
    mixed |= np.arange(count, dtype=np.uint64)
    mixed.sort()
    alike = np.zeros(count, dtype=bool)
    np.less_equal(mixed[1:] ^ mixed[:-1], low, out=alike[1:])
    order = (mixed & low).view(np.int64)
    ordered = rows.take(order, axis=0)
    if not np.array_equal(alike[1:], _equal(ordered[1:], ordered[:-1])):
        order = np.lexsort(tuple(rows.T))
        ordered = rows.take(order, axis=0)
        alike[1:] = _equal(ordered[1:], ordered[:-1])
    return order, (~alike).nonzero()[0]
