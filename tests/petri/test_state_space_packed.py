"""Packed state spaces against naive enumeration, closed forms and interruptions."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import comb
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from oracles.net_properties import space_of
from petri import Marking, PetriNet
from petri.state_space import batches, exploring_packed, narrow_search, search
from petri.state_space.exploring_packed import state_space
from petri.state_space.second_process import SecondProcess
from petri.state_space.seen_states import SeenStates
from state_space_checks import agree, keys_of, wide_net
from state_space_nets import kanban, philosophers
from strategies_petri import nets
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.properties.parse import parse_predicate


@given(net=nets())
@settings(max_examples=500, deadline=None, derandomize=True)
def test_states_arcs_and_figures_are_those_of_the_definition(net: PetriNet) -> None:
    agree(net, state_space(net, budget=Budget(states=3000)))


@pytest.mark.campaign
@given(net=nets(max_places=6, max_transitions=6))
@settings(max_examples=10_000, deadline=None, derandomize=True)
def test_ten_thousand_random_nets(net: PetriNet) -> None:
    agree(net, state_space(net, budget=Budget(states=3000)))


@given(net=nets())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_guesses_and_small_blocks_change_nothing(net: PetriNet) -> None:
    """Everything that large searches do, on small nets: second plans, guesses, many flushes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exploring_packed, "SMALL", 3)
        patch.setattr(exploring_packed, "RUNS", 2)
        patch.setattr(
            exploring_packed,
            "place_bounds",
            lambda net, flows, budget: dict.fromkeys(net.place_ids),
        )
        patch.setattr(batches, "CHUNK", 4)
        patch.setattr(batches, "LEAST", 4)
        patch.setattr(narrow_search, "WORTH", 0.0)
        for name, value in (("FLUSH", 8), ("WIDE", 6)):
            patch.setattr(search, name, value)
        agree(net, state_space(net, budget=Budget(states=3000)))


@pytest.mark.parametrize("n", [1, 2, 3, 5, 9, 11])
def test_philosophers_have_the_closed_form_count(n: int) -> None:
    space = state_space(philosophers(n))
    assert space.n_states == round((1 + 2**0.5) ** n + (1 - 2**0.5) ** n)
    assert space.deadlocks == 1 or n == 1


@pytest.mark.parametrize(
    ("n", "states", "arcs"), [(1, 160, 616), (2, 4600, 28120), (3, 58400, 446400)]
)
def test_kanban_has_the_known_count(n: int, states: int, arcs: int) -> None:
    space = state_space(kanban(n))
    assert (space.n_states, space.n_arcs) == (states, arcs)
    assert space.max_tokens_in_place == n


def test_tokens_in_a_ring_are_combinations() -> None:
    places, tokens = 8, 9
    net = PetriNet(
        places=[f"p{i}" for i in range(places)],
        transitions=[f"t{i}" for i in range(places)],
        arcs=[(f"p{i}", f"t{i}") for i in range(places)]
        + [(f"t{i}", f"p{(i + 1) % places}") for i in range(places)],
        initial={"p0": tokens},
    )
    space = state_space(net)
    assert space.n_states == comb(places + tokens - 1, tokens)
    assert space.n_arcs == places * comb(places + tokens - 2, tokens - 1)
    assert space.bounds() == dict.fromkeys(net.place_ids, tokens)
    assert space.graph.live().all()
    assert len(space.graph.home_states()) == space.n_states


@given(net=nets(), data=st.data())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_runs_are_shortest_runs(net: PetriNet, data: st.DataObject) -> None:
    space = state_space(net, budget=Budget(states=200))
    state = data.draw(st.integers(0, space.n_states - 1))
    run = space.run_to(state)
    assert run.last == space.marking(state).to_dict()
    assert len(run) == space.level_of(state)
    assert space.number_of(space.marking(state)) == state
    if space.complete:
        distance, frontier = {0: 0}, [0]
        graph = space.graph
        for source in frontier:
            for target in graph.targets[graph.offsets[source] : graph.offsets[source + 1]]:
                if int(target) not in distance:
                    distance[int(target)] = distance[source] + 1
                    frontier.append(int(target))
        assert len(run) == distance[state]


@given(net=nets())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_liveness_and_home_states_are_those_of_the_definition(net: PetriNet) -> None:
    space = state_space(net, budget=Budget(states=150))
    if not space.complete:
        return
    graph = space.graph
    reach = np.eye(space.n_states, dtype=bool)
    sources = np.repeat(np.arange(space.n_states), np.diff(graph.offsets))
    reach[sources, graph.targets] = True
    for middle in range(space.n_states):
        reach |= reach[:, middle, None] & reach[middle]
    able = np.zeros((space.n_states, len(net.transition_ids)), dtype=bool)
    able[sources, graph.transitions] = True
    possible = (reach.astype(int) @ able.astype(int)) > 0
    assert graph.live().tolist() == possible.all(axis=0).tolist()
    assert graph.home_states().tolist() == np.flatnonzero(reach.all(axis=0)).tolist()


@given(net=nets())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_exports_are_the_graph_of_the_definition(net: PetriNet) -> None:
    expected = space_of(net)
    space = state_space(net, budget=Budget(states=300))
    if expected is None or not space.complete:
        return
    number = {key: n for n, key in enumerate(keys_of(space))}
    arcs = sorted(
        (number[key], t, number[after])
        for key, steps in expected.steps.items()
        for t, after in steps
    )
    matrix = space.graph.adjacency()
    assert np.shares_memory(matrix.indptr, space.graph.offsets)
    assert np.shares_memory(matrix.indices, space.graph.targets) or not arcs
    dense = np.zeros((space.n_states, space.n_states), dtype=int)
    for source, _, target in arcs:
        dense[source, target] += 1
    assert np.array_equal(matrix.toarray(), dense)
    lts = space.lts()
    drawn = lts.to_networkx()
    assert sorted((s, label, t) for s, t, label in drawn.edges(data="label")) == arcs
    assert sorted(drawn.nodes) == list(range(space.n_states))
    final = [] if net.final is None else [space.number_of(net.final)]
    assert lts.final.nonzero()[0].tolist() == [n for n in final if n is not None]


def test_a_visited_set_takes_at_most_16_bytes_a_state() -> None:
    """States that cluster, and states that do not, by what the sets themselves hold."""
    generator = np.random.default_rng(3)
    for spread in (1 << 20, 1 << 40, 1 << 62):
        seen = SeenStates(1)
        all_states: list[NDArray[np.uint64]] = []
        for _ in range(40):
            batch = generator.integers(0, spread, size=20_000, dtype=np.uint64)
            all_states += [part for (part,) in seen.add([batch])]
            seen.change_if_sparse(lambda parts=all_states: ([part] for part in parts))
            if len(seen) > 1 << 16:
                assert seen.nbytes <= 16 * len(seen)
        assert len(seen) == sum(len(part) for part in all_states)
        assert seen.kind == ("pages" if spread == 1 << 20 else "table")


def test_predicates_and_the_view_as_a_transition_system() -> None:
    net = philosophers(3)
    space = state_space(net)
    hungry = parse_predicate("wait0 >= 1 and wait1 >= 1 and wait2 >= 1")
    run = space.run_to_some(hungry)
    assert run is not None
    assert len(run) == 3
    assert space.holds(hungry).sum() == 1
    assert space.run_to_some(parse_predicate("eat0 >= 1 and eat1 >= 1")) is None
    lts = space.lts()
    assert np.shares_memory(lts.targets, space.graph.targets)
    assert np.shares_memory(lts.labels, space.graph.labels)
    assert np.shares_memory(lts.offsets, space.graph.offsets)
    assert lts.state_of is not None
    assert lts.state_of(0) == net.initial


def test_several_words_are_exact() -> None:
    net = PetriNet(
        places=[f"p{i}" for i in range(30)],
        transitions=[f"t{i}" for i in range(29)],
        arcs=[(f"p{i}", f"t{i}") for i in range(29)] + [(f"t{i}", f"p{i + 1}") for i in range(29)],
        initial={"p0": 3},
    )
    space = state_space(net)
    assert space.layout.words == 1
    assert space.n_states == comb(32, 3)
    part = state_space(wide_net(), budget=Budget(states=20_000))
    assert part.layout.words > 1
    assert len({row.tobytes() for row in part.markings}) == part.n_states


def test_unbounded_nets_are_noticed_with_a_pump() -> None:
    net = PetriNet(
        places=["p", "q"], transitions=["t", "u"], arcs=[("t", "p"), ("p", "u"), ("u", "q")]
    )
    space = state_space(net)
    assert space.unbounded
    assert not space.complete
    assert space.pump is not None
    assert "unbounded" in (space.reason or "")


def test_a_budget_of_states_or_time_gives_a_partial_space() -> None:
    space = state_space(philosophers(10), budget=Budget(states=500))
    assert not space.complete
    assert "500 states" in (space.reason or "")
    assert space.graph.complete is False
    assert not state_space(philosophers(9), budget=Budget(seconds=1e-9)).complete


def test_a_budget_of_bytes_spills_instead_of_dying(tmp_path: Path) -> None:
    whole = state_space(kanban(3))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(narrow_search, "WORTH", 0.0)
        patch.setattr(batches, "CHUNK", 1 << 8)
        patch.setattr(batches, "LEAST", 1 << 8)
        patch.setattr(search, "FLUSH", 1 << 10)
        for folder in (None, tmp_path / "here"):
            tight = state_space(kanban(3), budget=Budget(bytes=150_000), spill=folder)
            assert tight.complete
            assert (tight.n_states, tight.n_arcs) == (whole.n_states, whole.n_arcs)
            assert isinstance(tight.levels[5], np.memmap)
            assert np.array_equal(np.sort(tight.words[0]), np.sort(whole.words[0])) or (
                tight.layout.bits != whole.layout.bits
            )


def test_an_interrupted_search_goes_on(tmp_path: Path) -> None:
    whole = state_space(philosophers(9))
    for states in (1, 40, 700):
        part = state_space(philosophers(9), budget=Budget(states=states), spill=tmp_path)
        assert not part.complete
    again = state_space(philosophers(9), spill=tmp_path)
    assert again.complete
    assert again.n_states == whole.n_states
    assert again.n_arcs == whole.n_arcs
    assert again.deadlocks == 1
    finished = state_space(philosophers(9), spill=tmp_path)
    assert (finished.n_states, finished.n_arcs) == (whole.n_states, whole.n_arcs)
    with pytest.raises(UsageError, match="another net"):
        state_space(philosophers(8), spill=tmp_path)


def test_a_counter_beyond_62_bits_is_no_wrap() -> None:
    net = PetriNet(
        places=["p", "q"], transitions=["t"], arcs=[("p", "t"), ("t", "q", 2**61)],
        initial={"p": 9},
    )  # fmt: skip
    space = state_space(net, budget=Budget(states=100))
    assert not space.complete
    assert "62 bits" in (space.reason or "")
    with pytest.raises(UsageError, match="no method"):
        state_space(net, method="guess")


class Awaited(SecondProcess):
    """A second process that is waited for, so that even small searches use it."""

    made = 0

    @property
    def ready(self) -> bool:
        while not super().ready and self._child.poll() is None:
            time.sleep(0.005)
        type(self).made += 1
        return super().ready


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> type[Awaited]:
    for name, value in (("PARALLEL", 400), ("LEAST", 500), ("SecondProcess", Awaited)):
        monkeypatch.setattr(search, name, value)
    monkeypatch.setattr(Awaited, "made", 0)
    return Awaited


def test_two_processes_give_the_same_space(soon: type[Awaited]) -> None:
    for net in (kanban(3), philosophers(10), wide_net()):
        limit = Budget(states=30_000)
        one, two = (state_space(net, workers=n, budget=limit) for n in (1, 2))
        both = min(one.n_states, two.n_states)
        assert both > 5_000
        assert np.array_equal(one.markings[:both], two.markings[:both])
        if one.complete:
            assert both == one.n_states == two.n_states
            assert one.n_arcs == two.n_arcs
            assert one.deadlocks == two.deadlocks
            assert one.max_tokens_in_marking == two.max_tokens_in_marking
    assert soon.made > 10


def test_a_search_goes_on_when_the_second_process_dies(
    soon: type[Awaited], monkeypatch: pytest.MonkeyPatch
) -> None:
    ready: Callable[[Awaited], bool] = vars(Awaited)["ready"].fget

    def dying(self: Awaited) -> bool:
        result = ready(self)
        if soon.made == 3:
            self._child.kill()
            self._child.wait()
        return bool(result)

    monkeypatch.setattr(
        search, "SecondProcess", type("Dying", (Awaited,), {"ready": property(dying)})
    )
    space = state_space(kanban(3), workers=2)
    assert (space.n_states, space.n_arcs) == (58_400, 446_400)


def test_markings_that_were_not_found_have_no_number() -> None:
    space = state_space(philosophers(2))
    assert space.number_of(Marking({"eat0": 1, "eat1": 1})) is None
    assert space.number_of(space.net.initial) == 0
    with pytest.raises(UsageError):
        space.level_of(space.n_states)


def test_planning_keeps_to_the_budget() -> None:
    from petri.structure.bounds import place_bounds
    from petri.structure.flows import place_semiflows
    from state_space_nets import philosophers

    net = philosophers(60)
    gone = Budget(seconds=0)
    found = place_semiflows(net, budget=gone)
    assert not found
    assert not found.complete
    assert set(place_bounds(net, budget=gone).values()) == {None}
    assert not state_space(net, budget=gone).complete
