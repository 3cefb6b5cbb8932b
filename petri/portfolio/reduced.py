"""Questions about a net that are asked of a smaller one, with the answers carried back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from petri.decision import claim
from petri.net import PetriNet
from petri.portfolio.along import furthest_first
from petri.portfolio.questions import (
    UNBOUNDED,
    Answer,
    Most,
    Question,
    Reach,
    of_smaller_net,
    reached,
    sum_is,
    unbounded,
)
from petri.reductions.predicate_forms import opaque
from petri.reductions.preserved import Preserved
from petri.reductions.reduce import reduce_net
from petri.reductions.reduction import Reduction
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.evidence import Evidence, PumpEvidence, ReductionEvidence, RunEvidence
from transition_systems.properties.formulas import always_everywhere
from transition_systems.properties.predicates import (
    TRUE,
    And,
    Dead,
    Enabled,
    Or,
    Predicate,
    disjunction,
)
from transition_systems.properties.walk import negate
from transition_systems.run import Run

__all__ = ["Reduced", "ask_smaller", "reduced_questions"]

LONG_RUN = "the run that shows it is too long"
LONGEST, MOST_TIMES = 100_000, 64
# How much of the nodes may be left for the smaller net to be worth asking.
WORTH = 0.9
# With fewer seconds no smaller net is asked; what one has of those that are left, at the least.
LEAST, SHORT, LEAST_PART = 0.05, 0.2, 0.125


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduced:
    """Questions about a net with what they are about a reduction of it, by the same numbers.

    Parameters
    ----------
    reduction
        It preserves the answers to all of the questions.
    asked
        The questions about the net.
    instead
        Those about the smaller net.
    """

    reduction: Reduction
    asked: Mapping[int, Question]
    instead: Mapping[int, Question]

    def carried(self, number: int, answer: Answer) -> tuple[Answer, Run | None]:
        """Return what an answer about the smaller net is about the net, and a run it comes from."""
        asked, answer = self.asked[number], replace(answer, method=of_smaller_net(answer.method))
        if isinstance(asked, Most):
            return self._most(asked, answer)
        if answer.value is False:
            never = negate(asked.goal)
            return replace(answer, evidence=self._wrapped(answer.evidence[:1], never)), None
        if not answer.evidence or not isinstance(answer.evidence[0], RunEvidence):
            return replace(answer, evidence=()), None
        wanted = _transitions(asked.goal)
        run = self._run(answer.evidence[0].run, wanted)
        enough = _until_enabled(self.reduction.net, run, wanted) if wanted and run else run
        if enough is None:
            return replace(answer, evidence=(), lacking=LONG_RUN), run
        return reached(self.reduction.net, asked.goal, enough, answer.method), run

    def _wrapped(self, pieces: tuple[Evidence, ...], always: Predicate) -> tuple[Evidence, ...]:
        about = claim(self.reduction.net, always_everywhere(always))
        steps = self.reduction.steps
        return tuple(
            ReductionEvidence(claim=about, steps=steps, inner=piece)
            for piece in pieces
        )  # fmt: skip

    def _run(self, short: Run, wanted: tuple[str, ...] = ()) -> Run | None:
        """Return the run of the net; one of the transitions occurs last, if any are wanted."""
        reduction = self.reduction
        actions = list(short.actions)
        if wanted:
            small = reduction.reduced
            names = reduction.group(wanted) or ()
            actions += [t for t in names if small.is_enabled(short.last, t)][:1]
        if reduction.length(actions) > LONGEST:
            return None
        try:
            return reduction.run_of(actions)
        except UsageError:  # more tokens than a marking has
            return None

    def _most(self, asked: Most, answer: Answer) -> tuple[Answer, Run | None]:
        net, reduction = self.reduction.net, self.reduction
        if answer.value == UNBOUNDED:
            piece = answer.evidence[0] if answer.evidence else None
            if not isinstance(piece, PumpEvidence):
                return replace(answer, evidence=()), None
            pump = piece.lasso
            if reduction.length([step.action for step in pump.steps]) > LONGEST:
                return replace(answer, evidence=(), lacking=LONG_RUN), None
            return unbounded(net, asked.places, reduction.lasso(pump), answer.method), None
        bare = replace(answer, value=answer.value + _sum(reduction, asked)[1], evidence=())
        if len(answer.evidence) != 2 or not isinstance(answer.evidence[1], RunEvidence):
            return bare, None
        run = self._run(answer.evidence[1].run)
        if run is None:
            return replace(bare, lacking=LONG_RUN), None
        most = int(bare.value)
        below = self._wrapped(answer.evidence[:1], sum_is(asked.places, "<=", most))
        at = reached(net, sum_is(asked.places, ">=", most), run, answer.method).evidence
        return replace(bare, evidence=(*below, *at)), run


def ask_smaller(
    net: PetriNet,
    questions: Mapping[int, Question],
    ask: Callable[[PetriNet, Sequence[Question], Budget, Callable[[int, Answer], None]], None],
    say: Callable[[int, Answer, Run | None], None],
    budget: Budget,
) -> None:
    """Ask smaller nets what is asked of a net, each with its share of the time.

    Parameters
    ----------
    net
        Any place/transition net.
    questions
        By number; it may lose some while this goes on.
    ask
        Is given a smaller net, questions about it, its share, and what to call with the place of
        a question in that list and its answer.
    say
        Called with the number of a question, its answer about the net itself, and a run of the
        net that was found with it.
    budget
        Seconds for all of it.

    Examples
    --------
    >>> from transition_systems.properties.predicates import at_least
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1], [0, 0]], [[0, 0], [1, 0], [0, 1]], [1, 0, 0])
    >>> def never(small, questions, share, tell):
    ...     tell(0, Answer(value=False, method="a guess"))
    >>> ask_smaller(net, {7: Reach(at_least("p2", 2))}, never, print, Budget(seconds=1))
    7 Answer(value=False, method='reduction and a guess', evidence=(), lacking='') None
    """
    limit = budget.fixed()
    for small in reduced_questions(net, questions, budget=limit):
        left = limit.remaining()
        if left is not None and left < LEAST:
            return
        wanted = [number for number in small.instead if number in questions]
        part = max(LEAST_PART, len(wanted) / max(1, len(questions)))
        share = Budget(seconds=None if left is None else min(left, max(SHORT, part * left)))

        def told(
            place: int, answer: Answer, small: Reduced = small, wanted: list[int] = wanted
        ) -> None:
            if wanted[place] in questions:
                say(wanted[place], *small.carried(wanted[place], answer))

        ask(small.reduction.reduced, [small.instead[number] for number in wanted], share, told)


def reduced_questions(
    net: PetriNet, questions: Mapping[int, Question], *, budget: Budget
) -> Iterator[Reduced]:
    """Yield reductions of a net that preserve the answers to some of the questions.

    Parameters
    ----------
    net
        Any place/transition net.
    questions
        By number; it may lose some while this goes on.
    budget
        The seconds of each reduction.

    Yields
    ------
    Reduced
        Only where the smaller net is much smaller: one for all that ask for what is enabled alone,
        one for all that ask for dead markings, and one for each of the others, beginning with the
        places that are furthest from the marked ones, since runs there pass the nearer ones.

    Examples
    --------
    >>> from transition_systems.properties.predicates import at_least
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1], [0, 0]], [[0, 0], [1, 0], [0, 1]], [1, 0, 0])
    >>> asked = {7: Reach(at_least("p3", 1))}
    >>> [(small.instead[7].goal, small.reduction) for small in
    ...  reduced_questions(net, asked, budget=Budget(seconds=1))]
    [(Constant(value=True), <Reduction in 3 steps to 0 places, 0 transitions>)]
    """
    alike: dict[str, dict[int, Question]] = {"enabled": {}, "dead": {}}
    single: dict[int, Question] = {}
    for number, question in questions.items():
        kind = _kind(question)
        if kind == "single":
            single[number] = question
        elif kind is not None:
            alike[kind][number] = question
    for kind, some in alike.items():
        if some:
            preserved = Preserved(bounds="none", deadlock=kind == "dead")
            found = _reduced(net, some, preserved, budget)
            if found is not None:
                yield found
    for number in furthest_first(net, single):
        if number not in questions:
            continue
        always = _never(single[number])
        preserved = Preserved(invariants=(always,), bounds="none", deadlock=False)
        found = _reduced(net, {number: single[number]}, preserved, budget)
        if found is not None:
            yield found


def _kind(question: Question) -> str | None:
    """Return with which others a question is reduced, or ``None`` where no reduction is known."""
    if isinstance(question, Most):
        return "single"
    goal = question.goal
    if _transitions(goal):
        return "enabled"
    parts = goal.operands if isinstance(goal, And) else (goal,)
    if any(isinstance(part, Dead) for part in parts):
        others = [part for part in parts if not isinstance(part, Dead)]
        return None if any(map(opaque, others)) else "dead"
    return None if opaque(goal) else "single"


def _transitions(goal: Predicate) -> tuple[str, ...]:
    """Return the transitions of which a goal wants one to be enabled; none for other goals."""
    parts = goal.operands if isinstance(goal, Or) else (goal,)
    names = tuple(part.name for part in parts if isinstance(part, Enabled))
    return names if len(names) == len(parts) else ()


def _never(question: Question) -> Predicate:
    """Return what a reduction has to preserve for a question."""
    if isinstance(question, Most):
        return sum_is(question.places, "<=", 0)
    return negate(question.goal)


def _reduced(
    net: PetriNet, questions: Mapping[int, Question], preserved: Preserved, budget: Budget
) -> Reduced | None:
    """Return a reduction for questions, where it is worth it and knows what they ask."""
    reduction = reduce_net(net, preserved, budget=budget)
    left = len(reduction.work.places) + len(reduction.work.pre)
    if left > WORTH * (len(net.place_ids) + len(net.transition_ids)):
        return None
    instead: dict[int, Question] = {}
    for number, question in questions.items():
        try:
            other = _instead(reduction, question)
        except ValueError:  # a place of which the reduction does not tell the tokens
            continue
        if other is not None:
            instead[number] = other
    return Reduced(reduction=reduction, asked=questions, instead=instead) if instead else None


def _instead(reduction: Reduction, question: Question) -> Question | None:
    """Return a question about the smaller net; ``None`` where it is none that can be asked."""
    if isinstance(question, Most):
        terms, _ = _sum(reduction, question)
        if any(times > MOST_TIMES for times in terms.values()):
            return None
        return Most(tuple(place for place, times in terms.items() for _ in range(times)))
    names = _transitions(question.goal)
    if not names:
        return Reach(reduction.predicate(question.goal))
    smaller = reduction.group(names)
    if smaller is None:
        return Reach(TRUE)
    return Reach(disjunction(*map(Enabled, smaller))) if smaller else None


def _sum(reduction: Reduction, asked: Most) -> tuple[dict[str, int], int]:
    """Return a sum of places as one of the smaller net's places, and a constant."""
    terms: dict[str, int] = {}
    constant = 0
    for place in asked.places:
        weights, more = reduction.equations.get(place, (None, 0))
        if weights is None:
            now = reduction.image.get(place, place)
            weights, more = ({}, now) if isinstance(now, int) else ({now: 1}, 0)
        constant += more
        for name, weight in weights.items():
            terms[name] = terms.get(name, 0) + weight
    ids = reduction.net.place_ids
    if not terms.keys() <= {ids[number] for number in reduction.work.places}:
        raise ValueError("the reduction does not preserve the tokens of these places")
    return terms, constant


def _until_enabled(net: PetriNet, run: Run, names: tuple[str, ...]) -> Run | None:
    """Return the beginning of a run after which one of the transitions is enabled."""
    states = [run.initial, *(step.state for step in run.steps)]
    for length, state in enumerate(states):
        if any(net.is_enabled(state, t) for t in names):
            return Run(initial=run.initial, steps=run.steps[:length])
    return None
