"""Signatures for strong bisimilarity."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cached_property
from math import inf

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import distinct, row_arcs
from transition_systems.equivalences.graph import Graph
from transition_systems.equivalences.partition import Partition, Views
from transition_systems.equivalences.signatures import (
    PACKED_BITS,
    SINGLE,
    Rows,
    Tick,
    grouped_rows,
    grouped_words,
    no_limit,
    packed_rows,
)

__all__ = ["StrongSignatures"]

Indices = NDArray[np.int64]

SCANS = 4
WORD = 64


class StrongSignatures:
    """The pairs (label, block of a successor) of each state.

    Two states are strongly bisimilar exactly when they are in one block of the coarsest partition
    that refines the given classes and in which the states of a block have equal signatures
    (R. Milner, Communication and Concurrency, 1989). A pair is coded as the label in the bits above
    those of the block.

    Examples
    --------
    >>> arcs = np.array([0, 1, 1]), np.array([2]), np.array([1])
    >>> graph = Graph(*arcs, np.array([0, 0]), 3)
    >>> StrongSignatures(graph).rows(np.array([0]), Partition(graph.classes)).codes.tolist()
    [8]
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.bits = max(1, graph.n).bit_length()
        self.limit = graph.n_labels << self.bits
        self.high = graph.labels << self.bits
        self._high = self.high.data
        self._targets = graph.targets.data
        self._offsets = graph.offsets.data
        self.work, self.allowed = 0, inf
        self.tick: Tick = no_limit
        self._scanned = 0
        self._views: tuple[memoryview, ...] | None = None

    def groups(self, partition: Partition, states: Indices) -> Indices:
        """Return the group of each state, numbered block after block."""
        home = partition.block[states]
        words = self.words(states, partition)
        if words is not None:
            self.work += len(states)
            return grouped_words(home, *words)
        rows = self.rows(states, partition)
        self.work += len(states) + len(rows.codes)
        return grouped_rows(home, partition.count, rows)

    def rows(self, states: Indices, partition: Partition) -> Rows:
        """Return the signatures of some states, sorted."""
        graph = self.graph
        if self._is_every(states):
            return self._all_rows(partition)
        widths = graph.offsets[states + 1] - graph.offsets[states]
        offsets = np.zeros(len(states) + 1, dtype=np.int64)
        np.cumsum(widths, out=offsets[1:])
        arcs = row_arcs(graph.offsets, states)
        codes = partition.block.take(graph.targets.take(arcs))
        codes |= self.high.take(arcs)
        return packed_rows(offsets, codes, self.limit)

    def _is_every(self, states: Indices) -> bool:
        return len(states) == self.graph.n and bool((states[1:] > states[:-1]).all())

    def _all_rows(self, partition: Partition) -> Rows:
        graph = self.graph
        codes = partition.block.take(graph.targets)
        if self._every is None:
            codes |= self.high
            return packed_rows(graph.offsets, codes, self.limit)
        codes |= self._every
        codes.sort()
        codes &= (1 << self.limit.bit_length()) - 1
        return Rows(graph.offsets, codes)

    @cached_property
    def _every(self) -> Indices | None:
        """The codes of all arcs without their blocks, the source above them; None if too long."""
        bits = self.limit.bit_length()
        if bits + self.graph.n.bit_length() > PACKED_BITS:
            return None
        high = self.graph.sources << bits
        high |= self.high
        return high

    def words(self, states: Indices, partition: Partition) -> tuple[NDArray[np.uint64], int] | None:
        """Return each signature as a set of bits, and how many bits, while these are few."""
        graph, count = self.graph, partition.count
        if count > WORD or (bits := graph.dense_labels[1] * count) + count.bit_length() > WORD:
            return None
        labels, heads, offsets = graph.dense_labels[0], graph.targets, graph.offsets
        if not self._is_every(states):
            arcs = row_arcs(graph.offsets, states)
            labels, heads = labels.take(arcs), heads.take(arcs)
            offsets = np.zeros(len(states) + 1, dtype=np.int64)
            np.cumsum(graph.offsets[states + 1] - graph.offsets[states], out=offsets[1:])
        codes = labels * np.uint64(count)
        if count > 1:
            codes += partition.block.take(heads).view(np.uint64)
        np.left_shift(np.uint64(1), codes, out=codes)
        found = np.zeros(len(states), dtype=np.uint64)
        some = np.flatnonzero(offsets[1:] > offsets[:-1])
        if len(some):
            found[some] = np.bitwise_or.reduceat(codes, offsets[some])
        return found, bits

    def keys(self, states: Sequence[int], partition: Views) -> list[Hashable]:
        """Return the signatures of a few states: one code, or a set of none or several."""
        offsets, high, targets = self._offsets, self._high, self._targets
        block = partition.block
        found: list[Hashable] = []
        for state in states:
            begin, end = offsets[state], offsets[state + 1]
            if end - begin == 1:
                found.append(high[begin] + block[targets[begin]])
            else:
                codes = {high[arc] + block[targets[arc]] for arc in range(begin, end)}
                self.work += SINGLE * (end - begin)
                found.append(codes.pop() if len(codes) == 1 else frozenset(codes))
        return found

    def affected(self, moved: Indices, partition: Partition) -> Indices:
        """Return the states whose signatures a change of blocks may touch, each once."""
        graph = self.graph
        if 8 * len(moved) < graph.n and self._scanned > SCANS * len(graph.targets):
            sources = graph.sources_of(moved)
            return distinct(sources[partition.size[partition.block[sources]] > 1])
        self._scanned += graph.n
        open_ = np.flatnonzero(partition.size.take(partition.block) > 1)
        if len(open_) == 0:
            return open_
        changed = np.zeros(graph.n, dtype=np.bool_)
        changed[moved] = True
        if len(open_) == graph.n:
            touched = graph.sources.compress(changed.take(graph.targets))
        else:
            arcs = row_arcs(graph.offsets, open_)
            widths = graph.offsets[open_ + 1] - graph.offsets[open_]
            self._scanned += len(arcs)
            touched = np.repeat(open_, widths).compress(changed.take(graph.targets.take(arcs)))
        changed[:] = False
        changed[touched] = True
        return np.flatnonzero(changed)

    def affected_by_few(self, moved: Sequence[int], partition: Partition) -> list[int]:
        """Return what :meth:`affected` does, for a few states."""
        if self._views is None:
            if self._scanned <= SCANS * len(self.graph.targets):
                states = np.array(moved, dtype=np.int64)
                near: list[int] = self.affected(states, partition).tolist()
                return near
            self._views = tuple(array.data for array in self.graph.backward)
        offsets, sources = self._views
        block, size = partition.views.block, partition.views.size
        touched = {
            source
            for state in moved
            for source in sources[offsets[state] : offsets[state + 1]]
            if size[block[source]] > 1
        }
        return list(touched)

    def few(self) -> int:
        """Return no more states than usual: arrays cost what the touched states do."""
        return 0

    def unsettled(self, partition: Partition) -> Indices:
        """Return no states: signatures are compared exactly in each round."""
        return partition.states[:0]
