"""Reachability and coverability graphs against the naive enumeration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.net_properties import space_of
from petri import Marking, PetriNet, coverability_graph, reachability_graph
from petri.state_space.coverability import find_pump
from strategies_petri import nets, strongly_small_nets
from transition_systems.budget import Budget
from transition_systems.packing import FieldLayout
from transition_systems.visited import VisitedSet


def ring(n: int) -> PetriNet:
    """n philosophers who take left, then right, and put both back at once."""
    arcs = []
    for i in range(n):
        left, right = f"fork{i}", f"fork{(i + 1) % n}"
        arcs += [(f"think{i}", f"left{i}"), (left, f"left{i}"), (f"left{i}", f"wait{i}")]
        arcs += [(f"wait{i}", f"right{i}"), (right, f"right{i}"), (f"right{i}", f"eat{i}")]
        arcs += [(f"eat{i}", f"put{i}"), (f"put{i}", left), (f"put{i}", right)]
        arcs += [(f"put{i}", f"think{i}")]
    places = [f"{p}{i}" for p in ("think", "fork", "wait", "eat") for i in range(n)]
    transitions = [f"{t}{i}" for t in ("left", "right", "put") for i in range(n)]
    initial = {f"{p}{i}": 1 for p in ("think", "fork") for i in range(n)}
    return PetriNet(places=places, transitions=transitions, arcs=arcs, initial=initial)


@pytest.mark.parametrize("n", [2, 3, 5, 8])
def test_philosophers_have_the_closed_form_count(n: int) -> None:
    graph = reachability_graph(ring(n))
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


@given(
    bits=st.lists(st.integers(1, 20), min_size=1, max_size=12),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_packing_is_reversible(bits: list[int], seed: int) -> None:
    layout = FieldLayout(bits)
    generator = np.random.default_rng(seed)
    values = np.stack([generator.integers(0, 1 << b, size=20) for b in bits], axis=1)
    assert np.array_equal(layout.unpack(layout.pack(values)), values)
    assert layout.outgrown(layout.pack(values)) == []


class _Colliding(VisitedSet):
    """A set whose first hash functions map everything to few keys."""

    def _keys(self, rows: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        keys = super()._keys(rows)
        return keys % np.uint64(3) if self._seed < 3 else keys


def test_different_states_with_one_hash_are_told_apart() -> None:
    generator = np.random.default_rng(5)
    rows = generator.integers(0, 4, size=(500, 2), dtype=np.uint64)
    good, bad = VisitedSet(2), _Colliding(2)
    for start in range(0, 500, 50):
        expected, _ = good.add(rows[start : start + 50])
        found, _ = bad.add(rows[start : start + 50])
        assert np.array_equal(found, expected)
    assert len(bad) == len(np.unique(rows, axis=0)) == len(good)
    assert np.array_equal(bad.find(rows), good.find(rows))
    assert bad.find(np.array([[9, 9]], dtype=np.uint64)).tolist() == [-1]
