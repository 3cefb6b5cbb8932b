"""The outcomes of formulas about steps, asked of the examples and of other models."""

from __future__ import annotations

from pathlib import Path

import netproof
from petri import PetriNet
from transition_systems import LTS

__all__ = ["EXAMPLES", "outcomes"]

EXAMPLES = Path(__file__).parents[1] / "examples"


def outcomes(model: Path | LTS | PetriNet, formulas: list[str]) -> list[str]:
    """Return the outcome of each formula; every answer passes its recheck."""
    entries = netproof.check(model, properties=formulas).models[0].verdicts
    assert {entry.rechecked for entry in entries} == {"passed"}
    return [str(entry.outcome) for entry in entries]
