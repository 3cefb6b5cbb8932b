"""A normal form of state predicates, so that two ways of writing one statement are recognised.

Negations go to the leaves, comparisons become ``sum <= bound`` (or ``==``, ``!=``), nested
conjunctions and disjunctions are flattened and become sets. Equal numbers mean equal normal forms,
so equivalent predicates; not every pair of equivalent predicates gets equal numbers.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

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

__all__ = ["NormalForms"]

_Signed = tuple[Predicate, bool]


class NormalForms:
    """Numbers for predicates; numbers of one object may be compared."""

    __slots__ = ("_keys", "_numbers")

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._keys: list[tuple[Any, ...]] = []

    def number(self, predicate: Predicate, *, positive: bool = True) -> int:
        """Return the number of a predicate, or of its negation; linear time, no recursion."""
        results: list[int] = []
        waiting: list[tuple[_Signed | str, int]] = [((predicate, positive), 0)]
        while waiting:
            item, width = waiting.pop()
            if isinstance(item, str):
                first = len(results) - width
                results[first:] = [self._joined(item, results[first:])]
                continue
            node, sign = _stripped(item)
            if isinstance(node, And | Or):
                word = _word(node, sign)
                parts = _flat(node, sign, word)
                waiting.append((word, len(parts)))
                waiting.extend((part, 0) for part in parts)
            else:
                results.append(self._intern(_leaf(node, sign)))
        return results[0]

    def implies(self, left: int, right: int) -> bool:
        """Return whether one normal form implies another by its outermost parts alone."""
        return (
            left == right
            or self._parts("or", left) <= self._parts("or", right)
            or self._parts("and", left) >= self._parts("and", right)
        )

    def _intern(self, key: tuple[Any, ...]) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self._keys)
            self._keys.append(key)
        return self._numbers[key]

    def _parts(self, word: str, number: int) -> frozenset[int]:
        """Return the operands; of ``false`` as a disjunction and ``true`` as a conjunction none."""
        key = self._keys[number]
        if key[0] == word:
            return frozenset(key[1])
        if key == ("constant", word == "and"):
            return frozenset()
        return frozenset((number,))

    def _joined(self, word: str, parts: list[int]) -> int:
        neutral, absorbing = word == "and", word == "or"
        members: set[int] = set()
        for part in parts:
            key = self._keys[part]
            if key == ("constant", absorbing):
                return part
            if key != ("constant", neutral):
                members.update(self._parts(word, part))
        if not members:
            return self._intern(("constant", neutral))
        return members.pop() if len(members) == 1 else self._intern((word, frozenset(members)))


def _stripped(item: _Signed) -> _Signed:
    node, sign = item
    while isinstance(node, Not):
        node, sign = node.operand, not sign
    return node, sign


def _word(node: And | Or, sign: bool) -> str:
    return "and" if isinstance(node, And) == sign else "or"


def _flat(node: Predicate, sign: bool, word: str) -> list[_Signed]:
    found: list[_Signed] = []
    waiting: list[_Signed] = [(node, sign)]
    while waiting:
        inner, inner_sign = _stripped(waiting.pop())
        if isinstance(inner, And | Or) and _word(inner, inner_sign) == word:
            waiting.extend((operand, inner_sign) for operand in inner.operands)
        else:
            found.append((inner, inner_sign))
    return found


def _leaf(node: Predicate, sign: bool) -> tuple[Any, ...]:
    match node:
        case Constant(value):
            return ("constant", value == sign)
        case LastStep(name):
            return ("last step", name, sign)
        case Atom(name):
            return _comparison(((name, 1),), ">=", 1, sign)
        case Compare(terms, op, bound):
            return _comparison(terms, op, bound, sign)
        case Enabled(name):
            return ("enabled", name, sign)
        case Dead():
            return ("dead", sign)
        case _:
            raise TypeError(f"this is no state predicate: {node!r:.60}")


def _comparison(
    terms: tuple[tuple[str, int], ...], op: str, bound: int, sign: bool
) -> tuple[Any, ...]:
    sums: dict[str, int] = {}
    for name, factor in terms:
        sums[name] = sums.get(name, 0) + factor
    kept = sorted((name, factor) for name, factor in sums.items() if factor)
    if not sign:
        op = {"<=": ">", ">": "<=", ">=": "<", "<": ">=", "==": "!=", "!=": "=="}[op]
    if op == "<":
        op, bound = "<=", bound - 1
    elif op == ">":
        op, bound = ">=", bound + 1
    if op == ">=" or (op in ("==", "!=") and kept and kept[0][1] < 0):
        kept, bound = [(name, -factor) for name, factor in kept], -bound
        op = "<=" if op == ">=" else op
    if not kept:
        return ("constant", {"<=": bound >= 0, "==": bound == 0, "!=": bound != 0}[op])
    return (op, tuple(kept), bound)
