"""Compressed sparse rows: sorting arcs by a state, and the checks that arrays fit together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.errors import UsageError

__all__ = [
    "canonical_arcs",
    "csr_order",
    "distinct",
    "frozen",
    "require",
    "row_arcs",
    "spread",
    "within",
]

Indices = NDArray[np.int64]
Labels = NDArray[np.int32]

WORD_BITS = 63
# A frontier of so few states is followed state by state.
THIN = 24


def csr_order(keys: Indices, n: int) -> tuple[Indices, Indices]:
    """Return the stable order that sorts ``keys`` (int64 in ``range(n)``), and row offsets (n+1,).

    Examples
    --------
    >>> order, offsets = csr_order(np.array([2, 0, 2]), 3)
    >>> order.tolist(), offsets.tolist()
    ([1, 0, 2], [0, 1, 1, 3])
    """
    offsets = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(keys, minlength=n), out=offsets[1:])
    bits = len(keys).bit_length()
    if bits + n.bit_length() > WORD_BITS:
        return np.argsort(keys, kind="stable").astype(np.int64), offsets
    order = keys.astype(np.int64) << bits  # a sort of plain words is faster than one of positions
    order |= np.arange(len(keys), dtype=np.int64)
    order.sort()
    order &= (1 << bits) - 1
    return order, offsets


def row_arcs(offsets: Indices, rows: Indices) -> Indices:
    """Return the positions of all arcs of some rows, row after row, int64.

    Examples
    --------
    >>> row_arcs(np.array([0, 2, 2, 5]), np.array([2, 0])).tolist()
    [2, 3, 4, 0, 1]
    """
    widths = offsets[rows + 1] - offsets[rows]
    ends = np.cumsum(widths)
    total = int(ends[-1]) if len(ends) else 0
    shift = np.repeat(offsets[rows] - (ends - widths), widths)
    positions: Indices = np.arange(total, dtype=np.int64) + shift
    return positions


def distinct(values: Indices) -> Indices:
    """Return each of some values once, ascending; the argument is used up.

    Examples
    --------
    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    values.sort()  # faster than the table of hashes by which numpy finds unique values
    new = np.ones(len(values), dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return values.compress(new)


def spread(
    offsets: Indices, targets: Indices, frontier: Indices, seen: NDArray[np.bool_]
) -> list[Indices]:
    """Mark all states that arcs lead to from some marked states; return the new ones, in parts.

    Parameters
    ----------
    offsets, targets
        The arcs in rows, int64 (n + 1,) and (m,).
    frontier
        States that are marked, int64.
    seen
        The marks, bool (n,), which are changed.

    Notes
    -----
    Linear in the arcs of what is marked: large frontiers on arrays, small ones state by state.

    Examples
    --------
    >>> offsets, targets, seen = np.array([0, 1, 2, 2]), np.array([1, 0]), np.array([1, 0, 0]) > 0
    >>> spread(offsets, targets, np.array([0]), seen)[0].tolist(), seen.tolist()
    ([1], [True, True, False])
    """
    found: list[Indices] = []
    rows, heads, marks = offsets.data, targets.data, seen.data
    while len(frontier):
        if len(frontier) > THIN:
            reached = targets[row_arcs(offsets, frontier)]
            frontier = distinct(reached[~seen[reached]])
            seen[frontier] = True
            found.append(frontier)
            continue
        level, every = frontier.tolist(), list[int]()
        while 0 < len(level) <= THIN:
            after: list[int] = []
            for state in level:
                for head in heads[rows[state] : rows[state + 1]]:
                    if not marks[head]:
                        marks[head] = True
                        after.append(head)
            every += after
            level = after
        found.append(np.array(every, dtype=np.int64))
        frontier = np.array(level, dtype=np.int64)
    return [part for part in found if len(part)]


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only copy."""
    copy = np.array(array, copy=True, order="C")
    copy.setflags(write=False)
    return copy


def require(condition: bool, message: str) -> None:
    """Raise a :class:`UsageError` with the message unless the condition holds."""
    if not condition:
        raise UsageError(message)


def within(array: NDArray[Any], n: int) -> bool:
    """Return whether all entries lie in ``range(n)``."""
    return array.size == 0 or (int(array.min()) >= 0 and int(array.max()) < n)


def canonical_arcs(
    source: Indices, label: Labels, target: Indices
) -> tuple[Indices, Labels, Indices]:
    """Return the arcs sorted by source, label and target, each once."""
    if len(source) == 0:
        return source, label, target
    packed = _packed(source, label, target)
    if packed is not None:
        return packed
    order = np.lexsort((target, label, source))
    source, label, target = source[order], label[order], target[order]
    same = (np.diff(source) == 0) & (np.diff(label) == 0) & (np.diff(target) == 0)
    keep = np.concatenate(([True], ~same))
    return source[keep], label[keep], target[keep]


def _packed(
    source: Indices, label: Labels, target: Indices
) -> tuple[Indices, Labels, Indices] | None:
    """Do :func:`canonical_arcs` by sorting words that hold whole arcs, if they are wide enough."""
    low, middle, high = (int(part.max()).bit_length() for part in (target, label, source))
    if low + middle + high > WORD_BITS:
        return None
    arcs = source.astype(np.int64) << (low + middle)
    arcs |= label.astype(np.int64) << low
    arcs |= target
    if (arcs[1:] <= arcs[:-1]).any():
        arcs.sort()
        keep = np.ones(len(arcs), dtype=np.bool_)
        np.not_equal(arcs[1:], arcs[:-1], out=keep[1:])
        arcs = arcs[keep]
    target = arcs & ((1 << low) - 1)
    arcs >>= low
    label = (arcs & ((1 << middle) - 1)).astype(np.int32)
    arcs >>= middle
    return arcs, label, target
