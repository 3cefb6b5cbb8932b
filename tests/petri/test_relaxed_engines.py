"""Easy and relaxed soundness by engines against the list of all markings, rechecked."""

from __future__ import annotations

import random
from collections import Counter

import pytest

import petri
from netproof.recheck import recheck_verdict
from petri import PetriNet, workflow_goal, workflow_net
from petri.decision import Decision
from petri.soundness.relaxed import _listed
from petri.soundness.relaxed_engines import relaxed_by_engines, watched
from transition_systems.budget import Budget
from transition_systems.verdict import Verdict

# A token can be doubled before each end, so that nothing bounds the tokens.
GROWING = PetriNet(
    places=["i", "p", "q", "o"],
    transitions=["start", "double", "join", "end"],
    arcs=[
        ("i", "start"), ("start", "p"), ("p", "double"), ("double", "p"), ("double", "q"),
        ("p", "join"), ("q", "join"), ("join", "p"), ("p", "end"), ("end", "o"),
    ],
    initial=["i"],
)  # fmt: skip


def workflow(seed: int) -> PetriNet | None:
    """Return a random workflow net."""
    rng = random.Random(seed)
    inner = [f"p{n}" for n in range(rng.randint(1, 4))]
    places, arcs = ["i", *inner, "o"], set[tuple[str, str]]()
    steps = [f"t{n}" for n in range(rng.randint(2, 5))]
    for step in steps:
        arcs |= {(place, step) for place in rng.sample(places[:-1], rng.choice([1, 1, 1, 1, 2]))}
        arcs |= {(step, place) for place in rng.sample(places[1:], rng.choice([1, 1, 1, 1, 2]))}
    net = PetriNet(places=places, transitions=steps, arcs=sorted(arcs), initial=["i"])
    return net if workflow_net(net).holds else None


def accepted(verdict: Verdict, net: PetriNet) -> None:
    result = recheck_verdict(verdict.property, str(verdict.outcome), verdict.evidence, net)
    assert result.passed, result.reason


def test_engines_never_contradict_the_list_of_markings() -> None:
    seen: Counter[str] = Counter()
    for seed in range(300):
        net = workflow(seed)
        if net is None:
            continue
        few = Decision(net, "relaxed-soundness", budget=Budget(states=2_000))
        listed = _listed(few, workflow_goal(net))
        found = relaxed_by_engines(
            net, workflow_goal(net), budget=Budget(seconds=0.3, states=2_000)
        )
        seen[f"{listed.outcome} {found.outcome}"] += 1
        if found.unknown:
            continue
        accepted(found, net)
        assert listed.unknown or listed.outcome is found.outcome, seed
    assert seen["HOLDS HOLDS"] > 3
    assert seen["VIOLATED VIOLATED"] > 1


@pytest.mark.parametrize("kind", ["easy", "relaxed"])
def test_an_unbounded_net_that_can_complete(kind: str) -> None:
    assert petri.bounded(GROWING).violated
    verdict = petri.sound(GROWING, kind=kind, budget=Budget(seconds=5))
    assert verdict.holds
    accepted(verdict, GROWING)


@pytest.mark.parametrize("kind", ["easy", "relaxed"])
def test_an_unbounded_net_that_cannot_complete(kind: str) -> None:
    arcs = [(arc.source, arc.target, arc.weight) for arc in GROWING.arcs]
    net = GROWING.replace(arcs=[*arcs[:-1], ("end", "o", 2)])
    verdict = petri.sound(net, kind=kind, budget=Budget(seconds=5))
    assert verdict.violated
    accepted(verdict, net)


def test_a_dead_transition_of_an_unbounded_net() -> None:
    arcs = [(arc.source, arc.target, arc.weight) for arc in GROWING.arcs]
    net = GROWING.replace(
        places=[*GROWING.places, "never"], transitions=[*GROWING.transitions, "dead"],
        arcs=[*arcs, ("never", "dead"), ("p", "dead"), ("dead", "never"), ("dead", "p")],
    )  # fmt: skip
    goal = workflow_goal(GROWING)
    wanted = petri.SoundnessGoal(
        completion=goal.completion, proper=goal.proper,
        occurs={**goal.occurs, "dead": ("dead",)},
    )  # fmt: skip
    verdict = relaxed_by_engines(net, wanted, budget=Budget(seconds=5))
    assert verdict.violated
    assert verdict.explanation == ("No run contains dead.",)


def test_counters_do_not_change_the_runs() -> None:
    net, counters = watched(GROWING, [("start", "end"), ("join",)])
    run = net.run(net.initial, ["start", "double", "join", "end"])
    assert [run.last.get(place, 0) for place in counters] == [2, 1]
    assert {p: n for p, n in run.last.items() if p in GROWING.place_ids} == {"o": 1}


def test_lazy_soundness_of_an_unbounded_net() -> None:
    assert petri.bounded(GROWING).violated
    verdict = petri.sound(GROWING, kind="lazy", budget=Budget(seconds=5))
    assert verdict.holds, verdict.reason
    accepted(verdict, GROWING)
