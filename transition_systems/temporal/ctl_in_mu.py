"""The operators of CTL on maximal paths as fixpoints of the mu-calculus.

A path ends in a dead state or never: there ``EX f`` is false and ``AX f`` true, ``AF f`` holds only
where ``f`` does, and ``EG f`` wherever ``f`` does, as :mod:`transition_systems.temporal.ctl` reads.
"""

from __future__ import annotations

from dataclasses import dataclass

from transition_systems.errors import UsageError
from transition_systems.properties.predicates import FALSE, TRUE
from transition_systems.temporal.action_formulas import ANY_LABEL
from transition_systems.temporal.mu_formulas import (
    Bound,
    Every,
    Fixpoint,
    Holds,
    Modal,
    MuFormula,
    Some,
)

__all__ = ["Path", "quantified"]

ABLE = Modal("diamond", ANY_LABEL, Holds(TRUE))
STUCK = Modal("box", ANY_LABEL, Holds(FALSE))


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
