"""Distinct numbers by sorting whole words, which is faster than hashing them or sorting places."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["distinct", "distinct_first", "distinct_inverse"]

Indices = NDArray[np.int64]

WORD_BITS = 63


def distinct(values: NDArray[Any]) -> Indices:
    """Return the numbers in order, each once.

    Examples
    --------
    >>> distinct(np.array([7, 3, 7])).tolist()
    [3, 7]
    """
    ordered: Indices = np.sort(values)
    return ordered[_fresh(ordered)]


def distinct_first(values: Indices) -> Indices:
    """Return where each number occurs first, in the order of the numbers, which are not negative.

    Examples
    --------
    >>> distinct_first(np.array([7, 3, 7])).tolist()
    [1, 0]
    """
    ordered, order = _ordered(values)
    return order[_fresh(ordered)]


def distinct_inverse(values: Indices) -> tuple[Indices, Indices]:
    """Return the numbers in order, each once, and the place there of each; none is negative.

    Examples
    --------
    >>> numbers, place = distinct_inverse(np.array([7, 3, 7]))
    >>> numbers.tolist(), place.tolist()
    ([3, 7], [1, 0, 1])
    """
    ordered, order = _ordered(values)
    fresh = _fresh(ordered)
    place = np.empty(len(values), dtype=np.int64)
    place[order] = np.cumsum(fresh) - 1
    return ordered[fresh], place


def _fresh(ordered: Indices) -> NDArray[np.bool_]:
    fresh = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    return fresh


def _ordered(values: Indices) -> tuple[Indices, Indices]:
    """Return the numbers in order, and where they were: those that are equal in their old order."""
    count = len(values)
    bits = count.bit_length()
    if not count or int(values.max()).bit_length() + bits > WORD_BITS:
        order = np.argsort(values, kind="stable")
        return values[order], order.astype(np.int64)
    packed = values << bits
    packed |= np.arange(count, dtype=np.int64)
    packed.sort()
    return packed >> bits, packed & ((1 << bits) - 1)
