"""The contest's LTL: listed markings first, then facts about predicates, then diagrams."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netproof.contest.categories import ContestQuestion
from netproof.contest.drawing import BYTES, Drawing, Say
from netproof.contest.questions import Shown
from petri.ctl import known_part, symbolic_backwards
from petri.listed_predicates import ListedPredicates
from petri.ltl import ltl
from petri.ltl_by_stubborn_sets import ltl_by_stubborn_sets, worth_reducing
from petri.ltl_walks import LtlWalks
from petri.net import PetriNet
from petri.portfolio import Answer
from petri.reachable import invariant
from petri.state_space.reachability import marking_holds
from petri.state_space.space import StateSpace
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from transition_systems.budget import Budget, Meter
from transition_systems.errors import UnsupportedError
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Binary, Formula, State, Unary
from transition_systems.properties.predicates import And, Constant, Not, Or, Predicate
from transition_systems.properties.walk import names_in_formula, negate, subpredicates
from transition_systems.temporal.bad_prefixes import BadPrefixes
from transition_systems.temporal.buchi_graph import TooManyStatesError
from transition_systems.temporal.ltl_questions import linear_formula
from transition_systems.temporal.ltl_search import BudgetEndError
from transition_systems.temporal.ltl_symbolic import SymbolicViolations
from transition_systems.temporal.ltl_violations import (
    Violations,
    accepted,
    begun,
    violations,
)
from transition_systems.temporal.product_system import Observed

__all__ = ["LinearAnswers", "of_paths"]

FIRST_STATES, FIRST_SHARE, MOST_STATES, LIST_SHARE = 20_000, 0.1, 4_000_000, 0.25
MOST_TRIES, MOST_EVIDENCE = 4_000_000_000, 100_000
REACH_SHARE, WALK_SHARE, REDUCED_SHARE, LEAST = 0.5, 0.3, 0.15, 0.3
FAILURES = (BudgetEndError, TooManyStatesError, UnsupportedError)


@dataclass(slots=True)
class _Asked:
    """A formula that is open, and the automata of what violates it, and of its bad prefixes."""

    formula: Formula
    violations: Violations
    bad: BadPrefixes


class LinearAnswers(Drawing[_Asked]):
    """The formulas of one of the contest's LTL categories.

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
    Up to 20,000 markings are listed; a part of the space already decides what does not hang on the
    rest. Then another process draws the whole space and takes the product with the automata on
    diagrams, while this one asks a portfolio of engines which predicates never change and which
    letters are reachable, walks in the product for a violation, follows stubborn sets for formulas
    that cannot tell repetition, and lists further.
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
            formula = linear_formula(of_paths(question.formula))
            try:
                made = violations(formula, tick=self._tick)
            except FAILURES:
                continue
            self.open[number] = _Asked(formula, made, BadPrefixes(formula))
            self._simplify(number)

    def _tick(self) -> None:
        if self._left() <= 0.0:
            raise BudgetEndError("the time budget is used up")

    def run(self) -> None:
        """Answer what can be answered until the deadline."""
        self._settled("structure")
        space = self._listed(FIRST_STATES, FIRST_SHARE)
        if not self.open or space.complete:
            return
        with self._drawing() as second:
            self.second = second
            self._walk(0.1)
            self._facts()
            self._walk(WALK_SHARE)
            self._reduced(REDUCED_SHARE)
            if space.pump is None and self.open:
                del space
                space = self._listed(MOST_STATES, LIST_SHARE)
            del space
            self._walk(0.0 if second is None else 0.9)
            self._hear(0.0 if second is None else self._left())
            if second is None and self.open and self._left() > LEAST:
                self._by_diagrams(self.open, self._drawn, self._left())

    def _answer(self, number: int, value: bool, method: str, shown: Sequence[Shown] = ()) -> None:
        asked = self.open.pop(number, None)
        if asked is None:
            return
        if self.evidence and not shown:
            shown = self._shown(asked.formula, value)
        self.say(number, value, method, list(shown))

    def _shown(self, formula: Formula, value: bool) -> list[Shown]:
        """Return what proves an answer, where there are few markings."""
        limit = Budget(states=MOST_EVIDENCE, seconds=0.3 * self._left())
        match formula:
            case State():
                return []
            case Unary(operator="G", operand=State(predicate=predicate)):
                formula = Unary("AG", State(predicate))
                verdict = invariant(self.net, predicate, budget=limit)
            case _:
                verdict = ltl(self.net, formula, budget=limit)
        if verdict.evidence is None or verdict.holds is not value:
            return []
        return [Shown(format_formula(formula), verdict.outcome, verdict.evidence)]

    def _simplify(self, number: int) -> None:
        """Bring what is known of predicates, and of the initial marking, into an automaton."""
        asked = self.open[number]
        made = violations(asked.formula, self.facts, tick=self._tick)
        letter = 0
        for bit, predicate in enumerate(made.predicates):
            letter |= int(marking_holds(self.net, predicate, self.net.initial)) << bit
        asked.violations = Violations(made.formula, made.predicates, begun(made.graph, letter))
        asked.bad = BadPrefixes(asked.formula, dict(self.facts))

    def _settled(self, method: str) -> None:
        """Answer what no word can violate any more."""
        for number, asked in list(self.open.items()):
            if asked.violations.none:
                self._answer(number, True, method)

    def _listed(self, states: int, share: float) -> StateSpace:
        """List markings, and answer what they decide, in a share of the time each."""
        space = self._markings(states, share)
        if space.n_states * len(self.net.transition_ids) > MOST_TRIES:
            return space
        names = {t for asked in self.open.values() for t in names_in_formula(asked.formula)[1]}
        holds = ListedPredicates(space, names)
        ends = time.monotonic() + (1.0 if space.complete else 2 * share) * self._left()
        graph, border = known_part(space, Budget(deadline=ends).start())
        system = _stuttering(graph.offsets, graph.targets, border)
        waiting = sorted(self.open.items(), key=lambda item: item[1].violations.graph.size)
        for place, (number, asked) in enumerate(waiting):
            self._hear(0.0)
            if number not in self.open:
                continue
            left = ends - time.monotonic()
            meter = Budget(seconds=max(min(1.0, left), left / (len(waiting) - place))).start()
            try:
                found = _accepted(system, asked.violations, holds, meter, border)
                if found is None:
                    bad = asked.bad.automaton(Budget(seconds=left))
                    if bad is not None and _accepted(system, bad, holds, meter, border):
                        found = True
            except FAILURES:
                continue
            if found is not None:
                self._answer(number, not found, "explicit")
        return space

    def _walk(self, share: float) -> None:
        """Look for violations by walks in the product with the automata."""
        if not self.open or share == 0.0:
            return
        ends = time.monotonic() + share * self._left()
        walks = LtlWalks(self.net)
        seconds = 0.1
        while self.open and time.monotonic() < ends:
            for number, asked in list(self.open.items()):
                self._hear(0.0)
                left = ends - time.monotonic()
                if number not in self.open or left <= 0.0:
                    continue
                if walks.violated(asked.violations, min(seconds, left)):
                    self._answer(number, False, "walks")
            seconds *= 2

    def _reduced(self, share: float) -> None:
        """Look at some markings that stand for all, where a formula cannot tell repetition."""
        ends = time.monotonic() + share * self._left()
        waiting = [
            (number, asked)
            for number, asked in self.open.items()
            if worth_reducing(self.net, asked.violations.formula)
        ]
        waiting.sort(key=lambda item: item[1].violations.graph.size)
        for place, (number, asked) in enumerate(waiting):
            self._hear(0.0)
            left = ends - time.monotonic()
            if number not in self.open or left <= 0.0:
                continue
            formula = asked.violations.formula
            each = max(min(1.0, left), left / (len(waiting) - place))
            limit = Budget(seconds=each, bytes=BYTES)
            try:
                verdict = ltl_by_stubborn_sets(self.net, formula, budget=limit)
            except FAILURES:
                continue
            if not verdict.unknown:
                shown: list[Shown] = []
                if verdict.evidence is not None and formula == asked.formula:
                    said = format_formula(formula)
                    shown = [Shown(said, verdict.outcome, verdict.evidence)]
                self._answer(number, verdict.holds, "stubborn-sets", shown)

    def _facts(self) -> None:
        """Ask the portfolio which predicates never change, and which letters never come."""
        leaves: dict[Predicate, None] = {}
        for asked in self.open.values():
            for predicate in asked.violations.predicates:
                leaves.update(dict.fromkeys(_leaves(predicate)))
                leaves[predicate] = None
        wanted = [p for leaf in leaves for p in (leaf, negate(leaf))]
        about = [leaf for leaf in leaves for _ in range(2)]

        def take(number: int, answer: Answer) -> None:
            if not answer.value and about[number] not in self.facts:
                self.facts[about[number]] = bool(number % 2)
                self._changed(about[number], answer.method)

        self._portfolio(wanted, REACH_SHARE, take)

    def _changed(self, fact: Predicate, method: str) -> None:
        """Simplify what a new fact is about."""
        for number, asked in list(self.open.items()):
            known = asked.violations.predicates
            if fact in known or any(fact in _leaves(predicate) for predicate in known):
                try:
                    self._simplify(number)
                except FAILURES:
                    continue
        self._settled(method)

    def _size(self, asked: _Asked) -> tuple[int, ...]:
        return asked.violations.graph.size

    def _decided(self, space: SymbolicSpace, asked: _Asked, budget: Budget) -> bool:
        search = SymbolicViolations(
            space.system, space.states, asked.violations, budget.start(),
            backwards=symbolic_backwards(space),
        )  # fmt: skip
        return not search.found()


def of_paths(formula: Formula) -> Formula:
    """Return what stands behind the quantifier over all paths."""
    match formula:
        case Unary(operator=("AX" | "AF" | "AG") as operator, operand=operand):
            return Unary("X" if operator == "AX" else "F" if operator == "AF" else "G", operand)
        case Binary(operator="AU", left=left, right=right):
            return Binary("U", left, right)
        case _:
            return formula


def _stuttering(
    offsets: NDArray[np.int64], targets: NDArray[Any], border: NDArray[np.bool_]
) -> Observed:
    """Return a state space as a formula sees it, without letters."""
    n = len(offsets) - 1
    counts = np.diff(offsets)
    stuck = np.flatnonzero((counts == 0) & ~border).astype(np.int64)
    source = np.concatenate([np.repeat(np.arange(n, dtype=np.int64), counts), stuck])
    target = np.concatenate([targets.astype(np.int64), stuck])
    label = np.zeros(len(source), dtype=np.int32)
    letter = np.zeros(n, dtype=np.int64)
    return Observed(n, source, label, target, None, letter, np.zeros(1, dtype=np.int64))


def _accepted(
    system: Observed, found: Violations, holds: ListedPredicates, meter: Meter,
    border: NDArray[np.bool_],
) -> bool | None:  # fmt: skip
    """Return whether an automaton accepts the word of a path of listed markings, if they tell."""
    seen = replace(system, letter=found.letters(holds, system.n_states))
    return accepted(seen, found.graph, meter, border)


def _leaves(predicate: Predicate) -> list[Predicate]:
    """Return the parts of a predicate that are no Boolean combinations."""
    return [
        node for node in subpredicates(predicate) if not isinstance(node, And | Or | Not | Constant)
    ]
