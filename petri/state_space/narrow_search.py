"""Levels of few states, one state at a time: the part of a search where arrays do not pay.

The result is that of :mod:`petri.state_space.batches` to the state: the same levels, each sorted,
the same figures. Levels are handed over in stretches of many.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.state_space.scalar_game import ScalarGame
from petri.state_space.token_kernel import TokenKernel
from transition_systems.few_states import parts
from transition_systems.integer_table import IntegerTable
from transition_systems.key_table import distinct_hashes

__all__ = ["NarrowSearch", "Stretch"]

Word = NDArray[np.uint64]
# States after which the clock is looked at; most states, and about the seconds, of a stretch.
LOOK = 1 << 9
STRETCH = 1 << 14
SECONDS = 0.25
# What a level costs with arrays, and for each transition and word, in arcs of this loop.
LEVEL = 160.0
TRANSITION = 6.0
WORD = 4.0
# All of this is multiplied by: with 0, no level is narrow.
WORTH = 1.0
# A level this many times as wide as one that would be begun with is left to arrays.
LEAVE = 2.0
# More states of one word are kept in a table, with so many bytes each, and not in a set.
MANY = 1 << 20
TABLE = 16
# Bytes that the states of a level may take here, and after how many states that is asked.
MOST_BYTES = 1 << 28
STATE_BYTES = 150
ASK = 16
# A state takes a slot of a set, two fifths full on average, and an integer.
SLOT = 40


@dataclass(slots=True)
class Stretch:
    """Some levels that were found.

    Parameters
    ----------
    states
        uint64 (words, n): the states of these levels, one level after the other.
    widths
        How many states each level has.
    arcs, deadlocks
        Figures of the states that were expanded for them: the last level known before, and all of
        these but the last one.
    end
        ``None``, or why there is no further stretch: ``"complete"``, ``"wide"``, ``"misfit"`` (the
        next level does not fit the layout), ``"large"`` (it has too many states) or ``"limit"``.
    """

    states: Word
    widths: list[int]
    arcs: int
    deadlocks: int
    end: str | None


class NarrowSearch:
    """A breadth-first search on integers.

    Parameters
    ----------
    net, kernel
        The net, and its game on a layout.
    """

    def __init__(self, net: PetriNet, kernel: TokenKernel) -> None:
        self._net, self._kernel = net, kernel
        self._game: ScalarGame | None = None
        self._known: set[int] | IntegerTable | None = None
        words = kernel.layout.words
        each = len(net.transition_ids) * (TRANSITION + WORD * (words - 1))
        self._most = MOST_BYTES // (STATE_BYTES + 16 * words)
        self.worth = min(WORTH * (LEVEL + each), self._most / LEAVE)

    @property
    def game(self) -> ScalarGame:
        """The token game, compiled when it is asked for first."""
        if self._game is None:
            self._game = ScalarGame(self._net, self._kernel.layout, self._kernel.tests)
        return self._game

    @property
    def ready(self) -> bool:
        """Whether all states found so far are known here."""
        return self._known is not None

    @property
    def nbytes(self) -> int:
        """Bytes of the states that are known here."""
        if self._known is None:
            return 0
        if isinstance(self._known, IntegerTable):
            return self._known.nbytes
        some = next(iter(self._known))
        return sys.getsizeof(self._known) + len(self._known) * sys.getsizeof(some)

    def bytes_for(self, states: int) -> int:
        """Return about how many bytes so many states take."""
        if self._is_many(states):
            return TABLE * states
        bits = 64 * self._kernel.layout.words + self.game.shift
        return states * (SLOT + 28 + bits // 8)

    def _is_many(self, states: int) -> bool:
        """Return whether a set takes too much memory for so many states."""
        return states > MANY and self._kernel.layout.words == 1

    def know(self, blocks: Iterable[Word], states: int) -> None:
        """Take over all states that were found, and how many these are."""
        if self._is_many(states):
            self._known = table = IntegerTable()
            for block in blocks:
                table.add_hashes(distinct_hashes(block[0]))
        else:
            self._known = {number for block in blocks for number in self.game.numbers(block)}

    def forget(self) -> None:
        """Give the memory back; states that others find are not known here."""
        self._known = None

    def run(
        self, level: Word, *, most: int | None, end: float | None
    ) -> Generator[Stretch, None, None]:
        """Expand levels, from the last one known on, and yield what is found.

        Parameters
        ----------
        level
            The last level known.
        most
            Stop at the first level with which more states are known.
        end
            The time of :func:`time.monotonic` at which to stop.
        """
        known = self._known
        assert known is not None
        game = self.game
        remembered, firings, tests, over = game.remembered, game.firings, game.tests, game.over
        leave, most_found = LEAVE * self.worth, self._most
        numbers = game.numbers(level)
        reason: str | None = None
        self._known = None  # it is not whole while this runs
        while reason is None:
            flat: list[int] = []
            widths: list[int] = []
            arcs = deadlocks = 0
            look = LOOK
            until = time.monotonic() + SECONDS
            while True:
                found: set[int] = set()
                before, dead = arcs, deadlocks
                for part in (numbers,) if len(numbers) <= ASK else parts(numbers, ASK):
                    for number in part:
                        holding = number & tests
                        constants, count = remembered.get(holding) or firings(holding)
                        if count:
                            arcs += count
                            for constant in constants:
                                found.add(number + constant)
                        else:
                            deadlocks += 1
                    if len(found) > most_found:
                        arcs, deadlocks = before, dead
                        reason = "large"
                        break
                    if end is not None and len(found) > LOOK and time.monotonic() >= end:
                        arcs, deadlocks = before, dead
                        reason = "limit"
                        break
                if reason is not None:
                    break
                wide = 0
                if over:
                    for number in found:
                        wide |= number & over
                if wide:
                    arcs, deadlocks = before, dead
                    reason = "misfit"
                    break
                if isinstance(known, set):
                    found = found - known
                    known |= found
                    numbers = sorted(found) if len(found) > 1 else list(found)
                else:
                    numbers = sorted(known.add_integers(found, game.shift))
                if not numbers:
                    reason = "complete"
                    break
                flat += numbers
                widths.append(len(numbers))
                if most is not None and len(known) > most:
                    reason = "limit"
                    break
                if arcs - before > leave:
                    reason = "wide"
                    break
                if len(flat) >= look:
                    now = time.monotonic()
                    if end is not None and now >= end:
                        reason = "limit"
                        break
                    if now >= until or len(flat) >= STRETCH:
                        break
                    look = len(flat) + LOOK
            self._known = known
            yield Stretch(game.words(flat), widths, arcs, deadlocks, reason)
            self._known = None
            if isinstance(known, set) and self._is_many(len(known)):
                shift = game.shift
                known = IntegerTable(number >> shift for number in known)
        self._known = known
