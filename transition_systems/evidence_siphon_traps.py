"""Evidence by Commoner's condition: marked traps, one of them in each siphon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from transition_systems.evidence_data import Claim

__all__ = ["SiphonTraps"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiphonTraps:
    """What shows that no siphon of a net is ever empty.

    Parameters
    ----------
    claim
        The statement ``AG !dead``, or ``live`` of a free-choice net.
    traps
        Sets of places that are marked at the start and stay marked: each transition that takes a
        token from one puts one into it. Each siphon but the empty one holds one of them.
    """

    claim: Claim
    traps: tuple[tuple[str, ...], ...]

    kind = "siphon-traps"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "traps": [list(trap) for trap in self.traps],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SiphonTraps:
        """Rebuild the evidence from :meth:`to_dict`."""
        traps = tuple(tuple(trap) for trap in data["traps"])
        if not all(isinstance(name, str) for trap in traps for name in trap):
            raise TypeError("a trap has an entry that is no text")
        return cls(claim=Claim.from_dict(data["claim"]), traps=traps)
