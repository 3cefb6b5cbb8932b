"""Formulas in parts for what the game of a simulation has lost, however deep."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from transition_systems.equivalences.distinguish import TooLargeError
from transition_systems.equivalences.part_list import PartList, SharedPart
from transition_systems.equivalences.simulation_game import (
    AT_FIRST_SIGHT,
    Question,
    SimulationGame,
)
from transition_systems.lts import FINAL, TAU_NAME

__all__ = ["parts_of"]


def parts_of(game: SimulationGame, state: int, others: Sequence[int]) -> tuple[SharedPart, ...]:
    """Return a formula of a class and of none of some others, all lost against it, in parts.

    Raises
    ------
    TooLargeError
        For more than 200,000 parts, or when the time ends.

    Notes
    -----
    Negation stands where :class:`.SimulationFormulas` has it. Time and size: the answers to the
    questions that lost the pairs which the formula is about.
    """
    writer = _Writer(game)
    numbers = [writer.apart(state * game.n + other) for other in others]
    whole = writer.together(numbers)
    return tuple(writer.parts[: whole + 1])


class _Writer(PartList):
    """Writes down for each lost pair the question that lost it."""

    def __init__(self, game: SimulationGame) -> None:
        super().__init__()
        self.game, self.steps = game, game.steps
        self.word = "weak" if game.simulation.weak else "diamond"
        self.known: dict[int, int] = {}

    def apart(self, pair: int) -> int:
        """Return the number of a part that the first class of a pair has, the second not."""
        game, known, waiting = self.game, self.known, [pair]
        while waiting:
            if game.meter.out_of_time():
                raise TooLargeError
            here = waiting[-1]
            if here in known:
                waiting.pop()
                continue
            question, layer = game.lost[here], here // (game.n * game.n)
            if question == AT_FIRST_SIGHT:
                known[here] = self.at_first_sight(here)
                continue
            needs = game.responses(question, layer)
            missing = [need for need in needs if need not in known]
            if missing:
                waiting += missing
                continue
            known[here] = self.asked(question, [known[need] for need in needs])
        return known[pair]

    def asked(self, question: Question, answers: Sequence[int]) -> int:
        """Return the number of the part that says what a question asks, given those of answers."""
        word, label, _, _ = question
        if word == "turned":
            return self.negated(answers[0])
        if word == "back":
            return self.add("weak", TAU_NAME, self.together(map(self.negated, answers)))
        return self.add(self.word, self.steps.lts.label_names[label], self.together(answers))

    def at_first_sight(self, pair: int) -> int:
        """Return the number of an atom, a step, or what the condition gives."""
        layer, rest = divmod(pair, self.game.n * self.game.n)
        first, second = divmod(rest, self.game.n)
        lts, initials = self.steps.lts, self.steps.initials
        for name in (FINAL, *sorted(lts.atoms)):
            flags = lts.atoms[name]
            if flags[first] != flags[second]:
                atom = self.add("final") if name == FINAL else self.add("atom", name)
                return atom if flags[first] else self.negated(atom)
        more = np.flatnonzero(initials[first] & ~initials[second])
        if not len(more) and not layer and self.game.simulation.condition == "completed":
            return self.add("dead")
        less = np.flatnonzero(initials[second] & ~initials[first])
        label = int(more[0] if len(more) else less[0])
        step = self.add(self.word, lts.label_names[label], self.add("true"))
        return step if len(more) else self.negated(step)
