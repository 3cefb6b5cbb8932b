"""State predicates on arrays of markings, evaluated by code of the recheck's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError, Watch
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    LastStep,
    Not,
    Or,
    Predicate,
)

__all__ = ["fold", "holds_in", "operands_of"]

Bools = NDArray[np.bool_]
T = TypeVar("T")
ROWS = 1 << 14


def operands_of(node: Predicate) -> tuple[Predicate, ...]:
    """Return the operands of a predicate; none for a leaf."""
    if isinstance(node, Not):
        return (node.operand,)
    return node.operands if isinstance(node, And | Or) else ()


def fold(predicate: Predicate, combine: Callable[[Predicate, list[T]], T]) -> T:
    """Compute a value bottom-up without recursion."""
    results: list[T] = []
    waiting = [(predicate, False)]
    while waiting:
        node, ready = waiting.pop()
        below = operands_of(node)
        if ready or not below:
            first = len(results) - len(below)
            results[first:] = [combine(node, results[first:])]
        else:
            waiting.append((node, True))
            waiting.extend((operand, False) for operand in below[::-1])
    return results[0]


@dataclass(slots=True)
class _Open:
    node: Predicate
    rest: Iterator[Predicate]
    value: Bools | None = None


def holds_in(table: NetTable, rows: NDArray[Any], predicate: Predicate, watch: Watch) -> Bools:
    """Return where a predicate holds.

    Parameters
    ----------
    table
        The net.
    rows
        Markings, int64 of shape (n_states, n_places), none negative.
    predicate
        Over places (an atom means at least one token) and transitions.
    watch
        The clock.

    Returns
    -------
    ndarray of bool, shape (n_states,)
    """
    parts = [
        _chunk(table, np.ascontiguousarray(rows[a : a + ROWS].T), predicate, watch)
        for a in range(0, len(rows), ROWS)
    ]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.bool_)


def _chunk(table: NetTable, columns: NDArray[Any], root: Predicate, watch: Watch) -> Bools:
    stack = [_Open(root, iter(operands_of(root)))]
    count = 0
    while True:
        count += 1
        if count % 64 == 0:
            watch.tick()
        top = stack[-1]
        below = None if _settled(top) else next(top.rest, None)
        if below is not None:
            stack.append(_Open(below, iter(operands_of(below))))
            continue
        value = _leaf(table, columns, top.node) if top.value is None else top.value
        stack.pop()
        if not stack:
            return value
        above = stack[-1]
        if isinstance(above.node, Not):
            above.value = ~value
        elif above.value is None:
            above.value = value
        elif isinstance(above.node, And):
            above.value = above.value & value
        else:
            above.value = above.value | value


def _settled(top: _Open) -> bool:
    if top.value is None:
        return False
    if isinstance(top.node, And):
        return not top.value.any()
    return isinstance(top.node, Or) and bool(top.value.all())


def _leaf(table: NetTable, columns: NDArray[Any], node: Predicate) -> Bools:
    count = columns.shape[1]
    match node:
        case Constant(value):
            return np.full(count, value, dtype=np.bool_)
        case And() | Or():
            return np.full(count, isinstance(node, And), dtype=np.bool_)
        case LastStep(name):
            raise RefusedError(f"{name} is about the last step, which no marking tells")
        case Atom(name):
            return np.asarray(columns[_place(table, name)] >= 1, dtype=np.bool_)
        case Enabled(name):
            if name not in table.transition:
                raise RefusedError(f"the predicate names {name!r}, which is no transition")
            return table.enabled(columns, table.transition[name])
        case Dead():
            return table.dead(columns)
        case Compare(terms, op, bound):
            return _compare(_total(table, columns, terms, abs(bound)), op, bound)
        case _:
            raise RefusedError(f"this is no state predicate: {node!r:.60}")


def _place(table: NetTable, name: str) -> int:
    if name not in table.place:
        raise RefusedError(f"the predicate names {name!r}, which is no place")
    return table.place[name]


def _total(
    table: NetTable, columns: NDArray[Any], terms: tuple[tuple[str, int], ...], largest: int
) -> NDArray[Any]:
    used = [(columns[_place(table, name)], factor) for name, factor in terms]
    for column, factor in used:
        largest += abs(factor) * (int(column.max()) if len(column) else 0)
    kind: type[Any] = np.int64 if largest < 2**62 else object
    total = np.zeros(columns.shape[1], dtype=kind)
    for column, factor in used:
        total = total + column.astype(kind) * factor
    return total


def _compare(left: NDArray[Any], op: str, right: int) -> Bools:
    kept: Any = left
    if left.dtype.kind == "i" and abs(right) >= 2**62:
        kept = left.astype(object)
    answers: dict[str, Callable[[], Any]] = {
        "<=": lambda: kept <= right,
        ">=": lambda: kept >= right,
        "<": lambda: kept < right,
        ">": lambda: kept > right,
        "==": lambda: kept == right,
        "!=": lambda: kept != right,
    }
    return np.asarray(answers[op](), dtype=np.bool_)
