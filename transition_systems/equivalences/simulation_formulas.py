"""Formulas that one class has and another, which does not simulate it, has not.

They are read from the ranks of :mod:`.simulation_ranks`: a pair of rank ``r`` has a step whose
answers all give pairs of lower ranks. Negation stands only where the simulation preserves it: at
atoms; for ready simulation at a single step; for 2-nested simulation at formulas of plain
simulation; for coupled simulation below silent steps.

R. van Glabbeek, The linear time - branching time spectrum I, 2001; B. Bisping, U. Nestmann,
K. Peters, Coupled similarity: the first 32 years, Acta Informatica 57 (2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.equivalences.distinguish import (
    CHOICES,
    MAX_FORMULA_DEPTH,
    MAX_FORMULA_SIZE,
    TooLargeError,
)
from transition_systems.equivalences.hml import HmlFormula
from transition_systems.equivalences.simulation_ranks import DEEPEST
from transition_systems.equivalences.simulation_steps import Steps
from transition_systems.equivalences.simulations import Simulation
from transition_systems.lts import FINAL, TAU_NAME

__all__ = ["SimulationFormulas"]

Bools = NDArray[np.bool_]
Pair = tuple[int, int]

TRUE: HmlFormula = ("true",)
MOST_TRUTHS = 1 << 26


@dataclass(frozen=True, slots=True)
class _Found:
    formula: HmlFormula
    size: int
    depth: int
    truth: Bools | None


@dataclass(frozen=True, slots=True)
class _Choice:
    """A step of the first class that only pairs of lower ranks answer; no label: no coupling."""

    label: int | None
    needs: tuple[Pair, ...]


class SimulationFormulas:
    """Finds formulas for pairs of classes; remembers what it found.

    Parameters
    ----------
    steps
        The classes and their steps.
    simulation
        Which simulation.
    ranks
        Their ranks.
    base
        For 2-nested simulation the formulas of plain simulation.
    meter
        A running budget.
    """

    def __init__(
        self,
        steps: Steps,
        simulation: Simulation,
        ranks: NDArray[np.uint8],
        meter: Meter,
        base: SimulationFormulas | None = None,
    ) -> None:
        self.steps, self.simulation, self.ranks = steps, simulation, ranks
        self.meter, self.base = meter, base
        self.word = "weak" if simulation.weak else "diamond"
        self.known: dict[Pair, _Found] = {}
        self.truths = MOST_TRUTHS // max(1, steps.n + len(steps.answers.heads))

    def of_sides(self, left: Sequence[int], right: Sequence[int]) -> HmlFormula | None:
        """Return a formula of one of the left classes and of none of the right ones.

        ``None`` when each of the left ones is simulated by one of the right ones.

        Raises
        ------
        TooLargeError
            When it is larger or deeper than what is worth writing, or the budget ends.
        """
        for state in left:
            if (self.ranks[state, right] != 0).all():
                pairs = tuple((state, other) for other in right)
                for pair in pairs:
                    self._find(pair)
                return self._together(pairs).formula
        return None

    def formula(self, below: int, above: int) -> HmlFormula:
        """Return a formula of the first class that the second has not."""
        self._find((below, above))
        return self.known[below, above].formula

    def _find(self, pair: Pair) -> None:
        waiting, choices = [pair], dict[Pair, list[_Choice]]()
        while waiting:
            if self.meter.out_of_time():
                raise TooLargeError
            here = waiting[-1]
            if here in self.known:
                waiting.pop()
                continue
            if self.ranks[here] == 1:
                self.known[here] = self._at_first_sight(*here)
                continue
            if here not in choices:
                choices[here] = self._choices(*here)
            needed = dict.fromkeys(need for choice in choices[here] for need in choice.needs)
            missing = [need for need in needed if need not in self.known]
            if missing:
                waiting.extend(missing)
                continue
            built = [self._build(choice) for choice in choices[here]]
            best = min(built, key=lambda found: (found.size, found.depth))
            if best.size > MAX_FORMULA_SIZE or best.depth > MAX_FORMULA_DEPTH:
                raise TooLargeError
            self.known[here] = best

    def _choices(self, below: int, above: int) -> list[_Choice]:
        rank = int(self.ranks[below, above])
        if rank == DEEPEST:
            raise TooLargeError
        asked, answers, found = self.steps.asked, self.steps.answers, list[_Choice]()
        row = slice(answers.offsets[above], answers.offsets[above + 1])
        labels, heads = answers.labels[row], answers.heads[row]
        for arc in range(asked.offsets[below], asked.offsets[below + 1]):
            label, goal = int(asked.labels[arc]), int(asked.heads[arc])
            others = heads[labels == label]
            if self._are_lower(self.ranks[goal, others], rank):
                found.append(_Choice(label, tuple((goal, o) for o in others.tolist())))
        if self.simulation.condition == "coupled":
            others = heads[labels == 0]
            if self._are_lower(self.ranks[others, below], rank):
                found.append(_Choice(None, tuple((o, below) for o in others.tolist())))
        found.sort(key=lambda choice: len(choice.needs))
        return found[:CHOICES]

    @staticmethod
    def _are_lower(ranks: NDArray[np.uint8], rank: int) -> bool:
        return bool(((ranks > 0) & (ranks < rank)).all())

    def _at_first_sight(self, below: int, above: int) -> _Found:
        """Return a formula for a pair of rank 1: an atom, a step, or what the condition gives."""
        lts, names = self.steps.lts, self.steps.lts.label_names
        for name in (FINAL, *sorted(lts.atoms)):
            flags = lts.atoms[name]
            if flags[below] != flags[above]:
                atom: HmlFormula = ("final",) if name == FINAL else ("atom", name)
                if flags[below]:
                    return _Found(atom, 1, 1, flags)
                return _Found(("not", atom), 2, 2, ~flags)
        initials = self.steps.initials
        for here, there, positive in ((below, above, True), (above, below, False)):
            more = np.flatnonzero(initials[here] & ~initials[there])
            if len(more) and (positive or self.simulation.condition == "ready"):
                label = int(more[0])
                step: HmlFormula = (self.word, names[label], TRUE)
                truth = initials[:, label]
                if positive:
                    return _Found(step, 2, 2, truth)
                return _Found(("not", step), 3, 3, ~truth)
        if self.simulation.condition == "completed":
            able: Bools = np.logical_or.reduce(initials, axis=1)
            return _Found(("dead",), 1, 1, ~able)
        assert self.base is not None
        self.base._find((above, below))
        return _negated(self.base.known[above, below])

    def _build(self, choice: _Choice) -> _Found:
        if choice.label is None:
            parts = {need: _negated(self.known[need]) for need in choice.needs}
            inner = self._joined(parts, side=0)
            label, name = 0, TAU_NAME
        else:
            inner = self._together(choice.needs)
            label, name = choice.label, self.steps.lts.label_names[choice.label]
        truth = None
        if inner.truth is not None and len(self.known) <= self.truths:
            answers = self.steps.answers
            good = (answers.labels == label) & inner.truth[answers.heads]
            truth = np.zeros(self.steps.n, dtype=np.bool_)
            truth[answers.tails[good]] = True
        shape: HmlFormula = (self.word, name, inner.formula)
        return _Found(shape, inner.size + 1, inner.depth + 1, truth)

    def _together(self, pairs: Sequence[Pair]) -> _Found:
        """Return a formula of the first class of some pairs, and of none of the second ones."""
        return self._joined({pair: self.known[pair] for pair in pairs}, side=1)

    def _joined(self, found: dict[Pair, _Found], side: int) -> _Found:
        """Return the conjunction of as few of some formulas as refute all classes of a side."""
        parts: dict[HmlFormula, _Found] = {}
        for pair in sorted(found, key=lambda p: -found[p].size):
            other = pair[side]
            refuted = (part.truth is not None and not part.truth[other] for part in parts.values())
            if not any(refuted):
                parts[found[pair].formula] = found[pair]
        if not parts:
            return _Found(TRUE, 1, 1, np.ones(self.steps.n, dtype=np.bool_))
        if len(parts) == 1:
            return next(iter(parts.values()))
        truth: Bools | None = np.ones(self.steps.n, dtype=np.bool_)
        for part in parts.values():
            truth = None if truth is None or part.truth is None else truth & part.truth
        size = 1 + sum(part.size for part in parts.values())
        depth = 1 + max(part.depth for part in parts.values())
        return _Found(("and", *parts), size, depth, truth)


def _negated(found: _Found) -> _Found:
    truth = None if found.truth is None else ~found.truth
    if found.formula[0] == "not":
        return _Found(found.formula[1], found.size - 1, found.depth - 1, truth)
    return _Found(("not", found.formula), found.size + 1, found.depth + 1, truth)
