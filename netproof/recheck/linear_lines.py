"""Lines of a linear proof: facts about all reachable markings, and what a predicate assumes."""

from __future__ import annotations

from collections.abc import Iterable, KeysView
from typing import NamedTuple, TypeAlias

from netproof.recheck.net_table import NetTable, Tokens
from netproof.recheck.predicates import operands_of
from netproof.recheck.result import RefusedError
from transition_systems.evidence import LinearProof
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    Not,
    Or,
    Predicate,
)

__all__ = ["Line", "Part", "Signed", "facts_of", "names_known", "parts_of"]

Signed: TypeAlias = tuple[Predicate, bool]
_MIRROR = {"<=": ">", ">": "<=", ">=": "<", "<": ">=", "==": "!=", "!=": "=="}


class Line(NamedTuple):
    """The sum of the tokens, multiplied by the coefficients of their places, is at most a bound."""

    terms: Tokens
    bound: int


Part: TypeAlias = Signed | Line


def facts_of(evidence: LinearProof, table: NetTable) -> Iterable[Line]:
    """Yield the lines of the facts; refuse one that is none."""
    by_place: list[list[tuple[int, int]]] = [[] for _ in table.place]
    for step, moved in enumerate(table.change):
        for place, delta in moved.items():
            by_place[place].append((step, delta))
    for number, named in enumerate((*evidence.equalities, *evidence.inequalities)):
        weights = _weights(named, table)
        total: Tokens = {}
        for place, weight in weights.items():
            for step, delta in by_place[place]:
                total[step] = total.get(step, 0) + weight * delta
        value = sum(weight * table.initial.get(place, 0) for place, weight in weights.items())
        if any(change > 0 for change in total.values()):
            raise RefusedError("a transition increases a sum that should not grow")
        yield Line(weights, value)
        if number < len(evidence.equalities):
            if any(total.values()):
                raise RefusedError("a transition changes a sum that should stay the same")
            yield Line({place: -weight for place, weight in weights.items()}, -value)
    for kind, sets, sign in (("siphon", evidence.siphons, 1), ("trap", evidence.traps, -1)):
        for names in sets:
            places = _weights(((name, 1) for name in names), table).keys()
            marked = any(table.initial.get(place) for place in places)
            if marked != (kind == "trap"):
                raise RefusedError(f"a {kind} of the proof is not as it should be at the start")
            near = {t for place in places for t, delta in by_place[place] if delta * sign > 0}
            for step in near:
                _answered(table, step, places, kind)
            yield Line(dict.fromkeys(places, sign), min(sign, 0))


def _answered(table: NetTable, step: int, places: KeysView[int], kind: str) -> None:
    """Refuse a transition that marks a siphon and takes nothing from it, or that empties a trap."""
    needs, moved = table.pre[step], table.change[step]
    if kind == "siphon":
        fine = not places.isdisjoint(needs)
    else:
        fine = any(needs.get(p, 0) + moved.get(p, 0) for p in places & {*needs, *moved})
    if not fine:
        raise RefusedError(f"a transition can change whether a {kind} of the proof is marked")


def _weights(pairs: Iterable[tuple[str, int]], table: NetTable) -> Tokens:
    """Return weights by place; refuse names that are unknown or repeated."""
    found: Tokens = {}
    for name, weight in pairs:
        place = table.place.get(name)
        if place is None or place in found or type(weight) is not int:
            raise RefusedError(f"{name!r:.60} has no proper weight in the proof")
        found[place] = weight
    return found


def names_known(predicate: Predicate, table: NetTable) -> None:
    """Refuse a predicate that names a place or transition that the net does not have."""
    waiting = [predicate]
    while waiting:
        node = waiting.pop()
        match node:
            case Compare(terms, _, _):
                for name, _ in terms:
                    _known(table.place, name)
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
