"""Unfoldings against the full search: the same markings, runs that end in the goal."""

from __future__ import annotations

import time

import pytest

from devtools import within_cpu_seconds
from engine_cases import random_goal, random_net, random_safe_net
from netproof.recheck import recheck
from petri import PetriNet
from petri.state_space.reachability import reachability_graph
from petri.unfolding import Prefix, reachable_by_unfolding, unfold
from petri.unfolding.prefix import bits_of
from state_space_nets import chains
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.properties.predicates import Dead, at_least


def configurations(prefix: Prefix) -> set[frozenset[int]]:
    """Return the markings of all configurations without cutoffs, by definition."""
    start = frozenset(c for c, before in enumerate(prefix.producers) if before < 0)
    seen, waiting = {start}, [start]
    while waiting:
        cut = waiting.pop()
        for event, preset in enumerate(prefix.presets):
            if not prefix.cutoff[event] and cut.issuperset(preset):
                after = cut.difference(preset).union(prefix.postsets[event])
                if after not in seen:
                    seen.add(after)
                    waiting.append(after)
    return {frozenset(prefix.places[c] for c in cut) for cut in seen}


def compared(seed: int, *, markings: bool) -> bool:
    net = random_safe_net(seed) if seed % 5 else random_net(seed, most=4)
    graph = reachability_graph(net, budget=Budget(states=200))
    if not graph.complete:
        return False
    prefix = unfold(net, budget=Budget(states=2_000))
    safe = bool((graph.markings <= 1).all())
    assert prefix.complete == safe, (seed, prefix)
    if not safe:
        assert "not one-safe" in str(prefix.reason)
        return False
    if markings:
        wanted = {frozenset(row.nonzero()[0].tolist()) for row in graph.markings}
        assert configurations(prefix) == wanted, seed
    assert prefix.n_events - prefix.n_cutoffs <= max(0, graph.n_states - 1)
    for goal in (random_goal(net, seed), Dead()):
        verdict = reachable_by_unfolding(net, goal, prefix=prefix)
        assert not verdict.unknown, (seed, goal)
        assert verdict.holds == bool(graph.holds(goal).any()), (seed, goal)
        assert verdict.evidence is not None
        assert recheck(verdict.evidence, net).passed, (seed, goal)
    return True


def test_prefixes_show_all_markings_and_answer_as_the_full_search() -> None:
    assert sum(compared(seed, markings=True) for seed in range(450)) >= 300


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_a_hundred_thousand_nets() -> None:
    end = time.monotonic() + 3_600
    done = 0
    for seed in range(1_000_000, 1_100_000):
        done += compared(seed, markings=seed % 10 == 0)
        if time.monotonic() > end:
            break
    print(f"{done} safe nets of the seeds from 1000000 to {seed}: no difference")


def test_concurrent_branches_are_unfolded_once() -> None:
    net = chains(30, 10)
    prefix = unfold(net)
    assert (prefix.n_conditions, prefix.n_events, prefix.n_cutoffs) == (330, 300, 0)
    assert prefix.complete
    verdict = reachable_by_unfolding(net, Dead(), prefix=prefix)
    assert verdict.witness is not None
    assert len(verdict.witness) == 300
    assert net.run(net.initial, prefix.history(9)).last
    assert len(list(bits_of(prefix.histories[299]))) == 10


def test_budgets_and_misuse_are_told() -> None:
    net = chains(10, 20)
    part = unfold(net, budget=Budget(states=63))
    assert not part.complete
    assert "63 states" in str(part.reason)
    assert "partial" in repr(part)
    far = reachable_by_unfolding(net, at_least("p3_20"), prefix=part)
    assert far.unknown
    assert far.abstract_outcome is None
    assert reachable_by_unfolding(net, at_least("p3_1"), budget=Budget(seconds=0.0)).unknown
    with pytest.raises(UsageError, match="another net"):
        reachable_by_unfolding(chains(1, 1), Dead(), prefix=part)
    two = PetriNet(places=["p"], transitions=[], initial={"p": 2})
    assert "not one-safe" in str(reachable_by_unfolding(two, at_least("p", 3)).reason)


def test_a_net_that_is_not_safe_at_the_start_gets_no_run() -> None:
    arcs = [("p", "t"), ("t", "q")]
    two = PetriNet(places=["p", "q"], transitions=["t"], arcs=arcs, initial={"p": 2})
    for goal in (Dead(), at_least("q")):
        assert reachable_by_unfolding(two, goal).unknown
    source = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("t", "q")], initial=["p"])
    assert reachable_by_unfolding(source, at_least("p")).holds
    assert reachable_by_unfolding(source, Dead()).unknown


def choices(count: int) -> PetriNet:
    """A step that needs a token of each choice, each made in two ways: 2 ** count events of it."""
    arcs: list[tuple[str, str]] = []
    for k in range(count):
        arcs += [(f"p{k}", f"a{k}"), (f"p{k}", f"b{k}"), (f"a{k}", f"q{k}"), (f"b{k}", f"q{k}")]
        arcs += [(f"q{k}", "t"), (f"b{k}", f"r{k}")]
    places = [f"{name}{k}" for name in "pqr" for k in range(count)]
    return PetriNet(
        places=places, transitions=["t", *(f"{name}{k}" for name in "ab" for k in range(count))],
        arcs=arcs, initial=places[:count],
    )  # fmt: skip


def test_many_next_events_at_once_keep_to_the_time() -> None:
    with within_cpu_seconds(0.5):
        part = unfold(choices(24), budget=Budget(seconds=0.5))
    assert not part.complete
    assert "time" in str(part.reason)
    assert unfold(choices(3)).n_events == 6 + 8
    assert reachable_by_unfolding(choices(24), at_least("q3"), prefix=part).holds
