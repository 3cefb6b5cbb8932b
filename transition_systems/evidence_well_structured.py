"""Evidence by a structural theorem: a well-structured workflow net without an empty siphon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from transition_systems.evidence_data import Claim

__all__ = ["WellStructuredEvidence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WellStructuredEvidence:
    """What shows that a workflow net is sound by its structure and its first marking alone.

    The premises are about the net closed by a transition from its sink to its source, and are
    decided afresh by a recheck, in polynomial time: no weight above 1, no two paths that part at a
    place and meet at a transition, or the reverse, with nothing between in common, and no siphon
    without the source.

    Parameters
    ----------
    claim
        The statement ``sound``.
    source, sink
        The places that the closing transition joins.
    """

    claim: Claim
    source: str
    sink: str

    kind = "well-structured"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "source": self.source,
            "sink": self.sink,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> WellStructuredEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        source, sink = data["source"], data["sink"]
        if not isinstance(source, str) or not isinstance(sink, str):
            raise TypeError("the source or the sink is no name of a place")
        return cls(claim=Claim.from_dict(data["claim"]), source=source, sink=sink)
