"""The states of a net as an observer tells them apart, explored when they are asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from petri import PetriNet
from transition_systems.budget import Meter
from transition_systems.properties.predicates import (
    And,
    Compare,
    Constant,
    Not,
    Or,
    Predicate,
)
from transition_systems.properties.walk import fold_predicate

__all__ = ["Allowance", "Behaviour", "OutOfBudgetError", "predicate_test"]

Marking = tuple[int, ...]
States = frozenset[int]
Test = Callable[[Marking], bool]
EVERY = 256


class OutOfBudgetError(Exception):
    """The budget ended; the message is the reason."""


@dataclass(slots=True)
class Allowance:
    """A budget that both models share."""

    meter: Meter
    states: int = 0

    def take(self) -> None:
        """Count a stored state.

        Raises
        ------
        OutOfBudgetError
            When the budget is used up.
        """
        self.states += 1
        limit = self.meter.budget.states
        if self.states % EVERY == 0 or (limit is not None and self.states > limit):
            self.check()

    def check(self) -> None:
        """Raise where the budget is used up."""
        reason = self.meter.exhausted(states=self.states)
        if reason is not None:
            raise OutOfBudgetError(reason)


def predicate_test(predicate: Predicate, places: Mapping[str, int]) -> Test:
    """Return a predicate over tokens as a function of a marking.

    Examples
    --------
    >>> from transition_systems.properties.predicates import at_least
    >>> predicate_test(at_least("p"), {"p": 0})((1,))
    True
    """

    def combine(node: Predicate, parts: list[Test]) -> Test:
        match node:
            case Constant(value):
                return lambda _: value
            case Compare(terms, op, bound):
                return _compare([(places[name], factor) for name, factor in terms], op, bound)
            case Not():
                return lambda marking: not parts[0](marking)
            case And():
                return lambda marking: all(part(marking) for part in parts)
            case Or():
                return lambda marking: any(part(marking) for part in parts)
            case _:
                raise TypeError(f"{node} is no statement about tokens")

    return fold_predicate(predicate, combine)


def _compare(terms: list[tuple[int, int]], op: str, bound: int) -> Test:
    import operator

    compare = {"<=": operator.le, ">=": operator.ge, "==": operator.eq,
               "!=": operator.ne, "<": operator.lt, ">": operator.gt}[op]  # fmt: skip
    return lambda marking: bool(compare(sum(marking[p] * f for p, f in terms), bound))


class Behaviour:
    """A net with letters: states are numbers, sets of states are closed under silent steps.

    A silent step that takes only what no other step can take, and after which the net can do all
    that it could do before, is done at once (``eager``): this changes no run that an observer sees.

    Parameters
    ----------
    net
        The net.
    letters
        The letter of each transition that is seen.
    done
        Tells of a marking whether all is done there; ``None`` where nobody can tell.
    eager
        Ids of the transitions that are done at once.
    allowance
        What may be stored.
    """

    def __init__(
        self,
        net: PetriNet,
        letters: Mapping[str, int],
        done: Test | None,
        eager: frozenset[str],
        allowance: Allowance,
    ) -> None:
        self.net, self.done, self.allowance = net, done, allowance
        self.letters = [letters.get(id) for id in net.transition_ids]
        self.eager = {n for n, id in enumerate(net.transition_ids) if id in eager}
        rows = range(len(net.transition_ids))
        self.pre = [_row(net.pre_arcs.row(t)) for t in rows]
        self.change = [_change(self.pre[t], _row(net.post_arcs.row(t))) for t in rows]
        self.consumers: list[list[int]] = [[] for _ in net.place_ids]
        self.free = [t for t in rows if not self.pre[t]]
        for t in rows:
            for place, _ in self.pre[t]:
                self.consumers[place].append(t)
        self.markings: list[Marking] = []
        self.numbers: dict[Marking, int] = {}
        self._steps: dict[int, list[tuple[int, int]]] = {}
        self._after: dict[States, dict[int, States]] = {}
        self._done: dict[int, bool] = {}

    @property
    def initial(self) -> int:
        """The number of the initial state."""
        return self._number(tuple(self.net.initial.to_array(self.net.place_ids).tolist()))

    def _number(self, marking: Marking) -> int:
        number = self.numbers.get(marking)
        if number is None:
            self.allowance.take()
            number = self.numbers[marking] = len(self.markings)
            self.markings.append(marking)
        return number

    def steps(self, state: int) -> list[tuple[int, int]]:
        """Return the steps from a state as pairs of a transition and the next state."""
        found = self._steps.get(state)
        if found is None:
            found = self._steps[state] = self._find_steps(self.markings[state])
        return found

    def _find_steps(self, marking: Marking) -> list[tuple[int, int]]:
        possible = set(self.free)
        for place, tokens in enumerate(marking):
            if tokens:
                possible.update(self.consumers[place])
        enabled = [t for t in sorted(possible) if all(marking[p] >= n for p, n in self.pre[t])]
        now = next((t for t in enabled if t in self.eager), None)
        if now is not None:
            enabled = [now]
        result: list[tuple[int, int]] = []
        for t in enabled:
            after = list(marking)
            for place, change in self.change[t]:
                after[place] += change
            result.append((t, self._number(tuple(after))))
        return result

    def closure(self, states: set[int]) -> States:
        """Return the states that silent steps reach, without those that are left at once."""
        seen, todo = set(states), list(states)
        stable: set[int] = set()
        while todo:
            state = todo.pop()
            steps = self.steps(state)
            if not (len(steps) == 1 and steps[0][0] in self.eager):
                stable.add(state)
            for transition, target in steps:
                if self.letters[transition] is None and target not in seen:
                    seen.add(target)
                    todo.append(target)
        return frozenset(stable)

    def start(self) -> States:
        """Return the states before anything is seen."""
        return self.closure({self.initial})

    def after(self, states: States) -> dict[int, States]:
        """Return for each letter that may be seen next the states after it."""
        found = self._after.get(states)
        if found is None:
            targets: dict[int, set[int]] = {}
            for state in states:
                for transition, target in self.steps(state):
                    letter = self.letters[transition]
                    if letter is not None:
                        targets.setdefault(letter, set()).add(target)
            found = {letter: self.closure(targets[letter]) for letter in sorted(targets)}
            self._after[states] = found
        return found

    def may_end(self, states: States) -> bool | None:
        """Return whether all may be done in some of the states."""
        if self.done is None:
            return None
        for state in states:
            if state not in self._done:
                self._done[state] = self.done(self.markings[state])
            if self._done[state]:
                return True
        return False

    def run_of(self, word: list[int], *, ends: bool) -> list[str] | None:
        """Return a short run that is seen as a word, without silent steps that it does not need."""
        start: tuple[int, int] = (self.initial, 0)
        came: dict[tuple[int, int], tuple[tuple[int, int], int] | None] = {start: None}
        todo: deque[tuple[int, int]] = deque([start])
        while todo:
            here = todo.popleft()
            state, position = here
            if position == len(word) and (not ends or self.may_end(frozenset((state,)))):
                run: list[int] = []
                link = came[here]
                while link is not None:
                    run.append(link[1])
                    link = came[link[0]]
                return [self.net.transition_ids[t] for t in self._needed(run[::-1], ends)]
            for transition, target in self.steps(state):
                letter = self.letters[transition]
                if letter is not None and (position == len(word) or letter != word[position]):
                    continue
                there = (target, position + (letter is not None))
                if there not in came:
                    came[there] = (here, transition)
                    todo.append(there)
        return None

    def _needed(self, run: list[int], ends: bool) -> list[int]:
        for number in reversed(range(len(run))):
            shorter = run[:number] + run[number + 1 :]
            if self.letters[run[number]] is None and self._possible(shorter, ends):
                run = shorter
        return run

    def _possible(self, run: list[int], ends: bool) -> bool:
        marking = list(self.markings[0])
        for transition in run:
            if any(marking[p] < n for p, n in self.pre[transition]):
                return False
            for place, change in self.change[transition]:
                marking[place] += change
        return not ends or (self.done is not None and self.done(tuple(marking)))


def _row(arcs: tuple[NDArray[np.int64], NDArray[np.int64]]) -> list[tuple[int, int]]:
    places, weights = arcs
    return list(zip(places.tolist(), weights.tolist(), strict=True))


def _change(pre: list[tuple[int, int]], post: list[tuple[int, int]]) -> list[tuple[int, int]]:
    total = {place: -tokens for place, tokens in pre}
    for place, tokens in post:
        total[place] = total.get(place, 0) + tokens
    return [(place, change) for place, change in total.items() if change]
