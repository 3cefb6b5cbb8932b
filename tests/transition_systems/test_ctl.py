"""CTL on explicit systems, against the definition; evidence rechecked, forged evidence refused."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from netproof.recheck import recheck_temporal
from oracles.ctl import ctl_states_by_definition
from strategies_ctl import random_ctl, random_system
from transition_systems.budget import Budget
from transition_systems.equivalences import bisimilar
from transition_systems.errors import ExpressionError, UnsupportedError
from transition_systems.evidence import Claim, CtlRanks, TreeEvidence, evidence_from_dict
from transition_systems.lts import LTS
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula, Negation
from transition_systems.run import Lasso
from transition_systems.temporal import last_steps
from transition_systems.temporal.ctl import check_ctl, ctl_states
from transition_systems.temporal.ctl_fixpoints import Graph, always_until, exists_until
from transition_systems.temporal.last_steps import with_last_steps


def _seeds(count: int) -> range:
    return range(count)


def test_against_the_definition() -> None:
    for seed in _seeds(1_500):
        rng = random.Random(seed)
        lts, formula = random_system(rng), random_ctl(rng, rng.randint(1, 4))
        wanted = ctl_states_by_definition(lts, formula)
        assert set(np.flatnonzero(ctl_states(lts, formula)).tolist()) == wanted, (seed, formula)


def test_evidence_is_accepted_and_shows_both_outcomes() -> None:
    seen: dict[tuple[str, str], int] = {}
    for seed in _seeds(1_200):
        rng = random.Random(seed)
        lts, formula = random_system(rng), random_ctl(rng, rng.randint(1, 3))
        verdict = check_ctl(lts, formula)
        wanted = ctl_states_by_definition(lts, formula) >= set(lts.initial.tolist())
        assert verdict.holds is wanted
        assert verdict.evidence is not None
        again = evidence_from_dict(verdict.evidence.to_dict())
        assert again == verdict.evidence
        result = recheck_temporal(formula, verdict.outcome, again, lts)
        assert result.passed, (seed, formula, result.reason)
        key = str(verdict.outcome), again.kind
        seen[key] = seen.get(key, 0) + 1
    assert len(seen) == 4
    assert min(seen.values()) > 20


def test_evidence_for_something_else_is_refused() -> None:
    """Evidence of one formula and system never proves a false outcome of another."""
    made = []
    for seed in _seeds(300):
        rng = random.Random(seed)
        lts, formula = random_system(rng, most=3, one_start=True), random_ctl(rng, 2)
        made.append((lts, formula, check_ctl(lts, formula)))
    accepted = 0
    for number in range(4_000):
        rng = random.Random(number)
        lts, formula, verdict = rng.choice(made)
        _, _, lent = rng.choice(made)
        assert lent.evidence is not None
        assert verdict.evidence is not None
        wrong = "VIOLATED" if verdict.holds else "HOLDS"
        claim = _claim(formula, wrong, lts)
        forged = replace(lent.evidence, claim=claim)
        if isinstance(forged, CtlRanks) and forged.ranks:
            forged = replace(forged, ranks=tuple(_spoilt(rank, rng) for rank in forged.ranks))
        accepted += recheck_temporal(formula, wrong, forged, lts).passed
    assert accepted == 0


def _claim(formula: Formula, outcome: str, lts: LTS) -> Claim:
    shown = formula if outcome == "HOLDS" else Negation(formula)
    return Claim(formula=format_formula(shown), model_digest=lts.digest())


def _spoilt(rank: NDArray[np.int64], rng: random.Random) -> NDArray[np.int64]:
    made = rank.copy()
    made[rng.randrange(len(made))] = rng.choice((-1, 0, 1, 2))
    return made


def test_dead_states() -> None:
    lts = LTS.from_arcs(2, [(0, "a", 1)], atoms={"p": [True, False]})
    for text, states in {
        "EX true": [0], "AX false": [1], "AF p": [0], "AF !p": [0, 1], "EG p": [], "EG !p": [1],
        "AG (p || dead)": [0, 1], "A[p U !p]": [0, 1], "EF dead": [0, 1], "A (p W false)": [],
    }.items():  # fmt: skip
        assert np.flatnonzero(ctl_states(lts, text)).tolist() == states, text


def test_a_short_lasso() -> None:
    """A ring of 5 with a long tail into it, and a dead end that is no counterexample."""
    n = 60
    arcs = [(i, "go", i + 1) for i in range(n - 1)] + [(n - 1, "back", n - 5)]
    lts = LTS.from_arcs(n, arcs, atoms={"p": [i == 3 for i in range(n)], "q": [False] * n})
    verdict = check_ctl(lts, "AG (p -> AF q)")
    assert verdict.violated
    lasso = verdict.witness
    assert isinstance(lasso, Lasso)
    assert len(lasso.cycle) == 5
    assert len(lasso) == n
    assert isinstance(verdict.evidence, TreeEvidence)


def test_chains_and_rings_take_linear_time() -> None:
    n = 200_000
    offsets = np.minimum(np.arange(n + 1), n - 1)
    graph = Graph(offsets, np.arange(1, n))
    goal = np.zeros(n, dtype=bool)
    goal[-1] = True
    everywhere = np.ones(n, dtype=bool)
    for until in (exists_until, always_until):
        assert until(graph, everywhere, goal).tolist() == list(range(n - 1, -1, -1))


def test_large_random_systems_by_rounds_and_by_work_list() -> None:
    """The ranks of the array engine are the ones of plain rounds over everything."""
    for seed, share in ((1, 0.5), (2, 0.3), (3, 0.02)):
        rng = np.random.default_rng(seed)
        n = 3_000
        width = rng.integers(0, 4, size=n)
        offsets = np.concatenate([[0], np.cumsum(width)])
        targets = rng.integers(0, n, size=int(width.sum()))
        through, goal = rng.random(n) < 0.9, rng.random(n) < share
        graph = Graph(offsets, targets)
        for until, every in ((exists_until, False), (always_until, True)):
            rank = np.where(goal, 0, -1)
            for level in range(1, n):
                inside = rank >= 0
                hit = [inside[targets[a:b]] for a, b in pairwise(offsets)]
                new = np.array([bool(len(h)) and (h.all() if every else h.any()) for h in hit])
                new &= through & ~inside
                if not new.any():
                    break
                rank[new] = level
            assert until(graph, through, goal).tolist() == rank.tolist()


def test_errors_and_budget() -> None:
    lts = LTS.from_arcs(2, [(0, "a", 1)], atoms={"paid": [True, False]})
    for text in ("G paid", "A (F paid && G paid)", "A F G paid", "X paid"):
        with pytest.raises(UnsupportedError, match="no formula of CTL"):
            check_ctl(lts, text)
    with pytest.raises(ExpressionError, match="Did you mean 'paid'"):
        check_ctl(lts, "AG piad")
    with pytest.raises(ExpressionError, match="label"):
        check_ctl(lts, "AG enabled(b)")
    verdict = check_ctl(lts, "AG AF paid", budget=Budget(seconds=0))
    assert verdict.unknown
    assert verdict.reason == "the time budget is used up"


def test_deep_formulas_do_not_overflow() -> None:
    lts = LTS.from_arcs(2, [(0, "a", 1)], atoms={"p": [True, False]})
    verdict = check_ctl(lts, "EX " * 150 + "p")
    assert verdict.violated
    assert isinstance(verdict.evidence, CtlRanks | TreeEvidence)


def test_the_last_step() -> None:
    """``done(a)`` in the split system is what the runs of the given one say."""
    for seed in _seeds(200):
        rng = random.Random(seed)
        lts = random_system(rng, one_start=True)
        split = with_last_steps(lts, ["a"])
        assert bisimilar(lts.reachable(), split.reachable()).holds
        entered = {int(t) for s, label, t in split.arcs() if label == "a"}
        others = {int(t) for s, label, t in split.arcs() if label != "a"} | set(split.initial)
        assert set(np.flatnonzero(split.atoms["done(a)"]).tolist()) == entered
        assert not entered & others
        assert check_ctl(split, "AG (enabled(a) -> EX done(a))").holds
    with pytest.raises(ExpressionError, match="no label 'aa'"):
        with_last_steps(lts, ["aa"])


def test_last_steps_are_numbered_in_two_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    systems = [random_system(random.Random(seed)) for seed in range(60)]
    labels = ["a", "tau"]
    found = [last_steps.split_by_last_steps(lts, labels) for lts in systems]
    monkeypatch.setattr(last_steps, "SPARSE", 0)
    for lts, (split, states) in zip(systems, found, strict=True):
        other, others = last_steps.split_by_last_steps(lts, labels)
        assert split == other
        assert states.tolist() == others.tolist()
        assert all(split.atoms["p"][s] == lts.atoms["p"][t] for s, t in enumerate(states.tolist()))
