"""CTL on a part of a system: where a formula holds for certain, and where it may hold.

Of the states at the border the steps are not known. Every part of a formula gets two sets: those
that have it whatever lies beyond the border, and those that have it if what lies beyond is kind.
On the whole system the two are the same.
G. Bruns, P. Godefroid: Model checking partial state spaces with 3-valued temporal logics. CAV 1999.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from transition_systems.properties.predicates import TRUE, Constant
from transition_systems.temporal.ctl_fixpoints import (
    Graph,
    always_until,
    exists_next,
    exists_until,
)
from transition_systems.temporal.ctl_program import CtlNode, CtlProgram, decide_lazily
from transition_systems.temporal.ctl_sets import Holds

__all__ = ["PartialSets"]

Bools = NDArray[np.bool_]


@dataclass
class PartialSets:
    """Where the parts of a formula hold on a part of a system; computed when asked for.

    Parameters
    ----------
    program
        The formula.
    graph
        The known steps; states at the border have none. Its meter stops the work by
        ``OutOfBudgetError``.
    holds
        Gives for a state predicate where it holds, which must be known at the border, too.
    border
        The states whose steps are not known, bool (n,).

    Notes
    -----
    O(f (n + m)), twice what :class:`CtlSets` costs.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> from transition_systems.temporal.ctl_program import ctl_program
    >>> graph, goal = Graph(np.array([0, 1, 1]), np.array([1])), np.array([False, False])
    >>> border = np.array([False, True])
    >>> sets = PartialSets(ctl_program(parse_formula("EF goal")), graph, lambda _: goal, border)
    >>> [found.tolist() for found in sets.certainly_and_perhaps()]
    [[False, False], [True, True]]
    >>> sets.at(0) is None
    True
    """

    program: CtlProgram
    graph: Graph
    holds: Holds
    border: Bools
    _values: dict[int, tuple[Bools, Bools]] = field(default_factory=dict, init=False, repr=False)

    def certainly_and_perhaps(self) -> tuple[Bools, Bools]:
        """Return where the formula holds for certain, and where it may hold, bool (n,) each."""
        return self._pair(self.program.root)

    def at(self, state: int) -> bool | None:
        """Return whether the formula holds in a state; ``None`` where the part does not tell."""

        def initially(number: int) -> bool | None:
            certainly, perhaps = self._pair(number)
            if certainly[state]:
                return True
            return None if perhaps[state] else False

        return decide_lazily(self.program, initially)

    def _pair(self, wanted: int) -> tuple[Bools, Bools]:
        border = self.border if self.border.any() else np.zeros(0, dtype=np.bool_)
        needed, nodes = {wanted}, self.program.nodes
        for number in range(wanted, -1, -1):
            if number in needed and number not in self._values:
                needed.update(nodes[number].operands)
        for number in sorted(needed - self._values.keys()):
            parts = [self._values[part] for part in nodes[number].operands]
            self._values[number] = _pair(nodes[number], parts, self.graph, self.holds, border)
        return self._values[wanted]


def _pair(
    node: CtlNode, parts: Sequence[tuple[Bools, Bools]], graph: Graph, holds: Holds, border: Bools
) -> tuple[Bools, Bools]:
    if node.operator == "predicate":
        if isinstance(node.predicate, Constant):
            value = np.full(graph.n_states, node.predicate == TRUE, dtype=np.bool_)
        else:
            value = holds(node.predicate)
        return value, value
    if node.operator == "not":
        certainly, perhaps = parts[0]
        return ~perhaps, ~certainly
    lower = _value(node, [part[0] for part in parts], graph)
    if not len(border) and all(part[0] is part[1] for part in parts):
        return lower, lower
    upper = [part[1] for part in parts]
    if len(border):
        match node.operator:
            case "EU" | "AU":
                upper[1] = upper[1] | (upper[0] & border)
            case "EX":
                return lower, exists_next(graph, upper[0]) | border
            case _:
                pass
    return lower, _value(node, upper, graph)


def _value(node: CtlNode, parts: list[Bools], graph: Graph) -> Bools:
    match node.operator:
        case "and":
            return np.asarray(np.logical_and.reduce(parts), dtype=np.bool_)
        case "or":
            return np.asarray(np.logical_or.reduce(parts), dtype=np.bool_)
        case "EX":
            return exists_next(graph, parts[0])
        case "EU":
            return np.asarray(exists_until(graph, parts[0], parts[1]) >= 0, dtype=np.bool_)
        case _:
            return np.asarray(always_until(graph, parts[0], parts[1]) >= 0, dtype=np.bool_)
