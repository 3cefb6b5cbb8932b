"""Evidence by a weighted sum of tokens that every transition lowers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from transition_systems.evidence_data import Claim

__all__ = ["FallingSumEvidence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FallingSumEvidence:
    """Weights by which every run of a net is finite, whatever its initial marking.

    Parameters
    ----------
    claim
        The phrase ``terminates``, or ``no livelock``.
    weights
        ``(place, weight)`` pairs of whole numbers that are not negative; every transition (every
        silent one) lowers the weighted sum of tokens, which is never negative.
    """

    claim: Claim
    weights: tuple[tuple[str, int], ...]

    kind = "falling-sum"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "weights": [list(pair) for pair in self.weights],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> FallingSumEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        weights: list[tuple[str, int]] = []
        for place, weight in data["weights"]:
            if not isinstance(place, str) or type(weight) is not int:
                raise TypeError("the weights of a sum are no pairs of a place and a whole number")
            weights.append((place, weight))
        return cls(claim=Claim.from_dict(data["claim"]), weights=tuple(weights))
