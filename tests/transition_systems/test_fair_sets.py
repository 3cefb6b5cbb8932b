"""Fairness to many sets of labels: lists and walks against their definitions, systems rechecked."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from netproof.recheck.fair_labels import FairLabels, check_fair
from netproof.recheck.ltl import recheck_ltl
from netproof.recheck.result import RefusedError
from transition_systems.budget import Budget
from transition_systems.evidence import LtlLasso, LtlRanks
from transition_systems.lts import LTS
from transition_systems.temporal import fair_cycle as fair_cycle_module
from transition_systems.temporal import ltl_ranks
from transition_systems.temporal.ctl_star import check_ctl_star
from transition_systems.temporal.fair_cycle import Wanted, fair_cycle
from transition_systems.temporal.fair_sets import Places, cut_edges, label_sets
from transition_systems.temporal.ltl import check_ltl
from transition_systems.temporal.product_system import Fairness, observed

NAMES = ("a", "b", "c", "d")


def drawn(rng: random.Random, most: int = 6) -> LTS:
    n = rng.randint(1, most)
    arcs = [
        (rng.randrange(n), rng.choice([None, *NAMES]), rng.randrange(n))
        for _ in range(rng.randint(0, 3 * n))
    ]
    arcs += [(0, name, rng.randrange(n)) for name in NAMES]
    return LTS.from_arcs(n, arcs, atoms={"p": [rng.random() < 0.4 for _ in range(n)]})


def drawn_sets(rng: random.Random) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(rng.sample(("tau", *NAMES), rng.randint(1, 3))) for _ in range(rng.randint(0, 4))
    )


def test_what_is_lacking_is_so_by_definition() -> None:
    rng = random.Random(1)
    seen = {"weak": 0, "strong": 0}
    for _ in range(300):
        lts, sets = drawn(rng), drawn_sets(rng)
        system = observed(lts, np.zeros(lts.n_states, dtype=np.int64))
        found = label_sets(system, lts, sets)
        arcs = np.arange(len(system.source))
        home_of = np.array([rng.randrange(2) for _ in range(lts.n_states)], dtype=np.int64)
        keep = home_of[system.source] == home_of[system.target]
        arcs = arcs[keep]
        places = Places(2, home_of[system.source[arcs]], arcs, system.source[arcs], lts.n_states)
        names = [*lts.label_names, "-"]
        happens = [[names[int(system.label[arc])] in some for arc in arcs] for some in sets]
        can = [
            [
                any(a in some for s, a, _ in named(lts) if s == state)
                for state in range(lts.n_states)
            ]
            for some in sets
        ]
        weakly, strongly = set(), set()
        for j in range(len(sets)):
            for home in range(2):
                inside = [k for k, arc in enumerate(arcs) if places.home[k] == home]
                able = [can[j][int(places.tails[k])] for k in inside]
                if any(happens[j][k] for k in inside) or not any(able):
                    continue
                strongly.add(home * len(sets) + j)
                if all(able):
                    weakly.add(home * len(sets) + j)
        assert set(found.weakly_lacking(places).tolist()) == weakly
        lacking, nodes, keys = found.strongly_lacking(places)
        assert set(lacking.tolist()) == strongly
        cut = cut_edges(places, lacking, nodes, keys).tolist()
        assert cut == [
            any(
                int(home) * len(sets) + j in strongly and can[j][int(tail)]
                for j in range(len(sets))
            )
            for home, tail in zip(places.home, places.tails, strict=True)
        ]
        seen["weak"] += len(weakly)
        seen["strong"] += len(strongly)
    assert min(seen.values()) > 30


def named(lts: LTS) -> list[tuple[int, str, int]]:
    return [(s, "tau" if a is None else a, t) for s, a, t in lts.arcs()]


@pytest.mark.parametrize("many", [0, 1_000])
def test_a_cycle_has_what_is_wanted(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ring with chords: edges of each number, or nodes away."""
    monkeypatch.setattr(fair_cycle_module, "MANY_SETS", many)
    rng = np.random.default_rng(many)
    for _ in range(120):
        n = int(rng.integers(1, 30))
        tails = np.concatenate([np.arange(n), rng.integers(0, n, int(rng.integers(0, 40)))])
        heads = np.concatenate([(np.arange(n) + 1) % n, rng.integers(0, n, len(tails) - n)])
        count = int(rng.integers(1, 12))
        numbers = rng.integers(0, count, len(tails))
        pairs = np.unique(tails * count + numbers)
        wanted = Wanted(n, tails)
        wanted.one_of(np.flatnonzero(rng.random(len(tails)) < 0.1))
        wanted.one_of_each(np.arange(len(tails)), numbers)
        wanted.one_of_each_or_away(np.arange(len(tails)), numbers, pairs // count, pairs % count)
        start = int(rng.integers(0, n))
        cycle = fair_cycle(heads, start, wanted)
        assert tails[cycle[0]] == heads[cycle[-1]] == start
        assert (heads[cycle[:-1]] == tails[cycle[1:]]).all()
        for flags in wanted.flags():
            assert flags[cycle].any()
        for number in range(count):
            here = numbers[cycle] == number
            assert here.any() or not (numbers == number).any()


def test_a_node_away_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hub can do, and nobody else, need not happen on a weakly fair cycle."""
    monkeypatch.setattr(fair_cycle_module, "MANY_SETS", 0)
    arms = 60
    tails = np.concatenate([np.zeros(arms, dtype=np.int64), 1 + np.arange(arms)])
    heads = np.concatenate([1 + np.arange(arms), np.zeros(arms, dtype=np.int64)])
    wanted = Wanted(arms + 1, tails)
    out = np.arange(arms)
    wanted.one_of_each_or_away(out, out, np.zeros(arms, dtype=np.int64), out)
    assert len(wanted.away) == arms
    assert len(fair_cycle(heads, 0, wanted)) == 2


@pytest.mark.parametrize("many", [0, 50])
@pytest.mark.parametrize("kind", ["weak", "strong"])
def test_random_systems_are_decided_and_rechecked(
    kind: Any, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By long walks and by short cycles: the same outcome, each with evidence that is believed."""
    monkeypatch.setattr(fair_cycle_module, "MANY_SETS", many)
    rng = random.Random(kind)
    outcomes = []
    for number in range(80):
        lts, sets = drawn(rng), drawn_sets(rng)
        fairness: Any = kind
        if number % 2:
            fairness = Fairness(weak=sets) if kind == "weak" else Fairness(strong=sets)
        formula = rng.choice(["G F p", "F G p", "G (p -> F !p)", "F dead"])
        verdict = check_ltl(lts, formula, fairness=fairness)
        assert verdict.evidence is not None
        assert recheck_ltl(verdict.evidence, lts, formula=formula).passed
        whole = check_ctl_star(lts, f"A ({formula})", fairness=fairness)
        assert whole.outcome == verdict.outcome
        outcomes.append(str(verdict.outcome))
    assert 10 < outcomes.count("HOLDS") < 70


def test_fair_labels_are_those_of_the_definition() -> None:
    rng = random.Random(5)
    verdicts = []
    for _ in range(300):
        lts, sets = drawn(rng), drawn_sets(rng)
        found = FairLabels(lts, sets)
        labels = np.array([rng.randint(-1, len(lts.label_names) - 1) for _ in range(3)])
        states = np.array([rng.randrange(lts.n_states) for _ in range(3)])
        names = [*lts.label_names, "-"]
        able = [{s for s, a, _ in named(lts) if a in some} & set(states.tolist()) for some in sets]
        taken = [any(names[int(label)] in some for label in labels) for some in sets]
        assert found.happening(labels).tolist() == taken
        assert found.able(np.unique(states)).tolist() == [len(some) for some in able]
        for j, some in enumerate(sets):
            beside = np.full(3, j)
            assert found.happens(labels, beside).tolist() == [names[int(x)] in some for x in labels]
            assert found.can(states, beside).tolist() == [int(s) in able[j] for s in states]
        none = FairLabels(lts, ())
        distinct = len(set(states.tolist()))
        for strong in (False, True):
            wanted = not any(
                not done and len(some) >= (1 if strong else distinct)
                for done, some in zip(taken, able, strict=True)
            )
            try:
                check_fair(*((none, found) if strong else (found, none)), states, labels)
                fair = True
            except RefusedError:
                fair = False
            assert fair == wanted
            verdicts.append(fair)
    assert 100 < sum(verdicts) < 500


@pytest.mark.parametrize(("kind", "outcome"), [("weak", "VIOLATED"), ("strong", "HOLDS")])
def test_thousands_of_labels(kind: Any, outcome: str) -> None:
    """A hub that can do 4,000 steps: strong fairness does each of them, weak need not."""
    arms = 4_000
    arcs = [(0, f"go{arm}", 1 + arm) for arm in range(arms)]
    arcs += [(1 + arm, "back", 0) for arm in range(arms)]
    lts = LTS.from_arcs(arms + 1, arcs, atoms={"p": [state == 7 for state in range(arms + 1)]})
    for formula, wanted in (("G F p", outcome), ("F G !p", "VIOLATED")):
        verdict = check_ltl(lts, formula, fairness=kind, budget=Budget(seconds=60))
        assert str(verdict.outcome) == wanted
        assert isinstance(verdict.evidence, LtlRanks if wanted == "HOLDS" else LtlLasso)
        assert recheck_ltl(verdict.evidence, lts, formula=formula).passed


def test_one_layer_after_the_other_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strong fairness takes the states out one by one: a level of ranks for each."""
    n = 60
    arcs = [(i, "x", i + 1) for i in range(n)] + [(i + 1, "x", i) for i in range(n)]
    arcs += [(i, f"l{i}", n + 1) for i in range(n)] + [(n + 1, "end", n + 1)]
    lts = LTS.from_arcs(n + 2, arcs, atoms={"p": [state == 30 for state in range(n + 2)]})
    verdict = check_ltl(lts, "F G !p", fairness="strong")
    assert isinstance(verdict.evidence, LtlRanks)
    assert recheck_ltl(verdict.evidence, lts, formula="F G !p").passed
    monkeypatch.setattr(ltl_ranks, "MOST_RANKS", verdict.evidence.ranks.size - 1)
    short = check_ltl(lts, "F G !p", fairness="strong")
    assert short.unknown
    assert "ranks" in str(short.reason)
