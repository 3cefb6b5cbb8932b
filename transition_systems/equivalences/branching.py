"""Signatures for branching bisimilarity, blind to divergence or not."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from math import inf
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import distinct, row_arcs
from transition_systems.equivalences.closure import closed_rows, closed_words
from transition_systems.equivalences.graph import Graph
from transition_systems.equivalences.partition import Partition, Views
from transition_systems.equivalences.signatures import (
    SINGLE,
    Rows,
    Tick,
    grouped_rows,
    grouped_words,
    no_limit,
    packed_rows,
)
from transition_systems.equivalences.silent import SilentSteps

__all__ = ["BranchingSignatures"]

Indices = NDArray[np.int64]

Found = TypeVar("Found")

SCANS = 4
WORD = 64


class BranchingSignatures:
    """The pairs (label, block) that a state can do after silent steps inside its block.

    A silent step that stays in the block gives no pair. Two states are branching bisimilar exactly
    when they are in one block of the coarsest partition that refines the classes and in which the
    states of a block have equal signatures; with a loop of a label of its own on each divergent
    state, divergence is respected, too. The graph must come from :mod:`.silent_cycles`.

    R. van Glabbeek, W. Weijland, Branching time and abstraction in bisimulation semantics, J. ACM
    43 (1996); S. Blom, J. van de Pol, Distributed branching bisimulation minimization by inductive
    signatures, PDMC 2009.

    Examples
    --------
    >>> arcs = np.array([0, 1, 2]), np.array([0, 2]), np.array([1, 1])
    >>> graph = Graph(*arcs, np.array([0, 0]), 3)
    >>> BranchingSignatures(graph).rows(np.array([0]), Partition(graph.classes)).codes.tolist()
    [8]
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.silent = SilentSteps(graph)
        self.bits = max(1, graph.n).bit_length()
        self.limit = graph.n_labels << self.bits
        self.high = graph.labels << self.bits
        self.work, self.allowed = 0, inf
        self.tick: Tick = no_limit
        self._scanned = 0
        self._views: tuple[memoryview, ...] | None = None
        self._local: Indices = np.zeros(graph.n, dtype=np.int64)
        self._arcs = (
            graph.offsets.data, self.high.data, graph.targets.data, self.silent.inside.data
        )  # fmt: skip

    def groups(self, partition: Partition, states: Indices) -> Indices:
        """Return the group of each state, numbered block after block."""
        home = partition.block[states]
        words = self.words(states, partition)
        if words is not None:
            return grouped_words(home, *words)
        return grouped_rows(home, partition.count, self.rows(states, partition))

    def rows(self, states: Indices, partition: Partition) -> Rows:
        """Return the signatures of some states, sorted."""
        own, tails, heads = self.own_rows(states, partition)
        if len(tails) == 0:
            return own
        return closed_rows(own, tails, heads, len(states), self.limit, tick=self.tick)

    def own_rows(self, states: Indices, partition: Partition) -> tuple[Rows, Indices, Indices]:
        """Return what some states and those after inert steps do themselves, and these steps.

        The given states are the first rows; tails and heads of the steps are rows.
        """
        graph, block = self.graph, partition.block
        every = states if len(states) == graph.n else self.silent.after(states, block)
        arcs = row_arcs(graph.offsets, every)
        widths = graph.offsets[every + 1] - graph.offsets[every]
        owner = np.repeat(np.arange(len(every), dtype=np.int64), widths)
        self.work += len(every) + len(arcs)
        heads = graph.targets.take(arcs)
        codes = block.take(heads)
        inert = self.silent.inside.take(arcs)
        inert &= codes == np.repeat(block[every], widths)
        codes |= self.high.take(arcs)
        offsets = np.zeros(len(every) + 1, dtype=np.int64)
        if not inert.any():
            np.cumsum(widths, out=offsets[1:])
            return packed_rows(offsets, codes, self.limit), owner[:0], owner[:0]
        keep = ~inert
        np.cumsum(np.bincount(owner.compress(keep), minlength=len(every)), out=offsets[1:])
        own = packed_rows(offsets, codes.compress(keep), self.limit)
        self._local[every] = np.arange(len(every))
        return own, owner[inert], self._local[heads[inert]]

    def words(self, states: Indices, partition: Partition) -> tuple[NDArray[np.uint64], int] | None:
        """Return each signature as a set of bits, and how many bits, while these are few."""
        graph, block, count = self.graph, partition.block, partition.count
        if len(states) != graph.n or count > WORD:
            return None
        labels, n_labels = graph.dense_labels
        bits = n_labels * count
        if bits + count.bit_length() > WORD:
            return None
        codes = labels * np.uint64(count)
        if count > 1:
            codes += block[graph.targets].astype(np.uint64)
        np.left_shift(np.uint64(1), codes, out=codes)
        inert = self.silent.inside & (block[graph.sources] == block[graph.targets])
        codes[inert] = 0
        found = np.zeros(graph.n, dtype=np.uint64)
        some = np.flatnonzero(np.diff(graph.offsets))
        if len(some):
            found[some] = np.bitwise_or.reduceat(codes, graph.offsets[some])
        closed = closed_words(found, graph.sources[inert], graph.targets[inert])
        return None if closed is None else (closed[states], bits)

    def keys(self, states: Sequence[int], partition: Views) -> list[Hashable]:
        """Return the signatures of a few states, as sets of codes."""
        known: dict[int, frozenset[int]] = {}
        self.visit(states, partition, known, lambda codes, below: codes.union(*below))
        return [known[state] for state in states]

    def visit(
        self,
        states: Sequence[int],
        partition: Views,
        known: dict[int, Found],
        join: Callable[[frozenset[int], list[Found]], Found],
    ) -> None:
        """Find something for a few states from their codes and what inert steps lead to."""
        offsets, high, targets, inside = self._arcs
        block = partition.block
        for root in states:
            waiting = [root]
            while waiting:
                state = waiting[-1]
                if state in known:
                    waiting.pop()
                    continue
                home = block[state]
                codes: set[int] = set()
                below: list[int] = []
                first, last = offsets[state], offsets[state + 1]
                self.work += SINGLE * (4 + last - first)
                for arc in range(first, last):
                    head = targets[arc]
                    if inside[arc] and block[head] == home:
                        below.append(head)
                    else:
                        codes.add(high[arc] | block[head])
                missing = [head for head in below if head not in known]
                if missing:
                    waiting += missing
                    continue
                known[state] = join(frozenset(codes), [known[head] for head in below])
                waiting.pop()

    def affected(self, moved: Indices, partition: Partition) -> Indices:
        """Return the states whose signatures a change of blocks may touch, each once."""
        graph, block = self.graph, partition.block
        if self._few(len(moved)):
            near = np.concatenate((graph.sources_of(moved), moved))
            near = distinct(near[partition.size[block[near]] > 1])
            return distinct(self.silent.before(near, block)) if len(near) else near
        self._scanned += graph.n
        open_ = np.flatnonzero(partition.size[block] > 1)
        if len(open_) == 0:
            return open_
        changed = np.zeros(graph.n, dtype=np.bool_)
        changed[moved] = True
        arcs = row_arcs(graph.offsets, open_)
        self._scanned += len(arcs)
        widths = graph.offsets[open_ + 1] - graph.offsets[open_]
        touched = np.repeat(open_, widths)[changed[graph.targets[arcs]]]
        changed[touched] = True
        near = open_[changed[open_]]
        if 2 * len(near) > len(open_) or len(near) == 0:
            return open_ if len(near) else near
        return np.sort(self.silent.before(near, block))

    def _few(self, moved: int) -> bool:
        return 8 * moved < self.graph.n and self._scanned > SCANS * len(self.graph.targets)

    def affected_by_few(self, moved: Sequence[int], partition: Partition) -> list[int]:
        """Return what :meth:`affected` does, for a few states."""
        if self._views is None:
            if not self._few(len(moved)):
                near: list[int] = self.affected(np.array(moved, np.int64), partition).tolist()
                return near
            silent = self.silent
            arrays = (*self.graph.backward, silent.backward_offsets, silent.backward)
            self._views = tuple(array.data for array in arrays)
        offsets, sources, rows, before = self._views
        block, size = partition.views.block, partition.views.size
        found = {
            source
            for state in moved
            for source in (state, *sources[offsets[state] : offsets[state + 1]])
            if size[block[source]] > 1
        }
        waiting = list(found)
        while waiting:
            state = waiting.pop()
            for other in before[rows[state] : rows[state + 1]]:
                if other not in found and block[other] == block[state]:
                    found.add(other)
                    waiting.append(other)
        self.work += SINGLE * len(found)
        return list(found)

    def few(self) -> int:
        """Return no more states than usual."""
        return 0

    def unsettled(self, partition: Partition) -> Indices:
        """Return no states: signatures are compared exactly in each round."""
        return partition.states[:0]
