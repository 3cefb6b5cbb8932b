"""Components, handles, Commoner's condition and deadlock freedom, against their definitions."""

from __future__ import annotations

import random
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import petri
from linear_cases import random_free_choice, random_net
from netproof.recheck import recheck
from oracles.net_properties import space_of
from oracles.structure import commoner, components, has_handle, is_siphon, is_trap, paths
from petri import PetriNet
from petri.structure.commoner import siphons_hold_traps
from petri.structure.components import CoverAnswer, s_cover, t_cover
from petri.structure.deadlock_free import deadlock_free, marked_circuits
from petri.structure.handles import Handle, well_handled, well_structured
from petri.structure.net_classes import HARD_CLASSES, net_class, net_classes
from recheck_support import FORK, LOOP, STUCK
from transition_systems.budget import Budget
from transition_systems.errors import UsageError

GENERATORS = Path(__file__).parents[2] / "examples" / "generators"
nets = SimpleNamespace(**runpy.run_path(str(GENERATORS / "nets.py")))


def small_nets(count: int) -> list[PetriNet]:
    """Random nets, random free-choice ones, and grown ones, in turn."""
    found: list[PetriNet] = []
    for seed in range(count):
        rng = random.Random(seed)
        kind = seed % 4
        if kind == 0:
            found.append(random_net(rng))
        elif kind == 1:
            found.append(random_free_choice(seed))
        elif kind == 2:
            found.append(nets.free_choice(rng.randint(1, 7), seed=seed))
        else:
            found.append(spoiled(nets.free_choice(rng.randint(2, 7), seed=seed), rng))
    return [net for net in found if len(net.transition_ids) <= 9]


def spoiled(net: PetriNet, rng: random.Random) -> PetriNet:
    """The net with an arc left out."""
    arcs = list(net.arcs)
    del arcs[rng.randrange(len(arcs))]
    return net.replace(arcs=arcs)


def covers(net: PetriNet, answer: CoverAnswer, kind: str) -> bool:
    """Check an answer against all components; return whether the net is covered."""
    every = components(net, kind)
    own = net.place_ids if kind == "S" else net.transition_ids
    for component in answer.components:
        assert component.kind == kind
        nodes = component.places if kind == "S" else component.transitions
        assert frozenset(nodes) in every
    wanted = set().union(*every) == set(own) if own else True
    if answer.uncovered is not None:
        assert not any(answer.uncovered in found for found in every)
    return wanted


def test_components_are_those_of_the_definition() -> None:
    told = {True: 0, False: 0}
    for net in small_nets(400):
        for kind, decide in (("S", s_cover), ("T", t_cover)):
            answer = decide(net)
            assert answer.holds is not None
            wanted = covers(net, answer, kind)
            if any(arc.weight != 1 for arc in net.arcs):
                assert not answer
                assert "weight" in str(answer.why)
                continue
            assert bool(answer) == wanted, (net, answer)
            assert (answer.why is None) == wanted
            told[wanted] += 1
    assert min(told.values()) >= 50


def test_handles_are_those_of_the_definition() -> None:
    told = {True: 0, False: 0}
    for net in small_nets(400):
        answer = well_handled(net)
        wanted = not has_handle(net)
        assert bool(answer) == wanted, net
        told[wanted] += 1
        if not wanted:
            handle = answer.handle
            assert handle is not None
            same_ends(net, handle)
    assert min(told.values()) >= 50


def same_ends(net: PetriNet, handle: Handle) -> None:
    first, second = handle.first, handle.second
    assert first != second
    assert (first[0], first[-1]) == (second[0], second[-1])
    assert not set(first[1:-1]) & set(second[1:-1])
    every = paths(net, first[0], first[-1])
    assert first in every
    assert second in every
    assert handle.kind == ("PT" if first[0] in net.place_ids else "TP")
    assert (first[-1] in net.place_ids) == (handle.kind == "TP")


def test_a_handle_through_many_crossings_is_found() -> None:
    """The first way blocks the second until it is taken back."""
    arcs = [("i", "a"), ("a", "p"), ("p", "b"), ("b", "o"), ("i", "c"), ("c", "q"), ("q", "d"),
            ("d", "o"), ("o", "e"), ("p", "d"), ("q", "b")]  # fmt: skip
    net = PetriNet(places=["i", "p", "q", "o"], transitions=list("abcde"), arcs=arcs)
    handle = well_handled(net).handle
    assert handle is not None
    same_ends(net, handle)
    assert well_handled(nets.marked_graph(400)).holds, "a place has one arc in and one out"
    long = nets.free_choice(400)
    found = well_handled(long).handle
    assert found is not None
    assert found.first != found.second
    assert not set(found.first[1:-1]) & set(found.second[1:-1])
    assert well_handled(long, budget=Budget(seconds=0.0)).holds is None


def test_well_structured_workflows() -> None:
    assert well_structured(FORK)
    assert "no source place" in str(well_structured(LOOP).why)
    assert not well_structured(STUCK)
    answer = net_class(STUCK, "well-structured")
    assert set(answer.offending) >= {"i", "join"}
    assert "PT-handle" in str(answer.why)
    assert "no workflow net" in str(well_structured(nets.philosophers(3)).why)


def test_the_hard_classes() -> None:
    every = net_classes(FORK, hard=True)
    assert tuple(every)[-3:] == HARD_CLASSES
    assert every["workflow net"]
    assert not every["S-coverable"]
    assert every["S-coverable"].offending
    loose = net_class(
        PetriNet(places=["p", "q"], transitions=["t"], arcs=[("p", "t")]), "workflow net"
    )
    assert not loose
    assert loose.offending
    with pytest.raises(UsageError, match="S-coverable"):
        net_class(FORK, "S-coverabel")


def test_commoners_condition_is_that_of_the_definition() -> None:
    told = {True: 0, False: 0}
    for net in small_nets(400):
        answer = siphons_hold_traps(net)
        wanted = commoner(net)
        assert answer.holds == wanted, net
        told[wanted] += 1
        for trap in answer.traps:
            assert is_trap(net, frozenset(trap))
            assert any(net.initial[place] for place in trap)
        if not wanted:
            siphon = frozenset(answer.siphon)
            assert siphon
            assert is_siphon(net, siphon)
            inside = net.replace(
                places=[p for p in net.places if p.id in siphon], final=None,
                arcs=[a for a in net.arcs if {a.source, a.target} & siphon],
                initial={p: n for p, n in net.initial.to_dict().items() if p in siphon},
            )  # fmt: skip
            assert not commoner(inside)
    assert min(told.values()) >= 50


def test_commoners_condition_stops_with_the_budget() -> None:
    net = nets.philosophers(8)
    answer = siphons_hold_traps(net, budget=Budget(seconds=0.0))
    assert answer.holds is None
    assert "budget" in str(answer.why)


def test_no_deadlock_by_structure_is_never_wrong_and_is_rechecked() -> None:
    kinds: dict[str, int] = {}
    for net in small_nets(700):
        found = deadlock_free(net)
        if isinstance(found, str):
            continue
        kinds[found.kind] = kinds.get(found.kind, 0) + 1
        assert recheck(found, net).passed, (net, found)
        space = space_of(net, limit=300)
        if space is not None:
            assert all(space.steps.values()), net
    assert kinds.keys() == {"marked-circuits", "rank-theorem", "linear-proof"}
    assert min(kinds.values()) >= 10, kinds


def test_marked_graphs_are_live_just_where_circuits_are_marked() -> None:
    told = {True: 0, False: 0}
    for seed in range(150):
        rng = random.Random(seed)
        net = nets.marked_graph(rng.randint(2, 9), seed=seed)
        tokens = {place: rng.choice([0, 0, 1]) for place in net.place_ids}
        net = net.replace(initial=tokens)
        space = space_of(net, limit=2_000)
        if space is None:
            continue
        live = all(
            {name for one in space.closure(key) for name, _ in space.steps[one]}
            == set(net.transition_ids)
            for key in space.steps
        )
        assert (marked_circuits(net) is not None) == live
        told[live] += 1
    assert min(told.values()) >= 20


def test_reasons_why_structure_proves_nothing() -> None:
    stuck = nets.marked_graph(6).replace(initial={})
    assert "circuit without a token" in str(deadlock_free(stuck))
    heavy = PetriNet.from_arrays([[2, 0], [0, 1]], [[0, 2], [1, 0]], [2, 0])
    assert "weight above 1" in str(deadlock_free(heavy))
    assert "no transition" in str(deadlock_free(PetriNet(places=["p"], transitions=[])))
    ring = nets.philosophers(3, left_handed=False)
    assert "contains no trap" in str(petri.deadlock(ring, method="structure").reason)


def test_the_search_for_siphons_ends_also_without_a_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arcs = [("p", "a"), ("a", "q"), ("q", "b"), ("b", "p"), ("p", "c"), ("r", "c"), ("c", "q")]
    arcs += [("q", "d"), ("r", "d"), ("d", "p"), ("c", "r"), ("d", "r")]
    net = PetriNet(places=["p", "q", "r"], transitions=list("abcd"), arcs=arcs, initial=["p", "r"])
    assert not isinstance(deadlock_free(net), str)
    monkeypatch.setattr(sys.modules["petri.structure.deadlock_free"], "SECONDS", 0.0)
    answer = deadlock_free(net)
    assert isinstance(answer, str)
    assert "the time budget is used up" in answer
