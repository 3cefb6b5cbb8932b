"""Signatures for strong bisimilarity."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from transition_systems.equivalences.refinement import Signatures
from transition_systems.lts import LTS

__all__ = ["strong_signatures"]

Indices = NDArray[np.int64]


def strong_signatures(lts: LTS) -> Callable[[Indices], Signatures]:
    """Return the function that gives each state the pairs (label, block of a successor).

    Two states are strongly bisimilar exactly when they are in one block of the coarsest partition
    that refines ``final`` and in which equal blocks have equal signatures (R. Milner,
    Communication and Concurrency, 1989).

    Examples
    --------
    >>> lts = LTS.from_arcs(2, [(0, "a", 1)])
    >>> sorted(strong_signatures(lts)(np.array([4, 7])).of(0))
    [(2, 7)]
    """
    sources, labels = lts.sources, lts.labels.astype(np.int64)

    def signatures(block: Indices) -> Signatures:
        return Signatures.from_pairs(lts.n_states, sources, labels, block[lts.targets])

    return signatures
