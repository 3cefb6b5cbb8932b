"""The outcomes of formulas about steps, asked of the examples and of other models."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import netproof
from netproof.behaviours import load_behaviour
from petri import PetriNet
from transition_systems import LTS

__all__ = ["EXAMPLES", "asked_of_its_system", "outcomes"]

EXAMPLES = Path(__file__).parents[1] / "examples"


def outcomes(model: Path | LTS | PetriNet, formulas: list[str]) -> list[str]:
    """Return the outcome of each formula; every answer passes its recheck."""
    entries = netproof.check(model, properties=formulas).models[0].verdicts
    assert {entry.rechecked for entry in entries} == {"passed"}
    return [str(entry.outcome) for entry in entries]


def asked_of_its_system(name: str, patterns: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the outcomes of patterns over labels, of a workflow and of its transition system."""
    path, rng = EXAMPLES / f"{name}.bpmn", random.Random(name)
    lts = load_behaviour(str(path))
    labels = [label for label in lts.label_names if label not in ("tau", "✓")]
    formulas = [pattern.format(*rng.choices(labels, k=2)) for pattern in patterns]
    formulas = list(dict.fromkeys(formulas))
    return outcomes(path, formulas), outcomes(lts, formulas)
