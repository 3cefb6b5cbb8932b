"""The compiled engine leaves the same bits as numpy's; both follow the law of the scalar game.

Without numba the kernel's functions run as the ordinary Python that they are.
"""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from oracles import firing as oracle
from petri import PetriNet
from petri.token_game import Priorities, Weighted, arguments, ensemble, traces
from petri.token_game.compiling import has_compiler
from petri.token_game.word_kernels import lowest_one, select_one
from strategies_petri import nets
from transition_systems.errors import FiringError, UsageError
from transition_systems.properties.predicates import And, Compare, Enabled, Not, at_least

SMALL = PetriNet(
    places=["a", "b", "c", "d", "e"], transitions=["fork", "left", "right", "back", "join"],
    arcs=[("a", "fork"), ("fork", "b"), ("fork", "c"), ("b", "left"), ("left", "d"),
          ("c", "right"), ("right", "e"), ("e", "back"), ("back", "c"), ("d", "join"),
          ("e", "join"), ("join", "a")],
    initial={"a": 1},
)  # fmt: skip
LARGE = PetriNet(
    places=["p", "q", "r"], transitions=["t", "u", "v", "w"],
    arcs=[("p", "t", 2), ("t", "q"), ("t", "r"), ("q", "u"), ("u", "p"), ("r", "v"), ("v", "p"),
          ("p", "w"), ("w", "p")],
    initial={"p": 5},
)  # fmt: skip
ENGINES = ["numpy", "kernel"]
COMPILED = has_compiler()
pytestmark = pytest.mark.skipif(
    not COMPILED and np.lib.NumpyVersion(np.__version__) < "2.0.0",
    reason="scalars of numpy 1 turn uint64 and int into float: there the kernel runs compiled only",
)


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    monkeypatch.setattr(arguments, "has_compiler", lambda: True)
    with np.errstate(all="ignore"):
        yield


def outcome(net, **options):
    try:
        found = ensemble(net, **options)
    except FiringError as error:
        return str(error)
    return (
        found.markings().tolist(), found.fired.tolist(), found.dead.tolist(), found.attempts,
        found.first_passage().times.tolist(), found.visits("w", per="firing").block_means,
    )  # fmt: skip


@given(
    nets(max_places=4, max_transitions=4), st.integers(0, 9), st.sampled_from(["firings", "attempts"]),
    st.sampled_from([1, 2, 6]), st.sampled_from([(9, 3), (140, 2), (260, 1)]),
)  # fmt: skip
@settings(max_examples=100 if COMPILED else 30, derandomize=True, deadline=None)
def test_both_engines_leave_the_same_bits(net, seed, clock, bound, sizes) -> None:
    if not net.transition_ids or any(n > bound for n in net.initial.values()):
        return
    terms = tuple((p, 2 - 3 * (i % 2)) for i, p in enumerate(net.place_ids))
    watched = And((Compare(terms, "!=", 1), Not(Enabled(net.transition_ids[-1]))))
    goal = Compare(terms, "==", 3)
    options = {
        clock: 14, "replicas": sizes[0], "blocks": sizes[1], "seed": seed, "bound": bound,
        "until": goal, "watch": {"w": watched}, "every": 3,
    }  # fmt: skip
    with np.errstate(all="ignore"):
        results = [repr(outcome(net, engine=engine, **options)) for engine in ENGINES]
    assert results[0] == results[1]


def played_by_hand(net, weights, steps, runs, seed):
    """A naive scalar game: firings and last markings of many runs."""
    arcs = {(a.source, a.target): a.weight for a in net.arcs}
    places = set(net.place_ids)
    chance = random.Random(seed)
    fired, last = Counter(), Counter()
    for _ in range(runs):
        tokens = net.initial.to_dict()
        for _ in range(steps):
            able = [t for t in net.transition_ids if oracle.can_fire(arcs, places, tokens, t)]
            chosen = chance.choices(able, [weights.get(t, 1) for t in able])[0]
            fired[chosen] += 1
            tokens = oracle.fire(arcs, places, tokens, chosen)
        last[tuple(tokens.get(p, 0) for p in net.place_ids)] += 1
    return fired, last


def same_law(found, expected) -> bool:
    """A chi-square test of two samples; rare values are taken together."""
    often = [v for v in expected if expected[v] + found[v] >= 30]
    rest = [sum(each.values()) - sum(each[v] for v in often) for each in (found, expected)]
    table = [[each[v] for v in often] for each in (found, expected)]
    if sum(rest) >= 30:
        table = [[*row, n] for row, n in zip(table, rest, strict=True)]
    return chi2_contingency(table).pvalue > 0.001


@pytest.mark.parametrize("engine", ENGINES if COMPILED else ["numpy"])
@pytest.mark.parametrize("net", [SMALL, LARGE], ids=["safe", "bounded"])
@pytest.mark.parametrize(("seed", "weights"), [(1, {}), (2, {}), (3, {"left": 4.0, "t": 0.5})])
def test_the_law_of_markings_and_firings(net, seed, weights, engine) -> None:
    """As many blocks as replicas: all independent, so that a chi-square test may count them."""
    runs, steps = 1500, 9
    weights = {t: w for t, w in weights.items() if t in net.transition_ids}
    result = ensemble(
        net, replicas=runs, blocks=runs, firings=steps, seed=seed, engine=engine,
        policy=Weighted(weights) if weights else None,
    )  # fmt: skip
    fired, last = played_by_hand(net, weights, steps, 3000, seed)
    assert result.fired.sum() == runs * steps
    assert same_law(Counter(map(tuple, result.markings().tolist())), last)
    shares = dict(zip(net.transition_ids, result.fired.sum(axis=0).tolist(), strict=True))
    assert same_law(Counter(shares), fired)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("net", [SMALL, LARGE], ids=["safe", "bounded"])
@pytest.mark.parametrize(("seed", "weights"), [(1, {}), (2, {}), (3, {"left": 4.0, "t": 0.5})])
def test_the_law_of_traces(net, seed, weights, engine) -> None:
    runs, steps = 1200, 9
    weights = {t: w for t, w in weights.items() if t in net.transition_ids}
    policy = Weighted(weights) if weights else None
    found = traces(net, runs=runs, length=steps, seed=seed, policy=policy, engine=engine)
    assert found.firings == runs * steps
    fired, last = played_by_hand(net, weights, steps, 3000, seed)
    ends = (tuple(found.replay(run).markings()[-1].tolist()) for run in range(runs))
    assert same_law(Counter(ends), last)
    shares = dict(zip(net.transition_ids, found.fired().tolist(), strict=True))
    assert same_law(Counter(shares), fired)


def wide_net(branches: int, users: int) -> PetriNet:
    """Many forks with joins, some of them with many transitions that wait for the same place."""
    arcs = [("p", "fork")]
    for b in range(branches):
        arcs += [("fork", f"a{b}"), (f"a{b}", f"go{b}"), (f"go{b}", f"b{b}"), (f"b{b}", "join")]
    arcs += [("join", "q"), ("join", "r")]
    for u in range(users):
        arcs += [("q", f"end{u}"), ("r", f"end{u}"), (f"end{u}", "p")]
    ids = dict.fromkeys(end for arc in arcs for end in arc)
    places = [name for name in ids if name[0] in "abpqr"]
    return PetriNet(
        places=places, transitions=[t for t in ids if t not in places], arcs=arcs, initial={"p": 1}
    )


@pytest.mark.parametrize(("branches", "users"), [(2, 2), (30, 9), (40, 3), (110, 70)])
@pytest.mark.parametrize("policy", [None, Priorities({"go1": 1}), Weighted({"go0": 0.25})])
def test_wide_safe_nets_are_played_alike(branches, users, policy) -> None:
    """One to five words, few and many joins after one transition, more than a portion of steps."""
    net = wide_net(branches, users)
    logs = [
        traces(net, runs=3, length=2 * branches + 70, seed=5, policy=policy, engine=engine).log
        for engine in ENGINES
    ]
    assert (logs[0] == logs[1]).all()
    assert (logs[0] >= 0).all()


def test_more_runs_than_a_group_and_a_net_that_is_not_safe() -> None:
    unsafe = PetriNet(
        places=["p", "q", "r"], transitions=["t", "u", "v"], initial={"p": 1},
        arcs=[("p", "t"), ("t", "q"), ("t", "r"), ("q", "u"), ("u", "p"), ("r", "v")],
    )  # fmt: skip
    for net in (SMALL, unsafe):
        logs = [traces(net, runs=530, length=66, seed=5, engine=e).log for e in ENGINES]
        assert (logs[0] == logs[1]).all()


@given(st.integers(1, 2**64 - 1))
@settings(max_examples=100, derandomize=True, deadline=None)
def test_the_one_of_each_rank(word) -> None:
    ones = [at for at in range(64) if word >> at & 1]
    with np.errstate(all="ignore"):
        assert int(lowest_one(np.uint64(word))) == ones[0]
        found = [int(select_one(np.uint64(word), np.uint64(rank))) for rank in range(len(ones))]
    assert found == ones


def test_a_replica_in_a_crowd_follows_the_law_too() -> None:
    """The first replica of each of many blocks of 65: independent of each other."""
    blocks = 400
    result = ensemble(SMALL, replicas=65 * blocks, blocks=blocks, firings=9, seed=7)
    alone = result.markings()[np.flatnonzero(np.diff(result.block_of, prepend=-1))]
    _, last = played_by_hand(SMALL, {}, 9, 4000, 7)
    found = Counter(map(tuple, alone.tolist()))
    assert sum(found.values()) == blocks
    assert same_law(found, last)


def test_the_kernel_is_refused_where_there_is_none(monkeypatch) -> None:
    monkeypatch.setattr(arguments, "has_compiler", lambda: False)
    with pytest.raises(UsageError, match="numba"):
        ensemble(SMALL, replicas=4, firings=1, engine="kernel")
    with pytest.raises(UsageError, match="kernel"):
        ensemble(SMALL, replicas=4, firings=1, engine="kernel", method="arrays")
    assert ensemble(SMALL, replicas=4, firings=1, until=at_least("b")).engine == "numpy"
