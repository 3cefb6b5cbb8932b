"""A labelled graph prepared for partition refinement: flat arrays, labels as plain numbers."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import csr_order, row_arcs
from transition_systems.lts import LTS

__all__ = ["Graph", "graph_of"]

Indices = NDArray[np.int64]


class Graph:
    """Arcs in compressed sparse rows, with the first partition of the nodes.

    Parameters
    ----------
    offsets, labels, targets
        int64 (n + 1,), int64 (m,) and int64 (m,).
    classes
        int64 (n,): nodes of different classes are never equivalent.
    n_labels
        All labels are below it.
    """

    def __init__(
        self, offsets: Indices, labels: Indices, targets: Indices, classes: Indices, n_labels: int
    ) -> None:
        self.offsets = offsets
        self.labels = labels
        self.targets = targets
        self.classes = classes
        self.n_labels = n_labels

    @property
    def n(self) -> int:
        """The number of nodes."""
        return len(self.offsets) - 1

    @cached_property
    def sources(self) -> Indices:
        """The source of each arc, int64 (m,)."""
        return np.repeat(np.arange(self.n, dtype=np.int64), np.diff(self.offsets))

    @cached_property
    def dense_labels(self) -> tuple[NDArray[np.uint64], int]:
        """The label of each arc among those that are used, uint64 (m,), and how many these are."""
        used = np.bincount(self.labels, minlength=1) > 0
        number = np.cumsum(used, dtype=np.uint64) - np.uint64(1)
        return number.take(self.labels), int(used.sum())

    @cached_property
    def backward(self) -> tuple[Indices, Indices]:
        """Row offsets (n + 1,) and sources (m,) of the arcs by their targets."""
        order, offsets = csr_order(self.targets, self.n)
        return offsets, self.sources[order]

    def sources_of(self, nodes: Indices) -> Indices:
        """Return the sources of the arcs into some nodes, with repetitions."""
        offsets, sources = self.backward
        return sources[row_arcs(offsets, nodes)]


def graph_of(lts: LTS) -> Graph:
    """Return a system as a graph; the class of a state is the set of its atoms.

    Examples
    --------
    >>> graph_of(LTS.from_arcs(2, [(0, "a", 1)], final=[1])).classes.tolist()
    [0, 1]
    """
    classes = np.zeros(lts.n_states, dtype=np.int64)
    for _, flags in sorted(lts.atoms.items()):
        if flags.any():
            classes = np.unique(2 * classes + flags, return_inverse=True)[1].reshape(-1)
    return Graph(
        lts.offsets, lts.labels.astype(np.int64), lts.targets, classes, len(lts.label_names)
    )
