"""Which conditions hold together: the same sets in every map, whatever else the machine does."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

import translators.workflow.conditions as module
from transition_systems.budget import Budget
from transition_systems.errors import ExpressionError, UndecidedError
from transition_systems.expressions import to_z3
from transition_systems.expressions.parse import parse_expression
from transition_systems.expressions.types import INTEGER
from translators.to_machine import workflow_to_machine
from translators.to_petri import workflow_to_net
from translators.to_process import workflow_to_process
from translators.workflow.conditions import possible_subsets
from translators.workflow.graph import Condition, Variable, WorkflowGraph
from workflow_text import drawn

EASY = ("n > 10", "n < 5")
HARD = ("n * n * n + m * m * m == 114 + k * k * k", "n > m + 1000000 && k > 1000000")


def graph_with(*conditions: str) -> WorkflowGraph:
    """Return a workflow whose inclusive split has these conditions and a default."""
    text = "start s\nor g\nxor x\nend e\ns > g\ng > x\nx > e"
    for n, _ in enumerate(conditions):
        text += f"\ntask t{n}\ng > t{n} > x"
    graph = drawn(text)
    written = {
        f"t{n}": Condition(text=text, expression=parse_expression(text))
        for n, text in enumerate(conditions)
    }
    flows = tuple(
        dataclasses.replace(flow, condition=written.get(flow.target)) for flow in graph.flows
    )
    default = next(f.id for f in flows if f.source == "g" and f.target == "x")
    nodes = tuple(
        dataclasses.replace(node, default=default) if node.id == "g" else node
        for node in graph.nodes
    )
    names = tuple(Variable(name=name, type="integer") for name in "nmk")
    return dataclasses.replace(graph, flows=flows, nodes=nodes, variables=names)


def conditional(graph: WorkflowGraph) -> list[Any]:
    return [flow for flow in graph.flows if flow.condition is not None]


def test_sets_that_no_values_satisfy_are_left_out() -> None:
    graph = graph_with(*EASY)
    found = possible_subsets(graph, conditional(graph))
    assert found == {frozenset(), frozenset([0]), frozenset([1])}
    assert possible_subsets(graph, conditional(graph), budget=Budget(seconds=60)) == found


def test_no_clock_bounds_the_solver_but_the_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Budget | None, int]] = []

    def seen(assertions: Any, *, budget: Budget | None, effort: int) -> Any:
        asked.append((budget, effort))
        return real(assertions, budget=budget, effort=effort)

    real = to_z3.check
    monkeypatch.setattr(to_z3, "check", seen)
    graph = graph_with(*EASY)
    possible_subsets(graph, conditional(graph))
    assert len(asked) == 4
    assert all(budget is None for budget, _ in asked)
    efforts = [effort for _, effort in asked]
    assert efforts == sorted(set(efforts), reverse=True), "the effort is for all questions"
    first = list(asked)
    asked.clear()
    possible_subsets(graph, conditional(graph))
    assert asked == first, "the steps are counted, so the second call takes as many"


def test_a_hard_question_ends_after_the_same_steps() -> None:
    conditions = [parse_expression(text) for text in HARD]
    types = {"n": INTEGER, "m": INTEGER, "k": INTEGER}
    for _ in range(2):
        with pytest.raises(ExpressionError, match=r"effort of .* steps of the solver is used up"):
            to_z3.feasible_subsets(conditions, types, effort=100_000)


def test_a_hard_question_leaves_every_set_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EFFORT", 100_000)
    graph = graph_with(*HARD)
    assert possible_subsets(graph, conditional(graph)) is None


def test_no_map_guesses_when_the_time_is_used_up() -> None:
    graph = graph_with(*EASY)
    gone = Budget(deadline=0.0)
    with pytest.raises(UndecidedError, match="time budget is used up"):
        possible_subsets(graph, conditional(graph), budget=gone)
    refused = workflow_to_net(graph, budget=gone).ledger.refused
    assert [(e.element, "time budget is used up" in (e.note or "")) for e in refused] == [
        ("g", True)
    ]
    with pytest.raises(UndecidedError):
        workflow_to_process(graph, budget=gone)
    with pytest.raises(UndecidedError):
        workflow_to_machine(graph, budget=gone)


def test_a_start_with_too_many_conditional_flows_is_refused_once() -> None:
    lines = ["start s", "task a", "end e", "s > a > e"]
    lines += [f"end e{n}\na > e{n}" for n in range(11)]
    graph = drawn("\n".join(lines))
    flows = tuple(
        dataclasses.replace(flow, condition=Condition(text="it depends"))
        if flow.target.startswith("e") and flow.target != "e"
        else flow
        for flow in graph.flows
    )
    refused = workflow_to_net(dataclasses.replace(graph, flows=flows)).ledger.refused
    assert [(e.element, e.note) for e in refused] == [
        ("a", "it has more conditional flows than can be expanded")
    ]
