"""Plays the attempts of an ensemble with numpy: both clocks, counting, stopping."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from petri.token_game.bit_counter import BitCounter
from petri.token_game.bit_words import Words, popcount
from petri.token_game.choices import Portion
from petri.token_game.sliced_numpy import kinds_of
from petri.token_game.sliced_state import SlicedState

__all__ = ["NumpyPlayer", "Player"]

Int64 = NDArray[np.int64]

COUNTED = 32
CLOSE = 8


class Player(Protocol):
    """Plays attempts on a state."""

    def play(self, portion: Portion, start: int, stop: int) -> None:
        """Make the attempts ``start`` to ``stop`` of a portion in every block.

        Parameters
        ----------
        portion
            What is attempted.
        start, stop
            Which of them.
        """
        ...


class NumpyPlayer:
    """The engine in numpy (implements :class:`Player`).

    Parameters
    ----------
    state
        What is played on; changed in place.
    """

    def __init__(self, state: SlicedState) -> None:
        self._state = state
        self._kinds, self._kind_of = kinds_of(state.layout, state.slots)
        blocks, self._n_rows, n_words = state.words.shape
        self._flat = state.words.reshape(blocks * self._n_rows, n_words)
        self._ring: Words = np.zeros((COUNTED, blocks, n_words), dtype=np.uint64)
        self._ringed: list[int] = []
        self._blocks = np.arange(blocks)
        self._base = self._blocks * self._n_rows
        self._counter = None if state.counter is None else BitCounter(state.counter)
        self._portion: Portion | None = None
        self._rows: list[tuple[Int64, Int64]] = []
        self._chosen = self._which = np.zeros((0, 0), dtype=np.int64)
        self._masks: Words = np.zeros((3, blocks, n_words), dtype=np.uint64)

    def play(self, portion: Portion, start: int, stop: int) -> None:
        """Make the attempts ``start`` to ``stop`` of a portion in every block."""
        if portion is not self._portion:
            self._take_up(portion)
        one, other, both = self._masks
        state, counter = self._state, self._counter
        watching = bool(state.watched) or state.until is not None
        at = start
        while at < stop:
            room = stop - at
            exact = False
            if counter is not None:
                left = counter.headroom(state.active)
                exact = left < CLOSE
                room = min(room, COUNTED if exact else left)
            for attempt in range(at, at + room):
                np.bitwise_and(portion.coins[:, attempt], state.active, out=one)
                np.bitwise_xor(one, state.active, out=other)
                fired = self._attempt(2 * attempt, one)
                second = self._attempt(2 * attempt + 1, other)
                if counter is None and not watching:
                    continue
                fired = np.bitwise_or(fired, second, out=both)
                if counter is not None:
                    if exact:
                        counter.add_and_stop(fired, state.active)
                    else:
                        counter.add(fired)
                if watching:
                    state.look(fired, state.attempts + attempt - at + 1)
            state.attempts += room
            at += room
        self._count()
        if counter is not None:
            counter.flush()
        state.overflow = any(kind.overflowed() for kind in self._kinds)

    def _take_up(self, portion: Portion) -> None:
        """Look up all rows of a portion at once."""
        self._portion = portion
        pairs = portion.pairs
        self._chosen = np.ascontiguousarray(pairs.reshape(len(pairs), -1).T)
        self._rows = []
        for kind in self._kinds:
            both = [
                np.ascontiguousarray(table[:, self._chosen].transpose(1, 0, 2)) + self._base
                for table in (kind.read, kind.write)
            ]
            self._rows.append((both[0], both[1]))
        if len(self._kinds) > 1:
            self._which = self._kind_of[self._chosen]

    def _attempt(self, attempt: int, active: Words) -> Words:
        fired: Words = self._ring[len(self._ringed)]
        chosen = self._chosen[attempt]
        if len(self._kinds) == 1:
            read, write = self._rows[0]
            self._kinds[0].attempt(self._flat, read[attempt], write[attempt], chosen, active, fired)
        else:
            which = self._which[attempt]
            for number, kind in enumerate(self._kinds):
                blocks = np.flatnonzero(which == number)
                if blocks.size == 0:
                    continue
                part = np.empty((blocks.size, fired.shape[1]), dtype=np.uint64)
                read, write = self._rows[number]
                kind.attempt(
                    self._flat, read[attempt][:, blocks], write[attempt][:, blocks],
                    chosen[blocks], active[blocks], part,
                )  # fmt: skip
                fired[blocks] = part
        self._ringed.append(attempt)
        if len(self._ringed) == COUNTED:
            self._count()
        return fired

    def _count(self) -> None:
        """Add up the firings of the last attempts by transition."""
        used = len(self._ringed)
        if used:
            counts = popcount(self._ring[:used]).sum(axis=2, dtype=np.int64)
            np.add.at(self._state.fired, (self._blocks, self._chosen[self._ringed]), counts)
            self._ringed.clear()
