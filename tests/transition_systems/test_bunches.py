"""Partition refinement by bunches of arcs: against the definition, against signatures, its work."""

from __future__ import annotations

import random
import runpy
from collections.abc import Callable
from math import log2
from pathlib import Path

import numpy as np
import pytest

from bisimilarity_cases import by_bunches, random_arcs, random_system, taken_over
from oracles.bisimulation import RELATIONS
from transition_systems.budget import Budget
from transition_systems.equivalences import (
    bisimilar,
    bunch_refinement,
    bunch_search,
    coarsest,
    minimise,
)
from transition_systems.equivalences.bunch_refinement import refine_by_bunches
from transition_systems.equivalences.classes import classes_of, prepared
from transition_systems.equivalences.graph import Graph
from transition_systems.equivalences.inductive import InductiveSignatures
from transition_systems.equivalences.refinement import Refinement
from transition_systems.equivalences.relations import Relation, relation_named
from transition_systems.equivalences.stability import is_stable
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.lts import LTS
from transition_systems.progress import Progress
from transition_systems.quotient import number_blocks

SYSTEMS = Path(__file__).parents[2] / "examples" / "generators" / "systems.py"
FAMILIES: dict[str, Callable[[int], LTS]] = runpy.run_path(str(SYSTEMS))["FAMILIES"]
DECIDED: tuple[Relation, ...] = ("strong", "branching", "divergence-branching")


def refined(lts: LTS, relation: Relation) -> tuple[list[int], Refinement]:
    """The classes by bunches alone, from nothing but the atoms."""
    graph, place, signatures = prepared(lts, relation_named(relation))
    silent = signatures.silent if isinstance(signatures, InductiveSignatures) else None
    found = refine_by_bunches(graph, silent, graph.classes, Budget().start())
    assert found.stable
    return number_blocks(found.block[place]).tolist(), found


def silent_system(rng: random.Random) -> LTS:
    """Silent steps without cycles for the most part, so that few states are merged before."""
    n = rng.randint(2, 8)
    arcs: list[tuple[int, str | None, int]] = []
    for _ in range(rng.randint(n, 3 * n)):
        s, t = rng.randrange(n), rng.randrange(n)
        if rng.random() < 0.6 and s != t:
            arcs.append((max(s, t), None, min(s, t)))
        else:
            arcs.append((s, rng.choice(["a", "a", "b", None]), t))
    return LTS.from_arcs(n, arcs, final=[s for s in range(n) if rng.random() < 0.1])


@pytest.mark.parametrize("relation", DECIDED)
def test_small_systems_against_the_definition(
    relation: Relation, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(f"bunches {relation}")
    merged = 0
    for number in range(600):
        monkeypatch.setattr(bunch_search, "START", 64 if number % 2 else 1)
        lts = random_system(rng, 7) if number % 3 == 0 else silent_system(rng)
        place, _ = refined(lts, relation)
        n = range(lts.n_states)
        assert {(s, t) for s in n for t in n if place[s] == place[t]} == RELATIONS[relation](lts)
        merged += len(set(place)) < lts.n_states
    assert merged > 100


@pytest.mark.parametrize("relation", DECIDED)
def test_large_systems_against_signatures(relation: Relation) -> None:
    rng = np.random.default_rng(9)
    systems = [
        random_arcs(rng, n, m, labels, share)
        for n, m, labels, share in (
            (1_000, 1_500, 1, 0.5),
            (2_000, 3_000, 1, 0.3),
            (5_000, 12_000, 4, 0.35),
        )
    ]
    systems += [family(240) for family in FAMILIES.values()]
    for lts in systems:
        expected = minimise(lts, relation, method="signatures")[1].tolist()
        assert refined(lts, relation)[0] == expected


def test_the_partition_of_signatures_is_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """What signatures came to, whenever they are given up, is where bunches begin."""
    rng = np.random.default_rng(4)
    systems = [random_arcs(rng, 800, 1_400, 2, 0.4), FAMILIES["followers"](120)]
    for lts in systems:
        for relation in RELATIONS:
            expected = minimise(lts, relation, method="signatures")[1].tolist()
            for effort in (0.05, 0.3, 1.0):
                with monkeypatch.context() as patch:
                    patch.setattr(coarsest, "EFFORT", effort)
                    assert minimise(lts, relation)[1].tolist() == expected
    hub = FAMILIES["hubs"](600)
    for relation in DECIDED:
        verdict = bisimilar(hub, hub, relation)
        assert verdict.holds
        assert verdict.statistics is not None
        assert verdict.statistics.method == "signatures and bunches"


def test_a_round_that_would_be_too_large_is_not_done() -> None:
    """A state with n silent steps to states that differ: pairs of a step and a code are n squared."""
    lts = FAMILIES["silent_fan"](10_000)
    found = classes_of(lts, relation_named("branching"), Budget(seconds=60).start())
    assert found.stable
    assert found.methods == ("signatures", "bunches")
    assert len(set(found.block.tolist())) == 20_001


@pytest.mark.parametrize("family", FAMILIES)
def test_work_is_as_bounded(family: str) -> None:
    """How often arcs are looked at: at most a constant times m log n, whatever the family."""
    relation: Relation = "strong" if family == "hubs" else "branching"
    before = None
    for size in (512, 1_024, 2_048):
        lts = FAMILIES[family](size)
        found = refined(lts, relation)[1]
        m = lts.n_arcs + lts.n_states
        assert found.work <= 4 * m * log2(m)
        if before is not None:
            assert found.work <= 2.6 * before
        before = found.work


def test_auto_takes_time_in_proportion() -> None:
    """The work of signatures ends where they are given up."""
    for family in ("hubs", "followers", "silent_fan", "silent_teeth"):
        lts = FAMILIES[family](1_000)
        graph, _, signatures = prepared(lts, relation_named("branching"))
        found, by = coarsest.coarsest(graph, signatures, Budget().start())
        m = graph.n + len(graph.targets)
        assert found.stable
        assert by == ("signatures", "bunches")
        assert signatures.work <= 2 * coarsest.EFFORT * m * m.bit_length()


def test_a_partition_that_is_not_stable_is_refined(monkeypatch: pytest.MonkeyPatch) -> None:
    """What bunches claim is not believed: a last round on exact keys decides."""
    lts = random_arcs(np.random.default_rng(2), 200, 400, 2, 0.3)
    expected = {relation: minimise(lts, relation)[1].tolist() for relation in RELATIONS}

    def wrong(graph: object, silent: object, classes: np.ndarray[tuple[int], np.dtype[np.int64]],
              *rest: object, **more: object) -> Refinement:  # fmt: skip
        count = int(classes.max()) + 1
        return Refinement(classes, count, classes, stable=True)

    monkeypatch.setattr(coarsest, "refine_by_bunches", wrong)
    for relation, place in expected.items():
        assert minimise(lts, relation, method="bunches")[1].tolist() == place


def stable_by_definition(graph: Graph, inside: list[bool], block: list[int]) -> bool:
    """All states of a block can do the same after silent steps inside it."""
    out: dict[int, list[tuple[int, int, bool]]] = {s: [] for s in range(graph.n)}
    rows = zip(graph.sources.tolist(), graph.labels.tolist(), graph.targets.tolist(), inside)
    for s, label, t, quiet in rows:
        out[s].append((label, t, quiet and block[s] == block[t]))

    def able(state: int) -> set[tuple[int, int]]:
        found, waiting, codes = {state}, [state], set[tuple[int, int]]()
        while waiting:
            for label, t, inert in out[waiting.pop()]:
                if not inert:
                    codes.add((label, block[t]))
                elif t not in found:
                    found.add(t)
                    waiting.append(t)
        return codes

    return all(able(s) == able(t) for s in range(graph.n) for t in range(s) if block[s] == block[t])


@pytest.mark.parametrize("relation", DECIDED)
def test_the_last_round_is_exact(relation: Relation) -> None:
    rng = random.Random(f"stable {relation}")
    said = {False: 0, True: 0}
    for _ in range(400):
        graph, _, signatures = prepared(silent_system(rng), relation_named(relation))
        silent = signatures.silent if isinstance(signatures, InductiveSignatures) else None
        inside = None if silent is None else silent.inside
        coarse = refine_by_bunches(graph, silent, graph.classes, Budget().start()).block.tolist()
        if rng.random() < 0.5:  # a block more, or two blocks joined
            coarse[rng.randrange(graph.n)] = rng.choice([*coarse, max(coarse) + 1])
        block = np.unique(coarse, return_inverse=True)[1].reshape(-1)
        quiet = [False] * len(graph.labels) if inside is None else inside.tolist()
        found = is_stable(graph, inside, block, int(block.max()) + 1)
        assert found == stable_by_definition(graph, quiet, block.tolist())
        said[found] += 1
    assert min(said.values()) > 50


def test_all_ways_agree_for_each_relation(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(17)
    for _ in range(40):
        lts = silent_system(rng)
        for relation in RELATIONS:
            expected = minimise(lts, relation, method="signatures")[1].tolist()
            assert minimise(lts, relation, method="bunches")[1].tolist() == expected
            for way in (by_bunches, taken_over):
                with monkeypatch.context() as patch:
                    way(patch)
                    assert minimise(lts, relation)[1].tolist() == expected


def test_budgets_stops_and_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    lts = random_arcs(np.random.default_rng(1), 3_000, 9_000, 2, 0.4)
    for relation in DECIDED:
        with pytest.raises(UndecidedError, match="time"):
            minimise(lts, relation, method="bunches", budget=Budget(seconds=0))
        verdict = bisimilar(lts, lts, relation, method="bunches", budget=Budget(seconds=0))
        assert verdict.unknown
    told: list[Progress] = []
    minimise(lts, "branching", method="bunches", progress=told.append)
    assert told
    assert told[-1].states > 1
    # Two chains differ early; what is known then is enough.
    one, two = (LTS.from_arcs(2_001, [(i, "a", i + 1) for i in range(n)]) for n in (2_000, 1_900))
    monkeypatch.setattr(bunch_refinement, "ARCS_BETWEEN_LOOKS", 200)
    asked: list[int] = []

    def stop(block: np.ndarray[tuple[int], np.dtype[np.int64]]) -> bool:
        asked.append(len(np.unique(block)))
        return asked[-1] > 100

    found = classes_of(one, relation_named("strong"), Budget().start(), method="bunches", stop=stop)
    assert not found.stable
    assert found.reason is None
    assert 100 < asked[-1] < 2_001
    assert bisimilar(one, two, method="bunches").violated
    with pytest.raises(UsageError, match="'bunches'"):
        minimise(lts, method="magic")
