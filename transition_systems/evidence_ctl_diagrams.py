"""Evidence for formulas of branching time on sets of markings that are decision diagrams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.evidence_ctl import ShowsPath, path_from_dict
from transition_systems.evidence_data import (
    ByContent,
    Claim,
    decode_array,
    diagram_from_dict,
    diagram_to_dict,
    encode_array,
)
from transition_systems.run import Lasso, Run

__all__ = ["CtlDiagrams"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CtlDiagrams(ByContent, ShowsPath):
    """For each temporal operator of a formula of CTL, markings that have it, and why they do.

    Negation is pushed to the state predicates, so that each operator is one of ``X``, ``U`` and
    ``R`` on some path or on all: ``F p`` is ``true U p``, ``G p`` is ``false R p``, ``p W q`` is
    ``q R (p || q)``, and the negation of an ``X``, ``U`` or ``R`` is an ``X``, ``R`` or ``U`` of
    the negations under the other quantifier. Each set holds some of the markings with its operator,
    perhaps not all: such a formula is monotone in its parts.

    Parameters
    ----------
    claim
        The formula, or its negation.
    names, fields, nodes
        As of :class:`~transition_systems.evidence.DiagramEvidence`, but that the nodes are those of
        all sets here.
    links
        int64, shape (n_links, 3): the number of a temporal operator (operands before operators and
        from left to right), a transition or -1, and the node of a set.

        ``E X p``: each marking of the set leads by the transition to one with ``p``. ``A X p``: of
        the markings in the set (-1) each step leads to one with ``p``. ``E [p U q]``: markings with
        ``p``, each of which leads by the transition to one with ``q`` or of an earlier link.
        ``A [p U q]``: markings with ``p`` (-1) that have steps, all of them to such ones.
        ``E [p R q]`` and ``A [p R q]``: first all markings (-1). Each has ``q``, and has ``p``, or
        is in one of the sets that follow, from which the transition (for ``A``, each one: -1) leads
        to the first set again; for ``E`` it may also be dead.
    path
        A run or lasso of the net that shows some of it.
    """

    claim: Claim
    names: tuple[str, ...]
    fields: NDArray[np.int64]
    nodes: NDArray[np.int64]
    links: NDArray[np.int64]
    path: Run | Lasso | None = None

    kind = "ctl-diagrams"

    @property
    def shown(self) -> Run | Lasso | None:
        """The path that is worth showing."""
        return self.path

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            **diagram_to_dict(self.names, self.fields, self.nodes),
            "links": encode_array(self.links),
            "path": None if self.path is None else self.path.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CtlDiagrams:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            **diagram_from_dict(data),
            links=decode_array(data["links"]),
            path=path_from_dict(data["path"]),
        )
