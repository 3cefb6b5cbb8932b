"""Normal forms are equivalent, and the same for all systems that are."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from linear_time_cases import random_pair
from relation_names import LINEAR_NAMES
from transition_systems.budget import Budget
from transition_systems.equivalences import bisimilar, determinise, equivalent, normal_form
from transition_systems.equivalences.linear_relations import LinearName
from transition_systems.errors import UndecidedError
from transition_systems.lts import LTS

ONLY_EQUIVALENT = {"failure-trace", "weak-failure-trace", "weak-ready-trace"}


@pytest.mark.parametrize("relation", LINEAR_NAMES)
def test_they_are_equivalent_and_unique(relation: LinearName) -> None:
    rng = random.Random(relation)
    same = 0
    for _ in range(40):
        pair = random_pair(rng)
        forms = [normal_form(lts, relation, atoms=["p"]) for lts in pair]
        for lts, form in zip(pair, forms, strict=True):
            assert equivalent(lts, form.lts, relation, atoms=["p"]).holds
            again = normal_form(form.lts, relation, atoms=["p"])
            if relation not in ONLY_EQUIVALENT:
                assert again.lts.n_states == form.lts.n_states
            assert form.place.shape == (lts.n_states,)
            assert form.node.shape == (form.lts.n_states,)
            assert set(form.place.tolist()) - {-1} <= set(form.node.tolist())
            placed = {s for s in range(lts.n_states) if form.place[s] >= 0}
            if relation == "failures-divergences":  # nothing is seen after chaos
                assert placed <= reached(lts)
            else:
                assert placed == reached(lts)
        if equivalent(*pair, relation, atoms=["p"]).holds:
            same += 1
            one, two = (form.lts for form in forms)
            if relation not in ONLY_EQUIVALENT:
                assert (one.n_states, one.n_arcs) == (two.n_states, two.n_arcs)
                assert bisimilar(one, two, atoms=["p"]).holds
    assert same > 5


def reached(lts: LTS) -> set[int]:
    found = set(lts.initial.tolist())
    while more := {t for s, _, t in lts.arcs() if s in found} - found:
        found |= more
    return found


def test_known_forms() -> None:
    chaos = LTS.from_arcs(4, [(0, "a", 1), (1, None, 1), (1, "b", 2), (0, "a", 3), (3, "c", 3)])
    form = normal_form(chaos, "failures-divergences")
    assert list(form.lts.arcs()) == [(0, "a", 1), (1, None, 1)]
    assert form.place.tolist() == [0, 1, -1, 1] or form.place.tolist()[:2] == [0, 1]
    late = LTS.from_arcs(4, [(0, "a", 1), (1, "b", 2), (1, "c", 3)], final=[2, 3])
    early = LTS.from_arcs(5, [(0, "a", 1), (0, "a", 2), (1, "b", 3), (2, "c", 4)], final=[3, 4])
    assert normal_form(late).lts == normal_form(early).lts
    assert normal_form(late).lts.final.tolist() == [False, False, True]
    assert normal_form(early, "readiness").lts.n_states == 4
    nothing = normal_form(LTS.from_arcs(2, [(0, "a", 1)], initial=[]))
    assert nothing.lts.n_states == 0
    assert nothing.place.tolist() == [-1, -1]


def test_determinised_systems_have_the_same_traces() -> None:
    rng = random.Random(3)
    for _ in range(60):
        lts = random_pair(rng)[0]
        ways: tuple[tuple[bool, LinearName], ...] = ((False, "trace"), (True, "weak-trace"))
        for weak, relation in ways:
            made, (offsets, members) = determinise(lts, weak=weak)
            assert equivalent(lts, made, relation, atoms=["p"]).holds
            assert len({(s, a) for s, a, _ in made.arcs()}) == made.n_arcs
            assert (len(made.initial) == 1) == (len(lts.initial) > 0)
            sets = [members[i:j].tolist() for i, j in pairwise(offsets)]
            assert len(sets) == made.n_states
            assert len({tuple(s) for s in sets}) == len(sets)
            for state, inside in enumerate(sets):
                for name, flags in lts.atoms.items():
                    assert made.atoms[name][state] == flags[inside].any()


def test_budgets_end_it() -> None:
    n = 18  # the n-th letter from the end is an a: 2 ** n sets
    arcs = [(0, "a", 0), (0, "b", 0), (0, "a", 1)]
    arcs += [(i, letter, i + 1) for i in range(1, n) for letter in "ab"]
    lts = LTS.from_arcs(n + 1, arcs, final=[n])
    names: tuple[LinearName, ...] = ("trace", "ready-trace", "possible-futures")
    for relation in names:
        with pytest.raises(UndecidedError):
            normal_form(lts, relation, budget=Budget(seconds=0.3))
    with pytest.raises(UndecidedError, match="states"):
        determinise(lts, budget=Budget(states=100))
    with pytest.raises(UndecidedError, match="states"):
        normal_form(lts, "failures", budget=Budget(states=100))
    with pytest.raises(UndecidedError, match="bytes"):
        normal_form(lts, "trace", budget=Budget(bytes=10_000))
    small = LTS.from_arcs(3, [(0, "a", 1), (1, "a", 2)])
    assert np.array_equal(normal_form(small).place, [0, 1, 2])
