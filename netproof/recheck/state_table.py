"""Sets of markings as arrays: which marking is in, and whether every step stays in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.net_table import NetTable, Tokens
from netproof.recheck.predicates import holds_in
from netproof.recheck.result import RefusedError, Watch
from transition_systems.evidence import StateSet
from transition_systems.properties.predicates import Predicate

__all__ = ["CHUNK", "StateTable", "integers"]

Ints = NDArray[np.int64]
CHUNK = 1 << 14


def integers(values: object, shape: tuple[int, ...], what: str) -> Ints:
    """Return an array of whole numbers of a shape; refuse anything else."""
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "iu":
        raise RefusedError(f"{what} is no array of whole numbers")
    if values.shape != shape:
        raise RefusedError(f"{what} has the shape {values.shape}, expected {shape}")
    return np.ascontiguousarray(values, dtype=np.int64)


class StateTable:
    """A set of markings in which markings are found by a hash and then compared exactly.

    Parameters
    ----------
    table
        The net.
    states
        The set; its names must be the places in the order of the net, no entry negative. A
        marking may stand in it twice: then the first row in the order of the hashes stands for
        it wherever it is found.
    watch
        Asked for the size before anything is copied, and for the time between chunks.
    """

    __slots__ = ("_closed", "_hash", "_keys", "_order", "_weights", "rows", "table", "watch")

    _weights: NDArray[np.uint64]
    _hash: NDArray[np.uint64]
    _keys: NDArray[np.uint64]
    _order: NDArray[np.intp]

    def __init__(self, table: NetTable, states: StateSet, watch: Watch) -> None:
        names = table.net.place_ids
        if tuple(states.names) != names:
            raise RefusedError("the columns of the state set are not the places of the net")
        count = len(states.rows)
        watch.fits(count * (len(names) * 8 + 32))
        self.table, self.watch, self._closed = table, watch, False
        self.rows = integers(states.rows, (count, len(names)), "the state set")
        if count == 0:
            raise RefusedError("the state set is empty")
        if (self.rows < 0).any():
            raise RefusedError("the state set has a negative number of tokens")
        for seed in range(16):
            watch.tick()
            if self._hashed(seed):
                return
        raise RefusedError("the state set defeats sixteen hash functions")

    @classmethod
    def of(cls, table: NetTable, states: StateSet, watch: Watch) -> StateTable:
        """Return the table of a set; the one made before where the rows are the same object.

        The rows are kept with the table, so that their identity stays theirs.
        """
        found = table.tables.get(id(states.rows))
        if found is not None and found[0] is states.rows and isinstance(found[1], StateTable):
            if tuple(states.names) != table.net.place_ids:
                raise RefusedError("the columns of the state set are not the places of the net")
            found[1].watch = watch
            return found[1]
        made = cls(table, states, watch)
        if not states.rows.flags.writeable:
            table.tables[id(states.rows)] = (states.rows, made)
        return made

    def __len__(self) -> int:
        return len(self.rows)

    def _hashed(self, seed: int) -> bool:
        random = np.random.default_rng(seed)
        width = self.rows.shape[1]
        self._weights = np.asarray(random.integers(0, 2**64, size=width, dtype=np.uint64))
        self._hash = np.empty(len(self.rows), dtype=np.uint64)
        for start in range(0, len(self.rows), CHUNK):
            part = self.rows[start : start + CHUNK].view(np.uint64)
            self._hash[start : start + CHUNK] = (part * self._weights).sum(axis=1, dtype=np.uint64)
        self._order = np.argsort(self._hash, kind="stable")
        self._keys = self._hash[self._order]
        same = np.flatnonzero(self._keys[1:] == self._keys[:-1])
        first, second = self.rows[self._order[same]], self.rows[self._order[same + 1]]
        return bool((first == second).all())

    def _find(self, rows: Ints, hashes: NDArray[np.uint64]) -> Ints:
        place = np.minimum(np.searchsorted(self._keys, hashes), len(self._keys) - 1)
        found = self._order[place]
        right = (self._keys[place] == hashes) & (self.rows[found] == rows).all(axis=1)
        return np.where(right, found, -1)

    def index(self, tokens: Tokens) -> int:
        """Return the row of a marking; -1 when it is not in."""
        row = self.table.rows([tokens])
        hashes = (row.view(np.uint64) * self._weights).sum(axis=1, dtype=np.uint64)
        return int(self._find(row, hashes)[0])

    def arcs(
        self, chosen: NDArray[np.uint8] | None = None, *, leaving: bool = False
    ) -> Iterator[tuple[int, Ints, Ints]]:
        """Yield all steps from states of the set: transition, sources, targets, as indices.

        In the arrays of one item each source occurs once. Refused is a step that leads out, but for
        ``leaving``: its target is one more than the last row. Where rows of bytes are given, only
        steps whose bit is set: bit ``t % 8`` of byte ``t // 8``.
        """
        for start in range(0, len(self.rows), CHUNK):
            part = self.rows[start : start + CHUNK]
            columns = np.ascontiguousarray(part.T)
            for transition, change in enumerate(self.table.change):
                self.watch.tick()
                enabled = self.table.enabled(columns, transition)
                if chosen is not None:
                    byte = chosen[start : start + CHUNK, transition >> 3]
                    enabled &= (byte >> (transition & 7) & 1).astype(np.bool_)
                able = np.flatnonzero(enabled)
                if not len(able):
                    continue
                after = part[able]
                hashes = self._hash[start + able]
                for place, delta in change.items():
                    after[:, place] += delta
                    moved = delta * int(self._weights[place]) % 2**64
                    hashes = np.add(hashes, np.uint64(moved))
                targets = self._find(after, hashes)
                if leaving:
                    targets = np.where(targets < 0, len(self.rows), targets)
                elif (targets < 0).any():
                    state = int(able[int((targets < 0).argmax())]) + start
                    name = self.table.net.transition_ids[transition]
                    raise RefusedError(f"{name!r} leads out of the set from its state {state}")
                yield transition, able + start, targets
        self._closed = self._closed or (chosen is None and not leaving)

    def closed(self) -> None:
        """Refuse the set unless every step from it stays in it."""
        if self._closed:
            return
        for _ in self.arcs():
            pass

    def starts(self) -> None:
        """Refuse the set unless the initial marking is in it."""
        if self.index(self.table.initial) < 0:
            raise RefusedError("the initial marking is not in the state set")

    def within(self, predicate: Predicate) -> None:
        """Refuse the set unless the predicate holds in all of it."""
        good = self.holds(predicate)
        if not good.all():
            state = int((~good).argmax())
            raise RefusedError(f"state {state} of the set does not satisfy the claim's predicate")

    def holds(self, predicate: Predicate) -> NDArray[np.bool_]:
        """Return where a predicate holds, bool of shape (n_states,)."""
        return holds_in(self.table, self.rows, predicate, self.watch)
