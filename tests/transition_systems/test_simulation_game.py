"""Simulations by a game, and their deep formulas in parts: as by definition, and rechecked."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from netproof.recheck import recheck_equivalence
from oracles.simulations import SIMULATED, simulation_relation
from simulation_cases import changed, random_system
from transition_systems import Budget, similar, simulated_by
from transition_systems.equivalences import part_list, simulation_decision
from transition_systems.equivalences.part_list import PartList, shown_parts
from transition_systems.equivalences.simulation_game import SimulationGame, TooManyPairsError
from transition_systems.equivalences.simulation_parts import parts_of
from transition_systems.equivalences.simulation_steps import steps_of
from transition_systems.equivalences.simulations import SimulationName, simulation_named
from transition_systems.evidence import (
    Distinction,
    SharedDistinction,
    SimulationEvidence,
    evidence_from_dict,
)
from transition_systems.evidence_data import Claim
from transition_systems.lts import LTS
from transition_systems.lts_data import pair_digest
from transition_systems.lts_operations import disjoint_union, with_atoms

relations = pytest.mark.parametrize("relation", SIMULATED)


def fork(depth: int, *, early: bool, silent: int = 0) -> LTS:
    """A chain with a choice at its end that is made one step earlier, or not."""
    arcs: list[tuple[int, str | None, int]] = [
        (state, None if silent and state % silent == 1 else "a", state + 1)
        for state in range(depth)
    ]
    branches = [depth + 1, depth + 2] if early else [depth + 1, depth + 1]
    arcs += [(depth, "a", branch) for branch in dict.fromkeys(branches)]
    arcs += [(branches[0], "b", depth + 3), (branches[1], "c", depth + 3)]
    return LTS.from_arcs(depth + 4, arcs)


def played(a: LTS, b: LTS, relation: SimulationName, *, preorder: bool) -> SimulationGame:
    known, meter = simulation_named(relation), Budget().start()
    both = disjoint_union(*(with_atoms(lts, ["p"]) for lts in (a, b)))
    steps = steps_of(both, meter, weak=known.weak)
    game = SimulationGame(steps, known, meter, 10**6)
    left, right = steps.place[a.initial], steps.place[b.initial + a.n_states]
    game.play(np.unique(left).tolist(), np.unique(right).tolist(), preorder=preorder)
    return game


def claimed(relation: str, parts: Any, a: LTS, b: LTS) -> SharedDistinction:
    phrase = simulation_named(relation).claim(["p"], preorder=True)
    claim = Claim(formula=f"not {phrase}", model_digest=pair_digest(a, b))
    return SharedDistinction(claim=claim, relation=relation, parts=parts, atoms=("p",))


@relations
def test_just_what_is_not_simulated_has_a_formula(relation: SimulationName) -> None:
    rng = random.Random(f"parts {relation}")
    known: list[Any] = [(("true",),)]
    same = apart = 0
    for _ in range(120):
        a = random_system(rng, 5)
        b = changed(rng, a) if rng.random() < 0.7 else random_system(rng, 5)
        related = simulation_relation(disjoint_union(a, b), relation)
        right = [a.n_states + int(state) for state in b.initial]
        wanted = all(any((int(s), t) in related for t in right) for s in a.initial)
        game = played(a, b, relation, preorder=True)
        assert (not game.refuted) == wanted
        if wanted:
            same += 1
            for parts in known[-20:]:
                assert not recheck_equivalence(claimed(relation, parts, a, b), a, b).passed
            continue
        apart += 1
        ((of_left, state),) = list(game.refuted)[:1]
        assert of_left
        both = disjoint_union(*(with_atoms(lts, ["p"]) for lts in (a, b)))
        steps = steps_of(both, Budget().start(), weak=simulation_named(relation).weak)
        others = np.unique(steps.place[b.initial + a.n_states]).tolist()
        parts = parts_of(game, state, others)
        evidence = claimed(relation, parts, a, b)
        assert recheck_equivalence(evidence, a, b).passed, parts
        assert not recheck_equivalence(evidence, b, a).passed
        known.append(parts)
    assert same > 15
    assert apart > 15


@relations
@pytest.mark.parametrize(("depth", "silent"), [(400, 0), (700, 0), (1_500, 3)])
def test_systems_that_differ_behind_many_steps(
    relation: SimulationName, depth: int, silent: int
) -> None:
    """Few classes: by ranks, which end at 255; many: by the game."""
    late, early = fork(depth, early=False, silent=silent), fork(depth, early=True, silent=silent)
    verdict = simulated_by(late, early, relation, budget=Budget(seconds=60))
    evidence = verdict.evidence
    assert isinstance(evidence, SharedDistinction)
    assert f"only the lower one has a formula of {len(evidence.parts)} parts" in verdict.explain()
    again = evidence_from_dict(json.loads(json.dumps(evidence.to_dict())))
    assert again == evidence
    assert recheck_equivalence(again, late, early).passed
    assert not recheck_equivalence(again, early, late).passed
    other = simulated_by(early, late, relation, budget=Budget(seconds=60))
    if relation in ("simulation", "completed-simulation", "weak-simulation"):
        assert isinstance(other.evidence, SimulationEvidence)
    else:
        assert isinstance(other.evidence, SharedDistinction)
        forged = replace(other.evidence, relation="simulation")
        assert not recheck_equivalence(forged, early, late).passed
    assert other.evidence is not None
    assert recheck_equivalence(other.evidence, early, late).passed
    both = similar(late, early, relation, budget=Budget(seconds=60))
    assert both.evidence is not None
    assert recheck_equivalence(both.evidence, late, early).passed


def test_a_formula_of_the_game_is_nested_where_it_is_small(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(simulation_decision, "FEW_CLASSES", -1)
    late, early = fork(20, early=False), fork(20, early=True)
    verdict = simulated_by(late, early)
    assert isinstance(verdict.evidence, Distinction)
    assert verdict.statistics.method == "game on pairs"
    assert recheck_equivalence(verdict.evidence, late, early).passed


def test_too_many_pairs_are_left_to_the_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    late, early = fork(20, early=False), fork(20, early=True)
    monkeypatch.setattr(simulation_decision, "FEW_CLASSES", -1)
    monkeypatch.setattr(simulation_decision, "PAIRS_PER_CLASS", 0)
    verdict = simulated_by(late, early)
    assert isinstance(verdict.evidence, Distinction)
    assert verdict.statistics.method == "ranks of pairs"
    known, meter = simulation_named("simulation"), Budget().start()
    steps = steps_of(disjoint_union(late, early), meter, weak=False)
    game = SimulationGame(steps, known, meter, 3)
    start = int(steps.place[0]), int(steps.place[late.n_states])
    with pytest.raises(TooManyPairsError):
        game.play([start[0]], [start[1]], preorder=True)


def test_what_cannot_be_written_down_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_list, "MOST_PARTS", 100)
    late, early = fork(400, early=False), fork(400, early=True)
    verdict = simulated_by(late, early)
    assert verdict.unknown
    assert "the formula that shows it is too large" in str(verdict.reason)


@pytest.mark.parametrize("relation", ["simulation", "2-nested-simulation"])
def test_a_relation_that_does_not_fit(relation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation_decision, "FEW_CLASSES", -1)
    lts = LTS.from_arcs(3_000, [(n, "a", n + 1) for n in range(2_999)])
    verdict = similar(lts, lts, relation, budget=Budget(bytes=1 << 15))
    assert verdict.unknown
    assert "does not fit" in str(verdict.reason)
    verdict = similar(lts, lts, relation, budget=Budget(bytes=1 << 17))
    assert verdict.holds


def test_why_many_pairs_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    late, early = fork(2_000, early=False), fork(2_000, early=True)
    verdict = simulated_by(early, late, budget=Budget(bytes=1 << 18))
    assert verdict.unknown
    wanted = "more than 873 pairs and answers are in question, and a relation on 4006 classes does"
    assert str(verdict.reason).startswith(wanted)
    monkeypatch.setattr(simulation_decision, "most_classes", lambda _: 0)
    monkeypatch.setattr(simulation_decision, "MOST_PAIRS", 5_000)
    assert "more than 5000 pairs" in str(simulated_by(early, late).reason)


def test_the_first_levels_of_a_deep_formula_are_shown() -> None:
    written = PartList()
    number = written.add("true")
    for _ in range(400):
        number = written.add("diamond", "a", number)
    assert shown_parts(written.parts) == ("a formula of 401 parts that begins " + "<a>" * 8 + "...")
    assert cast(Any, written).parts[written.negated(written.negated(number))][0] == "diamond"
