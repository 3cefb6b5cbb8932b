"""Partition refinement by signatures, remembering how each block was split.

A round gives every state its signature, the set of pairs (label, block) that it can do, and splits
each block by signature, until nothing is split. Blocks have numbers that are never used again, so
the splits form a forest: from it a distinguishing formula is read (``distinguish.py``).

S. Blom, S. Orzan, Distributed branching bisimulation reduction of state spaces, ENTCS 89 (2003);
R. Wimmer et al., Sigref, ATVA 2006.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.csr import row_arcs
from transition_systems.progress import Progress, ProgressCallback

__all__ = ["Refinement", "Signatures", "refine"]

Indices = NDArray[np.int64]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Signatures:
    """The signatures of all states in one round, as sorted rows without repetition.

    ``offsets`` is int64 (n + 1,); ``labels`` and ``blocks`` are int64 (k,).
    """

    offsets: Indices
    labels: Indices
    blocks: Indices

    @classmethod
    def from_pairs(cls, n: int, states: Indices, labels: Indices, blocks: Indices) -> Signatures:
        """Sort pairs by state, label and block and drop repetitions."""
        order = np.lexsort((blocks, labels, states))
        states, labels, blocks = states[order], labels[order], blocks[order]
        keep = np.ones(len(states), dtype=np.bool_)
        keep[1:] = (np.diff(states) != 0) | (np.diff(labels) != 0) | (np.diff(blocks) != 0)
        states = states[keep]
        offsets = np.zeros(n + 1, dtype=np.int64)
        np.cumsum(np.bincount(states, minlength=n), out=offsets[1:])
        return cls(offsets, labels[keep], blocks[keep])

    def of(self, state: int) -> frozenset[Pair]:
        """Return the signature of one state."""
        begin, end = int(self.offsets[state]), int(self.offsets[state + 1])
        labels, blocks = self.labels[begin:end].tolist(), self.blocks[begin:end].tolist()
        return frozenset(zip(labels, blocks, strict=True))


@dataclass(slots=True)
class Refinement:
    """A partition and the forest of its splits.

    ``block`` is int64 (n,), the block of each state; ``parent``, ``signature`` and ``member`` give
    for each block ever made the block that it was split from (-1 for a root), the signature that
    made it, and one of its states. ``stable`` tells whether refinement came to its end.
    """

    block: Indices
    parent: list[int]
    signature: list[frozenset[Pair]]
    member: list[int]
    rounds: int = 0
    stable: bool = False
    reason: str | None = None
    depth: list[int] = field(default_factory=list[int])

    @property
    def n_blocks(self) -> int:
        """The number of blocks of the partition."""
        return len(np.unique(self.block))


def _mixed(values: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """Return well-mixed 64-bit values (the finaliser of SplitMix64)."""
    mixed = values + np.uint64((0x9E3779B97F4A7C15 * (seed + 1)) % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def _grouped(block: Indices, signatures: Signatures) -> tuple[Indices, Indices]:
    """Return for each state the number of its (block, signature), and a state of each group.

    States are grouped by a hash, and the groups are then compared exactly; a collision only costs
    another hash.
    """
    offsets = signatures.offsets
    seed = 0
    while True:
        labels = _mixed(signatures.labels.astype(np.uint64), seed)
        hashes = _mixed(labels ^ signatures.blocks.astype(np.uint64), seed + 1)
        sums = np.zeros(len(hashes) + 1, dtype=np.uint64)
        np.cumsum(hashes, out=sums[1:])
        total = sums[offsets[1:]] - sums[offsets[:-1]]
        order = np.lexsort((total, block))
        first = np.ones(len(order), dtype=np.bool_)
        first[1:] = (np.diff(block[order]) != 0) | (total[order][1:] != total[order][:-1])
        group = np.empty(len(order), dtype=np.int64)
        group[order] = np.cumsum(first) - 1
        members: Indices = order[first].astype(np.int64)
        if _same_rows(signatures, members[group]):
            return group, members
        seed += 2


def _same_rows(signatures: Signatures, other: Indices) -> bool:
    widths = np.diff(signatures.offsets)
    if not np.array_equal(widths, widths[other]):
        return False
    there = row_arcs(signatures.offsets, other)
    same_labels = np.array_equal(signatures.labels, signatures.labels[there])
    return same_labels and np.array_equal(signatures.blocks, signatures.blocks[there])


def _start(classes: Indices) -> Refinement:
    values, first, inverse = np.unique(classes, return_index=True, return_inverse=True)
    count = len(values)
    return Refinement(
        block=inverse.reshape(-1).astype(np.int64),
        parent=[-1] * count,
        signature=[frozenset() for _ in range(count)],
        member=[int(state) for state in first],
        depth=[0] * count,
    )


def refine(
    classes: Indices,
    signatures_of: Callable[[Indices], Signatures],
    meter: Meter,
    *,
    stop: Callable[[Indices], bool] | None = None,
    progress: ProgressCallback | None = None,
) -> Refinement:
    """Refine a partition until states of one block have equal signatures.

    Parameters
    ----------
    classes
        The first partition, int64 (n,).
    signatures_of
        Gives the signatures under a partition.
    meter
        When it is exhausted, refinement ends with a reason.
    stop
        Asked after each round whether what is known is enough.
    progress
        Called after each round.

    Returns
    -------
    Refinement
        ``stable`` when nothing was left to split.

    Notes
    -----
    A round takes O(m log m) for m pairs; at most n rounds.
    """
    found = _start(classes)
    while True:
        if stop is not None and stop(found.block):
            return found
        found.reason = meter.exhausted(states=len(classes))
        if found.reason is not None:
            return found
        signatures = signatures_of(found.block)
        group, members = _grouped(found.block, signatures)
        old = found.block[members]
        split = np.bincount(old, minlength=len(found.parent))[old] > 1
        if not split.any():
            found.stable = True
            return found
        found.rounds += 1
        number = old.copy()
        fresh = np.flatnonzero(split)
        number[fresh] = len(found.parent) + np.arange(len(fresh))
        for made in fresh.tolist():
            parent, member = int(old[made]), int(members[made])
            found.parent.append(parent)
            found.signature.append(signatures.of(member))
            found.member.append(member)
            found.depth.append(found.depth[parent] + 1)
        found.block = number[group]
        if progress is not None:
            progress(
                Progress(
                    stage="partition refinement",
                    states=len(np.unique(number)),
                    frontier=len(fresh),
                    seconds=meter.seconds,
                )
            )
