"""Semiflows: all of minimal support and no others, and wide nets lose none."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import linprog

from petri import PetriNet
from petri.structure import flows
from petri.structure.flow_bases import transition_semiflows
from petri.structure.flows import Semiflow, Semiflows, place_semiflows
from transition_systems.budget import OUT_OF_TIME, Budget


def random_net(seed: int) -> PetriNet:
    rng = random.Random(seed)
    n, m = rng.randint(1, 6), rng.randint(0, 5)
    pre = [[rng.choice((0, 0, 0, 1, 1, 2)) for _ in range(m)] for _ in range(n)]
    post = [[rng.choice((0, 0, 0, 1, 1, 2)) for _ in range(m)] for _ in range(n)]
    return PetriNet.from_arrays(np.array(pre).reshape(n, m), np.array(post).reshape(n, m), [1] * n)


def minimal_supports(net: PetriNet) -> set[frozenset[int]]:
    """Sets of places that carry a semiflow, none of which lies within another: one after another."""
    count, change = len(net.place_ids), net.incidence
    found: list[frozenset[int]] = []
    for size in range(1, count + 1):
        for places in itertools.combinations(range(count), size):
            if any(known <= set(places) for known in found):
                continue
            rows = change[list(places)].T
            solved = linprog(
                np.ones(size), A_eq=rows if rows.size else None,
                b_eq=np.zeros(len(rows)) if rows.size else None, bounds=(1, None),
            )  # fmt: skip
            if solved.status == 0:
                found.append(frozenset(places))
    return set(found)


def test_all_minimal_supports_and_no_others() -> None:
    several = 0
    for seed in range(300):
        net = random_net(seed)
        flows = place_semiflows(net)
        assert flows.complete
        assert flows.reason is None
        supports = [frozenset(p for p, _ in flow.weights) for flow in flows]
        assert set(supports) == minimal_supports(net), seed
        assert len(set(supports)) == len(supports)
        for flow in flows:
            weights = np.zeros(len(net.place_ids), dtype=np.int64)
            for place, weight in flow.weights:
                weights[place] = weight
            assert not (weights @ net.incidence).any()
            assert flow.value == weights.sum()
        several += len(flows) > 1
    assert several > 60


def test_wide_nets_keep_more_rows_than_the_limit() -> None:
    """As many rows as places are kept anyway: nothing arises here but what goes."""
    count = 60
    arcs = [(f"p{n}", f"t{n}") for n in range(count)] + [(f"t{n}", f"q{n}") for n in range(count)]
    net = PetriNet(
        places=[f"{s}{n}" for n in range(count) for s in "pq"],
        transitions=[f"t{n}" for n in range(count)], arcs=arcs,
    )  # fmt: skip
    assert len(place_semiflows(net, most=10)) == count


def test_transition_semiflows_are_the_place_semiflows_of_the_net_turned_round() -> None:
    several = 0
    for seed in range(150):
        net = random_net(seed)
        turned = PetriNet.from_arrays(net.pre.T, net.post.T, [0] * len(net.transition_ids))
        found, expected = transition_semiflows(net), place_semiflows(turned)
        ids = net.transition_ids
        named = {tuple((ids[t], count) for t, count in flow.weights) for flow in expected}
        assert {flow.weights for flow in found} == named
        assert found.complete
        several += len(found) > 1
    assert several > 10


# Each of twelve transitions takes from one of six places and gives to one of six others.
CROWD = PetriNet(
    places=[f"{side}{n}" for n in range(6) for side in "pq"],
    transitions=[f"t{n}" for n in range(12)],
    arcs=[
        arc
        for n in range(12)
        for k in range(3)
        for arc in ((f"p{(n + k) % 6}", f"t{n}"), (f"t{n}", f"q{(n * 5 + 2 * k) % 6}"))
    ],
)


@pytest.mark.parametrize("semiflows", [place_semiflows, transition_semiflows])
def test_it_is_told_when_some_may_be_missing(semiflows: Callable[..., Semiflows[object]]) -> None:
    whole = semiflows(CROWD)
    assert whole.complete
    late = semiflows(CROWD, budget=Budget(seconds=0))
    assert (late.complete, late.reason) == (False, OUT_OF_TIME)
    assert set(map(str, late)) <= set(map(str, whole))
    for most in range(1, 40):
        few = semiflows(CROWD, most=most)
        assert few.complete == (few.reason is None)
        if few.complete:
            assert set(map(str, few)) == set(map(str, whole))
        else:
            assert "dropped" in str(few)


def test_a_semiflow_reads_as_an_equation() -> None:
    net = PetriNet.from_arrays([[2, 0], [0, 1]], [[0, 2], [1, 0]], [2, 0])
    (flow,) = place_semiflows(net)
    assert str(flow) == "p1 + 2 p2 = 2"
    assert eval(repr(flow)) == flow == Semiflow(weights=flow.weights, value=2)
    assert str(Semiflow(weights=((0, 1),), value=2)) == "place 0 = 2"
    assert str(transition_semiflows(net)) == "t1 + t2"


@pytest.mark.parametrize("seed", range(30))
def test_components_of_a_state_machine_are_its_semiflows(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    places = [f"p{i}" for i in range(rng.randint(1, 12))]
    arcs = []
    for i in range(rng.randint(0, 12)):
        arcs += [(rng.choice(places), f"t{i}"), (f"t{i}", rng.choice(places))]
    names = sorted({a for arc in arcs for a in arc if a.startswith("t")})
    net = PetriNet(places=places, transitions=names, arcs=arcs, initial={places[0]: 2})
    found = place_semiflows(net)
    monkeypatch.setattr(flows, "_of_state_machine", lambda _: None)
    assert found == place_semiflows(net)
