"""Semiflows: all of minimal support and no others, and wide nets lose none."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from scipy.optimize import linprog

from petri import PetriNet
from petri.structure import flows
from petri.structure.flows import place_semiflows


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
