"""A set of packed states as an open-addressing hash table of whole arrays.

Exact: the table stores an invertible mix of the first word, and the other words as they are, so
that two states are equal if and only if all that is stored is equal. Each round of probing is a
handful of array operations on the states that are not yet settled.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from transition_systems.probing import places_of, round_multiplier

__all__ = ["KeyTable", "distinct", "distinct_hashes", "state_hash", "states_of"]

Words = Sequence[NDArray[np.uint64]]
Rows = NDArray[np.int64]

FIRST = np.uint64(0x9E3779B97F4A7C15)
TWICE = np.uint64((2 * 0x9E3779B97F4A7C15) % (1 << 64))
MIX = np.uint64(0xD6E8FEB86659FD93)
HALF = np.uint64(32)
FOLD = np.uint64(29)
ONE = np.uint64(1)
# The inverse of the odd half of TWICE, modulo 2 ** 63.
BACK = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 63))
STATE_MASK = np.uint64((1 << 63) - 1)
BATCH = 1 << 16
FULL = 0.75
AFTER = 0.51
SMALLEST = 1 << 12


def state_hash(states: Words) -> NDArray[np.uint64]:
    """Return a hash of states that is never 0; of one word, or the others given, it is invertible.

    Parameters
    ----------
    states
        One array for each word, uint64 of shape (m,); the first word is below 2 ** 63.
    """
    keys = states[0] * TWICE
    keys += FIRST
    for at, word in enumerate(states[1:]):
        mixed = word ^ (word >> HALF)
        mixed *= round_multiplier(at) if at else MIX
        mixed ^= mixed >> FOLD
        mixed *= FIRST
        mixed <<= ONE
        keys += mixed
    return keys


def distinct(ordered: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return a sorted array without repetitions.

    Examples
    --------
    >>> distinct(np.array([1, 1, 4], dtype=np.uint64)).tolist()
    [1, 4]
    """
    if not len(ordered):
        return ordered
    first = np.empty(len(ordered), dtype=bool)
    first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    kept: NDArray[np.uint64] = ordered.compress(first)
    return kept


def distinct_hashes(states: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the hashes of states of one word, ascending, each once.

    Examples
    --------
    >>> sorted(states_of(distinct_hashes(np.array([7, 5, 7], dtype=np.uint64))).tolist())
    [5, 7]
    """
    hashes = state_hash([states])
    hashes.sort()
    return distinct(hashes)


def states_of(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the states of one word whose hashes are given."""
    states = hashes - FIRST
    states >>= ONE
    states *= BACK
    states &= STATE_MASK
    return states


class KeyTable:
    """A growing set of states of some words; the first word of each state is below 2 ** 63.

    Parameters
    ----------
    words
        Words of a state.

    Notes
    -----
    Between 11 and 16 bytes for each state and word once there are a few thousand; while the table
    grows, the old and the new one stand side by side. Expected O(1) array operations a state.

    Examples
    --------
    >>> table = KeyTable(1)
    >>> new = table.add([np.array([5, 7, 5], dtype=np.uint64)])
    >>> sorted(new[0].tolist()), len(table)
    ([5, 7], 2)
    """

    def __init__(self, words: int) -> None:
        self.words = words
        self._count = 0
        self._slots = 0
        self._keys: NDArray[np.uint64]
        self._rest: list[NDArray[np.uint64]]
        self._allocate(SMALLEST)

    def __len__(self) -> int:
        return self._count

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return int(self._keys.nbytes) * self.words

    def growing(self, more: int) -> int:
        """Return the bytes that stand while this many states are added, the new table included."""
        if self._count + more <= FULL * self._slots:
            return self.nbytes
        return self.nbytes + 8 * self.words * int((self._count + more) / AFTER)

    def _allocate(self, slots: int) -> None:
        self._slots = slots
        self._size = np.uint64(slots)
        self._keys = np.zeros(slots, dtype=np.uint64)
        self._rest = [np.empty(slots, dtype=np.uint64) for _ in range(self.words - 1)]

    def _place(self, keys: NDArray[np.uint64], round: int) -> Rows:
        """Return the slots that keys take in a round of probing."""
        return places_of(keys, round, self._size)

    def add(self, states: Words) -> list[NDArray[np.uint64]]:
        """Add a batch of states and return those that were not in the set, each once.

        Parameters
        ----------
        states
            One array for each word, uint64 of shape (m,); states may repeat.

        Returns
        -------
        list of arrays
            The new states, one array for each word, in no particular order.
        """
        keys = state_hash(states)
        places = self._place(keys, 0)
        held = self._keys.take(places)
        if self.words == 1:
            rows = (held != keys).nonzero()[0]
        else:
            differ = held != keys
            for rest, word in zip(self._rest, states[1:], strict=True):
                differ |= rest.take(places) != word
            rows = differ.nonzero()[0]
        if not len(rows):
            return [word[:0] for word in states]
        held = held.take(rows)
        keys = keys.take(rows)
        open_rows = [word.take(rows) for word in states]
        if self._count + len(rows) > FULL * self._slots:
            # The states that are not settled may all be new; only then is there need to grow.
            wanting = self._unknown(open_rows, keys)
            open_rows = [word.take(wanting) for word in open_rows]
            keys = keys.take(wanting)
            if self._count + len(keys) > FULL * self._slots:
                self._grow(len(keys))
            return self._settle(open_rows, keys, self._place(keys, 0), None)
        return self._settle(open_rows, keys, places.take(rows), held)

    def add_hashes(self, hashes: NDArray[np.uint64]) -> list[NDArray[np.uint64]]:
        """Add states of one word by their hashes; return the new states in parts.

        The table is walked through in the order of its slots, so that neighbours in a batch are
        neighbours in memory.

        Parameters
        ----------
        hashes
            uint64 (m,) of :func:`distinct_hashes`.

        Returns
        -------
        list of arrays
            States, each uint64, in the order of their hashes.
        """
        parts = (self._add_keys(hashes[i : i + BATCH]) for i in range(0, len(hashes), BATCH))
        return [states_of(part) for part in parts if len(part)]

    def _add_keys(self, keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Add hashes of states, each once; return the new ones in their order."""
        if self._count + len(keys) > FULL * self._slots:
            keys = keys.take(self._unknown([keys], keys))
            if self._count + len(keys) > FULL * self._slots:
                self._grow(len(keys))
        fresh = np.zeros(len(keys), dtype=bool)
        asked = keys
        rows: Rows | None = None
        round = 0
        while len(asked):
            places = self._place(asked, round)
            held = self._keys.take(places)
            free = (held == 0).nonzero()[0]
            if len(free):
                spots, mine = places.take(free), asked.take(free)
                self._keys[spots] = mine
                won = free.compress(self._keys.take(spots) == mine)
                fresh[won if rows is None else rows.take(won)] = True
                held[won] = asked.take(won)
            on = (held != asked).nonzero()[0]
            rows = on if rows is None else rows.take(on)
            asked = asked.take(on)
            round += 1
        found: NDArray[np.uint64] = keys.compress(fresh)
        self._count += len(found)
        return found

    def _settle(
        self,
        states: list[NDArray[np.uint64]],
        keys: NDArray[np.uint64],
        places: Rows,
        held: NDArray[np.uint64] | None,
    ) -> list[NDArray[np.uint64]]:
        """Probe on, round by round, until each state is found or has its slot."""
        fresh: list[Rows] = []
        rows: Rows = np.arange(len(keys))
        round = 0
        known = held is not None
        while True:
            here = self._keys.take(places) if held is None else held
            if not known:
                same = here == keys
                for rest, word in zip(self._rest, states[1:], strict=True):
                    same &= rest.take(places) == word.take(rows)
                keep = (~same).nonzero()[0]
                rows, keys, places, here = (part.take(keep) for part in (rows, keys, places, here))
            free = (here == 0).nonzero()[0]
            settled = np.zeros(len(rows), dtype=bool)
            if len(free):
                spots = places.take(free)
                tickets = free.view(np.uint64) if free.dtype == np.int64 else free
                self._keys[spots] = tickets
                winner = self._keys.take(spots).view(np.int64)
                won = winner == free
                # Who lost to the same state is a repetition and settled; others probe on.
                lost = (~won).nonzero()[0]
                if len(lost):
                    mine, theirs = free.take(lost), winner.take(lost)
                    equal = keys.take(mine) == keys.take(theirs)
                    for word in states[1:]:
                        equal &= word.take(rows.take(mine)) == word.take(rows.take(theirs))
                    settled[mine] = equal
                winners = free.compress(won)
                settled[winners] = True
                spots = spots.compress(won)
                self._keys[spots] = keys.take(winners)
                owners = rows.take(winners)
                for rest, word in zip(self._rest, states[1:], strict=True):
                    rest[spots] = word.take(owners)
                fresh.append(owners)
            on = (~settled).nonzero()[0]
            if not len(on):
                break
            rows, keys = rows.take(on), keys.take(on)
            round += 1
            places = self._place(keys, round)
            held, known = None, False
        found = np.concatenate(fresh) if fresh else rows[:0]
        self._count += len(found)
        return [word.take(found) for word in states]

    def _unknown(self, states: Words, keys: NDArray[np.uint64]) -> Rows:
        """Return the rows of states that are not in the set."""
        rows: Rows = np.arange(len(keys))
        missing: list[Rows] = []
        round = 0
        while len(rows):
            probe = keys.take(rows)
            places = self._place(probe, round)
            held = self._keys.take(places)
            same = held == probe
            for rest, word in zip(self._rest, states[1:], strict=True):
                same &= rest.take(places) == word.take(rows)
            free = held == 0
            missing.append(rows.compress(free))
            rows = rows.compress(~(same | free))
            round += 1
        return np.sort(np.concatenate(missing)) if missing else rows

    def contains(self, states: Words) -> NDArray[np.bool_]:
        """Return which states are in the set, bool of shape (m,)."""
        result = np.ones(len(states[0]), dtype=bool)
        result[self._unknown(states, state_hash(states))] = False
        return result

    def _grow(self, more: int) -> None:
        old_keys, old_rest = self._keys, self._rest
        self._allocate(max(SMALLEST, int((self._count + more) / AFTER)))
        step = 1 << 15
        for start in range(0, len(old_keys), step):
            keys = old_keys[start : start + step]
            used = keys.nonzero()[0]
            keys = keys.take(used)
            if self.words == 1:
                self._insert_keys(keys)
                continue
            rest = [part[start : start + step].take(used) for part in old_rest]
            self._insert(keys, rest)

    def _insert_keys(self, keys: NDArray[np.uint64]) -> None:
        """Insert keys that are different from each other and from all in the set."""
        round = 0
        while len(keys):
            places = self._place(keys, round)
            free = (self._keys.take(places) == 0).nonzero()[0]
            self._keys[places.take(free)] = keys.take(free)
            keys = keys.take((self._keys.take(places) != keys).nonzero()[0])
            round += 1

    def _insert(self, keys: NDArray[np.uint64], rest: list[NDArray[np.uint64]]) -> None:
        """Insert stored states that are different from each other and from all in the set."""
        rows: Rows = np.arange(len(keys))
        round = 0
        while len(rows):
            probe = keys.take(rows)
            places = self._place(probe, round)
            free = (self._keys.take(places) == 0).nonzero()[0]
            spots = places.take(free)
            tickets = rows.take(free)
            self._keys[spots] = tickets.view(np.uint64)
            won = self._keys.take(spots).view(np.int64) == tickets
            spots, owners = spots.compress(won), tickets.compress(won)
            self._keys[spots] = keys.take(owners)
            for part, word in zip(self._rest, rest, strict=True):
                part[spots] = word.take(owners)
            settled = np.zeros(len(rows), dtype=bool)
            settled[free.compress(won)] = True
            rows = rows.compress(~settled)
            round += 1
