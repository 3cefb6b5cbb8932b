"""Simulations on random systems against their definitions; reductions; forged relations."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from netproof.recheck import recheck_equivalence
from oracles.bisimulation import Relation, holds
from oracles.simulations import SIMULATED, simulation_relation
from simulation_cases import changed, random_system
from transition_systems import reduce_by_simulation, similar, simulated_by
from transition_systems.budget import Budget
from transition_systems.equivalences import simulation_decision, simulation_ranks
from transition_systems.equivalences.simulations import SimulationName
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.evidence import (
    Distinction,
    SimulationEvidence,
    TraceDistinction,
    evidence_from_dict,
)
from transition_systems.lts import LTS
from transition_systems.lts_operations import disjoint_union
from transition_systems.verdict import Verdict

relations = pytest.mark.parametrize("relation", SIMULATED)
WAYS = ((40, 16), (0, 16), (10**9, 16), (40, 0))


def simulated(related: Relation, a: LTS, b: LTS) -> tuple[bool, bool]:
    left, right = a.initial.tolist(), [a.n_states + int(s) for s in b.initial]
    return (
        all(any((s, t) in related for t in right) for s in left),
        all(any((t, s) in related for s in left) for t in right),
    )


def check_verdict(verdict: Verdict, wanted: bool, a: LTS, b: LTS) -> None:
    shown = list(a.arcs()), list(b.arcs()), verdict
    assert not verdict.unknown, shown
    assert verdict.holds == wanted, shown
    evidence = verdict.evidence
    assert evidence is not None
    assert recheck_equivalence(evidence, a, b).passed, shown
    assert evidence_from_dict(evidence.to_dict()) == evidence
    if isinstance(evidence, Distinction):
        ours = any(holds(a, evidence.formula, int(s)) for s in a.initial)
        theirs = any(holds(b, evidence.formula, int(t)) for t in b.initial)
        assert ours != theirs


def check_pair(a: LTS, b: LTS, relation: SimulationName) -> bool:
    """Compare both verdicts and their evidence with the definition."""
    up, down = simulated(simulation_relation(disjoint_union(a, b), relation), a, b)
    check_verdict(simulated_by(a, b, relation, atoms=["p"]), up, a, b)
    check_verdict(similar(a, b, relation, atoms=["p"]), up and down, a, b)
    return up


def by_game(monkeypatch: pytest.MonkeyPatch, *, always: bool) -> None:
    """Have simulations decided by a game of the pairs that the initial ones lead to, or not."""
    few, pairs = (-1, 1_000) if always else (1_000, 32)
    monkeypatch.setattr(simulation_decision, "FEW_CLASSES", few)
    monkeypatch.setattr(simulation_decision, "PAIRS_PER_CLASS", pairs)


def check_reduced(lts: LTS, relation: SimulationName) -> None:
    small, place = reduce_by_simulation(lts, relation, atoms=["p"])
    related = simulation_relation(disjoint_union(lts, small), relation)
    assert simulated(related, lts, small) == (True, True)
    n = lts.n_states
    for state in np.flatnonzero(place >= 0).tolist():
        there = n + int(place[state])
        assert (state, there) in related
        assert (there, state) in related
    assert len(set(place[place >= 0].tolist())) == small.n_states <= n
    assert small.n_arcs <= lts.n_arcs


@relations
def test_random_systems(relation: SimulationName, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(relation)
    outcomes = set()
    for number in range(500):
        cost, listed = WAYS[number % 4]
        monkeypatch.setattr(simulation_ranks, "PAIR_COST", cost)
        monkeypatch.setattr(simulation_ranks, "LISTED", listed)
        by_game(monkeypatch, always=number % 3 == 0)
        a = random_system(rng, 5)
        b = changed(rng, a) if rng.random() < 0.7 else random_system(rng, 5)
        outcomes.add(check_pair(a, b, relation))
        if number % 5 == 0:
            check_reduced(random_system(rng, 7), relation)
    assert outcomes == {True, False}


@pytest.mark.campaign
@pytest.mark.timeout(0)
@relations
def test_many_random_systems(relation: SimulationName, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(f"many {relation}")
    for number in range(20_000):
        cost, listed = WAYS[number % 4]
        monkeypatch.setattr(simulation_ranks, "PAIR_COST", cost)
        monkeypatch.setattr(simulation_ranks, "LISTED", listed)
        by_game(monkeypatch, always=number % 3 == 0)
        a = random_system(rng)
        check_pair(a, changed(rng, a) if rng.random() < 0.7 else random_system(rng), relation)
        if number % 4 == 0:
            check_reduced(random_system(rng, 7), relation)


def larger(seed: int, n: int, m: int, labels: int, silence: float) -> LTS:
    rng = np.random.default_rng(seed)
    label = np.where(rng.random(m) < silence, 0, rng.integers(2, 2 + labels, m))
    return LTS.from_arrays(
        n, rng.integers(0, n, m), label, rng.integers(0, n, m),
        label_names=["tau", "✓", *(f"l{i}" for i in range(labels))],
        atoms={"final": rng.random(n) < 0.1},
    )  # fmt: skip


@relations
def test_larger_systems_by_pairs_and_by_rows(
    relation: SimulationName, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed, sizes in enumerate([(120, 200, 1, 0.3), (150, 330, 2, 0.2), (90, 400, 3, 0.1)]):
        lts = larger(seed, *sizes)
        found = []
        for cost, listed in WAYS:
            monkeypatch.setattr(simulation_ranks, "PAIR_COST", cost)
            monkeypatch.setattr(simulation_ranks, "LISTED", listed)
            small, place = reduce_by_simulation(lts, relation)
            found.append((small, place.tolist()))
        assert all(other == found[0] for other in found)
        verdict = similar(lts, found[0][0], relation)
        assert verdict.evidence is not None
        assert recheck_equivalence(verdict.evidence, lts, found[0][0]).passed


def test_known_pairs() -> None:
    """The pairs that part the relations in van Glabbeek's spectrum."""
    ab, a = [(0, "a", 1), (1, "b", 2)], (0, "a", 3)
    plain, little = LTS.from_arcs(3, ab), LTS.from_arcs(4, [*ab, a])
    assert similar(plain, little).holds
    assert similar(plain, little, "completed-simulation").violated
    more = [(0, "a", 1), (1, "b", 2), (1, "c", 2)]
    wide, loose = LTS.from_arcs(3, more), LTS.from_arcs(4, [*more, a, (3, "b", 2)])
    assert similar(wide, loose, "completed-simulation").holds
    assert similar(wide, loose, "ready-simulation").violated
    # Ready similar and not 2-nested similar: a(bc + bd) is under a(bc + bd) + abc.
    arcs = [(0, "a", 1), (1, "b", 2), (1, "b", 3), (2, "c", 4), (3, "d", 4)]
    deep, deeper = LTS.from_arcs(5, arcs), LTS.from_arcs(6, [*arcs, (0, "a", 5), (5, "b", 2)])
    assert similar(deep, deeper, "ready-simulation").holds
    assert similar(deep, deeper, "2-nested-simulation").violated
    # Coupled similar and not weakly bisimilar: who is out is settled at once, or step by step.
    once = LTS.from_arcs(
        5, [(0, None, 1), (0, None, 2), (0, None, 3), (1, "a", 4), (2, "b", 4), (3, "c", 4)]
    )
    twice = LTS.from_arcs(
        6,
        [(0, None, 1), (0, None, 5), (5, None, 2), (5, None, 3),
         (1, "a", 4), (2, "b", 4), (3, "c", 4)],
    )  # fmt: skip
    assert similar(once, twice, "coupled-simulation").holds
    assert similar(once, twice, "weak-ready-simulation").violated


def test_a_trace_where_no_formula_is_written() -> None:
    chain = LTS.from_arcs(402, [(i, "a", i + 1) for i in range(401)])
    short = LTS.from_arcs(401, [(i, "a", i + 1) for i in range(400)])
    for relation in SIMULATED:
        evidence = simulated_by(chain, short, relation).evidence
        assert isinstance(evidence, TraceDistinction)
        assert len(evidence.trace) == 401
        assert recheck_equivalence(evidence, chain, short).passed
        unable = replace(evidence, able="right")
        assert recheck_equivalence(unable, short, chain).status == "failed"
    assert simulated_by(short, chain).holds


def test_budgets_end_in_unknown() -> None:
    lts = larger(1, 150, 375, 2, 0.2)
    for relation in SIMULATED:
        for budget in (Budget(seconds=0), Budget(bytes=1000), Budget(states=10)):
            assert similar(lts, lts, relation, budget=budget).unknown
            with pytest.raises(UndecidedError):
                reduce_by_simulation(lts, relation, budget=budget)
    with pytest.raises(UsageError):
        similar(lts, lts, cast(SimulationName, "simulatoin"))


def spoilt(rng: random.Random, evidence: SimulationEvidence) -> SimulationEvidence:
    """The evidence with a bit more or less, or with a state elsewhere."""
    kind = rng.randrange(4)
    if kind == 0 and len(evidence.block):
        block = evidence.block.copy()
        block[rng.randrange(len(block))] = rng.randint(-1, int(block.max()) + 1)
        return replace(evidence, block=block)
    name = "base" if kind == 1 and evidence.base.size else "pairs"
    packed = getattr(evidence, name).copy()
    if not packed.size:
        return evidence
    for _ in range(rng.randint(1, 3)):
        packed[rng.randrange(packed.shape[0]), rng.randrange(packed.shape[1])] ^= (
            1 << rng.randrange(8)
        )
    return replace(evidence, **{name: packed})


@relations
def test_forged_relations(relation: SimulationName) -> None:
    """Where a spoilt relation passes, the systems are related by definition."""
    rng = random.Random(f"forged {relation}")
    refused = accepted = 0
    while refused + accepted < 600:
        a = random_system(rng, 5)
        b = changed(rng, a)
        verdict = simulated_by(a, b, relation, atoms=["p"])
        if not isinstance(verdict.evidence, SimulationEvidence):
            continue
        other = changed(rng, b)
        wanted = simulated(simulation_relation(disjoint_union(a, other), relation), a, other)[0]
        moved = similar(a, other, relation, atoms=["p"])
        for _ in range(6):
            forged = spoilt(rng, verdict.evidence)
            assert moved.evidence is not None
            borrowed = replace(
                forged,
                claim=replace(forged.claim, model_digest=moved.evidence.claim.model_digest),
                block=np.resize(forged.block, a.n_states + other.n_states),
            )
            for forgery, right, true in ((forged, b, True), (borrowed, other, wanted)):
                result = recheck_equivalence(forgery, a, right)
                assert result.status in ("passed", "failed")
                assert true or not result.passed
                accepted, refused = accepted + result.passed, refused + (not result.passed)
    assert refused > 200


def test_formulas_that_are_not_preserved() -> None:
    """A formula of more than the relation preserves is refused, though it tells them apart."""
    a = LTS.from_arcs(3, [(0, "a", 1), (1, "b", 2)])
    b = LTS.from_arcs(4, [(0, "a", 1), (1, "b", 2), (0, "a", 3), (3, None, 3)])
    stuck = ("diamond", "a", ("not", ("diamond", "b", ("true",))))
    for relation in SIMULATED:
        genuine = similar(b, a, relation)
        evidence = genuine.evidence
        assert evidence is not None
        for formula in (
            stuck,
            ("diamond", "a", ("dead",)),
            ("weak", "a", ("dead",)),
            ("weak", "a", ("not", ("weak", "b", ("true",)))),
            ("weak", "tau", ("and", ("weak", "a", ("true",)), ("not", ("weak", "b", ("true",))))),
            ("not", ("diamond", "a", ("not", ("diamond", "b", ("not", ("final",)))))),
            ("diamond", "a"),
            ("until", ("true",), "a", ("true",)),
        ):
            forged = Distinction(
                claim=replace(evidence.claim, formula=f"not {genuine.property}"),
                relation=relation,
                formula=formula,
            )
            result = recheck_equivalence(forged, b, a)
            assert result.status == "failed" or not genuine.holds, (relation, formula)
            preserved = relation in ("ready-simulation", "2-nested-simulation")
            if formula is stuck and not preserved:
                assert result.reason == f"this is no formula that {relation} preserves"


def test_too_many_classes_for_a_relation_may_be_refuted_by_a_trace() -> None:
    one, two = (
        LTS.from_arcs(3_000, [(n, "a" if n < 2_998 else last, n + 1) for n in range(2_999)])
        for last in "ab"
    )
    little = Budget(bytes=1 << 20)
    for verdict in (similar(one, two, budget=little), simulated_by(one, two, budget=little)):
        assert isinstance(verdict.evidence, TraceDistinction)
        assert recheck_equivalence(verdict.evidence, one, two).passed
    same = similar(one, one, "ready-simulation", budget=little)
    assert same.evidence is not None
    assert recheck_equivalence(same.evidence, one, one).passed
