"""Simulations as a game on pairs of classes, played from the initial pairs only.

In a pair one player asks for a step of the first class, the other answers it from the second. A
pair is lost where the two differ at first sight, or where some question has only lost pairs for
answers. Deep systems have few pairs that the initial ones lead to, and of those that are lost the
question that did it is kept: a formula is made of these.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.csr import distinct
from transition_systems.equivalences.simulation_steps import Steps
from transition_systems.equivalences.simulations import Simulation
from transition_systems.errors import UndecidedError
from transition_systems.lts_operations import reachable_states

__all__ = ["AT_FIRST_SIGHT", "SimulationGame", "TooManyPairsError"]

Indices = NDArray[np.int64]
Question = tuple[str, int, int, int]

AT_FIRST_SIGHT: Question = ("sight", 0, 0, 0)
BYTES_PER_PAIR = 300
LOOK_EACH = 256


class TooManyPairsError(Exception):
    """The initial pairs lead to more pairs than are worth playing on."""


class SimulationGame:
    """The pairs that the initial ones lead to, and which of them are lost.

    A pair is one number: ``first * n + second`` for n classes, and ``n * n`` more where plain
    simulation is asked for, as 2-nested simulation does of the pair turned around. A question is
    ``("step", label, goal, second)``, ``("back", 0, first, second)``: silent steps from the second
    to one that the first simulates, or ``("turned", 0, first, second)``: the first simulates the
    second plainly.

    Parameters
    ----------
    steps
        The classes and their steps.
    simulation
        Which simulation.
    meter
        A running budget.
    most
        How many pairs and answers it may list.

    Attributes
    ----------
    lost
        The pairs that are lost, each with the question that has no answer but pairs lost before.
    refuted
        The initial classes that no one on the other side simulates, with whether they are of the
        left side.
    """

    def __init__(self, steps: Steps, simulation: Simulation, meter: Meter, most: int) -> None:
        granted = meter.budget.bytes
        self.steps, self.simulation, self.meter = steps, simulation, meter
        self.most = most if granted is None else min(most, granted // BYTES_PER_PAIR)
        self.n = steps.n
        self.lost: dict[int, Question] = {}
        self.refuted: set[tuple[bool, int]] = set()
        self._seen: set[int] = set()
        self._sides: dict[int, tuple[bool, int]] = {}
        self._waiting: deque[int] = deque()
        self._numbers: dict[tuple[Question, int], int] = {}
        self._open: list[int] = []
        self._asked: list[Question] = []
        self._owners: list[list[int]] = []
        self._asked_in: dict[int, list[int]] = {}
        self._listed = 0
        self._answered: dict[int, dict[int, list[int]]] = {}
        self._alike: dict[tuple[int, int], bool] = {}
        self._same: tuple[set[int], set[int]] = set(), set()
        kinds, kind = np.unique(steps.initials, axis=0, return_inverse=True)
        self._kinds, self._kind = kinds, kind.reshape(-1).tolist()
        self._marks: list[int] = steps.marks.tolist()

    def play(self, left: Sequence[int], right: Sequence[int], *, preorder: bool) -> None:
        """Play until a class of the left side is lost against all of the right, or to the end.

        For an equivalence also until one of the right side is lost against all of the left.

        Raises
        ------
        TooManyPairsError
            When more pairs and answers would be listed than allowed.
        UndecidedError
            When the budget ends.
        """
        sides = ((True, left, right), (False, right, left))
        for of_left, some, others in sides[:1] if preorder else sides:
            for state in some:
                if state not in others:
                    pairs = [state * self.n + other for other in others]
                    number = self._ask(("side", int(of_left), state, 0), 0, pairs)
                    self._sides[number] = of_left, state
                    self._settled(number, None)
                else:
                    self._same[0].add(state)
        count = 0
        while self._waiting and not self.refuted:
            count += 1
            if not count % LOOK_EACH:
                reason = self.meter.exhausted(bytes=self._listed * BYTES_PER_PAIR)
                if reason is not None:
                    raise UndecidedError(reason)
            pair = self._waiting.popleft()
            if pair not in self.lost:
                self._expand(pair)

    def responses(self, question: Question, layer: int) -> list[int]:
        """Return the pairs that answer a question about pairs of layer 0 or 1 (plain simulation).

        A class against itself is never lost: where it would answer there is no need to ask.
        """
        word, label, first, second = question
        n, base = self.n, layer * self.n * self.n
        match word:
            case "step":
                return [base + first * n + other for other in self._answers(second).get(label, ())]
            case "back":
                return [base + other * n + first for other in self._answers(second).get(0, ())]
            case _:
                return [n * n + second * n + first]

    def relation(self, layer: int) -> Indices:
        """Return the pairs that are not lost, listed as in :class:`.SimulationEvidence`.

        With a class against itself only where that answers something, of this layer or, in
        layer 1, of the pair above it.
        """
        n, square = self.n, self.n * self.n
        begin, lost = layer * square, self.lost
        kept = [pair - begin for pair in self._seen if pair // square == layer and pair not in lost]
        start = np.array(sorted(set[int]().union(*self._same[: layer + 1])), dtype=np.int64)
        same = np.flatnonzero(reachable_states(self.steps.lts, start)).astype(np.int64)
        pairs = distinct(np.concatenate([np.array(kept, dtype=np.int64), same * (n + 1)]))
        return np.stack(np.divmod(pairs, max(1, n)))

    def _answers(self, state: int) -> dict[int, list[int]]:
        """Return the heads of the answers of a class by label."""
        found = self._answered.get(state)
        if found is None:
            answers = self.steps.answers
            row = slice(answers.offsets[state], answers.offsets[state + 1])
            found = {}
            for label, head in zip(
                answers.labels[row].tolist(), answers.heads[row].tolist(), strict=True
            ):
                found.setdefault(label, []).append(head)
            self._answered[state] = found
            self._listed += answers.offsets[state + 1] - answers.offsets[state]
        return found

    def _differ(self, first: int, second: int, layer: int) -> bool:
        """Return whether two classes differ at first sight."""
        if self._marks[first] != self._marks[second]:
            return True
        kinds = self._kind[first] + layer * len(self._kinds), self._kind[second]
        if kinds not in self._alike:
            here, there = self._kinds[self._kind[first]], self._kinds[self._kind[second]]
            match "plain" if layer else self.simulation.condition:
                case "ready":
                    wrong = bool((here != there).any())
                case "completed":
                    wrong = bool((here & ~there).any()) or bool(here.any() != there.any())
                case _:
                    wrong = bool((here & ~there).any())
            self._alike[kinds] = wrong
        return self._alike[kinds]

    def _expand(self, pair: int) -> None:
        """Ask all questions of a pair."""
        layer, rest = divmod(pair, self.n * self.n)
        first, second = divmod(rest, self.n)
        asked, condition = self.steps.asked, self.simulation.condition
        if condition == "nested" and not layer and self._put(pair, ("turned", 0, first, second), 1):
            return
        if condition == "coupled" and self._put(pair, ("back", 0, first, second), 0):
            return
        row = slice(asked.offsets[first], asked.offsets[first + 1])
        for label, goal in zip(asked.labels[row].tolist(), asked.heads[row].tolist(), strict=True):
            if self._put(pair, ("step", label, goal, second), layer):
                return

    def _put(self, pair: int, question: Question, layer: int) -> bool:
        """Ask a question of a pair; return whether that lost it."""
        word, label, first, second = question
        if word != "turned" and first in self._answers(second).get(label, ()):
            self._same[layer].add(first)
            return False
        number = self._numbers.get((question, layer))
        if number is None:
            number = self._ask(question, layer, self.responses(question, layer))
        return self._settled(number, pair)

    def _ask(self, question: Question, layer: int, pairs: Sequence[int]) -> int:
        """Return the number of a new question, answered by some pairs."""
        number = self._numbers[question, layer] = len(self._open)
        count, square = 0, self.n * self.n
        for pair in pairs:
            if pair in self.lost:
                continue
            if pair not in self._seen:
                self._seen.add(pair)
                layer_of, rest = divmod(pair, square)
                if self._differ(*divmod(rest, self.n), layer_of):
                    self.lost[pair] = AT_FIRST_SIGHT
                    continue
                self._waiting.append(pair)
            self._asked_in.setdefault(pair, []).append(number)
            count += 1
        self._open.append(count)
        self._asked.append(question)
        self._owners.append([])
        self._listed += len(pairs) + 1
        if self._listed > self.most:
            raise TooManyPairsError(f"more than {self.most} pairs and answers are in question")
        return number

    def _settled(self, number: int, owner: int | None) -> bool:
        """Note the pair that asks a question; where none answers it, what that loses is lost."""
        if owner is not None:
            self._owners[number].append(owner)
        if self._open[number]:
            return False
        closed = [number]
        while closed:
            number = closed.pop()
            if number in self._sides:
                self.refuted.add(self._sides[number])
            for pair in self._owners[number]:
                if pair in self.lost:
                    continue
                self.lost[pair] = self._asked[number]
                for other in self._asked_in.pop(pair, ()):
                    self._open[other] -= 1
                    if not self._open[other]:
                        closed.append(other)
        return True
