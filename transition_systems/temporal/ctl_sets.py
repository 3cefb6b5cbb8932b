"""The states where the parts of a CTL formula hold, computed part by part on arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from transition_systems.properties.formulas import Formula
from transition_systems.properties.predicates import TRUE, Constant, Predicate
from transition_systems.temporal.ctl_fixpoints import (
    OUTSIDE,
    Graph,
    always_until,
    exists_next,
    exists_until,
)
from transition_systems.temporal.ctl_program import CtlNode, CtlProgram

__all__ = ["CtlSets", "Holds"]

Bools = NDArray[np.bool_]
Ranks = NDArray[np.int32]
Holds = Callable[[Predicate], Bools]


@dataclass
class CtlSets:
    """Where each part of a formula holds.

    Parameters
    ----------
    program
        The formula.
    graph
        The system, with the meter that is asked.
    holds
        Gives for a state predicate where it holds, bool (n,).

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> from transition_systems.temporal.ctl_program import ctl_program
    >>> graph = Graph(np.array([0, 1, 2, 2]), np.array([1, 2]))
    >>> goal = np.array([False, False, True])
    >>> sets = CtlSets(ctl_program(parse_formula("EX EX goal")), graph, lambda predicate: goal)
    >>> sets.result().tolist()
    [True, False, False]
    """

    program: CtlProgram
    graph: Graph
    holds: Holds
    values: dict[int, Bools] = field(default_factory=dict, init=False)
    ranks: dict[int, Ranks] = field(default_factory=dict, init=False)

    def result(self) -> Bools:
        """Return where the formula holds; linear in its size times that of the graph.

        Raises
        ------
        OutOfBudgetError
            When the time is used up.
        """
        for number, node in enumerate(self.program.nodes):
            if number not in self.values:
                self.values[number] = self._value(number, node)
        return self.values[self.program.root]

    def where(self, formula: Formula) -> Bools:
        """Return where a state formula that is a part of the formula holds."""
        return self.values[self.program.part_of[id(formula)]]

    def rank(self, formula: Formula) -> Ranks:
        """Return the ranks of the fixpoint behind a temporal operator of the formula."""
        return self.ranks[self.program.fixpoint_of[id(formula)]]

    def _value(self, number: int, node: CtlNode) -> Bools:
        parts = [self.values[operand] for operand in node.operands]
        match node.operator:
            case "predicate":
                if isinstance(node.predicate, Constant):
                    return np.full(self.graph.n_states, node.predicate == TRUE, dtype=np.bool_)
                return self.holds(node.predicate)
            case "not":
                return ~parts[0]
            case "and":
                return np.asarray(np.logical_and.reduce(parts), dtype=np.bool_)
            case "or":
                return np.asarray(np.logical_or.reduce(parts), dtype=np.bool_)
            case "EX":
                return exists_next(self.graph, parts[0])
            case "EU" | "AU":
                until = exists_until if node.operator == "EU" else always_until
                self.ranks[number] = rank = until(self.graph, parts[0], parts[1])
                return np.asarray(rank != OUTSIDE, dtype=np.bool_)
