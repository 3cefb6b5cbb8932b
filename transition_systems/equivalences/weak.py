"""Weak steps made steps of a graph, so that weak bisimilarity is strong bisimilarity there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import csr_order
from transition_systems.equivalences.closure import closed_rows
from transition_systems.equivalences.graph import Graph
from transition_systems.equivalences.signatures import Rows, Tick, no_limit, packed_rows
from transition_systems.lts import TAU
from transition_systems.scc import strong_components

__all__ = ["quotient_graph", "saturated"]

Indices = NDArray[np.int64]


def quotient_graph(graph: Graph, block: Indices, count: int) -> Graph:
    """Return the graph of the blocks 0, 1, ... of a partition, without silent loops.

    Examples
    --------
    >>> arcs = np.array([0, 1, 2]), np.array([0, 2]), np.array([1, 1])
    >>> graph = Graph(*arcs, np.array([0, 0]), 3)
    >>> quotient_graph(graph, np.array([0, 0]), 1).labels.tolist()
    [2]
    """
    tails, heads = block[graph.sources], block[graph.targets]
    keep = (graph.labels != TAU) | (tails != heads)
    order, offsets = csr_order(tails[keep], count)
    codes = (graph.labels[keep] * count + heads[keep])[order]
    rows = packed_rows(offsets, codes, graph.n_labels * count)
    classes = np.zeros(count, dtype=np.int64)
    classes[block] = graph.classes
    return _graph_of_rows(rows, classes, graph.n_labels)


def _graph_of_rows(rows: Rows, classes: Indices, n_labels: int) -> Graph:
    """Return the graph whose arcs are the codes ``label * n + target`` of rows."""
    n = len(classes)
    new = rows.fresh()
    count = np.zeros(len(new) + 1, dtype=np.int64)
    np.cumsum(new, out=count[1:])
    codes = rows.codes[new]
    return Graph(count[rows.offsets], codes // max(1, n), codes % max(1, n), classes, n_labels)


def saturated(
    graph: Graph, divergence: int | None, most: int, tick: Tick = no_limit
) -> Graph:  # fmt: skip
    """Return the graph with weak steps for arcs.

    A silent arc stands for silent steps, perhaps none; another one for silent steps, a step with
    its label and silent steps. An arc of the label ``divergence`` stands for silent steps to a
    node that has one.

    Parameters
    ----------
    graph
        Its label 0 is silent.
    divergence
        The label of the loops of divergent nodes, if there is one.
    most
        Codes to hold at most.
    tick
        Asked now and then; may raise.

    Raises
    ------
    MemoryError
        When there would be more.

    Notes
    -----
    Time and memory are linear in the weak steps, of which there may be the square of the arcs.

    Examples
    --------
    >>> arcs = np.array([0, 1, 2, 2]), np.array([0, 2]), np.array([1, 2])
    >>> weak = saturated(Graph(*arcs, np.zeros(3, dtype=np.int64), 3), None, 100)
    >>> weak.offsets.tolist(), weak.labels.tolist(), weak.targets.tolist()
    ([0, 3, 5, 6], [0, 0, 2, 0, 2, 0], [0, 1, 2, 1, 2, 2])
    """
    n, n_labels = graph.n, graph.n_labels
    limit = max(1, n_labels * n)
    silent = graph.labels == TAU
    tails, heads = graph.sources[silent], graph.targets[silent]
    order, offsets = csr_order(tails, n)
    count, place = strong_components(offsets, heads[order])
    between = place[tails] != place[heads]
    above, below = place[tails][between], place[heads][between]

    def handed_up(owner: Indices, codes: Indices) -> Rows:
        """Return for each node the codes of all nodes that silent steps lead to."""
        order, offsets = csr_order(place[owner], count)
        own = packed_rows(offsets, codes[order], limit)
        return closed_rows(own, above, below, count, limit, most, tick=tick)

    nodes = np.arange(n, dtype=np.int64)
    reach = handed_up(nodes, nodes)
    ends = graph.targets[~silent]
    labels = graph.labels[~silent]
    width = np.diff(reach.offsets)[place[ends]]
    if divergence is not None:
        width = np.where(labels == divergence, 1, width)
    total = int(width.sum())
    if total > most:
        raise MemoryError("there are too many weak steps")
    tick()
    first = np.cumsum(width) - width
    step = np.arange(total, dtype=np.int64) - np.repeat(first, width)
    reached = reach.codes[np.repeat(reach.offsets[place[ends]], width) + step]
    if divergence is not None:
        loops = np.repeat(labels == divergence, width)
        reached[loops] = np.repeat(ends, width)[loops]
    after = handed_up(
        np.concatenate((np.repeat(graph.sources[~silent], width), nodes)),
        np.concatenate((np.repeat(labels, width) * n + reached, nodes)),
    )
    tick()
    wide = np.diff(after.offsets)[place]
    total = int(wide.sum())
    if total > most:
        raise MemoryError("there are too many weak steps")
    offsets = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(wide, out=offsets[1:])
    shift = np.repeat(after.offsets[place] - offsets[:-1], wide)
    codes = after.codes[np.arange(total, dtype=np.int64) + shift]
    return _graph_of_rows(Rows(offsets, codes), graph.classes, n_labels)
