"""What is said of a formula about a variable of a workflow: no translation keeps its value."""

from __future__ import annotations

from transition_systems.errors import UsageError
from transition_systems.expressions.ast import names_in
from transition_systems.properties.tokens import quote_name
from translators.workflow.graph import Flow, WorkflowGraph

__all__ = ["refuse_variable"]

MOST_FLOWS = 3


def refuse_variable(graph: WorkflowGraph, name: str) -> None:
    """Refuse a name that is a variable or a data element of a workflow, and say what to ask.

    Raises
    ------
    UsageError
        For the name of a declared variable, one that a condition reads, or a data element.

    Notes
    -----
    Linear in the workflow. Conditions are free choices in every translation (those that no values
    satisfy together are left out), so that a state says which flow was taken and not why.

    Examples
    --------
    >>> from translators.workflow.graph import Variable
    >>> refuse_variable(WorkflowGraph(id="w", variables=(Variable(name="x", type="integer"),)), "x")
    Traceback (most recent call last):
    ...
    transition_systems.errors.UsageError: 'x' is a variable: its value is no part of a state, \
since conditions are free choices; ask for a node or a flow instead, which holds while a token is \
there
    """
    reading = [flow for flow in graph.flows if name in _read(flow)]
    declared = any(variable.name == name for variable in graph.variables)
    data = any(name in (element.id, element.name) for element in graph.data)
    if not (reading or declared or data):
        return
    what = "a variable" if reading or declared else "a data element"
    known = [flow.title for flow in reading[:MOST_FLOWS]]
    which = f", of those that read it {' or '.join(map(quote_name, known))}" if known else ""
    raise UsageError(
        f"{name!r} is {what}: its value is no part of a state, since conditions are free choices; "
        f"ask for a node or a flow instead, which holds while a token is there{which}"
    )


def _read(flow: Flow) -> tuple[str, ...]:
    """Return the names that the condition of a flow reads."""
    if flow.condition is None or flow.condition.expression is None:
        return ()
    return names_in(flow.condition.expression)
