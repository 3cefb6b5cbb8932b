"""Evidence that a goal stays in reach, by growing sets of markings as decision diagrams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.evidence_data import (
    ByContent,
    Claim,
    decode_array,
    diagram_from_dict,
    diagram_to_dict,
    encode_array,
)

__all__ = ["RankedDiagrams"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankedDiagrams(ByContent):
    """A closed set of markings, and sets that grow from the goal until they hold all of it.

    Parameters
    ----------
    claim
        The statement ``AG EF P``.
    names, fields, nodes
        As of :class:`~transition_systems.evidence.DiagramEvidence`, but that the nodes are those of
        all sets here.
    whole
        The node of a set that holds the initial marking and that no step leaves.
    goal
        The node of a set in which ``P`` holds.
    links
        int64, shape (n_links, 2): a transition, and the node of a set from which each marking leads
        by it into the goal or into a set of an earlier link. Goal and sets together hold the whole.
    """

    claim: Claim
    names: tuple[str, ...]
    fields: NDArray[np.int64]
    nodes: NDArray[np.int64]
    whole: int
    goal: int
    links: NDArray[np.int64]

    kind = "ranked-diagrams"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            **diagram_to_dict(self.names, self.fields, self.nodes),
            "whole": self.whole,
            "goal": self.goal,
            "links": encode_array(self.links),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RankedDiagrams:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            **diagram_from_dict(data),
            whole=data["whole"],
            goal=data["goal"],
            links=decode_array(data["links"]),
        )
