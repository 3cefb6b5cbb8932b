"""The silent steps of a graph: those inside blocks, their closure, and an order of it.

Only silent steps between nodes of one class can ever lie inside a block. They have no cycle when
the graph comes from :mod:`.silent_cycles`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import csr_order, distinct, row_arcs
from transition_systems.equivalences.graph import Graph
from transition_systems.lts import TAU

__all__ = ["SilentSteps"]

Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]

THIN = 24
WIDE = 20 * THIN


class SilentSteps:
    """The silent arcs between nodes of one class, in both directions.

    Attributes
    ----------
    inside
        Which arcs of the graph they are, bool (m,).
    sources, targets
        Their ends, int64 (k,), sorted by source.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        silent = np.flatnonzero(graph.labels == TAU)
        tails, heads = graph.sources[silent], graph.targets[silent]
        alike = graph.classes[tails] == graph.classes[heads]
        self.inside: Bools = np.zeros(len(graph.labels), dtype=np.bool_)
        self.inside[silent[alike]] = True
        self.sources: Indices = tails[alike]
        self.targets: Indices = heads[alike]
        n = graph.n
        self.offsets: Indices = np.zeros(n + 1, dtype=np.int64)
        np.cumsum(np.bincount(self.sources, minlength=n), out=self.offsets[1:])
        order, self.backward_offsets = csr_order(self.targets, n)
        self.backward: Indices = self.sources[order]
        self._mark: Bools = np.zeros(n, dtype=np.bool_)

    def before(self, states: Indices, block: Indices) -> Indices:
        """Return the states with silent steps inside their block to some states, and these."""
        return self._closed(states, block, self.backward_offsets, self.backward)

    def after(self, states: Indices, block: Indices) -> Indices:
        """Return the states that silent steps inside their block reach from some states."""
        return self._closed(states, block, self.offsets, self.targets)

    def _closed(self, states: Indices, block: Indices, offsets: Indices, ends: Indices) -> Indices:
        mark = self._mark
        mark[states] = True
        found = [states]
        frontier = states
        while len(frontier):
            widths = offsets[frontier + 1] - offsets[frontier]
            if len(frontier) <= THIN and int(widths.sum()) <= WIDE:
                break
            reached = ends[row_arcs(offsets, frontier)]
            home = np.repeat(block[frontier], widths)
            reached = distinct(reached[(block[reached] == home) & ~mark[reached]])
            mark[reached] = True
            found.append(reached)
            frontier = reached
        if len(frontier):
            found.append(self._closed_one_by_one(frontier.tolist(), block, offsets, ends))
        every = np.concatenate(found)
        mark[every] = False
        return every

    def _closed_one_by_one(
        self, waiting: list[int], block: Indices, offsets: Indices, ends: Indices
    ) -> Indices:
        """Follow single steps: paths may be long where they are few."""
        mark, home, row, end = self._mark.data, block.data, offsets.data, ends.data
        found: list[int] = []
        while waiting:
            state = waiting.pop()
            for arc in range(row[state], row[state + 1]):
                other = end[arc]
                if not mark[other] and home[other] == home[state]:
                    mark[other] = True
                    found.append(other)
                    waiting.append(other)
        return np.array(found, dtype=np.int64)
