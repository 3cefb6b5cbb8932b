"""Many questions about one net, each given to the engines in turn until one answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from petri.decision import claim
from petri.induction.pdr import pdr
from petri.induction.state_equation import prove_invariant
from petri.net import PetriNet
from petri.portfolio.covering import CoveringAnswers
from petri.portfolio.demands import demands
from petri.portfolio.questions import (
    Answer,
    Most,
    Question,
    Reach,
    reached,
    sum_is,
    unbounded,
)
from petri.portfolio.second import WholeSpace
from petri.portfolio.whole import ListedAnswers, whole_answers
from petri.state_space import state_space
from petri.state_space.space import StateSpace
from petri.structure.deadlock_free import deadlock_free
from petri.structure.net_classes import net_class
from petri.unfolding import reachable_by_unfolding, unfold
from petri.walks import greatest, walk
from transition_systems.budget import Budget
from transition_systems.errors import UnlistedError
from transition_systems.evidence import Evidence, RunEvidence
from transition_systems.progress import ProgressCallback
from transition_systems.properties.formulas import possible
from transition_systems.properties.predicates import FALSE, TRUE, Dead, Predicate
from transition_systems.properties.walk import negate
from transition_systems.run import Run

__all__ = ["Batch"]

FIRST_STATES, FIRST_CELLS, LARGE = 100_000, 200_000_000, 1_000
LONG_WALK, LONG_UNFOLDING, ALONE, LONGEST = 12.0, 5.0, 0.6, 1e9
LEAST, ROUNDS = 0.05, (0.5, 3.0, 15.0, 1e9)
MOST_FOR_INDUCTION = 3_000


class Batch:
    """Questions about a net under way.

    Parameters
    ----------
    net
        Any place/transition net.
    questions
        What is asked.
    budget
        Its seconds or deadline; its states and bytes hold for each state space.
    tell
        Called with the number of a question and its answer, once for each that is answered.
    evidence
        Whether the sets of all markings are wanted as evidence.
    parallel
        Whether a second process explores the state space.
    progress, seed
        For the engines that take them.
    first_walk
        The most seconds of random walks before proofs are tried; where these are fewer than
        12, what is open then is walked for once more.

    Attributes
    ----------
    open
        The questions without an answer, by number.
    told
        What was asked in vain, in order, as text.

    Notes
    -----
    An answer without evidence, where that is wanted, leaves the question open; it is told at the
    end if no engine had a better one.
    A net of more than 1,000 places is first asked for a proof by structure or the state equation.
    Then up to 100,000 markings are listed. Then a second process explores the whole state space,
    listed or as a diagram, while this one looks for runs by random walks, and for proofs by the
    state equation with traps, on a prefix of the unfolding of a one-safe net, and by induction
    (PDR), in growing rounds over what is open.
    """

    def __init__(
        self,
        net: PetriNet,
        questions: Sequence[Question],
        *,
        budget: Budget,
        tell: Callable[[int, Answer], None],
        evidence: bool = True,
        parallel: bool = True,
        progress: ProgressCallback | None = None,
        seed: int | None = None,
        first_walk: float = LONG_WALK,
    ) -> None:
        self.net = net
        self.budget = budget.fixed()
        self.progress, self.seed = progress, seed
        self.tell = tell
        self.evidence = evidence
        self.open: dict[int, Question] = dict(enumerate(questions))
        self.told: list[str] = []
        self.lower: dict[int, tuple[int, Run | None]] = {}
        self._bare: dict[int, Answer] = {}
        self._parallel = parallel and WholeSpace.possible()
        self._second: WholeSpace | None = None
        self._first_walk = first_walk
        self.space: StateSpace | None = None

    def _left(self) -> float:
        left = self.budget.remaining()
        return LONGEST if left is None else left

    def _space_budget(self, seconds: float, states: int | None = None) -> Budget:
        """Return what a state space may use."""
        limits = [most for most in (states, self.budget.states) if most is not None]
        return Budget(seconds=seconds, states=min(limits, default=None), bytes=self.budget.bytes)

    def run(self) -> None:
        """Answer what can be answered until the deadline."""
        try:
            self._constant()
            self._structure()
            self._list()
            if self.space is not None and self.space.unbounded:
                self._unbounded()
            elif self.open and self._parallel and self._left() > 1.0:
                share = self._space_budget(0.95 * self._left())
                self._second = WholeSpace(self.net, self.open, share, evidence=self.evidence)
            self._walk(self._first_walk)
            self._prove()
            self._unfold()
            if self._second is None and not (self.space is not None and self.space.unbounded):
                self._explore()
            if self.open and self._first_walk < LONG_WALK:
                self._walk()
            self._induct()
            self._wait()
            for number in list(self.open):
                if number in self._bare:
                    self.close(number)
                    self.tell(number, self._bare[number])
        finally:
            if self._second is not None:
                self._second.close()

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

    def _constant(self) -> None:
        """Answer what is true or false of all markings."""
        for number, question in list(self.open.items()):
            if not isinstance(question, Reach):
                continue
            value = negate(negate(question.goal))
            if value == TRUE:
                start = self.net.run(self.net.initial, [])
                self._say(number, reached(self.net, question.goal, start, "structure"))
            elif value == FALSE:
                claimed, share = negate(question.goal), Budget(seconds=self._left() / 10)
                proof = prove_invariant(self.net, claimed, budget=share)
                if not isinstance(proof, str):
                    self._proved(number, question, proof, "structure")

    def _structure(self) -> None:
        """Ask theorems about structure and the state equation of a large net."""
        if len(self.net.place_ids) <= LARGE:
            return
        free = bool(net_class(self.net, "extended free choice"))
        for number, question in list(self.open.items()):
            share = Budget(seconds=self._left() / 10)
            if free and question == Reach(Dead()):
                proof = deadlock_free(self.net, budget=share)
                if not isinstance(proof, str):
                    self._proved(number, question, proof, "structure")
            elif isinstance(question, Reach):
                found = prove_invariant(self.net, negate(question.goal), budget=share)
                if not isinstance(found, str):
                    self._proved(number, question, found, "state-equation")

    def _list(self) -> None:
        """List the first markings."""
        if not self.open:
            return
        most = min(FIRST_STATES, FIRST_CELLS // (len(self.net.place_ids) + 1))
        first = self._space_budget(self._left() / 6, most)
        try:
            space = state_space(self.net, method="explicit", budget=first, progress=self.progress)
        except UnlistedError as error:
            self.told.append(f"a list of markings ({error})")
            return
        assert isinstance(space, StateSpace)
        self.space = space
        listed = ListedAnswers(space, evidence=self.evidence, budget=self.budget)
        for number, question in list(self.open.items()):
            answer = listed.answer(question)
            if answer is not None:
                self._say(number, answer)
            elif isinstance(question, Most):
                self.lower[number] = (listed.greatest(question.places), None)
        if not space.complete:
            self.told.append(f"the first {space.n_states:,} markings")

    def _walk(self, most: float = LONG_WALK) -> None:
        """Look for runs by random walks."""
        seconds = min(most, self._left() / 4)
        goals = {n: q.goal for n, q in self.open.items() if isinstance(q, Reach)}
        sums = {n: q.places for n, q in self.open.items() if isinstance(q, Most)}
        if goals and seconds > LEAST:
            share = Budget(seconds=seconds / 2 if sums else seconds)
            runs = walk(
                self.net, list(goals.values()), budget=share, progress=self.progress, seed=self.seed
            )
            for (number, goal), run in zip(goals.items(), runs, strict=True):
                if run is not None:
                    self._say(number, reached(self.net, goal, run, "walks"))
        if sums and seconds > LEAST:
            share = Budget(seconds=seconds / 2 if goals else seconds)
            found = greatest(
                self.net, list(sums.values()), budget=share, progress=self.progress, seed=self.seed
            )
            for number, (most, run) in zip(sums, found, strict=True):
                if most >= self.lower.get(number, (-1, None))[0]:
                    self.lower[number] = (most, run)
        if self.open and (goals or sums) and "random walks" not in self.told:
            self.told.append("random walks")
        self._hear()

    def _prove(self) -> None:
        """Ask the state equation to refute what is open, in two rounds."""
        for part in (0.1, 0.5):
            waiting = list(self.open)
            ends = time.monotonic() + part * self._left()
            for place, number in enumerate(waiting):
                left = ends - time.monotonic()
                if left < LEAST:
                    break
                question = self.open.get(number)
                if question is not None:
                    share = Budget(seconds=max(LEAST, left / (len(waiting) - place)))
                    proof = prove_invariant(self.net, self._claimed(number, question), budget=share)
                    if not isinstance(proof, str):
                        self._proved(number, question, proof, "state-equation")
                self._hear()
        if self.open:
            self.told.append("the state equation")

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

    def _unfold(self) -> None:
        """Ask a prefix of the unfolding of a net that may be one-safe."""
        goals = {n: q.goal for n, q in self.open.items() if isinstance(q, Reach)}
        if not goals or max(self.net.initial.to_dict().values(), default=0) > 1:
            return
        share = Budget(seconds=min(LONG_UNFOLDING, self._left() / 8), bytes=self.budget.bytes)
        prefix = unfold(self.net, budget=share)
        ends = time.monotonic() + min(LONG_UNFOLDING, self._left() / 8)
        for place, (number, goal) in enumerate(goals.items()):
            left = ends - time.monotonic()
            if left < LEAST or not prefix.complete:
                break
            each = Budget(seconds=max(LEAST, left / (len(goals) - place)))
            verdict = reachable_by_unfolding(self.net, goal, budget=each, prefix=prefix)
            if verdict.evidence is not None:
                shown = (verdict.evidence,)
                self._say(number, Answer(value=verdict.holds, method="unfolding", evidence=shown))
            self._hear()
        if self.open:
            why = "" if prefix.reason is None else f" ({prefix.reason})"
            self.told.append(f"an unfolding of {prefix.n_events:,} events{why}")

    def _explore(self) -> None:
        """Explore the whole state space in this process."""
        if not self.open or self._left() < LEAST:
            return
        share = self._space_budget(ALONE * self._left())
        try:
            space = state_space(self.net, budget=share, progress=self.progress)
        except UnlistedError:  # which was told before
            return
        engine = whole_answers(space, Budget(seconds=self._left()), evidence=self.evidence)
        for number, question in list(self.open.items()):
            answer = None if engine is None else engine.answer(question)
            if answer is not None:
                self._say(number, answer)
        if space.reason:
            self.told.append(f"the whole state space ({space.reason})")

    def _induct(self) -> None:
        """Prove by induction, a little longer in each round."""
        if len(self.net.transition_ids) > MOST_FOR_INDUCTION:
            return
        for longest in ROUNDS:
            for number, question in list(self.open.items()):
                if self._left() < 2 * LEAST:
                    return
                if number not in self.open:
                    continue
                seconds = min(longest, self._left() / 2)
                goal = negate(self._claimed(number, question))
                verdict = pdr(self.net, goal, budget=Budget(seconds=seconds), seed=self.seed)
                if verdict.holds and isinstance(verdict.evidence, RunEvidence):
                    if isinstance(question, Reach):
                        run = verdict.evidence.run
                        self._say(number, reached(self.net, goal, run, "pdr"))
                    else:
                        self._raise(number, question, verdict.evidence.run)
                elif verdict.violated and verdict.evidence is not None:
                    self._proved(number, question, verdict.evidence, "pdr")
                self._hear()
            if not self.open:
                return

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

    def _unbounded(self) -> None:
        """Ask pumps and the coverability graph for bounds, and what more tokens never spoil."""
        assert self.space is not None
        pump = self.space.pump
        if pump is not None:
            before = pump.stem[-1].state if pump.stem else pump.initial
            for number, question in list(self.open.items()):
                if isinstance(question, Most) and any(
                    pump.last.get(p, 0) > before.get(p, 0) for p in question.places
                ):
                    self._say(number, unbounded(self.net, question.places, pump, "pump"))
        if not any(
            isinstance(question, Most) or demands(self.net, question.goal) is not None
            for question in self.open.values()
        ):
            return
        try:
            covering = CoveringAnswers(self.net, Budget(seconds=self._left() / 2))
        except UnlistedError:
            return
        for number, question in list(self.open.items()):
            answer = covering.answer(question)
            if answer is not None:
                self._say(number, answer)
