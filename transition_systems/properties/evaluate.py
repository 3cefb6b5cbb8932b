"""Values of state predicates on many states at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.errors import UsageError
from transition_systems.properties.names import require_names, unknown_name
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Comparison,
    Constant,
    Dead,
    Enabled,
    LastStep,
    Not,
    Or,
    Predicate,
)
from transition_systems.properties.walk import names_in, predicate_children

__all__ = ["compare", "evaluate"]

Bools = NDArray[np.bool_]


def compare(left: NDArray[Any], op: Comparison, right: int) -> Bools:
    """Return ``left op right`` element by element, bool of the shape of ``left``."""
    match op:
        case "<=":
            result = left <= right
        case ">=":
            result = left >= right
        case "==":
            result = left == right
        case "!=":
            result = left != right
        case "<":
            result = left < right
        case ">":
            result = left > right
    return np.asarray(result, dtype=np.bool_)


def _exact(column: NDArray[Any], coefficient: int) -> tuple[NDArray[Any], int]:
    """Return the column in a type that holds it exactly, and the largest product's size."""
    if column.size == 0:
        return column.astype(np.int64), 0
    largest = max(abs(int(column.max())), abs(int(column.min())))
    kind: type[Any] = np.int64 if largest < 1 << 62 else np.object_
    return column.astype(kind, copy=False), largest * abs(coefficient)


def _linear(node: Compare, column: Callable[[str], NDArray[Any]], n: int) -> Bools:
    columns = [(_exact(column(name), factor), factor) for name, factor in node.terms]
    bits = sum(size for (_, size), _ in columns) + abs(node.bound)
    wide = bits >= 1 << 62
    total = np.zeros(n, dtype=np.object_ if wide else np.int64)
    for (values, _), factor in columns:
        total = total + (values.astype(np.object_) if wide else values) * factor
    return compare(total, node.op, node.bound)


@dataclass(slots=True)
class _Frame:
    node: Predicate
    children: tuple[Predicate, ...]
    value: Bools | None = None
    next: int = 0


def evaluate(
    predicate: Predicate,
    columns: Mapping[str, NDArray[Any]],
    enabled: Callable[[str], Bools] | None,
    n: int,
    *,
    dead: Callable[[], Bools] | None = None,
    atoms: Mapping[str, Bools] | None = None,
    meter: Meter | None = None,
) -> Bools:
    """Decide for each of ``n`` states whether a predicate holds there.

    Parameters
    ----------
    predicate
        What to evaluate.
    columns
        For each counter its value in each state, integer of shape (n,).
    enabled
        Gives for a name the states where it can happen, bool (n,); ``None`` where the predicate
        has no ``enabled(...)``.
    n
        The number of states.
    dead
        Gives the states where nothing can happen, bool (n,).
    atoms
        Named booleans of the states, bool (n,). An atom that is not among them but is a column
        means ``column >= 1``.
    meter
        A clock, looked at before each part.

    Returns
    -------
    ndarray of bool, shape (n,)
        A new array.

    Raises
    ------
    ExpressionError
        For a name that is unknown, with the nearest names.
    UsageError
        For ``enabled(...)`` or ``dead`` where the caller gave no answer for them.
    UndecidedError
        When the time is used up.

    Notes
    -----
    Time is the size of the predicate times ``n``; the memory is that of one array for each level
    of nesting, however wide the predicate. Sums that leave 64 bits are computed exactly. A part
    whose value is already settled everywhere is not looked at.

    Examples
    --------
    >>> evaluate(Atom("p"), {"p": np.array([0, 1, 2])}, None, 3)
    array([False,  True,  True])
    """
    booleans: Mapping[str, Bools] = {} if atoms is None else atoms

    def column(name: str) -> NDArray[Any]:
        found = columns.get(name)
        if found is None:
            found = booleans.get(name)
        if found is None:
            raise unknown_name(name, [*columns, *booleans])
        return np.asarray(found)

    def leaf(node: Predicate) -> Bools:
        match node:
            case Constant(value=value):
                return np.full(n, value, dtype=np.bool_)
            case Compare():
                return _linear(node, column, n)
            case Atom(name=name):
                if name in booleans:
                    return np.array(booleans[name], dtype=np.bool_)
                if isinstance(node, LastStep):
                    raise UsageError(f"{name} is about the last step, which is not known here")
                return compare(column(name), ">=", 1)
            case Enabled(name=name):
                if enabled is None:
                    raise UsageError("the predicate asks enabled(...), which is not known here")
                return np.array(enabled(name), dtype=np.bool_)
            case Dead():
                if dead is None:
                    raise UsageError("the predicate asks for deadlocks, which are not known here")
                return np.array(dead(), dtype=np.bool_)
            case _:
                return np.full(n, isinstance(node, And), dtype=np.bool_)

    def absorb(frame: _Frame, value: Bools) -> None:
        frame.next += 1
        if isinstance(frame.node, Not):
            frame.value = ~value
        elif frame.value is None:
            frame.value = value
        elif isinstance(frame.node, And):
            frame.value &= value
        else:
            frame.value |= value

    def settled(frame: _Frame) -> bool:
        if frame.next == len(frame.children):
            return True
        if frame.value is None:
            return False
        return bool(frame.value.all()) if isinstance(frame.node, Or) else not frame.value.any()

    require_names(names_in(predicate)[0], [*columns, *booleans])
    stack = [_Frame(predicate, predicate_children(predicate))]
    while True:
        frame = stack[-1]
        if not frame.children:
            if meter is not None:
                meter.require_time()
            frame.value = leaf(frame.node)
        elif not settled(frame):
            child = frame.children[frame.next]
            stack.append(_Frame(child, predicate_children(child)))
            continue
        stack.pop()
        assert frame.value is not None
        if not stack:
            return frame.value
        absorb(stack[-1], frame.value)
