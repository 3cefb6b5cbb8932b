"""The systems of the term and of the net of one workflow, to be compared."""

from __future__ import annotations

from petri import reachability_graph
from transition_systems import LTS, Budget, bisimilar
from translators.to_petri import workflow_to_net
from translators.to_petri.translation import Starts
from translators.to_process import lts, workflow_to_process
from translators.workflow import WorkflowGraph

__all__ = ["net_lts", "process_lts", "same"]


def process_lts(graph: WorkflowGraph, capacity: int = 1, starts: Starts = "one") -> LTS:
    made = workflow_to_process(graph, capacity=capacity, starts=starts)
    return lts(made, budget=Budget(states=20_000))


def net_lts(graph: WorkflowGraph, states: int = 2_000, starts: Starts = "one") -> LTS | None:
    """Return the behaviour by the other map, or None where it has none or a large one."""
    mapped = workflow_to_net(graph, starts=starts)
    if mapped.ledger.refused:
        return None
    found = reachability_graph(mapped.net, budget=Budget(states=states))
    if not found.complete:
        return None
    return found.lts(final=found.holds(mapped.goal.completion))


def same(one: LTS, other: LTS) -> str:
    verdict = bisimilar(one, other, "branching")
    return "" if verdict else verdict.explain()
