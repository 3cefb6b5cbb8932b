"""The contest's CTL: what is plain reachability first, then listed markings, then diagrams."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from netproof.contest.categories import ContestQuestion
from netproof.contest.drawing import Drawing, Say
from netproof.contest.questions import Shown
from petri.ctl import ctl_on_the_fly, explicit_model, known_part, symbolic_ctl
from petri.ctl_diagrams import shown_by_diagrams
from petri.listed_predicates import ListedPredicates
from petri.net import PetriNet
from petri.portfolio import Answer
from petri.state_space.space import StateSpace
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from transition_systems.budget import Budget
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
from transition_systems.verdict import Outcome

__all__ = ["BranchingAnswers"]

FIRST_STATES, FIRST_SHARE, MOST_STATES, LIST_SHARE = 50_000, 0.1, 5_000_000, 0.2
MOST_TRIES, MOST_EVIDENCE = 4_000_000_000, 200_000
REACH_SHARE, LEAST, SHOWN_SHARE = 0.6, 0.3, 0.1


@dataclass(slots=True)
class _Asked:
    """A formula that is open."""

    question: ContestQuestion
    program: CtlProgram
    # The goals of its parts that are reachability from the initial marking, and their answers.
    goals: dict[int, Predicate] = field(default_factory=dict)


class BranchingAnswers(Drawing[_Asked]):
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
        super().__init__(net, deadline=deadline, say=say, parallel=parallel)
        self.evidence = evidence
        self.facts: dict[Predicate, bool] = {}
        for number, question in questions:
            assert question.formula is not None
            program = simplified(ctl_program(question.formula))
            self.open[number] = _Asked(question, program)

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

    def _constants(self) -> None:
        """Answer the formulas that became constants."""
        for number, asked in list(self.open.items()):
            node = asked.program.nodes[asked.program.root]
            if node.operator == "predicate":
                self._answer(number, self._initially(node.predicate), "structure")

    def _listed(self, states: int, share: float) -> StateSpace:
        """List markings, and answer what they decide, in a share of the time each."""
        space = self._markings(states, share)
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
                self._answer(number, value, "explicit", self._shown(asked, space, value))
        return space

    def _shown(self, asked: _Asked, space: StateSpace, value: bool) -> list[Shown]:
        if not self.evidence:
            return []
        formula = asked.question.formula
        assert formula is not None
        if not space.complete:
            limit = Budget(states=MOST_EVIDENCE, seconds=SHOWN_SHARE * self._left()).fixed()
            verdict = ctl_on_the_fly(self.net, formula, limit)
        elif space.n_states <= MOST_EVIDENCE:
            verdict = check_ctl_on(
                explicit_model(space), formula, holds=space.holds,
                budget=Budget(deadline=self.deadline),
            )  # fmt: skip
        else:
            return []
        if verdict is None or verdict.evidence is None or verdict.holds is not value:
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

        self._portfolio(wanted, REACH_SHARE, take)

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

    def _size(self, asked: _Asked) -> tuple[int, ...]:
        return (len(asked.program.nodes),)

    def _decided(self, space: SymbolicSpace, asked: _Asked, budget: Budget) -> bool:
        return symbolic_ctl(space, budget.start()).decide(asked.program)

    def _proved(
        self, space: SymbolicSpace, asked: _Asked, value: bool, budget: Budget
    ) -> list[Shown]:
        formula = asked.question.formula
        if not self.evidence or formula is None:
            return []
        evidence = shown_by_diagrams(space, formula, value, meter=budget.start())
        outcome = Outcome.HOLDS if value else Outcome.VIOLATED
        return [Shown(format_formula(formula), outcome, evidence)]


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
