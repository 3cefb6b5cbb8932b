"""Rows of a table found by their first column, so that two tables are joined in portions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["Rows", "among", "portions"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

PORTION = 1 << 18


class Rows:
    """Values by key: keys and values int64 (rows,) each, in any order.

    Examples
    --------
    >>> rows = Rows(np.array([7, 3, 7]), np.array([0, 1, 2]))
    >>> begin, width = rows.find(np.array([7, 5, 3]))
    >>> width.tolist(), rows.values[rows.at(begin, width)].tolist()
    ([2, 0, 1], [0, 2, 1])
    """

    def __init__(self, keys: Ints, values: Ints) -> None:
        order = np.argsort(keys, kind="stable")
        self.keys, self.values = keys[order], values[order]

    def find(self, keys: Ints) -> tuple[Ints, Ints]:
        """Return where the values of each key begin, and how many there are."""
        begin = np.searchsorted(self.keys, keys)
        return begin, np.searchsorted(self.keys, keys, side="right") - begin

    @staticmethod
    def at(begin: Ints, width: Ints) -> Ints:
        """Return the positions ``begin, begin + 1, ...`` of each row, one row after the other."""
        shift = np.repeat(begin - (np.cumsum(width) - width), width)
        shift += np.arange(len(shift), dtype=np.int64)
        return shift


def portions(width: Ints, most: int = PORTION) -> Iterator[slice]:
    """Cut rows into slices whose widths add up to at most ``most``, or of one row.

    Examples
    --------
    >>> [(part.start, part.stop) for part in portions(np.array([2, 2, 9, 1]), most=4)]
    [(0, 2), (2, 3), (3, 4)]
    """
    ends, begin = np.cumsum(width), 0
    while begin < len(width):
        done = int(ends[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, done + most, side="right")))
        end = min(end, begin + most)  # rows without anything cost, too
        yield slice(begin, end)
        begin = end


def among(wanted: Ints, keys: Ints) -> Bools:
    """Return which numbers are among some keys, these in ascending order.

    Examples
    --------
    >>> among(np.array([4, 1]), np.array([1, 3])).tolist()
    [False, True]
    """
    if not len(keys):
        return np.zeros(len(wanted), dtype=np.bool_)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.asarray(keys[at] == wanted, dtype=np.bool_)
