"""Formulas that tell two states apart, read from the rounds of a refinement.

Two states that a round parted differ in a pair (label, block before the round) that only one can
do. The formula says that the pair is there; it needs formulas that tell its block from all blocks
that the other can reach by the label, and these were parted in earlier rounds.

R. Cleaveland, On automatically explaining bisimulation inequivalence, CAV 1990; H. Korver,
Computing distinguishing formulas for branching bisimulation, CAV 1991.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.equivalences.graph import Graph
from transition_systems.equivalences.history import History
from transition_systems.equivalences.hml import HmlFormula
from transition_systems.lts import TAU

__all__ = ["MAX_FORMULA_DEPTH", "MAX_FORMULA_SIZE", "Choice", "Distinguisher", "TooLargeError"]

MAX_FORMULA_DEPTH = 300
MAX_FORMULA_SIZE = 20_000
CHOICES = 6

TRUE: HmlFormula = ("true",)
_Apart = tuple[int, int, int]


class TooLargeError(Exception):
    """The formula outgrows the bounds of what is worth writing down."""


@dataclass(frozen=True, slots=True)
class _Formula:
    formula: HmlFormula
    size: int
    depth: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to tell two nodes apart: the pairs of nodes that must be told apart before.

    By a step with the label, to ``good``, from ``home``; no step with it of the other node leads
    out of ``bad``, or from beyond ``exits``.
    """

    positive: bool
    label: int
    good: int
    home: int
    bad: tuple[int, ...]
    exits: tuple[int, ...]

    def needs(self) -> list[tuple[int, int]]:
        """Return the pairs of nodes whose formulas this one is made of."""
        return [(self.good, b) for b in self.bad] + [(self.home, e) for e in self.exits]


def _unordered(key: tuple[int, int, int]) -> _Apart:
    """Return what is the same for two nodes and the same two in the other order."""
    after, one, other = key
    return after, min(one, other), max(one, other)


class Distinguisher:
    """Finds formulas that hold in one node and not in another; remembers what it found.

    A formula for two nodes that round ``r`` parted holds in all nodes that were in the block of
    the first after that round, and in none that were in the block of the second.

    Parameters
    ----------
    graph
        The graph that was refined, with the moves kept.
    history
        These moves.
    kind
        The kind of the bisimilarity; for the weak one, the arcs of the graph are weak steps.
    names
        The names of the labels.
    divergence
        The label of the loops of divergent nodes, if there is one.
    difference
        Gives a formula without steps that holds in the first of two nodes of different classes
        and not in the second.
    value
        Gives whether a formula holds in a node.
    meter
        A running budget.
    """

    def __init__(
        self,
        graph: Graph,
        history: History,
        kind: Literal["strong", "branching", "weak"],
        *,
        names: Sequence[str],
        divergence: int | None,
        difference: Callable[[int, int], HmlFormula],
        value: Callable[[HmlFormula], NDArray[np.bool_]],
        meter: Meter,
    ) -> None:
        self.graph = graph
        self.history = history
        self.kind = kind
        self.names = names
        self.divergence = divergence
        self.difference = difference
        self.value = value
        self.meter = meter
        self.known: dict[tuple[int, int, int], _Formula] = {}
        self.steps: dict[tuple[int, int], dict[tuple[int, int], int]] = {}
        self.truth: dict[HmlFormula, NDArray[np.bool_]] = {}

    def formula(self, left: int, right: int) -> HmlFormula:
        """Return a formula that holds in node ``left`` and not in node ``right``.

        Raises
        ------
        TooLargeError
            When the formula is larger or deeper than the bounds of this module, or the budget ends.
        """
        waiting = [(left, right)]
        choices: dict[tuple[int, int, int], list[Choice]] = {}
        forced: dict[_Apart, int] = {}
        while waiting:
            if self.meter.out_of_time():
                raise TooLargeError
            pair = waiting[-1]
            key = self.key(*pair)
            if key in self.known:
                waiting.pop()
                continue
            if key not in choices:
                choices[key] = self.choices(*pair)
                self.bounded(key, choices[key], forced)
            needed = {self.key(*need): need for c in choices[key] for need in c.needs()}
            missing = [need for number, need in needed.items() if number not in self.known]
            if missing:
                waiting.extend(missing)
                continue
            self.known[key] = self.best(pair, choices[key])
            waiting.pop()
        return self.known[self.key(left, right)].formula

    def key(self, left: int, right: int) -> tuple[int, int, int]:
        """Return the round that parted two nodes, and their blocks after it."""
        after = self.history.parted(left, right)
        return after, self.history.at(left, after), self.history.at(right, after)

    def bounded(
        self, key: tuple[int, int, int], choices: list[Choice], forced: dict[_Apart, int]
    ) -> None:
        """Stop early where each formula is too deep.

        What all choices for two nodes need for themselves, in one order or the other, is inside
        each formula for them. ``forced`` has for a pair how many formulas it is inside of, one
        inside the other.

        Raises
        ------
        TooLargeError
            When these are more than the depth that a formula may have.
        """
        level = forced.get(_unordered(key), 0) + 1
        if level > MAX_FORMULA_DEPTH + 1:
            raise TooLargeError
        common: set[_Apart] | None = None
        for choice in choices:
            pairs = self.alone(choice)
            common = pairs if common is None else common & pairs
        for pair in common or ():
            forced[pair] = max(level, forced.get(pair, 0))

    def alone(self, choice: Choice) -> set[_Apart]:
        """Return the pairs that a choice needs and no other formula can stand for."""
        groups = [[(choice.home, node) for node in choice.exits]]
        if self.kind != "branching" or choice.label != self.divergence:
            groups.append([(choice.good, node) for node in choice.bad])
        found: set[_Apart] = set()
        for group in groups:
            keys = {self.key(*pair) for pair in group}
            if len(keys) == 1:
                found.add(_unordered(keys.pop()))
        return found

    def steps_of(self, node: int, after: int) -> dict[tuple[int, int], int]:
        """Return the pairs (label, block after a round) that a node can do, each with a target.

        For branching bisimilarity after silent steps inside its block, and without these.
        """
        if (node, after) in self.steps:
            return self.steps[node, after]
        graph, at = self.graph, self.history.at
        home = at(node, after)
        found: dict[tuple[int, int], int] = {}
        seen, waiting = {node}, [node]
        while waiting:
            here = waiting.pop()
            row = slice(graph.offsets[here], graph.offsets[here + 1])
            for label, target in zip(
                graph.labels[row].tolist(), graph.targets[row].tolist(), strict=True
            ):
                block = at(target, after)
                if self.kind == "branching" and label == TAU and block == home:
                    if target not in seen:
                        seen.add(target)
                        waiting.append(target)
                else:
                    found.setdefault((label, block), target)
        self.steps[node, after] = found
        return found

    def choices(self, left: int, right: int) -> list[Choice]:
        """Return some ways to tell two nodes apart, the ones with the fewest needs first."""
        after = self.history.parted(left, right) - 1
        if after < 0:
            return []
        found: list[Choice] = []
        sides = self.steps_of(left, after), self.steps_of(right, after)
        branching = self.kind == "branching"
        for positive, (have, lack) in ((True, sides), (False, sides[::-1])):
            home = left if positive else right
            exits = [node for (label, _), node in lack.items() if branching and label == TAU]
            for (label, block), good in have.items():
                if (label, block) in lack:
                    continue
                bad = [node for (other, _), node in lack.items() if other == label]
                if branching and label == TAU:
                    bad.append(home)
                choice = Choice(positive, label, good, home, tuple(bad), tuple(exits))
                found.append(choice)
        found.sort(key=lambda c: (len(c.needs()), not c.positive, c.label, c.good))
        return found[:CHOICES]

    def best(self, pair: tuple[int, int], choices: list[Choice]) -> _Formula:
        """Return the smallest formula that the choices give."""
        if not choices:
            atom = self.difference(*pair)
            return _Formula(atom, 1, 1) if atom[0] != "not" else _Formula(atom, 2, 2)
        built = [self.build(choice) for choice in choices]
        smallest = min(built, key=lambda formula: (formula.size, formula.depth))
        if smallest.size > MAX_FORMULA_SIZE or smallest.depth > MAX_FORMULA_DEPTH:
            raise TooLargeError
        return smallest

    def build(self, choice: Choice) -> _Formula:
        """Return the formula of a choice."""
        stay = self.apart(choice.home, choice.exits)
        if choice.label != self.divergence:
            good = self.apart(choice.good, choice.bad)
            name = self.names[choice.label]
            shape: HmlFormula = ("until", stay.formula, name, good.formula)
            if self.kind != "branching":
                word = "diamond" if self.kind == "strong" else "weak"
                stay, shape = _Formula(TRUE, 0, 0), (word, name, good.formula)
        elif self.kind == "branching":
            good, shape = _Formula(TRUE, 0, 0), ("endless", stay.formula)
        else:
            good = self.apart(choice.good, choice.bad)
            stay, shape = _Formula(TRUE, 0, 0), ("cycle", good.formula)
        size, depth = good.size + stay.size + 1, max(good.depth, stay.depth) + 1
        if choice.positive:
            return _Formula(shape, size, depth)
        return _Formula(("not", shape), size + 1, depth + 1)

    def apart(self, node: int, others: Sequence[int]) -> _Formula:
        """Return a formula that holds in a node and in none of the others."""
        parts: dict[HmlFormula, _Formula] = {}
        candidates = {other: self.known[self.key(node, other)] for other in others}
        if len({found.formula for found in candidates.values()}) == 1:
            return next(iter(candidates.values()))
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

    def refutes(self, formula: HmlFormula, node: int) -> bool:
        """Return whether a formula that is in use already fails in the block of a node."""
        if formula not in self.truth:
            self.truth[formula] = self.value(formula)
        return not self.truth[formula][node]
