"""Refinement by hashes: collisions, large systems both ways; forged partitions."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from bisimilarity_cases import (
    hashed_first,
    on_arrays,
    one_state_at_a_time,
    random_arcs,
    random_system,
    rewritten,
)
from devtools import within_cpu_seconds
from netproof.recheck import recheck_equivalence
from oracles.bisimulation import RELATIONS
from transition_systems.equivalences import (
    bisimilar,
    hashed_rounds,
    hashed_sets,
    inductive,
    minimise,
    signatures,
)
from transition_systems.equivalences.relations import Relation as RelationName
from transition_systems.evidence import PartitionEvidence
from transition_systems.lts import LTS
from transition_systems.lts_operations import disjoint_union

Hashes = NDArray[np.uint64]
SOME: tuple[RelationName, ...] = ("strong", "branching", "divergence-branching", "weak")

relations = pytest.mark.parametrize("relation", [*RELATIONS])


def test_collisions_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that collide for the first seeds cost rounds and no classes."""
    rng = random.Random(3)
    systems = [random_system(rng, 9) for _ in range(60)]
    expected = [minimise(lts, "branching", atoms=["p"])[1].tolist() for lts in systems]
    genuine, genuine_one = signatures.mixed, hashed_sets.mixed_one

    def bad(values: Hashes, seed: int) -> Hashes:
        return values * np.uint64(0) + np.uint64(1) if seed < 4 else genuine(values, seed)

    def bad_one(value: int, seed: int) -> int:
        return 1 if seed < 4 else genuine_one(value, seed)

    for module in (hashed_sets, signatures):
        monkeypatch.setattr(module, "mixed", bad)
    for other in (hashed_sets, inductive):
        monkeypatch.setattr(other, "mixed_one", bad_one)
    for way in (on_arrays, one_state_at_a_time):
        with monkeypatch.context() as patch:
            way(patch)
            assert [
                minimise(lts, "branching", atoms=["p"])[1].tolist() for lts in systems
            ] == expected


@pytest.mark.parametrize("kept", [0, 1, 0xFF, 0xFFFF])
def test_hashed_rounds_with_collisions(kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds by hashes of few bits part nothing that is equivalent, and no atoms are lost."""
    rng = np.random.default_rng(kept)
    systems = [random_arcs(rng, 300, m, labels, 0.4) for m in (300, 600) for labels in (1, 3)]
    systems += [random_system(random.Random(seed), 9) for seed in range(40)]
    genuine = hashed_rounds._mixed

    def few_bits(values: NDArray[np.uint32], seed: int) -> NDArray[np.uint32]:
        return genuine(values, seed) & np.uint32(kept)

    for relation in SOME:
        expected = [minimise(lts, relation, atoms=["p"])[1].tolist() for lts in systems]
        with monkeypatch.context() as patch:
            hashed_first(patch)
            patch.setattr(hashed_rounds, "_mixed", few_bits)
            found = [minimise(lts, relation, atoms=["p"])[1].tolist() for lts in systems]
        assert found == expected


def test_large_systems_with_and_without_hashed_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    for m, labels, share in ((12_000, 1, 0.0), (20_000, 3, 0.3), (24_000, 10, 0.5)):
        lts = random_arcs(rng, 8_000, m, labels, share)
        for relation in SOME[:3]:
            with monkeypatch.context() as patch:
                patch.setattr(hashed_rounds, "FROM", 10**9)
                expected = minimise(lts, relation)
            for layers in (hashed_rounds.MOST_LAYERS, 2):
                with monkeypatch.context() as patch:
                    patch.setattr(hashed_rounds, "MOST_LAYERS", layers)
                    small, place = minimise(lts, relation)
                assert small == expected[0]
                assert np.array_equal(place, expected[1])


def toothed(n: int, copies: int) -> LTS:
    """Silent chains of n states, each with a step to the tooth that has as many steps left."""
    step, parts = np.arange(n), []
    for copy in range(copies):
        at, tooth = 2 * n * copy + step, 2 * n * copy + n + step
        parts += [(at[:-1], np.zeros(n - 1), at[1:]), (at, np.full(n, 2), tooth)]
        parts.append((tooth[1:], np.full(n - 1, 3), tooth[:-1]))
    tails, labels, heads = (np.concatenate(column) for column in zip(*parts, strict=True))
    return LTS.from_arrays(2 * n * copies, tails, labels, heads, label_names=["tau", "✓", "a", "b"])


def test_long_silent_chains_are_quick() -> None:
    """Each round splits one state off a long silent chain; seconds would mean quadratic time."""
    for n, copies in ((6_000, 1), (300, 100)):
        lts = toothed(n, copies)
        with within_cpu_seconds(0.5):
            small, place = minimise(lts, "branching")
        assert small.n_states == 2 * n
        assert np.array_equal(place, np.tile(place[: 2 * n], copies))


@relations
def test_forged_partitions(relation: RelationName) -> None:
    """A partition that passes relates only what the definition relates."""
    rng = random.Random(f"forged {relation}")
    passed = refused = 0
    for _ in range(150):
        a = random_system(rng)
        b = rewritten(rng, a)
        verdict = bisimilar(a, b, relation, atoms=["p"])
        genuine = bisimilar(a, a, relation, atoms=["p"]).evidence
        related = RELATIONS[relation](disjoint_union(a, b))
        n = range(a.n_states + b.n_states)
        assert isinstance(genuine, PartitionEvidence)
        assert verdict.evidence is not None
        digest = verdict.evidence.claim.model_digest
        claim = replace(genuine.claim, model_digest=digest)
        for _ in range(8):
            if isinstance(verdict.evidence, PartitionEvidence) and rng.random() < 0.7:
                block = verdict.evidence.block.copy()
            else:
                block = np.array([rng.randrange(rng.randint(1, 4)) for _ in n])
            for _ in range(rng.randint(0, 2)):
                block[rng.choice(n)] = block[rng.choice(n)] if rng.random() < 0.6 else len(n)
            forged = PartitionEvidence(claim=claim, relation=relation, block=block, atoms=("p",))
            if recheck_equivalence(forged, a, b).passed:
                passed += 1
                assert verdict.holds
                assert all((s, t) in related for s in n for t in n if block[s] == block[t])
            else:
                refused += 1
    assert passed > 20
    assert refused > 300
