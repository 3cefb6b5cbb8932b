"""A Petri net as an explicit system: packed markings, all transitions compared at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from transition_systems.packing import FieldLayout
from transition_systems.protocols import WidthError

__all__ = ["PackedNet"]

Words = NDArray[np.uint64]

CHUNK_CELLS = 1 << 21
BLOCK_CELLS = 1 << 25


class PackedNet:
    """The token game of a net on packed markings (implements ``ExplicitSystem``).

    Fields start as narrow as the initial marking and the weights allow and grow when a marking
    does not fit, so no bound has to be known beforehand. Labels are the transitions' indices.

    Parameters
    ----------
    net
        Any place/transition net.

    Examples
    --------
    >>> from petri import PetriNet
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> system = PackedNet(net)
    >>> source, label, target = system.successors(system.initial())
    >>> system.layout.unpack(target).tolist()
    [[0, 1]]
    """

    def __init__(self, net: PetriNet) -> None:
        self.net = net
        self._pre = _rows(net.pre_arcs, len(net.transition_ids))
        self._post = _rows(net.post_arcs, len(net.transition_ids))
        self._initial = net.initial.to_array(net.place_ids)
        largest = np.maximum(self._initial, 1)
        for _, places, weights in (*self._pre, *self._post):
            np.maximum.at(largest, places, weights)
        self._use([int(value).bit_length() for value in largest])

    @property
    def block(self) -> int:
        """How many states to expand at a time: few enough to look at the clock often."""
        cells = max(1, len(self._pre_words) + self.layout.words)
        return max(64, min(1 << 15, BLOCK_CELLS // cells))

    @property
    def labels(self) -> Sequence[str]:
        """The transitions' ids."""
        return self.net.transition_ids

    def _use(self, bits: Sequence[int]) -> None:
        """Lay out the fields anew; compile pre vectors and differences."""
        self.layout = layout = FieldLayout(list(bits))
        count, words = len(self.net.transition_ids), layout.words
        self._pre_words = np.zeros((count, words), dtype=np.uint64)
        self._delta_words = np.zeros((count, words), dtype=np.uint64)
        shift = layout.shift.astype(np.uint64)
        for transition, places, weights in self._pre:
            shifted = weights.astype(np.uint64) << shift[places]
            np.add.at(self._pre_words[transition], layout.word[places], shifted)
            np.subtract.at(self._delta_words[transition], layout.word[places], shifted)
        for transition, places, weights in self._post:
            shifted = weights.astype(np.uint64) << shift[places]
            np.add.at(self._delta_words[transition], layout.word[places], shifted)

        self._needs = [
            (word, used, self._pre_words[used, word])
            for word in range(words)
            if len(used := np.flatnonzero(self._pre_words[:, word]))
        ]

    def initial(self) -> Words:
        """Return the packed initial marking, uint64 of shape (1, w)."""
        return self.layout.pack(self._initial[None, :])

    def enabled(self, block: Words) -> NDArray[np.bool_]:
        """Return which transitions are enabled in each state, bool of shape (n, n_transitions)."""
        count = len(self._pre_words)
        result = np.empty((len(block), count), dtype=bool)
        guards = self.layout.guards
        step = max(1, CHUNK_CELLS // max(1, count))
        for start in range(0, len(block), step):
            part = block[start : start + step] | guards
            ok = result[start : start + step]
            ok[:] = True
            for word, used, needed in self._needs:
                guard = guards[word]
                left = part[:, word, None] - needed
                ok[:, used] &= (left & guard) == guard
        return result

    def successors(self, block: Words) -> tuple[NDArray[np.int64], NDArray[np.int32], Words]:
        """Return all firings from a block of packed markings, sorted by source.

        Raises
        ------
        WidthError
            When a counter outgrows its field; the fields to widen are remembered.
        """
        source, label = np.nonzero(self.enabled(block))
        target = block[source] + self._delta_words[label]
        outgrown = self.layout.outgrown(target)
        if outgrown:
            self._outgrown = outgrown
            raise WidthError(f"{len(outgrown)} places outgrew their fields")
        return source.astype(np.int64, copy=False), label.astype(np.int32), target

    def decode(self, row: Words) -> NDArray[np.int64]:
        """Return one marking as int64 of shape (n_places,)."""
        marking: NDArray[np.int64] = self.layout.unpack(row[None, :])[0]
        return marking

    def reencode(self, seen: Words) -> Words:
        """Widen the fields that were too narrow and pack the given states anew."""
        markings = self.layout.unpack(seen)
        bits = self.layout.bits.copy()
        for place in self._outgrown:
            bits[place] = bits[place] + 1 if bits[place] < 4 else 2 * bits[place]
        self._use([int(b) for b in bits])
        return self.layout.pack(markings)


def _rows(
    arcs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    transitions: int,
) -> list[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
    offsets, nodes, weights = arcs
    return [
        (t, nodes[offsets[t] : offsets[t + 1]], weights[offsets[t] : offsets[t + 1]])
        for t in range(transitions)
    ]
