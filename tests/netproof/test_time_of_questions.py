"""Every question has an end of its time, also what is asked of markings that were not all listed."""

from __future__ import annotations

import argparse
import sys

import pytest

from netproof.check_options import CheckOptions, shares
from netproof.cli.check_command import START, _deadline
from netproof.net_question import pose
from netproof.posing import pose_net, soundness_goal
from netproof.properties import NET_DEFAULTS, WORKFLOW_DEFAULTS
from netproof.questions import ask
from petri import PetriNet, workflow_net
from transition_systems import budget
from transition_systems.budget import Budget
from translators.to_petri import workflow_to_net
from translators.workflow import WorkflowGraph
from workflow_text import drawn


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> list[Budget]:
    """Return a list that gets each budget that was begun without an end of its time.

    One pass over the nodes of a net, which tells whether it is a workflow net, needs none.
    """
    found: list[Budget] = []
    plain = budget.Meter.__init__

    def begun(self: budget.Meter, limit: Budget) -> None:
        plain(self, limit)
        if self.end is None and sys._getframe(2).f_code is not workflow_net.__code__:
            found.append(limit)

    monkeypatch.setattr(budget.Meter, "__init__", begun)
    return found


def terminated(branches: int) -> WorkflowGraph:
    """Return branches of which each may end all, so that no reduction helps."""
    lines = ["start s", "and f", "and j", "end e", "s > f", "j > e"]
    for n in range(branches):
        lines += [f"task a{n}", f"xor x{n}", f"end t{n} terminate"]
        lines += [f"f > a{n} > x{n} > j", f"x{n} > t{n}"]
    return drawn("\n".join(lines))


def pairs(count: int) -> PetriNet:
    """Count tokens that go round, a lock that they share, and a place that may fill: no limit."""
    places = [f"{x}{i}" for x in "pq" for i in range(count)] + ["lock", "waste"]
    arcs: list[tuple[str, str]] = []
    for i in range(count):
        arcs += [(f"p{i}", f"t{i}"), ("lock", f"t{i}"), (f"t{i}", f"q{i}")]
        arcs += [(f"q{i}", f"u{i}"), (f"u{i}", f"p{i}"), (f"u{i}", "lock")]
    arcs.append(("u0", "waste"))
    return PetriNet(
        places=places, transitions=[f"{x}{i}" for x in "tu" for i in range(count)], arcs=arcs,
        initial={**{f"p{i}": 1 for i in range(count)}, "lock": 3},
    )  # fmt: skip


@pytest.mark.parametrize("states", [30, 300])
@pytest.mark.parametrize("seconds", [0.0, 60.0])
def test_properties_of_workflows_have_an_end(
    states: int, seconds: float, endless: list[Budget]
) -> None:
    limit = Budget(states=states, seconds=seconds).fixed()
    translation = workflow_to_net(terminated(6), budget=Budget(seconds=60))
    question = pose(translation.net, budget=limit, goal=translation.goal, translation=translation)
    for name in WORKFLOW_DEFAULTS:
        ask(question, name)
    assert not endless


@pytest.mark.parametrize("seconds", [0.0, 60.0])
def test_properties_of_nets_have_an_end(seconds: float, endless: list[Budget]) -> None:
    for net in (pairs(5), pairs(5).replace(final={"lock": 3})):
        question = pose_net(net, budget=Budget(states=50, seconds=seconds).fixed())
        question.proved_within(Budget(seconds=seconds).fixed())
        for name in (*NET_DEFAULTS, "stable-place"):
            ask(question, name)
    assert not endless


def test_only_a_workflow_net_has_a_goal() -> None:
    net = workflow_to_net(drawn("start s\ntask a\nend e\ns > a > e")).net
    goal = soundness_goal(net)
    assert goal is not None
    assert goal.workflow_net
    assert soundness_goal(pairs(2)) is None


def test_proofs_have_a_part_of_the_time_after_the_search() -> None:
    search, proofs = shares(CheckOptions(states=7, seconds=5.0), 1e9)
    assert search.states == proofs.states == 7
    assert search.deadline is not None
    assert proofs.deadline is not None
    assert search.deadline < proofs.deadline < 1e9


def test_the_time_of_a_call_counts_from_the_start_of_its_process() -> None:
    def until(total: float | None, *seconds: float) -> float | None:
        arguments = argparse.Namespace(began=-1e6, total_seconds=total)
        return _deadline(arguments, [CheckOptions(seconds=one) for one in seconds])

    assert until(4.0, 2.0) == until(4.0, 2.0, 2.0) == -1e6 + 4.0
    assert until(None, 2.0) == -1e6 + START + 2.0
    assert until(None, 2.0, 2.0) is None
