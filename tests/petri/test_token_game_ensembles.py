"""Ensembles: bit for bit what each replica does by definition, in both clocks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles import shared_attempts as oracle
from petri import PetriNet
from petri.token_game import MaximalStep, Priorities, Weighted, ensemble, ensembles
from petri.token_game.choices import BlockChoices, weights_of
from strategies_petri import nets
from transition_systems.budget import Budget
from transition_systems.errors import FiringError, UsageError
from transition_systems.properties.predicates import Compare, Dead, Enabled, Not, Or, at_least

REPLICAS, BLOCKS = 70, 1
CYCLE = PetriNet(
    places=["p", "q"], transitions=["t", "u"], initial={"p": 1},
    arcs=[("p", "t"), ("t", "q"), ("q", "u"), ("u", "p")],
)  # fmt: skip


def drawn(net, seed, blocks, n_words, weights, portions=1):
    seeds = np.random.SeedSequence(seed).spawn(blocks)
    source = BlockChoices(len(net.transition_ids), weights_of(net, weights), seeds, n_words)
    parts = [source.portion() for _ in range(portions)]
    return (
        np.concatenate([p.pairs for p in parts], axis=1),
        np.concatenate([p.coins for p in parts], axis=1),
    )


def by_definition(net, *, replicas, blocks, seed, bound, weights, goal, watched, clock, amount):
    sizes = [replicas // blocks + (b < replicas % blocks) for b in range(blocks)]
    pairs, coins = drawn(net, seed, blocks, -(-max(sizes) // 64), weights)
    return [
        oracle.play(
            net, goal, watched, bound, pairs[block].tolist(),
            lambda i, block=block, number=number: int(coins[block, i, number // 64]) >> (number % 64) & 1,
            clock=clock, amount=amount,
        )
        for block in range(blocks) for number in range(sizes[block])
    ]  # fmt: skip


@given(
    nets(max_places=4, max_transitions=4), st.integers(0, 9), st.sampled_from(["firings", "attempts"]),
    st.sampled_from([1, 3, 6]), st.sampled_from([None, 2]), st.sampled_from([0, 7, 30]),
)  # fmt: skip
@settings(max_examples=70, derandomize=True, deadline=None)
def test_every_replica_does_what_the_definition_says(net, seed, clock, bound, weight, amount):
    if not net.transition_ids or any(n > bound for n in net.initial.values()):
        return
    weights = None if weight is None else {net.transition_ids[0]: weight}
    place = net.place_ids[0] if net.place_ids else None
    goal = at_least(place, 2) if place else Not(Or(()))
    watched = Compare(tuple((p, (-1) ** i) for i, p in enumerate(net.place_ids)), ">", 0)

    def watched_by_definition(tokens):
        return sum((-1) ** i * tokens.get(p, 0) for i, p in enumerate(net.place_ids)) > 0

    def goal_by_definition(tokens):
        return place is None or tokens.get(place, 0) >= 2

    arguments = {"replicas": REPLICAS, "blocks": BLOCKS, "seed": seed, "bound": bound}
    try:
        expected = by_definition(
            net, weights=weights, goal=goal_by_definition, watched=watched_by_definition,
            clock=clock, amount=amount, **arguments,
        )  # fmt: skip
    except oracle.AboveBound:
        expected = None
    options = {clock: amount, "until": goal, "watch": {"w": watched}, **arguments}
    if weights:
        options["policy"] = Weighted(weights)
    try:
        result = ensemble(net, **options)
    except FiringError as error:
        caught = error
    else:
        caught = None
    if expected is None:
        assert "bound" in str(caught)
        return
    assert caught is None
    assert result.markings().tolist() == [
        [replica.tokens.get(p, 0) for p in net.place_ids] for replica in expected
    ]
    for number, transition in enumerate(net.transition_ids):
        assert result.fired[0, number] == sum(r.fired[transition] for r in expected)
    times = [-1 if replica.passage is None else replica.passage for replica in expected]
    assert result.first_passage().times.tolist() == times
    total = sum(sum(r.fired.values()) for r in expected)
    if clock == "firings" and total:
        assert result.visits("w").mean == sum(r.visits for r in expected) / total
    assert result.dead.tolist() == [not net.enabled(replica.tokens) for replica in expected]


def test_blocks_of_many_words_wide_transitions_and_tokens_by_the_hundred() -> None:
    wide = [f"w{i}" for i in range(12)]
    net = PetriNet(
        places=["p", "store", *wide], transitions=["fork", "join", "pass"],
        arcs=[("p", "fork", 3), *(("fork", w) for w in wide), *((w, "join") for w in wide),
              ("join", "p", 3), ("p", "pass"), ("pass", "store", 2)],
        initial={"p": 100},
    )  # fmt: skip
    options = {"replicas": 200, "blocks": 3, "seed": 4, "bound": 250}
    expected = by_definition(
        net, weights=None, goal=lambda _: False, watched=lambda _: False, clock="firings",
        amount=40, **options,
    )  # fmt: skip
    result = ensemble(net, firings=40, **options)
    assert result.markings().tolist() == [
        [r.tokens.get(p, 0) for p in net.place_ids] for r in expected
    ]
    assert result.fired.sum() == 200 * 40
    assert (np.diff(result.block_of) >= 0).all()


def test_replicas_part_and_blocks_are_independent() -> None:
    result = ensemble(CYCLE, replicas=640, attempts=9, seed=1, blocks=10)
    assert 200 < result.tokens("p").sum() < 440
    for block in range(10):
        assert len(set(result.tokens("p")[result.block_of == block].tolist())) == 2
    again = ensemble(CYCLE, replicas=640, attempts=9, seed=1, blocks=10)
    assert (again.markings() == result.markings()).all()
    other = ensemble(CYCLE, replicas=640, attempts=9, seed=2, blocks=10)
    assert (other.markings() != result.markings()).any()


@pytest.mark.parametrize(("replicas", "blocks"), [
    (5, 5), (9, 8), (3_200, 32), (100_000, 32), (1_000_000, 244), (6_000_000, 1024),
])  # fmt: skip
def test_large_ensembles_have_more_blocks(replicas, blocks) -> None:
    result = ensemble(CYCLE, replicas=replicas, firings=1)
    assert (result.blocks, int(result.sizes.sum())) == (blocks, replicas)
    assert result.sizes.max() - result.sizes.min() <= 64


def test_the_two_clocks_and_their_visits() -> None:
    """p has one transition out, q has three: time in q is a third of p's, visits are equal."""
    net = PetriNet(
        places=["p", "q"], transitions=["t", "a", "b", "c"], initial={"p": 1},
        arcs=[("p", "t"), ("t", "q"), *((("q", x)) for x in "abc"), *((x, "p") for x in "abc")],
    )  # fmt: skip
    watch = {"in p": at_least("p")}
    timed = ensemble(net, replicas=3200, attempts=2000, seed=2, watch=watch, every=5)
    share = timed.visits("in p", per="time")
    assert abs(share.mean - 3 / 4) < 0.01
    assert abs(timed.visits("in p").mean - 1 / 2) < 0.01
    assert abs(timed.throughput("t").mean - 3 / 4) < 0.02
    assert share.low < 3 / 4 < share.high
    assert len(share.block_means) == timed.blocks == 32
    counted = ensemble(net, replicas=3200, firings=100, seed=3, watch=watch)
    assert counted.visits("in p").mean == 1 / 2
    assert abs(counted.firing_share("a").mean - 1 / 6) < 0.01
    assert counted.probability(at_least("p")).mean == 1
    with pytest.raises(UsageError, match="clock of attempts"):
        counted.visits("in p", per="time")
    with pytest.raises(UsageError, match="attempts"):
        counted.throughput()


def test_dead_replicas_and_first_passage() -> None:
    net = PetriNet(
        places=["p", "q", "end", "lost"], transitions=["go", "lose", "step"], initial={"p": 1},
        arcs=[("p", "go"), ("go", "q"), ("p", "lose"), ("lose", "lost"), ("q", "step"), ("step", "end")],
    )  # fmt: skip
    result = ensemble(net, replicas=1000, firings=50, seed=0, until=at_least("end"))
    passage = result.first_passage()
    assert set(passage.times.tolist()) == {-1, 2}
    assert passage.mean.mean == 2
    assert abs(passage.reached.mean - 0.5) < 2 * passage.reached.half_width < 0.3
    assert result.dead.all()
    assert result.dead_share().mean == 1
    assert passage.quantile(0.2) == 2
    assert passage.quantile(1) == float("inf")
    lost = result.token_distribution("lost")
    assert lost.values.tolist() == [0, 1]
    assert lost.shares.sum() == pytest.approx(1)
    both = ensemble(net, replicas=100, attempts=10**9, seed=0)
    assert both.dead.all()
    assert both.firing_count().mean <= 2


@pytest.mark.parametrize("method", ["bits", "arrays"])
def test_replicas_that_stopped_are_not_visited(method) -> None:
    """p, then q (two ways on), then the goal: only p and q are ever seen, q half as long."""
    net = PetriNet(
        places=["p", "q", "r"], transitions=["t", "u", "v"], initial={"p": 1},
        arcs=[("p", "t"), ("t", "q"), ("q", "u"), ("u", "r"), ("q", "v"), ("v", "r")],
    )  # fmt: skip
    watch = {name: at_least(name) for name in "pqr"}
    for rest in ((), (("r", "back"), ("back", "p"))):
        model = net if not rest else net.replace(
            transitions=[*net.transitions, "back"], arcs=[*net.arcs, *rest]
        )  # fmt: skip
        options = {
            "replicas": 6_000, "blocks": 2_000 if method == "bits" else 20,
            "until": at_least("r"), "watch": watch,
        }  # fmt: skip
        found = ensemble(model, attempts=300, every=1, seed=3, method=method, **options)
        assert found.first_passage().reached.mean == 1
        assert found.visits("r").mean == found.visits("r", per="time").mean == 0
        # The first sample is after the first attempt: the mean times are a little less than the
        # whole, count - 1 attempts in p of count transitions, and count / 2 in q.
        count = len(model.transition_ids)
        share = (count - 1) / (count - 1 + count / 2)
        assert found.visits("p", per="time").mean == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("method", ["bits", "arrays"])
def test_the_dead_wait_without_being_played(method) -> None:
    net = PetriNet(
        places=["p", "q"], transitions=["t"], initial={"p": 1}, arcs=[("p", "t"), ("t", "q")]
    )
    watch = {"p": at_least("p")}
    options = {"replicas": 32, "blocks": 1, "watch": watch, "method": method, "every": 1}
    found = ensemble(net, attempts=10**12, budget=Budget(seconds=60), **options)
    assert found.complete
    assert found.attempts == 10**12
    assert found.visits("p", per="time").mean == 0
    short = ensemble(net, attempts=4_000, **options)
    exact = ensemble(net, attempts=1_000, **options)
    assert short.visits("p", per="time").mean * 4 == exact.visits("p", per="time").mean
    many = [f"n{i}" for i in range(9)]
    net = net.replace(
        places=["p", "q", "r"], transitions=["t", *many],
        arcs=[("p", "t"), ("t", "q"), *(("r", n) for n in many)],
    )  # fmt: skip
    long, short = (ensemble(net, attempts=n, seed=2, **options) for n in (50_000, 1_000))
    shares = [found.visits("p", per="time").mean for found in (long, short)]
    assert 0 < shares[0] * 50 == pytest.approx(shares[1], rel=1e-9)


def test_shares_are_of_all_firings_and_not_means_of_shares() -> None:
    """A replica fires a once and ends, or fires b a hundred times: a is rare among the firings."""
    net = PetriNet(
        places=["p", "q", "n"], transitions=["a", "go", "b"], initial={"p": 1, "n": 99},
        arcs=[("p", "a"), ("p", "go"), ("go", "q"), ("q", "b"), ("b", "q"), ("n", "b")],
    )  # fmt: skip
    for blocks in (500, 50):
        found = ensemble(net, replicas=500, blocks=blocks, firings=200, seed=1)
        share = found.firing_share("a")
        assert share.mean == found.fired[:, 0].sum() / found.fired.sum()
        assert 0 < share.low < 0.5 / 50.5 < share.high < 0.02
        assert len(share.block_means) == blocks


def test_passage_within_a_time_has_an_interval() -> None:
    net = PetriNet(
        places=["p", "q"], transitions=["t", "u"], initial={"p": 1},
        arcs=[("p", "t"), ("t", "q"), ("p", "u"), ("u", "p")],
    )  # fmt: skip
    options = {"replicas": 8_000, "blocks": 800, "firings": 40, "until": at_least("q"), "seed": 2}
    passage = ensemble(net, **options).first_passage()
    for time in (1, 2, 3):
        share = passage.within(time)
        assert share.low < 1 - 0.5**time < share.high
        assert share.half_width < 0.05
        assert share.mean == pytest.approx(((passage.times >= 0) & (passage.times <= time)).mean())
    assert passage.within(0).mean == 0
    assert passage.within(40).mean == passage.reached.mean


def test_blocks_that_were_not_played_are_left_out(monkeypatch) -> None:
    """Time runs out in the third block: the two whole ones are told, and nothing of the third."""
    real, calls = ensembles.play_block, []

    def play_block(*arguments, **options):
        block = real(*arguments, **options)
        calls.append(block)
        block.complete = len(calls) < 3
        return block

    monkeypatch.setattr(ensembles, "play_block", play_block)
    found = ensemble(CYCLE, replicas=70, blocks=7, firings=4, method="arrays")
    assert (found.replicas, found.blocks, len(calls)) == (20, 2, 3)
    assert found.reason == "the time budget is used up"
    assert found.fired.sum() == 80
    assert found.tokens("p").shape == found.dead.shape == (20,)
    calls[:] = [None, None]
    assert ensemble(CYCLE, replicas=70, blocks=7, firings=4, method="arrays").replicas == 10


def test_a_function_plays_ensembles_too() -> None:
    def last_enabled(markings, enabled, generator):
        return np.where(enabled.any(axis=0), len(enabled) - 1 - enabled[::-1].argmax(axis=0), -1)

    net = PetriNet(places=["p"], transitions=["a", "b"], arcs=[("p", "a"), ("p", "b")],
                   initial={"p": 5})  # fmt: skip
    found = ensemble(net, replicas=50, firings=9, policy=last_enabled)
    assert (found.method, found.fired.sum(axis=0).tolist()) == ("arrays", [0, 250])
    assert found.dead.all()


@pytest.mark.parametrize("policy", [None, Weighted({"t": 3})])
def test_arrays_follow_the_same_law_as_bits(policy) -> None:
    net = PetriNet(
        places=["p", "q"], transitions=["t", "u", "v"], initial={"p": 2},
        arcs=[("p", "t"), ("t", "q"), ("q", "u"), ("u", "p"), ("p", "v"), ("v", "q")],
    )  # fmt: skip
    for clock in ("firings", "attempts"):
        options = {clock: 12, "policy": policy, "replicas": 4000, "blocks": 200, "seed": 5}
        watch = {"both": at_least("q", 2)}
        bits = ensemble(net, method="bits", watch=watch, **options)
        arrays = ensemble(net, method="arrays", watch=watch, **options)
        assert bits.correlated
        assert not arrays.correlated
        for left, right in (
            (bits.mean_tokens("q"), arrays.mean_tokens("q")),
            (bits.firing_count("t"), arrays.firing_count("t")),
            (bits.visits("both"), arrays.visits("both")),
        ):
            assert abs(left.mean - right.mean) <= 1.6 * (left.half_width + right.half_width) + 1e-9


def test_policies_that_need_arrays_and_nets_without_bounds() -> None:
    net = PetriNet(
        places=["p", "n"], transitions=["make", "take", "stop"], initial={"p": 1},
        arcs=[("p", "make"), ("make", "p"), ("make", "n"), ("n", "take"), ("p", "stop")],
    )  # fmt: skip
    result = ensemble(net, replicas=50, firings=20, policy=Priorities({"take": 1, "stop": -1}))
    assert result.method == "arrays"
    assert result.fired.sum(axis=0).tolist() == [500, 500, 0]
    grown = ensemble(net, replicas=50, firings=20, seed=2)
    assert grown.method == "arrays"
    with pytest.raises(UsageError, match="no bounds"):
        ensemble(net, replicas=5, firings=5, method="bits")
    with pytest.raises(FiringError, match="bound"):
        ensemble(net, replicas=50, firings=300, bound=2, policy=Weighted({"stop": 0.001}))
    step = ensemble(CYCLE, replicas=3, firings=4, policy=MaximalStep())
    assert step.fired.sum() == 12
    huge = PetriNet(places=["p"], transitions=["t"], arcs=[("t", "p", 2**61)])
    with pytest.raises(FiringError, match=r"2\*\*62"):
        ensemble(huge, replicas=2, firings=5)


def test_refusals_budget_and_progress() -> None:
    for wrong in (
        {}, {"firings": 1, "attempts": 1}, {"firings": -1}, {"attempts": 1, "replicas": 0},
        {"attempts": 1, "blocks": 9}, {"attempts": 1, "policy": MaximalStep()},
        {"firings": 1, "policy": Weighted({"t": 0})}, {"firings": 1, "policy": Weighted({"x": 1})},
        {"firings": 1, "bound": {"p": 1}}, {"firings": 1, "bound": 0}, {"firings": 1, "bound": -1},
        {"firings": 1, "until": at_least("x")}, {"firings": 1, "watch": {"a": Enabled("x")}},
        {"firings": 1, "engine": "gpu"}, {"firings": 1, "seed": -1},
    ):  # fmt: skip
        with pytest.raises(ValueError):
            ensemble(CYCLE, **{"replicas": 8, **wrong})
    told = []
    part = ensemble(
        CYCLE, replicas=64, attempts=10**12, budget=Budget(seconds=0.05), progress=told.append
    )
    assert not part.complete
    assert "time" in part.reason
    full = ensemble(CYCLE, replicas=64, firings=10, progress=told.append, watch={"d": Dead()})
    assert told[-1].states == 640
    assert full.visits("d").mean == 0
    empty = ensemble(PetriNet(places=["p"], transitions=[]), replicas=4, firings=3)
    assert empty.dead.all()
    assert empty.fired.sum() == 0
    still = ensemble(
        PetriNet(places=["p"], transitions=[]), replicas=4, attempts=10**9,
        watch={"p": at_least("p")},
    )  # fmt: skip
    assert (still.attempts, still.visits("p", per="time").mean) == (10**9, 0)
    assert "4 replicas" in repr(empty)


@pytest.mark.parametrize("clock", ["firings", "attempts"])
def test_intervals_hold_what_they_say(clock) -> None:
    """Of 120 intervals of 95% about 114 contain the exact probability, though replicas correlate."""
    net = PetriNet(
        places=["a", "b", "c"], transitions=["t", "u", "v", "w"], initial={"a": 1},
        arcs=[("a", "t"), ("t", "b"), ("b", "u"), ("u", "a"), ("b", "v"), ("v", "c"), ("c", "w"),
              ("w", "a")],
    )  # fmt: skip
    chain = np.array([[0, 1, 0], [1 / 2, 0, 1 / 2], [1, 0, 0]])
    rates = np.array([1, 2, 1]) / 4
    if clock == "attempts":
        chain = np.eye(3) * (1 - rates) + chain * rates[:, None]
    exact = np.linalg.matrix_power(chain, 7)[0, 0]
    inside = 0
    for seed in range(120):
        found = ensemble(net, replicas=320, blocks=16, seed=seed, **{clock: 7})
        share = found.probability(at_least("a"))
        inside += share.low < exact < share.high
    assert 105 <= inside <= 119
