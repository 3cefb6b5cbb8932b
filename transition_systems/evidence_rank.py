"""Evidence by a structural theorem: the premises of the rank theorem for a free-choice net."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from transition_systems.evidence_data import Claim

__all__ = ["RankEvidence", "Weights", "weights_from"]

Weights = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankEvidence:
    """What shows that a free-choice net is live and bounded, without any of its markings.

    For the claim ``sound`` that net is a workflow net closed by a transition from its sink to its
    source; for the claim ``AG !dead`` it is the net itself.

    Parameters
    ----------
    claim
        The statement ``sound``, or ``AG !dead``.
    places
        A positive weight of every place; their weighted sum is the same before and after each
        transition, the closing one included.
    transitions
        A positive weight of every transition: how often it occurs in a cycle of the closed net.
    closing
        How often the closing transition occurs there; 0 where the net is not closed.
    flows
        Linearly independent place flows of the closed net, as many as show that the rank of its
        incidence matrix is less than the number of its clusters.
    """

    claim: Claim
    places: Weights
    transitions: Weights
    closing: int
    flows: tuple[Weights, ...]

    kind = "rank-theorem"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "places": [list(pair) for pair in self.places],
            "transitions": [list(pair) for pair in self.transitions],
            "closing": self.closing,
            "flows": [[list(pair) for pair in flow] for flow in self.flows],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RankEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            places=weights_from(data["places"]),
            transitions=weights_from(data["transitions"]),
            closing=_integer(data["closing"]),
            flows=tuple(weights_from(flow) for flow in data["flows"]),
        )


def weights_from(pairs: Iterable[Any]) -> Weights:
    """Return pairs of a name and an integer from JSON data; refuse anything else."""
    found: list[tuple[str, int]] = []
    for name, weight in pairs:
        if not isinstance(name, str):
            raise TypeError(f"the name of a weight is {name!r}")
        found.append((name, _integer(weight)))
    return tuple(found)


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"a weight is {value!r}, no integer")
    return value
