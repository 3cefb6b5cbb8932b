"""Traces: legal runs of the right law, the same for the same seed and for both engines."""

from __future__ import annotations

import io
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from oracles import firing as oracle
from petri import PetriNet
from petri.token_game import (
    MaximalStep,
    Priorities,
    Replay,
    Uniform,
    Weighted,
    arguments,
    trace_runs,
    traces,
)
from strategies_petri import nets
from transition_systems.budget import Budget
from transition_systems.errors import FiringError, UsageError
from transition_systems.properties.predicates import at_least

CHOICE = PetriNet(
    places=["p", "a", "b"], transitions=["t", "u", "v", "w"], initial={"p": 1},
    arcs=[("p", "t"), ("t", "a"), ("p", "u"), ("u", "b"), ("a", "v"), ("v", "p"), ("b", "w"),
          ("w", "p")],
)  # fmt: skip


@pytest.fixture
def uncompiled(monkeypatch):
    monkeypatch.setattr(arguments, "has_compiler", lambda: True)
    with np.errstate(all="ignore"):
        yield


def legal(net, row):
    arcs = {(a.source, a.target): a.weight for a in net.arcs}
    places, tokens = set(net.place_ids), net.initial.to_dict()
    ended = False
    for number in row:
        if number < 0:
            ended = True
            continue
        assert not ended
        assert oracle.can_fire(arcs, places, tokens, net.transition_ids[number])
        tokens = oracle.fire(arcs, places, tokens, net.transition_ids[number])
    return tokens, ended


@given(nets(), st.integers(0, 3), st.sampled_from(["uniform", "weighted", "priorities", "maximal"]))
@settings(max_examples=80, derandomize=True, deadline=None)
def test_runs_are_legal_and_end_only_where_nothing_is_enabled(net, seed, kind) -> None:
    names = net.transition_ids
    policy = {
        "uniform": Uniform(), "weighted": Weighted(dict.fromkeys(names[:1], 2.5)),
        "priorities": Priorities(dict.fromkeys(names[:2], 1), dict.fromkeys(names[:1], 3)),
        "maximal": MaximalStep(),
    }[kind]  # fmt: skip
    found = traces(net, runs=6, length=10, seed=seed, policy=policy)
    assert found.log.shape == (6, 10)
    for number, row in enumerate(found.log.tolist()):
        tokens, ended = legal(net, row)
        assert not ended or not net.enabled(tokens)
        if kind == "priorities":
            replay = found.replay(number)
            for transition in row[: found.lengths[number]]:
                able = replay.enabled
                assert not set(able) & set(names[:2]) or names[transition] in names[:2]
                replay.forward()
    again = traces(net, runs=6, length=10, seed=seed, policy=policy)
    assert (again.log == found.log).all()


@given(nets(), st.integers(0, 3), st.sampled_from([None, 2.5]), st.booleans())
@settings(max_examples=40, derandomize=True, deadline=None)
def test_the_kernel_makes_the_same_choices(net, seed, weight, levels) -> None:
    names = net.transition_ids
    weights = {} if weight is None else dict.fromkeys(names[1:3], weight)
    policy = Priorities(dict.fromkeys(names[:2], 1), weights) if levels else Weighted(weights)
    numpy = traces(net, runs=5, length=8, seed=seed, policy=policy)
    with np.errstate(all="ignore"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(arguments, "has_compiler", lambda: True)
        kernel = traces(net, runs=5, length=8, seed=seed, policy=policy, engine="kernel")
    assert kernel.engine == "kernel"
    assert (kernel.log == numpy.log).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("policy", "shares"), [
    (None, [1, 1]), (Weighted({"t": 3}), [3, 1]), (Priorities({"v": 1}, {"u": 2}), [1, 2]),
])  # fmt: skip
def test_the_law_of_choices(policy, shares, seed) -> None:
    found = traces(CHOICE, runs=4000, length=1, seed=seed, policy=policy)
    counts = found.fired()
    assert counts[2:].sum() == 0
    expected = np.array(shares) / sum(shares) * 4000
    assert chisquare(counts[:2], expected).pvalue > 0.001


def test_many_transitions_and_more_runs_than_a_tile(uncompiled) -> None:
    count = 300
    net = PetriNet(
        places=["p"], transitions=[f"t{i}" for i in range(count)], initial={"p": 1},
        arcs=[("p", f"t{i}") for i in range(count)] + [(f"t{i}", "p") for i in range(count)],
    )  # fmt: skip
    found = traces(net, runs=17_000, length=2, seed=1)
    assert chisquare(found.fired()).pvalue > 0.001
    assert (found.log[: trace_runs.TILE // 64] != found.log[trace_runs.TILE :][:256]).any()
    few = [traces(net, runs=3, length=4, engine=e).log for e in ("numpy", "kernel")]
    assert (few[0] == few[1]).all()


def test_maximal_steps_fill_up_before_tokens_arrive() -> None:
    net = PetriNet(
        places=["p", "q"], transitions=["t", "u"], initial={"p": 3},
        arcs=[("p", "t"), ("t", "q"), ("q", "u"), ("u", "p")],
    )  # fmt: skip
    found = traces(net, runs=2, length=8, policy=MaximalStep())
    assert found.log.tolist() == [[0, 0, 0, 1, 1, 1, 0, 0]] * 2
    assert found.steps is not None
    assert found.steps.tolist() == [[0, 0, 0, 1, 1, 1, 2, 2]] * 2


def test_a_function_chooses_and_ends_runs() -> None:
    def last_enabled(markings, enabled, generator):
        assert markings.shape[0] == 3
        chosen = np.where(enabled.any(axis=0), 3 - enabled[::-1].argmax(axis=0), -1)
        chosen[0] = -1
        return chosen

    found = traces(CHOICE, runs=3, length=4, policy=last_enabled)
    assert found.log.tolist() == [[-1] * 4, [1, 3, 1, 3], [1, 3, 1, 3]]
    with pytest.raises(UsageError, match="not enabled"):
        traces(CHOICE, runs=2, length=2, policy=lambda m, e, g: np.full(2, 2))
    with pytest.raises(UsageError, match="integers"):
        traces(CHOICE, runs=2, length=2, policy=lambda m, e, g: np.zeros(2))


def test_stops_refusals_budget_and_overflow(uncompiled) -> None:
    found = traces(CHOICE, runs=50, length=9, until=at_least("a"), seed=4)
    for row, length in zip(found.log, found.lengths.tolist(), strict=True):
        assert 0 not in row[: length - 1]
        assert length == 9 or row[length - 1] == 0
    for wrong in ({"runs": -1}, {"length": -1}, {"runs": 2.5}, {"length": "2"}, {"seed": None},
                  {"seed": -1}, {"engine": "x"}, {"policy": 3},
                  {"engine": "kernel", "policy": MaximalStep()}):  # fmt: skip
        with pytest.raises(UsageError):
            traces(CHOICE, **{"runs": 1, "length": 1, **wrong})
    huge = PetriNet(places=["p"], transitions=["t"], arcs=[("t", "p", 2**61)])
    for engine in ("numpy", "kernel"):
        assert traces(huge, runs=2, length=2, engine=engine).firings == 4
        with pytest.raises(FiringError, match=r"2\*\*62"):
            traces(huge, runs=2, length=5, engine=engine)
    grown = PetriNet(places=["p"], transitions=["t"], arcs=[("t", "p", 100)])
    assert traces(grown, runs=1, length=70).replay(0).markings()[-1, 0] == 7000
    told = []
    part = traces(
        CHOICE, runs=20_000, length=500, budget=Budget(seconds=1e-6), progress=told.append
    )
    assert not part.complete
    assert told
    empty = PetriNet(places=["p"], transitions=[])
    assert traces(empty, runs=2, length=3).firings == 0


def test_replay_forward_and_back() -> None:
    found = traces(CHOICE, runs=2, length=6, seed=2)
    replay = found.replay(1)
    markings = replay.markings()
    for position in (6, 2, 4, 0):
        assert (
            replay.goto(position).to_array(CHOICE.place_ids).tolist() == markings[position].tolist()
        )
    assert replay.run() == CHOICE.run(CHOICE.initial, found.log[1].tolist())
    assert [len(run) for run in found] == [6, 6]
    with pytest.raises(UsageError, match="begins"):
        replay.back()
    replay.goto(6)
    with pytest.raises(UsageError, match="ends"):
        replay.forward()
    with pytest.raises(FiringError, match="step 2"):
        Replay(CHOICE, ["t", "t"]).markings()
    with pytest.raises(UsageError, match="positions"):
        replay.goto(7)


def test_event_logs() -> None:
    found = traces(CHOICE, runs=3, length=2, seed=5)
    out = io.BytesIO()
    found.write_csv(out)
    rows = out.getvalue().decode().splitlines()
    assert len(rows) == 7
    names = [CHOICE.transition_ids[number] for number in found.log.ravel().tolist()]
    assert Counter(row.split(",")[2] for row in rows[1:]) == Counter(names)
    out = io.BytesIO()
    found.write_xes(out)
    assert out.getvalue().count(b"<trace>") == 3
