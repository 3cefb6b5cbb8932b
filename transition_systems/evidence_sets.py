"""Evidence by sets of states: closed, ranked, measured, trapped, bounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.evidence_data import ByContent, Claim, StateSet, encode_array
from transition_systems.run import Run

__all__ = ["BoundEvidence", "ClosedSet", "FairMeasure", "Measure", "RankedSet", "TrapEvidence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedSet:
    """A set of states that contains the initial one and is closed under steps."""

    claim: Claim
    states: StateSet

    kind = "closed-set"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {"kind": self.kind, "claim": self.claim.to_dict(), "states": self.states.to_dict()}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankedSet(ByContent):
    """A closed set with a rank (int64, shape (n_states,)) that some successor decreases."""

    claim: Claim
    states: StateSet
    rank: NDArray[np.int64]

    kind = "ranked-set"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "states": self.states.to_dict(),
            "rank": encode_array(self.rank),
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measure(ByContent):
    """A closed set with a rank (int64, shape (n_states,)) that every successor decreases."""

    claim: Claim
    states: StateSet
    rank: NDArray[np.int64]

    kind = "measure"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "states": self.states.to_dict(),
            "rank": encode_array(self.rank),
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FairMeasure(ByContent):
    """A closed set with nested ranks: every cycle is unfair to a helpful transition.

    ``rank`` is int64 of shape (n_states, depth); ``helpful`` holds, with the same shape, the index
    into ``actions`` of the transition to which a cycle inside the component would be unfair, or -1.
    """

    claim: Claim
    states: StateSet
    rank: NDArray[np.int64]
    helpful: NDArray[np.int64]
    actions: tuple[str, ...]

    kind = "fair-measure"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "states": self.states.to_dict(),
            "rank": encode_array(self.rank),
            "helpful": encode_array(self.helpful),
            "actions": list(self.actions),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TrapEvidence:
    """A run to a state, and a closed set around that state in which the goal never holds."""

    claim: Claim
    run: Run
    states: StateSet

    kind = "trap"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "run": self.run.to_dict(),
            "states": self.states.to_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundEvidence:
    """A closed set below the bound, and a run to a state that reaches it."""

    claim: Claim
    states: StateSet
    bound: int
    run: Run

    kind = "bound"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "states": self.states.to_dict(),
            "bound": self.bound,
            "run": self.run.to_dict(),
        }
