"""Signatures of states, hashed: sets of pairs (label, block of a successor), all states at once.

A set is hashed by the sum of its mixed members, so rows of arcs need no more than one sort of
packed integers. Hashes only propose splits and are never believed where they say that two
signatures are equal: :func:`same_sets` compares the sets themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter

__all__ = [
    "PACKED_BITS",
    "SINGLE",
    "Rows",
    "Tick",
    "TooMuchWork",
    "grouped_keys",
    "grouped_rows",
    "grouped_words",
    "hashed_sets",
    "mixed",
    "no_limit",
    "packed_rows",
    "same_sets",
    "time_limit",
]

Indices = NDArray[np.int64]
Hashes = NDArray[np.uint64]

PACKED_BITS = 63
CHUNK = 1 << 15
# How many entries of arrays cost what one looked at by itself does.
SINGLE = 10


class TooMuchWork(Exception):
    """A round of refinement that would take more work, or time, than is allowed is not done."""


Tick = Callable[[], None]


def no_limit() -> None:
    """Let go on whatever asks."""


def time_limit(meter: Meter) -> Tick:
    """Return what raises :class:`TooMuchWork` when the time is used up.

    Examples
    --------
    >>> from transition_systems.budget import Budget
    >>> time_limit(Budget(seconds=0).start())()
    Traceback (most recent call last):
    ...
    transition_systems.equivalences.signatures.TooMuchWork: the time budget is used up
    """

    def tick() -> None:
        if meter.out_of_time():
            raise TooMuchWork("the time budget is used up")

    return tick


@dataclass(frozen=True, slots=True)
class Rows:
    """Sets of codes, one for each of some states.

    ``offsets`` is int64 (k + 1,); ``codes`` are int64, ascending within a row, and may be repeated.
    """

    offsets: Indices
    codes: Indices

    def fresh(self) -> NDArray[np.bool_]:
        """Return which codes are the first of their kind in their row, bool."""
        new = np.ones(len(self.codes), dtype=np.bool_)
        np.not_equal(self.codes[1:], self.codes[:-1], out=new[1:])
        begins = self.offsets[:-1]
        new[begins[begins < len(new)]] = True
        return new


def mixed(values: Hashes, seed: int) -> Hashes:
    """Return well-mixed 64-bit values; the argument is used up."""
    summand = np.uint64((0x9E3779B97F4A7C15 * (seed + 1)) % 2**64)
    for begin in range(0, len(values), CHUNK):
        part = values[begin : begin + CHUNK]
        part += summand
        part *= np.uint64(0xBF58476D1CE4E5B9)
        part ^= part >> np.uint64(32)
        part *= np.uint64(0x94D049BB133111EB)
    return values


def packed_rows(offsets: Indices, codes: Indices, limit: int) -> Rows:
    """Return rows with their codes sorted; all codes are below ``limit``.

    Examples
    --------
    >>> packed_rows(np.array([0, 2, 3]), np.array([5, 4, 0]), 6).codes.tolist()
    [4, 5, 0]
    """
    count = len(offsets) - 1
    bits = max(1, (limit - 1).bit_length())
    row = np.repeat(np.arange(count, dtype=np.int64), np.diff(offsets))
    if bits + count.bit_length() > PACKED_BITS:
        return Rows(offsets, codes[np.lexsort((codes, row))])
    row <<= bits
    row |= codes
    row.sort()
    row &= (1 << bits) - 1
    return Rows(offsets, row)


def hashed_sets(rows: Rows, seed: int) -> Hashes:
    """Return a hash of each set, uint64 (k,); equal sets have equal hashes.

    Examples
    --------
    >>> rows = Rows(np.array([0, 2, 3, 3]), np.array([4, 4, 4]))
    >>> [bool(h) for h in hashed_sets(rows, 0) == hashed_sets(rows, 0)[0]]
    [True, True, False]
    """
    offsets = rows.offsets
    hashes = np.zeros(len(offsets) - 1, dtype=np.uint64)
    if len(rows.codes) == 0:
        return hashes
    values = mixed(rows.codes.astype(np.uint64), seed)
    values *= rows.fresh()
    some = np.flatnonzero(np.diff(offsets))
    hashes[some] = np.add.reduceat(values, offsets[some])
    return hashes


def same_sets(rows: Rows, other: Indices) -> NDArray[np.bool_]:
    """Return for each row whether it is the same set as the row ``other[i]``, bool (k,).

    Examples
    --------
    >>> same_sets(Rows(np.array([0, 2, 3]), np.array([4, 4, 4])), np.array([0, 0])).tolist()
    [True, True]
    """
    same = np.ones(len(other), dtype=np.bool_)
    compared = np.flatnonzero(other != np.arange(len(other)))
    if len(compared) == 0:
        return same
    new = rows.fresh()
    ends = np.zeros(len(new) + 1, dtype=np.int64)
    np.cumsum(new, out=ends[1:])
    begins = ends[rows.offsets]
    codes = rows.codes.compress(new)
    widths = begins[1:] - begins[:-1]
    width = widths[compared]
    same[compared] = width == widths[other[compared]]
    compared = compared[same[compared] & (width > 0)]
    if len(compared) == 0:
        return same
    width = widths[compared]
    ends = np.cumsum(width)
    step = np.arange(int(ends[-1]), dtype=np.int64)
    first = ends - width
    mine = codes.take(step + np.repeat(begins[compared] - first, width))
    step += np.repeat(begins[other[compared]] - first, width)
    same[compared] = np.logical_and.reduceat(mine == codes.take(step), first)
    return same


def grouped_rows(home: Indices, count: int, rows: Rows) -> Indices:
    """Return the group of each row, numbered block after block: same block, same set.

    Rows are grouped by hashes, and the sets are then compared; a collision only costs another
    hash. ``home`` is int64 (k,), the block of each row, below ``count``.

    Examples
    --------
    >>> rows = Rows(np.array([0, 1, 2, 3]), np.array([4, 4, 4]))
    >>> grouped_rows(np.array([1, 0, 1]), 2, rows).tolist()
    [1, 0, 1]
    """
    bits = np.uint64(max(1, count.bit_length()))
    high = home.astype(np.uint64) << (np.uint64(64) - bits)
    seed = 0
    while True:
        key = high | (hashed_sets(rows, seed) >> bits)
        group, first = grouped_keys(key, shortened=seed == 0)
        if same_sets(rows, first[group]).all():
            return group
        seed += 1


def grouped_keys(key: Hashes, *, shortened: bool) -> tuple[Indices, Indices]:
    """Return the group of each word, numbered in their order, and a word of each group.

    With ``shortened``, words that differ in their lowest bits only may be in one group.

    Examples
    --------
    >>> grouped_keys(np.array([9, 4, 9], dtype=np.uint64), shortened=False)[0].tolist()
    [1, 0, 1]
    """
    order, key = _sorted(key, shortened=shortened)
    first = np.ones(len(key), dtype=np.bool_)
    np.not_equal(key[1:], key[:-1], out=first[1:])
    group = np.empty(len(key), dtype=np.int64)
    group[order] = np.cumsum(first) - 1
    return group, order[first]


def _sorted(key: Hashes, *, shortened: bool) -> tuple[Indices, Hashes]:
    """Return the order that sorts words, and the sorted words.

    Words shortened by the bits that their positions take are sorted three times as fast.
    """
    if not shortened:
        order = np.argsort(key)
        return order, key[order]
    bits = np.uint64(len(key).bit_length())
    words = key >> bits << bits
    words |= np.arange(len(key), dtype=np.uint64)
    words.sort()
    order = (words & np.uint64((1 << int(bits)) - 1)).astype(np.int64)
    words >>= bits
    return order, words


def grouped_words(home: Indices, words: Hashes, bits: int) -> Indices:
    """Do what :func:`grouped_rows` does for sets that are the bits of words.

    Examples
    --------
    >>> grouped_words(np.array([1, 0, 1]), np.array([3, 3, 3], dtype=np.uint64), 2).tolist()
    [1, 0, 1]
    """
    key = home.astype(np.uint64) << np.uint64(bits)
    key |= words
    group: Indices = np.unique(key, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return group
