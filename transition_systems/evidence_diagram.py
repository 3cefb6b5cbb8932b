"""Evidence that is a decision diagram: an inductive set of markings that no list could hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.evidence_data import (
    ByContent,
    Claim,
    diagram_from_dict,
    diagram_to_dict,
)
from transition_systems.run import Run

__all__ = ["DiagramEvidence"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DiagramEvidence(ByContent):
    """A set of markings that holds the initial one and that no step leaves, as a diagram.

    It proves ``AG P`` for a predicate that holds everywhere in the set, and ``bounded by k`` with a
    run that reaches ``k``. The set holds *at least* what is reachable; that it holds nothing else
    is not claimed, so that the number of its members is only an upper bound of that of the states.

    Parameters
    ----------
    claim
        The statement.
    names
        The places.
    fields
        int64, shape (n_places, 3): the first Boolean variable of a place, the number of its
        variables, which follow each other with the highest binary digit first, and a code. With
        the code 0 the digits are those of its tokens. Places with other codes may share a field:
        the one whose code the digits are has one token, and the others have none. Together the
        fields take each variable once.
    nodes
        int64, shape (n_nodes, 3): the variable of a node, and the nodes behind it where it is false
        and where it is true. Row ``i`` is node ``i + 2``: node 0 is the empty set and node 1
        everything. A node refers only to earlier ones of later variables; the last row is the
        whole set, which is everything where there are no rows.
    run
        A run to a marking with ``k`` tokens in a place, for the claim ``bounded by k``.
    """

    claim: Claim
    names: tuple[str, ...]
    fields: NDArray[np.int64]
    nodes: NDArray[np.int64]
    run: Run | None = None

    kind = "decision-diagram"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            **diagram_to_dict(self.names, self.fields, self.nodes),
            "run": None if self.run is None else self.run.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> DiagramEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        run = data["run"]
        return cls(
            claim=Claim.from_dict(data["claim"]),
            **diagram_from_dict(data),
            run=None if run is None else Run.from_dict(run),
        )
