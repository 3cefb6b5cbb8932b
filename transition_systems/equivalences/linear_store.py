"""Pairs of a state and a set of states, of which only the smallest sets for each state are kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.equivalences.growing import Growing
from transition_systems.equivalences.linear_failure import NO_LABEL
from transition_systems.equivalences.set_table import BudgetEnded, SetTable
from transition_systems.equivalences.sorting import distinct_first

__all__ = ["PairStore"]

Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]

BYTES_PER_PAIR = 64
ROUNDS = 8
LONG = 32
CHUNK = 1 << 20
ENOUGH = 1 << 22
WORTH = 1_000


class PairStore:
    """Pairs in the order in which they were found, those with one state as a chain.

    A pair is left out where one with the same state and a set inside its own is there: an
    antichain, but that a pair stays when a smaller one comes after it. Where long chains are
    compared and almost nothing is left out for it, only equal pairs are left out from then on.

    Parameters
    ----------
    n
        How many states there are.
    sets
        Where the sets are.
    meter
        A running budget; :class:`BudgetEnded` is raised when it ends.
    """

    def __init__(self, n: int, sets: SetTable, meter: Meter) -> None:
        self.sets = sets
        self.meter = meter
        self._n = n
        self._state = Growing(np.int64)
        self._set = Growing(np.int64)
        self._parent = Growing(np.int64)
        self._label = Growing(np.int64)
        self._older = Growing(np.int64)
        self._newest = np.full(n, -1, dtype=np.int64)
        self._length = np.zeros(n, dtype=np.int64)
        self._compared = self._spared = 0

    def __len__(self) -> int:
        return len(self._state)

    @property
    def bytes(self) -> int:
        """An account of the memory in use."""
        return len(self) * BYTES_PER_PAIR + self.sets.bytes

    @property
    def states(self) -> Indices:
        """The state of each pair."""
        return self._state.view

    @property
    def chosen(self) -> Indices:
        """The number of the set of each pair."""
        return self._set.view

    def tick(self, more: int) -> None:
        """Raise :class:`BudgetEnded` if so many pairs more are too many, or the time is over."""
        size = self.bytes + more * BYTES_PER_PAIR
        reason = self.meter.exhausted(states=len(self) + more, bytes=size)
        if reason is not None:
            raise BudgetEnded(reason)

    def pair(self, number: int) -> tuple[int, int]:
        """Return the state and the set of a pair."""
        return self._state.at(number), self._set.at(number)

    def steps_to(self, pair: int) -> list[tuple[int, int]]:
        """Return the steps that lead to a pair: the pair before, and the label."""
        steps: list[tuple[int, int]] = []
        while (parent := self._parent.at(pair)) >= 0:
            steps.append((parent, self._label.at(pair)))
            pair = parent
        return steps[::-1]

    def add_one(self, state: int, number: int, parent: int, label: int) -> int:
        """Add a pair and return its number, or -1 where a smaller one is there."""
        first = at = int(self._newest.item(state))
        if self._length.item(state) > LONG:
            one, other = np.array([state], dtype=np.int64), np.array([number], dtype=np.int64)
            if not self._not_there(one, other)[0]:
                return NO_LABEL
        else:
            while at >= 0:
                if self.sets.subset_one(self._set.at(at), number):
                    return NO_LABEL
                at = self._older.at(at)
        self._state.append_one(state)
        self._set.append_one(number)
        self._parent.append_one(parent)
        self._label.append_one(label)
        self._older.append_one(first)
        self._newest[state] = len(self) - 1
        self._length[state] += 1
        return len(self) - 1

    def add(self, states: Indices, sets: Indices, parents: Indices, labels: Indices) -> Indices:
        """Add pairs but those for which one with a smaller set is there; return the new ones."""
        begin = len(self)
        first = distinct_first(states * len(self.sets) + sets)
        first = first[self._not_there(states[first], sets[first])]
        if not len(first):
            return np.arange(0, dtype=np.int64)
        states, sets = states[first], sets[first]
        order = np.lexsort((self.sets.sizes(sets), states))
        first, states, sets = first[order], states[order], sets[order]
        fresh = np.concatenate(([True], states[1:] != states[:-1]))
        begins = np.flatnonzero(fresh)
        rank = np.arange(len(states)) - np.repeat(begins, np.diff(np.append(begins, len(states))))
        rounds = min(ROUNDS, int(rank.max()) + 1)
        for turn in range(rounds):
            now = np.flatnonzero(rank == turn if turn < rounds - 1 else rank >= turn)
            if turn:
                now = now[self._not_there(states[now], sets[now], begin)]
            source = first[now]
            self._link(states[now], sets[now], parents[source], labels[source])
        self.tick(0)
        return np.arange(begin, len(self), dtype=np.int64)

    def _link(self, states: Indices, sets: Indices, parents: Indices, labels: Indices) -> None:
        numbers = len(self) + np.arange(len(states), dtype=np.int64)
        older = self._newest[states]
        same = np.flatnonzero(states[1:] == states[:-1])
        older[same + 1] = numbers[same]
        self._newest[states] = numbers  # the last of equal states counts
        np.add.at(self._length, states, 1)
        self._state.append(states)
        self._set.append(sets)
        self._parent.append(parents)
        self._label.append(labels)
        self._older.append(older)

    def _not_there(self, states: Indices, sets: Indices, since: int = 0) -> Bools:
        """Return for which pairs there is none with the same state and a set inside theirs.

        Only pairs from the number ``since`` count.
        """
        good = np.ones(len(states), dtype=np.bool_)
        at = self._newest[states]
        waiting = np.flatnonzero(at >= since)
        if since == 0:
            long = self._length[states[waiting]] > LONG
            if long.any():
                chained = waiting[long]
                good[chained] = self._not_in_chains(states[chained], sets[chained])
                waiting = waiting[~long]
        at = at[waiting]
        held, older = self.chosen, self._older.view
        while len(waiting):
            self.tick(len(states))
            inside = self.sets.subset(held[at], sets[waiting])
            good[waiting[inside]] = False
            at = older[at]
            more = ~inside & (at >= since)
            waiting, at = waiting[more], at[more]
        return good

    def _not_in_chains(self, states: Indices, sets: Indices) -> Bools:
        """Do :meth:`_not_there` for states with long chains: only smaller sets are compared."""
        there = np.zeros(self._n, dtype=np.bool_)
        there[states] = True
        listed = np.flatnonzero(there[self.states])
        owner, held = self.states[listed], self.chosen[listed]
        count = len(self.sets)
        equal = np.isin(states * count + sets, owner * count + held)
        if self._compared > ENOUGH and self._spared * WORTH <= self._compared:
            return ~equal
        sizes = self.sets.sizes(held)
        span = int(sizes.max()) + 1
        order = np.argsort(owner * span + sizes, kind="stable")
        keys = (owner * span + sizes)[order]
        begin = np.searchsorted(keys, states * span)
        limit = np.minimum(self.sets.sizes(sets), span)
        width = np.searchsorted(keys, states * span + limit) - begin
        width[equal] = 0
        good = ~equal
        first, total = 0, np.cumsum(width)
        while first < len(states):
            self.tick(len(states))
            before = int(total[first - 1]) if first else 0
            last = max(first + 1, int(np.searchsorted(total, before + CHUNK)))
            part = slice(first, last)
            of = np.repeat(np.arange(first, min(last, len(states))), width[part])
            shift = np.repeat(begin[part] - (total[part] - width[part]) + before, width[part])
            place = order[np.arange(len(of)) + shift]
            good[of[self.sets.subset(held[place], sets[of])]] = False
            self._compared += len(of)
            first = last
        self._spared += int((~good & ~equal).sum())
        return good
