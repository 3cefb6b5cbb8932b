"""Transition systems as arrays: contract of the model object, operations, components, quotients."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies_lts import systems
from transition_systems import scc
from transition_systems.errors import InputError, UsageError
from transition_systems.lts import LTS, TAU, TICK
from transition_systems.lts_operations import disjoint_union, reachable_states, restrict
from transition_systems.quotient import number_blocks, quotient


def test_arcs_are_a_set_and_their_order_does_not_matter() -> None:
    first = LTS.from_arcs(3, [(0, "b", 1), (0, None, 2), (0, "b", 1), (1, "a", 1)], final=[2])
    second = LTS.from_arcs(3, [(1, "a", 1), (0, "tau", 2), (0, "b", 1)], final=[2])
    groups = [
        [first, second],
        [LTS.from_arcs(3, [(1, "a", 1), (0, None, 2), (0, "b", 1)])],
        [LTS.from_arcs(3, first.arcs(), final=[2], initial=[1])],
        [LTS.from_arcs(3, first.arcs(), final=[2], atoms={"x": [True, False, False]})],
        [LTS.from_arcs(3, first.arcs(), final=[2], atoms={"y": [True, False, False]})],
    ]
    for i, group in enumerate(groups):
        for j, others in enumerate(groups):
            for one in group:
                for other in others:
                    assert (one == other) is (i == j)
                    assert (hash(one) == hash(other)) is (i == j)
                    assert (one.digest() == other.digest()) is (i == j)
    assert first != "something else"
    assert first.label_names == ("tau", "✓", "a", "b")
    assert (first.label_names[TAU], first.label_names[TICK]) == ("tau", "✓")


def test_it_is_immutable() -> None:
    lts = LTS.from_arcs(2, [(0, "a", 1)])
    with pytest.raises(AttributeError):
        cast(Any, lts).initial = lts.initial
    with pytest.raises(AttributeError):
        del lts.labels
    for array in (lts.offsets, lts.labels, lts.targets, lts.initial, lts.final):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(TypeError):
        cast(dict[str, Any], lts.atoms)["x"] = lts.final


@settings(max_examples=80, derandomize=True)
@given(systems(several_initial=True))
def test_round_trips(lts: LTS) -> None:
    assert LTS.from_dict(lts.to_dict()) == lts
    assert pickle.loads(pickle.dumps(lts)) == lts
    assert LTS.from_networkx(lts.to_networkx()) == lts
    assert (
        LTS.from_arcs(
            lts.n_states, lts.arcs(), initial=lts.initial, final=np.flatnonzero(lts.final)
        )
        == lts
    )
    offsets, labels, sources = lts.predecessors()
    back = {
        (int(sources[k]), int(labels[k]), state)
        for state in range(lts.n_states)
        for k in range(offsets[state], offsets[state + 1])
    }
    forward = {
        (state, int(label), int(target))
        for state in range(lts.n_states)
        for label, target in zip(*lts.successors(state), strict=True)
    }
    assert back == forward


@settings(max_examples=80, derandomize=True)
@given(systems())
def test_reachability_components_and_ends_by_definition(lts: LTS) -> None:
    n = lts.n_states
    step = {(s, t) for s, _, t in lts.arcs()}
    closure = {(s, s) for s in range(n)} | step
    for middle in range(n):
        closure |= {
            (s, t)
            for s in range(n)
            for t in range(n)
            if (s, middle) in closure and (middle, t) in closure
        }
    assert reachable_states(lts).tolist() == [(0, s) in closure for s in range(n)]
    assert lts.reachable() == restrict(lts, reachable_states(lts))
    for find in (scc.components, scc.tarjan, scc._by_scipy):
        count, component = find(lts.offsets, lts.targets)
        assert sorted(set(component.tolist())) == list(range(count))
        for s in range(n):
            for t in range(n):
                together = (s, t) in closure and (t, s) in closure
                assert (component[s] == component[t]) == together
        assert all(component[s] >= component[t] for s, t in step)
        bottom = scc.bottom_components(lts.offsets, lts.targets, count, component)
        for s in range(n):
            leaves = any(component[u] == component[s] != component[t] for u, t in step)
            assert bottom[component[s]] == (not leaves)
    stuck = [not any(s == source for source, _ in step) for s in range(n)]
    assert lts.dead().tolist() == [stuck[s] and not lts.final[s] for s in range(n)]
    assert lts.terminated().tolist() == [stuck[s] and bool(lts.final[s]) for s in range(n)]
    assert lts.deadlocks().tolist() == [s for s in range(n) if lts.dead()[s]]


def test_a_long_chain_does_not_overflow_the_stack() -> None:
    n = 100_000
    arcs = [(i, "a", i + 1) for i in range(n - 1)]
    chain = LTS.from_arcs(n, arcs)
    assert scc.tarjan(chain.offsets, chain.targets)[0] == n
    assert scc.components(chain.offsets, chain.targets)[1].tolist() == list(range(n - 1, -1, -1))


def test_operations() -> None:
    lts = LTS.from_arcs(
        4,
        [(0, "a", 1), (0, "b", 1), (1, "✓", 2), (3, "c", 0)],
        final=[2],
        state_of="wxyz".__getitem__,
    )
    assert set(lts.hide(["a"]).arcs()) == {(0, None, 1), (0, "b", 1), (1, "✓", 2), (3, "c", 0)}
    assert set(lts.relabel(lambda _: "z").reachable().arcs()) == {(0, "z", 1), (1, "z", 2)}
    assert lts.hide(["nothing"]) == lts
    part = restrict(lts, np.array([True, False, True, True]))
    assert (part.n_states, list(part.arcs())) == (3, [(2, "c", 0)])
    assert part.state_of is not None
    assert [part.state_of(i) for i in range(3)] == ["w", "y", "z"]
    both = disjoint_union(lts, LTS.from_arcs(1, [(0, "d", 0)], atoms={"x": [True]}))
    assert (both.n_states, both.n_arcs, both.initial.tolist()) == (5, 5, [0, 4])
    assert both.atoms["x"].tolist() == [False] * 4 + [True]
    assert (4, "d", 4) in set(both.arcs())


@settings(max_examples=60, derandomize=True)
@given(systems(), st.lists(st.integers(0, 3), min_size=6, max_size=6), st.booleans())
def test_a_quotient_by_definition(lts: LTS, classes: list[int], inert: bool) -> None:
    block = np.array(classes[: lts.n_states])
    small = quotient(lts, block, drop_inert=inert)
    new = number_blocks(block)
    expected = {(int(new[s]), label, int(new[t])) for s, label, t in lts.arcs()}
    if inert:
        expected = {(s, label, t) for s, label, t in expected if label is not None or s != t}
    assert set(small.arcs()) == expected
    assert set(np.flatnonzero(small.final)) == {new[s] for s in np.flatnonzero(lts.final)}
    assert set(small.initial) == {new[s] for s in lts.initial}


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: LTS.from_arcs(1, [(0, "a", 1)]), "leads to a state"),
        (lambda: LTS.from_arcs(1, [(-1, "a", 0)]), "starts in a state"),
        (lambda: LTS.from_arcs(1, initial=[1]), "initial state does not exist"),
        (lambda: LTS.from_arcs(1, final=[3]), "final state does not exist"),
        (lambda: LTS.from_arcs(1, atoms={"x": [True, False]}), "one value for each state"),
        (lambda: LTS(offsets=[0, 2, 1], labels=[0], targets=[0]), "must not decrease"),
        (lambda: LTS(offsets=[0, 2], labels=[0], targets=[0]), "number of arcs"),
        (lambda: LTS(offsets=[0, 1], labels=[2], targets=[0]), "without a name"),
        (lambda: LTS(offsets=[0], labels=[], targets=[], label_names=["a"], initial=[]), "tau"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(build: Callable[[], LTS], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        build()


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"n_states": -1},
        {"n_states": 10**12},
        {"n_states": "many"},
        {"arcs": [[0], [2]]},
        {"arcs": [[0], [7], [0]]},
        {"arcs": [[0.5], [2], [0]]},
        {"initial": [5]},
        {"atoms": {"final": [9]}},
        {"atoms": None},
        {"label_names": None},
        {"label_names": ["tau", "✓", "a", "a"]},
    ],
)
def test_data_that_does_not_fit_is_refused(change: dict[str, object]) -> None:
    data = {**LTS.from_arcs(2, [(0, "a", 1)]).to_dict(), **change}
    with pytest.raises(InputError):
        LTS.from_dict(data)
