"""Strongly connected components of graphs in compressed sparse rows."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import csr_order, row_arcs

__all__ = ["bottom_components", "components", "strong_components", "tarjan"]

Indices = NDArray[np.int64]

SCIPY_FROM = 2_000
MANY = 512


def tarjan(offsets: Indices, targets: Indices) -> tuple[int, Indices]:
    """Return the strongly connected components of a graph, in reverse topological order.

    Parameters
    ----------
    offsets, targets
        The graph, int64 (n + 1,) and int64 (m,).

    Returns
    -------
    count, component
        How many there are, and int64 (n,): the component of each node. An arc between different
        components goes from a larger number to a smaller one.

    Notes
    -----
    R. Tarjan, Depth-first search and linear graph algorithms, SIAM J. Comput. 1 (1972). Iterative;
    time and memory linear in nodes and arcs.

    Examples
    --------
    >>> count, component = tarjan(np.array([0, 1, 2, 3]), np.array([1, 0, 0]))
    >>> count, component.tolist()
    (2, [0, 0, 1])
    """
    rows: list[int] = offsets.tolist()
    heads: list[int] = targets.tolist()
    n = len(rows) - 1
    order = [-1] * n
    low = [0] * n
    component = [-1] * n
    open_nodes: list[int] = []
    clock = count = 0
    cursor = rows[:-1]
    for root in range(n):
        if order[root] != -1:
            continue
        path = [root]
        order[root] = low[root] = clock
        clock += 1
        open_nodes.append(root)
        while path:
            node = path[-1]
            if cursor[node] < rows[node + 1]:
                head = heads[cursor[node]]
                cursor[node] += 1
                if order[head] == -1:
                    order[head] = low[head] = clock
                    clock += 1
                    open_nodes.append(head)
                    path.append(head)
                elif component[head] == -1 and order[head] < low[node]:
                    low[node] = order[head]
                continue
            path.pop()
            if path and low[node] < low[path[-1]]:
                low[path[-1]] = low[node]
            if low[node] == order[node]:
                while True:
                    member = open_nodes.pop()
                    component[member] = count
                    if member == node:
                        break
                count += 1
    return count, np.array(component, dtype=np.int64).reshape(n)


def strong_components(offsets: Indices, targets: Indices) -> tuple[int, Indices]:
    """Return the strongly connected components of a graph, numbered in no order.

    As :func:`components`, but for the order, which takes the most time in large graphs.

    Examples
    --------
    >>> strong_components(np.array([0, 1, 2]), np.array([1, 0]))[0]
    1
    """
    if len(offsets) - 1 < SCIPY_FROM:
        return tarjan(offsets, targets)
    try:
        return _by_scipy(offsets, targets)
    except ImportError:
        return tarjan(offsets, targets)


def _by_scipy(offsets: Indices, targets: Indices) -> tuple[int, Indices]:
    sparse: Any = importlib.import_module("scipy.sparse")
    graphs: Any = importlib.import_module("scipy.sparse.csgraph")
    n = len(offsets) - 1
    matrix = sparse.csr_matrix((np.ones(len(targets), dtype=np.int8), targets, offsets), (n, n))
    count, labels = graphs.connected_components(matrix, directed=True, connection="strong")
    return int(count), np.asarray(labels, dtype=np.int64)


def _reverse_topological(count: int, tails: Indices, heads: Indices) -> Indices:
    """Return for each node of an acyclic graph (but for loops) its place, sinks first.

    Many nodes that are ready at once are placed by arrays, few one by one.
    """
    proper = tails != heads
    tails, heads = tails[proper], heads[proper]
    waiting = np.bincount(tails, minlength=count)
    order, offsets = csr_order(heads, count)
    sources = tails[order]
    left, rows, before = waiting.data, offsets.data, sources.data
    ready = np.flatnonzero(waiting == 0).astype(np.int64)
    place = np.empty(count, dtype=np.int64)
    placed = place.data
    position = 0
    while len(ready):
        if len(ready) >= MANY:
            place[ready] = np.arange(position, position + len(ready))
            position += len(ready)
            freed = sources[row_arcs(offsets, ready)]
            np.subtract.at(waiting, freed, 1)
            freed = np.sort(freed[waiting[freed] == 0])
            ready = freed[np.append(True, freed[1:] != freed[:-1])] if len(freed) else freed
            continue
        few: list[int] = ready.tolist()
        while 0 < len(few) < MANY:
            node = few.pop()
            placed[node] = position
            position += 1
            for tail in before[rows[node] : rows[node + 1]]:
                left[tail] -= 1
                if left[tail] == 0:
                    few.append(tail)
        ready = np.array(few, dtype=np.int64)
    return place


def components(offsets: Indices, targets: Indices) -> tuple[int, Indices]:
    """Return the strongly connected components of a graph, in reverse topological order.

    Parameters
    ----------
    offsets, targets
        The graph, int64 (n + 1,) and int64 (m,).

    Returns
    -------
    count, component
        How many there are, and int64 (n,): the component of each node, sinks first, so that an
        arc between different components goes from a larger number to a smaller one.

    Notes
    -----
    Linear time. Large graphs go through scipy's compiled code where it is installed, small ones
    through :func:`tarjan`; the partition is the same, the numbering may differ.

    Examples
    --------
    >>> components(np.array([0, 1, 1]), np.array([1]))[1].tolist()
    [1, 0]
    """
    if len(offsets) - 1 < SCIPY_FROM:
        return tarjan(offsets, targets)
    try:
        count, component = _by_scipy(offsets, targets)
    except ImportError:
        return tarjan(offsets, targets)
    tails = np.repeat(component, np.diff(offsets))
    return count, _reverse_topological(count, tails, component[targets])[component]


def bottom_components(
    offsets: Indices, targets: Indices, count: int, component: Indices
) -> NDArray[np.bool_]:
    """Return which components no arc leaves, bool (count,).

    Examples
    --------
    >>> graph = np.array([0, 1, 1]), np.array([1])
    >>> bottom_components(*graph, *components(*graph)).tolist()
    [True, False]
    """
    bottom = np.ones(count, dtype=np.bool_)
    tails = np.repeat(component, np.diff(offsets))
    bottom[tails[tails != component[targets]]] = False
    return bottom
