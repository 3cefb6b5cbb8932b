"""Many questions about one net, each given to the engines in turn until one answers."""

from __future__ import annotations

import time
from collections.abc import Sequence

from petri.decision import claim
from petri.induction.known_facts import KnownFacts, known_facts
from petri.induction.pdr import pdr
from petri.induction.state_equation import prove_invariant
from petri.net import PetriNet
from petri.portfolio.along import furthest_first
from petri.portfolio.covering import covering_answers, pumped_answers
from petri.portfolio.open_questions import OpenQuestions, Tell
from petri.portfolio.questions import (
    Answer,
    Most,
    Question,
    Reach,
    reached,
)
from petri.portfolio.reduced import ask_smaller
from petri.portfolio.searched import unfolded_answers, walked_answers
from petri.portfolio.second import WholeSpace
from petri.portfolio.whole import ListedAnswers, whole_answers
from petri.state_space import state_space
from petri.state_space.space import StateSpace
from petri.structure.deadlock_free import deadlock_free
from petri.structure.falling_sums import falling_weights
from petri.structure.net_classes import net_class
from petri.unfolding import unfold
from transition_systems.budget import Budget
from transition_systems.errors import UnlistedError
from transition_systems.evidence import (
    FallingSumEvidence,
    InvariantEvidence,
    LinearProof,
    RunEvidence,
)
from transition_systems.progress import ProgressCallback
from transition_systems.properties.formulas import possible
from transition_systems.properties.predicates import FALSE, TRUE, Dead
from transition_systems.properties.walk import negate

__all__ = ["Batch"]

FIRST_STATES, FIRST_CELLS, LARGE = 100_000, 200_000_000, 1_000
LONG_WALK, LONG_UNFOLDING, LONG_PROGRAM, ALONE = 12.0, 5.0, 5.0, 0.6
# The part of the time for all questions to the structure of a large net.
STRUCTURE = 0.25
SHORT_PROOFS, LONG_PROOFS, EACH_PROOF, FAILURES = 0.1, 0.5, 0.02, 5
LEAST, ROUNDS = 0.05, (0.5, 3.0, 15.0, 1e9)
MOST_FOR_INDUCTION = 3_000


class Batch(OpenQuestions):
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
    reducing
        Whether smaller nets are asked that preserve the answers.

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
    listed or as a diagram, while this one asks the state equation about a single goal, then smaller
    nets to which reductions lead that preserve the answers, looks for runs by random walks, and for
    proofs by the state equation with traps, on a prefix of the unfolding of a one-safe net, and by
    induction (PDR), in growing rounds over what is open.
    """

    def __init__(
        self,
        net: PetriNet,
        questions: Sequence[Question],
        *,
        budget: Budget,
        tell: Tell,
        evidence: bool = True,
        parallel: bool = True,
        progress: ProgressCallback | None = None,
        seed: int | None = None,
        first_walk: float = LONG_WALK,
        reducing: bool = True,
    ) -> None:
        super().__init__(net, questions, budget=budget, tell=tell, evidence=evidence)
        self.progress, self.seed = progress, seed
        self._parallel = parallel and WholeSpace.possible()
        self._first_walk, self._reducing = first_walk, reducing
        self._facts: KnownFacts | None = None

    def _space_budget(self, seconds: float, states: int | None = None) -> Budget:
        """Return what a state space may use."""
        limits = [most for most in (states, self.budget.states) if most is not None]
        return Budget(seconds=seconds, states=min(limits, default=None), bytes=self.budget.bytes)

    def run(self) -> None:
        """Answer what can be answered until the deadline."""
        steps = (
            self._constant, self._structure, self._list, self._unbounded, self._share,
            self._equate, self._reduce, self._walk_soon, self._terminate, self._prove,
            self._unfold, self._explore, self._walk_on, self._induct, self._wait,
        )  # fmt: skip
        try:
            for step in steps:
                if not self.open or self._left() < LEAST:
                    break
                step()
            self._tell_bare()
        finally:
            if self._second is not None:
                self._second.close()

    def _share(self) -> None:
        """Have a second process explore the state space, where there is time for one."""
        if self._parallel and self._left() > 1.0 and not self._is_unbounded:
            share = self._space_budget(0.95 * self._left())
            self._second = WholeSpace(self.net, self.open, share, evidence=self.evidence)

    @property
    def _is_unbounded(self) -> bool:
        return self.space is not None and self.space.unbounded

    def _constant(self) -> None:
        """Answer what is true or false of all markings."""
        for number, question in list(self.open.items()):
            if isinstance(question, Most):
                if not question.places:
                    self.lower[number] = (0, self.net.run(self.net.initial, []))
                    self._refute(number, question, "structure")
                continue
            value = negate(negate(question.goal))
            if value == TRUE:
                start = self.net.run(self.net.initial, [])
                self._say(number, reached(self.net, question.goal, start, "structure"))
            elif value == FALSE:
                self._refute(number, question, "structure")

    def _refute(
        self, number: int, question: Question, method: str, seconds: float | None = None
    ) -> None:
        """Ask the state equation for a proof that there is nothing beyond what is known."""
        share = self._left() / 10 if seconds is None else seconds
        proof = self._from_equation(number, question, share)
        if not isinstance(proof, str):
            self._proved(number, question, proof, method)

    def _from_equation(
        self, number: int, question: Question, seconds: float
    ) -> LinearProof | InvariantEvidence | str:
        """Ask the state equation, with facts that are gathered for all questions once."""
        if self._facts is None:
            self._facts = known_facts(self.net, Budget(seconds=self._left() / 8))
        return prove_invariant(
            self.net, self._claimed(number, question), known=self._facts,
            budget=Budget(seconds=seconds),
        )  # fmt: skip

    def _structure(self) -> None:
        """Ask theorems about structure and the state equation of a large net, for a while."""
        if len(self.net.place_ids) <= LARGE:
            return
        free = bool(net_class(self.net, "extended free choice"))
        end = self._left() * (1 - STRUCTURE)
        for number, question in list(self.open.items()):
            if self._left() <= end:
                return
            share = Budget(seconds=min(self._left() / 10, self._left() - end))
            if free and question == Reach(Dead()):
                proof = deadlock_free(self.net, budget=share)
                if not isinstance(proof, str):
                    self._proved(number, question, proof, "structure")
            elif isinstance(question, Reach):
                self._refute(number, question, "state-equation", share.seconds)

    def _list(self) -> None:
        """List the first markings."""
        most = min(FIRST_STATES, FIRST_CELLS // (len(self.net.place_ids) + 1))
        first = self._space_budget(self._left() / 6, most)
        try:
            space = state_space(self.net, method="explicit", budget=first, progress=self.progress)
        except UnlistedError as error:
            self.told.append(f"a list of markings ({error})")
            return
        assert isinstance(space, StateSpace)
        self.space = space
        share = self.budget if space.complete else Budget(seconds=self._left() / 5)
        listed = ListedAnswers(space, evidence=self.evidence, budget=share)
        for number in furthest_first(self.net, self.open):
            if listed.meter.out_of_time():
                break
            question = self.open.get(number)
            if question is None:
                continue
            answer = listed.answer(question)
            if answer is not None:
                self._say(number, answer)
            elif isinstance(question, Most):
                self.lower[number] = (listed.greatest(question.places), None)
        if not space.complete:
            self.told.append(f"the first {space.n_states:,} markings")

    def _equate(self) -> None:
        """Ask the state equation about a single goal: its proofs are short, and about this net."""
        if len(self.open) > 1 or len(self.net.place_ids) > LARGE:
            return
        for number, question in list(self.open.items()):
            if isinstance(question, Reach):
                self._refute(number, question, "state-equation")

    def _reduce(self) -> None:
        """Ask smaller nets that preserve the answers."""
        if not self._reducing:
            return
        ask_smaller(
            self.net, self.open, self._smaller, self._found, Budget(seconds=self._left() / 4)
        )
        self._hear()
        if self.open:
            self.told.append("smaller nets")

    def _terminate(self) -> None:
        """Answer that a marking without successors is reachable where every run ends."""
        asked = [number for number, question in self.open.items() if question == Reach(Dead())]
        share = Budget(seconds=min(LONG_PROGRAM, self._left() / 8))
        weights = falling_weights(self.net, budget=share) if asked else None
        if weights is not None:
            about = claim(self.net, possible(Dead()))
            piece = FallingSumEvidence(claim=about, weights=tuple(weights.items()))
            for number in asked:
                self._say(number, Answer(value=True, method="structure", evidence=(piece,)))

    def _smaller(
        self,
        net: PetriNet,
        questions: Sequence[Question],
        budget: Budget,
        tell: Tell,
    ) -> None:
        """Ask a smaller net."""
        runs = self.evidence or len(self.open) > 1  # a run may answer other questions, too
        Batch(
            net, questions, budget=budget, tell=tell, evidence=runs, parallel=False,
            progress=self.progress, seed=self.seed, first_walk=self._first_walk, reducing=False,
        ).run()  # fmt: skip

    def _walk_soon(self) -> None:
        self._walk(self._first_walk)

    def _walk_on(self) -> None:
        if self._first_walk < LONG_WALK:
            self._walk(LONG_WALK)

    def _walk(self, most: float) -> None:
        """Look for runs by random walks."""
        seconds = min(most, self._left() / 4)
        if seconds > LEAST:
            answers, sums = walked_answers(
                self.net, self.open, seconds=seconds, progress=self.progress, seed=self.seed
            )
            for number, answer in answers.items():
                self._say(number, answer)
            for number, found in sums.items():
                if found[0] >= self.lower.get(number, (-1, None))[0]:
                    self.lower[number] = found
        if self.open and "random walks" not in self.told:
            self.told.append("random walks")
        self._hear()

    def _prove(self) -> None:
        """Ask the state equation to refute what is open, in two rounds."""
        for part in (SHORT_PROOFS, LONG_PROOFS):
            self._prove_for(part)
        if self.open:
            self.told.append("the state equation")

    def _prove_for(self, part: float, most_failures: int | None = None) -> None:
        """Ask the state equation for a part of the time, or until so many failed in a row."""
        waiting, failures = list(self.open), 0
        ends = time.monotonic() + part * self._left()
        for place, number in enumerate(waiting):
            left = ends - time.monotonic()
            if left < LEAST or failures == most_failures:
                break
            question = self.open.get(number)
            if question is not None:
                share = max(LEAST, left / (len(waiting) - place))
                proof = self._from_equation(number, question, share)
                failures += 1
                if not isinstance(proof, str):
                    self._proved(number, question, proof, "state-equation")
                    failures = 0
            self._hear()

    def _unfold(self) -> None:
        """Ask a prefix of the unfolding of a net that may be one-safe."""
        asked = {n: q for n, q in self.open.items() if isinstance(q, Reach)}
        if not asked or max(self.net.initial.to_dict().values(), default=0) > 1:
            return
        seconds = min(LONG_UNFOLDING, self._left() / 8)
        prefix = unfold(self.net, budget=Budget(seconds=seconds, bytes=self.budget.bytes))
        seconds = min(LONG_UNFOLDING, self._left() / 8)
        for number, answer in unfolded_answers(self.net, asked, prefix, seconds=seconds):
            self._say(number, answer)
            self._hear()
        if self.open:
            why = "" if prefix.reason is None else f" ({prefix.reason})"
            self.told.append(f"an unfolding of {prefix.n_events:,} events{why}")

    def _explore(self) -> None:
        """Explore the whole state space in this process."""
        if self._second is not None or self._is_unbounded:
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

    def _unbounded(self) -> None:
        """Ask pumps, short proofs and the coverability graph where the net is unbounded."""
        if self.space is None or not self._is_unbounded:
            return
        if self.space.pump is not None:
            for number, answer in pumped_answers(self.net, dict(self.open), self.space.pump):
                self._say(number, answer)
        self._prove_for(min(LONG_PROOFS, EACH_PROOF * len(self.open)), FAILURES)
        share = Budget(seconds=self._left() / 2)
        for number, answer in covering_answers(self.net, dict(self.open), share):
            self._say(number, answer)
