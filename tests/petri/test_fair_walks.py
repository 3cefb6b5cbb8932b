"""Fair cycles of nets with too many markings to list, rechecked, and compared on small nets."""

from __future__ import annotations

import pytest

import petri
from engine_cases import random_net
from netproof.recheck import recheck_verdict
from petri import PetriNet
from petri.fair_walks import fair_lasso
from transition_systems.budget import Budget
from transition_systems.evidence import LassoEvidence


def cycles(count: int) -> PetriNet:
    """Cycles of two places side by side: 2 ** count markings."""
    arcs = [
        arc
        for i in range(count)
        for arc in ((f"a{i}", f"t{i}"), (f"t{i}", f"b{i}"), (f"b{i}", f"u{i}"), (f"u{i}", f"a{i}"))
    ]
    return PetriNet(
        places=[f"{x}{i}" for i in range(count) for x in "ab"],
        transitions=[f"{x}{i}" for i in range(count) for x in "tu"],
        arcs=arcs,
        initial=[f"a{i}" for i in range(count)],
    )


@pytest.mark.parametrize("fairness", ["weak", "strong"])
@pytest.mark.parametrize("count", [30, 300])
def test_cycles_side_by_side(fairness: petri.termination.Fairness, count: int) -> None:
    net = cycles(count)
    verdict = petri.terminates(net, fairness=fairness, budget=Budget(seconds=20.0))
    assert verdict.violated, verdict.reason
    assert isinstance(verdict.evidence, LassoEvidence)
    assert set(verdict.evidence.lasso.actions) == set(net.transition_ids)
    name = f"termination-{fairness}"
    assert recheck_verdict(name, verdict.outcome, verdict.evidence, net).passed


def test_what_ends_when_it_is_fair_is_never_said_to_go_on() -> None:
    """Each cycle can be left, and what stays enabled must happen."""
    net = cycles(20)
    left = PetriNet(
        places=[*net.place_ids, *(f"end{i}" for i in range(20))],
        transitions=[*net.transition_ids, *(f"leave{i}" for i in range(20))],
        arcs=[
            *((f"a{i}", f"t{i}") for i in range(20)), *((f"t{i}", f"b{i}") for i in range(20)),
            *((f"b{i}", f"u{i}") for i in range(20)), *((f"u{i}", f"a{i}") for i in range(20)),
            *((f"a{i}", f"leave{i}") for i in range(20)),
            *((f"leave{i}", f"end{i}") for i in range(20)),
        ],
        initial=[f"a{i}" for i in range(20)],
    )  # fmt: skip
    assert fair_lasso(left, strong=True, budget=Budget(seconds=0.3)) is None
    weak = fair_lasso(left, strong=False, budget=Budget(seconds=0.3))
    if weak is not None:
        evidence = LassoEvidence(
            claim=petri.decision.claim(left, "infinite run under weak fairness"), lasso=weak
        )
        verdict = petri.terminates(cycles(1), fairness="weak")
        assert recheck_verdict("termination-weak", verdict.outcome, evidence, left).passed


@pytest.mark.parametrize("strong", [False, True])
def test_small_nets(strong: bool) -> None:
    fairness: petri.termination.Fairness = "strong" if strong else "weak"
    found = 0
    for seed in range(80):
        net = random_net(seed)
        graph = petri.reachability_graph(net, budget=Budget(states=2_000))
        if not graph.complete:
            continue
        whole = petri.terminates(net, fairness=fairness, graph=graph)
        lasso = fair_lasso(net, strong=strong, budget=Budget(seconds=0.2))
        if lasso is not None:
            found += 1
            assert whole.violated
            evidence = LassoEvidence(
                claim=petri.decision.claim(net, f"infinite run under {fairness} fairness"),
                lasso=lasso,
            )
            name = f"termination-{fairness}"
            assert recheck_verdict(name, whole.outcome, evidence, net).passed
    assert found > 5


def test_nets_without_steps_and_with_huge_counts() -> None:
    assert fair_lasso(PetriNet(places=["p"], transitions=[], arcs=[]), strong=False) is None
    huge = PetriNet.from_arrays([[1]], [[1]], [2**62])
    assert fair_lasso(huge, strong=True) is None
