"""Reachability and coverability graphs against the naive enumeration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from oracles.net_properties import space_of
from petri import Marking, PetriNet, coverability_graph, reachability_graph
from petri.state_space import packed
from petri.state_space.coverability import find_pump
from state_space_nets import kanban, philosophers, slotted_ring
from strategies_petri import nets, strongly_small_nets
from transition_systems import visited
from transition_systems.budget import Budget
from transition_systems.visited import VisitedSet


@pytest.mark.parametrize("n", [2, 3, 5, 8])
def test_philosophers_have_the_closed_form_count(n: int) -> None:
    graph = reachability_graph(philosophers(n))
    assert graph.complete
    assert graph.n_states == round((1 + 2**0.5) ** n + (1 - 2**0.5) ** n)
    assert graph.dead.sum() == 1


@given(net=nets())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_states_and_arcs_are_those_of_the_definition(net: PetriNet) -> None:
    expected = space_of(net)
    graph = reachability_graph(net, budget=Budget(states=2000))
    if expected is None:
        return
    assert graph.complete
    found = {frozenset(graph.marking(i).to_dict().items()): i for i in range(graph.n_states)}
    assert set(found) == set(expected.steps)
    arcs = {
        (int(s), net.transition_ids[t], int(d))
        for s, t, d in zip(graph.sources, graph.labels, graph.targets, strict=True)
    }
    assert arcs == {
        (found[key], t, found[after]) for key, steps in expected.steps.items() for t, after in steps
    }
    assert graph.n_arcs == len(arcs)
    assert found[expected.initial] == 0


@given(net=nets(), data=st.data())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_runs_are_runs_and_shortest(net: PetriNet, data: st.DataObject) -> None:
    graph = reachability_graph(net, budget=Budget(states=200))
    state = data.draw(st.integers(0, graph.n_states - 1))
    run = graph.run_to(state)
    again = net.run(net.initial, run.actions)
    assert again.last == run.last == graph.marking(state).to_dict()
    distance = {0: 0}
    for source, target in zip(graph.sources, graph.targets, strict=True):
        distance.setdefault(int(target), distance[int(source)] + 1)
    assert len(run) == distance[state]


@given(net=nets(), first=st.integers(1, 40))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_graph_that_is_gone_on_with_is_the_whole_graph(net: PetriNet, first: int) -> None:
    whole = reachability_graph(net, budget=Budget(states=300))
    part = reachability_graph(net, budget=Budget(states=first)).continued(budget=Budget(states=300))
    if not whole.complete:
        return
    assert part.complete
    assert np.array_equal(part.markings, whole.markings)
    assert np.array_equal(part.targets, whole.targets)
    assert part.n_arcs == whole.n_arcs
    last = part.n_states - 1
    assert part.run_to(last).actions == whole.run_to(last).actions


def test_fields_grow_when_a_bound_proves_wrong() -> None:
    net = PetriNet(
        places=["p", "q"], transitions=["t", "u"],
        arcs=[("p", "t"), ("t", "q", 7), ("q", "u", 3), ("u", "p", 1)], initial={"p": 9},
    )  # fmt: skip
    expected = space_of(net, limit=5000)
    graph = reachability_graph(net, budget=Budget(states=5000))
    if expected is None:
        assert not graph.complete
    else:
        assert graph.n_states == len(expected.steps)


def test_a_counter_beyond_62_bits_is_no_wrap() -> None:
    net = PetriNet(
        places=["p", "q"], transitions=["t"], arcs=[("p", "t"), ("t", "p"), ("t", "q", 2**61)],
        initial={"p": 1},
    )  # fmt: skip
    graph = reachability_graph(net, budget=Budget(states=100))
    assert not graph.complete
    assert "62 bits" in (graph.reason or "")


def test_a_partial_graph_says_why_and_keeps_what_it_has() -> None:
    net = PetriNet(places=["p"], transitions=["t"], arcs=[("t", "p")])
    graph = reachability_graph(net, budget=Budget(states=50))
    assert not graph.complete
    assert "50 states" in (graph.reason or "")
    assert graph.n_states > 40
    assert graph.marking(7) == Marking({"p": 7})


@given(net=strongly_small_nets())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_coverability_knows_what_is_bounded(net: PetriNet) -> None:
    cover = coverability_graph(net, budget=Budget(states=3000, seconds=5))
    if not cover.complete:
        return
    space = space_of(net, limit=3000)
    assert bool(cover.unbounded_places) == (cover.pump is not None)
    if not cover.unbounded_places:
        assert space is not None
        for place, bound in cover.bounds.items():
            assert bound == max(dict(key).get(place, 0) for key in space.steps)
    if cover.pump is not None:
        net.run(net.initial, cover.pump.actions)
        start = cover.pump.loop_start
        before = cover.pump.steps[start - 1].state if start else cover.pump.initial
        after = cover.pump.last
        assert all(after.get(p, 0) >= n for p, n in before.items())
        assert any(n > before.get(p, 0) for p, n in after.items())
        assert space is None
    assert (find_pump(net) is not None) == bool(cover.unbounded_places)


def test_wide_counters_and_large_frontiers_change_nothing() -> None:
    """Both ways of firing, and the change from one to the other, give the same graph."""
    for net in (kanban(2), philosophers(8), slotted_ring(3)):
        graphs = []
        for large in (0, 50, 1 << 30):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(packed, "LARGE", large)
                graphs.append(reachability_graph(net))
        for graph in graphs[1:]:
            assert np.array_equal(graph.markings, graphs[0].markings)
            assert np.array_equal(graph.offsets, graphs[0].offsets)
            assert np.array_equal(graph.labels, graphs[0].labels)
            assert np.array_equal(graph.targets, graphs[0].targets)


@given(net=nets(max_weight=9, max_tokens=40))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_a_planned_layout_that_proves_too_narrow_is_mended(net: PetriNet) -> None:
    plain = reachability_graph(net, budget=Budget(states=400))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "LARGE", 0)
        planned = reachability_graph(net, budget=Budget(states=400))
    count = min(plain.n_states, planned.n_states)
    assert plain.complete == planned.complete
    assert np.array_equal(planned.markings[:count], plain.markings[:count])
    assert np.array_equal(planned.dead[:count], plain.dead[:count])


def test_a_graph_keeps_its_layout_when_it_is_gone_on_with() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "LARGE", 30)
        part = reachability_graph(kanban(2), budget=Budget(states=30))
        before = part.markings.copy()
        whole = part.continued()
        first = [part.marking(state).to_dict() for state in range(part.n_states)]
    assert np.array_equal(whole.markings[: part.n_states], before)
    assert first == [whole.marking(state).to_dict() for state in range(part.n_states)]


@given(words=st.integers(1, 3), largest=st.sampled_from([3, 40, 2**60]), seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_states_are_numbered_by_their_first_arrival(words: int, largest: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(visited, "FEW_ROWS", int(generator.integers(0, 60)))
        patch.setattr(visited, "SMALLEST", 4)
        seen = VisitedSet(words)
        numbers: dict[tuple[int, ...], int] = {}
        for _ in range(8):
            count = int(generator.integers(0, 90))
            rows = generator.integers(0, largest, size=(count, words), dtype=np.uint64)
            index, new = seen.add(rows)
            arrivals = []
            for at, row in enumerate(map(tuple, rows.tolist())):
                if row not in numbers:
                    numbers[row] = len(numbers)
                    arrivals.append(at)
            assert index.tolist() == [numbers[row] for row in map(tuple, rows.tolist())]
            assert new.tolist() == arrivals
            assert len(seen) == len(numbers)
        assert seen.find(seen.rows).tolist() == list(range(len(seen)))
        unknown = np.full((1, words), largest, dtype=np.uint64)
        assert seen.find(unknown).tolist() == [-1]


def few_hashes(words: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    return words[0] % np.uint64(3) * np.uint64(2) + np.uint64(1)


def test_different_states_with_one_hash_are_told_apart() -> None:
    generator = np.random.default_rng(5)
    rows = generator.integers(0, 4, size=(5000, 2), dtype=np.uint64)
    good, bad = VisitedSet(2), VisitedSet(2)
    with pytest.MonkeyPatch.context() as patch:
        for start in range(0, 5000, 1000):
            expected, _ = good.add(rows[start : start + 1000])
            patch.setattr(visited, "state_hash", few_hashes)
            found, _ = bad.add(rows[start : start + 1000])
            patch.undo()
            assert np.array_equal(found, expected)
        numbers = good.find(rows)
        patch.setattr(visited, "state_hash", few_hashes)
        assert np.array_equal(bad.find(rows), numbers)
        assert bad.find(np.array([[9, 9]], dtype=np.uint64)).tolist() == [-1]
    assert len(bad) == len(np.unique(rows, axis=0)) == len(good)
