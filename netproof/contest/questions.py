"""What a formula of the contest asks a portfolio of engines, and what its answers prove."""

from __future__ import annotations

from dataclasses import dataclass, field

from netproof.contest.categories import ContestQuestion
from petri.net import PetriNet
from petri.portfolio.parts import moved, occurring, unstable
from petri.portfolio.questions import UNBOUNDED, Answer, Most, Question, Reach, sum_is
from transition_systems.errors import UnsupportedError
from transition_systems.evidence import Evidence, RunEvidence
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import State, Unary, always_everywhere, possible
from transition_systems.properties.predicates import (
    Dead,
    Enabled,
    Predicate,
    at_least,
    disjunction,
)
from transition_systems.properties.walk import negate
from transition_systems.verdict import Outcome

__all__ = ["Asked", "Shown", "asked_of", "everywhere"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A property of the net with its outcome and what proves it."""

    property: str
    outcome: Outcome
    evidence: Evidence


@dataclass(slots=True)
class Asked:
    """A formula under way.

    Parameters
    ----------
    net, question
        The net and the formula.
    parts
        What is asked of the engines, by a name (a place, a transition, or ``""``).
    fails
        For several parts: that one of them is unreachable decides, with this answer.
    """

    net: PetriNet
    question: ContestQuestion
    parts: dict[str, Question]
    fails: bool | None = None
    answers: dict[str, Answer] = field(default_factory=dict)

    def take(self, name: str, answer: Answer) -> bool | float | None:
        """Take the answer of one part; return the answer of the formula once it is known."""
        self.answers[name] = answer
        if self.fails is None:
            return self._value(answer)
        if answer.value is False:
            self.answers = {name: answer}
            return self.fails
        return None if len(self.answers) < len(self.parts) else not self.fails

    def _value(self, answer: Answer) -> bool | float:
        match self.question.category:
            case "RD" | "UB":
                return answer.value
            case "OS":
                return not answer.value
            case _:
                return answer.value != everywhere(self.question)[1]

    def shown(self) -> list[Shown]:
        """Return what proves the answer; empty where an engine kept nothing."""
        if any(not answer.evidence for answer in self.answers.values()):
            return []
        pieces = {name: answer.evidence[0] for name, answer in self.answers.items()}
        match self.question.category:
            case "UB":
                return self._bound(self.answers[""])
            case "QL":
                return [self._occurrence(pieces)]
            case "SM":
                return [self._stability(pieces)]
            case "RD":
                text = "EF dead"
            case "OS":
                text = "safeness"
            case _:
                assert self.question.formula is not None
                text = format_formula(self.question.formula)
        answer = self.answers[""]
        holds = answer.value if self.question.category == "RD" else self._value(answer)
        return [Shown(text, Outcome.HOLDS if holds else Outcome.VIOLATED, pieces[""])]

    def _bound(self, answer: Answer) -> list[Shown]:
        if answer.value == UNBOUNDED:
            piece = answer.evidence[0]
            return [Shown(piece.claim.formula, Outcome.HOLDS, piece)]
        most, places = int(answer.value), self.question.places
        formulas = (
            always_everywhere(sum_is(places, "<=", most)), possible(sum_is(places, ">=", most)),
        )  # fmt: skip
        return [
            Shown(format_formula(formula), Outcome.HOLDS, piece)
            for formula, piece in zip(formulas, answer.evidence, strict=True)
        ]

    def _occurrence(self, pieces: dict[str, Evidence]) -> Shown:
        """Return that all transitions occur, in few runs, or that one never does."""
        name = "no-dead-transitions"
        if not all(answer.value for answer in self.answers.values()):
            return Shown(name, Outcome.VIOLATED, next(iter(pieces.values())))
        runs = {t: piece.run for t, piece in pieces.items() if isinstance(piece, RunEvidence)}
        groups = {t: (t,) for t in self.net.transition_ids}
        return Shown(name, Outcome.HOLDS, occurring(self.net, groups, runs))

    def _stability(self, pieces: dict[str, Evidence]) -> Shown:
        if not all(answer.value for answer in self.answers.values()):
            return Shown("stable-place", Outcome.HOLDS, next(iter(pieces.values())))
        runs = {p: piece.run for p, piece in pieces.items() if isinstance(piece, RunEvidence)}
        return Shown("stable-place", Outcome.VIOLATED, unstable(self.net, runs))


def everywhere(question: ContestQuestion) -> tuple[Predicate, bool]:
    """Return the predicate of ``AG P`` (true) or ``EF P`` (false)."""
    formula = question.formula
    if (
        isinstance(formula, Unary)
        and formula.operator in ("AG", "EF")
        and isinstance(formula.operand, State)
    ):
        return formula.operand.predicate, formula.operator == "AG"
    raise UnsupportedError(
        f"{question.id} is not of the reachability category",
        expected="<all-paths> over <globally> or <exists-path> over <finally> of a predicate",
    )


def asked_of(net: PetriNet, question: ContestQuestion) -> Asked:
    """Return what a formula asks; liveness is asked otherwise."""

    def simple(part: Question) -> Asked:
        return Asked(net, question, {"": part})

    match question.category:
        case "RD":
            return simple(Reach(Dead()))
        case "OS":
            return simple(Reach(disjunction(*(at_least(place, 2) for place in net.place_ids))))
        case "UB":
            return simple(Most(question.places))
        case "QL":
            enabled: dict[str, Question] = {t: Reach(Enabled(t)) for t in net.transition_ids}
            return Asked(net, question, enabled, fails=False)
        case "SM":
            moving: dict[str, Question] = {p: Reach(moved(net, p)) for p in net.place_ids}
            return Asked(net, question, moving, fails=True)
        case _:
            predicate, always = everywhere(question)
            return simple(Reach(negate(predicate) if always else predicate))
