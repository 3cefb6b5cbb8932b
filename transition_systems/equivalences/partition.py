"""A partition that is split in place: the larger part of a block keeps its number.

The states of a block lie side by side, so that a split costs time in the states that leave and
not in those that stay (A. Valmari, P. Lehtinen, Efficient minimization of DFAs with partial
transition functions, STACS 2008).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import csr_order

__all__ = ["Partition"]

Indices = NDArray[np.int64]


def _first(values: Indices) -> NDArray[np.bool_]:
    """Return which of some values differ from the one before, bool."""
    new = np.ones(len(values), dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return new


def _dense(classes: Indices) -> Indices:
    """Return classes numbered from 0, in their order."""
    if classes.min() < 0 or classes.max() >= 2 * len(classes):
        return np.unique(classes, return_inverse=True)[1].reshape(-1).astype(np.int64)
    used = np.bincount(classes) > 0
    if used.all():
        return classes.astype(np.int64)
    number: Indices = (np.cumsum(used) - 1)[classes]
    return number


class Views(NamedTuple):
    """The arrays of a :class:`Partition` as buffers: single entries are read and written fast."""

    block: memoryview
    size: memoryview
    begin: memoryview
    states: memoryview
    position: memoryview


class Partition:
    """Blocks of states, numbered from 0; a block that was made keeps its number.

    Parameters
    ----------
    classes
        The first partition, integers of shape (n,).

    Attributes
    ----------
    block
        The block of each state, int64 (n,).
    size, begin
        Of each block how many states it has, and where they begin in ``states``.
    states, position
        The states, those of a block side by side, and where each state stands.
    count
        The number of blocks.
    views
        The arrays for access to single entries.

    Examples
    --------
    >>> partition = Partition(np.array([5, 5, 7]))
    >>> partition.split(np.array([1]), np.array([0]), np.array([0]), np.array([1])).tolist()
    [0]
    >>> partition.block.tolist(), partition.count
    ([2, 0, 1], 3)
    """

    def __init__(self, classes: NDArray[np.int64]) -> None:
        n = len(classes)
        block = np.zeros(n, dtype=np.int64)
        if n and classes.min() != classes.max():
            block = _dense(classes)
        self.count = int(block.max()) + 1 if n else 0
        self.block: Indices = block
        self.states, offsets = csr_order(block, self.count)
        self.position: Indices = np.empty(n, dtype=np.int64)
        self.position[self.states] = np.arange(n)
        self.size: Indices = np.zeros(max(n, 1), dtype=np.int64)
        self.begin: Indices = np.zeros(max(n, 1), dtype=np.int64)
        self.size[: self.count] = np.diff(offsets)
        self.begin[: self.count] = offsets[:-1]
        self._moved = np.zeros(n, dtype=np.bool_)
        self.views = Views(
            self.block.data, self.size.data, self.begin.data, self.states.data, self.position.data
        )

    def members(self, blocks: Indices) -> Indices:
        """Return the states of some blocks, block after block."""
        size = self.size[blocks]
        first = np.repeat(self.begin[blocks] - (np.cumsum(size) - size), size)
        found: Indices = self.states[np.arange(len(first), dtype=np.int64) + first]
        return found

    def others(self, states: Indices) -> Indices:
        """Return one more state of each block of which ``states`` names some, but not all.

        Blocks with more than twice as many states as are named cost no more than those named.
        """
        marked = self._moved
        marked[states] = True
        home, named = np.unique(self.block[states], return_counts=True)
        open_ = named < self.size[home]
        home, named = home[open_], named[open_]
        width = named + 1
        ends = np.cumsum(width)
        place = np.arange(int(ends[-1]) if len(ends) else 0, dtype=np.int64)
        place += np.repeat(self.begin[home] - (ends - width), width)
        found = self.states[place]
        free = np.flatnonzero(~marked[found])
        owner = np.searchsorted(ends, free, side="right")
        marked[states] = False
        chosen: Indices = found[free[_first(owner)]]
        return chosen

    def split(self, states: Indices, group: Indices, rest: Indices, of_rest: Indices) -> Indices:
        """Split blocks into groups of some of their states; return the states that moved.

        Parameters
        ----------
        states, group
            Different states, and the groups that their blocks are split into; groups are numbered
            block after block.
        rest, of_rest
            For each block of which not all states are named, one other state, and the group that
            it shares with all states of the block that are not named.

        Returns
        -------
        ndarray of int64
            The states with a new block, blocks side by side. One group of each block stays: one
            that has the most states.
        """
        if len(rest):
            states, group = self._with_smaller_rests(states, group, rest, of_rest)
        low = int(group.min())  # the groups are dense, but those of the rests may be left out
        order, offsets = csr_order(group - low, int(group.max()) - low + 1)
        states, width = states.take(order), np.diff(offsets)
        begins, number = offsets[:-1], np.flatnonzero(width)
        if len(number) < len(width):
            begins, width = begins[number], width[number]
        number += low
        owner = self.block[states[begins]]
        first = np.flatnonzero(_first(owner))
        many = np.diff(np.append(first, len(owner)))
        total = np.add.reduceat(width, first)
        whole = np.repeat(total == self.size[owner[first]], many)
        best = np.flatnonzero(whole & (width == np.repeat(np.maximum.reduceat(width, first), many)))
        kept = np.zeros(len(owner), dtype=np.bool_)
        kept[best[_first(owner[best])]] = True
        if len(rest):
            stays = np.sort(of_rest)
            place = np.minimum(np.searchsorted(stays, number), len(stays) - 1)
            kept |= ~whole & (stays[place] == number)
        leaving = np.repeat(~kept, width)
        return self._leave(states[leaving], owner[~kept], width[~kept])

    def _with_smaller_rests(
        self, states: Indices, group: Indices, rest: Indices, of_rest: Indices
    ) -> tuple[Indices, Indices]:
        """Name all states of the blocks in which the states not named are not the most."""
        home, named = np.unique(self.block[states], return_counts=True)
        of = self.block[rest]
        few = self.size[of] <= 2 * named[np.searchsorted(home, of)]
        if not few.any():
            return states, group
        every = self.members(of[few])
        group_of = np.repeat(of_rest[few], self.size[of[few]])
        self._moved[states] = True
        new = ~self._moved[every]
        self._moved[states] = False
        return np.concatenate((states, every[new])), np.concatenate((group, group_of[new]))

    def _leave(self, states: Indices, owner: Indices, width: Indices) -> Indices:
        """Give groups of states, sorted by block, new blocks; each block keeps some state."""
        if len(states) == 0:
            return states
        first = np.flatnonzero(_first(owner))
        home = owner[first]
        leaving = np.add.reduceat(width, first)
        self.size[home] -= leaving
        tail = self.begin[home] + self.size[home]
        place = np.arange(len(states), dtype=np.int64)
        place += np.repeat(tail - (np.cumsum(leaving) - leaving), leaving)
        self._moved[states] = True
        before, there = self.position[states], self.states[place]
        holes = before[before < np.repeat(tail, leaving)]
        fill = there[~self._moved[there]]
        if len(fill):
            self.states[holes] = fill
            self.position[fill] = holes
        self._moved[states] = False
        self.states[place] = states
        self.position[states] = place
        new = self.count + np.arange(len(owner), dtype=np.int64)
        begins = np.cumsum(width) - width
        self.begin[new] = place[begins]
        self.size[new] = width
        self.block[states] = np.repeat(new, width)
        self.count += len(new)
        return states
