"""Lines of a linear proof: what a predicate, or its negation, assumes of the tokens."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from netproof.recheck.net_table import NetTable, Tokens
from netproof.recheck.predicates import operands_of
from netproof.recheck.result import RefusedError
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

__all__ = ["Line", "Part", "Signed", "names_known", "parts_of"]

Signed: TypeAlias = tuple[Predicate, bool]
_MIRROR = {"<=": ">", ">": "<=", ">=": "<", "<": ">=", "==": "!=", "!=": "=="}


class Line(NamedTuple):
    """The sum of the tokens, multiplied by the coefficients of their places, is at most a bound."""

    terms: Tokens
    bound: int


Part: TypeAlias = Signed | Line


def names_known(predicate: Predicate, table: NetTable) -> None:
    """Refuse a predicate that names a place or transition that the net does not have."""
    waiting = [predicate]
    while waiting:
        node = waiting.pop()
        match node:
            case Compare(terms, _, _):
                for name, _ in terms:
                    _known(table.place, name)
            case LastStep(name):
                raise RefusedError(f"{name} is about the last step, which no marking tells")
            case Atom(name):
                _known(table.place, name)
            case Enabled(name):
                _known(table.transition, name)
            case _:
                waiting.extend(operands_of(node))


def parts_of(signed: Signed, table: NetTable) -> tuple[bool, list[Part]]:
    """Return whether a predicate is a conjunction (or a disjunction), and its parts."""
    node, sign = signed
    match node:
        case Constant(value):
            return value == sign, []
        case Not(operand):
            return True, [(operand, not sign)]
        case And(operands) | Or(operands):
            return isinstance(node, And) == sign, [(operand, sign) for operand in operands]
        case Dead():
            return sign, [(Enabled(name), not sign) for name in table.net.transition_ids]
        case Enabled(name):
            needs = table.pre[_known(table.transition, name)].items()
            return sign, [Line({p: -1}, -n) if sign else Line({p: 1}, n - 1) for p, n in needs]
        case Atom(name):
            return _compared(((name, 1),), ">=", 1, sign, table)
        case Compare(terms, op, bound):
            return _compared(terms, op, bound, sign, table)


def _compared(
    terms: tuple[tuple[str, int], ...], op: str, bound: int, sign: bool, table: NetTable
) -> tuple[bool, list[Part]]:
    less: Tokens = {}
    for name, factor in terms:
        place = _known(table.place, name)
        less[place] = less.get(place, 0) + factor
    more = {place: -factor for place, factor in less.items()}
    kind = op if sign else _MIRROR[op]
    if kind == "==":
        return True, [Line(less, bound), Line(more, -bound)]
    if kind == "!=":
        return False, [Line(less, bound - 1), Line(more, -bound - 1)]
    if kind in ("<=", "<"):
        return True, [Line(less, bound - (kind == "<"))]
    return True, [Line(more, -bound - (kind == ">"))]


def _known(names: dict[str, int], name: str) -> int:
    if name not in names:
        raise RefusedError(f"the claim names {name!r:.60}, which the net does not have")
    return names[name]
