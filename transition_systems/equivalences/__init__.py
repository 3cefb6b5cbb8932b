"""Behavioural equivalences of transition systems, decided with evidence."""

from __future__ import annotations

from transition_systems.equivalences.bisimilarity import bisimilar
from transition_systems.equivalences.hml import evaluate_hml, format_hml
from transition_systems.equivalences.minimisation import minimise

__all__ = ["bisimilar", "evaluate_hml", "format_hml", "minimise"]
