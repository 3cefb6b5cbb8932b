"""Inductive signatures for branching bisimilarity: no longer than the arcs of a state.

The signature of a state has its steps that leave the block, and for each silent step inside the
block what comes out for its target. Where all but that is in the signature of the target, the
silent step is inert as far as one can see, and the state has the signature of its target. Unlike
the sets of all that can be done after inert steps, these do not grow along silent paths.

S. Blom, J. van de Pol, Distributed branching bisimulation minimization by inductive signatures,
PDMC 2009 (EPTCS 14).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from transition_systems.equivalences.branching import BranchingSignatures
from transition_systems.equivalences.graph import Graph
from transition_systems.equivalences.hashed_sets import HashedSets, joined, mixed_one
from transition_systems.equivalences.partition import Partition, Views
from transition_systems.equivalences.signatures import grouped_keys, hashed_sets
from transition_systems.equivalences.stability import is_stable

__all__ = ["InductiveSignatures"]

Indices = NDArray[np.int64]
Hashes = NDArray[np.uint64]

MOST_KNOWN = 200_000
PASSED = 16


class InductiveSignatures(BranchingSignatures):
    """Hashes of inductive signatures; what they leave together is compared exactly at the end.

    Equal signatures have equal hashes as long as the seed stays, so that a collision can only keep
    blocks together; :meth:`unsettled` finds that, and refinement goes on with another seed.
    """

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self.seed = 0
        self._passed = 0
        # What small rounds found for states that were not touched since.
        self._known: dict[int, tuple[int, frozenset[int]]] = {}

    def groups(self, partition: Partition, states: Indices) -> Indices:
        """Return the group of each state, numbered block after block, by hashed signatures."""
        self._known.clear()
        home = partition.block[states].astype(np.uint64)
        bits = np.uint64(max(1, partition.count.bit_length()))
        key = (home << (np.uint64(64) - bits)) | (self.hashes(states, partition) >> bits)
        return grouped_keys(key, shortened=self.seed == 0)[0]

    def few(self) -> int:
        """Return a share of the states that inert steps led to in the last round on arrays.

        One by one, what is known of these is not computed again.
        """
        return self._passed // PASSED if self._passed < MOST_KNOWN else 0

    def hashes(self, states: Indices, partition: Partition) -> Hashes:
        """Return the hash of the signature of each state, uint64."""
        own, tails, heads = self.own_rows(states, partition)
        self._passed = len(own.offsets) - 1 - len(states)
        if len(tails) == 0:
            return hashed_sets(own, self.seed)
        table = HashedSets(own, self.seed, self.allowed - self.work, self.tick)
        table.hand_up(tails, heads)
        self.work += table.work
        return table.hashes[: len(states)]

    def keys(self, states: Sequence[int], partition: Views) -> list[Hashable]:
        """Return what :meth:`hashes` does, for a few states.

        All states that were touched since the last round are among those of some call, before any
        state in their block is asked for again: what is known of others is still true.
        """
        seed, known = self.seed, self._known
        if len(known) > MOST_KNOWN:
            known.clear()
        for state in states:
            known.pop(state, None)

        def join(
            codes: frozenset[int], below: list[tuple[int, frozenset[int]]]
        ) -> tuple[int, frozenset[int]]:
            return joined({mixed_one(code, seed) for code in codes}, below, seed)

        self.visit(states, partition, known, join)
        return [known[state][0] for state in states]

    def unsettled(self, partition: Partition) -> Indices:
        """Return no states where the partition is stable; else all that may move, and reseed."""
        if is_stable(self.graph, self.silent.inside, partition.block, partition.count):
            return partition.states[:0]
        self.seed += 2
        self._known.clear()
        return np.flatnonzero(partition.size[partition.block] > 1)
