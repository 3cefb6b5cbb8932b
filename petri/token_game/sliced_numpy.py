"""One attempt in every block at once, by bitwise operations of numpy on all replicas.

The rows that the attempted transitions touch are gathered from all blocks, worked on as one array
and scattered back, so that the number of numpy calls depends on neither replicas nor blocks.
Transitions are padded to a common number of slots; where a net has very wide ones, they form
kinds of their own (up to 8 slots, up to 32, and so on).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from petri.token_game.bit_words import FULL, Words
from petri.token_game.sliced_net import BitLayout, Slot

__all__ = ["Attempts", "PlaneAttempts", "SafeAttempts", "kinds_of"]

Int64 = NDArray[np.int64]


class Attempts(Protocol):
    """Attempts transitions of one kind."""

    read: Int64
    write: Int64

    def attempt(
        self, flat: Words, read: Int64, write: Int64, chosen: Int64, active: Words, fired: Words, /
    ) -> None:
        """Attempt one transition in each of some blocks.

        Parameters
        ----------
        flat
            All rows of all blocks, uint64 (n_blocks * n_rows, n_words).
        read, write
            Rows to gather and to scatter, int64 (width, n).
        chosen
            The transitions, int64 (n,).
        active
            The replicas that take part, uint64 (n, n_words).
        fired
            Is set to the replicas that fired, uint64 (n, n_words).
        """
        ...

    def overflowed(self) -> bool:
        """Return whether some replica went above a bound."""
        ...


class _Buffers:
    """Scratch arrays, made once for each shape."""

    def __init__(self) -> None:
        self._arrays: dict[tuple[int, ...], tuple[Words, ...]] = {}

    def get(self, count: int, *shape: int) -> tuple[Words, ...]:
        key = (count, *shape)
        if key not in self._arrays:
            self._arrays[key] = tuple(np.empty(shape, dtype=np.uint64) for _ in range(count))
        return self._arrays[key]


class SafeAttempts:
    """Attempts where every place is one plane: a transition flips the places that it changes.

    Parameters
    ----------
    layout, slots
        The net in words.
    members
        The transitions of this kind; rows of others are left without meaning.
    """

    def __init__(
        self, layout: BitLayout, slots: Sequence[Sequence[Slot]], members: Sequence[int]
    ) -> None:
        self._checked = layout.checked
        self.inputs = max(sum(s.needed > 0 for s in slots[t]) for t in members)
        outputs = max(sum(s.change > 0 for s in slots[t]) for t in members)
        width = self.inputs + outputs
        self.read: Int64 = np.full((width, len(slots)), layout.one, dtype=np.int64)
        self.read[self.inputs :] = layout.zero
        self.write: Int64 = np.full((width, len(slots)), layout.trash, dtype=np.int64)
        for transition in members:
            taken, given = 0, self.inputs
            for slot in slots[transition]:
                target = layout.trash if slot.fixed or not slot.change else slot.row
                if slot.needed:
                    self.read[taken, transition] = slot.row
                    self.write[taken, transition] = target
                    taken += 1
                elif slot.change:
                    self.read[given, transition] = slot.row
                    self.write[given, transition] = target
                    given += 1
        self._over = False
        self._buffers = _Buffers()

    def attempt(
        self, flat: Words, read: Int64, write: Int64, _chosen: Int64, active: Words, fired: Words, /
    ) -> None:
        """Attempt one transition in each of some blocks, see :class:`Attempts`."""
        width, count = read.shape
        (rows,) = self._buffers.get(1, width, count, flat.shape[1])
        flat.take(read, axis=0, out=rows, mode="clip")
        if self.inputs:
            np.bitwise_and(rows[0], active, out=fired)
            for slot in range(1, self.inputs):
                np.bitwise_and(fired, rows[slot], out=fired)
        else:
            fired[...] = active
        if self._checked and width > self.inputs:
            (both, total) = self._buffers.get(2, count, flat.shape[1])
            np.bitwise_and(rows[self.inputs], fired, out=total)
            for slot in range(self.inputs + 1, width):
                np.bitwise_and(rows[slot], fired, out=both)
                np.bitwise_or(total, both, out=total)
            self._over = self._over or bool(total.any())
        np.bitwise_xor(rows, fired, out=rows)
        flat[write] = rows

    def overflowed(self) -> bool:
        """Return whether some replica went above a bound."""
        return self._over


class PlaneAttempts:
    """Attempts where places are several planes: comparators, ripple carry and borrow.

    Places of fewer planes are aligned at the highest one, so that a carry out of it is a token
    above the bound for every place alike.

    Parameters
    ----------
    layout, slots
        The net in words.
    members
        The transitions of this kind.
    """

    def __init__(
        self, layout: BitLayout, slots: Sequence[Sequence[Slot]], members: Sequence[int]
    ) -> None:
        count = len(slots)
        self._checked = layout.checked
        self._slots = most = max(1, max(len(slots[t]) for t in members))
        self._planes = depth = max((s.bits for t in members for s in slots[t]), default=1)
        read: Int64 = np.full((depth, most, count), layout.zero, dtype=np.int64)
        write: Int64 = np.full((depth, most, count), layout.trash, dtype=np.int64)
        self._spare: Words = np.full((depth, most, count), FULL, dtype=np.uint64)
        self._change: Words = np.zeros((depth, most, count), dtype=np.uint64)
        self._grows: Words = np.zeros((most, count), dtype=np.uint64)
        for transition in members:
            for number, slot in enumerate(slots[transition]):
                shift = depth - slot.bits
                change = (slot.change << shift) % (1 << depth)
                for plane in range(depth):
                    place = (plane, number, transition)
                    if plane >= shift:
                        read[place] = slot.row + plane - shift
                        write[place] = layout.trash if slot.fixed else read[place]
                    if slot.needed << shift >> plane & 1:
                        self._spare[place] = 0
                    if change >> plane & 1:
                        self._change[place] = FULL
                if slot.change > 0:
                    self._grows[number, transition] = FULL
        self.read = read.reshape(depth * most, count)
        self.write = write.reshape(depth * most, count)
        self._over = False
        self._buffers = _Buffers()

    def attempt(
        self, flat: Words, read: Int64, write: Int64, chosen: Int64, active: Words, fired: Words, /
    ) -> None:
        """Attempt one transition in each of some blocks, see :class:`Attempts`."""
        words, count = flat.shape[1], read.shape[1]
        (rows,) = self._buffers.get(1, read.shape[0], count, words)
        good, work, carry, half = self._buffers.get(4, self._slots, count, words)
        flat.take(read, axis=0, out=rows, mode="clip")
        planes = rows.reshape(self._planes, self._slots, count, words)
        spare = self._spare.take(chosen, axis=2)[..., None]
        np.bitwise_or(planes[0], spare[0], out=good)
        for plane in range(1, self._planes):
            np.bitwise_or(planes[plane], good, out=work)
            np.bitwise_and(work, spare[plane], out=work)
            np.bitwise_and(good, planes[plane], out=good)
            np.bitwise_or(good, work, out=good)
        np.bitwise_and(good[0], active, out=fired)
        for slot in range(1, self._slots):
            np.bitwise_and(fired, good[slot], out=fired)
        change = self._change.take(chosen, axis=2)[..., None]
        for plane in range(self._planes):
            row = planes[plane]
            np.bitwise_and(change[plane], fired, out=work)
            np.bitwise_xor(row, work, out=half)
            np.bitwise_and(row, work, out=work)
            if plane == 0:
                row[...] = half
                carry[...] = work
                continue
            np.bitwise_xor(half, carry, out=row)
            np.bitwise_and(half, carry, out=carry)
            np.bitwise_or(carry, work, out=carry)
        if self._checked:
            np.bitwise_and(carry, self._grows.take(chosen, axis=1)[..., None], out=carry)
            self._over = self._over or bool(carry.any())
        flat[write] = rows

    def overflowed(self) -> bool:
        """Return whether some replica went above a bound."""
        return self._over


def kinds_of(
    layout: BitLayout, slots: Sequence[Sequence[Slot]]
) -> tuple[tuple[Attempts, ...], Int64]:
    """Return the kinds of attempts that a net needs, and the kind of each transition.

    Parameters
    ----------
    layout, slots
        The net in words.

    Returns
    -------
    tuple
        The kinds, and int64 (n_transitions,).
    """
    sizes = np.array([max(1, len(each)) for each in slots], dtype=np.int64)
    levels = np.zeros(len(slots), dtype=np.int64)
    limit = 8
    while (sizes > limit).any():
        levels += sizes > limit
        limit *= 4
    used, kind = np.unique(levels, return_inverse=True)
    made = SafeAttempts if layout.safe else PlaneAttempts
    groups = [np.flatnonzero(levels == level).tolist() for level in used.tolist()]
    return tuple(made(layout, slots, group) for group in groups), kind.astype(np.int64)
