"""Which initial classes a simulation does not relate: by ranks of all pairs, or by a game."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.equivalences.distinguish import TooLargeError
from transition_systems.equivalences.hml import HmlFormula
from transition_systems.equivalences.part_list import SharedPart, nested_formula
from transition_systems.equivalences.simulation_formulas import SimulationFormulas
from transition_systems.equivalences.simulation_game import SimulationGame, TooManyPairsError
from transition_systems.equivalences.simulation_parts import parts_of
from transition_systems.equivalences.simulation_ranks import most_classes, ranks_of
from transition_systems.equivalences.simulation_steps import Steps
from transition_systems.equivalences.simulations import Simulation, simulation_named
from transition_systems.errors import UndecidedError

__all__ = ["Decision", "Sides", "decided"]

Ranks = NDArray[np.uint8]
Bits = NDArray[np.uint8]
Indices = NDArray[np.int64]

FEW_CLASSES = 1_000
PAIRS_PER_CLASS = 32
MOST_PAIRS = 10_000_000
LISTED_PAIR = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The classes, their steps, and which are initial on the left and on the right."""

    steps: Steps
    left: list[int]
    right: list[int]
    simulation: Simulation
    preorder: bool
    meter: Meter

    def unmatched(self, ranks: Ranks) -> tuple[bool, int] | None:
        """Return an initial class that the other side does not simulate, and if it is a left one.

        An equivalence asks it of both sides, a preorder of the left one.
        """
        sides = ((True, self.left, self.right), (False, self.right, self.left))
        for of_left, some, others in sides[:1] if self.preorder else sides:
            alone = (ranks[np.ix_(some, others)] != 0).all(axis=1)
            if alone.any():
                return of_left, some[int(np.argmax(alone))]
        return None

    def others(self, of_left: bool) -> list[int]:
        """Return the initial classes of the other side."""
        return self.right if of_left else self.left

    def game(self, most: int) -> SimulationGame:
        """Return the game, played to its end or until an initial class is unmatched."""
        game = SimulationGame(self.steps, self.simulation, self.meter, most)
        game.play(self.left, self.right, preorder=self.preorder)
        return game


class Decision(Protocol):
    """Whether the initial classes are related, and what shows it."""

    @property
    def method(self) -> str:
        """How it was decided."""
        ...

    @property
    def unmatched(self) -> tuple[bool, int] | None:
        """An initial class that the other side does not simulate, and whether it is a left one."""

    @property
    def listed(self) -> bool:
        """Whether the relation is a list of pairs."""
        ...

    def relation(self) -> tuple[Bits, Bits] | tuple[Indices, Indices]:
        """Return the relation, and for 2-nested simulation the plain one.

        As rows of bits or as lists, as :class:`.SimulationEvidence` has them. Raises
        :class:`.UndecidedError` for a list that does not fit into memory.
        """
        ...

    def formula(self) -> HmlFormula | None:
        """Return a formula of the unmatched class and of none on the other side, if one fits."""

    def parts(self) -> tuple[SharedPart, ...] | None:
        """Return such a formula in parts, if they are not too many."""


def decided(sides: Sides) -> Decision:
    """Decide which initial classes are simulated by one of the other side.

    Raises
    ------
    UndecidedError
        When the budget ends, or there are too many pairs to decide on.

    Notes
    -----
    Few classes: by the ranks of all pairs. Of many classes a game on the pairs that the initial
    ones lead to is tried before, for as long as it lists at most 32 pairs and answers for each
    class, and where not all pairs fit into memory at most ten million, about 3 gigabytes.
    """
    n, fits = sides.steps.n, sides.steps.n <= most_classes(sides.meter)
    if n > FEW_CLASSES or not fits:
        try:
            return _ByGame(sides, sides.game(PAIRS_PER_CLASS * n if fits else MOST_PAIRS))
        except TooManyPairsError as error:
            if not fits:
                reason = f"{error}, and a relation on {n} classes does not fit into memory"
                raise UndecidedError(reason) from error
    return _ByRanks.of(sides)


@dataclass(frozen=True, slots=True)
class _ByRanks:
    sides: Sides
    ranks: Ranks
    base: Ranks | None

    @classmethod
    def of(cls, sides: Sides) -> _ByRanks:
        steps, meter = sides.steps, sides.meter
        base: Ranks | None = None
        if sides.simulation.condition == "nested":
            base = ranks_of(steps, simulation_named("simulation"), meter)
        ranks = ranks_of(
            steps,
            sides.simulation,
            meter,
            base=base,
            stop=lambda found: sides.unmatched(found) is not None,
        )
        return cls(sides, ranks, base)

    @property
    def method(self) -> str:
        return "ranks of pairs"

    @property
    def listed(self) -> bool:
        return False

    @property
    def unmatched(self) -> tuple[bool, int] | None:
        return self.sides.unmatched(self.ranks)

    def relation(self) -> tuple[Bits, Bits]:
        none = np.zeros((0, 0), dtype=np.uint8)
        base = none if self.base is None else np.packbits(self.base == 0, axis=1)
        return np.packbits(self.ranks == 0, axis=1), base

    def formula(self) -> HmlFormula | None:
        sides, base = self.sides, None
        if self.base is not None:
            plain = simulation_named("simulation")
            base = SimulationFormulas(sides.steps, plain, self.base, sides.meter)
        found = SimulationFormulas(
            sides.steps, sides.simulation, self.ranks, sides.meter, base=base
        )
        unmatched = self.unmatched
        if unmatched is None:
            return None
        try:
            return found.of_sides([unmatched[1]], sides.others(unmatched[0]))
        except (TooLargeError, MemoryError):
            return None

    def parts(self) -> tuple[SharedPart, ...] | None:
        try:
            return _ByGame(self.sides, self.sides.game(MOST_PAIRS)).parts()
        except (TooManyPairsError, UndecidedError, MemoryError):
            return None


@dataclass(frozen=True, slots=True)
class _ByGame:
    sides: Sides
    game: SimulationGame

    @property
    def method(self) -> str:
        return "game on pairs"

    @property
    def listed(self) -> bool:
        return True

    @property
    def unmatched(self) -> tuple[bool, int] | None:
        return max(self.game.refuted, default=None)

    def relation(self) -> tuple[Indices, Indices]:
        nested = self.sides.simulation.condition == "nested"
        none = np.zeros((2, 0), dtype=np.int64)
        lists = self.game.relation(0), self.game.relation(1) if nested else none
        count, granted = sum(pairs.shape[1] for pairs in lists), self.sides.meter.budget.bytes
        if granted is not None and count * LISTED_PAIR > granted:
            raise UndecidedError(f"the relation, of {count} pairs, does not fit into memory")
        return lists

    def formula(self) -> HmlFormula | None:
        parts = self.parts()
        return None if parts is None else nested_formula(parts)

    def parts(self) -> tuple[SharedPart, ...] | None:
        unmatched = self.unmatched
        if unmatched is None:
            return None
        of_left, state = unmatched
        try:
            return parts_of(self.game, state, self.sides.others(of_left))
        except (TooLargeError, MemoryError):
            return None
