"""Values of expressions on one assignment."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias, cast

from transition_systems.errors import ExpressionError
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
    children,
)
from transition_systems.properties.names import unknown_name

__all__ = ["Value", "evaluate_expression", "remainder"]

Value: TypeAlias = bool | int | float | Fraction | str
MAX_BITS = 100_000

_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def remainder(left: int, right: int) -> int:
    """Return the remainder with the sign of the dividend, as Java, Go and C have it.

    Examples
    --------
    >>> remainder(-7, 3), remainder(7, -3)
    (-1, 1)
    """
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


def _kind(value: Value) -> str:
    if isinstance(value, bool):
        return "truth"
    return "string" if isinstance(value, str) else "number"


@dataclass(slots=True)
class _Frame:
    node: Expr
    children: tuple[Expr, ...]
    values: list[Value]


def evaluate_expression(expression: Expr, values: Mapping[str, Value]) -> Value:
    """Compute the value of an expression.

    Parameters
    ----------
    expression
        What to compute; ``and`` and ``or`` look at their operands from the left and stop early.
    values
        The values of the variables; members of enumerations are strings.

    Returns
    -------
    bool, int, float, Fraction or str
        Integers and decimal literals are computed exactly; a float stays a float.

    Raises
    ------
    ExpressionError
        For an unknown variable, a division by zero, or values whose types do not fit.

    Examples
    --------
    >>> from transition_systems.expressions.parse import parse_expression
    >>> evaluate_expression(parse_expression("n != 0 && 10 / n > 3"), {"n": 0})
    False
    """
    stack = [_Frame(expression, children(expression), [])]
    while True:
        frame = stack[-1]
        node, done = frame.node, len(frame.values)
        stop = (
            isinstance(node, Logical) and done > 0 and frame.values[-1] is (node.operator == "or")
        )
        if done < len(frame.children) and not stop:
            child = frame.children[done]
            stack.append(_Frame(child, children(child), []))
            continue
        value = _value(node, frame.values, values)
        stack.pop()
        if not stack:
            return value
        above = stack[-1]
        if isinstance(above.node, Logical) and not isinstance(value, bool):
            raise ExpressionError("a truth is expected", span=node.span, found=repr(value))
        above.values.append(value)


def _value(node: Expr, parts: list[Value], values: Mapping[str, Value]) -> Value:
    match node:
        case Boolean(value=value) | Integer(value=value) | Real(value=value) | String(value=value):
            return value
        case Name(name=name):
            if name not in values:
                raise unknown_name(name, values, kind="variable", span=node.span)
            return values[name]
        case Logical():
            return parts[-1]
        case Unary(operator=sign):
            operand = parts[0]
            if sign == "not" and isinstance(operand, bool):
                return not operand
            if sign == "-" and not isinstance(operand, (bool, str)):
                return -operand
            raise ExpressionError("types do not fit", span=node.span, found=repr(operand))
        case Binary():
            return _binary(node, parts[0], parts[1])


def _binary(node: Binary, left: Value, right: Value) -> Value:
    kind = _kind(left)
    allowed = node.operator in ("==", "!=") or kind == "number"
    allowed = allowed or (kind == "string" and node.operator in ("<", "<=", ">", ">=", "+"))
    if kind != _kind(right) or not allowed:
        found = f"{left!r} {node.operator} {right!r}"
        raise ExpressionError("types do not fit", span=node.span, found=found)
    if node.operator in ("/", "%"):
        if right == 0:
            raise ExpressionError("division by zero", span=node.span)
        if node.operator == "%":
            if isinstance(left, int) and isinstance(right, int):
                return remainder(left, right)
            raise ExpressionError("'%' takes integers", span=node.span)
        if isinstance(left, (int, Fraction)) and isinstance(right, (int, Fraction)):
            return Fraction(left) / Fraction(right)
    if node.operator == "/":
        quotient: float = operator.truediv(cast(Any, left), cast(Any, right))
        return quotient
    result: Value = _OPERATIONS[node.operator](left, right)
    if isinstance(result, int) and result.bit_length() > MAX_BITS:
        raise ExpressionError(f"a number has more than {MAX_BITS} bits", span=node.span)
    return result
