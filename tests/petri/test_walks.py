"""Random walks: every run ends in its goal, sums are reached, and small nets are seen whole."""

from __future__ import annotations

import random

import numpy as np
import pytest

from engine_cases import random_goal, random_net
from netproof.recheck import recheck
from oracles.net_properties import space_of
from petri import Marking, PetriNet
from petri.state_space.reachability import marking_holds, reachability_graph
from petri.walking.sliced_walkers import SlicedWalkers
from petri.walks import greatest, reachable_by_walks, walk
from transition_systems.budget import Budget
from transition_systems.errors import NetproofError
from transition_systems.properties.predicates import Compare, Dead, Enabled, Predicate, at_least


def test_goals_are_reached_just_where_a_full_search_reaches_them() -> None:
    reached = missed = 0
    for seed in range(150):
        net = random_net(seed)
        if space_of(net, 300) is None:
            continue
        graph = reachability_graph(net)
        goals: list[Predicate] = [random_goal(net, 10 * seed + n) for n in range(4)]
        runs = walk(net, goals, walkers=1_024, attempts=600, seed=seed)
        for goal, run in zip(goals, runs, strict=True):
            wanted = bool(graph.holds(goal).any())
            assert wanted or run is None
            if run is not None:
                assert net.run(net.initial, run.actions) == run
                assert marking_holds(net, goal, Marking(run.last))
                reached += 1
            missed += wanted and run is None
    assert reached > 100
    assert missed <= reached // 50, (reached, missed)


def test_verdicts_are_rechecked_and_repeat_with_the_seed() -> None:
    found = 0
    for seed in range(60):
        net = random_net(seed, unbounded=True)
        goal = random_goal(net, seed)
        verdict = reachable_by_walks(net, goal, walkers=640, attempts=300, seed=seed)
        again = reachable_by_walks(net, goal, walkers=640, attempts=300, seed=seed)
        assert verdict.evidence == again.evidence
        assert not verdict.violated
        if verdict.holds:
            assert verdict.evidence is not None
            assert recheck(verdict.evidence, net).passed
            found += 1
        else:
            assert "no run found" in str(verdict.reason)
    assert found > 20


def test_sums_are_as_large_as_a_full_search_says() -> None:
    equal = total = 0
    for seed in range(80):
        net = random_net(seed)
        if space_of(net, 300) is None or not net.place_ids:
            continue
        chance = random.Random(seed)
        sums = [tuple(chance.choices(net.place_ids, k=chance.randint(1, 3))) for _ in range(3)]
        graph = reachability_graph(net)
        for places, (most, run) in zip(
            sums, greatest(net, sums, walkers=1_024, attempts=400, seed=seed), strict=True
        ):
            true = int(sum(graph.column(place) for place in places).max())
            assert sum(run.last.get(place, 0) for place in places) == most <= true
            equal, total = equal + (most == true), total + 1
    assert total > 60
    assert equal >= total - 1


def test_planes_add_and_subtract_as_numbers_do() -> None:
    net = PetriNet.from_arrays([[5, 0, 0], [0, 3, 7]], [[0, 1, 13], [2, 0, 0]], [11, 6])
    state = SlicedWalkers(net, 4)
    state.restart()
    tokens = np.repeat(np.array([[11, 6]]), 256, axis=0)
    random_words = np.random.default_rng(3)
    change, pre = net.incidence, net.pre
    for _ in range(400):
        transition = int(random_words.integers(3))
        able = state.enabled(transition).copy()
        wanted = (tokens >= pre[:, transition]).all(axis=1)
        assert (state.numbers([able]) == wanted).all()
        who = able & random_words.integers(0, 1 << 64, size=4, dtype=np.uint64)
        state.fire(transition, who)
        tokens[state.numbers([who]).astype(bool)] += change[:, transition]
        for place in range(2):
            assert (state.tokens(place) == tokens[:, place]).all()


def ring(size: int) -> PetriNet:
    """Return dining philosophers that take the left fork first."""
    arcs: list[tuple[str, str]] = []
    for n in range(size):
        left, right = f"f{n}", f"f{(n + 1) % size}"
        arcs += [(left, f"take{n}"), (f"think{n}", f"take{n}"), (f"take{n}", f"has{n}")]
        arcs += [(right, f"eat{n}"), (f"has{n}", f"eat{n}"), (f"eat{n}", f"eats{n}")]
        arcs += [(f"eats{n}", f"put{n}"), (f"put{n}", left), (f"put{n}", right)]
        arcs += [(f"put{n}", f"think{n}")]
    names = dict.fromkeys(name for arc in arcs for name in arc)
    steps = [n for n in names if n.rstrip("0123456789") in ("take", "eat", "put")]
    return PetriNet(
        places=[n for n in names if n not in steps], transitions=steps, arcs=arcs,
        initial=[n for n in names if n[0] == "f" or n.startswith("think")],
    )  # fmt: skip


def test_the_deadlock_of_a_hundred_philosophers_is_found() -> None:
    net = ring(100)
    verdict = reachable_by_walks(net, Dead(), walkers=6_400, attempts=200_000)
    assert verdict.holds
    assert verdict.evidence is not None
    assert recheck(verdict.evidence, net).passed
    assert verdict.witness is not None
    assert 100 <= len(verdict.witness) < 1_000


def test_every_transition_that_can_fire_is_found_enabled() -> None:
    net = ring(30)
    runs = walk(net, [Enabled(t) for t in net.transition_ids], walkers=640, attempts=5_000)
    for transition, run in zip(net.transition_ids, runs, strict=True):
        assert run is not None
        assert net.is_enabled(run.last, transition)


def test_a_large_sum_grows_planes_and_odd_input_is_told() -> None:
    net = PetriNet(places=["p"], transitions=["t"], arcs=[("t", "p", 3)])
    ((most, run),) = greatest(net, [["p"]], walkers=64, attempts=300)
    assert most == 3 * len(run)
    assert most >= 300
    assert walk(net, [], walkers=64) == []
    empty = PetriNet(places=[], transitions=[])
    assert [len(r) for r in walk(empty, [Dead()]) if r is not None] == [0]
    assert walk(net, [at_least("p", 2)], budget=Budget(seconds=0.0), walkers=64) == [None]
    with pytest.raises(NetproofError):
        walk(net, [Compare((("q", 1),), ">=", 1)])
