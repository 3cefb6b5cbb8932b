"""Minimal coverability sets against the maximal labels of the tree of Karp and Miller."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.minimal_cover import Row, karp_miller_maximal
from petri import Marking, PetriNet, coverability_graph, minimal_coverability_set
from petri.state_space.cover_runs import Repetition, end_of
from petri.state_space.minimal_cover import MinimalCoverabilitySet
from petri.state_space.omega_firing import OMEGA
from state_space_nets import kanban, philosophers
from strategies_petri import nets
from transition_systems.budget import Budget
from transition_systems.errors import UsageError


def rows_of(cover: MinimalCoverabilitySet) -> set[Row]:
    return {tuple(inf if n >= OMEGA else n for n in row) for row in cover.elements.tolist()}


def shown(cover: MinimalCoverabilitySet, tokens: int) -> None:
    """Replay a run for each element."""
    net = cover.net
    for element, row in enumerate(cover.elements.tolist()):
        end = end_of(net, cover.run_above(element, tokens)).to_array(net.place_ids).tolist()
        for found, wanted in zip(end, row, strict=True):
            assert found >= tokens if wanted >= OMEGA else found == wanted
        for place in cover.omegas(element):
            change = dict.fromkeys(net.place_ids, 0)
            for action in cover.pump(element, place):
                for p, n in zip(
                    net.place_ids, net.incidence[:, net.transition_index(action)], strict=True
                ):
                    change[p] += int(n)
            assert change[place] > 0


@given(net=nets(max_places=5, max_transitions=6, max_weight=2), tokens=st.integers(1, 9))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_the_set_has_the_maximal_labels_of_karp_and_miller(net: PetriNet, tokens: int) -> None:
    expected = karp_miller_maximal(net)
    cover = minimal_coverability_set(net, budget=Budget(states=5000))
    if expected is None or not cover.complete:
        return
    assert rows_of(cover) == expected
    assert len(cover) == len(expected)
    shown(cover, tokens)


@given(net=nets(max_places=6, max_transitions=8, max_weight=2, max_tokens=2))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_bounds_are_those_of_the_coverability_graph(net: PetriNet) -> None:
    graph = coverability_graph(net, budget=Budget(states=2000))
    cover = minimal_coverability_set(net, budget=Budget(states=2000))
    if graph.complete:
        assert cover.complete
        assert cover.bounds == graph.bounds
        assert cover.unbounded_places == graph.unbounded_places
        assert len(cover) <= len(graph.nodes)


def counters(depth: int) -> PetriNet:
    """Each counter feeds the next one at half the rate, in a mode of its own, without return."""
    places = [*(f"mode{i}" for i in range(depth)), *(f"count{i}" for i in range(depth))]
    arcs: list[tuple[str, str, int]] = []
    for i in range(depth):
        arcs += [
            (f"mode{i}", f"add{i}", 1),
            (f"add{i}", f"mode{i}", 1),
            (f"add{i}", f"count{i}", 1),
        ]
        if i:
            arcs += [(f"count{i - 1}", f"add{i}", 2), (f"mode{i - 1}", f"next{i}", 1)]
            arcs += [(f"next{i}", f"mode{i}", 1)]
    transitions = [f"add{i}" for i in range(depth)] + [f"next{i}" for i in range(1, depth)]
    return PetriNet(places=places, transitions=transitions, arcs=arcs, initial=["mode0"])


def test_places_that_feed_one_another_are_pumped_as_often_as_needed() -> None:
    cover = minimal_coverability_set(counters(12))
    assert len(cover) == 12
    assert cover.unbounded_places == tuple(f"count{i}" for i in range(12))
    last = next(n for n in range(12) if cover.elements[n][11] == 1)
    run = cover.run_above(last, 1000)
    end = end_of(cover.net, run)
    assert all(end[f"count{i}"] >= 1000 for i in range(12))
    assert sum(part.times for part in run) > 1000 * 2**11
    assert cover.pump(last, "count3") == ("add3",)
    shown(cover, 5)


def test_a_marking_that_is_covered_later_gives_its_history() -> None:
    """The small branch is found first and pumped; the larger one comes after and is covered."""
    net = PetriNet(
        places=["s", "a", "b", "c", "q"],
        transitions=["toa", "ab", "bc", "pump", "other", "back"],
        arcs=[
            ("s", "toa"), ("toa", "a"), ("a", "ab"), ("ab", "b"), ("b", "bc"), ("bc", "c"),
            ("c", "pump"), ("pump", "c"), ("pump", "q"), ("s", "other"), ("other", "b"),
            ("other", "q", 2), ("b", "back"), ("back", "a"), ("q", "back"),
        ],
        initial=["s"],
    )  # fmt: skip
    for order in range(6):
        turned = PetriNet(
            places=net.places,
            transitions=[*net.transitions[order:], *net.transitions[:order]],
            arcs=net.arcs,
            initial=net.initial,
        )
        assert rows_of(minimal_coverability_set(turned)) == karp_miller_maximal(turned)


def test_bounded_nets_have_their_maximal_markings() -> None:
    assert len(minimal_coverability_set(philosophers(4))) > 1
    cover = minimal_coverability_set(kanban(1))
    assert cover.unbounded_places == ()
    assert len(cover) == 160
    assert cover.covers(Marking({"m1": 1}))
    assert not cover.covers(Marking({"m1": 2}))


def test_a_budget_gives_a_part_that_is_sound() -> None:
    cover = minimal_coverability_set(philosophers(7), budget=Budget(states=50))
    assert not cover.complete
    assert "50 states" in (cover.reason or "")
    assert "partial" in repr(cover)
    shown(cover, 1)


def test_wrong_questions_are_told() -> None:
    cover = minimal_coverability_set(PetriNet.from_arrays([[1], [0]], [[1], [1]], [1, 0]))
    with pytest.raises(UsageError, match="bounded"):
        cover.pump(0, "p1")
    with pytest.raises(UsageError, match="no element"):
        cover.run_above(1, 1)
    with pytest.raises(UsageError, match="at least once"):
        end_of(cover.net, [Repetition(actions=("t1",), times=0)])
    with pytest.raises(UsageError, match="too few tokens"):
        end_of(PetriNet.from_arrays([[1]], [[0]], [3]), [Repetition(actions=("t1",), times=4)])
