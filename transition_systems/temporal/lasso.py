"""Breadth-first trees of graphs in compressed sparse rows, and lassos with a short cycle."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import csr_order

__all__ = ["breadth_first", "distances", "short_cycle", "tree_path"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
SCIPY_FROM = 400


def breadth_first(offsets: Ints, targets: Ints, starts: Ints) -> tuple[Ints, Ints]:
    """Return the nodes that some starts reach, nearest first, and each node's parent.

    Parameters
    ----------
    offsets, targets
        The graph, int64 (n + 1,) and int64 (m,).
    starts
        The first nodes, int64.

    Returns
    -------
    order, parent
        int64; int64 (n,): -1 for starts, -2 for what is not reached.

    Examples
    --------
    >>> breadth_first(np.array([0, 1, 2, 2]), np.array([1, 0]), np.array([0]))[0].tolist()
    [0, 1]
    """
    n = len(offsets) - 1
    if n >= SCIPY_FROM and len(starts):
        try:
            return _by_scipy(offsets, targets, starts)
        except ImportError:
            pass
    rows, heads = offsets.tolist(), targets.tolist()
    parent = [-2] * n
    order: list[int] = starts.tolist()
    for start in order:
        parent[start] = -1
    for node in order:
        for head in heads[rows[node] : rows[node + 1]]:
            if parent[head] == -2:
                parent[head] = node
                order.append(head)
    return np.array(order, dtype=np.int64), np.array(parent, dtype=np.int64).reshape(n)


def _by_scipy(offsets: Ints, targets: Ints, starts: Ints) -> tuple[Ints, Ints]:
    graphs: Any = importlib.import_module("scipy.sparse.csgraph")
    n = len(offsets) - 1
    root = int(starts[0])
    if len(starts) > 1:
        root = n
        offsets = np.append(offsets, len(targets) + len(starts))
        targets = np.concatenate((targets, starts))
    order, before = graphs.breadth_first_order(_matrix(offsets, targets), root, directed=True)
    parent = np.where(before < 0, -2, before).astype(np.int64)
    parent[parent == n] = -1
    parent[root] = -1
    order = np.asarray(order, dtype=np.int64)
    return order[order < n], parent[:n]


def _matrix(offsets: Ints, targets: Ints) -> Any:
    sparse: Any = importlib.import_module("scipy.sparse")
    size = len(offsets) - 1
    ones = np.ones(len(targets), dtype=np.float64)
    return sparse.csr_matrix((ones, targets, offsets), (size, size), copy=False)


def distances(order: Ints, parent: Ints) -> Ints:
    """Return the depth of each node in a breadth-first tree, -1 outside, by pointer doubling."""
    depth = np.where(parent >= 0, 1, 0)
    jump = np.where(parent >= 0, parent, np.arange(len(parent)))
    while True:
        more = depth[jump]
        if not more.any():
            break
        depth = depth + more
        jump = jump[jump]
    reached = np.zeros(len(parent), dtype=np.bool_)
    reached[order] = True
    return np.where(reached, depth, -1).astype(np.int64)


def tree_path(parent: Ints, node: int) -> list[int]:
    """Return the nodes from a root of a tree to a node.

    Examples
    --------
    >>> tree_path(np.array([-1, 0, 1]), 2)
    [0, 1, 2]
    """
    path = [node]
    while parent[path[-1]] >= 0:
        path.append(int(parent[path[-1]]))
    path.reverse()
    return path


def short_cycle(
    n: int, tails: Ints, heads: Ints, start: int, needed: list[Bools],
    tick: Callable[[], None] = lambda: None,
) -> list[int]:  # fmt: skip
    """Return the edges of a cycle through a node with an edge of each needed set.

    Parameters
    ----------
    n
        The number of nodes; the graph must be strongly connected.
    tails, heads
        The edges, int64 (m,).
    start
        Where the cycle begins and ends.
    needed
        Sets of edges, bool (m,), none empty.
    tick
        Called now and then; may raise to stop.

    Returns
    -------
    list of int
        Indices of edges, in order.

    Notes
    -----
    A shortest cycle for up to one set; for more, the nearest edge of a set that is still missing
    is taken each time. O(sets * m); for many sets see :mod:`.fair_cycle`.
    """
    order, offsets = csr_order(tails, n)
    back_order, back_offsets = csr_order(heads, n)
    back = breadth_first(back_offsets, tails[back_order], np.array([start]))
    to_start = distances(*back)
    cycle: list[int] = []
    missing = needed
    here = start
    while True:
        tick()
        reached, parent = breadth_first(offsets, heads[order], np.array([here]))
        away = distances(reached, parent)
        if len(missing) > 1:
            usable = np.logical_or.reduce(missing)
            cost = np.where(usable, away[tails], n)
        else:
            usable = missing[0] if missing else np.ones(len(tails), dtype=np.bool_)
            cost = np.where(usable, away[tails] + to_start[heads], 2 * n)
        edge = int(cost.argmin())
        path = tree_path(parent, int(tails[edge]))
        steps = [*_edges(path, heads, offsets, order), edge]
        cycle += steps
        here = int(heads[edge])
        missing = [flags for flags in missing if not flags[steps].any()]
        if not missing:
            break
    homeward = tree_path(back[1], here)[::-1]
    return cycle + _edges(homeward, heads, offsets, order)


def _edges(path: list[int], heads: Ints, offsets: Ints, order: Ints) -> list[int]:
    """Return an edge for each step of a path."""
    found: list[int] = []
    for node, after in itertools.pairwise(path):
        row = order[offsets[node] : offsets[node + 1]]
        found.append(int(row[(heads[row] == after).argmax()]))
    return found
