"""Deep formulas in parts: they tell apart what is not bisimilar, and nothing else is accepted."""

from __future__ import annotations

import json
import pickle
import random
from dataclasses import replace
from typing import Any

import pytest

from netproof.recheck.equivalence import PHRASES, recheck_equivalence
from transition_systems import LTS, Budget, bisimilar
from transition_systems.equivalences.difference import deep_difference
from transition_systems.equivalences.relations import relation_named
from transition_systems.evidence import Evidence, SharedDistinction, evidence_from_dict
from transition_systems.evidence_data import Claim
from transition_systems.lts_data import pair_digest

DEEP = 1_500


def fork(depth: int, *, early: bool) -> LTS:
    """Return a chain with a choice at its end that is made one step earlier, or not."""
    arcs = [(state, "a", state + 1) for state in range(depth)]
    branches = [depth + 1, depth + 2] if early else [depth + 1, depth + 1]
    arcs += [(depth, "a", branch) for branch in dict.fromkeys(branches)]
    arcs += [(branches[0], "b", depth + 3), (branches[1], "c", depth + 3)]
    return LTS.from_arcs(depth + 4, arcs)


def small(rng: random.Random) -> LTS:
    count = rng.randint(1, 5)
    arcs = [
        (rng.randrange(count), rng.choice([None, None, "a", "b"]), rng.randrange(count))
        for _ in range(rng.randint(0, 8))
    ]
    starts = {rng.randrange(count) for _ in range(rng.randint(1, 2))}
    final = [state for state in range(count) if rng.random() < 0.2]
    return LTS.from_arcs(count, arcs, initial=sorted(starts), final=final)


def claimed(relation: str, parts: Any, a: LTS, b: LTS) -> SharedDistinction:
    claim = Claim(formula=f"not {PHRASES[relation]}", model_digest=pair_digest(a, b))
    return SharedDistinction(claim=claim, relation=relation, parts=parts)


@pytest.mark.parametrize("relation", sorted(PHRASES))
def test_systems_that_differ_behind_many_steps(relation: Any) -> None:
    late, early = fork(DEEP, early=False), fork(DEEP, early=True)
    verdict = bisimilar(late, early, relation, budget=Budget(seconds=60))
    evidence = verdict.evidence
    assert isinstance(evidence, SharedDistinction)
    assert len(evidence.parts) > DEEP
    assert f"a formula of {len(evidence.parts)} parts" in verdict.explain()
    again = evidence_from_dict(json.loads(json.dumps(evidence.to_dict())))
    assert again == evidence == pickle.loads(pickle.dumps(evidence))
    assert recheck_equivalence(again, late, early).passed
    assert not recheck_equivalence(again, early, late).passed


@pytest.mark.exhaustive
def test_just_what_is_not_bisimilar_is_told_apart() -> None:
    rng = random.Random(11)
    same = apart = 0
    known: dict[str, list[Any]] = {relation: [("true",)] for relation in PHRASES}
    for _ in range(300):
        a, b = small(rng), small(rng)
        for relation in PHRASES:
            name: Any = relation
            parts = deep_difference(a, b, relation_named(name), Budget().start())
            assert (parts is None) == bool(bisimilar(a, b, name))
            if parts is None:
                for others in known[relation][-30:]:
                    assert not recheck_equivalence(claimed(relation, others, a, b), a, b).passed
                same += 1
                continue
            assert recheck_equivalence(claimed(relation, parts, a, b), a, b).passed
            known[relation].append(parts)
            apart += 1
    assert same > 100
    assert apart > 500


ONE, TWO = LTS.from_arcs(2, [(0, "a", 1)]), LTS.from_arcs(2, [(0, "b", 1)])
GOOD = (("true",), ("diamond", "a", 0))


@pytest.mark.parametrize(
    "parts",
    [
        (), (("true",),), ((),), ("true",), (("diamond", "a", 0),),
        (("true",), ("diamond", "a", 1)), (("true",), ("diamond", "a", -1)),
        (("true",), ("diamond", "a", False)), (("true",), ("diamond", "a", 0.0)),
        (("true",), ("diamond", "a", ("true",))), (("true",), ("diamond", 0, 0)),
        (("true",), ("diamond", "a")), (("true",), ("weak", "a", 0)), (("true",), ("guess", 0)),
        (("true", 0), ("diamond", "a", 0)), (("atom", "p"),), (("true",), ("endless", 0)),
        (("true",), ("until", 0, "a", 0)), ({"true": 0},), (None,), 7, None,
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused(parts: Any) -> None:
    assert recheck_equivalence(claimed("strong", GOOD, ONE, TWO), ONE, TWO).passed
    forged = replace(claimed("strong", GOOD, ONE, TWO), parts=parts)
    assert recheck_equivalence(forged, ONE, TWO).status == "failed"


@pytest.mark.parametrize(
    "change",
    [
        {"relation": "weak"}, {"relation": "simulation"}, {"relation": "none"},
        {"atoms": ("p",)},
        {"claim": Claim(formula="strongly bisimilar", model_digest=pair_digest(ONE, TWO))},
        {"claim": Claim(formula="not strongly bisimilar", model_digest="sha256:0")},
    ],
)  # fmt: skip
def test_another_claim_is_refused(change: dict[str, Any]) -> None:
    forged: Evidence = replace(claimed("strong", GOOD, ONE, TWO), **change)
    assert recheck_equivalence(forged, ONE, TWO).status == "failed"
