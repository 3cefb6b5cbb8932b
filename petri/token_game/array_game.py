"""The token game on arrays of integers: many independent runs of any net, one column each.

Tokens are bytes as long as they fit and 64-bit integers from then on; more than 2**62 tokens in a
place are an error, never a wrap.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from petri.marking import MAX_TOKENS
from petri.net import PetriNet
from transition_systems.errors import FiringError

__all__ = ["ArrayGame"]

Array = NDArray[Any]
SMALL = 127


class ArrayGame:
    """Markings of many runs, what is enabled in them, and what firing makes of them.

    Parameters
    ----------
    net
        Any place/transition net.
    runs
        The number of columns.
    stepwise
        Whether tokens that are put wait until :meth:`next_step` (maximal steps).

    Notes
    -----
    One firing in every run is O(arcs) operations of numpy on rows of ``runs`` numbers.
    """

    def __init__(self, net: PetriNet, runs: int, *, stepwise: bool = False) -> None:
        self.net = net
        self.count = len(net.transition_ids)
        start = net.initial.to_array(net.place_ids)
        plain = not len(net.pre_arcs.weights) or int(net.pre_arcs.weights.max()) == 1
        pairs: dict[tuple[int, int], int] = {}
        if plain:
            pairs.update({(place, 1): place + 1 for place in range(len(start))})
        self._first: list[int] = []
        self._more: list[tuple[int, int]] = []
        self._takes: list[list[tuple[int, int]]] = []
        self._gives: list[list[tuple[int, int]]] = []
        for number in range(self.count):
            needs = _arcs(net.pre_arcs.row(number))
            rows = [pairs.setdefault(pair, len(pairs) + 1) for pair in needs]
            self._first.append(rows[0] if rows else 0)
            self._more.extend((number, row) for row in rows[1:])
            gives = _arcs(net.post_arcs.row(number))
            if not stepwise:
                change = dict(gives)
                for place, weight in needs:
                    change[place] = change.get(place, 0) - weight
                needs = [(place, -n) for place, n in change.items() if n < 0]
                gives = [(place, n) for place, n in change.items() if n > 0]
            self._takes.append(needs)
            self._gives.append(gives)
        self._plain = plain
        self._places = np.array([place for place, _ in pairs], dtype=np.int64)
        self._least = np.array([weight for _, weight in pairs], dtype=np.int64)[:, None]
        self._growth = max((w for gives in self._gives for _, w in gives), default=0)
        largest = max([*start.tolist(), self._growth, *(w for _, w in pairs), 0])
        kind: type[Any] = np.uint8 if largest <= SMALL else np.int64
        self.markings: Array = np.repeat(start[:, None].astype(kind), runs, axis=1)
        self._waiting: Array | None = np.zeros_like(self.markings) if stepwise else None
        self._covered: Array = np.ones((len(pairs) + 1, runs), dtype=np.bool_)
        self._enabled: Array = np.empty((self.count, runs), dtype=np.uint8)
        self._rows = list(self._enabled)
        self._fires: Array = np.empty((self.count, runs), dtype=np.bool_)
        self._numbers = np.arange(self.count)[:, None]
        self._room = 0
        self._use(kind)

    def _use(self, kind: type[Any]) -> None:
        """Keep tokens in another type, and list what firing adds where."""
        self.markings = self.markings.astype(kind, copy=False)
        if self._waiting is not None:
            self._waiting = self._waiting.astype(kind, copy=False)
        self._least = self._least.astype(kind)
        self._gathered: Array = np.empty(
            (0 if self._plain else len(self._places), self.markings.shape[1]), dtype=kind
        )
        ones = self._fires.view(np.uint8)
        target = self.markings if self._waiting is None else self._waiting
        self._changes: list[tuple[Any, Array, Array, int]] = []
        for number in range(self.count):
            for place, weight in self._takes[number]:
                self._changes.append((np.subtract, self.markings[place], ones[number], weight))
            for place, weight in self._gives[number]:
                self._changes.append((np.add, target[place], ones[number], weight))

    def enabled(self) -> Array:
        """Return what is enabled, uint8 (n_transitions, n_runs) of 0 and 1; overwritten later."""
        if self._plain:
            np.greater(self.markings, 0, out=self._covered[1:])
        elif len(self._places):
            self.markings.take(self._places, axis=0, out=self._gathered, mode="clip")
            np.greater_equal(self._gathered, self._least, out=self._covered[1:])
        view = self._covered.view(np.uint8)
        if self.count:
            view.take(self._first, axis=0, out=self._enabled, mode="clip")
        for number, row in self._more:
            np.bitwise_and(self._rows[number], view[row], out=self._rows[number])
        return self._enabled

    def fire(self, chosen: Array) -> None:
        """Fire one transition in each run.

        Parameters
        ----------
        chosen
            Integers (n_runs,); a transition that is enabled, or ``n_transitions`` for none.

        Raises
        ------
        FiringError
            When a place would get more than 2**62 tokens.
        """
        np.equal(chosen, self._numbers.astype(chosen.dtype), out=self._fires)
        if self._room == 0:
            self._make_room()
        if self._room == 0:
            self._check()
        else:
            self._room -= 1
        for change, row, ones, weight in self._changes:
            if weight == 1:
                change(row, ones, out=row)
            else:
                change(row, np.multiply(ones, weight, dtype=row.dtype), out=row)

    def _make_room(self) -> None:
        """Find out for how many firings no place can overflow; use wider numbers where none."""
        highest = int(self.markings.max(initial=0))
        if self._waiting is not None:
            highest += int(self._waiting.max(initial=0))
        growth = max(1, self._growth)
        if self.markings.dtype == np.uint8:
            self._room = (255 - highest) // growth
            if self._room > 0:
                return
            self._use(np.int64)
        self._room = max(0, (MAX_TOKENS - highest) // growth)

    def _check(self) -> None:
        for number, gives in enumerate(self._gives):
            for place, weight in gives:
                tokens = self.markings[place]
                if self._waiting is not None:
                    tokens = tokens + self._waiting[place]
                if (self._fires[number] & (tokens > MAX_TOKENS - weight)).any():
                    identity = self.net.place_ids[place]
                    raise FiringError(f"{identity} would get more than 2**62 tokens")

    def next_step(self, where: NDArray[np.bool_]) -> None:
        """Put the tokens that wait, in some runs: their next step begins."""
        if self._waiting is not None:
            self.markings += self._waiting * where
            self._waiting *= ~where

    def settle(self) -> Array:
        """Return the markings with all tokens put, (n_places, n_runs)."""
        return self.markings if self._waiting is None else self.markings + self._waiting


def _arcs(row: tuple[NDArray[np.int64], NDArray[np.int64]]) -> list[tuple[int, int]]:
    places, weights = row
    return list(zip(places.tolist(), weights.tolist(), strict=True))
