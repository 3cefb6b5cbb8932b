"""The way to one sink: each property is preserved on random workflows with several ends."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from oracles.small_workflows import small_workflow
from petri import PetriNet, bounded, reachable, sound, workflow_net
from petri.soundness import SoundnessGoal, sound_as, to_one_sink
from transition_systems.budget import Budget
from transition_systems.errors import UnsupportedError
from transition_systems.properties.predicates import Predicate, at_least, at_most, conjunction
from translators.to_petri import workflow_to_net
from translators.workflow import EventKind, Flow, Node, NodeKind, WorkflowGraph


def with_ends(seed: int) -> WorkflowGraph:
    """Return a random workflow with one to three ends."""
    graph = small_workflow(seed, most=7)
    chance = random.Random(seed)
    gateways = [node.id for node in graph.nodes if node.gateway is not None]
    nodes, flows = list(graph.nodes), list(graph.flows)
    for number in range(min(len(gateways), chance.randint(0, 2))):
        name = f"e{number}"
        nodes.append(Node(id=name, kind=NodeKind.EVENT, event=EventKind.END, scope="p"))
        source = chance.choice(gateways)
        flows.append(Flow(id=f"to.{name}", source=source, target=name, scope="p"))
    return replace(graph, nodes=tuple(nodes), flows=tuple(flows))


def test_each_property_is_preserved() -> None:
    ways: dict[str, int] = {}
    outcomes: dict[str, int] = {}
    for seed in range(400):
        done = workflow_to_net(with_ends(seed))
        net, goal = done.net, done.goal
        limit = bounded(net, budget=Budget(states=2_000))
        if not limit.holds:
            continue
        try:
            one = to_one_sink(net, goal, bound=3 * len(net.places))
        except UnsupportedError:
            continue
        ways[one.way] = ways.get(one.way, 0) + 1
        assert workflow_net(one.net).holds
        before, after = sound(net, goal=goal), sound(one.net, goal=one.goal)
        assert before.outcome == after.outcome, seed
        outcomes[str(before.outcome)] = outcomes.get(str(before.outcome), 0) + 1
        weak = sound_as(net, "weak", goal=goal)
        assert weak.outcome == sound_as(one.net, "weak", goal=one.goal).outcome, seed
        properly = conjunction(goal.completion, goal.proper)
        easy = sound_as(one.net, "easy", goal=one.goal)
        assert reachable(net, properly).outcome == easy.outcome, seed
        assert bounded(one.net, budget=Budget(states=50_000)).holds
        for name in net.transition_ids:
            group = one.goal.occurs.get(name) or (name,)
            then = any(reachable(one.net, f"enabled({t})").holds for t in group)
            if name in one.net.transition_ids and name not in str(one.goal.occurs.values()):
                continue
            assert reachable(net, f"enabled({name})").holds == then, (seed, name)
    assert ways["merged"] > 10
    assert ways["collected"] > 10
    assert min(outcomes.values()) > 10


def test_the_bound_is_proved_where_none_is_given() -> None:
    found = 0
    for seed in range(150):
        done = workflow_to_net(with_ends(seed))
        try:
            one = to_one_sink(done.net, done.goal)
        except UnsupportedError:
            continue
        if one.way == "collected":
            found += 1
            after = sound(one.net, goal=one.goal)
            assert after.outcome == sound(done.net, goal=done.goal).outcome
            assert one.costs_free_choice
            assert "costs the free-choice property" in one.why
    assert found > 3


@pytest.mark.parametrize(
    ("completion", "proper", "reason"),
    [
        (at_least("e"), at_most("e", 1), "says more"),
        (at_most("e", 0), at_most("e", 1), "is no end"),
        (at_most("p", 0), conjunction(), "be reached twice"),
        (at_most("p", 0), at_most("e", 0), "forbids"),
    ],
)
def test_other_shapes_are_refused(completion: Predicate, proper: Predicate, reason: str) -> None:
    net = PetriNet(places=["p", "e"], transitions=["a"], arcs=[("p", "a"), ("a", "e")],
                   initial=["p"])  # fmt: skip
    goal = SoundnessGoal(completion=completion, proper=proper, occurs={})
    with pytest.raises(UnsupportedError, match=reason):
        to_one_sink(net, goal)
