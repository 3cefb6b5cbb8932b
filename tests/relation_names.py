"""The names of the relations, as the type checker knows them."""

from __future__ import annotations

from typing import get_args

from transition_systems.equivalences.linear_relations import LINEAR_RELATIONS, LinearName
from transition_systems.equivalences.relations import BISIMILARITIES, Relation
from transition_systems.equivalences.simulations import SIMULATIONS, SimulationName

BISIMILARITY_NAMES: tuple[Relation, ...] = get_args(Relation)
LINEAR_NAMES: tuple[LinearName, ...] = get_args(LinearName)
SIMULATION_NAMES: tuple[SimulationName, ...] = get_args(SimulationName)

assert set(BISIMILARITY_NAMES) == set(BISIMILARITIES)
assert set(LINEAR_NAMES) == set(LINEAR_RELATIONS)
assert set(SIMULATION_NAMES) == set(SIMULATIONS)
