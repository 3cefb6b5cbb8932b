"""Mutated evidence about two systems: what the recheck accepts is true by definition."""

from __future__ import annotations

import copy
import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any
from unittest import mock

import pytest

from bisimilarity_cases import related_sides, rewritten
from json_mutants import Spoiler
from netproof.recheck import equivalence, recheck_equivalence, similarity
from oracles.bisimulation import RELATIONS
from oracles.isomorphism import isomorphic_by_definition
from oracles.simulations import SIMULATED, simulation_relation
from oracles.words import same_language
from simulation_cases import changed, random_system
from transition_systems import isomorphic, similar, simulated_by
from transition_systems.equivalences import bisimilar, simulation_decision
from transition_systems.equivalences.relations import BISIMILARITIES
from transition_systems.equivalences.simulations import SIMULATIONS
from transition_systems.errors import NetproofError
from transition_systems.evidence import (
    Claim,
    Distinction,
    Evidence,
    SharedDistinction,
    TraceDistinction,
    WordEvidence,
    evidence_from_dict,
)
from transition_systems.lts import LTS
from transition_systems.lts_data import pair_digest
from transition_systems.lts_operations import disjoint_union, with_atoms

CAMPAIGN = int(os.environ.get("NETPROOF_EQUIVALENCE_MUTANTS", "1500"))
KINDS = {
    "partition", "simulation", "simulation, listed", "isomorphism", "colour-difference", "distinction",
    "shared-distinction", "trace-distinction", "word",
}  # fmt: skip
TEXTS = [
    "a", "b", "tau", "ghost", "left", "right", "p", "true", "final", "atom", "not", "and", "dead",
    "diamond", "until", "weak", "cycle", "endless",
]  # fmt: skip


class Pair:
    """Two systems, and which claims about them are true, by definition."""

    def __init__(self, left: LTS, right: LTS) -> None:
        self.left, self.right = left, right
        self.digest = pair_digest(left, right)
        self.true = cache(self._true)

    def _true(self, phrase: str, relation: str, atoms: tuple[str, ...]) -> bool:
        """Whether a claim without its ``not`` is true."""
        a, b = (with_atoms(lts, atoms) for lts in (self.left, self.right))
        if phrase.startswith("language"):
            return same_language(a, b)
        if phrase.startswith("isomorphic"):
            return isomorphic_by_definition(a, b)
        both = disjoint_union(a, b)
        if relation in RELATIONS:
            return related_sides(RELATIONS[relation](both), a, b)
        related = simulation_relation(both, relation)
        left, right = a.initial.tolist(), [a.n_states + int(t) for t in b.initial]
        up = all(any((s, t) in related for t in right) for s in left)
        down = all(any((t, s) in related for s in left) for t in right)
        return up and (down or "preorder" in phrase)

    def allows(self, evidence: Any) -> bool:
        """Whether the claim of a piece of evidence is true."""
        formula = evidence.claim.formula
        atoms = tuple(sorted(getattr(evidence, "atoms", ())))
        phrase = formula.removeprefix("not ")
        truth = self.true(phrase, getattr(evidence, "relation", ""), atoms)
        return truth is not formula.startswith("not ")


def drawn(rng: random.Random) -> Pair:
    a = random_system(rng, 4)
    way = rng.random()
    if way < 0.4:
        return Pair(a, changed(rng, a))
    return Pair(a, rewritten(rng, a) if way < 0.85 else random_system(rng, 4))


def in_parts(evidence: Distinction) -> SharedDistinction:
    """The same formula as a list of its parts."""
    parts: list[tuple[str | int, ...]] = []

    def placed(formula: tuple[Any, ...]) -> int:
        part = tuple(placed(inner) if isinstance(inner, tuple) else inner for inner in formula)
        parts.append(part)
        return len(parts) - 1

    placed(evidence.formula)
    return SharedDistinction(
        claim=evidence.claim, relation=evidence.relation, parts=tuple(parts), atoms=evidence.atoms
    )


def evidence_about(pair: Pair, rng: random.Random) -> Iterator[Evidence]:
    """Genuine evidence, and words and traces that may be so by chance."""
    a, b = pair.left, pair.right
    bisimilarity, simulation = rng.choice([*BISIMILARITIES]), rng.choice(SIMULATED)
    found = [
        bisimilar(a, b, bisimilarity, atoms=["p"]).evidence,
        simulated_by(a, b, simulation, atoms=["p"]).evidence,
        similar(a, b, simulation, atoms=["p"]).evidence,
        isomorphic(a, b, atoms=["p"]).evidence,
    ]
    with mock.patch.object(simulation_decision, "FEW_CLASSES", -1):
        found.append(rng.choice([similar, simulated_by])(a, b, simulation, atoms=["p"]).evidence)
    assert None not in found
    if isinstance(found[0], Distinction):
        found.append(in_parts(found[0]))
    letters = tuple(rng.choice("ab") for _ in range(rng.randint(0, 3)))
    side = rng.choice(["left", "right"])
    word = Claim(formula="not language equivalent", model_digest=pair.digest)
    found.append(WordEvidence(claim=word, word=letters, accepted_by=side))
    for name in (bisimilarity, simulation):
        trace = Claim(formula=f"not {phrase_of(rng, name, ())}", model_digest=pair.digest)
        found.append(TraceDistinction(claim=trace, relation=name, trace=letters, able=side))
    yield from (evidence for evidence in found if evidence is not None)


def phrase_of(rng: random.Random, relation: str, atoms: tuple[str, ...]) -> str:
    """What evidence for a relation claims."""
    if relation in SIMULATIONS:
        return SIMULATIONS[relation].claim(atoms, preorder=rng.random() < 0.5)
    return BISIMILARITIES[relation].claim(atoms)


def kind_of(data: Any) -> str:
    """The kind of a piece of evidence; relations that list their pairs are one of their own."""
    return f"{data['kind']}, listed" if data.get("listed") else str(data["kind"])


def reclaimed(data: Any, others: list[Any], pair: Pair, rng: random.Random) -> Any:
    """The same evidence for another relation, other atoms or the opposite, in fitting words."""
    made = copy.deepcopy(data)
    if "relation" in made and rng.random() < 0.7:
        made["relation"] = rng.choice([*BISIMILARITIES, *SIMULATIONS])
    if "atoms" in made and rng.random() < 0.3:
        made["atoms"] = rng.choice([[], ["p"], ["q"], ["p", "q"]])
    for name in ("formula", "parts", "block", "pairs", "base", "listed", "trace", "image"):
        lenders = [other for other in others if name in other]
        if name in made and lenders and rng.random() < 0.3:
            made[name] = copy.deepcopy(rng.choice(lenders)[name])
    if "relation" in made:
        prefix = "not " if data["claim"]["formula"].startswith("not ") else ""
        said = phrase_of(rng, made["relation"], tuple(made["atoms"]))
        made["claim"]["formula"] = prefix + said
    if rng.random() < 0.1:
        formula = made["claim"]["formula"]
        opposite = formula.removeprefix("not ") if formula.startswith("not ") else f"not {formula}"
        made["claim"]["formula"] = opposite
    made["claim"]["model_digest"] = pair.digest
    return made


def campaign(count: int, seed: int) -> tuple[Counter[str], Counter[str], list[str]]:
    """Return how many mutants of each kind were tried and passed, and those that claim a lie."""
    rng = random.Random(seed)
    tried: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    wrong: list[str] = []
    lent: list[Any] = []
    while sum(tried.values()) < count:
        pair = drawn(rng)
        left, right = pair.left, pair.right
        others = [(right, left), (left, changed(rng, right)), (left, left)]
        other = Pair(*rng.choice(others))
        for evidence in evidence_about(pair, rng):
            data = json.loads(json.dumps(evidence.to_dict()))
            genuine = recheck_equivalence(evidence_from_dict(data), left, right).passed
            assert genuine or data["kind"] in ("word", "trace-distinction"), data
            lent = [*lent[-30:], data]
            spoiler = Spoiler(rng, TEXTS)
            for _ in range(8):
                about = pair if rng.random() < 0.7 else other
                made = reclaimed(data, lent, about, rng) if rng.random() < 0.7 else data
                if rng.random() < 0.6:
                    made = spoiler.spoilt(made)
                if made == data:
                    continue
                tried[kind_of(data)] += 1
                try:
                    again = evidence_from_dict(made)
                except NetproofError:
                    continue
                result = recheck_equivalence(again, about.left, about.right)
                assert result.status in ("passed", "failed"), result
                if result.passed:
                    passed[kind_of(data)] += 1
                    if not about.allows(again):
                        wrong.append(f"{about.left.to_dict()} {about.right.to_dict()} {made}")
    return tried, passed, wrong


def test_what_is_accepted_is_true() -> None:
    tried, passed, wrong = campaign(CAMPAIGN, 0)
    assert not wrong, wrong[0]
    assert set(tried) == KINDS
    assert 0 < sum(passed.values()) < sum(tried.values()) / 2


def nothing(*_: Any, **__: Any) -> None:
    """A check that looks at nothing."""


@pytest.mark.parametrize(
    "name",
    [
        "check_partition", "check_similarity", "check_isomorphism", "check_colours", "check_trace",
        "check_word", "check_fragment", "_tell_apart",
    ],
)  # fmt: skip
def test_a_careless_recheck_is_found_out(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(equivalence, name, nothing)
    for seed in range(20):
        if campaign(300, seed)[2]:
            return
    raise AssertionError(f"6,000 mutants do not find out that {name} is gone")


def test_a_careless_recheck_of_listed_pairs_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "check_listed_similarity", nothing)
    assert any(campaign(300, seed)[2] for seed in range(20))
