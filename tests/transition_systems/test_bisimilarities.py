"""Bisimilarities on random systems against their definitions, on arrays and one state at a time."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bisimilarity_cases import (
    WAYS,
    random_arcs,
    random_system,
    related_sides,
    rewritten,
)
from netproof.recheck import recheck_equivalence
from oracles.bisimulation import RELATIONS, cyclic, holds, moves
from transition_systems.budget import Budget
from transition_systems.equivalences import bisimilar, difference, distinguish, minimise
from transition_systems.equivalences.refinement import Refinement, refine
from transition_systems.equivalences.relations import Relation as RelationName
from transition_systems.errors import UndecidedError
from transition_systems.evidence import Distinction, PartitionEvidence, TraceDistinction
from transition_systems.lts import LTS
from transition_systems.lts_operations import disjoint_union, hide

relations = pytest.mark.parametrize("relation", [*RELATIONS])


def check_pair(a: LTS, b: LTS, relation: RelationName) -> bool:
    """Compare a verdict and its evidence with the definition; return whether it is HOLDS."""
    both = disjoint_union(a, b)
    related = RELATIONS[relation](both)
    verdict = bisimilar(a, b, relation, atoms=["p"])
    assert not verdict.unknown, verdict.reason
    assert verdict.holds == related_sides(related, a, b), (list(a.arcs()), list(b.arcs()))
    evidence = verdict.evidence
    assert evidence is not None
    result = recheck_equivalence(evidence, a, b)
    assert result.passed, (result.reason, evidence)
    n = range(both.n_states)
    if verdict.holds:
        assert isinstance(evidence, PartitionEvidence)
        block = evidence.block.tolist()
        assert {(s, t) for s in n for t in n if block[s] == block[t]} == related
    else:
        assert isinstance(evidence, Distinction)
        ours = [holds(a, evidence.formula, int(s)) for s in a.initial]
        theirs = [holds(b, evidence.formula, int(t)) for t in b.initial]
        assert (any(ours) and not any(theirs)) or (all(ours) and not all(theirs))
    return verdict.holds


def check_minimised(lts: LTS, relation: RelationName) -> None:
    """Compare a quotient with the definition: the classes, and that it is equivalent."""
    small, place = minimise(lts, relation, atoms=["p"])
    related = RELATIONS[relation](lts)
    n = range(lts.n_states)
    assert {(s, t) for s in n for t in n if place[s] == place[t]} == related
    evidence = bisimilar(lts, small, relation, atoms=["p"]).evidence
    assert isinstance(evidence, PartitionEvidence)
    assert related_sides(RELATIONS[relation](disjoint_union(lts, small)), lts, small)


@relations
@pytest.mark.parametrize("way", WAYS)
def test_random_systems(
    relation: RelationName,
    way: Callable[[pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    way(monkeypatch)
    rng = random.Random(f"{relation} {way.__name__}")
    outcomes = [False, False]
    for _ in range(80):
        a = random_system(rng)
        b = rewritten(rng, a) if rng.random() < 0.6 else random_system(rng)
        outcomes[check_pair(a, b, relation)] = True
    for _ in range(40):
        check_minimised(random_system(rng, 9), relation)
    assert all(outcomes)


@pytest.mark.campaign
@pytest.mark.timeout(0)
@relations
def test_many_random_systems(relation: RelationName) -> None:
    rng = random.Random(relation)
    for number in range(20_000):
        a = random_system(rng)
        b = rewritten(rng, a) if rng.random() < 0.6 else random_system(rng)
        with pytest.MonkeyPatch.context() as patch:
            WAYS[number % len(WAYS)](patch)
            check_pair(a, b, relation)
            if number % 5 == 0:
                check_minimised(random_system(rng, 9), relation)


@relations
def test_larger_systems_on_arrays_and_one_by_one(
    relation: RelationName, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All ways give the same classes, which the recheck accepts."""
    rng = np.random.default_rng(5)
    for n, m, labels, share in ((300, 500, 1, 0.3), (400, 900, 2, 0.5), (200, 900, 3, 0.15)):
        lts = random_arcs(rng, n, m, labels, share)
        places: list[list[int]] = []
        for way in WAYS:
            with monkeypatch.context() as patch:
                way(patch)
                places.append(minimise(lts, relation, atoms=["p"])[1].tolist())
        assert all(other == places[0] for other in places)
        evidence = bisimilar(lts, minimise(lts, relation, atoms=["p"])[0], relation).evidence
        assert isinstance(evidence, PartitionEvidence)


def test_classes_stay_divergent_together() -> None:
    """By van Glabbeek, Luttik and Trčka: all states of a class can stay in it for ever, or none."""
    rng = random.Random(11)
    for _ in range(200):
        lts = random_system(rng, 7)
        place = minimise(lts, "divergence-branching", atoms=["p"])[1].tolist()
        out = moves(lts)
        staying = set(range(lts.n_states))
        while True:
            kept = {s for s in staying
                    if any(a == "tau" and t in staying and place[t] == place[s] for a, t in out[s])}  # fmt: skip
            if kept == staying:
                break
            staying = kept
        assert {place[s] for s in staying}.isdisjoint(
            place[s] for s in range(lts.n_states) if s not in staying
        )
        assert cyclic(lts) <= staying


@relations
def test_the_relations_are_ordered(relation: RelationName) -> None:
    """What is related by a finer relation is related by a coarser one."""
    coarser_than: dict[RelationName, tuple[RelationName, ...]] = {
        "strong": ("divergence-branching", "divergence-weak", "branching", "weak"),
        "divergence-branching": ("branching", "divergence-weak"),
        "divergence-weak": ("weak",),
        "branching": ("weak",),
        "weak": (),
    }
    coarser = coarser_than[relation]
    rng = random.Random(relation)
    for _ in range(40):
        a = random_system(rng, 5)
        b = rewritten(rng, a)
        if bisimilar(a, b, relation, atoms=["p"]).holds:
            assert all(bisimilar(a, b, other, atoms=["p"]).holds for other in coarser)
        hidden = hide(a, ["a"]), hide(b, ["a"])
        if (
            relation != "strong"
            and bisimilar(a, b, relation, atoms=["p"]).holds
            and "div" not in relation
        ):
            assert bisimilar(*hidden, relation, atoms=["p"]).holds


def test_known_pairs() -> None:
    # Milner's second law holds weakly and not in branching bisimilarity.
    law = LTS.from_arcs(4, [(0, None, 1), (0, "a", 2), (1, "b", 3), (0, "b", 3)])
    plain = LTS.from_arcs(4, [(0, None, 1), (0, "a", 2), (1, "b", 3)])
    assert bisimilar(law, plain, "weak").holds
    assert bisimilar(law, plain, "branching").violated
    loop = LTS.from_arcs(2, [(0, None, 0), (0, "a", 1)])
    once = LTS.from_arcs(2, [(0, "a", 1)])
    expected: tuple[tuple[RelationName, str | None], ...] = (
        ("branching", None),
        ("weak", None),
        ("divergence-branching", "endless"),
        ("divergence-weak", "cycle"),
    )
    for relation, formula in expected:
        verdict = bisimilar(loop, once, relation)
        assert verdict.holds == (formula is None)
        if isinstance(verdict.evidence, Distinction):
            assert verdict.evidence.formula[0] == formula
    marked = LTS.from_arcs(2, [(0, "a", 1)], atoms={"p": [False, True]})
    verdict = bisimilar(once, marked, atoms=["p"])
    assert isinstance(verdict.evidence, Distinction)
    assert ("atom", "p") in (verdict.evidence.formula[-1], verdict.evidence.formula[-1][-1])
    assert bisimilar(once, marked).holds
    assert minimise(marked)[0] == marked


def test_budgets_end_in_unknown() -> None:
    rng = np.random.default_rng(1)
    lts = random_arcs(rng, 3_000, 9_000, 2, 0.4)
    for relation in RELATIONS:
        verdict = bisimilar(lts, lts, relation, budget=Budget(seconds=0))
        assert verdict.unknown
        with pytest.raises(UndecidedError):
            minimise(lts, relation, budget=Budget(seconds=0))
    silent_chain = LTS.from_arcs(
        600, [(i, None, i + 1) for i in range(599)] + [(i, f"x{i}", 0) for i in range(600)]
    )
    verdict = bisimilar(silent_chain, silent_chain, "weak", budget=Budget(bytes=1000))
    assert "too many" in str(verdict.reason) or "too large" in str(verdict.reason)


def test_deep_systems_are_quick() -> None:
    n = 20_000
    chain = LTS.from_arrays(
        n, np.arange(n - 1), np.full(n - 1, 2), np.arange(1, n), label_names=["tau", "✓", "a"]
    )
    both: tuple[RelationName, ...] = ("strong", "branching")
    for relation in both:
        assert minimise(chain, relation)[0].n_states == n
    tails = np.repeat(np.arange(n - 1), 2)
    heads = np.stack((np.arange(1, n), np.full(n - 1, n - 1)), axis=1).ravel()
    ladder = LTS.from_arrays(n, tails, np.tile([0, 2], n - 1), heads, label_names=["tau", "✓", "a"])
    for relation in set(RELATIONS) - {"strong"}:
        assert minimise(ladder, relation)[0].n_states == 2


def test_a_trace_where_no_formula_is_written() -> None:
    chain = LTS.from_arcs(401, [(i, "a", i + 1) for i in range(400)])
    silent_chain = LTS.from_arcs(804, [(i, "a" if i % 2 else None, i + 1) for i in range(803)])
    for relation in RELATIONS:
        verdict = bisimilar(chain, silent_chain, relation)
        assert verdict.violated
        if relation != "strong":
            assert isinstance(verdict.evidence, TraceDistinction)
            assert len(verdict.evidence.trace) == 401
        assert verdict.evidence is not None
        assert recheck_equivalence(verdict.evidence, chain, silent_chain).passed


def test_rounds_end_where_a_formula_would_be_too_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left undone would have given no formula: verdict and evidence are the same."""
    rounds: list[int] = []

    def limited(*given: Any, **named: Any) -> Refinement:
        found = refine(*given, **named)
        rounds.append(found.rounds)
        return found

    def unlimited(*given: Any, most: float, **named: Any) -> Refinement:
        return refine(*given, **named)

    rng = random.Random(5)
    monkeypatch.setattr(distinguish, "MAX_FORMULA_DEPTH", 2)
    monkeypatch.setattr(difference, "MAX_FORMULA_DEPTH", 2)
    for _ in range(150):
        a = random_system(rng)
        b = rewritten(rng, a) if rng.random() < 0.5 else random_system(rng)
        for relation in RELATIONS:
            monkeypatch.setattr(difference, "refine", unlimited)
            expected = bisimilar(a, b, relation)
            monkeypatch.setattr(difference, "refine", limited)
            found = bisimilar(a, b, relation)
            assert (found.outcome, found.evidence) == (expected.outcome, expected.evidence)
    rounds.clear()
    one, two = (LTS.from_arcs(900, [(i, "a", i + 1) for i in range(n)]) for n in (899, 898))
    assert bisimilar(one, two).violated
    assert rounds == [2]
