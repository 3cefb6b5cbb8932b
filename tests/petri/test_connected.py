"""Connected parts of nets, and Commoner's condition on them."""

from __future__ import annotations

import petri
from engine_cases import random_net
from netproof.recheck import recheck_verdict
from oracles.structure import commoner
from petri import PetriNet
from petri.structure.commoner import siphons_hold_traps
from petri.structure.connected import connected_parts
from petri.structure.siphons_traps import is_siphon, is_trap


def beside(*nets: PetriNet) -> PetriNet:
    """The nets side by side."""
    arcs, initial = [], {}
    for number, net in enumerate(nets):
        for index, transition in enumerate(net.transition_ids):
            for table, into in ((net.pre_arcs, True), (net.post_arcs, False)):
                for place, weight in zip(*table.row(index), strict=True):
                    ends = (f"{number}.{net.place_ids[place]}", f"{number}.{transition}")
                    arcs.append((*(ends if into else ends[::-1]), int(weight)))
        initial |= {f"{number}.{p}": n for p, n in net.initial.to_dict().items()}
    return PetriNet(
        places=[f"{i}.{p}" for i, net in enumerate(nets) for p in net.place_ids],
        transitions=[f"{i}.{t}" for i, net in enumerate(nets) for t in net.transition_ids],
        arcs=arcs,
        initial=initial,
    )


def test_parts_together_are_the_net() -> None:
    for seed in range(30):
        net = beside(random_net(seed), random_net(seed + 1), random_net(seed + 2))
        parts = list(connected_parts(net))
        assert len(parts) >= 3
        assert sorted(p for part in parts for p in part.place_ids) == sorted(net.place_ids)
        assert sorted(t for part in parts for t in part.transition_ids) == sorted(
            net.transition_ids
        )
        for part in parts:
            assert list(connected_parts(part)) == [part]
            for name in part.transition_ids:
                assert part.preset(name) == net.preset(name)
                assert part.postset(name) == net.postset(name)
            assert part.initial.to_dict() == {
                p: net.initial[p] for p in part.place_ids if net.initial[p]
            }


def test_the_condition_of_the_parts_is_that_of_the_net() -> None:
    answers = set()
    cycle = PetriNet.from_arrays([[1, 0, 1], [0, 1, 0]], [[0, 1, 0], [1, 0, 1]], [1, 0])
    kinds = [cycle, cycle.replace(initial={}), cycle.replace(initial=["p2"])]
    for seed in range(60):
        small = [random_net(seed), random_net(seed + 7)]
        if seed % 3 == 0:
            small = [kinds[seed % 2], kinds[seed % 9 // 3]]
        if sum(len(net.place_ids) for net in small) > 9:
            continue
        net = beside(*small)
        answer = siphons_hold_traps(net, theorem=False)
        answers.add(answer.holds)
        assert answer.holds == commoner(net)
        if answer.siphon:
            assert is_siphon(net, answer.siphon)
        assert all(is_trap(net, trap) for trap in answer.traps)
    assert answers == {True, False}


def test_many_cycles_are_live() -> None:
    cycle = PetriNet.from_arrays([[1, 0, 1], [0, 1, 0]], [[0, 1, 0], [1, 0, 1]], [1, 0])
    net = beside(*[cycle] * 200)
    verdict = petri.live(net, method="structure")
    assert verdict.holds
    assert recheck_verdict("liveness", verdict.outcome, verdict.evidence, net).passed
    dead = beside(*[cycle] * 50, cycle.replace(initial={}))
    found = siphons_hold_traps(dead, theorem=False)
    assert found.holds is False
    assert found.siphon == ("50.p1", "50.p2")
    assert found.traps == ()
