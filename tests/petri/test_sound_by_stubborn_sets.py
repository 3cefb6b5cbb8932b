"""Soundness by stubborn sets against the definition; each verdict is rechecked."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from engine_cases import random_net
from evidence_cases import random_workflow_net
from netproof.recheck import Question, recheck_verdict
from oracles.classical_soundness import sound_by_definition
from petri import PetriNet, sound, workflow_goal, workflow_net
from petri.soundness import SoundnessGoal, soundness_error
from transition_systems.budget import Budget
from transition_systems.evidence import StubbornEvidence
from transition_systems.properties.predicates import Compare, at_least, at_most, conjunction
from transition_systems.verdict import Verdict

LIMIT = Budget(states=2_000, seconds=5)


def decided(net: PetriNet, goal: SoundnessGoal) -> Verdict:
    verdict = sound(net, goal=goal, method="stubborn-sets", budget=LIMIT)
    if not verdict.unknown:
        result = recheck_verdict(
            verdict.property, verdict.outcome, verdict.evidence, net, question=Question(goal=goal)
        )
        assert result.passed, (result, net)
    return verdict


def disturbed(net: PetriNet, seed: int) -> PetriNet:
    """Return the net, often with one arc more or one less."""
    chance = random.Random(seed)
    arcs = [(a.source, a.target) for a in net.arcs]
    for _ in range(chance.choice((0, 1, 1, 2))):
        place = chance.choice([p for p in net.place_ids if p not in ("i", "o")] or ["i"])
        step = chance.choice(net.transition_ids)
        arc = chance.choice([(place, step), (step, place)])
        if arc in arcs:
            arcs.remove(arc)
        elif arc[1] != "i":
            arcs.append(arc)
    return net.replace(arcs=arcs)


def test_workflow_nets() -> None:
    told: Counter[str] = Counter()
    for seed in range(400):
        net = disturbed(random_workflow_net(seed), seed)
        if not workflow_net(net).holds:
            continue
        verdict = decided(net, workflow_goal(net))
        assert not verdict.unknown, (seed, verdict.reason)
        wanted = sound_by_definition(net, workflow_goal(net))
        assert verdict.holds == (wanted is True), seed
        told[str(verdict.outcome)] += 1
        told["pump"] += wanted is None
        if verdict.violated:
            soundness_error(net, verdict)
    assert min(told["HOLDS"], told["VIOLATED"]) > 40
    assert told["pump"] > 5


def test_other_goals_of_any_net() -> None:
    told: Counter[str] = Counter()
    for seed in range(250):
        net, chance = random_net(seed, most=5), random.Random(seed)
        places = list(net.place_ids)
        empty = chance.sample(places, chance.randint(1, len(places)))
        goal = SoundnessGoal(
            completion=Compare(tuple((p, 1) for p in empty), "<=", chance.choice((0, 0, 1))),
            proper=conjunction(at_most(chance.choice(places), chance.randint(1, 2))),
            occurs={t: (t,) for t in chance.sample(net.transition_ids, 1)},
        )
        wanted = sound_by_definition(net, goal)
        verdict = decided(net, goal)
        told[str(verdict.outcome)] += 1
        if wanted is not None:
            assert not verdict.unknown, (seed, verdict.reason)
            assert verdict.holds == wanted, seed
    assert min(told["HOLDS"], told["VIOLATED"]) > 10


def parallel(branches: int) -> PetriNet:
    arcs = [("i", "split"), ("join", "o")]
    for n in range(branches):
        arcs += [("split", f"p{n}"), (f"p{n}", f"t{n}"), (f"t{n}", f"q{n}"), (f"q{n}", "join")]
    nodes = dict.fromkeys(node for arc in arcs for node in arc)
    return PetriNet(
        places=[n for n in nodes if n[0] in "iopq"],
        transitions=[n for n in nodes if n[0] not in "iopq"], arcs=arcs, initial=["i"],
    )  # fmt: skip


def test_branches_are_not_interleaved() -> None:
    net = parallel(14)
    verdict = decided(net, workflow_goal(net))
    assert verdict.holds
    assert verdict.statistics.method == "stubborn-sets"
    assert verdict.statistics.states < 200
    option = next(part for part in verdict.parts if part.property == "option-to-complete")
    assert isinstance(option.evidence, StubbornEvidence)
    assert len(option.evidence.states.rows) == 17


@pytest.mark.parametrize("budget", [Budget(states=20), Budget(seconds=0.0)])
def test_a_budget_that_ends_is_told(budget: Budget) -> None:
    net = parallel(30)
    verdict = sound(net, method="stubborn-sets", budget=budget)
    assert verdict.unknown
    assert verdict.reason is not None
    assert "used up" in verdict.reason
    assert "option-to-complete" in verdict.reason


def test_an_unbounded_net_with_another_goal_is_not_decided() -> None:
    net = PetriNet(
        places=["i", "p"], transitions=["more"], initial=["i"],
        arcs=[("i", "more"), ("more", "i"), ("more", "p")],
    )  # fmt: skip
    goal = SoundnessGoal(completion=at_least("p", 3), proper=at_most("i", 1), occurs={})
    verdict = sound(net, goal=goal, method="stubborn-sets")
    assert verdict.unknown
    assert verdict.reason is not None
    assert verdict.reason.startswith("the net is unbounded")
    left = net.replace(transitions=["more", "end"], arcs=[*net.arcs, ("i", "end")])
    assert decided(left, goal).violated
