"""Up-sets: transitions of which every way from a marking into a goal fires at least one.

L. M. Kristensen, K. Schmidt, A. Valmari: Question-guided stubborn set methods for state properties.
Formal Methods in System Design 29, 2006.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from petri.stubborn.dependencies import Dependencies, bits_of
from transition_systems.budget import Meter
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
from transition_systems.properties.walk import fold_predicate, negate

__all__ = ["Goal"]

MOST_CHOICES = 12
COMPARE: dict[str, Any] = {"<=": le, ">=": ge, "==": eq, "!=": ne, "<": lt, ">": gt}


class Goal:
    """A predicate as a list of nodes, operands first.

    Parameters
    ----------
    predicate
        Over places and transitions; negations are pushed inwards.
    dependencies
        Of the net.
    meter
        A clock, looked at before each node.

    Raises
    ------
    UsageError
        For a name that the net does not have.
    UndecidedError
        When the time is used up.
    """

    def __init__(self, predicate: Predicate, dependencies: Dependencies, meter: Meter) -> None:
        self._deps, self._meter = dependencies, meter
        self._moved: list[list[tuple[int, int]]] = [[] for _ in dependencies.net.place_ids]
        for number, moved in enumerate(dependencies.moves):
            for place, change in moved:
                self._moved[place].append((number, change))
        self._nodes: list[tuple[str, Any, tuple[int, ...]]] = []
        fold_predicate(negate(negate(predicate)), self._add)

    def _add(self, node: Predicate, below: list[int]) -> int:
        self._meter.require_time()
        deps = self._deps
        net = deps.net
        match node:
            case Constant(value):
                entry: tuple[str, Any] = ("constant", value)
            case Compare(terms, op, bound):
                sums: dict[int, int] = {}
                for name, factor in terms:
                    place = net.place_index(name)
                    sums[place] = sums.get(place, 0) + factor
                entry = ("compare", self._compared(sums, op, bound))
            case Atom(name):
                entry = ("compare", self._compared({net.place_index(name): 1}, ">=", 1))
            case Enabled(name):
                entry = ("enabled", net.transition_index(name))
            case Dead():
                entry = ("dead", None)
            case Not(operand):
                match operand:
                    case Atom(name):
                        entry = ("compare", self._compared({net.place_index(name): 1}, "<=", 0))
                    case Enabled(name):
                        entry = ("disabled", net.transition_index(name))
                    case _:
                        entry = ("alive", None)
                below = []
            case And() | Or():
                entry = ("and" if isinstance(node, And) else "or", None)
        self._nodes.append((entry[0], entry[1], tuple(below)))
        return len(self._nodes) - 1

    def _compared(self, sums: dict[int, int], op: str, bound: int) -> tuple[Any, ...]:
        changes: dict[int, int] = {}
        for place, factor in sums.items():
            for number, delta in self._moved[place]:
                changes[number] = changes.get(number, 0) + factor * delta
        up = down = 0
        for number, change in changes.items():
            if change > 0:
                up |= 1 << number
            elif change < 0:
                down |= 1 << number
        return tuple(sums.items()), op, COMPARE[op], bound, up, down

    def look(self, tokens: Sequence[int], enabled: int) -> tuple[bool, list[int]]:
        """Return whether the goal holds, and otherwise up-sets to choose from."""
        values: list[tuple[bool, list[int]]] = []
        for kind, data, below in self._nodes:
            values.append(self._value(kind, data, [values[i] for i in below], tokens, enabled))
        return values[-1]

    def _value(
        self, kind: str, data: Any, below: list[tuple[bool, list[int]]],
        tokens: Sequence[int], enabled: int,
    ) -> tuple[bool, list[int]]:  # fmt: skip
        deps = self._deps
        match kind:
            case "compare":
                sums, op, holds, bound, up, down = data
                total = 0
                for place, factor in sums:
                    total += factor * tokens[place]
                if holds(total, bound):
                    return True, []
                if op == "!=":
                    return False, [up | down]
                return False, [up if op in (">=", ">") or (op == "==" and total < bound) else down]
            case "and":
                found: list[int] = []
                for value, choices in below:
                    if not value:
                        found += choices
                if all(value for value, _ in below):
                    return True, []
                found.sort(key=int.bit_count)
                return False, found[:MOST_CHOICES]
            case "or":
                if any(value for value, _ in below):
                    return True, []
                union = 0
                for _, choices in below:
                    union |= min(choices, key=int.bit_count)
                return False, [union]
            case "enabled":
                if enabled >> data & 1:
                    return True, []
                needs = deps.needs[data]
                return False, [deps.more[p] for p, weight in needs if tokens[p] < weight]
            case "disabled":
                return not enabled >> data & 1, [deps.guards[data]]
            case "dead":
                if not enabled:
                    return True, []
                return False, [g for g, _ in zip(self._guards(enabled), range(MOST_CHOICES))]
            case "alive":
                return bool(enabled), [0]
            case _:
                return bool(data), [0]

    def _guards(self, enabled: int) -> Any:
        return (self._deps.guards[number] for number in bits_of(enabled))
