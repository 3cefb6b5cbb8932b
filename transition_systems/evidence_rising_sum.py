"""Evidence by a weighted sum of tokens that never falls, and that a goal wants lower."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from transition_systems.evidence_data import Claim
from transition_systems.run import Run

__all__ = ["RisingSumEvidence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RisingSumEvidence:
    """A run to a marking from which a goal is out of reach, also where infinitely many follow.

    Parameters
    ----------
    claim
        The statement ``EF AG !P``.
    run
        To a marking with a larger sum than any in which ``P`` holds.
    weights
        ``(place, weight)`` pairs; no transition lowers the weighted sum of tokens. Weights may be
        negative.
    """

    claim: Claim
    run: Run
    weights: tuple[tuple[str, int], ...]

    kind = "rising-sum"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "run": self.run.to_dict(),
            "weights": [list(pair) for pair in self.weights],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RisingSumEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        weights: list[tuple[str, int]] = []
        for place, weight in data["weights"]:
            if not isinstance(place, str) or type(weight) is not int:
                raise TypeError("the weights of a sum are no pairs of a place and a whole number")
            weights.append((place, weight))
        return cls(
            claim=Claim.from_dict(data["claim"]),
            run=Run.from_dict(data["run"]),
            weights=tuple(weights),
        )
