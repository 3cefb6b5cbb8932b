"""Evidence for and against the equivalence of two systems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.evidence_data import (
    ByContent,
    Claim,
    as_lists,
    as_tuples,
    decode_array,
    encode_array,
)

__all__ = [
    "Distinction",
    "PartitionEvidence",
    "SharedDistinction",
    "TraceDistinction",
    "WordEvidence",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartitionEvidence(ByContent):
    """A partition of the states of two systems side by side (the left ones first).

    ``block`` is int64 of shape (n_left + n_right,); ``relation`` names the equivalence, ``atoms``
    those that states share, beside ``final``.
    """

    claim: Claim
    relation: str
    block: NDArray[np.int64]
    atoms: tuple[str, ...] = ()

    kind = "partition"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "relation": self.relation,
            "block": encode_array(self.block),
            "atoms": list(self.atoms),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PartitionEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            relation=data["relation"],
            block=decode_array(data["block"]),
            atoms=tuple(data.get("atoms", ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinction:
    """A Hennessy-Milner formula, as nested tuples, of the left system and not of the right.

    The forms are ``("true",)``, ``("final",)``, ``("atom", name)``, ``("not", f)``,
    ``("and", f, ...)``, and those that the relation preserves: ``("diamond", label, f)`` for the
    strong one, ``("until", f, label, g)`` for branching bisimilarity and ``("weak", label, f)`` for
    the weak one, and where divergence is preserved ``("endless", f)`` or ``("cycle", f)``.
    """

    claim: Claim
    relation: str
    formula: tuple[Any, ...]
    atoms: tuple[str, ...] = ()

    kind = "distinction"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "relation": self.relation,
            "formula": as_lists(self.formula),
            "atoms": list(self.atoms),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Distinction:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            relation=data["relation"],
            formula=as_tuples(data["formula"]),
            atoms=tuple(data.get("atoms", ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedDistinction:
    """A formula as in :class:`Distinction`, too deep to be nested: a list of its parts.

    The last part is the formula; operands are numbers of parts before, so that
    ``("diamond", "a", 3)`` says that some ``a``-step leads to where part 3 holds.
    """

    claim: Claim
    relation: str
    parts: tuple[tuple[str | int, ...], ...]
    atoms: tuple[str, ...] = ()

    kind = "shared-distinction"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "relation": self.relation,
            "parts": [list(part) for part in self.parts],
            "atoms": list(self.atoms),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SharedDistinction:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            relation=data["relation"],
            parts=tuple(tuple(part) for part in data["parts"]),
            atoms=tuple(data.get("atoms", ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceDistinction:
    """A sequence of labels that just one of two systems can do, so that they are not equivalent.

    For relations that abstract from silent steps these are no letters, otherwise they are
    ``"tau"``. ``able`` is ``"left"`` or ``"right"``.
    """

    claim: Claim
    relation: str
    trace: tuple[str, ...]
    able: str
    atoms: tuple[str, ...] = ()

    kind = "trace-distinction"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "relation": self.relation,
            "trace": list(self.trace),
            "able": self.able,
            "atoms": list(self.atoms),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TraceDistinction:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            relation=data["relation"],
            trace=tuple(data["trace"]),
            able=data["able"],
            atoms=tuple(data.get("atoms", ())),
        )


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

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> WordEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            word=tuple(data["word"]),
            accepted_by=data["accepted_by"],
        )
