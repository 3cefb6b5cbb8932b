"""Stubborn sets against the full search, and their evidence against forgery."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import numpy as np
import pytest

from engine_cases import random_goal, random_net, random_safe_net
from netproof.recheck import recheck
from petri import PetriNet
from petri.decision import final_predicate
from petri.state_space.reachability import ReachabilityGraph, reachability_graph
from petri.stubborn.searching import ReducedSearch
from petri.stubborn_sets import (
    always_reachable_by_stubborn_sets,
    deadlock_by_stubborn_sets,
    reachable_by_stubborn_sets,
)
from state_space_nets import chains
from transition_systems.budget import Budget
from transition_systems.evidence import RunEvidence, StubbornEvidence, evidence_from_dict
from transition_systems.properties.predicates import Dead, Predicate, at_least
from transition_systems.verdict import Verdict


def graph_of(net: PetriNet) -> ReachabilityGraph | None:
    graph = reachability_graph(net, budget=Budget(states=400))
    return graph if graph.complete else None


def rechecked(verdict: Verdict, net: PetriNet) -> None:
    assert verdict.evidence is not None
    result = recheck(verdict.evidence, net)
    assert result.passed, (result, net)


def compared(net: PetriNet, goal: Predicate, *, full: bool) -> tuple[int, int] | None:
    """Compare the three decisions with the graph; return the states of both searches."""
    graph = graph_of(net)
    if graph is None:
        return None
    hits = graph.holds(goal)
    found = reachable_by_stubborn_sets(net, goal)
    assert found.holds == bool(hits.any()), (net, goal)
    assert found.violated != found.holds
    back = always_reachable_by_stubborn_sets(net, goal)
    assert back.holds == bool((graph.distance_to(hits) >= 0).all()), (net, goal)
    assert back.violated != back.holds
    stuck = graph.dead & ~graph.holds(final_predicate(net, None))
    dead = deadlock_by_stubborn_sets(net)
    assert dead.violated == bool(stuck.any()), net
    assert dead.holds != dead.violated
    if full:
        for verdict in (found, back, dead):
            rechecked(verdict, net)
    return dead.statistics.states, graph.n_states


def case(seed: int) -> tuple[PetriNet, Predicate]:
    net = random_safe_net(seed) if seed % 3 == 0 else random_net(seed)
    return net, random_goal(net, seed)


def test_verdicts_agree_with_the_full_search_and_are_rechecked() -> None:
    done = reduced = 0
    for seed in range(700):
        sizes = compared(*case(seed), full=True)
        if sizes is not None:
            done += 1
            reduced += sizes[0] < sizes[1]
    assert done >= 400
    assert reduced >= 50


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_a_hundred_thousand_nets() -> None:
    end = time.monotonic() + 3_600
    done = 0
    for seed in range(1_000_000, 1_100_000):
        done += compared(*case(seed), full=seed % 10 == 0) is not None
        if time.monotonic() > end:
            break
    print(f"{done} nets of the seeds from 1000000 to {seed}: no difference")
    assert done > 0


def test_independent_branches_are_walked_one_after_the_other() -> None:
    net = chains(20, 5)
    verdict = deadlock_by_stubborn_sets(net)
    assert verdict.violated
    assert verdict.statistics.states == 101
    end = at_least("p7_5")
    always = always_reachable_by_stubborn_sets(net, end)
    assert always.holds
    assert always.statistics.states <= 200
    rechecked(always, net)
    never = reachable_by_stubborn_sets(net, at_least("p7_5", 2))
    assert never.violated
    assert never.statistics.states <= 6


def test_a_cycle_that_ignores_another_part_is_left() -> None:
    cycle = [("a", "go"), ("go", "b"), ("b", "back"), ("back", "a")]
    net = PetriNet(
        places=["a", "b", "c", "d"], transitions=["go", "back", "lose"],
        arcs=[*cycle, ("c", "lose"), ("lose", "d")], initial=["a", "c"],
    )  # fmt: skip
    verdict = always_reachable_by_stubborn_sets(net, at_least("c"))
    assert verdict.violated
    rechecked(verdict, net)
    assert always_reachable_by_stubborn_sets(net, at_least("b")).holds


def test_an_unbounded_part_that_cannot_matter_is_not_walked() -> None:
    net = PetriNet(
        places=["a", "b", "n"], transitions=["make", "step"],
        arcs=[("make", "n"), ("a", "step"), ("step", "b")], initial=["a"],
    )  # fmt: skip
    verdict = reachable_by_stubborn_sets(net, at_least("b", 2))
    assert verdict.violated
    rechecked(verdict, net)
    cut = reachable_by_stubborn_sets(net, at_least("n", 10**9), budget=Budget(states=50))
    assert cut.unknown
    assert "50 states" in str(cut.reason)


def test_forged_sets_are_refused() -> None:
    """Drop transitions from sets, states and ranks: what still passes must be true, and is rare."""
    chance = random.Random(5)
    refused = passed = 0
    for seed in range(400):
        net, goal = case(seed)
        if graph_of(net) is None:
            continue
        for verdict in (
            reachable_by_stubborn_sets(net, goal), always_reachable_by_stubborn_sets(net, goal),
        ):  # fmt: skip
            evidence = verdict.evidence
            if not isinstance(evidence, StubbornEvidence):
                assert isinstance(evidence, RunEvidence)
                continue
            assert evidence_from_dict(evidence.to_dict()) == evidence
            for forged in forgeries(evidence, chance):
                if recheck(forged, net).passed:
                    passed += 1
                else:
                    refused += 1
    assert refused > 300
    assert passed < refused


def forgeries(evidence: StubbornEvidence, chance: random.Random) -> list[StubbornEvidence]:
    sets = evidence.stubborn.copy()
    row = chance.randrange(len(sets))
    sets[row] &= chance.randrange(256)
    states = replace(evidence.states, rows=np.delete(evidence.states.rows, row, axis=0))
    fewer = replace(evidence, states=states, stubborn=np.delete(evidence.stubborn, row, axis=0))
    found = [replace(evidence, stubborn=sets), fewer]
    if evidence.rank is not None:
        rank = evidence.rank.copy()
        rank[row] = 0
        found.append(replace(evidence, rank=rank))
        found.append(replace(evidence, full=np.zeros_like(rank)))
        found.append(replace(evidence, full=None))
    return found


def test_a_false_claim_never_passes() -> None:
    """Evidence made for one net, claimed for the same net with another predicate or arc less."""
    chance = random.Random(9)
    tried = 0
    for seed in range(600):
        net, goal = case(seed)
        graph = graph_of(net)
        if graph is None:
            continue
        evidence = reachable_by_stubborn_sets(net, goal).evidence
        if not isinstance(evidence, StubbornEvidence) or not net.arcs:
            continue
        arcs = list(net.arcs)
        del arcs[chance.randrange(len(arcs))]
        other = net.replace(arcs=arcs)
        claim = replace(evidence.claim, model_digest=other.digest())
        changed = graph_of(other)
        if changed is not None and recheck(replace(evidence, claim=claim), other).passed:
            assert not changed.holds(goal).any(), (other, goal)
        tried += 1
    assert tried > 50


def test_dead_from_the_start() -> None:
    net = PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t")])
    assert reachable_by_stubborn_sets(net, Dead()).holds
    assert deadlock_by_stubborn_sets(net).violated
    assert deadlock_by_stubborn_sets(net, final=Dead()).holds


def test_states_that_fire_everything_are_added_within_the_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where no new markings are found, the clock is asked nevertheless."""
    go = ReducedSearch.go
    monkeypatch.setattr(
        ReducedSearch,
        "go",
        lambda self, meter, progress, stop_at_goal: go(
            self, Budget().start(), progress, stop_at_goal=stop_at_goal
        ),
    )
    late = again = 0
    for seed in range(150):
        net = random_safe_net(seed)
        if graph_of(net) is None:
            continue
        goal = random_goal(net, seed)
        full = always_reachable_by_stubborn_sets(net, goal)
        verdict = always_reachable_by_stubborn_sets(net, goal, budget=Budget(seconds=0.0))
        again += 1
        late += verdict.unknown
        assert verdict.unknown or verdict.outcome == full.outcome
    assert 0 < late < again
