"""Writing expressions as text that reads back to the same tree."""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

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
from transition_systems.expressions.tokens import quote_variable

__all__ = ["format_expression"]

_BINDING = {
    "==": 4,
    "!=": 4,
    "<": 5,
    "<=": 5,
    ">": 5,
    ">=": 5,
    "+": 6,
    "-": 6,
    "*": 7,
    "/": 7,
    "%": 7,
}
_PREFIX, _PRIMARY = 8, 9
_Text = tuple[str, int]


def _string(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    for letter, character in (("n", "\n"), ("t", "\t"), ("r", "\r")):
        escaped = escaped.replace(character, "\\" + letter)
    return f'"{escaped}"'


def _real(value: Fraction) -> _Text:
    """Write a number with a point; one without a finite decimal form as a division."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{value.numerator}.0 / {value.denominator}", 7
    places = max(twos, fives, 1)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}", _PREFIX if sign else _PRIMARY


def _inside(part: _Text, least: int) -> str:
    return part[0] if part[1] >= least else f"({part[0]})"


def _node(node: Expr, parts: list[_Text]) -> _Text:
    match node:
        case Boolean(value=value):
            return ("true" if value else "false"), _PRIMARY
        case Integer(value=value):
            return str(value), _PREFIX if value < 0 else _PRIMARY
        case Real(value=value):
            return _real(value)
        case String(value=value):
            return _string(value), _PRIMARY
        case Name(name=name):
            return quote_variable(name), _PRIMARY
        case Unary(operator=operator):
            return ("-" if operator == "-" else "!") + _inside(parts[0], _PRIMARY), _PREFIX
        case Binary(operator=operator):
            binding = _BINDING[operator]
            left, right = _inside(parts[0], binding), _inside(parts[1], binding + 1)
            return f"{left} {operator} {right}", binding
        case Logical(operator=operator):
            symbol, binding = (" && ", 2) if operator == "and" else (" || ", 1)
            return symbol.join(_inside(part, binding + 1) for part in parts), binding
        case _:
            assert_never(node)


def format_expression(expression: Expr) -> str:
    """Return an expression as text, with as few parentheses as it needs.

    ``parse_expression(format_expression(x)) == x`` for every tree in which a minus never stands
    before a literal (the literal itself is negative), ``and`` and ``or`` have at least two
    operands, and reals have a finite decimal form; others read back to an equivalent tree.

    Parameters
    ----------
    expr
        The expression.

    Returns
    -------
    str

    Examples
    --------
    >>> format_expression(Binary("-", Name("a"), Binary("-", Name("b"), Integer(1))))
    'a - (b - 1)'
    """
    return fold(expression, _node)[0]
