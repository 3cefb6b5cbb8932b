"""Linear-time relations against their definitions, with evidence that is rechecked."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import cycle
from typing import cast

import pytest

from linear_time_cases import check_pair, random_pair, trace_of
from netproof.recheck import recheck_equivalence
from relation_names import LINEAR_NAMES
from transition_systems.budget import Budget
from transition_systems.equivalences import (
    bisimilar,
    equivalent,
    linear_narrow,
    linear_pairs,
    linear_store,
    refines,
)
from transition_systems.equivalences.linear_relations import LINEAR_RELATIONS, LinearName
from transition_systems.errors import UsageError
from transition_systems.lts import LTS
from transition_systems.progress import Progress

relations = pytest.mark.parametrize("relation", LINEAR_NAMES)


@pytest.fixture
def by_turns(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let every other search work on arrays only, or pair by pair as long as it likes."""
    turns = cycle([(0, 0, 32, 1 << 22), (24, 96, 32, 1 << 22), (3, 4, 1, 1 << 22), (2, 3, 0, -1)])

    def turn() -> None:
        narrow, wide, long, enough = next(turns)
        monkeypatch.setattr(linear_pairs, "NARROW", narrow)
        monkeypatch.setattr(linear_narrow, "WIDE", wide)
        monkeypatch.setattr(linear_store, "LONG", long)
        monkeypatch.setattr(linear_store, "ENOUGH", enough)

    return turn


@relations
def test_random_pairs_agree_with_the_definition(
    relation: LinearName, by_turns: Callable[[], None]
) -> None:
    rng = random.Random(relation)
    answers: list[tuple[bool, bool]] = []
    for _ in range(500):
        by_turns()
        answers.append(check_pair(*random_pair(rng), relation))
    for which in (0, 1):
        assert 100 < sum(answer[which] for answer in answers) < 450


STRONG = [
    ("possible-futures", "readiness"), ("possible-futures", "impossible-futures"),
    ("impossible-futures", "failures"), ("ready-trace", "failure-trace"),
    ("ready-trace", "readiness"), ("failure-trace", "failures"), ("readiness", "failures"),
    ("failures", "completed-trace"), ("completed-trace", "trace"),
]  # fmt: skip
INCLUSIONS = [
    *STRONG,
    *((f"weak-{finer}", f"weak-{coarser}") for finer, coarser in STRONG if "futures" not in finer),
    ("weak-possible-futures", "weak-impossible-futures"),
    ("weak-impossible-futures", "weak-trace"),
    ("failures", "failures-divergences"),
    *((name, f"weak-{name}") for name in LINEAR_NAMES if f"weak-{name}" in LINEAR_RELATIONS),
]


def test_the_spectrum_is_ordered() -> None:
    rng = random.Random(7)
    told = dict.fromkeys(INCLUSIONS, 0)
    for _ in range(80):
        a, b = random_pair(rng)
        for decide in (refines, equivalent):
            holds = {name: decide(a, b, name, atoms=["p"]).holds for name in LINEAR_NAMES}
            for finer, coarser in INCLUSIONS:
                assert holds[finer] <= holds[coarser], (finer, coarser, [*a.arcs()], [*b.arcs()])
                told[finer, coarser] += holds[finer] < holds[coarser]
            if decide is equivalent:
                strong = bisimilar(a, b, "strong", atoms=["p"]).holds
                divergence = bisimilar(a, b, "divergence-weak", atoms=["p"]).holds
                for name, held in holds.items():
                    assert strong <= held, name
                    if LINEAR_RELATIONS[name].silent:
                        assert divergence <= held, name
    assert sum(count > 0 for count in told.values()) > len(told) // 2


def test_known_pairs_of_the_spectrum() -> None:
    def same(one: LTS, other: LTS) -> set[str]:
        return {name for name in LINEAR_NAMES if equivalent(one, other, name).holds}

    late = LTS.from_arcs(4, [(0, "a", 1), (1, "b", 2), (1, "c", 3)])
    early = LTS.from_arcs(5, [(0, "a", 1), (0, "a", 2), (1, "b", 3), (2, "c", 4)])
    traces = {"trace", "weak-trace", "completed-trace", "weak-completed-trace"}
    assert same(late, early) == traces
    stuck = LTS.from_arcs(3, [(0, "a", 1), (0, "a", 2), (1, "b", 2)])
    assert same(stuck, LTS.from_arcs(3, [(0, "a", 1), (1, "b", 2)])) == {"trace", "weak-trace"}
    # a b + a c, and the same with a (b + c) beside them: the same failures, other ready sets
    both = [*early.arcs(), (0, "a", 5), (5, "b", 3), (5, "c", 4)]
    told = same(early, LTS.from_arcs(6, both))
    assert {"failures", "weak-failures", "failures-divergences", "failure-trace"} <= told
    assert not told & {"readiness", "ready-trace", "possible-futures", "weak-readiness"}
    assert "impossible-futures" in told
    # A livelock is no deadlock.
    loop, end = LTS.from_arcs(1, [(0, None, 0)]), LTS.from_arcs(1)
    futures = {"weak-possible-futures", "weak-impossible-futures"}
    assert same(loop, end) == {"weak-trace", *futures}
    assert refines(loop, late, "failures-divergences").holds
    assert refines(late, loop, "failures-divergences").violated
    # the tick may be taken whatever is offered, another label not
    offers = LTS.from_arcs(3, [(0, "✓", 1), (0, "a", 2)])
    slides = LTS.from_arcs(4, [(0, "a", 2), (0, None, 3), (3, "✓", 1)])
    assert {"weak-failures", "failures-divergences"} <= same(offers, slides)
    other = [lts.relabel(lambda name: "b" if name == "✓" else name) for lts in (offers, slides)]
    assert not same(*other) & {"weak-failures", "failures-divergences"}
    # final states: the language is seen, and the traces that do not end
    done = LTS.from_arcs(2, [(0, "a", 1)], final=[1])
    open_end = LTS.from_arcs(2, [(0, "a", 1)])
    assert not same(done, open_end)
    assert refines(done, open_end).holds
    assert refines(open_end, done).violated
    nothing = LTS.from_arcs(0, initial=[])
    for name in LINEAR_NAMES:
        assert refines(done, nothing, name).holds
        assert refines(nothing, done, name).violated
        assert equivalent(nothing, nothing, name).holds


def test_budgets_and_misuse() -> None:
    n = 20_000
    specification = LTS.from_arcs(n, [(i, "a", i + 1) for i in range(n - 1)])
    implementation = LTS.from_arcs(n, [(i, "a", i + 1) for i in range(n - 1)], final=[n - 1])
    seen: list[Progress] = []
    for name in LINEAR_NAMES:
        verdict = equivalent(specification, implementation, name, budget=Budget(seconds=0))
        assert verdict.unknown, name
    for budget in (Budget(states=300), Budget(seconds=0.05), Budget(bytes=200_000)):
        verdict = refines(
            specification, implementation, "failures", budget=budget, progress=seen.append
        )
        assert verdict.unknown
        assert "the second shows nothing more after traces of fewer than" in str(verdict.reason)
    assert seen
    assert seen[-1].states > 0
    small = equivalent(specification, implementation, "possible-futures", budget=Budget(states=99))
    assert "sets of states that traces lead to are not all" in str(small.reason)
    # The difference that was found is told, though it is not known whether there is a shorter one.
    wide = [(0, "a", i) for i in range(1, n)] + [(i, "a", n) for i in range(1, n)]
    one, two = LTS.from_arcs(n + 1, wide), LTS.from_arcs(4, [(0, "a", 1), (1, "a", 2), (2, "b", 3)])
    apart = equivalent(one, two, budget=Budget(states=1_000))
    assert apart.violated
    assert "After a a, the second can do b" in apart.explain()
    assert "There may be a shorter trace" in apart.explain()
    assert refines(two, one, budget=Budget(states=1_000)).unknown
    with pytest.raises(UsageError, match="there is no relation 'strange'"):
        refines(specification, implementation, cast(LinearName, "strange"))


def larger(rng: random.Random, n: int, labels: tuple[str | None, ...]) -> LTS:
    arcs = [(rng.randrange(n), rng.choice(labels), rng.randrange(n)) for _ in range(2 * n)]
    return LTS.from_arcs(n, arcs, final=[s for s in range(n) if rng.random() < 0.1])


@pytest.mark.parametrize("relation", [n for n in LINEAR_NAMES if "futures" not in n])
def test_ready_sets_of_more_labels_than_a_word_has_bits(
    relation: LinearName, by_turns: Callable[[], None]
) -> None:
    rng = random.Random(relation)
    for _ in range(10):
        names = rng.sample([f"l{i}" for i in range(130)], 70)
        n = rng.randint(1, 3)
        arcs = [(s, x, rng.randrange(n)) for s in range(n) for x in names if rng.random() < 0.97]
        arcs += [(rng.randrange(n), None, rng.randrange(n))] * rng.randint(0, 1)
        fewer = [arc for arc in arcs if rng.random() < 0.995]
        by_turns()
        check_pair(LTS.from_arcs(n, arcs), LTS.from_arcs(n, fewer), relation, 1)


@relations
def test_both_ways_to_search_agree(relation: LinearName, by_turns: Callable[[], None]) -> None:
    """On systems of up to a hundred states, also with sets that one word of bits does not tell."""
    rng = random.Random(relation)
    for _ in range(4):
        labels = ("a", "b", "c", "d") if "futures" in relation else (None, "a", "b", "c", "d")
        one = larger(rng, rng.choice([20, 100]), labels)
        arcs = [*one.arcs()]
        del arcs[rng.randrange(len(arcs))]
        two = LTS.from_arcs(
            one.n_states, arcs, final=[s for s in range(one.n_states) if one.final[s]]
        )
        told = []
        for _ in range(4):
            by_turns()
            found = [
                decide(*pair, relation, budget=Budget(seconds=20))
                for pair in ((one, two), (two, one))
                for decide in (refines, equivalent)
            ]
            told.append(
                [(v.outcome, None if (t := trace_of(v)) is None else len(t)) for v in found]
            )
            for verdict, pair in zip(found, ((one, two),) * 2 + ((two, one),) * 2, strict=True):
                assert verdict.evidence is not None
                assert recheck_equivalence(verdict.evidence, *pair).passed
        assert told[0] == told[1] == told[2] == told[3]


@pytest.mark.campaign
@pytest.mark.timeout(7200)
@relations
def test_campaign(relation: LinearName, by_turns: Callable[[], None]) -> None:
    rng = random.Random(f"campaign {relation}")
    for _ in range(20_000):
        by_turns()
        check_pair(*random_pair(rng), relation)
