"""Wide nets within a budget of bytes, and searches that the operating system gives no memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from devtools import not_hanging
from petri import PetriNet
from petri.state_space import guarded, narrow_search, packed, scalar_game
from petri.state_space.exploring_packed import state_space
from petri.state_space.guarded import GuardedFiring
from petri.state_space.packed import PackedNet
from petri.state_space.reachability import reachability_graph
from petri.state_space.seen_states import SeenStates
from state_space_checks import agree
from state_space_nets import kanban
from strategies_petri import nets
from transition_systems import few_states
from transition_systems.budget import NO_MEMORY, Budget
from transition_systems.key_table import state_hash
from transition_systems.protocols import BlockError
from transition_systems.visited import VisitedSet


def pairs(count: int) -> PetriNet:
    """Independent pairs of places with a token that goes to and fro."""
    arcs = []
    for i in range(count):
        arcs += [(f"p{i}", f"t{i}"), (f"t{i}", f"q{i}"), (f"q{i}", f"u{i}"), (f"u{i}", f"p{i}")]
    return PetriNet(
        places=[f"{x}{i}" for x in "pq" for i in range(count)],
        transitions=[f"{x}{i}" for x in "tu" for i in range(count)],
        arcs=arcs,
        initial={f"p{i}": 1 for i in range(count)},
    )


def test_the_successors_of_a_block_stay_within_the_bytes() -> None:
    net = pairs(40)
    game = GuardedFiring(net)
    block = game.pack(np.repeat(net.initial.to_array(net.place_ids)[None, :], 50, axis=0))
    each = 40 * (8 * game.layout.words + guarded.ARC_BYTES)
    with pytest.raises(BlockError) as met:
        game.successors(block, 10 * each)
    assert met.value.rows == 10
    assert len(game.successors(block[:10], 10 * each)[0]) == 400
    assert len(game.successors(block[:1], 1)[0]) == 40  # one state is never too many


def test_a_wide_net_ends_within_its_bytes_and_keeps_what_was_found() -> None:
    with not_hanging():
        graph = reachability_graph(pairs(800), budget=Budget(bytes=1 << 26))
    assert not graph.complete
    assert graph.reason == f"the budget of {1 << 26} bytes is used up"
    assert graph.n_states > 1_000
    assert graph.peak_bytes < 1 << 28
    assert len(graph.run_to(graph.n_states - 1)) == 2


@given(net=nets())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_small_blocks_give_the_same_graph(net: PetriNet) -> None:
    whole = reachability_graph(net, budget=Budget(states=400))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "LEAST_BYTES", 60)
        patch.setattr(packed, "LARGE", 4)
        patch.setattr(few_states, "MOST_BYTES", 1 << 10)
        patch.setattr(few_states, "FIRST", 0)
        patch.setattr(few_states, "PATIENCE", 1 << 20)
        patch.setattr(scalar_game, "STEPS_REMEMBERED", 3)
        parts = reachability_graph(net, budget=Budget(states=400, bytes=1 << 20))
    assert parts.complete == whole.complete
    if whole.complete:
        assert np.array_equal(parts.markings, whole.markings)
        for name in ("labels", "targets", "offsets"):
            assert np.array_equal(getattr(parts, name), getattr(whole, name))


@given(net=nets())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_levels_that_are_too_large_for_integers_are_left_to_arrays(net: PetriNet) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(narrow_search, "MOST_BYTES", 400)
        patch.setattr(scalar_game, "STEPS_REMEMBERED", 3)
        agree(net, state_space(net, budget=Budget(states=3000)))


def failing(method: Callable[..., Any], calls: int) -> Callable[..., Any]:
    """Return a method that has no memory from some call on."""
    left = [calls]

    def call(*args: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise MemoryError
        return method(*args, **named)

    return call


@pytest.mark.parametrize("calls", [1, 3, 8])
@pytest.mark.parametrize("named", ["add", "successors", "reencode", "_append", "_grow"])
def test_a_graph_without_memory_keeps_what_was_found(
    calls: int, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = kanban(2)
    whole = reachability_graph(net)
    monkeypatch.setattr(few_states, "WORTH", 0.0)
    monkeypatch.setattr(packed, "LARGE", 64)
    owner = PackedNet if named in ("successors", "reencode") else VisitedSet
    monkeypatch.setattr(owner, named, failing(getattr(owner, named), calls))
    graph = reachability_graph(net)
    monkeypatch.undo()
    if graph.complete:
        assert named in ("reencode", "_grow")
    else:
        assert graph.reason == NO_MEMORY
    assert np.array_equal(graph.markings, whole.markings[: graph.n_states])
    assert len(graph.labels) == len(graph.targets) == graph.n_arcs == graph.offsets[-1]
    for state in range(graph.expanded):
        arcs = slice(graph.offsets[state], graph.offsets[state + 1])
        other = slice(whole.offsets[state], whole.offsets[state + 1])
        assert np.array_equal(graph.targets[arcs], whole.targets[other])
    graph.run_to(graph.n_states - 1)


@pytest.mark.parametrize("calls", [1, 4])
def test_a_space_without_memory_keeps_its_complete_levels(
    calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = kanban(2)
    whole = state_space(net)
    monkeypatch.setattr(narrow_search, "WORTH", 0.0)
    monkeypatch.setattr(SeenStates, "add_prepared", failing(SeenStates.add_prepared, calls))
    space = state_space(net)
    assert not space.complete
    assert space.reason == NO_MEMORY
    assert 1 <= space.n_states < whole.n_states


def test_states_whose_words_changed_places_have_different_hashes() -> None:
    size = 60
    rows = np.zeros((size * size, size), dtype=np.uint64)
    first, second = np.divmod(np.arange(size * size), size)
    rows[np.arange(size * size), first] += np.uint64(1)
    rows[np.arange(size * size), second] += np.uint64(2)
    assert len(np.unique(state_hash(list(rows.T)))) == size * size
