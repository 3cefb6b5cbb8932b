"""Firing all transitions of a net at once on few states: counters with guard bits.

Each place has a counter and above it a guard, 0 in every stored state. With all guards set, one
subtraction a word compares all places of a state with the needs of a transition: a guard that is
still set tells that there were enough tokens. After a firing, a guard that is set tells that a
counter outgrew its bits. That needs no plan of a layout, and a handful of array operations for a
block whatever the number of transitions, so it is fastest for small nets.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from petri.incidence import ArcTable
from petri.net import PetriNet
from petri.state_space.scalar_game import ScalarGame
from petri.state_space.state_layout import Field, StateLayout
from transition_systems.protocols import BlockError, WidthError

__all__ = ["ARC_BYTES", "MOST_BYTES", "GuardedFiring"]

Words = NDArray[np.uint64]

CHUNK_CELLS = 1 << 21
# Bytes that the successors of a block may take, unless the caller says otherwise.
MOST_BYTES = 1 << 28
# What an arc takes besides its target: the source and the label.
ARC_BYTES = 16
FEW_ROWS = 4_096
# How often counters are widened one by one.
SINGLY = 3
# What a level costs with arrays, and for each word, in arcs on integers.
LEVEL = 120.0
WORD = 20.0
ONE = np.uint64(1)


class GuardedFiring:
    """The token game of a net on counters with guards.

    Parameters
    ----------
    net
        Any place/transition net.
    bits
        Bits of the counter of each place, guard excluded, enough for every weight of an arc; by
        default those of the weights and the initial marking.

    Raises
    ------
    OverflowError
        When a counter and its guard need more than 62 bits.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> game = GuardedFiring(net)
    >>> source, label, target = game.successors(np.ascontiguousarray(
    ...     game.layout.pack(np.array([[1, 0]])).T))
    >>> game.unpack(target).tolist()
    [[0, 1]]
    """

    def __init__(self, net: PetriNet, bits: Sequence[int] | None = None) -> None:
        self.net = net
        self.widened = 0
        self.bits = _least_bits(net) if bits is None else list(bits)
        fields = [
            Field(places=(place,), base=1 << (b + 1), unit=False, proved=False)
            for place, b in enumerate(self.bits)
        ]
        self.layout = layout = StateLayout(len(self.bits), fields, ())
        self._word = np.array(layout.word, dtype=np.int64)
        self._shift = np.array(layout.shift, dtype=np.uint64)
        top = np.array(self.bits, dtype=np.uint64)
        self._mask = (ONE << top) - ONE
        self._guard_shift = self._shift + top
        self._guards = np.zeros(layout.words, dtype=np.uint64)
        np.bitwise_or.at(self._guards, self._word, ONE << self._guard_shift)
        needs = self._packed_arcs(net.pre_arcs)
        self._change = self._packed_arcs(net.post_arcs) - needs
        self._needs = [
            (word, used, needs[used, word])
            for word in range(layout.words)
            if len(used := needs[:, word].nonzero()[0])
        ]

    def _packed_arcs(self, arcs: ArcTable) -> Words:
        """Return the weights of arcs as words, uint64 of shape (n_transitions, words)."""
        count = len(arcs.offsets) - 1
        sums = np.zeros((count, self.layout.words), dtype=np.uint64)
        transitions = np.repeat(np.arange(count), np.diff(arcs.offsets))
        shifted = arcs.weights.astype(np.uint64) << self._shift[arcs.places]
        np.add.at(sums, (transitions, self._word[arcs.places]), shifted)
        return sums

    def enabled(self, block: Words) -> NDArray[np.bool_]:
        """Return which transitions are enabled in each state, bool of shape (n, n_transitions)."""
        count = len(self._change)
        result = np.empty((len(block), count), dtype=bool)
        step = max(1, CHUNK_CELLS // max(1, count))
        for start in range(0, len(block), step):
            part = block[start : start + step] | self._guards
            ok = result[start : start + step]
            ok[:] = True
            for word, used, needed in self._needs:
                guard = self._guards[word]
                left = part[:, word, None] - needed
                left &= guard
                ok[:, used] &= left == guard
        return result

    def alive(self, block: Words) -> NDArray[np.bool_]:
        """Return in which states some transition is enabled, bool (n,)."""
        return np.asarray(self.enabled(block).any(axis=1))

    def successors(
        self, block: Words, most_bytes: int = MOST_BYTES
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], Words]:
        """Return all firings from a block of states, uint64 (n, words), sorted by source.

        Raises
        ------
        WidthError
            When a counter outgrew its bits; :meth:`wider` gives the next ones.
        BlockError
            When the firings from several states would take more than ``most_bytes``.
        """
        cells = len(block) * len(self._change)
        if cells > most_bytes and len(block) > 1:
            raise BlockError(max(1, most_bytes // len(self._change)))
        source, label = self.enabled(block).nonzero()
        most = most_bytes // (8 * self.layout.words + ARC_BYTES)
        if len(source) > most and len(block) > 1:
            raise BlockError(max(1, int(source[most])))  # all arcs of these states fit
        target = block.take(source, axis=0)
        target += self._change.take(label, axis=0)
        met = np.bitwise_or.reduce(target, axis=0) & self._guards
        if met.any():
            grown = (met[self._word] >> self._guard_shift) & ONE
            self._outgrown = grown.nonzero()[0]
            raise WidthError(f"{len(self._outgrown)} places outgrew their fields")
        return source, label.astype(np.int32), target

    def integers(self) -> ScalarGame:
        """Return the game on integers, for few states at a time."""
        offsets, places, weights = (part.tolist() for part in self.net.pre_arcs)
        arcs = [*zip(places, weights, strict=True)]
        tests = [tuple(arcs[start:stop]) for start, stop in pairwise(offsets)]
        worth = LEVEL + WORD * self.layout.words
        return ScalarGame(self.net, self.layout, tests, guarded=True, worth=worth)

    def wider(self) -> GuardedFiring:
        """Return the game with more bits for the counters that were too narrow.

        After a few times all counters that are as narrow get them, as each time costs a rebuilding.
        """
        bits = list(self.bits)
        outgrown = set(self._outgrown.tolist())
        most = max(bits[place] for place in outgrown) if self.widened >= SINGLY else -1
        for place, width in enumerate(bits):
            if place in outgrown or width <= most:
                bits[place] = width + 1 if width < 4 else 2 * width
        try:
            wider = GuardedFiring(self.net, bits)
        except OverflowError:
            if most < 0:
                raise
            self.widened = 0
            return self.wider()
        wider.widened = self.widened + 1
        return wider

    def unpack(self, rows: Words) -> NDArray[np.int64]:
        """Return the markings of states, int64 of shape (n, n_places)."""
        if len(rows) > FEW_ROWS:
            return self.layout.unpack(list(rows.T))
        tokens = rows[:, self._word] >> self._shift
        tokens &= self._mask
        return tokens.view(np.int64)

    def pack(self, markings: NDArray[np.int64]) -> Words:
        """Return markings, int64 of shape (n, n_places), as rows of words."""
        return np.ascontiguousarray(self.layout.pack(markings).T)


def _least_bits(net: PetriNet) -> list[int]:
    largest = np.maximum(net.initial.to_array(net.place_ids), 1)
    for _, places, weights in (net.pre_arcs, net.post_arcs):
        np.maximum.at(largest, places, weights)
    return [value.bit_length() for value in largest.tolist()]
