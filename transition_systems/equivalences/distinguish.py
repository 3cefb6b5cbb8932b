"""Formulas that tell two blocks apart, read from the forest of splits.

Two blocks that were split by their signatures differ in a pair (label, block) that only one has.
The formula says that the pair is there; it needs formulas that tell its block from all blocks of
the same label on the other side, which were split in earlier rounds.

R. Cleaveland, On automatically explaining bisimulation inequivalence, CAV 1990; H. Korver,
Computing distinguishing formulas for branching bisimulation, CAV 1991.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transition_systems.equivalences.hml import HmlFormula, evaluate_hml
from transition_systems.equivalences.refinement import Refinement
from transition_systems.lts import LTS, TAU

__all__ = ["MAX_FORMULA_DEPTH", "MAX_FORMULA_SIZE", "Distinguisher", "TooLargeError"]

MAX_FORMULA_DEPTH = 300
MAX_FORMULA_SIZE = 20_000
CHOICES = 6

TRUE: HmlFormula = ("true",)


class TooLargeError(Exception):
    """The formula outgrows the bounds of what is worth writing down."""


@dataclass(frozen=True, slots=True)
class _Formula:
    formula: HmlFormula
    size: int
    depth: int


@dataclass(frozen=True, slots=True)
class _Choice:
    """One way to tell a pair of blocks apart: the blocks that must be told apart before."""

    positive: bool
    label: int
    good: int
    home: int
    bad: tuple[int, ...]
    exits: tuple[int, ...]

    def needs(self) -> list[tuple[int, int]]:
        """Return the pairs of blocks whose formulas this one is made of."""
        return [(self.good, b) for b in self.bad] + [(self.home, e) for e in self.exits]


class Distinguisher:
    """Finds formulas that hold in one block and not in another; remembers what it found.

    Parameters
    ----------
    lts
        The system that was refined (for branching bisimilarity the collapsed one).
    refinement
        Its forest of splits.
    branching
        Whether the signatures were those of branching bisimilarity.
    """

    def __init__(self, lts: LTS, refinement: Refinement, *, branching: bool) -> None:
        self.lts = lts
        self.forest = refinement
        self.branching = branching
        self.known: dict[tuple[int, int], _Formula] = {}
        self.truth: dict[HmlFormula, NDArray[np.bool_]] = {}

    def formula(self, left: int, right: int) -> HmlFormula:
        """Return a formula that holds in block ``left`` and not in block ``right``.

        Raises
        ------
        TooLargeError
            When the formula is larger or deeper than the bounds of this module.
        """
        waiting = [self.split(left, right)]
        choices: dict[tuple[int, int], list[_Choice]] = {}
        while waiting:
            pair = waiting[-1]
            if pair in self.known:
                waiting.pop()
                continue
            if pair not in choices:
                choices[pair] = self.choices(*pair)
            needed = {self.split(*need) for c in choices[pair] for need in c.needs()}
            missing = [need for need in sorted(needed) if need not in self.known]
            if missing:
                waiting.extend(missing)
                continue
            self.known[pair] = self.best(pair, choices[pair])
            waiting.pop()
        return self.known[self.split(left, right)].formula

    def split(self, left: int, right: int) -> tuple[int, int]:
        """Return the ancestors of two blocks that were split from each other."""
        parent, depth = self.forest.parent, self.forest.depth
        while parent[left] != parent[right]:
            if depth[left] >= depth[right]:
                left = parent[left]
            else:
                right = parent[right]
        return left, right

    def choices(self, left: int, right: int) -> list[_Choice]:
        """Return some ways to tell two siblings apart, the ones with the fewest needs first."""
        home = self.forest.parent[left]
        if home == -1:
            return []
        found: list[_Choice] = []
        sides = self.forest.signature[left], self.forest.signature[right]
        for positive, (have, lack) in ((True, sides), (False, sides[::-1])):
            for label, good in have - lack:
                bad = {block for other, block in lack if other == label}
                exits: set[int] = set()
                if self.branching:
                    exits = {block for other, block in lack if other == TAU}
                    bad |= {home} if label == TAU else set()
                choice = _Choice(
                    positive, label, good, home, tuple(sorted(bad)), tuple(sorted(exits))
                )
                found.append(choice)
        found.sort(key=lambda c: (len(c.needs()), not c.positive, c.label, c.good))
        return found[:CHOICES]

    def best(self, pair: tuple[int, int], choices: list[_Choice]) -> _Formula:
        """Return the smallest formula that the choices give."""
        if not choices:
            final = bool(self.lts.final[self.forest.member[pair[0]]])
            atom: HmlFormula = ("final",)
            return _Formula(atom, 1, 1) if final else _Formula(("not", atom), 2, 2)
        built = [self.build(choice) for choice in choices]
        smallest = min(built, key=lambda formula: (formula.size, formula.depth))
        if smallest.size > MAX_FORMULA_SIZE or smallest.depth > MAX_FORMULA_DEPTH:
            raise TooLargeError
        return smallest

    def build(self, choice: _Choice) -> _Formula:
        good = self.apart(choice.good, choice.bad)
        name = self.lts.label_names[choice.label]
        if self.branching:
            stay = self.apart(choice.home, choice.exits)
            size, depth = good.size + stay.size + 1, max(good.depth, stay.depth) + 1
            found = _Formula(("until", stay.formula, name, good.formula), size, depth)
        else:
            found = _Formula(("diamond", name, good.formula), good.size + 1, good.depth + 1)
        if choice.positive:
            return found
        return _Formula(("not", found.formula), found.size + 1, found.depth + 1)

    def apart(self, block: int, others: Sequence[int]) -> _Formula:
        """Return a formula that holds in a block and in none of the others."""
        parts: dict[HmlFormula, _Formula] = {}
        candidates = {other: self.known[self.split(block, other)] for other in others}
        for other in sorted(candidates, key=lambda o: -candidates[o].size):
            if not any(self.refutes(formula, other) for formula in parts):
                parts[candidates[other].formula] = candidates[other]
        if not parts:
            return _Formula(TRUE, 1, 1)
        if len(parts) == 1:
            return next(iter(parts.values()))
        size = 1 + sum(part.size for part in parts.values())
        depth = 1 + max(part.depth for part in parts.values())
        return _Formula(("and", *parts), size, depth)

    def refutes(self, formula: HmlFormula, block: int) -> bool:
        """Return whether a formula that is in use already fails in a block."""
        if formula not in self.truth:
            self.truth[formula] = evaluate_hml(self.lts, formula)
        return not self.truth[formula][self.forest.member[block]]
