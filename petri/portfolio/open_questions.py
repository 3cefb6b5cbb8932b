"""Questions about one net that are open, and what is known of them so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from petri.decision import claim
from petri.net import PetriNet
from petri.portfolio.along import shown_along
from petri.portfolio.questions import Answer, Most, Question, Reach, reached, sum_is
from petri.portfolio.second import WholeSpace
from petri.state_space.space import StateSpace
from transition_systems.budget import Budget
from transition_systems.evidence import Evidence, RunEvidence
from transition_systems.properties.formulas import possible
from transition_systems.properties.predicates import Predicate
from transition_systems.properties.walk import negate
from transition_systems.run import Run

__all__ = ["OpenQuestions", "Tell"]

LONGEST = 1e9
Tell: TypeAlias = Callable[[int, Answer], None]


class OpenQuestions:
    """Questions about a net, by number, with the answers told one by one.

    Parameters
    ----------
    net, questions, budget, tell, evidence
        As for :class:`petri.portfolio.batch.Batch`.

    Attributes
    ----------
    open, told
        As of the same.
    lower
        For the number of a sum the most tokens that were seen, and a run to them where one is
        known.
    space
        The markings that were listed.
    """

    def __init__(
        self, net: PetriNet, questions: Sequence[Question], *, budget: Budget, tell: Tell,
        evidence: bool,
    ) -> None:  # fmt: skip
        self.net = net
        self.budget = budget.fixed()
        self.tell = tell
        self.evidence = evidence
        self.open: dict[int, Question] = dict(enumerate(questions))
        self.told: list[str] = []
        self.lower: dict[int, tuple[int, Run | None]] = {}
        self.space: StateSpace | None = None
        self._bare: dict[int, Answer] = {}
        self._second: WholeSpace | None = None

    def _left(self) -> float:
        left = self.budget.remaining()
        return LONGEST if left is None else left

    def _say(self, number: int, answer: Answer) -> None:
        if number not in self.open:
            return
        if self.evidence and not answer.evidence:
            self._bare[number] = answer
            return
        self.close(number)
        self.tell(number, answer)

    def close(self, number: int) -> None:
        """Ask a question no longer."""
        if self.open.pop(number, None) is not None and self._second is not None:
            self._second.forget(number)

    def _hear(self, wait: float = 0.0) -> None:
        """Take the answers of the second process."""
        if self._second is None:
            return
        for number, answer in self._second.answers(wait):
            self._say(number, answer)
        if not self._second.running and self._second.told:
            self.told.append(f"the whole state space ({self._second.told})")
            self._second.told = ""

    def _claimed(self, number: int, question: Question) -> Predicate:
        """Return what would have to hold everywhere."""
        if isinstance(question, Reach):
            return negate(question.goal)
        return sum_is(question.places, "<=", self.lower.get(number, (0, None))[0])

    def _proved(self, number: int, question: Question, proof: Evidence, method: str) -> None:
        if isinstance(question, Reach):
            self._say(number, Answer(value=False, method=method, evidence=(proof,)))
            return
        most, run = self.lower.get(number, (0, None))
        goal = sum_is(question.places, ">=", most)
        if run is None and self.space is not None:
            run = self.space.run_to_some(goal)
        if run is not None:
            at = RunEvidence(claim=claim(self.net, possible(goal)), run=run)
            self._say(number, Answer(value=most, method=method, evidence=(proof, at)))

    def _found(self, number: int, answer: Answer, run: Run | None) -> None:
        """Take an answer, and what a run that came with it shows of the other questions."""
        self._say(number, answer)
        if run is None or not self.open:
            return
        runs, sums = shown_along(self.net, run, self.open)
        for other, shorter in runs.items():
            question = self.open.get(other)
            if isinstance(question, Reach):
                self._say(other, reached(self.net, question.goal, shorter, answer.method))
        for other, (most, shorter) in sums.items():
            if most > self.lower.get(other, (-1, None))[0]:
                self.lower[other] = (most, shorter)

    def _raise(self, number: int, question: Most, run: Run) -> None:
        """Note a run to a larger sum."""
        last = run.last
        self.lower[number] = (sum(last.get(place, 0) for place in question.places), run)

    def _wait(self) -> None:
        """Wait for the second process."""
        while self.open and self._second is not None and self._second.running:
            left = self._left()
            if left <= 0.0:
                return
            self._hear(left)

    def _tell_bare(self) -> None:
        """Tell the answers that have no evidence."""
        for number in list(self.open):
            if number in self._bare:
                self.close(number)
                self.tell(number, self._bare[number])
