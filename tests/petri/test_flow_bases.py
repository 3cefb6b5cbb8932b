"""Flow bases: exact, independent and complete, against elimination with fractions."""

from __future__ import annotations

import random
from fractions import Fraction
from math import gcd

import numpy as np
import pytest
from hypothesis import given, settings

from petri import PetriNet
from petri.structure import dense_kernel, flow_bases
from petri.structure.flow_bases import (
    Flow,
    kernel,
    net_rank,
    place_flows,
    small_flows,
    transition_flows,
)
from state_space_nets import philosophers
from strategies_petri import nets
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError


def rank(rows: list[list[int]]) -> int:
    """Return the rank of a matrix over the rationals, by the textbook."""
    left = [[Fraction(value) for value in row] for row in rows]
    found = 0
    for column in range(len(rows[0]) if rows else 0):
        at = next((n for n in range(found, len(left)) if left[n][column]), None)
        if at is None:
            continue
        left[found], left[at] = left[at], left[found]
        for n in range(found + 1, len(left)):
            share = left[n][column] / left[found][column]
            left[n] = [a - share * b for a, b in zip(left[n], left[found], strict=True)]
        found += 1
    return found


def check(flows: tuple[Flow, ...], names: tuple[str, ...], matrix: np.ndarray, rows: int) -> None:
    """Check that flows are a basis of what is orthogonal to the columns of a matrix."""
    vectors = [[dict(flow.weights).get(name, 0) for name in names] for flow in flows]
    for flow, vector in zip(flows, vectors, strict=True):
        assert not (np.array(vector, dtype=object) @ matrix.astype(object)).any()
        assert [name for name in names if name in dict(flow.weights)] == [
            n for n, _ in flow.weights
        ]
        assert flow.weights[0][1] > 0
        assert gcd(*(weight for _, weight in flow.weights)) == 1
        assert flow.positive == all(weight > 0 for _, weight in flow.weights)
    assert rank(vectors) == len(vectors) == len(names) - rows


@settings(max_examples=200, derandomize=True, deadline=None)
@given(nets(max_places=6, max_transitions=6, max_weight=4))
def test_bases_of_random_nets(net: PetriNet) -> None:
    matrix = net.incidence
    rows = rank(matrix.tolist())
    assert net_rank(net) == rows
    places = place_flows(net)
    check(places, net.place_ids, matrix, rows)
    check(transition_flows(net), net.transition_ids, matrix.T, rows)
    tokens = net.initial.to_dict()
    for flow in places:
        assert flow.value == sum(tokens.get(name, 0) * weight for name, weight in flow.weights)


def test_large_weights_stay_exact() -> None:
    big = 10**30 + 7
    assert kernel([{0: big, 1: 1}, {0: 1, 1: big}, {0: big + 1, 1: big + 1}]) == [
        {0: -1, 1: -1, 2: 1}
    ]
    net = PetriNet(
        places=["p", "q"], transitions=["t"], arcs=[("p", "t", 2**40), ("t", "q", 2**40 + 1)]
    )
    (flow,) = place_flows(net.replace(initial={"p": 2**40}))
    assert str(flow) == f"{2**40 + 1} p + {2**40} q = {2**40 * (2**40 + 1)}"


def test_invariants_read_as_equations() -> None:
    net = PetriNet(
        places=["a", "b", "c"],
        transitions=["t"],
        arcs=[("a", "t"), ("t", "b"), ("t", "c", 2)],
        initial={"a": 1},
    )
    assert [str(flow) for flow in place_flows(net)] == ["a + b = 1", "2 a + c = 2"]
    assert str(Flow(weights=(("x", 1), ("y", -3)))) == "x - 3 y"


def test_a_net_of_ten_thousand_places() -> None:
    net = philosophers(2500)
    assert len(net.place_ids) == 10_000
    flows = place_flows(net)
    assert len(flows) == 10_000 - net_rank(net) == 5_000
    matrix = net.incidence_csr
    for flow in flows[::97]:
        vector = np.zeros(10_000, dtype=np.int64)
        for name, weight in flow.weights:
            vector[net.place_index(name)] = weight
        assert not (vector @ matrix).any()


def drawn(places: int, transitions: int, seed: int) -> PetriNet:
    """Return a net each of whose transitions joins any two places with any two others."""
    rng = random.Random(seed)
    pre, post = (np.zeros((places, transitions), dtype=np.int64) for _ in range(2))
    for transition in range(transitions):
        for table in (pre, post):
            table[rng.sample(range(places), 2), transition] = rng.randint(1, 2)
    return PetriNet.from_arrays(pre, post, [1] * places)


def test_dense_bases_of_random_nets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_bases, "MANY", 0)
    monkeypatch.setattr(flow_bases, "FILL", 0)
    for seed in range(120):
        rng = random.Random(seed)
        net = drawn(rng.randint(4, 9), rng.randint(1, 9), seed)
        matrix = net.incidence
        rows = rank(matrix.tolist())
        check(place_flows(net), net.place_ids, matrix, rows)
        check(transition_flows(net), net.transition_ids, matrix.T, rows)


def test_what_a_bad_prime_says_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Modulo 2 and 3 the rows are dependent, or have too small a rank; exactly they are not."""
    monkeypatch.setattr(dense_kernel, "PRIMES", (2, 3))
    assert dense_kernel.dense_kernel([{0: 6}, {1: 1}]) is None
    assert dense_kernel.dense_kernel([{0: 2}, {1: 1}]) == []
    assert dense_kernel.dense_kernel([{0: 1, 1: 1}, {0: 2, 1: 2}]) == [{0: -2, 1: 1}]


def test_nets_that_fill_are_solved_modulo_a_prime_and_exactly() -> None:
    net = drawn(400, 390, seed=3)
    flows = place_flows(net)
    vectors = [dict(flow.weights) for flow in flows]
    columns = [
        {place: int(n) for place, n in zip(net.place_ids, column.tolist(), strict=True) if n}
        for column in net.incidence.T
    ]
    assert len(flows) >= 10
    for vector in vectors:
        for column in columns:
            assert sum(vector.get(place, 0) * n for place, n in column.items()) == 0


def test_the_clock_is_asked() -> None:
    with pytest.raises(UndecidedError):
        place_flows(drawn(80, 80, seed=1), budget=Budget(seconds=0))
    assert small_flows(drawn(80, 80, seed=1), Budget(seconds=0)) == []
