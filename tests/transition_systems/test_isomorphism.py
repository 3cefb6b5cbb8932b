"""Isomorphism against all permutations; regular systems; forged maps and colours."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from netproof.recheck import recheck_equivalence
from oracles.isomorphism import isomorphic_by_definition
from transition_systems import bisimilar, isomorphic
from transition_systems.budget import Budget
from transition_systems.evidence import (
    ColourDifference,
    IsomorphismEvidence,
    evidence_from_dict,
)
from transition_systems.lts import LTS
from transition_systems.verdict import Verdict


def random_system(rng: random.Random) -> LTS:
    n = rng.randint(1, 5)
    labels = rng.choice([("a",), (None, "a"), ("a", "b")])
    arcs = [
        (rng.randrange(n), rng.choice(labels), rng.randrange(n))
        for _ in range(rng.randint(0, 2 * n + 2))
    ]
    atoms = {"p": [rng.random() < 0.3 for _ in range(n)]} if rng.random() < 0.2 else {}
    initial = {rng.randrange(n) for _ in range(rng.choice([0, 1, 1, 1, 2, 3]))}
    final = [s for s in range(n) if rng.random() < 0.2]
    return LTS.from_arcs(n, arcs, initial=initial, final=final, atoms=atoms)


def renumbered(rng: random.Random, lts: LTS, spoil: bool) -> LTS:
    n = lts.n_states + rng.randint(0, 1)
    new = rng.sample(range(n), lts.n_states)
    arcs = [(new[s], a, new[t]) for s, a, t in lts.arcs()]
    if spoil and arcs:
        s, a, _ = arcs.pop(rng.randrange(len(arcs)))
        arcs.append((s, a, rng.choice(new)))
    atoms = {
        name: [any(new[s] == i and flags[s] for s in range(lts.n_states)) for i in range(n)]
        for name, flags in lts.atoms.items()
    }
    final = np.flatnonzero(atoms.pop("final")).tolist()
    initial = [new[s] for s in lts.initial.tolist()]
    return LTS.from_arcs(n, arcs, initial=initial, final=final, atoms=atoms)


def check_pair(a: LTS, b: LTS) -> bool:
    verdict = isomorphic(a, b, atoms=["p"])
    assert verdict.holds == isomorphic_by_definition(a, b), (list(a.arcs()), list(b.arcs()))
    assert verdict.evidence is not None
    assert recheck_equivalence(verdict.evidence, a, b).passed
    assert evidence_from_dict(verdict.evidence.to_dict()) == verdict.evidence
    if verdict.holds:
        assert bisimilar(a, b, atoms=["p"]).holds
    return verdict.holds


def test_random_systems() -> None:
    rng = random.Random(1)
    held = 0
    for _ in range(500):
        a = random_system(rng)
        b = random_system(rng) if rng.random() < 0.1 else renumbered(rng, a, rng.random() < 0.5)
        held += check_pair(a, b)
    assert 100 < held < 450


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_many_random_systems() -> None:
    rng = random.Random(2)
    for _ in range(20_000):
        a = random_system(rng)
        b = random_system(rng) if rng.random() < 0.1 else renumbered(rng, a, rng.random() < 0.5)
        check_pair(a, b)


def rings(*lengths: int, order: list[int] | None = None) -> LTS:
    """Undirected rings; all states are initial, so that no colour parts them."""
    arcs, begin = [], 0
    for length in lengths:
        arcs += [(begin + i, "a", begin + (i + 1) % length) for i in range(length)]
        begin += length
    arcs += [(t, "a", s) for s, a, t in arcs]
    new = list(range(begin)) if order is None else order
    arcs = [(new[s], a, new[t]) for s, a, t in arcs]
    return LTS.from_arcs(begin, arcs, initial=range(begin))


def test_regular_systems() -> None:
    order = random.Random(1).sample(range(24), 24)
    assert check(rings(24), rings(24, order=order)).holds
    verdict = check(rings(12, 12), rings(24))
    assert isinstance(verdict.evidence, ColourDifference)
    assert verdict.evidence.exhaustive
    assert "all maps" in verdict.explain()
    assert check(rings(4, 8, 12), rings(12, 4, 8)).holds
    assert check(rings(4, 8, 12), rings(8, 8, 8)).violated


def check(a: LTS, b: LTS) -> Verdict:
    verdict = isomorphic(a, b)
    assert verdict.evidence is not None
    assert recheck_equivalence(verdict.evidence, a, b).passed
    return verdict


def test_twins_and_large_systems() -> None:
    rng = np.random.default_rng(1)
    star = [(0, "a", i) for i in range(1, 400)] + [(i, "b", i + 400) for i in range(1, 400)]
    new = rng.permutation(800).tolist()
    moved = [(new[s], a, new[t]) for s, a, t in star]
    a = LTS.from_arcs(800, star)
    assert check(a, LTS.from_arcs(800, moved, initial=[new[0]])).holds
    moved[-1] = (moved[-1][0], "b", moved[-2][2])
    assert check(a, LTS.from_arcs(800, moved, initial=[new[0]])).violated
    n = 20_000
    ends = np.concatenate((np.minimum(np.arange(n) + 1, n - 1), rng.integers(0, n, n)))
    tails, labels = np.tile(np.arange(n), 2), np.repeat([2, 3], n)
    order = rng.permutation(n)
    names = ["tau", "✓", "a", "b"]
    one = LTS.from_arrays(n, tails, labels, ends, label_names=names)
    two = LTS.from_arrays(
        n, order[tails], labels, order[ends], label_names=names, initial=[order[0]]
    )
    assert check(one, two).holds


def test_budgets_end_in_unknown() -> None:
    a = rings(*[6] * 40)
    b = rings(*[6] * 38, 4, 8)
    assert isomorphic(a, b, budget=Budget(seconds=0)).unknown
    assert isomorphic(a, b, budget=Budget(states=10)).unknown


def test_forged_evidence() -> None:
    rng = random.Random(3)
    refused = 0
    for _ in range(700):
        a = random_system(rng)
        b = renumbered(rng, a, rng.random() < 0.5)
        verdict = isomorphic(a, b, atoms=["p"])
        evidence = verdict.evidence
        assert evidence is not None
        for _ in range(5):
            if isinstance(evidence, IsomorphismEvidence):
                image = evidence.image.copy()
                image[rng.randrange(len(image))] = rng.randint(-2, b.n_states)
                forged = replace(evidence, image=image)
                other = ColourDifference(
                    claim=replace(evidence.claim, formula=f"not {evidence.claim.formula}"),
                    rounds=rng.randint(-1, 5), exhaustive=rng.random() < 0.5, atoms=("p",),
                )  # fmt: skip
                assert recheck_equivalence(other, a, b).status == "failed"
                result = recheck_equivalence(forged, a, b)
                refused += not result.passed
            else:
                assert isinstance(evidence, ColourDifference)
                image = np.array([rng.randrange(b.n_states) for _ in range(a.n_states)])
                mapped = IsomorphismEvidence(
                    claim=replace(evidence.claim, formula=evidence.claim.formula[4:]),
                    image=image, atoms=("p",),
                )  # fmt: skip
                assert recheck_equivalence(mapped, a, b).status == "failed"
                refused += 1
    assert refused > 1_000
