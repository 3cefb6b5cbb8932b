"""Forged evidence about linear-time relations: refused, unless what it claims is proved."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from linear_time_cases import random_pair
from netproof.recheck import recheck_equivalence
from oracles.linear_relations import System, first_difference
from transition_systems.budget import Budget
from transition_systems.equivalences import equivalent, refines
from transition_systems.equivalences.linear_relations import LINEAR_RELATIONS, LinearName
from transition_systems.errors import RecheckError
from transition_systems.evidence import (
    Evidence,
    LinearDistinction,
    NormalisedSimulation,
    SharedFutures,
    SimulationPairs,
    evidence_from_dict,
)
from transition_systems.lts import LTS
from transition_systems.lts_data import pair_digest

MUTANTS = 12
relations = pytest.mark.parametrize("relation", [*LINEAR_RELATIONS])


def spoilt_array(rng: random.Random, array: np.ndarray[Any, Any]) -> Any:
    kind = rng.random()
    made = array.copy()
    if kind < 0.08:
        return rng.choice([None, array.tolist(), array.astype(float), array[:, None], array[:-1]])
    if not len(made):
        return np.append(made, rng.randint(-1, 3))
    at = rng.randrange(len(made))
    if kind < 0.5:
        made[at] += rng.choice([-1, 1, 2])
    elif kind < 0.7:
        made = np.delete(made, at)
    elif kind < 0.85:
        made = np.insert(made, at, made[rng.randrange(len(made))])
    else:
        made[at] = made[rng.randrange(len(made))]
    return made


def spoilt_fields(rng: random.Random, piece: Any) -> Any:
    """One field changed, or a pair or a set left out as a whole."""
    if isinstance(piece, SimulationPairs) and rng.random() < 0.5 and len(piece.states):
        keep = np.ones(len(piece.states), dtype=bool)
        keep[rng.randrange(len(keep))] = False
        return replace(piece, states=piece.states[keep], sets=piece.sets[keep])
    if isinstance(piece, SharedFutures) and rng.random() < 0.4:
        one, other = (rng.choice(piece.classes.tolist()) for _ in "ab")
        return replace(piece, classes=np.where(piece.classes == one, other, piece.classes))
    name = rng.choice([*piece.__dataclass_fields__])
    return replace(piece, **{name: spoilt_array(rng, getattr(piece, name))})


def spoilt_names(rng: random.Random, item: Any) -> Any:
    """Somewhere in nested tuples something else."""
    if isinstance(item, tuple) and item and rng.random() < 0.8:
        at = rng.randrange(len(item))
        if rng.random() < 0.2:
            return (*item[:at], *item[at + 1 :])
        return (*item[:at], spoilt_names(rng, item[at]), *item[at + 1 :])
    return rng.choice(["a", "b", "tau", "final", "✓", "p", None, (), 1, "trace", "end", "refusal",
                       "ready", "divergence", "future", ("a",), (("a",), ()), (("b",), ("final",)),
                       ("trace",), ("end",), ("divergence",), ("refusal", ("a",), ()),
                       ("ready", ("a",), ()), ("future", (), ((("a",), None),))])  # fmt: skip


def mutant(rng: random.Random, evidence: Any) -> Any:
    kind = rng.random()
    if kind < 0.06:
        return replace(evidence, relation=rng.choice([*LINEAR_RELATIONS, "strong", "", None]))
    if kind < 0.12:
        wrong = rng.choice(["", None, "trace equivalent", "not failures refinement",
                            f"not {evidence.claim.formula}",
                            evidence.claim.formula.replace("refinement", "equivalent"),
                            evidence.claim.formula.removeprefix("not ")])  # fmt: skip
        return replace(evidence, claim=replace(evidence.claim, formula=wrong))
    if kind < 0.15:
        return replace(evidence, atoms=rng.choice([(), ("q",), ("p", "q"), None, (1,)]))
    if isinstance(evidence, NormalisedSimulation):
        if kind < 0.2:
            parts = evidence.parts
            return replace(
                evidence,
                parts=rng.choice([(), parts[:1], (*parts, *parts), parts[::-1], None]),
                futures=rng.choice([None, evidence.futures]),
            )
        if evidence.futures is not None and kind < 0.5:
            return replace(evidence, futures=spoilt_fields(rng, evidence.futures))
        at = rng.randrange(len(evidence.parts))
        parts = [*evidence.parts]
        parts[at] = spoilt_fields(rng, parts[at])
        return replace(evidence, parts=tuple(parts))
    name = rng.choice(["trace", "seen", "able", "along"])
    if name == "able":
        return replace(evidence, able=rng.choice(["left", "right", "", None]))
    return replace(evidence, **{name: spoilt_names(rng, getattr(evidence, name))})


def truth(a: LTS, b: LTS, evidence: Any) -> bool:
    """Whether the claim of a piece of evidence is true, by the engine's answer, else None."""
    relation, atoms = evidence.relation, evidence.atoms
    decide = refines if "refinement" in evidence.claim.formula else equivalent
    verdict = decide(a, b, relation, atoms=atoms)
    return bool(verdict.violated if evidence.claim.formula.startswith("not ") else verdict.holds)


@relations
def test_what_passes_is_true(relation: LinearName) -> None:
    rng = random.Random(relation)
    accepted = refused = 0
    for _ in range(60):
        a, b = random_pair(rng)
        for decide in (refines, equivalent):
            evidence: Any = decide(a, b, relation, atoms=["p"]).evidence
            for _ in range(MUTANTS):
                forged = mutant(rng, evidence)
                result = recheck_equivalence(forged, a, b)
                assert result.status in ("passed", "failed")
                if result.passed:
                    accepted += forged != evidence
                    assert truth(a, b, forged), forged
                else:
                    refused += 1
            assert recheck_equivalence(evidence, b, a).passed == (pair_digest(a, b) == pair_digest(b, a))  # fmt: skip
    assert refused > 500
    assert accepted < refused


@relations
def test_each_pair_that_is_needed_is_needed(relation: LinearName) -> None:
    """Without a pair of a chain nothing is proved; with the sets of another system neither."""
    chain = LTS.from_arcs(4, [(0, "a", 1), (1, "b", 2), (2, "c", 3)], final=[3])
    verdict = refines(chain, chain, relation)
    evidence: Any = verdict.evidence
    (part,) = evidence.parts
    for at in range(len(part.states)):
        fewer = replace(part, states=np.delete(part.states, at), sets=np.delete(part.sets, at))
        forged = replace(evidence, parts=(fewer,))
        assert recheck_equivalence(forged, chain, chain).status == "failed"
    short = LTS.from_arcs(3, [(0, "a", 1), (1, "b", 2)], final=[2])
    claim = replace(evidence.claim, model_digest=pair_digest(short, chain))
    assert recheck_equivalence(replace(evidence, claim=claim), short, chain).status == "failed"
    assert first_difference(System(chain, (), relation), System(short, (), relation), 4) is not None


def test_data_that_is_malformed() -> None:
    one, two = LTS.from_arcs(2, [(0, "a", 1)]), LTS.from_arcs(2, [(0, "b", 1)])
    evidence: Evidence | None = refines(one, two).evidence
    assert isinstance(evidence, LinearDistinction)
    late = replace(evidence, trace=("b",) * 3)
    assert recheck_equivalence(late, one, two).status == "failed"
    data = evidence.to_dict()
    assert evidence_from_dict(data) == evidence
    assert recheck_equivalence(evidence, one, two, budget=Budget(seconds=0)).status == "skipped"
    assert recheck_equivalence(evidence, one, two, budget=Budget(bytes=1)).status == "skipped"
    for name in ("trace", "seen", "along", "able", "relation"):
        broken = {**data, name: 7}
        if name == "trace":
            with pytest.raises(RecheckError):
                evidence_from_dict(broken)
        else:
            made = evidence_from_dict(broken)
            assert recheck_equivalence(made, one, two).status == "failed", name
