"""Levels of few states: the loop on integers against the arrays, the definition and itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petri import PetriNet, reachability_graph
from petri.state_space import batches, exploring_packed, narrow_search, scalar_game, search
from petri.state_space.exploring_packed import state_space
from petri.state_space.packed import PackedNet
from petri.state_space.search import PackedSearch
from petri.state_space.space import StateSpace
from state_space_checks import agree, wide_net
from state_space_nets import branches, kanban, moved, philosophers, ring
from strategies_petri import nets
from transition_systems import few_states, key_table
from transition_systems.budget import Budget
from transition_systems.integer_table import IntegerTable


def growing(tokens: int) -> PetriNet:
    """Counters without invariants: no layout is proved, and each has to be mended."""
    return PetriNet(
        places=["a", "b", "c"],
        transitions=["t", "u"],
        arcs=[("a", "t"), ("t", "b", 3), ("b", "u", 2), ("u", "c", 5)],
        initial={"a": tokens},
    )


def _spied(old: Callable[..., Any], name: str, calls: Counter[str]) -> Callable[..., Any]:
    def spy(*values: Any) -> Any:
        calls[name] += 1
        return old(*values)

    return spy


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many levels were expanded with arrays, and how many stretches without."""
    calls: Counter[str] = Counter()
    for name in ("_level", "_take"):
        monkeypatch.setattr(PackedSearch, name, _spied(getattr(PackedSearch, name), name, calls))
    return calls


def same(one: StateSpace, two: StateSpace) -> None:
    """Compare spaces to the state."""
    assert one.reason == two.reason
    assert one.complete == two.complete
    assert one.starts.tolist() == two.starts.tolist()
    for name in ("n_arcs", "deadlocks", "max_tokens_in_place", "max_tokens_in_marking"):
        assert getattr(one, name) == getattr(two, name), name
    for first, second in zip(one.levels, two.levels, strict=True):
        rows = one.layout.unpack(list(first)), two.layout.unpack(list(second))
        assert sorted(rows[0].tolist()) == sorted(rows[1].tolist())


def test_deep_and_narrow_searches_use_no_arrays(counted: Counter[str]) -> None:
    space = state_space(moved(3_000))
    assert (space.n_states, space.n_arcs, space.deadlocks) == (3_001, 3_000, 1)
    assert (space.depth, space.max_tokens_in_place) == (3_000, 3_000)
    assert space.run_to(3_000).last == {"b": 3_000}
    ringed = state_space(ring(60, 2))
    assert ringed.n_states == 60 * 61 // 2
    assert counted["_level"] == 0
    assert 1 <= counted["_take"] < 12  # not one for each of the 3,120 levels


def test_many_levels_lie_in_few_arrays() -> None:
    space = state_space(moved(5_000))
    assert len(space.levels) == 5_001
    assert sum(1 for _ in space.levels.blocks(1 << 15)) < 10
    assert [level.shape for level in space.levels[10:12]] == [(1, 1), (1, 1)]


def test_wide_levels_are_left_to_arrays(counted: Counter[str]) -> None:
    assert state_space(kanban(3)).n_states == 58_400
    assert counted["_level"] > 10
    assert counted["_take"] > 0


@given(net=nets(), width=st.sampled_from((0.0, 0.01, 0.05, 1.0)), stretch=st.integers(1, 9))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_turns_of_both_loops_are_the_definition(net: PetriNet, width: float, stretch: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(narrow_search, "WORTH", width)
        patch.setattr(narrow_search, "STRETCH", stretch)
        patch.setattr(narrow_search, "LOOK", stretch)
        patch.setattr(search, "PATIENCE", 1 << 30)
        patch.setattr(narrow_search, "MANY", 3 * stretch if stretch % 2 else 1 << 20)
        patch.setattr(scalar_game, "REMEMBERED", 4)
        patch.setattr(exploring_packed, "SMALL", 20)
        agree(net, state_space(net, budget=Budget(states=3000)))


@pytest.mark.parametrize("states", [1, 2, 17, 300, 2_000, 1 << 20])
def test_budgets_of_states_end_both_loops_alike(
    states: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = Budget(states=states)
    for net in (moved(900), ring(30, 3), growing(40), kanban(2), philosophers(6), branches(2, 9)):
        narrow = state_space(net, budget=limit)
        with monkeypatch.context() as patch:
            patch.setattr(narrow_search, "WORTH", 0.0)
            same(narrow, state_space(net, budget=limit))


def test_states_of_several_words(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = Budget(states=3_000)
    monkeypatch.setattr(narrow_search, "WORTH", 1e6)
    narrow = state_space(wide_net(), budget=limit)
    assert narrow.layout.words > 1
    monkeypatch.setattr(narrow_search, "WORTH", 0.0)
    same(narrow, state_space(wide_net(), budget=limit))


def test_a_layout_that_proves_too_narrow_is_mended(counted: Counter[str]) -> None:
    space = state_space(growing(200))
    assert space.complete
    assert space.max_tokens_in_marking == 1_500
    assert space.bounds() == {"a": 200, "b": 600, "c": 1_500}
    agree(growing(9), state_space(growing(9)))
    assert counted["_take"] > 3


def test_a_budget_of_bytes_gives_up_integers_before_it_spills(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "FLUSH", 1 << 10)
    monkeypatch.setattr(batches, "CHUNK", 1 << 8)
    monkeypatch.setattr(batches, "LEAST", 1 << 8)
    whole = state_space(moved(4_000))
    for limit in (1_000, 100_000, 400_000, 1_000_000):
        tight = state_space(moved(4_000), budget=Budget(bytes=limit))
        same(whole, tight)
    assert np.array_equal(whole.markings, tight.markings)


def graph_of(net: PetriNet, **limits: int) -> list[Any]:
    graph = reachability_graph(net, budget=Budget(**limits))
    ends = [graph.run_to(state).to_dict() for state in range(0, graph.n_states, 7)]
    arrays = (graph.markings, graph.offsets, graph.labels, graph.targets)
    return [graph.complete, graph.reason, graph.expanded, ends, *(a.tolist() for a in arrays)]


@given(net=nets(), width=st.sampled_from((0.005, 0.05, 1.0)), stretch=st.integers(1, 9))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_graphs_are_the_same_to_the_arc(net: PetriNet, width: float, stretch: int) -> None:
    for states in (3, 30, 400):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(few_states, "WORTH", 0.0)
            arrays = graph_of(net, states=states)
            patch.setattr(few_states, "WORTH", width)
            patch.setattr(few_states, "FIRST", 0)
            patch.setattr(few_states, "PATIENCE", 1 << 30)
            patch.setattr(few_states, "STRETCH", stretch)
            patch.setattr(few_states, "LOOK", stretch)
            patch.setattr(scalar_game, "REMEMBERED", 4)
            assert graph_of(net, states=states) == arrays


def test_graphs_of_deep_and_narrow_nets(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: Counter[str] = Counter()
    monkeypatch.setattr(PackedNet, "successors", _spied(PackedNet.successors, "arrays", calls))
    graph = reachability_graph(moved(3_000))
    assert (graph.n_states, graph.n_arcs, graph.expanded) == (3_001, 3_000, 3_001)
    assert graph.run_to(3_000).last == {"b": 3_000}
    assert np.array_equal(graph.targets, np.arange(1, 3_001))
    assert calls["arrays"] < 60
    some = reachability_graph(growing(150), budget=Budget(states=500))
    assert not some.complete
    assert some.continued().n_states == reachability_graph(growing(150)).n_states


def test_counters_that_grow_one_after_the_other_are_widened_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: Counter[str] = Counter()
    monkeypatch.setattr(PackedNet, "reencode", _spied(PackedNet.reencode, "reencode", calls))
    assert reachability_graph(ring(60, 2)).n_states == 60 * 61 // 2
    assert calls["reencode"] < 8


@given(
    batches=st.lists(st.lists(st.integers(0, (1 << 63) - 1) | st.integers(0, 40), max_size=30)),
    first=st.lists(st.integers(0, 50)),
    shift=st.integers(0, 70),
)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_table_of_integers_is_a_set(
    batches: list[list[int]], first: list[int], shift: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_table, "SMALLEST", 8)
        table, expected = IntegerTable(first), set(first)
        for number, batch in enumerate(batches):
            states = list(dict.fromkeys(state for state in batch if state not in expected))
            if number % 3 == 2:  # what arrays add is known too
                table.add_hashes(key_table.distinct_hashes(np.array(batch, dtype=np.uint64)))
            else:
                new = table.add_integers([state << shift for state in batch], shift)
                assert new == [state << shift for state in states]
            expected.update(batch)
            assert len(table) == len(expected)
    asked = np.array(sorted(expected), dtype=np.uint64)
    assert table.contains([asked]).all()


def test_many_states_take_sixteen_bytes_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrow_search, "MANY", 4_000)
    few = state_space(moved(3_500)).peak_bytes - state_space(moved(10)).peak_bytes
    many = state_space(moved(60_000)).peak_bytes - state_space(moved(10)).peak_bytes
    assert many < 60_000 * (16 + 8 + 2) + few


def test_guessed_ranges_are_widened_together_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: Counter[str] = Counter()
    monkeypatch.setattr(PackedSearch, "reencode", _spied(PackedSearch.reencode, "mended", calls))
    monkeypatch.setattr(exploring_packed, "place_semiflows", lambda *_, **__: ())
    space = state_space(ring(50, 2))  # each place holds two tokens at last, one after the other
    assert (space.n_states, space.max_tokens_in_place) == (50 * 51 // 2, 2)
    assert calls["mended"] <= exploring_packed.SINGLY + 3
