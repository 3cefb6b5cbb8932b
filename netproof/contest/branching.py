"""The contest's CTL: what is plain reachability first, then listed markings, then diagrams."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection

from netproof.contest.categories import ContestQuestion
from netproof.contest.questions import Shown
from petri.ctl import explicit_model, known_part, symbolic_ctl
from petri.listed_predicates import ListedPredicates
from petri.net import PetriNet
from petri.portfolio import Answer, Batch
from petri.portfolio.questions import Reach
from petri.state_space import state_space
from petri.state_space.space import StateSpace
from transition_systems.budget import Budget
from transition_systems.errors import NetproofError, UndecidedError
from transition_systems.properties.format import format_formula
from transition_systems.properties.predicates import (
    And,
    Constant,
    Not,
    Or,
    Predicate,
)
from transition_systems.properties.walk import names_in, negate, subpredicates
from transition_systems.temporal.ctl import check_ctl_on
from transition_systems.temporal.ctl_fixpoints import OutOfBudgetError
from transition_systems.temporal.ctl_partial import PartialSets
from transition_systems.temporal.ctl_program import CtlProgram, ctl_program
from transition_systems.temporal.ctl_simplify import simplified

__all__ = ["BranchingAnswers"]

FIRST_STATES, FIRST_SHARE, MOST_STATES, LIST_SHARE = 50_000, 0.1, 5_000_000, 0.2
MOST_CELLS, MOST_TRIES, MOST_EVIDENCE = 1_500_000_000, 4_000_000_000, 200_000
REACH_SHARE, LEAST = 0.6, 0.3
BYTES = 5 << 30
Say = Callable[[int, bool, str, list[Shown]], None]


@dataclass(slots=True)
class _Asked:
    """A formula that is open."""

    question: ContestQuestion
    program: CtlProgram
    # The goals of its parts that are reachability from the initial marking, and their answers.
    goals: dict[int, Predicate] = field(default_factory=dict)


class BranchingAnswers:
    """The formulas of one of the contest's CTL categories.

    Parameters
    ----------
    net
        The net.
    questions
        By number, those that are asked.
    deadline
        Absolute time of :func:`time.monotonic`.
    say
        Called with the number of a question, its answer, the engine and what proves it.
    evidence
        Whether what proves an answer is wanted.
    parallel
        Whether there may be a second process.

    Notes
    -----
    A formula is simplified first, so that more of it is plain reachability. Up to 50,000 markings
    are listed: also a part of the space decides what does not hang on the rest. Then another
    process draws the whole space, while this one lists further, and asks a portfolio of engines
    for what is reachability and for predicates that never change.
    """

    def __init__(
        self, net: PetriNet, questions: Iterable[tuple[int, ContestQuestion]], *, deadline: float,
        say: Say, evidence: bool = False, parallel: bool = True,
    ) -> None:  # fmt: skip
        self.net, self.deadline, self.say, self.evidence = net, deadline, say, evidence
        self.parallel = parallel and "fork" in multiprocessing.get_all_start_methods()
        self.facts: dict[Predicate, bool] = {}
        self.open: dict[int, _Asked] = {}
        self.second: Connection | None = None
        for number, question in questions:
            assert question.formula is not None
            program = simplified(ctl_program(question.formula))
            self.open[number] = _Asked(question, program)

    def _left(self) -> float:
        return max(0.0, self.deadline - time.monotonic())

    def run(self) -> None:
        """Answer what can be answered until the deadline."""
        self._constants()
        space = self._listed(FIRST_STATES, FIRST_SHARE)
        if not self.open or space.complete:
            return
        with self._drawing() as second:
            self.second = second
            if space.pump is None:
                space = self._listed(MOST_STATES, LIST_SHARE)
            del space
            self._reachable()
            self._hear(0.0 if second is None else self._left())
            if second is None and self.open and self._left() > LEAST:
                self._by_diagrams(self.open, self._drawn, self._left())

    def _answer(self, number: int, value: bool, method: str, shown: Sequence[Shown] = ()) -> None:
        if self.open.pop(number, None) is not None:
            self.say(number, value, method, list(shown))

    def _constants(self) -> None:
        """Answer the formulas that became constants."""
        for number, asked in list(self.open.items()):
            node = asked.program.nodes[asked.program.root]
            if node.operator == "predicate":
                self._answer(number, self._initially(node.predicate), "structure")

    def _listed(self, states: int, share: float) -> StateSpace:
        """List markings, and answer what they decide, in a share of the time each."""
        most = min(states, MOST_CELLS // (len(self.net.place_ids) + 1))
        budget = Budget(seconds=share * self._left(), states=most, bytes=BYTES)
        space = state_space(self.net, method="explicit", budget=budget)
        if space.n_states * len(self.net.transition_ids) > MOST_TRIES:
            return space
        names = {name for asked in self.open.values() for name in _asked_for(asked.program)}
        holds = ListedPredicates(space, names)
        ends = time.monotonic() + (1.0 if space.complete else 2 * share) * self._left()
        graph, border = known_part(space, Budget(deadline=ends).start())
        waiting = sorted(self.open.items(), key=lambda item: len(item[1].program.nodes))
        for place, (number, asked) in enumerate(waiting):
            self._hear(0.0)
            if number not in self.open:
                continue
            left = ends - time.monotonic()
            each = Budget(seconds=max(min(1.0, left), left / (len(waiting) - place)))
            timed = replace(graph, meter=each.start())
            try:
                value = PartialSets(asked.program, timed, holds, border).at(0)
            except OutOfBudgetError:
                continue
            if value is not None:
                self._answer(number, value, "explicit", self._shown(asked, space))
        return space

    def _shown(self, asked: _Asked, space: StateSpace) -> list[Shown]:
        if not self.evidence or not space.complete or space.n_states > MOST_EVIDENCE:
            return []
        formula = asked.question.formula
        assert formula is not None
        verdict = check_ctl_on(
            explicit_model(space), formula, holds=space.holds,
            budget=Budget(deadline=self.deadline),
        )  # fmt: skip
        if verdict.evidence is None:
            return []
        return [Shown(format_formula(formula), verdict.outcome, verdict.evidence)]

    def _reachable(self) -> None:
        """Ask the portfolio for what is reachability, and for predicates that never change."""
        goals: dict[Predicate, None] = {}
        for asked in self.open.values():
            asked.goals = _goals(asked.program)
            goals.update(dict.fromkeys(asked.goals.values()))
        leaves: dict[Predicate, None] = {}
        for asked in self.open.values():
            for node in asked.program.nodes:
                leaves.update(dict.fromkeys(_leaves(node.predicate)))
        wanted = [*goals, *(p for leaf in leaves for p in (leaf, negate(leaf)) if p not in goals)]
        known: dict[Predicate, bool] = {}

        def take(number: int, answer: Answer) -> None:
            goal = wanted[number]
            known[goal] = bool(answer.value)
            if not answer.value:
                self._fact(goal, leaves)
            self._decide(known, answer.method)
            self._hear(0.0)
            if not self.open:
                for other in list(batch.open):
                    batch.close(other)

        batch = Batch(
            self.net, [Reach(goal) for goal in wanted],
            budget=Budget(seconds=REACH_SHARE * self._left()), tell=take, evidence=False,
            parallel=False,
        )  # fmt: skip
        batch.run()

    def _fact(self, goal: Predicate, leaves: Iterable[Predicate]) -> None:
        """Take note of a leaf that is true or false in all markings; simplify with it."""
        for leaf in leaves:
            if goal == leaf:
                self.facts[leaf] = False
            elif goal == negate(leaf):
                self.facts[leaf] = True

    def _decide(self, known: dict[Predicate, bool], method: str) -> None:
        """Answer the formulas whose reachability parts are known."""
        for number, asked in list(self.open.items()):
            program = simplified(asked.program, self.facts) if self.facts else asked.program
            asked.program = program
            value = self._value(program, known)
            if value is not None:
                self._answer(number, value, method)

    def _value(self, program: CtlProgram, known: dict[Predicate, bool]) -> bool | None:
        """Return the value of a formula in the initial marking, from what is known of parts."""
        goals = _goals(program)
        values: list[bool | None] = []
        for number, node in enumerate(program.nodes):
            parts = [values[part] for part in node.operands]
            value: bool | None = None
            match node.operator:
                case "predicate":
                    value = self._initially(node.predicate)
                case "not":
                    value = None if parts[0] is None else not parts[0]
                case "and":
                    value = False if False in parts else None if None in parts else True
                case "or":
                    value = True if True in parts else None if None in parts else False
                case "EU" | "AU" if parts[1]:
                    value = True
                case "EU" | "AU" if parts[0] is False and parts[1] is False:
                    value = False
                case "EU" if number in goals:
                    value = known.get(goals[number])
                case _:
                    pass
            values.append(value)
        return values[program.root]

    def _initially(self, predicate: Predicate) -> bool:
        from petri.state_space.reachability import marking_holds

        return marking_holds(self.net, predicate, self.net.initial)

    @contextmanager
    def _drawing(self) -> Generator[Connection | None]:
        """Have another process draw the whole space, where there may be one."""
        if not self.parallel or self._left() < 1.0:
            yield None
            return
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(
            target=self._by_diagrams, daemon=True,
            args=(dict(self.open), lambda *found: theirs.send(found), self._left()),
        )  # fmt: skip
        child.start()
        theirs.close()
        try:
            yield ours
        finally:
            child.kill()
            child.join()
            ours.close()

    def _hear(self, wait: float) -> None:
        """Take the answers of the other process, waiting for more of them."""
        ends = time.monotonic() + wait
        try:
            while self.second and self.open and self.second.poll(max(0.0, ends - time.monotonic())):
                self._drawn(*self.second.recv())
        except (EOFError, OSError):
            self.second = None

    def _drawn(self, number: int, value: bool) -> None:
        """Take an answer from the diagrams."""
        self._answer(number, value, "symbolic")

    def _by_diagrams(
        self, asked: dict[int, _Asked], found: Callable[[int, bool], None], seconds: float
    ) -> None:
        """Answer on the symbolic state space, cheap formulas first."""
        ends = time.monotonic() + seconds
        try:
            space = state_space(
                self.net, method="symbolic", budget=Budget(deadline=ends, bytes=BYTES)
            )
            if not space.complete:
                return
            waiting = sorted(asked.items(), key=lambda item: len(item[1].program.nodes))
            for place, (number, one) in enumerate(waiting):
                left = ends - time.monotonic()
                share = max(left / (len(waiting) - place), min(left, 2.0))
                ctl = symbolic_ctl(space, Budget(seconds=share).start())
                try:
                    found(number, ctl.decide(one.program))
                except UndecidedError:
                    continue
        except (NetproofError, MemoryError, OverflowError, BrokenPipeError):
            return


def _goals(program: CtlProgram) -> dict[int, Predicate]:
    """Return the parts of the form ``EF predicate``, with their predicates."""
    return {
        number: program.nodes[node.operands[1]].predicate
        for number, node in enumerate(program.nodes)
        if node.operator == "EU"
        and program.nodes[node.operands[0]].constant(Constant(True))
        and program.nodes[node.operands[1]].operator == "predicate"
    }


def _leaves(predicate: Predicate) -> list[Predicate]:
    """Return the parts of a predicate that are no Boolean combinations."""
    return [
        node for node in subpredicates(predicate) if not isinstance(node, And | Or | Not | Constant)
    ]


def _asked_for(program: CtlProgram) -> set[str]:
    """Return the transitions that a formula asks for by ``enabled``."""
    return {name for node in program.nodes for name in names_in(node.predicate)[1]}
