"""Whether a partition is a bisimulation, decided exactly in one round."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import row_arcs
from transition_systems.equivalences.graph import Graph

__all__ = ["is_stable"]

Indices = NDArray[np.int64]


def is_stable(graph: Graph, inside: NDArray[np.bool_] | None, block: Indices, count: int) -> bool:
    """Return whether a partition is stable.

    It is when the states of a block without silent steps inside it can all do the same, and the
    others in one step no more than that. Without silent steps inside blocks: when all states of a
    block can do the same.

    Parameters
    ----------
    graph
        The graph.
    inside
        Which arcs are silent steps inside classes, bool (m,), without cycles; None for strong
        bisimilarity.
    block, count
        The block of each state, int64 (n,), and how many blocks there are.

    Notes
    -----
    Time is O(m log m), by sorting pairs of a label and a block; no hash is believed.

    Examples
    --------
    >>> arcs = np.array([0, 1, 1]), np.array([2]), np.array([1])
    >>> graph = Graph(*arcs, np.array([0, 0]), 3)
    >>> is_stable(graph, None, np.array([0, 0]), 1), is_stable(graph, None, np.array([0, 1]), 2)
    (False, True)
    """
    states = np.flatnonzero(np.bincount(block, minlength=count).take(block) > 1)
    if len(states) == 0:
        return True
    arcs = row_arcs(graph.offsets, states)
    tails = np.repeat(states, graph.offsets[states + 1] - graph.offsets[states])
    home, ends = block.take(tails), block.take(graph.targets.take(arcs))
    passing = np.zeros(graph.n, dtype=np.bool_)
    if inside is not None:
        inert = inside.take(arcs) & (ends == home)
        passing[tails[inert]] = True
        arcs, tails, home, ends = (part[~inert] for part in (arcs, tails, home, ends))
    if len(arcs) == 0:
        return True
    # A number for each pair of a block and what can be done there, then one for each state.
    kinds = graph.labels.take(arcs) * count + ends
    order = np.lexsort((kinds, home))
    tails, home, kinds = tails[order], home[order], kinds[order]
    pair = np.ones(len(tails), dtype=np.bool_)
    pair[1:] = (home[1:] != home[:-1]) | (kinds[1:] != kinds[:-1])
    number = np.cumsum(pair) - 1
    # The states of one pair stand in their order, but states may be repeated.
    fresh = pair.copy()
    fresh[1:] |= tails[1:] != tails[:-1]
    able = np.bincount(number[fresh & ~passing[tails]], minlength=int(number[-1]) + 1)
    needed = np.bincount(block[states[~passing[states]]], minlength=count)
    return bool((able == needed[home[pair]]).all())
