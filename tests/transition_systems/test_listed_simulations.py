"""Simulations with many classes: the pairs that the game leaves are a simulation, and rechecked."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from netproof.recheck import listed_similarity, recheck_equivalence, weak_steps
from oracles.bisimulation import Relation
from oracles.simulations import SIMULATED, is_simulation, simulation_relation
from simulation_cases import changed, random_system
from transition_systems import Budget, similar, simulated_by
from transition_systems.equivalences import simulation_decision
from transition_systems.equivalences.simulations import SimulationName
from transition_systems.evidence import SimulationEvidence, evidence_from_dict
from transition_systems.lts import LTS
from transition_systems.lts_operations import disjoint_union, with_atoms
from transition_systems.verdict import Verdict

relations = pytest.mark.parametrize("relation", SIMULATED)


@pytest.fixture(autouse=True)
def by_the_game(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have all simulations decided by the game, of no classes, too."""
    monkeypatch.setattr(simulation_decision, "FEW_CLASSES", -1)
    monkeypatch.setattr(simulation_decision, "PAIRS_PER_CLASS", 10_000)


def drawn(rng: random.Random) -> tuple[LTS, LTS]:
    """Two systems that may well be related, often with several initial and final states."""
    a = random_system(rng, 5)
    more = [state for state in range(a.n_states) if rng.random() < 0.3]
    final = np.array([rng.random() < 0.2 for _ in range(a.n_states)])
    a = LTS.from_arcs(
        a.n_states, a.arcs(), initial=sorted({*a.initial.tolist(), *more}),
        final=np.flatnonzero(final).tolist(), atoms={k: v for k, v in a.atoms.items() if k == "p"},
    )  # fmt: skip
    return a, changed(rng, a) if rng.random() < 0.8 else random_system(rng, 5)


def of_states(block: NDArray[Any], pairs: NDArray[Any]) -> Relation:
    """The pairs of states whose classes are listed."""
    listed = set(zip(*pairs.tolist(), strict=True))
    places = block.tolist()
    states = [state for state, place in enumerate(places) if place >= 0]
    return {(s, t) for s in states for t in states if (places[s], places[t]) in listed}


def related(pairs: Relation, a: LTS, b: LTS, *, preorder: bool) -> bool:
    left, right = a.initial.tolist(), [a.n_states + int(state) for state in b.initial]
    sides = [(left, right), (right, left)]
    return all(
        any((s, t) in pairs for t in others)
        for some, others in sides[: 1 if preorder else 2]
        for s in some
    )


def proves(evidence: SimulationEvidence, a: LTS, b: LTS, *, preorder: bool) -> bool:
    """Whether the listed pairs are a simulation that relates the initial states, by definition."""
    both = disjoint_union(*(with_atoms(lts, ["p"]) for lts in (a, b)))
    pairs, base = (of_states(evidence.block, each) for each in (evidence.pairs, evidence.base))
    inside = {state for state, place in enumerate(evidence.block.tolist()) if place >= 0}
    steps = zip(both.sources.tolist(), both.targets.tolist(), strict=True)
    return (
        all(target in inside for source, target in steps if source in inside)
        and is_simulation(both, pairs, evidence.relation, base)
        and related(pairs, a, b, preorder=preorder)
    )


def found(verdict: Verdict) -> SimulationEvidence | None:
    """The listed relation, where the verdict has one."""
    assert verdict.evidence is not None
    assert verdict.statistics.method == "game on pairs"
    if not isinstance(verdict.evidence, SimulationEvidence):
        return None
    assert verdict.evidence.listed
    return verdict.evidence


@relations
def test_the_game_and_its_pairs_by_definition(relation: SimulationName) -> None:
    rng = random.Random(f"listed {relation}")
    outcomes: Counter[tuple[bool, bool]] = Counter()
    for _ in range(100):
        a, b = drawn(rng)
        both = disjoint_union(*(with_atoms(lts, ["p"]) for lts in (a, b)))
        greatest = simulation_relation(both, relation)
        for preorder, decide in ((True, simulated_by), (False, similar)):
            verdict = decide(a, b, relation, atoms=["p"])
            assert verdict.holds == related(greatest, a, b, preorder=preorder)
            assert verdict.evidence is not None
            assert recheck_equivalence(verdict.evidence, a, b).passed
            evidence = found(verdict)
            outcomes[preorder, verdict.holds] += 1
            if evidence is None:
                continue
            assert of_states(evidence.block, evidence.pairs) <= greatest
            assert proves(evidence, a, b, preorder=preorder)
            again = json.loads(json.dumps(evidence.to_dict()))
            assert evidence_from_dict(again) == evidence
            assert evidence.n_pairs == evidence.pairs.shape[1]
    assert len(outcomes) == 4
    assert min(outcomes.values()) > 10


def forged_pairs(rng: random.Random, pairs: NDArray[Any], count: int) -> NDArray[Any]:
    """Other pairs, in order: some left out, some put in, some turned around."""
    kept = {(s, t) for s, t in zip(*pairs.tolist(), strict=True) if rng.random() < 0.9}
    kept |= {(rng.randrange(count), rng.randrange(count)) for _ in range(rng.choice([0, 0, 1, 2]))}
    if rng.random() < 0.2:
        kept = {(t, s) if rng.random() < 0.5 else (s, t) for s, t in kept}
    return np.array(sorted(kept), dtype=np.int64).reshape(-1, 2).T


def campaign(relation: SimulationName, seed: str, count: int) -> Counter[tuple[bool, bool]]:
    """Forge pairs; count by what the recheck says, and by what the definition says."""
    rng = random.Random(f"{seed} {relation}")
    told: Counter[tuple[bool, bool]] = Counter()
    while sum(told.values()) < count:
        a, b = drawn(rng)
        preorder = rng.random() < 0.5
        evidence = found((simulated_by if preorder else similar)(a, b, relation, atoms=["p"]))
        if evidence is None or not evidence.block.size or evidence.block.max() < 1:
            continue
        for _ in range(4):
            classes = int(evidence.block.max()) + 1
            pairs, base = (forged_pairs(rng, part, classes) if rng.random() < 0.7 else part
                           for part in (evidence.pairs, evidence.base))  # fmt: skip
            if relation != "2-nested-simulation":
                base = evidence.base
            forged = replace(evidence, pairs=pairs, base=base)
            result = recheck_equivalence(forged, a, b)
            assert result.status in ("passed", "failed")
            told[result.passed, proves(forged, a, b, preorder=preorder)] += 1
    return told


@relations
def test_forged_pairs_pass_just_where_they_are_a_simulation(relation: SimulationName) -> None:
    told = campaign(relation, "forged", 200)
    assert set(told) == {(True, True), (False, False)}, told
    assert min(told.values()) > 20


@pytest.mark.campaign
@pytest.mark.timeout(0)
@relations
def test_many_forged_pairs(relation: SimulationName) -> None:
    told = campaign(relation, "many", 20_000)
    assert set(told) == {(True, True), (False, False)}, told


@pytest.mark.parametrize(
    ("name", "relation"),
    [
        ("share", "simulation"), ("share", "ready-simulation"), ("answers", "simulation"),
        ("answers", "2-nested-simulation"), ("answers", "weak-simulation"),
        ("coupled", "coupled-simulation"), ("come", "weak-simulation"),
    ],
)  # fmt: skip
def test_a_careless_recheck_is_found_out(
    name: str, relation: SimulationName, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = weak_steps.WeakSteps if name == "come" else listed_similarity._Systems
    monkeypatch.setattr(looks, name, lambda *_: True)
    for seed in range(20):
        if campaign(relation, f"careless {seed}", 100)[True, False]:
            return
    raise AssertionError(f"2,000 forgeries do not find out that {name} is gone")


def holding() -> tuple[LTS, LTS, SimulationEvidence]:
    a = LTS.from_arcs(4, [(0, "a", 1), (0, "a", 2), (1, "b", 3)])
    b = LTS.from_arcs(4, [(0, "a", 1), (1, "b", 2), (1, "c", 3), (3, "d", 2)])
    evidence = found(simulated_by(a, b))
    assert evidence is not None
    return a, b, evidence


def test_malformed_lists_are_refused_with_a_reason() -> None:
    a, b, evidence = holding()
    assert recheck_equivalence(evidence, a, b).passed
    pairs = evidence.pairs
    assert pairs.shape[1] == 4
    order = "the pairs are not listed in ascending order, each once"
    known = "a pair names a class that does not exist"
    for forged, reason in (
        (pairs[:, ::-1], order),
        (np.repeat(pairs, 2, axis=1), order),
        (pairs - 1, known),
        (pairs + int(evidence.block.max()), known),
        (pairs * (1 << 40), known),
        (pairs[:, :0], "an initial state is simulated by no initial state"),
        (pairs[:, 1:], "an initial state is simulated by no initial state"),
        (pairs[:1], "the list of pairs has the shape (1, 4), expected (2, 4)"),
        (pairs[0], "the list of pairs has the shape (4,), expected (2, 4)"),
        (np.int64(3), "the list of pairs is no array of whole numbers"),
        (pairs.astype(np.float64), "the list of pairs is no array of whole numbers"),
        (pairs[:, :2], "a state does not answer a step of one that it simulates"),
    ):
        result = recheck_equivalence(replace(evidence, pairs=forged), a, b)
        assert (result.status, result.reason) == ("failed", reason)
    for changes in (
        {"relation": "2-nested-simulation"}, {"relation": "weak-simulation"},
        {"block": evidence.block[:-1]}, {"block": evidence.block + 100}, {"atoms": ("q",)},
        {"block": np.full_like(evidence.block, -1)}, {"listed": False},
        {"block": np.where(evidence.block == evidence.block.max(), -1, evidence.block)},
    ):  # fmt: skip
        assert recheck_equivalence(replace(evidence, **changes), a, b).status == "failed"
    assert recheck_equivalence(evidence, a, b, budget=Budget(seconds=0)).status == "skipped"
    assert recheck_equivalence(evidence, a, b, budget=Budget(bytes=100)).status == "skipped"


def test_files_written_before_pairs_were_listed() -> None:
    data = holding()[2].to_dict()
    assert data.pop("listed") is True
    again = evidence_from_dict(data)
    assert isinstance(again, SimulationEvidence)
    assert not again.listed


def refinement(seed: int, n: int, kept: LTS, silence: float) -> LTS:
    """A system of n copies of states of another, each with some of its steps, and silent ones."""
    rng = np.random.default_rng(seed)
    of = rng.permutation(np.arange(n) % kept.n_states)
    first = int(of.argmin())
    of[[0, first]] = of[[first, 0]]
    copies = [np.flatnonzero(of == state) for state in range(kept.n_states)]
    arcs: list[tuple[int, str | None, int]] = []
    for source, label, target in kept.arcs():
        for state in copies[source][rng.random(len(copies[source])) < 0.6].tolist():
            arcs.append((state, label, int(rng.choice(copies[target]))))
    for state in np.flatnonzero(rng.random(n) < silence).tolist():
        arcs.append((state, None, int(rng.choice(copies[of[state]]))))
    final = np.flatnonzero(kept.atoms["final"][of]).tolist()
    return LTS.from_arcs(n, arcs, final=final)


@pytest.mark.parametrize(
    ("relation", "silence"), [("simulation", 0.0), ("weak-simulation", 0.3)]
)  # fmt: skip
@pytest.mark.parametrize("portion", [1 << 18, 7])
def test_more_classes_than_a_matrix_is_made_for(
    relation: SimulationName, silence: float, portion: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one portion, and in many small ones."""
    portions = listed_similarity.portions
    for module in (listed_similarity, weak_steps):
        monkeypatch.setattr(module, "portions", lambda width: portions(width, portion))
    monkeypatch.setattr(weak_steps, "CELLS", 1 << 25 if portion > 7 else 2_000)
    rng = random.Random(4)
    arcs = [(s, x, rng.randrange(10)) for s in range(10) for x in "abc" if rng.random() < 0.8]
    specification = LTS.from_arcs(10, arcs, final=[3, 4])
    implementation = refinement(5, 3_000 if portion > 7 else 300, specification, silence)
    verdict = simulated_by(implementation, specification, relation)
    assert verdict.holds
    evidence = found(verdict)
    assert evidence is not None
    assert recheck_equivalence(evidence, implementation, specification).passed
    assert not recheck_equivalence(
        replace(evidence, pairs=evidence.pairs[:, :-1]), implementation, specification
    ).passed
