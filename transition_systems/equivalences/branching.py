"""Signatures for branching bisimilarity, blind to divergence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import csr_order, row_arcs
from transition_systems.equivalences.refinement import Signatures
from transition_systems.lts import LTS, TAU
from transition_systems.quotient import quotient
from transition_systems.scc import components

__all__ = ["branching_signatures", "collapse_silent_cycles"]

Indices = NDArray[np.int64]


def collapse_silent_cycles(lts: LTS) -> tuple[LTS, Indices]:
    """Return the system with silent cycles of equally final states made one state each.

    The states of such a cycle are branching bisimilar, and afterwards no silent cycle stays inside
    any partition that respects ``final``.

    Returns
    -------
    system, place
        The smaller system, and int64 (n,): where each state went.

    Examples
    --------
    >>> lts = LTS.from_arcs(2, [(0, None, 1), (1, None, 0), (1, "a", 1)])
    >>> list(collapse_silent_cycles(lts)[0].arcs())
    [(0, 'a', 0)]
    """
    sources = lts.sources
    silent = (lts.labels == TAU) & (lts.final[sources] == lts.final[lts.targets])
    _, offsets = csr_order(sources[silent], lts.n_states)
    _, place = components(offsets, lts.targets[silent])
    small = quotient(lts, place, drop_inert=True)
    first = np.unique(place, return_index=True)[1]
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return small, rank[place]


def branching_signatures(lts: LTS) -> Callable[[Indices], Signatures]:
    """Return the function that gives the signatures of branching bisimilarity.

    The signature of ``s`` has (a, B) when silent steps inside the block of ``s`` lead to a state
    with an ``a``-step into ``B``, unless that step is silent and stays in the block. The system
    must come from :func:`collapse_silent_cycles`.

    R. van Glabbeek, W. Weijland, Branching time and abstraction in bisimulation semantics,
    J. ACM 43 (1996).

    Examples
    --------
    >>> lts = LTS.from_arcs(2, [(0, None, 1), (1, "a", 1)])
    >>> sorted(branching_signatures(lts)(np.array([0, 0])).of(0))
    [(2, 0)]
    """
    n, sources, targets = lts.n_states, lts.sources, lts.targets
    labels = lts.labels.astype(np.int64)

    def signatures(block: Indices) -> Signatures:
        inert = (labels == TAU) & (block[sources] == block[targets])
        found = Signatures.from_pairs(n, sources[~inert], labels[~inert], block[targets[~inert]])
        if not inert.any():
            return found
        return _closed(found, sources[inert], targets[inert])

    return signatures


def _closed(own: Signatures, tails: Indices, heads: Indices) -> Signatures:
    """Add to each state what the states after its inert steps can do.

    The inert arcs ``tails -> heads`` have no cycle. States are done in layers, those without inert
    steps first; a layer costs time in the pairs that it gathers.
    """
    n = len(own.offsets) - 1
    if len(own.labels) == 0:
        return own
    kinds, kind = np.unique(np.stack((own.labels, own.blocks), axis=1), axis=0, return_inverse=True)
    count = len(kinds)
    own_kind = kind.reshape(-1).astype(np.int64)
    order, forward = csr_order(tails, n)
    after = heads[order]
    order, backward = csr_order(heads, n)
    before = tails[order]
    left = np.diff(forward)
    pool = _Pool(n)
    layer: Indices = np.flatnonzero(left == 0).astype(np.int64)
    while len(layer):
        following = after[row_arcs(forward, layer)]
        waiting = np.repeat(layer, np.diff(forward)[layer])
        codes = np.concatenate(
            (
                np.repeat(layer, np.diff(own.offsets)[layer]) * count
                + own_kind[row_arcs(own.offsets, layer)],
                np.repeat(waiting, pool.width[following]) * count + pool.gather(following),
            )
        )
        codes = np.unique(codes)
        pool.add(codes // count, codes % count)
        reached, times = np.unique(before[row_arcs(backward, layer)], return_counts=True)
        left[reached] -= times
        layer = reached[left[reached] == 0]
    states, which = pool.everything()
    return Signatures.from_pairs(n, states, kinds[which, 0], kinds[which, 1])


class _Pool:
    """Rows of kinds that are added layer by layer and looked up by state."""

    __slots__ = ("begin", "data", "states", "used", "width")

    def __init__(self, n: int) -> None:
        self.begin: Indices = np.zeros(n, dtype=np.int64)
        self.width: Indices = np.zeros(n, dtype=np.int64)
        self.data: Indices = np.empty(max(n, 16), dtype=np.int64)
        self.states: Indices = np.empty(max(n, 16), dtype=np.int64)
        self.used = 0

    def gather(self, states: Indices) -> Indices:
        """Return the rows of some states, one after the other."""
        widths = self.width[states]
        ends = np.cumsum(widths)
        total = int(ends[-1]) if len(ends) else 0
        shift = np.repeat(self.begin[states] - (ends - widths), widths)
        found: Indices = self.data[np.arange(total, dtype=np.int64) + shift]
        return found

    def add(self, states: Indices, kinds: Indices) -> None:
        """Add the rows of new states, sorted by state."""
        end = self.used + len(states)
        while end > len(self.data):
            self.data = np.concatenate((self.data, np.empty_like(self.data)))
            self.states = np.concatenate((self.states, np.empty_like(self.states)))
        self.data[self.used : end] = kinds
        self.states[self.used : end] = states
        new, first, widths = np.unique(states, return_index=True, return_counts=True)
        self.begin[new] = self.used + first
        self.width[new] = widths
        self.used = end

    def everything(self) -> tuple[Indices, Indices]:
        """Return all states and kinds."""
        return self.states[: self.used], self.data[: self.used]
