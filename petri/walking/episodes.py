"""Episodes of walks: what all walkers attempt in which order, and who takes part by what chance.

Everything is computed from the seed and the numbers of episode and sweep, so that one walker's
run is played again without any log but that of the clones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np
from numpy.typing import NDArray

from petri.walking.shortening import Firing

__all__ = ["Attempts", "Chances", "Clones", "Episode", "Hit", "luby"]

SPREAD = 1 << 16
MOST_HALVINGS = 3

Int64 = NDArray[np.int64]
Words = NDArray[np.uint64]


def luby(number: int) -> int:
    """Return a number of the sequence 1, 1, 2, 1, 1, 2, 4, 1, ... (Luby et al., 1993), from 0 on.

    Examples
    --------
    >>> [luby(n) for n in range(8)]
    [1, 1, 2, 1, 1, 2, 4, 1]
    """
    number += 1
    while True:
        size = number.bit_length()
        if number == (1 << size) - 1:
            return 1 << (size - 1)
        number -= (1 << (size - 1)) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Attempts:
    """One sweep: every transition once, and where its random words begin.

    Parameters
    ----------
    order
        The transitions, a permutation.
    starts
        int64 (n_transitions, 3): offsets into the random words.
    """

    order: list[int]
    starts: Int64


@dataclass(frozen=True, slots=True, eq=False)
class Clones:
    """After a sweep, the words whose walkers were replaced, and each one's new ancestor."""

    sweep: int
    targets: NDArray[np.intp]
    sources: Int64


@dataclass(slots=True, eq=False)
class Episode:
    """A walk from the initial marking.

    Parameters
    ----------
    number
        Counts the episodes.
    halvings
        For each transition how often its chance is halved: 0 to 3.
    sweeps
        How many to make.
    goal
        The number of the goal that it is guided towards, -1 for none.
    clones
        What was cloned, in the order of the sweeps.
    """

    number: int
    halvings: list[int]
    sweeps: int
    goal: int = -1
    clones: list[Clones] = field(default_factory=list[Clones])


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """A walker that stood in a goal: before an attempt of a sweep of an episode.

    Parameters
    ----------
    episode, sweep, attempt, walker
        Where; the attempts before it were made.
    """

    episode: Episode
    sweep: int
    attempt: int
    walker: int


class Chances:
    """The random numbers of a search.

    Parameters
    ----------
    seed
        Of everything.
    words
        Words in a plane.
    transitions
        How many there are.
    """

    def __init__(self, seed: int, words: int, transitions: int) -> None:
        self.seed, self.transitions = seed, transitions
        generator = np.random.Generator(np.random.SFC64(seed))
        size = words + SPREAD
        self.pool: Words = generator.integers(0, 1 << 64, size=size, dtype=np.uint64)

    def generator(self, *numbers: int) -> np.random.Generator:
        """Return the generator of an episode, or of one of its sweeps."""
        return np.random.Generator(np.random.SFC64([self.seed, *numbers]))

    def attempts(self, episode: int, sweep: int) -> Attempts:
        """Return what is attempted in a sweep."""
        generator = self.generator(episode, sweep)
        order = generator.permutation(self.transitions).tolist()
        starts = generator.integers(0, SPREAD, size=(self.transitions, MOST_HALVINGS))
        return Attempts(order, starts)

    def replay(self, hit: Hit, firing: Firing) -> list[int]:
        """Return the transitions that led a walker to its hit."""
        episode = hit.episode
        halved = np.array(episode.halvings, dtype=np.int64)
        legs: list[tuple[int, int]] = []  # (sweep that a leg ends with, walker)
        walker, end = hit.walker, hit.sweep
        for clones in reversed(episode.clones):
            if clones.sweep >= hit.sweep:
                continue
            at = np.flatnonzero(clones.targets == walker >> 6)
            if len(at):
                legs.append((end, walker))
                walker, end = int(clones.sources[int(at[0])]), clones.sweep
        legs.append((end, walker))
        tokens, fired = list(firing.initial), list[int]()
        sweeps = count()
        for end, walker in reversed(legs):
            word, bit = walker >> 6, np.uint64(walker & 63)
            for sweep in sweeps:
                attempts = self.attempts(episode.number, sweep)
                takes = ((self.pool[attempts.starts + word] >> bit) & np.uint64(1)).astype(bool)
                column = halved[attempts.order]
                part = np.ones(len(column), dtype=bool)
                for level in range(MOST_HALVINGS):
                    part &= takes[:, level] | (column <= level)
                stop = hit.attempt if sweep == hit.sweep else len(column)
                _play(firing, attempts.order, np.flatnonzero(part[:stop]).tolist(), tokens, fired)
                if sweep == end:
                    break
        return fired


def _play(
    firing: Firing, order: Sequence[int], chosen: Sequence[int], tokens: list[int], fired: list[int]
) -> None:
    needs, moves = firing.needs, firing.moves
    for position in chosen:
        transition = order[position]
        for place, weight in needs[transition]:
            if tokens[place] < weight:
                break
        else:
            for place, change in moves[transition]:
                tokens[place] += change
            fired.append(transition)
