"""How far a marking is from a goal, and which transitions lead towards it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
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
from transition_systems.properties.walk import fold_predicate, negate, subpredicates

__all__ = ["distances", "pulls", "split_dead"]

Int64 = NDArray[np.int64]

FAR = 1_000_000


def split_dead(goal: Predicate) -> tuple[bool, Predicate]:
    """Return whether a goal asks for a dead marking as a conjunct, and the rest of the goal."""
    parts = goal.operands if isinstance(goal, And) else (goal,)
    rest = tuple(part for part in parts if not isinstance(part, Dead))
    if len(rest) == len(parts):
        return False, goal
    return True, rest[0] if len(rest) == 1 else And(rest)


def distances(
    goal: Predicate,
    net: PetriNet,
    column: Callable[[int], Int64],
    enabled: Int64 | None,
    count: int,
) -> Int64:
    """Return for each walker how many tokens are amiss, 0 in the goal; int64 (n_walkers,).

    Parameters
    ----------
    goal
        The predicate; negations are pushed inwards first.
    net
        The net.
    column
        Gives the tokens of a place, int64 (n_walkers,).
    enabled
        How many transitions are enabled, where ``Dead`` is to count.
    count
        How many walkers.
    """

    def missing(place: int, weight: int) -> Int64:
        return np.maximum(weight - column(place), 0)

    def measure(node: Predicate, below: list[Int64]) -> Int64:
        match node:
            case Constant(value):
                return np.full(count, 0 if value else FAR, dtype=np.int64)
            case Compare(terms, op, bound):
                total = np.full(count, -bound, dtype=np.int64)
                for name, factor in terms:
                    total += factor * column(net.place_index(name))
                table: dict[str, Callable[[], Int64]] = {
                    ">=": lambda: np.maximum(-total, 0),
                    ">": lambda: np.maximum(1 - total, 0),
                    "<=": lambda: np.maximum(total, 0),
                    "<": lambda: np.maximum(total + 1, 0),
                    "==": lambda: np.abs(total),
                    "!=": lambda: (total == 0).astype(np.int64),
                }
                return table[op]()
            case Atom(name):
                return missing(net.place_index(name), 1)
            case Enabled(name):
                total = np.zeros(count, dtype=np.int64)
                places, weights = net.pre_arcs.row(net.transition_index(name))
                for place, weight in zip(places.tolist(), weights.tolist(), strict=True):
                    total += missing(place, weight)
                return total
            case Dead():
                return np.ones(count, dtype=np.int64) if enabled is None else enabled
            case Not(operand):
                match operand:
                    case Atom(name):
                        return column(net.place_index(name)).copy()
                    case _:
                        return np.zeros(count, dtype=np.int64)
            case And():
                return _folded(below, np.add, 0, count)
            case Or():
                return _folded(below, np.minimum, FAR, count)

    return fold_predicate(negate(negate(goal)), measure)


def _folded(parts: list[Int64], join: np.ufunc, empty: int, count: int) -> Int64:
    if not parts:
        return np.full(count, empty, dtype=np.int64)
    total = parts[0]
    for part in parts[1:]:
        total = join(total, part)
    return total


def pulls(goal: Predicate, net: PetriNet) -> dict[int, int]:
    """Return the places that a goal wants fuller (positive) or emptier (negative)."""
    wish: dict[int, int] = {}
    initial = net.initial.to_dict()
    for node in subpredicates(negate(negate(goal))):
        match node:
            case Compare(terms, op, bound):
                total = sum(factor * initial.get(name, 0) for name, factor in terms)
                up = op in (">", ">=") or (op == "==" and total < bound)
                if op == "!=" or (op == "==" and total == bound):
                    continue
                for name, factor in terms:
                    place = net.place_index(name)
                    wish[place] = wish.get(place, 0) + (factor if up else -factor)
            case Atom(name):
                place = net.place_index(name)
                wish[place] = wish.get(place, 0) + 1
            case Enabled(name):
                for place in net.pre_arcs.row(net.transition_index(name))[0].tolist():
                    wish[place] = wish.get(place, 0) + 1
            case _:
                continue
    return wish
