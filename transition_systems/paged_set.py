"""A set of one-word states as pages of 64 bits.

The low six bits of a state choose a bit of a page, the rest is the number of the page. States that
differ in their low bits only share a page; where the low bits hold fields of the model that vary
together, a page holds many states, and a search looks up pages instead of states. Pages are found
by open addressing with whole arrays. Exact: what is stored of a page determines its number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.probing import places_of

__all__ = ["PAGE_BITS", "PagedSet"]

Keys = NDArray[np.uint64]
Rows = NDArray[np.int64]

PAGE_BITS = 6
SHIFT = np.uint64(PAGE_BITS)
LOW = np.uint64(63)
ONE = np.uint64(1)
SPREAD = np.uint64(0x9E3779B97F4A7C15)
FULL = 0.7
AFTER = 0.35
SMALLEST = 1 << 10


class PagedSet:
    """A growing set of states of one word, each below 2 ** 63.

    Examples
    --------
    >>> seen = PagedSet()
    >>> seen.add(np.array([5, 7], dtype=np.uint64)).tolist()
    [5, 7]
    >>> seen.add(np.array([6, 7, 900], dtype=np.uint64)).tolist()
    [6, 900]
    """

    def __init__(self) -> None:
        self._count = 0
        self._pages = 0
        self._allocate(SMALLEST)

    def __len__(self) -> int:
        return self._count

    @property
    def pages(self) -> int:
        """Number of pages in use."""
        return self._pages

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return int(self._keys.nbytes + self._bits.nbytes)

    def growing(self, more: int) -> int:
        """Return the bytes that may stand while this many pages are added."""
        if self._pages + more <= FULL * len(self._keys):
            return self.nbytes
        return self.nbytes + int(16 * (self._pages + more) / AFTER)

    def _allocate(self, slots: int) -> None:
        self._keys = np.zeros(slots, dtype=np.uint64)
        self._bits = np.zeros(slots, dtype=np.uint64)
        self._size = np.uint64(slots)

    def add(self, states: Keys) -> Keys:
        """Add states, sorted and each once; return those that were not in the set, sorted.

        Parameters
        ----------
        states
            uint64, strictly ascending.
        """
        if not len(states):
            return states
        keys, starts, bits = _paged(states)
        if self._pages + len(keys) > FULL * len(self._keys):
            missing = int((self._find(keys) < 0).sum())
            if self._pages + missing > 0.9 * FULL * len(self._keys):
                self._grow(missing)
        slots = self._locate(keys)
        held = self._bits.take(slots)
        self._bits[slots] = held | np.bitwise_or.reduceat(bits, starts)
        counts = np.diff(starts, append=len(states))
        known = np.repeat(held, counts)
        known &= bits
        new: Keys = states.compress(known == 0)
        self._count += len(new)
        return new

    def contains(self, states: Keys) -> NDArray[np.bool_]:
        """Return which states are in the set; they may come in any order."""
        slots = self._find(_keys_of(states >> SHIFT))
        bits = self._bits.take(np.maximum(slots, 0)) & (ONE << (states & LOW))
        result: NDArray[np.bool_] = (slots >= 0) & (bits != 0)
        return result

    def _places(self, hashes: Keys, round: int) -> Rows:
        return places_of(hashes, round, self._size)

    def _locate(self, keys: Keys) -> Rows:
        """Return the slots of pages, each once, after those that lack one were given one."""
        places = self._places(keys, 0)
        slots = places
        rows: Rows | None = None
        round = 0
        while True:
            held = self._keys.take(places)
            free = (held == 0).nonzero()[0]
            if len(free):
                spots = places.take(free)
                self._keys[spots] = keys.take(free)
                held = self._keys.take(places)
                self._pages += int(np.count_nonzero(held.take(free) == keys.take(free)))
            open_rows = (held != keys).nonzero()[0]
            if rows is not None:
                slots[rows] = places
            if not len(open_rows):
                return slots
            rows = open_rows if rows is None else rows.take(open_rows)
            keys = keys.take(open_rows)
            round += 1
            places = self._places(keys, round)

    def _find(self, keys: Keys) -> Rows:
        slots = np.full(len(keys), -1, dtype=np.int64)
        rows: Rows = np.arange(len(keys))
        round = 0
        while len(rows):
            places = self._places(keys, round)
            held = self._keys.take(places)
            same = held == keys
            slots[rows.compress(same)] = places.compress(same)
            on = (~same & (held != 0)).nonzero()[0]
            rows, keys = rows.take(on), keys.take(on)
            round += 1
        return slots

    def _grow(self, more: int) -> None:
        keys, bits = self._keys, self._bits
        used = self._pages
        self._allocate(max(SMALLEST, int((used + more) / AFTER)))
        self._pages = 0
        step = 1 << 15
        for start in range(0, len(keys), step):
            part = keys[start : start + step]
            filled = part.nonzero()[0]
            slots = self._locate(part.take(filled))
            self._bits[slots] = bits[start : start + step].take(filled)


def _paged(states: Keys) -> tuple[Keys, Rows, Keys]:
    """Return the keys of the pages of sorted states, where each begins, the bit of each."""
    numbers = states >> SHIFT
    first = np.empty(len(states), dtype=bool)
    first[0] = True
    np.not_equal(numbers[1:], numbers[:-1], out=first[1:])
    starts = first.nonzero()[0]
    return _keys_of(numbers.take(starts)), starts, ONE << (states & LOW)


def _keys_of(numbers: Keys) -> Keys:
    """Return what is stored of pages: an invertible mix of their numbers that is never 0."""
    keys = numbers + ONE
    keys *= SPREAD
    return keys
