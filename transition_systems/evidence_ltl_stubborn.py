"""Evidence that a formula of linear time holds, by a part of the markings with stubborn sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.evidence_data import ByContent, Claim, decode_array, encode_array
from transition_systems.evidence_ltl import LtlRanks

__all__ = ["LtlStubborn"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LtlStubborn(ByContent):
    """Ranks on a part of a net's markings, each with a set of transitions that matter there.

    Parameters
    ----------
    claim
        What :func:`~transition_systems.evidence_ltl.ltl_formula` says: no fairness, and silent
        steps count.
    ranks
        The ranks that prove the same of the system of the markings in its ``space``, which is
        closed under the steps of the sets.
    stubborn
        uint8, shape (n_states, n_bytes): transition ``t`` is in the set of a marking where bit
        ``t % 8`` of byte ``t // 8`` is 1.
    order
        int64 (n_states,): each step of a set, between markings that have not all visible
        transitions in their sets, leads to a smaller number.
    """

    claim: Claim
    ranks: LtlRanks
    stubborn: NDArray[Any]
    order: NDArray[np.int64]

    kind = "ltl-stubborn"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "ranks": self.ranks.to_dict(),
            "stubborn": encode_array(self.stubborn),
            "order": encode_array(self.order),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LtlStubborn:
        """Rebuild the evidence from :meth:`to_dict`."""
        stubborn = decode_array(data["stubborn"])
        if stubborn.size and not 0 <= int(stubborn.min()) <= int(stubborn.max()) <= 255:
            raise ValueError("a stubborn set is no row of bytes")
        return cls(
            claim=Claim.from_dict(data["claim"]),
            ranks=LtlRanks.from_dict(data["ranks"]),
            stubborn=stubborn.astype(np.uint8),
            order=decode_array(data["order"]),
        )
