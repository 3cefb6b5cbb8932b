"""Evidence for marked graphs: an order of transitions that shows that every circuit is marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from transition_systems.evidence_data import Claim

__all__ = ["CircuitEvidence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitEvidence:
    """What shows that a marked graph is never dead and always comes back: marked circuits.

    Parameters
    ----------
    claim
        The statement ``AG !dead``, or ``AG EF`` of the initial marking.
    order
        All transitions by id, each place that is empty at the start leading from an earlier to a
        later one. A circuit of empty places would lead back.
    """

    claim: Claim
    order: tuple[str, ...]

    kind = "marked-circuits"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {"kind": self.kind, "claim": self.claim.to_dict(), "order": list(self.order)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CircuitEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        order = tuple(data["order"])
        if not all(isinstance(name, str) for name in order):
            raise TypeError("the order of transitions has an entry that is no text")
        return cls(claim=Claim.from_dict(data["claim"]), order=order)
