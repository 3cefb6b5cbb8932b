"""Expressions as z3 formulas, and which conditions can be true together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from transition_systems.budget import Budget
from transition_systems.errors import ExpressionError, UndecidedError, UsageError
from transition_systems.expressions.ast import (
    Binary,
    Boolean,
    Expr,
    Integer,
    Logical,
    Name,
    Real,
    String,
    Unary,
    fold,
)
from transition_systems.expressions.check import Typing, infer
from transition_systems.expressions.types import Type
from transition_systems.smt import OUT_OF_TIME, check, load_z3

__all__ = ["MAX_CONDITIONS", "Translation", "feasible_subsets", "mutually_exclusive", "to_z3"]

MAX_CONDITIONS = 12
MAX_LETTER = 0x2FFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """Conditions as z3 formulas.

    Parameters
    ----------
    formulas
        One for each condition.
    defined
        For each condition the formula that it has a value: no division by zero is reached.
    domain
        Constraints on the variables: an enumeration is the index of its member.
    variables
        The z3 constants by name.
    """

    formulas: tuple[Any, ...]
    defined: tuple[Any, ...]
    domain: tuple[Any, ...]
    variables: Mapping[str, Any]


class _Translator:
    def __init__(self, types: Mapping[str, Type]) -> None:
        self.z3 = load_z3()
        self.types = types
        self.variables: dict[str, Any] = {}
        self.domain: list[Any] = []

    def variable(self, name: str) -> Any:
        if name not in self.variables:
            z3, kind = self.z3, self.types[name]
            sorts = {"boolean": z3.Bool, "integer": z3.Int, "real": z3.Real, "string": z3.String}
            made = sorts.get(kind.kind, z3.Int)(name)
            if kind.members:
                self.domain.append(z3.And(made >= 0, made < len(kind.members)))
            self.variables[name] = made
        return self.variables[name]

    def members(self, node: Expr) -> tuple[str, ...]:
        return self.types[node.name].members if isinstance(node, Name) else ()

    def visit(self, node: Expr, parts: list[tuple[Any, Any]]) -> tuple[Any, Any]:
        z3 = self.z3
        true = z3.BoolVal(True)
        match node:
            case Boolean(value=value):
                return z3.BoolVal(value), true
            case Integer(value=value):
                return z3.IntVal(value), true
            case Real(value=value):
                return z3.RealVal(f"{value.numerator}/{value.denominator}"), true
            case String(value=value):
                return z3.StringVal(_escaped(value, node)), true
            case Name(name=name):
                return self.variable(name), true
            case Unary(operator=operator):
                value, defined = parts[0]
                return (z3.Not(value) if operator == "not" else -value), defined
            case Logical(operator=operator):
                return self.logical(operator, parts)
            case Binary():
                return self.binary(node, parts)

    def logical(self, operator: str, parts: list[tuple[Any, Any]]) -> tuple[Any, Any]:
        z3 = self.z3
        _, defined = parts[-1]
        for before, fine in reversed(parts[:-1]):
            goes_on = before if operator == "and" else z3.Not(before)
            defined = z3.And(fine, z3.Implies(goes_on, defined))
        join = z3.And if operator == "and" else z3.Or
        return join(*(value for value, _ in parts)), z3.simplify(defined)

    def binary(self, node: Binary, parts: list[tuple[Any, Any]]) -> tuple[Any, Any]:
        z3 = self.z3
        (left, fine_left), (right, fine_right) = parts
        defined = z3.simplify(z3.And(fine_left, fine_right))
        members = self.members(node.left) or self.members(node.right)
        if members and isinstance(node.left, String):
            left = z3.IntVal(members.index(node.left.value))
        if members and isinstance(node.right, String):
            right = z3.IntVal(members.index(node.right.value))
        match node.operator:
            case "==":
                return left == right, defined
            case "!=":
                return left != right, defined
            case "<":
                return left < right, defined
            case "<=":
                return left <= right, defined
            case ">":
                return right < left, defined
            case ">=":
                return right <= left, defined
            case "+":
                return left + right, defined
            case "-":
                return left - right, defined
            case "*":
                return left * right, defined
            case "/":
                whole = z3.ToReal(left) if z3.is_int(left) else left
                below = z3.ToReal(right) if z3.is_int(right) else right
                return whole / below, z3.And(defined, right != 0)
            case "%":
                size = z3.If(right < 0, -right, right)
                value = z3.If(left < 0, -((-left) % size), left % size)
                return value, z3.And(defined, right != 0)


def _escaped(value: str, node: Expr) -> str:
    """Return a text with everything but plain ASCII as the solver's own escapes."""
    if any(ord(letter) > MAX_LETTER for letter in value):
        raise ExpressionError("a string has a letter that the solver does not know", span=node.span)
    return "".join(
        letter if " " <= letter <= "~" and letter != "\\" else f"\\u{{{ord(letter):x}}}"
        for letter in value
    )


def to_z3(typing: Typing) -> Translation:
    """Translate conditions to z3 formulas with the same truth.

    Parameters
    ----------
    typing
        The conditions with their types, from :func:`~transition_systems.expressions.check.infer`.

    Returns
    -------
    Translation
        Integers and reals are mathematical, strings are compared by code points.

    Notes
    -----
    Linear in the size of the conditions.

    Examples
    --------
    >>> from transition_systems.expressions.parse import parse_expression
    >>> to_z3(infer([parse_expression("n == 'a'")])).formulas
    (n == "a",)
    """
    translator = _Translator(typing.types)
    pairs = [fold(expression, translator.visit) for expression in typing.expressions]
    return Translation(
        formulas=tuple(value for value, _ in pairs),
        defined=tuple(defined for _, defined in pairs),
        domain=tuple(translator.domain),
        variables=dict(translator.variables),
    )


def feasible_subsets(
    conditions: Sequence[Expr],
    types: Mapping[str, Type] | None = None,
    *,
    budget: Budget | None = None,
    effort: int | None = None,
) -> set[frozenset[int]]:
    """Decide which subsets of the conditions can be true exactly: these, and all others false.

    Parameters
    ----------
    conditions
        At most 12 conditions over common variables.
    types
        Declared types; the others are inferred (a number that is not declared is a real).
    budget
        Bounds the time of all questions to the solver together.
    effort
        The largest number of the solver's own steps for all questions together (some 5 million a
        second): a limit that does not depend on the machine, see
        :func:`~transition_systems.smt.check`.

    Returns
    -------
    set of frozenset of int
        The indices of the conditions in each subset; the empty subset is among them when all can
        be false. Assignments on which some condition divides by zero do not count.

    Raises
    ------
    ExpressionError
        When types do not fit or cannot be inferred, or the solver cannot decide.
    UndecidedError
        When the budget is used up.
    UsageError
        For more than 12 conditions.

    Notes
    -----
    One question to the solver for each feasible subset, and one more.

    Examples
    --------
    >>> from transition_systems.expressions.parse import parse_expression
    >>> texts = ["amount > 100", "amount <= 50"]
    >>> found = feasible_subsets([parse_expression(text) for text in texts])
    >>> sorted(sorted(subset) for subset in found)
    [[], [0], [1]]
    """
    if len(conditions) > MAX_CONDITIONS:
        raise UsageError(f"at most {MAX_CONDITIONS} conditions can be compared with each other")
    z3 = load_z3()
    translation = to_z3(infer(conditions, types))
    names = [f"`condition {i}`" for i in range(len(conditions))]
    switches = [z3.Bool(name) for name in names]
    asserted = [*translation.domain, *translation.defined]
    asserted += [s == f for s, f in zip(switches, translation.formulas, strict=True)]
    limit = None if budget is None else budget.fixed()
    found: set[frozenset[int]] = set()
    while True:
        answer = check(asserted, budget=limit, effort=effort)
        if answer.status == "unsat":
            return found
        if answer.reason == OUT_OF_TIME:
            raise UndecidedError(f"which conditions exclude each other is open: {answer.reason}")
        if answer.status == "unknown":
            raise ExpressionError(f"which conditions exclude each other is open: {answer.reason}")
        true = frozenset(i for i, name in enumerate(names) if answer.values.get(name))
        found.add(true)
        effort = None if effort is None else effort - answer.steps
        asserted.append(z3.Or(*(z3.Not(s) if i in true else s for i, s in enumerate(switches))))


def mutually_exclusive(
    conditions: Sequence[Expr],
    types: Mapping[str, Type] | None = None,
    *,
    budget: Budget | None = None,
) -> bool:
    """Decide whether no two of the conditions can be true together.

    Takes and raises what :func:`feasible_subsets` does.

    Parameters
    ----------
    conditions, types, budget
        As for :func:`feasible_subsets`.

    Returns
    -------
    bool

    Examples
    --------
    >>> from transition_systems.expressions.parse import parse_expression
    >>> mutually_exclusive([parse_expression("x > 1"), parse_expression("x < 5")])
    False
    """
    return all(len(subset) < 2 for subset in feasible_subsets(conditions, types, budget=budget))
