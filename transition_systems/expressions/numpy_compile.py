"""Expressions as functions on arrays: one value for each of many assignments at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

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
    fold,
)
from transition_systems.expressions.check import check, resolve_members
from transition_systems.expressions.types import Type
from transition_systems.properties.names import unknown_name

__all__ = ["compile_expression"]

Array: TypeAlias = NDArray[Any]
Columns: TypeAlias = Mapping[str, Array]
_Part: TypeAlias = Callable[[Columns], tuple[Array, Array]]

_DTYPES = {"boolean": np.bool_, "integer": np.int64, "real": np.float64}
_COMPARE: dict[str, Callable[[Array, Array], Any]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_COMPUTE: dict[str, Callable[[Array, Array], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.true_divide,
    "%": np.fmod,
}
_SAFE = np.array(False)


def _constant(value: Any) -> _Part:
    array = np.asarray(value)
    return lambda _: (array, _SAFE)


def _variable(node: Name, declared: Type) -> _Part:
    name, dtype = node.name, _DTYPES.get(declared.kind)

    def read(columns: Columns) -> tuple[Array, Array]:
        if name not in columns:
            raise unknown_name(name, columns, kind="variable", span=node.span)
        column = np.asarray(columns[name])
        if dtype is None:
            return column.astype(np.str_), _SAFE
        if dtype is np.int64 and column.dtype.kind not in "iub":
            raise ExpressionError(f"the column of {name!r} is not of integers", span=node.span)
        return column.astype(dtype), _SAFE

    return read


def _unary(node: Unary, part: _Part) -> _Part:
    apply: Callable[[Array], Any] = np.logical_not if node.operator == "not" else np.negative

    def run(columns: Columns) -> tuple[Array, Array]:
        value, wrong = part(columns)
        return apply(value), wrong

    return run


def _logical(node: Logical, parts: list[_Part]) -> _Part:
    stops = node.operator == "or"

    def run(columns: Columns) -> tuple[Array, Array]:
        value, wrong = parts[0](columns)
        for part in parts[1:]:
            following, fault = part(columns)
            open_ = value != stops
            wrong = wrong | (open_ & fault)
            value = np.logical_or(value, following) if stops else np.logical_and(value, following)
        return value, wrong

    return run


def _binary(node: Binary, left: _Part, right: _Part) -> _Part:
    name = node.operator
    compares = _COMPARE.get(name)

    def run(columns: Columns) -> tuple[Array, Array]:
        (one, wrong_one), (other, wrong_other) = left(columns), right(columns)
        wrong = wrong_one | wrong_other
        if compares is not None:
            return compares(one, other), wrong
        if one.dtype.kind == "U":
            return np.char.add(one, other), wrong
        with np.errstate(all="ignore"):
            result = np.asarray(_COMPUTE[name](one, other))
            if name in ("/", "%"):
                wrong = wrong | (other == 0)
            elif result.dtype.kind == "i":
                size = _COMPUTE[name](one.astype(np.float64), other.astype(np.float64))
                if bool((np.abs(size) >= 2.0**62).any()):
                    raise ExpressionError("a number leaves 64 bits", span=node.span)
        return result, wrong

    return run


def compile_expression(expression: Expr, types: Mapping[str, Type]) -> Callable[[Columns], Array]:
    """Compile an expression to a function on columns of values.

    Parameters
    ----------
    expression
        What to compile.
    types
        The types of its variables.

    Returns
    -------
    callable
        Takes for each variable an array of shape (n,), gives the values, shape (n,): bool, int64,
        float64 or str. It is built from closures; nothing is evaluated as code. Reals are 64-bit
        floats; an integer that could leave 64 bits, and a division by zero that ``and`` and
        ``or`` do not guard, raise :class:`ExpressionError`.

    Raises
    ------
    ExpressionError
        When the expression is not well-typed.

    Notes
    -----
    Each call takes time linear in the size of the expression times n.

    Examples
    --------
    >>> from transition_systems.expressions.parse import parse_expression
    >>> from transition_systems.expressions.types import INTEGER
    >>> large = compile_expression(parse_expression("n * 2 > 5"), {"n": INTEGER})
    >>> large({"n": np.array([1, 2, 3])}).tolist()
    [False, False, True]
    """
    check(expression, types)

    def combine(node: Expr, parts: list[_Part]) -> _Part:
        match node:
            case Boolean(value=value) | String(value=value):
                return _constant(value)
            case Integer(value=value):
                if not -(2**63) <= value < 2**63:
                    raise ExpressionError("a number leaves 64 bits", span=node.span)
                return _constant(np.int64(value))
            case Real(value=value):
                return _constant(float(value))
            case Name(name=name):
                return _variable(node, types[name])
            case Unary():
                return _unary(node, parts[0])
            case Logical():
                return _logical(node, parts)
            case Binary():
                return _binary(node, parts[0], parts[1])

    part = fold(resolve_members(expression, types), combine)

    def run(columns: Columns) -> Array:
        value, wrong = part(columns)
        if bool(np.any(wrong)):
            raise ExpressionError("division by zero", span=expression.span)
        shapes = [np.shape(column) for column in columns.values()]
        return np.broadcast_to(value, np.broadcast_shapes(*shapes)).copy() if shapes else value

    return run
