"""Linear proofs and marked circuits under forgery: what is accepted is a proof, by definition too."""

from __future__ import annotations

import random
import runpy
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import petri
from linear_cases import proofs
from netproof.recheck import recheck
from oracles.linear_proof import proves
from petri import PetriNet
from petri.structure.deadlock_free import deadlock_free
from transition_systems.budget import Budget
from transition_systems.errors import RecheckError
from transition_systems.evidence import (
    CircuitEvidence,
    LinearProof,
    RankEvidence,
    evidence_from_dict,
)
from transition_systems.evidence_linear import RULES

GENERATORS = Path(__file__).parents[2] / "examples" / "generators"
nets = SimpleNamespace(**runpy.run_path(str(GENERATORS / "nets.py")))
CASES = [(net, proof) for net, proof in proofs(range(140)) if len(proof.steps) <= 60]
CASES.append((nets.philosophers(4), deadlock_free(nets.philosophers(4))))


def shifted(rng: random.Random, value: int) -> int:
    return rng.choice([value + 1, value - 1, -value, 0, value + 7, 2 * value])


def mutated_step(rng: random.Random, step: Any) -> Any:
    rule, number, pairs = step
    listed = [list(pair) for pair in pairs]
    kind = rng.randrange(6)
    if kind == 0:
        return rng.choice(RULES), number, pairs
    if kind == 1 or not listed:
        return rule, shifted(rng, number), pairs
    at = rng.randrange(len(listed))
    if kind == 2:
        del listed[at]
    elif kind == 3:
        listed.append(list(rng.choice(listed)))
    else:
        side = rng.randrange(2)
        listed[at][side] = shifted(rng, listed[at][side])
    return rule, number, tuple((a, b) for a, b in listed)


def mutant(rng: random.Random, net: PetriNet, proof: LinearProof) -> LinearProof:
    """A proof with one field changed."""
    field = rng.choice(["steps", "steps", "steps", "equalities", "inequalities", "sets", "claim"])
    if field == "steps" and proof.steps:
        steps: list[Any] = list(proof.steps)
        at = rng.randrange(len(steps))
        kind = rng.randrange(5)
        if kind == 0:
            del steps[at]
        elif kind == 1:
            steps.insert(at, steps[rng.randrange(len(steps))])
        elif kind == 2:
            other = rng.randrange(len(steps))
            steps[at], steps[other] = steps[other], steps[at]
        else:
            steps[at] = mutated_step(rng, steps[at])
        return replace(proof, steps=tuple(steps))
    if field in ("equalities", "inequalities"):
        table: list[Any] = list(getattr(proof, field))
        if not table or rng.random() < 0.2:
            table.append(tuple((place, rng.choice([-1, 1, 2])) for place in net.place_ids[:2]))
            return replace(proof, **{field: tuple(table)})
        at = rng.randrange(len(table))
        row = list(table[at])
        if not row or rng.random() < 0.2:
            del table[at]
        else:
            spot = rng.randrange(len(row))
            name, weight = row[spot]
            row[spot] = rng.choice(
                [(rng.choice([*net.place_ids, "ghost"]), weight), (name, shifted(rng, weight))]
            )
            table[at] = tuple(row)
        return replace(proof, **{field: tuple(table)})
    if field == "sets":
        kind = rng.choice(["siphons", "traps"])
        some = tuple(rng.sample(net.place_ids, rng.randint(0, len(net.place_ids))))
        sets: list[Any] = list(getattr(proof, kind))
        if sets and rng.random() < 0.6:
            sets[rng.randrange(len(sets))] = some
        else:
            sets.append(some)
        return replace(proof, **{kind: tuple(sets)})
    text = rng.choice(CASES)[1].claim.formula
    return replace(proof, claim=replace(proof.claim, formula=text))


def test_mutants_are_accepted_just_where_they_are_proofs_by_definition() -> None:
    told: Counter[str] = Counter()
    for seed in range(4_000):
        rng = random.Random(seed)
        net, proof = rng.choice(CASES)
        assert isinstance(proof, LinearProof)
        forged = mutant(rng, net, proof)
        if forged == proof:
            continue
        accepted = recheck(forged, net).passed
        assert accepted == proves(net, forged), (seed, forged)
        told["accepted" if accepted else "refused"] += 1
    assert told["refused"] >= 2_000
    assert told["accepted"] >= 100


def test_an_accepted_claim_is_true() -> None:
    checked = 0
    for seed in range(1_500):
        rng = random.Random(seed)
        net, proof = rng.choice(CASES)
        assert isinstance(proof, LinearProof)
        forged = mutant(rng, net, proof)
        if recheck(forged, net).passed:
            claim: Any = forged.claim.formula.removeprefix("AG ")
            verdict = petri.invariant(net, claim, method="explicit", budget=Budget(states=400))
            assert not verdict.violated, (seed, forged)
            checked += 1
    assert checked >= 40


def test_what_is_no_integer_is_refused() -> None:
    net, proof = CASES[-1]
    assert isinstance(proof, LinearProof)
    rule, number, pairs = proof.steps[0]
    wrongs: tuple[Any, ...] = (True, 1.0, "1", None, 2**200)
    for wrong in wrongs:
        forged = replace(proof, steps=((rule, wrong, pairs), *proof.steps[1:]))
        if wrong is not True or number != 1:
            assert recheck(forged, net).status == "failed"
        if wrong != 2**200:
            with pytest.raises(RecheckError, match="malformed"):
                evidence_from_dict(forged.to_dict())
    data = proof.to_dict()
    data["steps"][0][0] = "guess"
    with pytest.raises(RecheckError, match="no rule"):
        evidence_from_dict(data)
    data = proof.to_dict()
    data["traps"] = [[1]]
    with pytest.raises(RecheckError, match="malformed"):
        evidence_from_dict(data)
    huge = (("sum", 1, ((0, 1 << 40_000), (1, 1 << 70_000))), *proof.steps)
    assert "large" in str(recheck(replace(proof, steps=huge), net).reason)
    assert recheck(proof, net, budget=Budget(seconds=0.0)).status == "skipped"


def test_forged_circuits_are_refused() -> None:
    net = nets.marked_graph(12, seed=4)
    evidence = deadlock_free(net)
    assert isinstance(evidence, CircuitEvidence)
    assert recheck(evidence, net).passed
    assert evidence_from_dict(evidence.to_dict()) == evidence
    empty = {place for place in net.place_ids if place not in net.initial}
    refused = 0
    for seed in range(100):
        order = list(evidence.order)
        random.Random(seed).shuffle(order)
        at = {name: number for number, name in enumerate(order)}
        right = all(at[net.preset(p)[0]] < at[net.postset(p)[0]] for p in empty)
        forged = replace(evidence, order=tuple(order))
        assert recheck(forged, net).passed == right
        refused += not right
    assert refused >= 50
    first = evidence.order[0]
    for wrong in ((), evidence.order[1:], (*evidence.order, first), (*evidence.order, "ghost")):
        assert recheck(replace(evidence, order=wrong), net).status == "failed"
    for formula in ("AG p0 >= 0", "sound", "AG dead", "EF dead", "AG !dead && p0 <= 9"):
        claim = replace(evidence.claim, formula=formula)
        assert recheck(replace(evidence, claim=claim), net).status == "failed"
    place = net.place_ids[0]
    for more in (
        net.replace(arcs=[*net.arcs, (net.postset(place)[0], place)]),
        net.replace(places=[*net.places, "loose"]),
        net.replace(arcs=[*net.arcs, (place, net.postset(place)[0])]),
        net.replace(initial={}),
    ):
        claim = replace(evidence.claim, model_digest=more.digest())
        assert recheck(replace(evidence, claim=claim), more).status == "failed"
    with pytest.raises(RecheckError, match="malformed"):
        evidence_from_dict({**evidence.to_dict(), "order": [1]})


def test_forged_premises_of_the_rank_theorem_are_refused() -> None:
    net = nets.free_choice(12, seed=3)
    evidence = deadlock_free(net)
    assert isinstance(evidence, RankEvidence)
    assert recheck(evidence, net).passed
    (name, weight), *others = evidence.places
    for forged in (
        replace(evidence, closing=1),
        replace(evidence, places=tuple(others)),
        replace(evidence, places=((name, weight + 1), *others)),
        replace(evidence, flows=evidence.flows[1:]),
        replace(evidence, transitions=evidence.transitions[1:]),
        replace(evidence, claim=replace(evidence.claim, formula="sound")),
        replace(evidence, claim=replace(evidence.claim, formula="AG p0 <= 1")),
    ):
        assert recheck(forged, net).status == "failed"
    apart = PetriNet(
        places=["p", "q", *net.place_ids], transitions=["t", "u", *net.transition_ids],
        arcs=[("p", "t"), ("t", "q"), ("q", "u"), ("u", "p"), *net.arcs],
        initial={"p": 1, **net.initial.to_dict()},
    )  # fmt: skip
    forged = replace(
        evidence,
        claim=replace(evidence.claim, model_digest=apart.digest()),
        places=(("p", 1), ("q", 1), *evidence.places),
        transitions=(("t", 1), ("u", 1), *evidence.transitions),
        flows=((("p", 1), ("q", 1)), *evidence.flows),
    )
    assert "connected" in str(recheck(forged, apart).reason)
    stopped = net.replace(initial={})
    claim = replace(evidence.claim, model_digest=stopped.digest())
    result = recheck(replace(evidence, claim=claim), stopped)
    assert "siphon" in str(result.reason)
