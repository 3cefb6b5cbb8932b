"""Evidence that is a statement: an inductive predicate, or nodes of the model's graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from transition_systems.evidence_data import Claim

__all__ = ["InvariantEvidence", "StructureEvidence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvariantEvidence:
    """An inductive predicate: the initial state is in, steps stay in, inside is good.

    ``invariant`` is a state predicate in the property language; ``smtlib`` is the same as an
    SMT-LIB script with three queries that must all be unsatisfiable.
    """

    claim: Claim
    invariant: str
    smtlib: str

    kind = "invariant"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "invariant": self.invariant,
            "smtlib": self.smtlib,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> InvariantEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        claim = Claim.from_dict(data["claim"])
        return cls(claim=claim, invariant=data["invariant"], smtlib=data["smtlib"])


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureEvidence:
    """Nodes of the model's graph that show a structural statement.

    ``sets`` names node lists, e.g. ``{"source": ("i",), "sink": ("o",), "unreachable": ()}``.
    """

    claim: Claim
    sets: tuple[tuple[str, tuple[str, ...]], ...]

    kind = "structure"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "sets": {name: list(nodes) for name, nodes in self.sets},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> StructureEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        sets = tuple((name, tuple(nodes)) for name, nodes in data["sets"].items())
        return cls(claim=Claim.from_dict(data["claim"]), sets=sets)
