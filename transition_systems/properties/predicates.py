"""State predicates: boolean combinations of linear comparisons over named counters, and atoms.

The counters are the places of a net (their tokens), the control points of a machine or the
variables of a definition. ``Atom`` names a boolean of the state (an array in ``LTS.atoms``, or a
name that the model resolves). ``Enabled(t)`` holds where ``t`` can happen, ``Dead()`` where
nothing can; ``LastStep`` is what is written ``done(x)`` or ``started(x)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = [
    "FALSE",
    "TRUE",
    "And",
    "Atom",
    "Compare",
    "Comparison",
    "Constant",
    "Dead",
    "Enabled",
    "LastStep",
    "Not",
    "Or",
    "Predicate",
    "at_least",
    "at_most",
    "conjunction",
    "disjunction",
]

Comparison = Literal["<=", ">=", "==", "!=", "<", ">"]


@dataclass(frozen=True, slots=True)
class Constant:
    """A predicate that holds everywhere or nowhere."""

    value: bool


@dataclass(frozen=True, slots=True)
class Compare:
    """``sum(coefficient * name) op bound`` over the integers.

    Examples
    --------
    >>> Compare((("p1", 1), ("p2", 3)), "<=", 4)
    Compare(terms=(('p1', 1), ('p2', 3)), op='<=', bound=4)
    """

    terms: tuple[tuple[str, int], ...]
    op: Comparison
    bound: int


@dataclass(frozen=True, slots=True)
class Atom:
    """A named boolean of the state."""

    name: str


@dataclass(frozen=True, slots=True)
class LastStep(Atom):
    """An atom about the last step: ``done(x)`` where it was x, ``started(x)`` the start of x.

    It is never equal to the atom of the same name, which is written in quotation marks: a user's
    place, state or node may be called ``"done(x)"``.

    Parameters
    ----------
    name
        As it is written, but the step without quotation marks: ``done(x)``.

    Raises
    ------
    ValueError
        For another name.

    Examples
    --------
    >>> LastStep("done(pay)").word, LastStep("done(pay)").step
    ('done', 'pay')
    >>> LastStep("done(pay)") == Atom("done(pay)")
    False
    """

    def __post_init__(self) -> None:
        if not (self.name.startswith(("done(", "started(")) and self.name.endswith(")")):
            raise ValueError(f"{self.name!r} is not done(x) or started(x)")

    @property
    def word(self) -> str:
        """``done`` or ``started``."""
        return self.name.partition("(")[0]

    @property
    def step(self) -> str:
        """The x of ``done(x)``."""
        return self.name.partition("(")[2][:-1]


@dataclass(frozen=True, slots=True)
class Enabled:
    """Holds where the transition, activity or label of that name can happen."""

    name: str


@dataclass(frozen=True, slots=True)
class Dead:
    """Holds where nothing can happen."""


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    operand: Predicate


@dataclass(frozen=True, slots=True)
class And:
    """Conjunction; empty is true."""

    operands: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Disjunction; empty is false."""

    operands: tuple[Predicate, ...]


Predicate: TypeAlias = Constant | Compare | Atom | Enabled | Dead | Not | And | Or

TRUE = Constant(True)
FALSE = Constant(False)


def at_least(name: str, bound: int = 1) -> Compare:
    """Return ``name >= bound``.

    Parameters
    ----------
    name
        A counter.
    bound
        The least value.

    Returns
    -------
    Compare

    Examples
    --------
    >>> at_least("p", 2)
    Compare(terms=(('p', 1),), op='>=', bound=2)
    """
    return Compare(((name, 1),), ">=", bound)


def at_most(name: str, bound: int = 0) -> Compare:
    """Return ``name <= bound``.

    Parameters
    ----------
    name
        A counter.
    bound
        The largest value.

    Returns
    -------
    Compare

    Examples
    --------
    >>> at_most("p")
    Compare(terms=(('p', 1),), op='<=', bound=0)
    """
    return Compare(((name, 1),), "<=", bound)


def conjunction(*operands: Predicate) -> Predicate:
    """Return the conjunction, flat and without constants.

    Parameters
    ----------
    operands
        Predicates.

    Returns
    -------
    Predicate

    Examples
    --------
    >>> conjunction(TRUE, Dead(), TRUE)
    Dead()
    """
    flat: list[Predicate] = []
    for operand in operands:
        if operand == FALSE:
            return FALSE
        if operand == TRUE:
            continue
        flat.extend(operand.operands if isinstance(operand, And) else (operand,))
    if not flat:
        return TRUE
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def disjunction(*operands: Predicate) -> Predicate:
    """Return the disjunction, flat and without constants.

    Parameters
    ----------
    operands
        Predicates.

    Returns
    -------
    Predicate

    Examples
    --------
    >>> disjunction(FALSE, Dead(), TRUE)
    Constant(value=True)
    """
    flat: list[Predicate] = []
    for operand in operands:
        if operand == TRUE:
            return TRUE
        if operand == FALSE:
            continue
        flat.extend(operand.operands if isinstance(operand, Or) else (operand,))
    if not flat:
        return FALSE
    return flat[0] if len(flat) == 1 else Or(tuple(flat))
