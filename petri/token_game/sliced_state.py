"""What changes while an ensemble of replicas is played, and what it is told to watch."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from petri.token_game.bit_program import BitProgram, run_program
from petri.token_game.bit_words import Words, block_counts
from petri.token_game.sliced_net import BitLayout, Slot

__all__ = ["SlicedState"]


@dataclass(slots=True, eq=False, kw_only=True)
class SlicedState:
    """All replicas of an ensemble in the middle of a game.

    Parameters
    ----------
    layout, slots
        The net in words.
    words
        The markings, uint64 (n_blocks, n_rows, n_words).
    active
        The replicas that go on, uint64 (n_blocks, n_words).
    fired
        How often each transition fired in each block, int64 (n_blocks, n_transitions).
    counter
        Planes that count the firings of each replica, or ``None`` in the clock of attempts.
    moments
        Planes of the attempt at which each replica met the goal, uint64 (bits, n_blocks, n_words).
    until
        The goal at which a replica stops.
    watched
        What is counted after each firing; only in the clock of firings.
    visited
        How many firings led to each of them, int64 (n_watched, n_blocks).
    attempts
        How many attempts each block has made.
    overflow
        Whether some replica went above its bound.
    """

    layout: BitLayout
    slots: list[list[Slot]]
    words: Words
    active: Words
    fired: NDArray[np.int64]
    counter: Words | None = None
    moments: Words | None = None
    until: BitProgram | None = None
    watched: tuple[BitProgram, ...] = ()
    visited: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    attempts: int = 0
    overflow: bool = False
    registers: Words = field(default_factory=lambda: np.zeros((0, 0, 0), dtype=np.uint64))

    def prepare(self) -> None:
        """Make room for the registers of all programs."""
        programs = [*self.watched] + ([] if self.until is None else [self.until])
        most = max((program.registers for program in programs), default=0)
        self.registers = np.zeros((most + 1, *self.active.shape), dtype=np.uint64)

    def look(self, fired: Words | None, attempts: int) -> None:
        """Count what the last attempt led to and stop the replicas that met the goal.

        Parameters
        ----------
        fired
            The replicas that fired, uint64 (n_blocks, n_words); ``None`` at the start.
        attempts
            How many attempts have been made, this one included.
        """
        if fired is not None:
            for number, program in enumerate(self.watched):
                met = run_program(program, self.words, self.registers)
                self.visited[number] += block_counts(met & fired)
        if self.until is not None:
            met = run_program(self.until, self.words, self.registers)
            new = met & self.active
            if new.any():
                self.active ^= new
                if self.moments is not None:
                    for plane in range(len(self.moments)):
                        if attempts >> plane & 1:
                            self.moments[plane] |= new
