"""Arcs of a text in the Aldebaran format as arrays: for texts whose lines are all of one shape.

Large files are written by programs, each line as ``(12, "label", 34)``. Such lines are read all at
once; what is not of this shape is left to the reader that knows the whole format.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ArcArrays", "arc_arrays"]

Bytes = NDArray[np.uint8]
Indices = NDArray[np.int64]
LONGEST_NUMBER, LONGEST_LABEL = 18, 200
BASE = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class ArcArrays:
    """Arcs as arrays.

    Parameters
    ----------
    sources, labels, targets
        int64 (m,); labels are indices of ``names``.
    names
        The labels as they are written.
    """

    sources: Indices
    labels: Indices
    targets: Indices
    names: tuple[str, ...]


def arc_arrays(body: str) -> ArcArrays | None:
    r"""Return the arcs of the lines behind the header, or ``None`` where they are of another shape.

    Parameters
    ----------
    body
        Lines ``(source, "label", target)``, with or without a space behind each comma, and with or
        without quotation marks; the last one may end without a line break.

    Returns
    -------
    ArcArrays or None
        In the order of the lines.

    Notes
    -----
    Linear in the text. Labels are told apart by a hash, and then compared byte by byte.

    Examples
    --------
    >>> found = arc_arrays('(0, "a", 1)\n(1, "b", 0)\n')
    >>> found.sources.tolist(), found.labels.tolist(), found.targets.tolist(), found.names
    ([0, 1], [0, 1], [1, 0], ('a', 'b'))
    >>> arc_arrays("(0, i, 1)").names, arc_arrays("(0, 1)") is None
    (('i',), True)
    """
    if "\\" in body or "\r" in body:
        return None
    text = body if body.endswith("\n") else body + "\n"
    data = np.frombuffer(text.encode("utf-8"), dtype=np.uint8)
    ends = np.flatnonzero(data == ord("\n"))
    starts = np.concatenate((np.zeros(1, dtype=np.int64), ends[:-1] + 1))
    commas = np.flatnonzero(data == ord(","))
    at = np.searchsorted(commas, starts)
    behind = np.searchsorted(commas, ends)
    if (behind - at < 2).any():  # a line that has not two of them
        return None
    first, second = commas[at], commas[behind - 1]
    if not ((data[starts] == ord("(")) & (data[ends - 1] == ord(")"))).all():
        return None
    begin, end = first + 1 + (data[first + 1] == ord(" ")), second
    quoted = _quoted(data, begin, end)
    if quoted is None:
        return None
    sources = _numbers(data, starts + 1, first)
    targets = _numbers(data, second + 1 + (data[second + 1] == ord(" ")), ends - 1)
    named = _labels(data, begin + quoted, end - quoted)
    if sources is None or targets is None or named is None:
        return None
    return ArcArrays(sources, named[0], targets, named[1])


def _quoted(data: Bytes, begin: Indices, end: Indices) -> NDArray[np.bool_] | None:
    """Return which labels stand in quotation marks; ``None`` where one is not written plainly."""
    if (end <= begin).any():
        return None
    first, last = data[begin], data[end - 1]
    quoted = first == ord('"')
    if (quoted & ((last != ord('"')) | (end - begin < 2))).any():
        return None
    if np.count_nonzero(data == ord('"')) != 2 * np.count_nonzero(quoted):
        return None
    plain = (first > ord(" ")) & (first < 128) & (last > ord(" ")) & (last < 128)
    return quoted if (quoted | plain).all() else None


def _numbers(data: Bytes, begin: Indices, end: Indices) -> Indices | None:
    """Return the whole numbers between two places; ``None`` where one is no number."""
    size = end - begin
    if not len(size) or size.min() < 1 or size.max() > LONGEST_NUMBER:
        return None
    value = np.zeros(len(size), dtype=np.int64)
    for place in range(int(size.max())):
        inside = place < size
        digit = data[np.minimum(begin + place, end - 1)].astype(np.int64) - ord("0")
        if ((digit < 0) | (digit > 9)).any():
            return None
        value = np.where(inside, value * 10 + digit, value)
    return value


def _labels(data: Bytes, begin: Indices, end: Indices) -> tuple[Indices, tuple[str, ...]] | None:
    """Return for each label its number among the different ones, and these."""
    size = end - begin
    longest = int(size.max())
    if longest > LONGEST_LABEL:
        return None
    code = size.astype(np.uint64)
    last = len(data) - 1
    for place in range(longest):
        letter = data[np.minimum(begin + place, last)].astype(np.uint64)
        code = np.where(place < size, (code + letter + np.uint64(1)) * BASE, code)
        code ^= code >> np.uint64(29)
    _, shown, number = np.unique(code, return_index=True, return_inverse=True)
    number = number.reshape(-1).astype(np.int64)
    if (size != size[shown][number]).any():
        return None
    for place in range(longest):
        byte = data[np.minimum(begin + place, last)]
        if ((byte != byte[shown][number]) & (place < size)).any():
            return None
    try:
        names = tuple(
            data[begin[one] : end[one]].tobytes().decode("utf-8") for one in shown.tolist()
        )
    except UnicodeDecodeError:
        return None
    return number, names
