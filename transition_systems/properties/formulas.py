"""The property syntax tree: state predicates under temporal operators.

One tree serves every formalism and every logic of later issues (CTL, LTL, CTL*). What a checker
decides today is said by that checker; this module only represents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from transition_systems.properties.predicates import Predicate

__all__ = [
    "Binary",
    "BinaryOperator",
    "Conjunction",
    "Disjunction",
    "Formula",
    "Implication",
    "Negation",
    "State",
    "Unary",
    "UnaryOperator",
    "always_everywhere",
    "always_possible",
    "possible",
]

UnaryOperator = Literal["A", "E", "X", "F", "G", "AX", "EX", "AF", "EF", "AG", "EG"]
BinaryOperator = Literal["U", "W", "R", "AU", "EU"]


@dataclass(frozen=True, slots=True)
class State:
    """A state predicate as a formula."""

    predicate: Predicate


@dataclass(frozen=True, slots=True)
class Unary:
    """A temporal operator or path quantifier with one operand."""

    operator: UnaryOperator
    operand: Formula


@dataclass(frozen=True, slots=True)
class Binary:
    """A temporal operator with two operands."""

    operator: BinaryOperator
    left: Formula
    right: Formula


@dataclass(frozen=True, slots=True)
class Negation:
    """Negation of a temporal formula."""

    operand: Formula


@dataclass(frozen=True, slots=True)
class Conjunction:
    """Conjunction of formulas."""

    operands: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    """Disjunction of formulas."""

    operands: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Implication:
    """``left`` implies ``right``."""

    left: Formula
    right: Formula


Formula: TypeAlias = State | Unary | Binary | Negation | Conjunction | Disjunction | Implication


def always_everywhere(predicate: Predicate) -> Unary:
    """Return ``AG predicate``: it holds in every reachable state.

    Parameters
    ----------
    predicate
        A state predicate.

    Returns
    -------
    Unary

    Examples
    --------
    >>> from transition_systems.properties.predicates import Dead
    >>> always_everywhere(Dead())
    Unary(operator='AG', operand=State(predicate=Dead()))
    """
    return Unary("AG", State(predicate))


def possible(predicate: Predicate) -> Unary:
    """Return ``EF predicate``: it holds in some reachable state.

    Parameters
    ----------
    predicate
        A state predicate.

    Returns
    -------
    Unary

    Examples
    --------
    >>> from transition_systems.properties.predicates import Dead
    >>> possible(Dead())
    Unary(operator='EF', operand=State(predicate=Dead()))
    """
    return Unary("EF", State(predicate))


def always_possible(predicate: Predicate) -> Unary:
    """Return ``AG EF predicate``: from every reachable state one with it can be reached.

    Parameters
    ----------
    predicate
        A state predicate.

    Returns
    -------
    Unary

    Examples
    --------
    >>> from transition_systems.properties.predicates import Dead
    >>> always_possible(Dead()).operand.operator
    'EF'
    """
    return Unary("AG", Unary("EF", State(predicate)))
