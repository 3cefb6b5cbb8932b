"""Sets of states that a trace leads to, each made once and numbered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.csr import row_arcs
from transition_systems.equivalences.growing import Growing
from transition_systems.equivalences.linear_graph import LinearGraph
from transition_systems.equivalences.sorting import distinct, distinct_inverse
from transition_systems.lts import TAU

__all__ = ["EMPTY", "BudgetEnded", "SetTable"]

Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]
Words = NDArray[np.uint64]

EMPTY = -1
BYTES_PER_MEMBER = 24
BYTES_PER_SET = 200
CHUNK = 1 << 14
FEW = 32
ALL = (1 << 64) - 1
SIX = np.uint64(63)
SPREAD = np.uint64(0x9E3779B97F4A7C15)
UPPER = np.uint64(58)


class BudgetEnded(Exception):
    """The budget of an analysis ended; carries the reason."""


def distinct_pairs(owner: Indices, member: Indices, n: int) -> tuple[Indices, Indices]:
    """Return pairs sorted and each once; members are below ``n``."""
    keys = distinct(owner * n + member)
    return keys // n, keys % n


class SetTable:
    """Sets of states of a graph, made when they are asked for.

    The subset construction of M. Rabin and D. Scott (1959), on arrays for many sets at once. Where
    silent steps are no letters, each set that a step leads to is closed under them.

    Parameters
    ----------
    graph
        The system.
    meter
        A running budget; :class:`BudgetEnded` is raised when it ends.
    """

    def __init__(self, graph: LinearGraph, meter: Meter) -> None:
        self.graph = graph
        self.meter = meter
        self._begin = Growing(np.int64)
        self._begin.append(np.zeros(1, dtype=np.int64))
        self._members = Growing(np.int64)
        self._bits = Growing(np.uint64)
        self._divergent = Growing(np.bool_)
        self._number: dict[bytes, int] = {}
        self._single = np.full(graph.n, EMPTY - 1, dtype=np.int64)
        self._step: dict[int, int] = {}
        self._rows = graph.offsets.data, graph.labels.data, graph.targets.data

    def __len__(self) -> int:
        return len(self._begin) - 1

    @property
    def bytes(self) -> int:
        """An account of the memory in use."""
        return (
            len(self._members) * BYTES_PER_MEMBER
            + len(self) * BYTES_PER_SET
            + len(self._step) * 100
        )

    def start(self) -> int:
        """Return the set of the initial states."""
        owner = np.zeros(len(self.graph.initial), dtype=np.int64)
        return int(self.closed_sets(owner, self.graph.initial, 1)[0])

    def closed_sets(self, owner: Indices, member: Indices, count: int) -> Indices:
        """Return the sets of some states and those that silent steps lead to, int64 (count,).

        The pairs tell which states belong to which set, in any order.
        """
        graph = self.graph
        owner, member = distinct_pairs(owner, member, graph.n)
        if graph.silent:
            offsets, targets = graph.silent_arcs
            keys = owner * graph.n + member
            fresh_owner, fresh = owner, member
            while len(fresh):
                arcs = row_arcs(offsets, fresh)
                width = offsets[fresh + 1] - offsets[fresh]
                after = distinct(np.repeat(fresh_owner, width) * graph.n + targets[arcs])
                after = after[~_inside(after, keys)]
                keys = np.sort(np.concatenate((keys, after)))
                fresh_owner, fresh = after // graph.n, after % graph.n
                self._tick(len(keys))
            owner, member = keys // graph.n, keys % graph.n
        return self.intern(owner, member, count)

    def intern(self, owner: Indices, member: Indices, count: int) -> Indices:
        """Return the numbers of sets; the pairs are sorted, each once; :data:`EMPTY` for none."""
        size = np.bincount(owner, minlength=count)
        begin = np.cumsum(size) - size
        found = np.full(count, EMPTY, dtype=np.int64)
        single = np.flatnonzero(size == 1)
        found[single] = self._single[member[begin[single]]]
        unknown = single[found[single] < EMPTY]
        if len(unknown):
            states, place = distinct_inverse(member[begin[unknown]])
            self._single[states] = len(self) + np.arange(len(states))
            found[unknown] = len(self) + place
            self._add(np.ones(len(states), dtype=np.int64), states)
        larger = np.flatnonzero(size > 1)
        number, known = self._number, len(self)
        new: list[int] = []
        numbers: list[int] = []
        raw = member.astype(np.int64, copy=False).tobytes()
        ends, begins = 8 * (begin + size)[larger], 8 * begin[larger]
        for at, (first, last) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True)):
            held = number.setdefault(raw[first:last], known + len(new))
            if held == known + len(new):
                new.append(at)
            numbers.append(held)
        found[larger] = numbers
        if new:
            chosen = larger[new]
            self._add(size[chosen], member[row_arcs(np.append(begin, len(member)), chosen)])
        self._tick(0)
        return found

    def _add(self, sizes: Indices, members: Indices) -> None:
        ends = np.cumsum(sizes)
        begin = ends - sizes
        hashed = members.astype(np.uint64)
        place = hashed & SIX if self.graph.n <= 64 else (hashed * SPREAD) >> UPPER
        self._bits.append(np.bitwise_or.reduceat(np.uint64(1) << place, begin))
        self._divergent.append(np.logical_or.reduceat(self.graph.divergent[members], begin))
        self._begin.append(ends + len(self._members))
        self._members.append(members)

    def _tick(self, more: int) -> None:
        reason = self.meter.exhausted(bytes=self.bytes + more * BYTES_PER_MEMBER)
        if reason is not None:
            raise BudgetEnded(reason)

    @property
    def offsets(self) -> Indices:
        """Where the members of each set begin, int64 (number of sets + 1,)."""
        return self._begin.view

    @property
    def members(self) -> Indices:
        """The members of all sets, one set after the other, each sorted."""
        return self._members.view

    def sizes(self, sets: Indices) -> Indices:
        """Return how many members some sets have."""
        begin = self.offsets
        return begin[sets + 1] - begin[sets]

    def members_of(self, sets: Indices) -> tuple[Indices, Indices]:
        """Return the members of some sets with the place of the set in the argument."""
        owner = np.repeat(np.arange(len(sets), dtype=np.int64), self.sizes(sets))
        return owner, self.members[row_arcs(self.offsets, sets)]

    def divergent(self, sets: Indices) -> Bools:
        """Return which sets have a member on a silent cycle; the empty set has none."""
        return np.where(sets >= 0, self._divergent.view[np.maximum(sets, 0)], False)

    def steps(self, sets: Indices, labels: Indices) -> Indices:
        """Return the sets that letters lead to, pair by pair; :data:`EMPTY` where there is none."""
        n_labels = self.graph.n_labels
        keys, place = distinct_inverse(sets * n_labels + labels)
        listed: list[int] = keys.tolist()
        step = self._step
        wanted = [key for key in listed if key not in step]
        for first in range(0, len(wanted), CHUNK):
            part = wanted[first : first + CHUNK]
            step.update(zip(part, self._compute(np.array(part, dtype=np.int64)), strict=True))
        known = np.fromiter((step[key] for key in listed), dtype=np.int64, count=len(listed))
        after: Indices = known[place]
        return after

    def _compute(self, keys: Indices) -> list[int]:
        n, n_labels = self.graph.n, self.graph.n_labels
        owner, member = self.members_of(keys // n_labels)
        arcs, targets = self.graph.by_label
        asked = (keys % n_labels)[owner] * n + member
        begin = np.searchsorted(arcs, asked)
        width = np.searchsorted(arcs, asked, side="right") - begin
        total = np.cumsum(width) - width
        place = np.arange(int(width.sum()), dtype=np.int64) + np.repeat(begin - total, width)
        found: list[int] = self.closed_sets(
            np.repeat(owner, width), targets[place], len(keys)
        ).tolist()
        return found

    def step_one(self, number: int, label: int) -> int:
        """Return what :meth:`steps` does, for one set."""
        key = number * self.graph.n_labels + label
        found = self._step.get(key)
        if found is None:
            members = self.members_one(number)
            if len(members) > FEW:
                found = self._compute(np.array([key], dtype=np.int64))[0]
            else:
                found = self.intern_one(self._reach(members, label))
            self._step[key] = found
        return found

    def _reach(self, members: list[int], label: int) -> list[int]:
        """Return where a letter leads from a few states, sorted."""
        offsets, labels, targets = self._rows
        found: set[int] = set()
        for state in members:
            for arc in range(offsets[state], offsets[state + 1]):
                if labels[arc] == label:
                    found.add(targets[arc])
        if self.graph.silent:
            waiting = list(found)
            while waiting:
                state = waiting.pop()
                for arc in range(offsets[state], offsets[state + 1]):
                    if labels[arc] != TAU:
                        break
                    if targets[arc] not in found:
                        found.add(targets[arc])
                        waiting.append(targets[arc])
        return sorted(found)

    def intern_one(self, members: list[int]) -> int:
        """Return the number of a set, given its members in order."""
        if not members:
            return EMPTY
        fresh = len(self)
        if len(members) == 1:
            found = self._single.item(members[0])
            if found >= 0:
                return int(found)
            self._single[members[0]] = fresh
        else:
            place = self._number.setdefault(np.array(members, dtype=np.int64).tobytes(), fresh)
            if place < fresh:
                return place
        bits = 0
        small = self.graph.n <= 64
        for state in members:
            bits |= 1 << (state if small else (state * int(SPREAD) & ALL) >> int(UPPER))
            self._members.append_one(state)
        self._bits.append_one(bits)
        self._divergent.append_one(any(self.graph.divergent.item(state) for state in members))
        self._begin.append_one(len(self._members))
        return fresh

    def members_one(self, number: int) -> list[int]:
        """Return the members of one set."""
        found: list[int] = self.members[
            self._begin.at(number) : self._begin.at(number + 1)
        ].tolist()
        return found

    def divergent_one(self, number: int) -> bool:
        """Return whether one set has a member on a silent cycle."""
        return bool(self._divergent.at(number))

    def subset_one(self, small: int, large: int) -> bool:
        """Return what :meth:`subset` does, for one pair."""
        if small == large:
            return True
        if self._bits.at(small) & ~self._bits.at(large):
            return False
        return set(self.members_one(small)) <= set(self.members_one(large))

    def enabled(self, sets: Indices) -> tuple[Indices, Indices]:
        """Return the letters of some sets: the place of the set in the argument, and the label."""
        graph = self.graph
        owner, member = self.members_of(sets)
        arcs = row_arcs(graph.offsets, member)
        width = graph.offsets[member + 1] - graph.offsets[member]
        owner, labels = distinct_pairs(np.repeat(owner, width), graph.labels[arcs], graph.n_labels)
        if graph.silent:
            owner, labels = owner[labels > 0], labels[labels > 0]
        return owner, labels

    def subset(self, small: Indices, large: Indices) -> Bools:
        """Return whether sets are contained in others, pair by pair."""
        bits = self._bits.view
        found: Bools = small == large
        hopeful = ~found & (self.sizes(small) < self.sizes(large))
        hopeful &= (bits[small] & ~bits[large]) == 0
        if self.graph.n <= 64:
            return found | hopeful
        asked = np.flatnonzero(hopeful)
        if len(asked):
            pairs, place = distinct_inverse(small[asked] * len(self) + large[asked])
            found[asked] = self._contained(pairs // len(self), pairs % len(self))[place]
        return found

    def _contained(self, small: Indices, large: Indices) -> Bools:
        n = self.graph.n
        good = np.ones(len(small), dtype=np.bool_)
        for first in range(0, len(small), CHUNK):
            self._tick(0)
            part = slice(first, first + CHUNK)
            owner, member = self.members_of(small[part])
            others, places = distinct_inverse(large[part])
            inside_owner, inside = self.members_of(others)
            keys = inside_owner * n + inside
            good[first + owner[~_inside(places[owner] * n + member, keys)]] = False
        return good


def _inside(values: Indices, ordered: Indices) -> Bools:
    """Return which values occur in a sorted array."""
    if not len(ordered):
        return np.zeros(len(values), dtype=np.bool_)
    place = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    found: Bools = ordered[place] == values
    return found
