"""Token game, net, term and machine mean the same, on graphs with every mapped element."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings

from devtools import within_cpu_seconds
from oracles.four_semantics import MAPS, Starts, compared
from oracles.smaller_workflows import smallest, told
from strategies_workflow import workflow_graphs, workflow_suite, workflows
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError, UnsupportedError
from transition_systems.lts import LTS
from translators.workflow import WorkflowGraph
from translators.workflow.token_game import token_game_lts
from workflow_elements import ELEMENTS, elements
from workflow_text import drawn

SEEDS = (1, 2)
EACH = 50


@dataclass
class Outcome:
    """What comparing many graphs came to."""

    graphs: int = 0
    full: int = 0
    maps: Counter[str] = field(default_factory=Counter)
    elements: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[WorkflowGraph, Starts, list[str]]] = field(default_factory=list)


def compare_all(graphs: Iterable[WorkflowGraph], outcome: Outcome, *, states: int = 600) -> Outcome:
    """Compare the four semantics; elements are counted where all four gave a meaning."""
    for number, graph in enumerate(graphs):
        outcome.graphs += 1
        starts: Starts = "all" if number % 4 == 3 else "one"
        found = compared(graph, starts, states=states)
        if found is None:
            continue
        outcome.maps.update(found.systems.keys())
        if len(found.systems) == len(MAPS):
            outcome.full += 1
            outcome.elements.update(elements(graph))
        different = found.different()
        if different:
            outcome.wrong.append((graph, starts, different))
    return outcome


def explained(outcome: Outcome) -> str:
    """Return the smallest graph for each of the first disagreements, to read."""
    texts: list[str] = []
    for graph, starts, different in outcome.wrong[:3]:
        names = set(different)

        def is_wrong(
            other: WorkflowGraph, starts: Starts = starts, names: set[str] = names
        ) -> bool:
            found = compared(other, starts)
            return found is not None and bool(names & set(found.different()))

        texts.append(f"{different} ({starts}):\n{told(smallest(graph, is_wrong))}")
    return "\n\n".join(texts)


@pytest.mark.parametrize("seed", SEEDS)
def test_all_four_agree_on_every_mapped_element(seed: int) -> None:
    """Both halves of the suite together have each element at least a hundred times."""
    outcome = Outcome()
    compare_all(workflow_suite(seed, outcome.elements, each=EACH), outcome, states=400)
    assert not outcome.wrong, explained(outcome)
    rare = {name: outcome.elements[name] for name in ELEMENTS if outcome.elements[name] < EACH}
    assert not rare
    assert EACH * len(SEEDS) >= 100
    assert outcome.full > 0.7 * outcome.graphs


ESCALATION = """
start s
sub S
  start t
  task A
  t > A
  esub X
    start i timer {x}
    throw u escalation
    throw v escalation
    i > u > v
  esub Y
    start j escalation {y}
    task B
    j > B
boundary b escalation on=S {b}
task C
b > C
end e
s > S > e
"""


@pytest.mark.parametrize("x", ["", "quiet"])
@pytest.mark.parametrize("y", ["", "quiet"])
@pytest.mark.parametrize("b", ["", "quiet"])
def test_escalations_out_of_event_sub_processes(x: str, y: str, b: str) -> None:
    found = compared(drawn(ESCALATION.format(x=x, y=y, b=b)), "one")
    assert found is not None
    assert len(found.systems) == len(MAPS)
    assert not found.different()


def test_the_suite_is_the_same_each_time() -> None:
    assert list(workflow_graphs(7, 50)) == list(workflow_graphs(7, 50))


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(workflows())
def test_all_four_agree_on_any_graph(graph: WorkflowGraph) -> None:
    found = compared(graph, "one", states=300)
    assert found is None or not found.different()


def test_the_token_game_is_quick_enough() -> None:
    graph = max(workflow_graphs(11, 40), key=lambda g: played(g).n_states)
    states = played(graph).n_states
    with within_cpu_seconds(states / 1_000):
        assert played(graph).n_states == states


def played(graph: WorkflowGraph) -> LTS:
    """Return the system of a graph, or an empty one where it is refused or too large."""
    try:
        return token_game_lts(graph, budget=Budget(states=5_000))
    except (UndecidedError, UnsupportedError):
        return LTS.from_arcs(1)


@pytest.mark.campaign
@pytest.mark.timeout(7200)
def test_campaign() -> None:
    outcome = compare_all(workflow_graphs(2, 20_000), Outcome(), states=1500)
    assert not outcome.wrong, explained(outcome)
