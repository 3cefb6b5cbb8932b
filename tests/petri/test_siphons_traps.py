"""Siphons and traps against all subsets of the places."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings

from petri import PetriNet
from petri.structure.siphons_traps import (
    is_siphon,
    is_trap,
    maximal_siphon,
    maximal_trap,
    minimal_siphons,
    minimal_traps,
)
from strategies_petri import nets
from transition_systems.budget import Budget
from transition_systems.errors import UsageError

Places = frozenset[str]


def all_of(net: PetriNet, *, traps: bool) -> set[Places]:
    """Return all non-empty siphons (or traps) by definition."""
    arcs = [(a.source, a.target) for a in net.arcs]
    if traps:
        arcs = [(target, source) for source, target in arcs]
    found: set[Places] = set()
    for size in range(1, len(net.place_ids) + 1):
        for chosen in combinations(net.place_ids, size):
            into = {source for source, target in arcs if target in chosen}
            out_of = {target for source, target in arcs if source in chosen}
            if into <= out_of:
                found.add(frozenset(chosen))
    return found


def smallest(sets: set[Places]) -> set[Places]:
    return {one for one in sets if not any(other < one for other in sets)}


@settings(max_examples=200, derandomize=True, deadline=None)
@given(nets(max_places=5, max_transitions=5, max_weight=2))
def test_siphons_and_traps_by_definition(net: PetriNet) -> None:
    for traps in (False, True):
        wanted = all_of(net, traps=traps)
        is_one = is_trap if traps else is_siphon
        maximal = maximal_trap if traps else maximal_siphon
        found = minimal_traps(net) if traps else minimal_siphons(net)
        for size in range(1, len(net.place_ids) + 1):
            for chosen in combinations(net.place_ids, size):
                assert is_one(net, chosen) == (frozenset(chosen) in wanted)
                union = frozenset().union(*(one for one in wanted if one <= set(chosen)))
                assert frozenset(maximal(net, chosen)) == union
        assert found.complete
        assert len(set(found.sets)) == len(found.sets)
        assert {frozenset(one) for one in found.sets} == smallest(wanted)


def test_only_inside_a_set_of_places() -> None:
    net = PetriNet(
        places=["p", "q", "r"],
        transitions=["t", "u"],
        arcs=[("p", "t"), ("t", "q"), ("q", "u"), ("u", "p")],
    )
    assert set(minimal_siphons(net).sets) == {("p", "q"), ("r",)}
    assert minimal_siphons(net, inside=["p", "r"]).sets == (("r",),)
    assert minimal_siphons(net, inside=[]).sets == ()
    with pytest.raises(UsageError, match="no place 'x'"):
        minimal_siphons(net, inside=["x"])


def pairs(count: int) -> PetriNet:
    """Return a net with 2**count minimal siphons: a sink fed by one of two places, many times."""
    build = [(f"{side}{n}", f"t{n}") for n in range(count) for side in "ab"]
    build += [(f"t{n}", "s") for n in range(count)]
    back = [("s", f"{side}{n}_") for n in range(count) for side in "ab"]
    back += [(f"{side}{n}_", f"{side}{n}") for n in range(count) for side in "ab"]
    return PetriNet(
        places=["s", *(f"{side}{n}" for n in range(count) for side in "ab")],
        transitions=[
            *(f"t{n}" for n in range(count)),
            *(f"{side}{n}_" for n in range(count) for side in "ab"),
        ],
        arcs=[*build, *back],
    )


def test_what_was_found_before_the_limit_is_kept() -> None:
    net = pairs(6)
    assert len(minimal_siphons(net).sets) == 2**6
    some = minimal_siphons(net, most=10)
    assert (len(some.sets), some.complete, some.reason) == (10, False, "there are 10 already")
    assert all(is_siphon(net, one) for one in some.sets)
    late = minimal_siphons(pairs(30), budget=Budget(seconds=0.2))
    assert not late.complete
    assert late.reason == "the time budget is used up"
    assert late.sets
