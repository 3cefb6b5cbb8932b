"""Numbered breadth-first search one state at a time, for levels of few states.

An array operation takes microseconds whatever its length. Where a level has few states, and the
system can fire on integers, the states and arcs found are the same in the same order, and a step
takes less than a microsecond.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["FewStates", "IntegerGame", "Stretch", "parts"]

Words = NDArray[np.uint64]

# States after which the clock is looked at; most states, and about the seconds, of a stretch.
LOOK = 1 << 9
STRETCH = 1 << 14
SECONDS = 0.25
# Levels that few states of each pay for: a state is handed over when so many levels were narrow.
PATIENCE = 1_000
# Narrow levels before the first time: a small model ends before its integers are made.
FIRST = 24
# The same after states got other words, as they may again soon.
AGAIN = 4
# All limits below which a level is narrow are multiplied by this: with 0, none is.
WORTH = 1.0
# A level this many times as wide as one that would be begun with is left to arrays.
LEAVE = 2.0
ENTRY_BYTES = 150
# Bytes that the arcs of a level may take here, with so many for an arc and a word of its target,
# and after how many states that is asked.
MOST_BYTES = 1 << 28
ARC_BYTES = 200
WORD_BYTES = 16
ASK = 16


def parts(numbers: list[int], size: int) -> list[list[int]]:
    """Return a list in parts.

    Examples
    --------
    >>> parts([1, 2, 3], 2)
    [[1, 2], [3]]
    """
    return [numbers[at : at + size] for at in range(0, len(numbers), size)]


class IntegerGame(Protocol):
    """Firing on states that are integers of Python.

    Attributes
    ----------
    tests
        The bits of a state on which its steps depend.
    over
        The bits of which one is set in a state that is too wide.
    worth
        How many arcs of a level take as long as the level does with arrays.
    known_steps
        What :meth:`steps` returned and remembers.
    """

    tests: int
    over: int
    worth: float
    known_steps: dict[int, tuple[tuple[int, int], ...]]

    def numbers(self, states: Words) -> list[int]:
        """Return states, uint64 (w, n), as integers."""
        ...

    def words(self, numbers: Sequence[int]) -> Words:
        """Return integers as states, uint64 (w, n)."""
        ...

    def steps(self, holding: int) -> tuple[tuple[int, int], ...]:
        """Return labels, ascending, and what each step adds to a state with these bits."""
        ...


@dataclass(slots=True)
class Stretch:
    """Some levels that were found.

    Parameters
    ----------
    rows
        uint64 (n, w): the new states in the order of their numbers.
    parent, parent_label
        int64 and int32 (n,): by which arc each was first reached.
    counts
        int64 (k,): how many arcs each of the states has that were expanded.
    label, target
        int32 and int64 (m,): their arcs.
    end
        ``None``, or why there is no further stretch: ``"complete"``, ``"wide"``, ``"misfit"`` (the
        next level has a state that is too wide), ``"large"`` (the next level has too many arcs) or
        ``"limit"``.
    """

    rows: Words
    parent: NDArray[np.int64]
    parent_label: NDArray[np.int32]
    counts: NDArray[np.int64]
    label: NDArray[np.int32]
    target: NDArray[np.int64]
    end: str | None


class FewStates:
    """States found so far as integers, and the loop on them.

    Parameters
    ----------
    game
        Called for what fires, once before the first level and once after :meth:`start_anew`.
    """

    def __init__(self, game: Callable[[], IntegerGame]) -> None:
        self._make = game
        self._game: IntegerGame | None = None
        self._numbered: dict[int, int] | None = None
        self._waited = -FIRST * PATIENCE

    @property
    def game(self) -> IntegerGame:
        """What fires."""
        if self._game is None:
            self._game = self._make()
        return self._game

    def start_anew(self, states: int) -> None:
        """Forget everything, as so many states have got other words."""
        self._game = self._numbered = None
        self._waited = states - AGAIN * PATIENCE

    @property
    def nbytes(self) -> int:
        """Bytes of the states known here."""
        return 0 if self._numbered is None else ENTRY_BYTES * len(self._numbered)

    def forget(self) -> None:
        """Give the memory back; states that others find are not known here."""
        self._numbered = None

    def ready(self, rows: Words, expanded: int, arcs: int) -> bool:
        """Return whether to go on one state at a time, and get ready for that.

        Parameters
        ----------
        rows
            All states found, uint64 (n, w).
        expanded, arcs
            How many of them, the first ones, were expanded, and their arcs.
        """
        if self._waited < 0:
            self._waited += PATIENCE
            return False
        width = (len(rows) - expanded) * max(1.0, arcs / max(1, expanded))
        if width > WORTH * self.game.worth:
            return False
        if self._numbered is None:
            self._waited += PATIENCE
            if self._waited < len(rows):
                return False
            self._waited = 0
            numbers = self.game.numbers(rows.T)
            self._numbered = dict(zip(numbers, range(len(numbers)), strict=True))
        return True

    def run(
        self, level: Words, expanded: int, *, most: int | None, end: float | None
    ) -> Generator[Stretch, None, None]:
        """Expand levels, from the last one known on, and yield what is found.

        Parameters
        ----------
        level
            The states that are not expanded yet, uint64 (n, w).
        expanded
            The number of the first one.
        most
            Stop at the first level with which more states are known.
        end
            The time of :func:`time.monotonic` at which to stop.
        """
        numbered = self._numbered
        assert numbered is not None
        self._numbered = None  # it is not whole while this runs
        game = self.game
        tests, over, known_steps = game.tests, game.over, game.known_steps
        leave = LEAVE * WORTH * game.worth
        most_arcs = MOST_BYTES // (ARC_BYTES + WORD_BYTES * level.shape[1])
        todo = game.numbers(level.T)
        source, reason = expanded, None
        while reason is None:
            new: list[int] = []
            parents: list[int] = []
            parent_labels: list[int] = []
            counts: list[int] = []
            labels: list[int] = []
            targets: list[int] = []
            look, until = LOOK, time.monotonic() + SECONDS
            while True:
                first_new, first_arc, first_source = len(new), len(labels), len(counts)
                wide = 0
                large = False
                for part in (todo,) if len(todo) <= ASK else parts(todo, ASK):
                    for state in part:
                        holding = state & tests
                        steps = known_steps.get(holding) or game.steps(holding)
                        for label, constant in steps:
                            after = state + constant
                            number = numbered.get(after)
                            if number is None:
                                number = numbered[after] = len(numbered)
                                wide |= after & over
                                new.append(after)
                                parents.append(source)
                                parent_labels.append(label)
                            labels.append(label)
                            targets.append(number)
                        counts.append(len(steps))
                        source += 1
                    if len(labels) - first_arc > most_arcs:
                        large = True
                        break
                todo = new[first_new:]
                if wide or large:
                    reason = "misfit" if wide else "large"
                    for state in todo:
                        del numbered[state]
                    del new[first_new:], parents[first_new:], parent_labels[first_new:]
                    del labels[first_arc:], targets[first_arc:], counts[first_source:]
                    break
                if not todo:
                    reason = "complete"
                    break
                if most is not None and len(numbered) > most:
                    reason = "limit"
                    break
                if len(labels) - first_arc > leave:
                    reason = "wide"
                    break
                if len(counts) >= look:
                    now = time.monotonic()
                    if end is not None and now >= end:
                        reason = "limit"
                        break
                    if now >= until or len(counts) >= STRETCH:
                        break
                    look = len(counts) + LOOK
            self._numbered = numbered
            yield Stretch(
                np.ascontiguousarray(game.words(new).T),
                np.array(parents, dtype=np.int64),
                np.array(parent_labels, dtype=np.int32),
                np.array(counts, dtype=np.int64),
                np.array(labels, dtype=np.int32),
                np.array(targets, dtype=np.int64),
                reason,
            )
            self._numbered = None
        self._numbered = numbered
