"""The operators of CTL on maximal paths as fixpoints of the mu-calculus.

A path ends in a dead state or never: there ``EX f`` is false and ``AX f`` true, ``AF f`` holds only
where ``f`` does, and ``EG f`` wherever ``f`` does, as :mod:`transition_systems.temporal.ctl` reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from transition_systems.errors import UnsupportedError, UsageError
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
from transition_systems.properties.predicates import FALSE, TRUE
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
)

__all__ = ["Path", "quantified", "unfolded_ctl"]

ABLE = Modal("diamond", ANY_LABEL, Holds(TRUE))
STUCK = Modal("box", ANY_LABEL, Holds(FALSE))


# Operands are closed, so that each fixpoint may bind the same variable.
VARIABLE = "X"


@dataclass(frozen=True, slots=True)
class Path:
    """A path formula that waits for its quantifier: ``X F G U W R``, operands, its place."""

    operator: str
    operands: tuple[MuFormula, ...]
    start: int = 0
    end: int = 0


def quantified(quantifier: str, path: Path, name: str) -> MuFormula:
    """Return ``A`` or ``E`` of a path formula as a formula of the mu-calculus.

    Parameters
    ----------
    quantifier, path
        ``"A"`` or ``"E"``, and the path formula.
    name
        A variable that is not in it.

    Returns
    -------
    MuFormula
        With each operand once.

    Raises
    ------
    UsageError
        For an operator that does not exist.

    Notes
    -----
    E. A. Emerson, E. M. Clarke: Characterizing correctness properties of parallel programs using
    fixpoints. ICALP 1980.

    Examples
    --------
    >>> from transition_systems.temporal.mu_formulas import format_mu
    >>> format_mu(quantified("A", Path("F", (Holds(TRUE),)), "X"))
    'mu X. true || (<true> true && [true] X)'
    """
    some = quantifier == "E"
    again: MuFormula = Modal("diamond" if some else "box", ANY_LABEL, Bound(name))
    # To go on for ever, or until the end: A is sure of a step, E needs none in a dead state.
    least = again if some else Every((ABLE, again))
    greatest = Some((STUCK, again)) if some else again
    match path.operator, path.operands:
        case "X", (f,):
            return Modal("diamond" if some else "box", ANY_LABEL, f)
        case "F", (f,):
            return Fixpoint("mu", name, Some((f, least)))
        case "G", (f,):
            return Fixpoint("nu", name, Every((f, greatest)))
        case "U", (f, g):
            return Fixpoint("mu", name, Some((g, Every((f, least)))))
        case "W", (f, g):
            return Fixpoint("nu", name, Some((g, Every((f, greatest)))))
        case "R", (f, g):
            return Fixpoint("nu", name, Every((g, Some((f, greatest)))))
        case _:
            raise UsageError(f"{path.operator!r} is no operator on paths")


_Value: TypeAlias = MuFormula | Path


def unfolded_ctl(formula: Formula) -> MuFormula:
    """Return a formula of CTL with each operator as a fixpoint, and nothing else changed.

    A recheck can make the same from the formula alone;
    :func:`transition_systems.temporal.mu_calculus.ctl_to_mu` simplifies as well.

    Parameters
    ----------
    formula
        A formula of CTL.

    Returns
    -------
    MuFormula
        Of a size linear in the formula's.

    Raises
    ------
    UnsupportedError
        For a formula that is not in CTL.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> from transition_systems.temporal.mu_formulas import format_mu
    >>> format_mu(unfolded_ctl(parse_formula("AX E[p U q]")))
    '[true] (mu X. q || (p && <true> X))'
    """

    def state(value: _Value) -> MuFormula:
        if isinstance(value, Path):
            text = f"{format_formula(formula)!r:.200}"
            raise UnsupportedError(f"{text} is no formula of CTL")
        return value

    def combine(node: Formula, values: list[_Value]) -> _Value:
        match node:
            case State(predicate):
                return Holds(predicate)
            case Unary("A" | "E" as quantifier) if isinstance(values[0], Path):
                return quantified(quantifier, values[0], VARIABLE)
            case Unary("A" | "E"):
                return values[0]
            case Unary(operator) | Binary(operator):
                path = Path(operator[-1], tuple(state(value) for value in values))
                return path if len(operator) == 1 else quantified(operator[0], path, VARIABLE)
            case Negation():
                return No(state(values[0]))
            case Conjunction():
                return Every(tuple(state(value) for value in values))
            case Disjunction():
                return Some(tuple(state(value) for value in values))
            case Implication():
                return Some((No(state(values[0])), state(values[1])))

    return state(fold_formula(formula, combine))
