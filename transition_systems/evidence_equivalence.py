"""Evidence for and against the equivalence of two systems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.evidence_data import ByContent, Claim, encode_array

__all__ = ["Distinction", "PartitionEvidence", "WordEvidence"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartitionEvidence(ByContent):
    """A partition of the states of two systems side by side (the left ones first).

    ``block`` is int64 of shape (n_left + n_right,); ``relation`` names the equivalence.
    """

    claim: Claim
    relation: str
    block: NDArray[np.int64]

    kind = "partition"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "relation": self.relation,
            "block": encode_array(self.block),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinction:
    """A Hennessy-Milner formula, as nested tuples, of the left system and not of the right.

    The forms are ``("true",)``, ``("final",)``, ``("not", f)``, ``("and", f, ...)``,
    ``("diamond", label, f)`` and, for branching bisimilarity, ``("until", f, label, g)``.
    """

    claim: Claim
    relation: str
    formula: tuple[Any, ...]

    kind = "distinction"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "relation": self.relation,
            "formula": _as_lists(self.formula),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class WordEvidence:
    """A word that one of two machines accepts and the other does not."""

    claim: Claim
    word: tuple[str, ...]
    accepted_by: str

    kind = "word"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "word": list(self.word),
            "accepted_by": self.accepted_by,
        }


def _as_lists(item: Any) -> Any:
    return [_as_lists(part) for part in item] if isinstance(item, tuple) else item
