"""What a path must be like to show a temporal operator of CTL, or its negation."""

from __future__ import annotations

from dataclasses import dataclass

from transition_systems.properties.formulas import (
    Binary,
    Conjunction,
    Disjunction,
    Formula,
    Implication,
    Unary,
)

__all__ = ["Obligation", "PathShape", "operands_to_show", "path_shape"]

Obligation = tuple[Formula, bool]


@dataclass(frozen=True, slots=True)
class PathShape:
    """A path that shows an operator.

    Attributes
    ----------
    through
        What holds (or does not) in each state before the end, and everywhere on a path that never
        comes to the goal.
    goal
        What holds (or does not) in the last state.
    weak
        Whether the path need not come to the goal, if it is maximal.
    step
        Whether it is just one step into the goal.
    """

    through: tuple[Obligation, ...]
    goal: tuple[Obligation, ...]
    weak: bool = False
    step: bool = False


def _temporal(formula: Formula) -> tuple[str, str, tuple[Formula, ...]] | None:
    """Return quantifier, operator and operands."""
    match formula:
        case Unary(operator=("A" | "E") as quantifier, operand=Unary(operator=operator) as inner):
            if operator in ("X", "F", "G"):
                return quantifier, operator, (inner.operand,)
            return None
        case Unary(operator=("A" | "E") as quantifier, operand=Binary(operator=operator) as pair):
            return (quantifier, operator, (pair.left, pair.right)) if len(operator) == 1 else None
        case Unary(operator=operator, operand=operand) if len(operator) == 2:
            return operator[0], operator[1], (operand,)
        case Binary(operator=operator, left=left, right=right) if len(operator) == 2:
            return operator[0], operator[1], (left, right)
        case _:
            return None


def path_shape(formula: Formula, positive: bool) -> PathShape | None:
    """Return the path that shows a temporal formula or its negation.

    Returns
    -------
    PathShape or None
        ``None`` where something must hold on all paths, and for a formula that is not temporal.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> path_shape(parse_formula("AG p"), False).goal
    ((State(predicate=Atom(name='p')), False),)
    >>> path_shape(parse_formula("AG p"), True) is None
    True
    """
    found = _temporal(formula)
    if found is None or (found[0] == "E") is not positive:
        return None
    _, operator, parts = found
    first: Obligation = (parts[0], positive)
    match operator if positive else {"F": "G", "G": "F"}.get(operator, operator):
        case "X":
            return PathShape((), (first,), step=True)
        case "F":
            return PathShape((), (first,))
        case "G":
            return PathShape((first,), (), weak=True)
        case _:
            pass
    second: Obligation = (parts[1], positive)
    match (operator, positive):
        case ("U", True):
            return PathShape((first,), (second,))
        case ("W", True):
            return PathShape((first,), (second,), weak=True)
        case ("R", True):
            return PathShape((second,), (first, second), weak=True)
        case ("U", False):
            return PathShape((second,), (first, second), weak=True)
        case ("W", False):
            return PathShape((second,), (first, second))
        case _:
            return PathShape((first,), (second,))


def operands_to_show(formula: Formula, positive: bool) -> tuple[tuple[Obligation, ...], bool]:
    """Return what a Boolean operator asks for, and whether all of it or one suffices."""
    match formula:
        case Conjunction(operands=operands):
            return tuple((part, positive) for part in operands), positive
        case Disjunction(operands=operands):
            return tuple((part, positive) for part in operands), not positive
        case Implication(left=left, right=right):
            return ((left, not positive), (right, positive)), not positive
        case Unary(operator=("A" | "E"), operand=operand):
            return ((operand, positive),), True
        case _:
            raise TypeError(f"no Boolean operator: {formula!r:.60}")
