"""Behavioural equivalences of transition systems, decided with evidence."""

from __future__ import annotations

from transition_systems.equivalences.any_relation import equivalent, refines
from transition_systems.equivalences.bisimilarity import bisimilar
from transition_systems.equivalences.deterministic import determinise
from transition_systems.equivalences.hml import evaluate_hml, format_hml
from transition_systems.equivalences.isomorphism import isomorphic
from transition_systems.equivalences.minimisation import minimise
from transition_systems.equivalences.normal_forms import NormalForm, normal_form
from transition_systems.equivalences.simulation import similar, simulated_by
from transition_systems.equivalences.simulation_reduction import reduce_by_simulation

__all__ = [
    "NormalForm",
    "bisimilar",
    "determinise",
    "equivalent",
    "evaluate_hml",
    "format_hml",
    "isomorphic",
    "minimise",
    "normal_form",
    "reduce_by_simulation",
    "refines",
    "similar",
    "simulated_by",
]
