"""Answers from a state space, listed or drawn, whole or in part."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from petri.decision import claim
from petri.net import PetriNet
from petri.portfolio.questions import Answer, Most, Question, reached, sum_is
from petri.state_space.space import StateSpace
from petri.state_space.symbolic.answers import diagram_evidence
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError
from transition_systems.evidence import ClosedSet, Evidence, RunEvidence, StateSet
from transition_systems.properties.formulas import always_everywhere, possible
from transition_systems.properties.predicates import (
    And,
    Enabled,
    Not,
    Or,
    Predicate,
    at_least,
    conjunction,
    disjunction,
)
from transition_systems.properties.walk import fold_predicate, negate
from transition_systems.run import Run

__all__ = ["DrawnAnswers", "ListedAnswers", "whole_answers"]

MOST_CELLS = 40_000_000
TOO_MANY = "the list of all markings is too large"
NO_RUN = "no run that shows it was found in time"


class ListedAnswers:
    """Answers from markings that were listed.

    Parameters
    ----------
    space
        The space; where it is partial, only what was seen is answered.
    evidence
        Whether runs, and the set of all markings where it is not too large, are wanted as evidence.
    budget
        Its seconds, from now, are those of all answers; at their end nothing is known.
    """

    method = "explicit"

    def __init__(
        self, space: StateSpace, *, evidence: bool, budget: Budget | None = None
    ) -> None:  # fmt: skip
        self.meter = (budget or Budget()).start()
        self.space, self.net = space, space.net
        self.wanted = evidence
        self._set: StateSet | None = None
        self._runs: list[Run] = []
        self._passed: list[NDArray[np.int64]] = []

    def answer(self, question: Question) -> Answer | None:
        """Answer one question; ``None`` where the markings seen do not tell."""
        if isinstance(question, Most):
            return self._most(question)
        goal = _over_places(self.net, question.goal)
        try:
            state = self.space.find(goal, self.meter)
        except UndecidedError:
            return None
        if state is not None:
            if not self.wanted:
                return Answer(value=True, method=self.method)
            return reached(self.net, question.goal, self._run(goal, state), self.method)
        if not self.space.complete:
            return None
        shown = self._always(negate(question.goal))
        return Answer(value=False, method=self.method, evidence=shown, lacking=TOO_MANY)

    def _run(self, goal: Predicate, state: int) -> Run:
        """Return a run into a goal: the beginning of an earlier one, or a shortest one."""
        for run, rows in zip(self._runs, self._passed, strict=True):
            hits = np.flatnonzero(self.space.holds_in(goal, rows))
            if len(hits):
                return Run(initial=run.initial, steps=run.steps[: int(hits[0])])
        run = self.space.run_to(state)
        states = [run.initial, *(step.state for step in run.steps)]
        rows = np.zeros((len(states), len(self.net.place_ids)), dtype=np.int64)
        for row, tokens in zip(rows, states, strict=True):
            for place, count in tokens.items():
                row[self.net.place_index(place)] = count
        self._runs.append(run)
        self._passed.append(rows)
        return run

    def greatest(self, places: tuple[str, ...]) -> int:
        """Return the largest sum of tokens that was seen."""
        return max(self._sums(places), default=0)

    def _sums(self, places: tuple[str, ...]) -> list[int]:
        numbers = [self.net.place_index(place) for place in places]
        found = []
        for _, block in self.space.blocks():
            total = np.zeros(len(block[0]), dtype=np.int64)
            for number in numbers:
                total += self.space.layout.place_column(block, number)
            found.append(int(total.max(initial=0)))
        return found

    def _most(self, question: Most) -> Answer | None:
        if not self.space.complete:
            return None
        most = self.greatest(question.places)
        if not self.wanted:
            return Answer(value=most, method=self.method)
        goal = sum_is(question.places, ">=", most)
        state = self.space.find(goal)
        assert state is not None
        run = self._run(goal, state)
        at = RunEvidence(claim=claim(self.net, possible(goal)), run=run)
        below = self._always(sum_is(question.places, "<=", most))
        shown = (*below, at) if below else ()
        return Answer(value=most, method=self.method, evidence=shown, lacking=TOO_MANY)

    def _always(self, good: Predicate) -> tuple[Evidence, ...]:
        if not self.wanted or self.space.n_states * len(self.net.place_ids) > MOST_CELLS:
            return ()
        if self._set is None:
            self._set = StateSet(names=self.net.place_ids, rows=self.space.markings)
        return (ClosedSet(claim=claim(self.net, always_everywhere(good)), states=self._set),)


def _over_places(net: PetriNet, predicate: Predicate) -> Predicate:
    """Return a predicate that asks for the tokens of a transition instead of what is enabled.

    So the few places are looked at, not all transitions.
    """

    def combine(node: Predicate, parts: list[Predicate]) -> Predicate:
        match node:
            case Enabled(name=name):
                places, weights = net.pre_arcs.row(net.transition_index(name))
                needs = zip(places.tolist(), weights.tolist(), strict=True)
                return conjunction(*(at_least(net.place_ids[p], n) for p, n in needs))
            case And():
                return conjunction(*parts)
            case Or():
                return disjunction(*parts)
            case Not():
                return Not(parts[0])
            case _:
                return node

    return fold_predicate(predicate, combine)


class DrawnAnswers:
    """Answers from a complete decision diagram.

    Parameters
    ----------
    space
        The space.
    budget
        Time for runs.
    evidence
        Whether runs are wanted; the diagram is evidence for the rest.
    """

    method = "symbolic"

    def __init__(self, space: SymbolicSpace, *, budget: Budget, evidence: bool = True) -> None:
        self.space, self.net = space, space.net
        self.budget = budget
        self.wanted = evidence

    def _exists(self, goal: Predicate) -> bool:
        return bool(self.space.with_(goal) != self.space.system.store.false)

    def answer(self, question: Question) -> Answer | None:
        """Answer one question."""
        if isinstance(question, Most):
            return self._most(question)
        if not self._exists(question.goal):
            never = claim(self.net, always_everywhere(negate(question.goal)))
            shown = (diagram_evidence(self.space, never),)
            return Answer(value=False, method=self.method, evidence=shown)
        run = self._run(question.goal)
        return Answer(value=True, method=self.method, evidence=run, lacking=NO_RUN)

    def _run(self, goal: Predicate) -> tuple[Evidence, ...]:
        if not self.wanted:
            return ()
        try:
            run = self.space.run_to_some(goal, shortest=False, budget=self.budget)
        except UndecidedError:
            return ()
        assert run is not None
        return (RunEvidence(claim=claim(self.net, possible(goal)), run=run),)

    def _most(self, question: Most) -> Answer:
        bounds = self.space.bounds()
        low, high = 0, sum(bounds[place] for place in question.places)
        if len(set(question.places)) == 1:
            low = high
        while low < high:
            middle = (low + high + 1) // 2
            if self._exists(sum_is(question.places, ">=", middle)):
                low = middle
            else:
                high = middle - 1
        below = claim(self.net, always_everywhere(sum_is(question.places, "<=", low)))
        run = self._run(sum_is(question.places, ">=", low))
        evidence = (diagram_evidence(self.space, below), *run) if run else ()
        return Answer(value=low, method=self.method, evidence=evidence, lacking=NO_RUN)


def whole_answers(
    space: StateSpace | SymbolicSpace, budget: Budget, *, evidence: bool
) -> ListedAnswers | DrawnAnswers | None:
    """Return what answers from a space; ``None`` for a partial diagram."""
    if isinstance(space, StateSpace):
        return ListedAnswers(space, evidence=evidence, budget=budget)
    return DrawnAnswers(space, budget=budget, evidence=evidence) if space.complete else None
