"""Answers from the minimal coverability set of an unbounded net."""

from __future__ import annotations

import numpy as np

from petri.decision import claim
from petri.net import PetriNet
from petri.portfolio.demands import demands
from petri.portfolio.questions import (
    UNBOUNDED,
    Answer,
    Most,
    Question,
    Reach,
    reached,
    sum_is,
    unbounded,
)
from petri.state_space.covering import invariant_of, prove_by_covering
from petri.state_space.minimal_cover import MinimalCoverabilitySet, minimal_coverability_set
from petri.state_space.omega_firing import OMEGA
from transition_systems.budget import Budget
from transition_systems.errors import FiringError, UsageError
from transition_systems.evidence import RunEvidence
from transition_systems.properties.formulas import possible
from transition_systems.properties.walk import negate
from transition_systems.run import Lasso, Run

__all__ = ["CoveringAnswers"]

METHOD = "coverability"
LONGEST = 100_000


class CoveringAnswers:
    """Bounds of sums, and goals that more tokens never spoil, from a coverability set.

    Parameters
    ----------
    net
        Any place/transition net.
    budget
        Its seconds.

    Attributes
    ----------
    cover
        The set; where it is not complete, nothing is answered.

    Raises
    ------
    UnlistedError
        For 2**62 tokens in a place, at the start or after some firings.
    """

    def __init__(self, net: PetriNet, budget: Budget) -> None:
        self.net, self.budget = net, budget.fixed()
        left = self.budget.remaining()
        share = Budget(seconds=None if left is None else left / 2)
        self.cover: MinimalCoverabilitySet = minimal_coverability_set(net, budget=share)
        self._invariant = invariant_of(self.cover)

    def answer(self, question: Question) -> Answer | None:
        """Answer one question; ``None`` where the set does not tell."""
        if not self.cover.complete:
            return None
        if isinstance(question, Most):
            return self._most(question)
        return self._covers(question)

    def _most(self, question: Most) -> Answer:
        places = set(question.places)
        columns = [self.net.place_index(place) for place in question.places]
        sums = self.cover.elements[:, columns]
        for element in range(len(self.cover)):
            growing = places.intersection(self.cover.omegas(element))
            if growing:
                pump = self._pump(element, growing.pop())
                if pump is None:
                    return Answer(value=UNBOUNDED, method=METHOD)
                return unbounded(self.net, question.places, pump, METHOD)
        best = int(sums.sum(axis=1).argmax()) if len(self.cover) else 0
        most = int(sums[best].sum())
        run = self._run(best)
        proof = None
        if self._invariant is not None:
            below = sum_is(question.places, "<=", most)
            proof = prove_by_covering(self.net, below, self._invariant, budget=self.budget)
        if run is None or proof is None:
            return Answer(value=most, method=METHOD)
        about = claim(self.net, possible(sum_is(question.places, ">=", most)))
        shown = (proof, RunEvidence(claim=about, run=run))
        return Answer(value=most, method=METHOD, evidence=shown)

    def _covers(self, question: Reach) -> Answer | None:
        goal, net = question.goal, self.net
        wanted = demands(net, goal)
        if wanted is None:
            return None
        for tokens in wanted:
            if max(tokens.values(), default=0) >= OMEGA:
                return None
            columns = [net.place_index(place) for place in tokens]
            least = np.array(list(tokens.values()), dtype=np.int64)
            above = np.flatnonzero((self.cover.elements[:, columns] >= least).all(axis=1)).tolist()
            if above:
                run = self._run(above[0], max(tokens.values(), default=1))
                return Answer(value=True, method=METHOD) if run is None else reached(
                    net, goal, run, METHOD
                )  # fmt: skip
        proof = None
        if self._invariant is not None:
            proof = prove_by_covering(self.net, negate(goal), self._invariant, budget=self.budget)
        return Answer(value=False, method=METHOD, evidence=() if proof is None else (proof,))

    def _actions(self, element: int, tokens: int) -> list[str] | None:
        parts = self.cover.run_above(element, tokens)
        if sum(len(part.actions) * part.times for part in parts) > LONGEST:
            return None
        return [action for part in parts for action in part.actions * part.times]

    def _run(self, element: int, tokens: int = 1) -> Run | None:
        actions = self._actions(element, tokens)
        try:
            return None if actions is None else self.net.run(self.net.initial, actions)
        except UsageError:  # more tokens than a marking has
            return None

    def _pump(self, element: int, place: str) -> Lasso | None:
        """Return a pump that adds tokens to a place and takes none from another for good."""
        cycle = self.cover.pump(element, place)
        for tokens in (1, len(cycle) + 1, 10 * len(cycle) + 10):
            stem = self._actions(element, tokens)
            if stem is None:
                return None
            before = self.net.run(self.net.initial, stem)
            after = self._fired(before, cycle)
            if after is None:
                continue
            start = before.last
            if all(after.last.get(p, 0) >= n for p, n in start.items()):
                return Lasso(
                    initial=before.initial, steps=(*before.steps, *after.steps),
                    loop_start=len(stem),
                )  # fmt: skip
        return None

    def _fired(self, before: Run, cycle: tuple[str, ...]) -> Run | None:
        try:
            return self.net.run(before.last, cycle)
        except FiringError:
            return None
