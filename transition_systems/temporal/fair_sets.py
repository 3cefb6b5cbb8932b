"""The sets of labels to which paths are fair, as lists: which of them an arc or a state has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import csr_order, distinct, row_arcs
from transition_systems.lts import LTS
from transition_systems.temporal.product_system import Observed

__all__ = ["NO_SETS", "FairSets", "Places", "cut_edges", "label_sets"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Places:
    """Edges of a product, each in a component of its own or with others.

    Parameters
    ----------
    count
        How many components there are.
    home
        The component of each edge, int64 (m,).
    arcs
        The arc of the system behind each edge, int64 (m,).
    tails
        The node that each edge leaves, int64 (m,), below ``n_nodes``.
    n_nodes
        How many nodes there are.
    """

    count: int
    home: Ints
    arcs: Ints
    tails: Ints
    n_nodes: int


@dataclass(frozen=True, slots=True)
class FairSets:
    """Where the labels of some sets happen, and where they can: lists, no matrices.

    Parameters
    ----------
    count
        How many sets there are.
    happens, happening
        Row offsets int64 (m + 1,) over the arcs of the system, and the sets with the label of each.
    can, able
        Row offsets int64 (n + 1,) over its states, and the sets of which each has a step, sorted.
    origin
        The state that each arc leaves, int64 (m,).
    """

    count: int
    happens: Ints
    happening: Ints
    can: Ints
    able: Ints
    origin: Ints

    def at(self, arcs: Ints) -> tuple[Ints, Ints]:
        """Return the positions of arcs in a list, and the sets that happen there, one for one."""
        widths = self.happens[arcs + 1] - self.happens[arcs]
        place = np.repeat(np.arange(len(arcs), dtype=np.int64), widths)
        return place, self.happening[row_arcs(self.happens, arcs)]

    def done(self, places: Places) -> Ints:
        """Return the keys ``component * count + set`` of the sets that happen, sorted."""
        place, sets = self.at(places.arcs)
        return distinct(places.home[place] * self.count + sets)

    def possible(self, places: Places) -> tuple[Ints, Ints, Ints]:
        """Return where the sets can happen.

        Returns
        -------
        nodes, keys, homes
            A node and the key of its component for each set that can happen there; the component
            of each node, -1 for those without an edge.
        """
        homes = np.full(places.n_nodes, -1, dtype=np.int64)
        homes[places.tails] = places.home
        state = np.zeros(places.n_nodes, dtype=np.int64)
        state[places.tails] = self.origin[places.arcs]
        nodes = np.flatnonzero(homes >= 0)
        rows = state[nodes]
        widths = self.can[rows + 1] - self.can[rows]
        owner = np.repeat(nodes, widths)
        keys = homes[owner] * self.count + self.able[row_arcs(self.can, rows)]
        return owner, keys, homes

    def weakly_lacking(self, places: Places) -> Ints:
        """Return the keys of the sets that can always happen in a component and never do."""
        _, keys, homes = self.possible(places)
        found, often = np.unique(keys, return_counts=True)
        size = np.bincount(homes[homes >= 0], minlength=places.count)
        always: Ints = found[often == size[found // max(1, self.count)]]
        return always[~_among(always, self.done(places))]

    def strongly_lacking(self, places: Places) -> tuple[Ints, Ints, Ints]:
        """Return the keys of the sets that can happen in a component and never do.

        With them the nodes and keys of :meth:`possible`.
        """
        nodes, keys, _ = self.possible(places)
        found = distinct(keys.copy())
        return found[~_among(found, self.done(places))], nodes, keys


_NONE = np.zeros(0, dtype=np.int64)
NO_SETS = FairSets(0, _NONE, _NONE, _NONE, _NONE, _NONE)


def cut_edges(places: Places, lacking: Ints, nodes: Ints, keys: Ints) -> Bools:
    """Return the edges that leave nodes where one of the lacking sets can happen, bool (m,)."""
    flags = np.zeros(places.n_nodes, dtype=np.bool_)
    flags[nodes[_among(keys, lacking)]] = True
    return flags[places.tails]


def _among(keys: Ints, others: Ints) -> Bools:
    """Return which keys are among others, which are sorted."""
    if not len(others):
        return np.zeros(len(keys), dtype=np.bool_)
    at = np.minimum(np.searchsorted(others, keys), len(others) - 1)
    return np.asarray(others[at] == keys, dtype=np.bool_)


def label_sets(system: Observed, lts: LTS, sets: Iterable[tuple[str, ...]]) -> FairSets:
    """Return where some sets of labels happen and where they can.

    Time and space are the arcs of the system, each as often as sets have its label.

    Examples
    --------
    >>> from transition_systems.temporal.product_system import observed
    >>> lts = LTS.from_arcs(2, [(0, "a", 1), (1, "b", 0)])
    >>> seen = observed(lts, np.zeros(2, dtype=np.int64))
    >>> found = label_sets(seen, lts, [("a",), ("a", "b")])
    >>> found.happening.tolist(), found.able.tolist()
    ([0, 1, 1], [0, 1, 1])
    """
    index = {name: number for number, name in enumerate(lts.label_names)}
    given = [{index[name] for name in names} for names in sets]
    count = len(given)
    number = np.repeat(np.arange(count), [len(some) for some in given])
    labels = np.array([label for some in given for label in sorted(some)], dtype=np.int64)
    # A last row without sets is for the label -1 of staying in a dead state.
    order, rows = csr_order(labels, len(index) + 1)
    number = number[order].astype(np.int64)
    label = np.where(system.label < 0, len(index), system.label).astype(np.int64)
    happens = np.zeros(len(label) + 1, dtype=np.int64)
    np.cumsum(rows[label + 1] - rows[label], out=happens[1:])
    happening = number[row_arcs(rows, label)]
    n = lts.n_states
    own = lts.labels.astype(np.int64)
    sources = np.repeat(lts.sources, rows[own + 1] - rows[own])
    pairs = distinct(sources * max(1, count) + number[row_arcs(rows, own)])
    can = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(pairs // max(1, count), minlength=n), out=can[1:])
    return FairSets(
        count, happens, happening, can, pairs % max(1, count), system.source % max(1, n)
    )
