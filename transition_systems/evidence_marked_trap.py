"""Evidence by a trap of places that a run marks, and that a goal wants empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from transition_systems.evidence_data import Claim
from transition_systems.run import Run

__all__ = ["MarkedTrapEvidence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedTrapEvidence:
    """A run to a marking from which a goal is out of reach, also where infinitely many follow.

    Parameters
    ----------
    claim
        The statement ``EF AG !P``.
    run
        To a marking in which the trap has a token.
    places
        A trap: each transition that takes a token from it puts one into it. The goal ``P`` wants
        all of its places empty.
    """

    claim: Claim
    run: Run
    places: tuple[str, ...]

    kind = "marked-trap"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "run": self.run.to_dict(),
            "places": list(self.places),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> MarkedTrapEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        places = tuple(data["places"])
        if not all(isinstance(name, str) for name in places):
            raise TypeError("the places of a trap have an entry that is no text")
        return cls(
            claim=Claim.from_dict(data["claim"]), run=Run.from_dict(data["run"]), places=places
        )
