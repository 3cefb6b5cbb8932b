"""Commoner's condition as evidence: free-choice nets that are live, and forged traps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine_cases import random_net
from linear_cases import random_free_choice
from netproof.recheck import recheck, recheck_verdict
from petri import PetriNet
from petri.live import live
from petri.state_space.reachability import reachability_graph
from petri.structure.commoner import live_by_traps, siphons_hold_traps
from transition_systems.budget import Budget
from transition_systems.evidence import Claim, SiphonTraps, evidence_from_dict

# Two rings that are joined in one step, and a place that fills for ever.
NET = PetriNet(
    places=["a", "b", "c", "d", "more"], transitions=["s", "t", "u"],
    arcs=[
        ("a", "s"), ("s", "b"), ("b", "t"), ("d", "t"), ("t", "a"), ("t", "c"), ("c", "u"),
        ("u", "d"), ("u", "more"),
    ],
    initial=["a", "c"],
)  # fmt: skip


def proof(net: PetriNet = NET) -> SiphonTraps:
    found = live_by_traps(net)
    assert isinstance(found, SiphonTraps), found
    return found


def refused(piece: SiphonTraps, why: str, net: PetriNet = NET) -> None:
    result = recheck(piece, net)
    assert result.status == "failed", result
    assert why in str(result.reason), result.reason


def compared(seed: int) -> int:
    net = random_free_choice(seed) if seed % 2 else random_net(seed)
    verdict = live(net, method="structure")
    assert not verdict.violated
    if not verdict.holds:
        return 0
    assert recheck_verdict("liveness", "HOLDS", verdict.evidence, net).passed, seed
    graph = reachability_graph(net, budget=Budget(states=1_000))
    assert not graph.complete or live(net, method="explicit", graph=graph).holds, seed
    return 1


def test_nets_that_are_live_by_traps_are_live() -> None:
    assert sum(compared(seed) for seed in range(400)) >= 40


def test_an_unbounded_net_is_proved_live() -> None:
    piece = proof()
    assert evidence_from_dict(piece.to_dict()) == piece
    assert recheck(piece, NET).passed
    verdict = live(NET, budget=Budget(states=50, seconds=20))
    assert verdict.holds
    assert isinstance(verdict.evidence, SiphonTraps)
    assert recheck_verdict("liveness", "HOLDS", verdict.evidence, NET).passed
    dead = replace(piece, claim=replace(piece.claim, formula="AG !dead"))
    assert recheck(dead, NET).passed
    for formula in ("AG dead", "EF dead", "AG a >= 1", "sound"):
        refused(replace(piece, claim=replace(piece.claim, formula=formula)), "traps in siphons")


def test_traps_that_are_none_or_too_few_are_refused() -> None:
    piece = proof()
    for gone in range(len(piece.traps)):
        left = piece.traps[:gone] + piece.traps[gone + 1 :]
        refused(replace(piece, traps=left), "does not bear out")
    refused(replace(piece, traps=()), "does not bear out")
    refused(replace(piece, traps=(*piece.traps, ("b",))), "takes from a trap")
    refused(replace(piece, traps=(*piece.traps, ("more",))), "not marked")
    refused(replace(piece, traps=(*piece.traps, ())), "not marked")
    refused(replace(piece, traps=(*piece.traps, ("nix",))), "the net has not")
    refused(replace(piece, traps=(NET.place_ids,)), "does not bear out")
    other = NET.replace(initial=["c"])
    claim = Claim(formula="live", model_digest=other.digest())
    refused(replace(piece, claim=claim), "not marked", other)


@pytest.mark.parametrize(
    ("arcs", "initial", "why"),
    [
        # The choice is not free: t can be kept from its second place for ever.
        ([("p", "s"), ("s", "p"), ("p", "t"), ("q", "t"), ("t", "p"), ("t", "q")], ["p", "q"],
         "not free choice at 'p'"),
        ([("p", "t", 2), ("t", "p", 2)], ["p"], "a weight above 1"),
    ],
)  # fmt: skip
def test_nets_outside_the_theorem(
    arcs: list[tuple[str, str] | tuple[str, str, int]], initial: list[str], why: str
) -> None:
    names = dict.fromkeys(name for arc in arcs for name in arc[:2])
    net = PetriNet(
        places=[n for n in names if n in "pq"], transitions=[n for n in names if n in "st"],
        arcs=arcs, initial=initial,
    )  # fmt: skip
    assert isinstance(live_by_traps(net), str)
    assert live(net, method="structure").unknown
    claim = Claim(formula="live", model_digest=net.digest())
    refused(SiphonTraps(claim=claim, traps=(tuple(net.place_ids),)), why, net)


def test_the_net_without_transitions_and_budgets() -> None:
    net = PetriNet(places=["p"], transitions=[], initial=["p"])
    claim = Claim(formula="AG !dead", model_digest=net.digest())
    refused(SiphonTraps(claim=claim, traps=(("p",),)), "without transitions", net)
    assert recheck(proof(), NET, budget=Budget(seconds=0.0)).status == "skipped"
    assert siphons_hold_traps(NET, theorem=False).traps
    unmarked = live_by_traps(NET.replace(initial=["a"]))
    assert isinstance(unmarked, str)
    assert "contains no trap" in unmarked
