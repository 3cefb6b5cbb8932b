"""A bounded net laid out in words with one bit for each replica.

Each place has as many planes as its bound needs bits; a plane is a row of words in each block.
What is stored is tokens plus an offset chosen so that one token above the bound does not fit:
exceeding a bound that was not proved is then the carry out of the highest plane.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.token_game.bit_words import FULL, Words, ones_below, unpack_bits

__all__ = ["BitLayout", "Slot", "layout_of", "slots_of"]

Int64 = NDArray[np.int64]


class Slot(NamedTuple):
    """What one transition does with one place.

    Parameters
    ----------
    row
        The row of the lowest plane.
    bits
        The number of planes.
    needed
        The least stored number with which the transition can fire, 0 where any will do.
    change
        What is added to the stored number.
    fixed
        Whether the row is one of the constant rows, which nothing may be written to.
    """

    row: int
    bits: int
    needed: int
    change: int
    fixed: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BitLayout:
    """Where the planes of each place are, and how replicas are arranged in blocks.

    Parameters
    ----------
    bits, first, offset
        For each place: planes, the row of the lowest, what is added to its tokens; int64
        (n_places,).
    bounds
        The largest number of tokens; int64 (n_places,).
    sizes
        Replicas in each block, int64 (n_blocks,).
    n_words
        Words of a block in a row.
    checked
        Whether the bounds are to be watched, as they were not proved.
    """

    bits: Int64
    first: Int64
    offset: Int64
    bounds: Int64
    sizes: Int64
    n_words: int
    checked: bool

    @property
    def zero(self) -> int:
        """The row that is always 0."""
        return int(self.bits.sum())

    @property
    def one(self) -> int:
        """The row that is always 1."""
        return self.zero + 1

    @property
    def trash(self) -> int:
        """The row that nobody reads."""
        return self.zero + 2

    @property
    def n_rows(self) -> int:
        """Rows of a block."""
        return self.zero + 3

    @property
    def safe(self) -> bool:
        """Whether each place is one plane without offset."""
        return bool((self.bits == 1).all() and not self.offset.any())

    def words_of(self, marking: Int64) -> Words:
        """Return all replicas in one marking, uint64 (n_blocks, n_rows, n_words)."""
        words = np.zeros((len(self.sizes), self.n_rows, self.n_words), dtype=np.uint64)
        words[:, self.one] = FULL
        for place, stored in enumerate((marking + self.offset).tolist()):
            for plane in range(int(self.bits[place])):
                if stored >> plane & 1:
                    words[:, int(self.first[place]) + plane] = FULL
        return words

    def valid(self) -> Words:
        """Return the bits that are replicas, uint64 (n_blocks, n_words)."""
        return ones_below(self.sizes, self.n_words)

    def tokens(self, words: Words, place: int) -> Int64:
        """Return the tokens of a place in each replica, int64 (n_replicas,)."""
        row, planes = int(self.first[place]), int(self.bits[place])
        tokens: Int64 = number_of(words[:, row : row + planes], self.sizes) - self.offset[place]
        return tokens


def number_of(planes: Words, sizes: Int64) -> Int64:
    """Return the numbers that planes hold, the lowest first, int64 (n_replicas,).

    Examples
    --------
    >>> planes = np.array([[[1], [3]]], dtype=np.uint64)
    >>> number_of(planes, np.array([3])).tolist()
    [3, 2, 0]
    """
    total = np.zeros(int(sizes.sum()), dtype=np.int64)
    for plane in range(planes.shape[1]):
        total += unpack_bits(planes[:, plane], sizes).astype(np.int64) << plane
    return total


def layout_of(
    bounds: Int64, *, replicas: int, blocks: int, checked: bool, planes: Int64 | None = None
) -> BitLayout:
    """Return the layout for places of these bounds.

    Parameters
    ----------
    bounds
        int64 (n_places,).
    replicas, blocks
        How many of each; sizes of blocks differ by at most one.
    checked
        Whether the bounds are to be watched.
    planes
        Planes of each place, where there are to be more than the bounds need.

    Examples
    --------
    >>> layout = layout_of(np.array([1, 4]), replicas=100, blocks=3, checked=True)
    >>> layout.bits.tolist(), layout.offset.tolist(), layout.sizes.tolist()
    ([1, 3], [0, 3], [34, 33, 33])
    """
    lengths = [max(1, bound.bit_length()) for bound in bounds.tolist()]
    bits = np.array(lengths, dtype=np.int64) if planes is None else planes
    offset = (1 << bits) - 1 - bounds if checked else np.zeros_like(bounds)
    share, rest = divmod(replicas, blocks)
    sizes = np.full(blocks, share, dtype=np.int64)
    sizes[:rest] += 1
    return BitLayout(
        bits=bits, first=np.cumsum(bits) - bits, offset=offset, bounds=bounds, sizes=sizes,
        n_words=-(-int(sizes.max()) // 64), checked=checked,
    )  # fmt: skip


def slots_of(net: PetriNet, layout: BitLayout) -> list[list[Slot]]:
    """Return for each transition its slots: the places that it needs or changes.

    Parameters
    ----------
    net
        The net.
    layout
        Its layout.

    Returns
    -------
    list of list of Slot
        What can never fire needs a one of the row that is always 0; what always exceeds a bound
        adds one to the row that is always 1.
    """
    result: list[list[Slot]] = []
    for number in range(len(net.transition_ids)):
        needs = dict(zip(*(part.tolist() for part in net.pre_arcs.row(number)), strict=True))
        gives = dict(zip(*(part.tolist() for part in net.post_arcs.row(number)), strict=True))
        slots: list[Slot] = []
        never = excess = False
        for place in sorted(needs.keys() | gives.keys()):
            bits, row = int(layout.bits[place]), int(layout.first[place])
            offset, bound = int(layout.offset[place]), int(layout.bounds[place])
            need, change = needs.get(place, 0), gives.get(place, 0) - needs.get(place, 0)
            never = never or need > bound
            if change > bound:
                excess = True
                change = 0
            slots.append(Slot(row, bits, need + offset if need else 0, change))
        if never or (excess and not layout.checked):
            slots = [Slot(layout.zero, 1, 1, 0, True)]
        elif excess:
            slots.append(Slot(layout.one, 1, 0, 1, True))
        result.append(slots)
    return result
