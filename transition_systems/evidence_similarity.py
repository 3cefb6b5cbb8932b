"""Evidence that one system simulates another: the relation, as pairs of classes of states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.evidence_data import ByContent, Claim, decode_array, encode_array

__all__ = ["SimulationEvidence"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulationEvidence(ByContent):
    """A simulation on the states of two systems side by side (the left ones first).

    Parameters
    ----------
    claim
        That the systems are equivalent, or that the right one simulates the left one.
    relation
        Which simulation, by name.
    block
        The class of each state, int64 (n_left + n_right,); -1 for states that play no part.
    pairs
        Row ``c`` has a bit for each class that simulates class ``c``, the first in the highest
        bit of the first byte: integers below 256, (classes, (classes + 7) // 8). Where ``listed``
        the pairs one by one, int64 (2, pairs): above a class, below it one that simulates it, in
        ascending order, each once.
    base
        For 2-nested simulation a plain simulation in the same form; otherwise none, (0, 0) or,
        where ``listed``, (2, 0).
    atoms
        Atoms that related states share, beside ``final``.
    listed
        Whether the pairs are listed: of many classes, few of which are related.
    """

    claim: Claim
    relation: str
    block: NDArray[np.int64]
    pairs: NDArray[Any]
    base: NDArray[Any]
    atoms: tuple[str, ...] = ()
    listed: bool = False

    kind = "simulation"

    @property
    def n_pairs(self) -> int:
        """How many pairs of classes are related."""
        if self.listed:
            return int(self.pairs.shape[1])
        return sum(int(np.unpackbits(row).sum()) for row in self.pairs.astype(np.uint8))

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "relation": self.relation,
            "block": encode_array(self.block),
            "pairs": encode_array(self.pairs),
            "base": encode_array(self.base),
            "atoms": list(self.atoms),
            "listed": self.listed,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SimulationEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            relation=data["relation"],
            block=decode_array(data["block"]),
            pairs=decode_array(data["pairs"]),
            base=decode_array(data["base"]),
            atoms=tuple(data.get("atoms", ())),
            listed=data.get("listed") is True,
        )
