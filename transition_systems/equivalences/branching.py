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
        order, before = csr_order(targets[inert], n)
        return _closed(found, before, sources[inert][order])

    return signatures


def _closed(own: Signatures, before: Indices, earlier: Indices) -> Signatures:
    """Add to each state what the states after its inert steps can do.

    ``before`` and ``earlier`` are the inert arcs turned around: int64 (n + 1,) and sources.
    """
    n = len(own.offsets) - 1
    if len(own.labels) == 0:
        return own
    pairs = np.stack((own.labels, own.blocks), axis=1)
    kinds, kind = np.unique(pairs, axis=0, return_inverse=True)
    count = len(kinds)
    states = np.repeat(np.arange(n, dtype=np.int64), np.diff(own.offsets))
    known: Indices = np.unique(states * count + kind.reshape(-1).astype(np.int64))
    frontier: Indices = known
    while True:
        at: Indices = np.asarray(frontier // count, dtype=np.int64)
        reached = earlier[row_arcs(before, at)]
        carried = np.repeat(frontier % count, before[at + 1] - before[at])
        frontier = np.setdiff1d(reached * count + carried, known)
        if len(frontier) == 0:
            break
        known = np.union1d(known, frontier)
    which: Indices = known % count
    whose: Indices = np.asarray(known // count, dtype=np.int64)
    return Signatures.from_pairs(n, whose, kinds[which, 0], kinds[which, 1])
