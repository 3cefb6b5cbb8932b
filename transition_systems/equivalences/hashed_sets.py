"""Sets of hashed values by row, joined along arcs: a row that adds nothing takes over another set.

Values are mixed words, and the hash of a set is the sum of its members, on arrays and one by one.
"""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import csr_order, row_arcs
from transition_systems.equivalences.signatures import (
    SINGLE,
    Rows,
    Tick,
    TooMuchWork,
    mixed,
    no_limit,
)

__all__ = ["HashedSets", "joined", "mixed_one"]

Indices = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Known = tuple[int, frozenset[int]]

MASK = (1 << 64) - 1
THIN = 24
WIDE = 200
HEAVY = 1000
LARGE_SETS = 8
NOWHERE = -1
# Rows that are joined one by one between two looks at the clock.
LOOK = 256


def mixed_one(value: int, seed: int) -> int:
    """Return what ``mixed`` does for one value.

    Examples
    --------
    >>> mixed_one(7, 3) == int(mixed(np.array([7], dtype=np.uint64), 3)[0])
    True
    """
    summand = 0x9E3779B97F4A7C15 * (seed + 1)
    value = (value + summand) * 0xBF58476D1CE4E5B9 & MASK
    return (value ^ value >> 32) * 0x94D049BB133111EB & MASK


def joined(own: set[int], below: list[Known], seed: int) -> Known:
    """Return hash and set of a row from its own values and the rows that its arcs lead to.

    Each of these adds its hash, mixed; where all but that is in its set, its set is the row's.

    Examples
    --------
    >>> joined({5}, [(12, frozenset({5, 7}))], 0)[0]
    12
    """
    through = {mixed_one(known[0], seed + 1): known for known in below}
    full = own | through.keys()
    for value, known in through.items():
        there = known[1]
        if len(full) <= len(there) + 1 and all(v in there for v in full if v != value):
            return known
    return sum(full) & MASK, frozenset(full)


class HashedSets:
    """Sets of values by row; rows may share a set.

    Parameters
    ----------
    own
        Sorted rows of codes.
    seed
        Of the mixing.
    allowed
        How much work joining them may take; :class:`TooMuchWork` is raised before it takes more.
    tick
        Asked for each layer of rows; may raise.

    Attributes
    ----------
    hashes
        The hash of each set, uint64 (k,).
    work
        How many values were looked at, those one by one counted :data:`SINGLE` times.
    """

    def __init__(
        self, own: Rows, seed: int, allowed: float = inf, tick: Tick = no_limit
    ) -> None:  # fmt: skip
        self.seed = seed
        self.tick = tick
        self.work = 0
        self.allowed = allowed
        new = own.fresh()
        count = np.zeros(len(new) + 1, dtype=np.int64)
        np.cumsum(new, out=count[1:])
        self.begin: Indices = count[own.offsets[:-1]]
        self.width: Indices = count[own.offsets[1:]] - self.begin
        self.begin[self.width == 0] = NOWHERE
        self.values: Hashes = mixed(own.codes[new].astype(np.uint64), seed)
        self.used = len(self.values)
        self._heavy: dict[int, frozenset[int]] = {}
        self._sorted: dict[int, Hashes] = {}
        self._asked = 0
        self.hashes: Hashes = np.zeros(len(self.begin), dtype=np.uint64)
        some = np.flatnonzero(self.width)
        if len(some):
            self.hashes[some] = np.add.reduceat(self.values, self.begin[some])

    def hand_up(self, tails: Indices, heads: Indices) -> None:
        """Join the sets along arcs between rows, which have no cycles, last rows first."""
        n = len(self.begin)
        order, forward = csr_order(tails, n)
        after = heads[order]
        order, backward = csr_order(heads, n)
        before = tails[order]
        left = np.diff(forward)
        done = np.flatnonzero(left == 0)
        while True:
            self.tick()
            reached, times = np.unique(before[row_arcs(backward, done)], return_counts=True)
            left[reached] -= times
            done = reached[left[reached] == 0]
            if len(done) == 0:
                return
            if len(done) < THIN:
                rows = self._join_few(done.tolist(), left, (forward, after), (backward, before))
                if not rows:
                    return
                done = np.array(rows, dtype=np.int64)
            self._join(done, forward[done + 1] - forward[done], after[row_arcs(forward, done)])

    def _join(self, rows: Indices, degree: Indices, heads: Indices) -> None:
        """Join the rows of one layer with those that their arcs lead to."""
        count = len(rows)
        owner = np.repeat(np.arange(count, dtype=np.int64), degree)
        through = mixed(self.hashes[heads], self.seed + 1)
        full_of, full = _distinct(
            np.concatenate((np.repeat(np.arange(count), self.width[rows]), owner)),
            np.concatenate((self.values[self._places(rows)], through)),
        )
        width = np.bincount(full_of, minlength=count)
        begin = np.cumsum(width) - width
        # One pair for each arc: does the set of its head hold all of the tail but the head itself?
        pairs = np.arange(len(heads), dtype=np.int64)
        wide = width[owner]
        self.work += len(full)
        total = int(wide.sum())
        self.work += total
        if self.work > self.allowed:
            raise TooMuchWork
        place = np.arange(total, dtype=np.int64)
        place += np.repeat(begin[owner] - (np.cumsum(wide) - wide), wide)
        mine, of_mine = full[place], np.repeat(pairs, wide)
        keep = mine != through[of_mine]
        of_mine = of_mine[keep]
        found = self._holds(heads, of_mine, mine[keep])
        inert = np.flatnonzero(np.bincount(of_mine[~found], minlength=len(pairs)) == 0)
        self.begin[rows] = self.used + begin
        self.width[rows] = width
        self.hashes[rows] = np.add.reduceat(full, begin)
        self._append(full)
        taken, like = rows[owner[inert]], heads[inert]
        self.begin[taken] = self.begin[like]
        self.width[taken] = self.width[like]
        self.hashes[taken] = self.hashes[like]

    def _holds(self, rows: Indices, which: Indices, values: Hashes) -> NDArray[np.bool_]:
        """Return whether each value is in the set of the row ``rows[which]``.

        The lowest bits of values, as many as the number of a row needs, are not compared.
        """
        sets, first, short = np.unique(self.begin[rows], return_index=True, return_inverse=True)
        different, asked_of = rows[first], short.reshape(-1)[which]
        found = np.zeros(len(values), dtype=np.bool_)
        heavy = np.flatnonzero(self.width[different] > HEAVY)
        if len(heavy):
            order = np.argsort(asked_of, kind="stable")
            ends = np.searchsorted(asked_of[order], np.append(heavy, heavy + 1))
            for row, begin, end in zip(different[heavy].tolist(), *np.split(ends, 2), strict=True):
                asked = order[begin:end]
                found[asked] = _inside(self._ordered(row), values[asked])
        light = self.width[different] <= HEAVY
        bits = np.uint64(max(1, len(sets).bit_length()))
        high = np.uint64(64) - bits
        inside = np.repeat(np.flatnonzero(light).astype(np.uint64), self.width[different[light]])
        stored = (inside << high) | (self.values[self._places(different[light])] >> bits)
        stored.sort()
        found |= _inside(stored, (asked_of.astype(np.uint64) << high) | (values >> bits))
        return found

    def _ordered(self, row: int) -> Hashes:
        """Return the sorted values of a row with many of them."""
        begin = int(self.begin[row])
        if begin not in self._sorted:
            self._sorted[begin] = np.sort(self.values[begin : begin + int(self.width[row])])
        return self._sorted[begin]

    def _places(self, rows: Indices) -> Indices:
        """Return where the values of some rows are, row after row."""
        width = self.width[rows]
        place = np.arange(int(width.sum()), dtype=np.int64)
        place += np.repeat(self.begin[rows] - (np.cumsum(width) - width), width)
        return place

    def _join_few(
        self,
        waiting: list[int],
        left: Indices,
        forward: tuple[Indices, Indices],
        backward: tuple[Indices, Indices],
    ) -> list[int]:
        """Join rows one by one while few are ready; return those that are ready then."""
        row, after = forward[0].data, forward[1].data
        back, before = backward[0].data, backward[1].data
        waits = left.data
        known: dict[int, Known] = {}
        places: dict[int, tuple[int, int]] = {}
        made: list[int] = []
        while 0 < len(waiting) < WIDE:
            node = waiting.pop()
            if len(made) % LOOK == 0:
                self.tick()
            if self.width[node] > HEAVY or self._better_on_arrays(after[row[node] : row[node + 1]]):
                waiting.append(node)
                break
            below: list[Known] = []
            for arc in range(row[node], row[node + 1]):
                head = after[arc]
                if head not in known:
                    members = self._set(head)
                    known[head] = int(self.hashes[head]), members
                    places[id(members)] = int(self.begin[head]), len(members)
                below.append(known[head])
            own = set(self._values(node))
            self.work += SINGLE * (4 + len(below) + len(own))
            known[node] = joined(own, below, self.seed)
            made.append(node)
            for arc in range(back[node], back[node + 1]):
                tail = before[arc]
                waits[tail] -= 1
                if waits[tail] == 0:
                    waiting.append(tail)
        added: list[int] = []
        for node in made:
            total, members = known[node]
            if id(members) not in places:  # all sets stay in ``known``, so that ids differ
                places[id(members)] = self.used + len(added), len(members)
                added += members
            self.begin[node], self.width[node] = places[id(members)]
            self.hashes[node] = total
        self.begin[made] = np.where(self.width[made] > 0, self.begin[made], NOWHERE)
        self._append(np.array(added, dtype=np.uint64))
        return waiting

    def _better_on_arrays(self, heads: memoryview) -> bool:
        """Tell, a few times, that a set of Python's own would have to be made of a large one."""
        for head in heads:
            if self.width[head] > HEAVY and int(self.begin[head]) not in self._heavy:
                self._asked += 1
                return self._asked <= LARGE_SETS
        return False

    def _set(self, row: int) -> frozenset[int]:
        begin = int(self.begin[row])
        if begin not in self._heavy:
            members = frozenset(self._values(row))
            if len(members) <= HEAVY:
                return members
            self._heavy[begin] = members
        return self._heavy[begin]

    def _values(self, row: int) -> list[int]:
        begin = int(self.begin[row])
        found: list[int] = self.values[begin : begin + int(self.width[row])].tolist()
        return found if begin != NOWHERE else []

    def _append(self, values: Hashes) -> None:
        size = self.used + len(values)
        if size > len(self.values):
            larger = np.empty(size + size // 4, dtype=np.uint64)
            larger[: self.used] = self.values[: self.used]
            self.values = larger
        self.values[self.used : size] = values
        self.used = size


def _inside(stored: Hashes, asked: Hashes) -> NDArray[np.bool_]:
    """Return whether each value is among some that are sorted."""
    if len(stored) == 0:
        return np.zeros(len(asked), dtype=np.bool_)
    place = np.minimum(np.searchsorted(stored, asked), len(stored) - 1)
    same: NDArray[np.bool_] = stored[place] == asked
    return same


def _distinct(owner: Indices, values: Hashes) -> tuple[Indices, Hashes]:
    """Return pairs of a row and a value sorted by row, each once."""
    bits = np.uint64(max(1, int(owner.max()).bit_length() if len(owner) else 1))
    key = (owner.astype(np.uint64) << (np.uint64(64) - bits)) | (values >> bits)
    order = np.argsort(key)
    key, values = key[order], values[order]
    fresh = np.ones(len(key), dtype=np.bool_)
    np.not_equal(key[1:], key[:-1], out=fresh[1:])
    if (values[1:][~fresh[1:]] != values[:-1][~fresh[1:]]).any():  # only the lowest bits differ
        order = np.lexsort((values, key))
        key, values = key[order], values[order]
        fresh[1:] = (key[1:] != key[:-1]) | (values[1:] != values[:-1])
    return (key[fresh] >> (np.uint64(64) - bits)).astype(np.int64), values[fresh]
