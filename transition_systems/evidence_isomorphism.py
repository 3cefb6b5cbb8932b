"""Evidence that two systems are the same but for the numbers of their states, or are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.evidence_data import ByContent, Claim, decode_array, encode_array

__all__ = ["ColourDifference", "IsomorphismEvidence"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IsomorphismEvidence(ByContent):
    """A one-to-one map of the reachable states of the left system to those of the right one.

    ``image`` is int64 (n_left,), -1 for states that are not reachable; ``atoms`` are those that
    states share, beside ``final``.
    """

    claim: Claim
    image: NDArray[np.int64]
    atoms: tuple[str, ...] = ()

    kind = "isomorphism"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "image": encode_array(self.image),
            "atoms": list(self.atoms),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> IsomorphismEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            image=decode_array(data["image"]),
            atoms=tuple(data.get("atoms", ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourDifference:
    """Rounds of colour refinement after which the systems have different numbers of some colour.

    With ``exhaustive`` the colours do not part the systems, and a search through all maps that
    respect the steps shows that none is an isomorphism.
    """

    claim: Claim
    rounds: int
    exhaustive: bool = False
    atoms: tuple[str, ...] = ()

    kind = "colour-difference"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "rounds": self.rounds,
            "exhaustive": self.exhaustive,
            "atoms": list(self.atoms),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ColourDifference:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            rounds=int(data["rounds"]),
            exhaustive=bool(data["exhaustive"]),
            atoms=tuple(data.get("atoms", ())),
        )
