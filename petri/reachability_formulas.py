"""Formulas of CTL that ask for nothing but reachability, by the engines for these questions."""

from __future__ import annotations

from typing import Literal, TypeAlias

from petri.net import PetriNet
from petri.reachable import always_reachable, invariant, reachable
from transition_systems.budget import Budget
from transition_systems.progress import ProgressCallback
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
    always_possible,
)
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Constant, Dead, Not, Predicate
from transition_systems.properties.walk import fold_formula, negate
from transition_systems.verdict import Outcome, Verdict

__all__ = ["reachability_formula", "reachability_shape"]

Shape: TypeAlias = Literal["AG", "EF", "AG EF", "EF AG"]

LONGEST = 4
_OPPOSITE: dict[str, Shape] = {"AG": "EF", "EF": "AG", "AG EF": "EF AG", "EF AG": "AG EF"}
_SHAPES: dict[str, Shape] = {"AG": "AG", "EF": "EF", "AGEF": "AG EF", "EFAG": "EF AG"}


def reachability_shape(formula: Formula) -> tuple[Shape, Predicate] | None:
    """Return what a formula asks of which state predicate, if it asks for reachability alone.

    Parameters
    ----------
    formula
        A formula.

    Returns
    -------
    tuple of str and Predicate, or None
        ``"AG"``, ``"EF"``, ``"AG EF"`` or ``"EF AG"``; a negation before it is taken into it.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> reachability_shape(parse_formula("!A G (E F p)"))
    ('EF AG', Not(operand=Atom(name='p')))
    """
    positive, formula = True, _with_dead(formula)
    while isinstance(formula, Negation):
        formula, positive = formula.operand, not positive
    operators = ""
    while isinstance(formula, Unary) and len(operators) < LONGEST:
        operators += formula.operator
        formula = formula.operand
    shape = _SHAPES.get(operators)
    if shape is None or not isinstance(formula, State):
        return None
    if positive:
        return shape, formula.predicate
    return _OPPOSITE[shape], negate(formula.predicate)


def _with_dead(formula: Formula) -> Formula:
    """Return the formula with ``!dead`` for ``EX true`` and ``dead`` for ``AX false``."""

    def combine(node: Formula, parts: list[Formula]) -> Formula:
        match node, parts:
            case (Unary("EX"), [State(Constant(True))]) | (
                Unary("E"), [Unary("X", State(Constant(True)))]
            ):  # fmt: skip
                return State(Not(Dead()))
            case (Unary("AX"), [State(Constant(False))]) | (
                Unary("A"), [Unary("X", State(Constant(False)))]
            ):  # fmt: skip
                return State(Dead())
            case Unary(operator), [operand]:
                return Unary(operator, operand)
            case Binary(operator), [left, right]:
                return Binary(operator, left, right)
            case Implication(), [left, right]:
                return Implication(left, right)
            case Negation(), [operand]:
                return Negation(operand)
            case Conjunction(), operands:
                return Conjunction(tuple(operands))
            case Disjunction(), operands:
                return Disjunction(tuple(operands))
            case _:
                return node

    found = fold_formula(formula, combine)
    # What became a predicate is read as one with those around it.
    return formula if found == formula else parse_formula(format_formula(found))


def reachability_formula(
    net: PetriNet,
    formula: Formula,
    *,
    name: str | None = None,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
) -> Verdict | None:
    """Decide ``AG P``, ``EF P``, ``AG EF P`` or ``EF AG P`` of a state predicate, in any net.

    Or the negation of one, and with operators that are written apart (``A G (E F P)``).

    Parameters
    ----------
    net
        Any place/transition net.
    formula
        A formula.
    name
        The property's name in the verdict; by default the formula.
    budget, progress, seed
        As for :func:`petri.reachable`.

    Returns
    -------
    Verdict or None
        As of :func:`petri.invariant`, :func:`petri.reachable` and :func:`petri.always_reachable`;
        ``EF AG P`` is answered as the opposite of ``AG EF !P``, also in the reason of an UNKNOWN.
        ``None`` for other formulas.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> net = PetriNet.from_arrays([[0]], [[1]], [0])
    >>> reachability_formula(net, parse_formula("AG EF p1 == 0")).outcome
    <Outcome.VIOLATED: 'VIOLATED'>
    >>> reachability_formula(net, parse_formula("AF p1 > 0")) is None
    True
    """
    text = format_formula(formula) if name is None else name
    asked = reachability_shape(formula)
    if asked is None:
        return None
    shape, goal = asked
    ask = {"AG": invariant, "EF": reachable}.get(shape, always_reachable)
    opposite = shape == "EF AG"
    if opposite:
        goal = negate(goal)
    found = ask(net, goal, budget=budget, progress=progress, seed=seed, name=text)
    if not opposite:
        return found
    if found.unknown:
        about = format_formula(always_possible(goal))
        return found.with_(reason=f"its opposite, {about}, is open: {found.reason}")
    return found.with_(
        outcome=Outcome.HOLDS if found.violated else Outcome.VIOLATED, explanation=()
    )
