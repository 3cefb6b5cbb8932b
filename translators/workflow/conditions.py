"""Which conditions can hold together: a question about data, asked by every map alike."""

from __future__ import annotations

from collections.abc import Sequence

from transition_systems.budget import Budget
from transition_systems.errors import ExpressionError, UsageError
from transition_systems.expressions.types import BOOLEAN, INTEGER, REAL, STRING
from translators.workflow.graph import Flow, WorkflowGraph

__all__ = ["possible_subsets"]

EFFORT = 10_000_000
TYPES = {"boolean": BOOLEAN, "integer": INTEGER, "real": REAL, "number": REAL, "string": STRING}


def possible_subsets(
    graph: WorkflowGraph, flows: Sequence[Flow], *, budget: Budget | None = None
) -> set[frozenset[int]] | None:
    """Return which sets of the flows' conditions can hold together, ``None`` for all of them.

    Conditions are free choices. Only where the workflow declares typed variables and every
    condition is a typed expression over them, sets that no values can satisfy are left out.

    Parameters
    ----------
    graph
        The workflow, for its variables.
    flows
        The flows; a set is given by positions.
    budget
        Time for the solver. What bounds it besides is a number of its own steps, about two
        seconds' worth for each call, so that a slow or a busy machine gives the same sets.

    Returns
    -------
    set of frozenset of int, or None

    Raises
    ------
    UndecidedError
        When the time is used up.
    """
    found = [flow.condition.expression if flow.condition else None for flow in flows]
    expressions = [expression for expression in found if expression is not None]
    if not graph.variables or not flows or len(expressions) < len(flows):
        return None
    from transition_systems.expressions.to_z3 import feasible_subsets

    types = {v.name: TYPES[v.type] for v in graph.variables if v.type in TYPES}
    try:
        return set(feasible_subsets(expressions, types, budget=budget, effort=EFFORT))
    except (ExpressionError, UsageError):
        return None
