"""Relations by name: one function for all equivalences, one for all preorders."""

from __future__ import annotations

import random
from typing import Any

import pytest

from strategies_ctl import random_system
from transition_systems import (
    LTS,
    UsageError,
    bisimilar,
    equivalent,
    isomorphic,
    minimise,
    refines,
    similar,
    simulated_by,
)
from transition_systems.equivalences.linear_relations import LINEAR_RELATIONS
from transition_systems.equivalences.relations import BISIMILARITIES
from transition_systems.equivalences.simulations import SIMULATIONS

ONE: Any = LTS.from_arcs(2, [(0, "a", 1)])


@pytest.mark.parametrize("name", [*BISIMILARITIES, *SIMULATIONS, "isomorphism"])
def test_as_by_the_function_of_the_relation(name: Any) -> None:
    for seed in range(20):
        rng = random.Random(seed)
        a, b = random_system(rng, most=4), random_system(rng, most=4)
        atoms = rng.choice([(), ("p",)])
        found = equivalent(a, b, name, atoms=atoms)
        if name in BISIMILARITIES:
            assert found.outcome == bisimilar(a, b, name, atoms=atoms).outcome
        elif name in SIMULATIONS:
            assert found.outcome == similar(a, b, name, atoms=atoms).outcome
            wanted = simulated_by(b, a, name, atoms=atoms).outcome
            assert refines(a, b, name, atoms=atoms).outcome == wanted
        else:
            assert found.outcome == isomorphic(a, b, atoms=atoms).outcome
        assert equivalent(a, a, name, atoms=atoms).holds


@pytest.mark.parametrize("name", LINEAR_RELATIONS)
def test_equivalence_in_linear_time_is_refinement_both_ways(name: Any) -> None:
    for seed in range(20):
        rng = random.Random(seed)
        a, b = random_system(rng, most=4), random_system(rng, most=4)
        both = refines(a, b, name).holds and refines(b, a, name).holds
        assert equivalent(a, b, name).holds is both


@pytest.mark.parametrize(
    ("function", "name", "said"),
    [(bisimilar, "trace",
      "'trace' is no bisimilarity, but a linear-time relation: equivalent or refines decides it"),
     (similar, "weak",
      "'weak' is no simulation, but a bisimilarity: equivalent or bisimilar decides it, minimise"),
     (lambda a, _, name: minimise(a, name), "simulation",
      "'simulation' is no bisimilarity, .* reduce_by_simulation makes a system small by it"),
     (refines, "strong", "'strong' is an equivalence, no preorder: ask equivalent"),
     (equivalent, "brnching", "no relation 'brnching'; did you mean 'branching'")],
)  # fmt: skip
def test_a_name_of_another_kind_is_told(function: Any, name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        function(ONE, ONE, name)
