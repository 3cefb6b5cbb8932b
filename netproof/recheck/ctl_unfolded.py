"""A formula of CTL as fixpoints, by the textbook, to see what a strategy in a game proves of it.

Paths are maximal: in a dead state ``EX f`` is false and ``AX f`` true, ``AF f`` holds only where
``f`` does, and ``EG f`` wherever ``f`` does. A greatest fixpoint asks for every step, or, on some
path, for a step or for an end; a least one for some step, or for every step where there is one.
"""

from __future__ import annotations

from netproof.recheck.ctl import is_path, temporal_parts
from netproof.recheck.statements import Statement, as_statement, supports
from transition_systems.evidence import ParityStrategy
from transition_systems.evidence_parity import mu_claim
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import (
    Binary,
    Conjunction,
    Disjunction,
    Formula,
    Implication,
    Negation,
    State,
    Unary,
)
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import FALSE, TRUE, Dead, Not
from transition_systems.properties.walk import fold_formula
from transition_systems.temporal.action_formulas import ANY_LABEL
from transition_systems.temporal.mu_formulas import (
    Bound,
    Every,
    Fixpoint,
    Holds,
    Modal,
    MuFormula,
    No,
    Some,
    same_mu,
)
from transition_systems.temporal.mu_parse import parse_mu

__all__ = ["answers_unfolded", "supports_with_dead", "unfolded"]

VARIABLE = Bound("X")
# What a path does when it goes on with a step, on some path or on all.
SOME_STEP = Modal("diamond", ANY_LABEL, VARIABLE)
EVERY_STEP = Modal("box", ANY_LABEL, VARIABLE)
ABLE = Modal("diamond", ANY_LABEL, Holds(TRUE))
STUCK = Modal("box", ANY_LABEL, Holds(FALSE))
# For each quantifier how a path goes on that must come somewhere, and one that need not.
LEAST: dict[str, MuFormula] = {"E": SOME_STEP, "A": Every((ABLE, EVERY_STEP))}
GREATEST: dict[str, MuFormula] = {"E": Some((STUCK, SOME_STEP)), "A": EVERY_STEP}


def unfolded(formula: Formula) -> MuFormula:
    """Return a formula of CTL as one of the mu-calculus; refuse what is not CTL.

    Examples
    --------
    >>> from transition_systems.temporal.mu_formulas import format_mu
    >>> format_mu(unfolded(parse_formula("AF p")))
    'mu X. p || (<true> true && [true] X)'
    """
    match formula:
        case State(predicate):
            return Holds(predicate)
        case Negation(operand):
            return No(unfolded(operand))
        case Conjunction(operands):
            return Every(tuple(map(unfolded, operands)))
        case Disjunction(operands):
            return Some(tuple(map(unfolded, operands)))
        case Implication(left, right):
            return Some((No(unfolded(left)), unfolded(right)))
        case Unary("A" | "E", operand) if not is_path(operand):
            return unfolded(operand)
        case _:
            return _fixpoint(*temporal_parts(formula))


def _fixpoint(quantifier: str, operator: str, operands: tuple[Formula, ...]) -> MuFormula:
    least, greatest = LEAST[quantifier], GREATEST[quantifier]
    parts = tuple(map(unfolded, operands))
    first, last = parts[0], parts[-1]
    match operator:
        case "X":
            return Modal("diamond" if quantifier == "E" else "box", ANY_LABEL, first)
        case "F":
            return Fixpoint("mu", "X", Some((first, least)))
        case "G":
            return Fixpoint("nu", "X", Every((first, greatest)))
        case "U":
            return Fixpoint("mu", "X", Some((last, Every((first, least)))))
        case "W":
            return Fixpoint("nu", "X", Some((last, Every((first, greatest)))))
        case _:
            return Fixpoint("nu", "X", Every((last, Some((first, greatest)))))


def answers_unfolded(evidence: ParityStrategy, wanted: Statement) -> bool:
    """Return whether a strategy is about a formula of CTL as fixpoints, with the same outcome."""
    if wanted.shape != "formula" or wanted.formula is None:
        return False
    said = mu_claim(evidence.formula, holds=wanted.positive)
    asked = unfolded(wanted.formula)
    return evidence.claim.formula == said and same_mu(parse_mu(evidence.formula), asked)


def supports_with_dead(claim: Statement, wanted: Statement) -> bool:
    """Return whether a claim supports a formula in which ``EX true`` is ``!dead``."""
    if wanted.formula is None:
        return False

    def combine(node: Formula, parts: list[Formula]) -> Formula:
        match node:
            case State():
                return node
            case Negation():
                return Negation(parts[0])
            case Implication():
                return Implication(parts[0], parts[1])
            case Conjunction():
                return Conjunction(tuple(parts))
            case Disjunction():
                return Disjunction(tuple(parts))
            case Binary(operator):
                return Binary(operator, parts[0], parts[1])
            case Unary(operator):
                found = Unary(operator, parts[0])
        if found in (Unary("EX", State(TRUE)), Unary("E", Unary("X", State(TRUE)))):
            return State(Not(Dead()))
        if found in (Unary("AX", State(FALSE)), Unary("A", Unary("X", State(FALSE)))):
            return State(Dead())
        return found

    changed = fold_formula(wanted.formula, combine)
    if changed == wanted.formula:
        return False
    again = as_statement(parse_formula(format_formula(changed)))
    return supports(claim, again if wanted.positive else again.negated())
