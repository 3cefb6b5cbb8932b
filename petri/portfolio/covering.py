"""Answers from a pump and from the minimal coverability set of an unbounded net."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
from petri.state_space.cover_runs import effect_of
from petri.state_space.covering import invariant_of, prove_by_covering
from petri.state_space.growing_runs import growing_runs
from petri.state_space.minimal_cover import MinimalCoverabilitySet, minimal_coverability_set
from petri.state_space.omega_firing import OMEGA
from transition_systems.budget import Budget
from transition_systems.errors import FiringError, UnlistedError, UsageError
from transition_systems.evidence import GrowingRunsEvidence, RunEvidence
from transition_systems.properties.format import format_terms
from transition_systems.properties.formulas import possible
from transition_systems.properties.walk import negate
from transition_systems.run import Lasso, Run

__all__ = ["CoveringAnswers", "covering_answers", "pumped_answers"]

METHOD = "coverability"
LONGEST = 100_000
NO_PROOF = "no invariant was found that shows it within the limits"
LONG_RUN = "the run that shows it is too large"


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

    @property
    def late(self) -> bool:
        """Whether the time is used up."""
        return self.budget.remaining() == 0.0

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
        grows: tuple[int, str] | None = None
        for element in range(len(self.cover)):
            for place in sorted(places.intersection(self.cover.omegas(element))):
                grows = grows or (element, place)
                pump = None if self.late else self._pump(element, place)
                if pump is not None:
                    return unbounded(self.net, question.places, pump, METHOD)
        if grows is not None:
            about = claim(
                self.net, f"unbounded {format_terms(sum_is(question.places, '>=', 0).terms)}"
            )
            runs = GrowingRunsEvidence(claim=about, sequences=growing_runs(self.cover, *grows))
            return Answer(value=UNBOUNDED, method=METHOD, evidence=(runs,))
        best = int(sums.sum(axis=1).argmax()) if len(self.cover) else 0
        most = int(sums[best].sum())
        proof = None
        if self._invariant is not None:
            below = sum_is(question.places, "<=", most)
            proof = prove_by_covering(self.net, below, self._invariant, budget=self.budget)
        if proof is None:
            return Answer(value=most, method=METHOD, lacking=NO_PROOF)
        run = self._run(best)
        if run is None:
            return Answer(value=most, method=METHOD, lacking=LONG_RUN)
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
                if run is None:
                    return Answer(value=True, method=METHOD, lacking=LONG_RUN)
                return reached(net, goal, run, METHOD)
        proof = None
        if self._invariant is not None:
            proof = prove_by_covering(self.net, negate(goal), self._invariant, budget=self.budget)
        if proof is None:
            return Answer(value=False, method=METHOD, lacking=NO_PROOF)
        return Answer(value=False, method=METHOD, evidence=(proof,))

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
        """Return a run that can be repeated, adds tokens to a place and takes none for good."""
        for parts in (self.cover.pumps(element, place), self.cover.pumps(element, place)[-1:]):
            if sum(len(part.actions) * part.times for part in parts) > LONGEST:
                continue
            loop = [action for part in parts for action in part.actions * part.times]
            needed = effect_of(self.net, map(self.net.transition_index, loop)).needs
            for tokens in (1, max(needed.values(), default=1)):
                stem = self._actions(element, tokens)
                if stem is None:
                    break
                found = self._repeated(stem, loop, place)
                if found is not None:
                    return found
        return None

    def _repeated(self, stem: list[str], loop: list[str], place: str) -> Lasso | None:
        """Return a run and its repetition where that can be fired and has the place grow."""
        try:
            before = self.net.run(self.net.initial, stem)
            after = self.net.run(before.last, loop)
        except (FiringError, UsageError):  # not enabled, or more tokens than a marking has
            return None
        start, end = before.last, after.last
        if end.get(place, 0) <= start.get(place, 0):
            return None
        if any(end.get(other, 0) < tokens for other, tokens in start.items()):
            return None
        steps = (*before.steps, *after.steps)
        return Lasso(initial=before.initial, steps=steps, loop_start=len(stem))


def pumped_answers(
    net: PetriNet, questions: Mapping[int, Question], pump: Lasso
) -> Iterator[tuple[int, Answer]]:
    """Yield for the sums that a pump adds tokens to that they are unbounded.

    Parameters
    ----------
    net, questions
        The net, and what is asked by number.
    pump
        A run and steps that can be repeated and add tokens.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[0]], [[1]], [0])
    >>> pump = Lasso(initial={}, steps=net.run(net.initial, ["t1"]).steps, loop_start=0)
    >>> next(pumped_answers(net, {5: Most(("p1",))}, pump))[1].value
    inf
    """
    before = pump.stem[-1].state if pump.stem else pump.initial
    grown = {place for place, tokens in pump.last.items() if tokens > before.get(place, 0)}
    for number, question in questions.items():
        if isinstance(question, Most) and not grown.isdisjoint(question.places):
            yield number, unbounded(net, question.places, pump, "pump")


def covering_answers(
    net: PetriNet, questions: Mapping[int, Question], budget: Budget
) -> Iterator[tuple[int, Answer]]:
    """Yield what the minimal coverability set tells of an unbounded net.

    Parameters
    ----------
    net, questions
        The net, and what is asked by number; of goals those that more tokens never spoil are told.
    budget
        Seconds.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[0]], [[1]], [0])
    >>> next(covering_answers(net, {5: Most(("p1",))}, Budget(seconds=1)))[1].value
    inf
    """
    if not any(
        isinstance(question, Most) or demands(net, question.goal) is not None
        for question in questions.values()
    ):
        return
    try:
        covering = CoveringAnswers(net, budget)
    except UnlistedError:
        return
    for number, question in questions.items():
        if covering.late:
            return
        answer = covering.answer(question)
        if answer is not None:
            yield number, answer
