"""The visited set: an exact index from packed states to their numbers.

States of one word are their own keys. Wider states get a 64-bit hash as key, and every pair of
states whose keys are equal is compared word by word; two different states with one key make the
set choose another hash function and rebuild, so the answer is exact whatever the hash does. Keys
are kept as sorted runs that are merged when they grow alike, as in a log-structured merge tree
(O'Neil et al., 1996): n insertions in b batches cost O(n log n) comparisons in all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["VisitedSet"]

Words = NDArray[np.uint64]


class VisitedSet:
    """A growing numbered set of states.

    Parameters
    ----------
    words
        Words of a state.

    Examples
    --------
    >>> seen = VisitedSet(1)
    >>> index, new = seen.add(np.array([[5], [7], [5]], dtype=np.uint64))
    >>> index.tolist(), new.tolist()
    ([0, 1, 0], [0, 1])
    """

    def __init__(self, words: int, *, seed: int = 1) -> None:
        self.words = words
        self._seed = seed
        self._size = 0
        self._rows: Words = np.empty((64, words), dtype=np.uint64)
        self._runs: list[tuple[Words, NDArray[np.int64]]] = []
        self._multipliers = self._draw()

    def __len__(self) -> int:
        return self._size

    @property
    def rows(self) -> Words:
        """All states in the order of their numbers, uint64 of shape (n, words)."""
        return self._rows[: self._size]

    @property
    def nbytes(self) -> int:
        """Bytes held by rows and runs."""
        runs = sum(keys.nbytes + numbers.nbytes for keys, numbers in self._runs)
        return int(self._rows.nbytes + runs)

    def _draw(self) -> Words:
        generator = np.random.default_rng(self._seed)
        drawn = generator.integers(1, 1 << 63, size=self.words, dtype=np.uint64)
        return (drawn << np.uint64(1)) | np.uint64(1)

    def _keys(self, rows: Words) -> Words:
        if self.words == 1:
            return rows[:, 0].copy()
        keys = np.zeros(rows.shape[0], dtype=np.uint64)
        for word in range(self.words):
            mixed = (rows[:, word] ^ (keys >> np.uint64(29))) * self._multipliers[word]
            keys = (keys << np.uint64(7)) ^ (keys >> np.uint64(57)) ^ mixed
        keys ^= keys >> np.uint64(32)
        return keys

    def add(self, rows: Words) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
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
        while True:
            result = self._try_add(rows)
            if result is not None:
                return result
            self._rehash()

    def _try_add(self, rows: Words) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
        count = rows.shape[0]
        index = np.empty(count, dtype=np.int64)
        if count == 0:
            return index, np.empty(0, dtype=np.int64)
        keys = self._keys(rows)
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        first = np.empty(count, dtype=bool)
        first[0] = True
        np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
        group = np.cumsum(first) - 1
        leaders = order[first]
        if self.words > 1 and not np.array_equal(rows[order], rows[leaders][group]):
            return None
        unique = ordered[first]
        numbers = self._find(unique)
        known = numbers >= 0
        if self.words > 1 and not np.array_equal(self._rows[numbers[known]], rows[leaders[known]]):
            return None
        fresh = np.flatnonzero(~known)
        by_arrival = np.argsort(leaders[fresh], kind="stable")
        new = leaders[fresh][by_arrival]
        numbers[fresh[by_arrival]] = np.arange(self._size, self._size + len(fresh))
        index[order] = numbers[group]
        self._append(rows[new])
        if len(fresh):
            self._push(unique[fresh], numbers[fresh])
        return index, new

    def _find(self, unique: Words) -> NDArray[np.int64]:
        numbers = np.full(len(unique), -1, dtype=np.int64)
        for keys, owners in self._runs:
            position = np.searchsorted(keys, unique)
            position[position == len(keys)] = 0
            hit = keys[position] == unique
            numbers[hit] = owners[position[hit]]
        return numbers

    def find(self, rows: Words) -> NDArray[np.int64]:
        """Return the number of each row, -1 where it is not in the set; int64 of shape (m,)."""
        numbers = self._find(self._keys(rows))
        known = np.flatnonzero(numbers >= 0)
        if self.words > 1 and len(known):
            same = (self._rows[numbers[known]] == rows[known]).all(axis=1)
            numbers[known[~same]] = -1
        return numbers

    def _append(self, rows: Words) -> None:
        needed = self._size + len(rows)
        if needed > len(self._rows):
            grown = np.empty((max(needed, 2 * len(self._rows)), self.words), dtype=np.uint64)
            grown[: self._size] = self._rows[: self._size]
            self._rows = grown
        self._rows[self._size : needed] = rows
        self._size = needed

    def _push(self, keys: Words, numbers: NDArray[np.int64]) -> None:
        self._runs.append((keys, numbers))
        while len(self._runs) > 1 and len(self._runs[-2][0]) <= 2 * len(self._runs[-1][0]):
            right_keys, right_numbers = self._runs.pop()
            left_keys, left_numbers = self._runs.pop()
            merged = np.concatenate((left_keys, right_keys))
            owners = np.concatenate((left_numbers, right_numbers))
            order = np.argsort(merged, kind="stable")
            self._runs.append((merged[order], owners[order]))

    def _rehash(self) -> None:
        """Choose hash functions until one tells all states apart, and build the runs anew."""
        while True:
            self._seed += 1
            self._multipliers = self._draw()
            keys = self._keys(self.rows)
            order = np.argsort(keys, kind="stable")
            ordered = keys[order]
            if not np.any(ordered[1:] == ordered[:-1]):
                break
        self._runs = [(ordered, order.astype(np.int64))] if self._size else []
