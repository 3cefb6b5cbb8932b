"""Behavioural equivalences of transition systems, decided with evidence."""

from __future__ import annotations

from transition_systems.equivalences.bisimilarity import bisimilar
from transition_systems.equivalences.deterministic import determinise
from transition_systems.equivalences.hml import evaluate_hml, format_hml
from transition_systems.equivalences.linear import equivalent, refines
from transition_systems.equivalences.minimisation import minimise
from transition_systems.equivalences.normal_forms import NormalForm, normal_form

__all__ = [
    "NormalForm",
    "bisimilar",
    "determinise",
    "equivalent",
    "evaluate_hml",
    "format_hml",
    "minimise",
    "normal_form",
    "refines",
]
