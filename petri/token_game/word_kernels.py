"""Sets of transitions as words: counting, and choosing a member, for the compiled engines.

These are ordinary Python functions on numbers and arrays; numba compiles them when it is
installed. Numbers that index rows are unsigned, so that none is taken for one counted from the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from petri.token_game.bit_words import Words
from petri.token_game.compiling import compiled
from petri.token_game.policies import Chooser

__all__ = [
    "PolicyTables",
    "choose_ranked",
    "choose_weighted",
    "count_ones",
    "lowest_one",
    "policy_tables",
    "select_one",
    "word_set",
    "word_sets",
]

PAIRS, FOURS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
BYTES, ONES = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
HIGHS = np.uint64(0x8080808080808080)
IN_BYTE = np.zeros(2048, dtype=np.uint8)
"""Where the one of a rank is in a byte, at ``8 * byte + rank``."""
for _byte in range(256):
    for _rank, _at in enumerate(at for at in range(8) if _byte >> at & 1):
        IN_BYTE[8 * _byte + _rank] = _at


@compiled
def count_ones(word: Any) -> Any:
    """Return the ones of a word; compilers know this pattern as one instruction."""
    word = word - ((word >> np.uint64(1)) & PAIRS)
    word = (word & FOURS) + ((word >> np.uint64(2)) & FOURS)
    word = (word + (word >> np.uint64(4))) & BYTES
    return (word * ONES) >> np.uint64(56)


@compiled
def lowest_one(word: Any) -> Any:
    """Return the position of the lowest one of a word that has one."""
    return count_ones((word & (~word + np.uint64(1))) - np.uint64(1))


@compiled
def select_one(word: Any, rank: Any) -> Any:
    """Return the position of the one of a rank, without a branch.

    Parameters
    ----------
    word
        uint64.
    rank
        uint64, from 0 to below the number of ones.

    Returns
    -------
    uint64

    Notes
    -----
    S. Vigna: Broadword implementation of rank/select queries. WEA 2008.
    """
    sums = word - ((word >> np.uint64(1)) & PAIRS)
    sums = (sums & FOURS) + ((sums >> np.uint64(2)) & FOURS)
    sums = ((sums + (sums >> np.uint64(4))) & BYTES) * ONES
    start = count_ones(((rank * ONES | HIGHS) - sums) & HIGHS) << np.uint64(3)
    before = ((sums << np.uint64(8)) >> start) & np.uint64(0xFF)
    byte = (word >> start) & np.uint64(0xFF)
    return start + np.uint64(IN_BYTE[(byte << np.uint64(3)) + rank - before])


@compiled
def choose_ranked(able: Words, masks: Words, random: float, count: int) -> int:
    """Return the transition at a random rank among the enabled of the highest level.

    Parameters
    ----------
    able
        The enabled transitions, uint64 (n_words,).
    masks
        The transitions of each level, the highest first, uint64 (n_levels, n_words).
    random
        From 0 to below 1.
    count
        The number of transitions; returned where nothing is enabled.

    Returns
    -------
    int
        The index of a transition, or ``count``.
    """
    words = able.shape[0]
    for level in range(masks.shape[0]):
        total = np.uint64(0)
        for word in range(words):
            total += count_ones(able[word] & masks[level, word])
        if total == np.uint64(0):
            continue
        rank = np.uint64(np.int64(random * np.float64(np.int64(total))))
        for word in range(words):
            here = able[word] & masks[level, word]
            ones = count_ones(here)
            if rank < ones:
                return int(64 * word + np.int64(select_one(here, rank)))
            rank -= ones
    return count


@compiled
def choose_weighted(
    able: Words, masks: Words, weights: NDArray[np.float64], random: float, count: int
) -> int:
    """Return a transition by weight among the enabled of the highest level.

    Parameters
    ----------
    able, masks, random, count
        As for :func:`choose_ranked`.
    weights
        float64 (n_transitions,).

    Returns
    -------
    int
        The index of a transition, or ``count``.
    """
    words = able.shape[0]
    for level in range(masks.shape[0]):
        total = 0.0
        for word in range(words):
            here = able[word] & masks[level, word]
            while here != np.uint64(0):
                total += weights[64 * word + np.int64(lowest_one(here))]
                here &= here - np.uint64(1)
        if total == 0.0:
            continue
        aim = min(random * total, np.nextafter(total, 0.0))
        reached = 0.0
        for word in range(words):
            here = able[word] & masks[level, word]
            while here != np.uint64(0):
                number = 64 * word + np.int64(lowest_one(here))
                reached += weights[number]
                if reached > aim:
                    return int(number)
                here &= here - np.uint64(1)
    return count


class PolicyTables(NamedTuple):
    """A policy as the kernels read it.

    Parameters
    ----------
    masks
        The transitions of each level, the highest first, uint64 (n_levels, n_words).
    weights
        float64 (n_transitions,).
    weighted
        Whether the weights are to be read; otherwise all are equal.
    """

    masks: Words
    weights: NDArray[np.float64]
    weighted: bool


def policy_tables(chooser: Chooser, words: int) -> PolicyTables:
    """Return the tables of a policy.

    Parameters
    ----------
    chooser
        Uniform, weighted or priorities.
    words
        The words of a set of transitions.
    """
    count = chooser.count
    levels = chooser.levels or [np.arange(count)]
    weights = np.ones(count) if chooser.weights is None else chooser.weights
    masks = word_sets([level.tolist() for level in levels], words)
    return PolicyTables(masks, weights, chooser.weights is not None)


def word_set(members: Iterable[int], words: int) -> Words:
    """Return a set of small integers as words.

    Examples
    --------
    >>> word_set([0, 65], 2).tolist()
    [1, 2]
    """
    result: Words = np.zeros(words, dtype=np.uint64)
    for number in members:
        result[number >> 6] |= np.uint64(1 << (number & 63))
    return result


def word_sets(sets: Sequence[Iterable[int]], words: int) -> Words:
    """Return sets of small integers as words, uint64 (n_sets, n_words).

    Examples
    --------
    >>> word_sets([[1], []], 1).tolist()
    [[2], [0]]
    """
    result: Words = np.zeros((len(sets), words), dtype=np.uint64)
    for number, members in enumerate(sets):
        result[number] = word_set(members, words)
    return result
