"""Silent cycles made one state, and states that only pass on left out, before refinement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import canonical_arcs, csr_order
from transition_systems.equivalences.graph import Graph
from transition_systems.lts import TAU
from transition_systems.scc import strong_components

__all__ = ["cyclic_states", "without_silent_cycles"]

Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]


def _components(graph: Graph) -> tuple[Indices, Bools]:
    """Return the components of the silent arcs inside classes, and which states lie on a cycle."""
    n = graph.n
    silent = np.flatnonzero(graph.labels == TAU)
    tails, heads = graph.sources[silent], graph.targets[silent]
    alike = graph.classes[tails] == graph.classes[heads]
    tails, heads = tails[alike], heads[alike]
    cyclic = np.zeros(n, dtype=np.bool_)
    cyclic[tails[tails == heads]] = True
    while len(tails):
        leads, follows = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
        leads[tails] = True
        follows[heads] = True
        keep = follows[tails] & leads[heads] & (tails != heads)
        if 10 * int(keep.sum()) > 9 * len(keep):
            break
        tails, heads = tails[keep], heads[keep]
    place = np.arange(n, dtype=np.int64)
    if len(tails):
        ends = np.zeros(n, dtype=np.bool_)
        ends[tails] = True
        ends[heads] = True
        nodes = np.flatnonzero(ends)
        short = np.zeros(n, dtype=np.int64)
        short[nodes] = np.arange(len(nodes))
        order, offsets = csr_order(short[tails], len(nodes))
        count, component = strong_components(offsets, short[heads][order])
        first = np.full(count, n, dtype=np.int64)
        np.minimum.at(first, component, nodes)
        place[nodes] = first[component]
        cyclic[nodes[np.bincount(component, minlength=count)[component] > 1]] = True
    return place, cyclic


def cyclic_states(graph: Graph) -> Bools:
    """Return which nodes lie on a cycle of silent arcs between nodes of one class, bool (n,).

    Examples
    --------
    >>> arcs = np.array([0, 1, 2]), np.array([0, 0]), np.array([1, 1])
    >>> cyclic_states(Graph(*arcs, np.array([0, 0]), 2)).tolist()
    [False, True]
    """
    return _components(graph)[1]


def without_silent_cycles(graph: Graph, *, divergence: bool) -> tuple[Graph, Indices]:
    """Return the graph with the silent cycles inside classes made one node each.

    The nodes of such a cycle are branching bisimilar. So are the ends of a silent arc inside a
    class that is the only one of its source; the source goes into the target.

    Parameters
    ----------
    graph
        Its label 0 is silent.
    divergence
        Whether a node on a silent cycle gets a loop of a label of its own, ``n_labels``, for
        bisimilarities that respect divergence.

    Returns
    -------
    graph, place
        The smaller graph without inert loops, and int64 (n,): where each node went.

    Examples
    --------
    >>> arcs = np.array([0, 1, 3]), np.array([0, 0, 2]), np.array([1, 0, 1])
    >>> small, place = without_silent_cycles(Graph(*arcs, np.array([0, 0]), 3), divergence=True)
    >>> small.labels.tolist(), place.tolist()
    ([2, 3], [0, 0])
    """
    place, cyclic = _components(graph)
    divergent = np.zeros(graph.n, dtype=np.bool_)
    divergent[place[cyclic]] = True
    graph, place = _merged(graph, place)
    loops = np.flatnonzero(_condensed(divergent, place, graph.n)) if divergence else place[:0]
    while True:
        only = np.flatnonzero(np.diff(graph.offsets) == 1)
        arc = graph.offsets[only]
        head = graph.targets[arc]
        passing = (graph.labels[arc] == TAU) & (graph.classes[only] == graph.classes[head])
        passing[np.isin(only, loops)] = False
        if 50 * int(passing.sum()) <= graph.n:
            break
        onward = np.arange(graph.n, dtype=np.int64)
        onward[only[passing]] = head[passing]
        while (onward != (further := onward[onward])).any():
            onward = further
        graph, step = _merged(graph, onward)
        place, loops = step[place], np.unique(step[loops])
    if divergence:
        graph = _with_loops(graph, loops)
    return graph, place


def _condensed(flags: Bools, place: Indices, n: int) -> Bools:
    found = np.zeros(n, dtype=np.bool_)
    found[place[flags]] = True
    return found


def _merged(graph: Graph, place: Indices) -> tuple[Graph, Indices]:
    """Return the graph with each node moved to its place, and the new number of each node.

    A node that stays is its own place. Silent loops are left out.
    """
    stays = place == np.arange(graph.n)
    number = np.cumsum(stays, dtype=np.int64) - 1
    new = number[place]
    tails, heads, labels = new.take(graph.sources), new.take(graph.targets), graph.labels
    keep = (labels != TAU) | (tails != heads)
    if keep.all() and stays.all():
        return graph, new
    if stays.all():
        tails, labels, heads = (part.compress(keep) for part in (tails, labels, heads))
    else:
        tails, short, heads = canonical_arcs(
            tails.compress(keep), labels.compress(keep).astype(np.int32), heads.compress(keep)
        )
        labels = short.astype(np.int64)
    count = int(stays.sum())
    offsets = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(tails, minlength=count), out=offsets[1:])
    return Graph(offsets, labels, heads, graph.classes[stays], graph.n_labels), new


def _with_loops(graph: Graph, loops: Indices) -> Graph:
    """Return the graph with a loop of a new label on some nodes."""
    tails = np.concatenate((graph.sources, loops))
    heads = np.concatenate((graph.targets, loops))
    labels = np.concatenate((graph.labels, np.full(len(loops), graph.n_labels, dtype=np.int64)))
    order, offsets = csr_order(tails, graph.n)
    return Graph(offsets, labels[order], heads[order], graph.classes, graph.n_labels + 1)
