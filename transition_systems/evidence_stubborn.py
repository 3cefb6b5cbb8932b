"""Evidence by a reduced set of states: which steps of each may be left out, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.evidence_data import ByContent, Claim, StateSet, decode_array, encode_array
from transition_systems.run import Run

__all__ = ["StubbornEvidence"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StubbornEvidence(ByContent):
    """States with a stubborn set of transitions each, closed under the steps of these sets.

    Parameters
    ----------
    claim
        ``AG P``, ``EF AG P`` or ``AG EF P``.
    states
        The states.
    stubborn
        uint8, shape (n_states, n_bytes): transition ``t`` is in the set of a state where bit
        ``t % 8`` of byte ``t // 8`` is 1.
    run
        For ``EF AG P`` a run to one of the states.
    rank, full
        For ``AG EF P``: ranks that a step inside the sets lowers, int64 (n_states,). ``rank`` is 0
        only where ``P`` holds, ``full`` only where all that is enabled is in the set.
    """

    claim: Claim
    states: StateSet
    stubborn: NDArray[Any]
    run: Run | None = None
    rank: NDArray[np.int64] | None = None
    full: NDArray[np.int64] | None = None

    kind = "stubborn-sets"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "states": self.states.to_dict(),
            "stubborn": encode_array(self.stubborn),
            "run": None if self.run is None else self.run.to_dict(),
            "rank": None if self.rank is None else encode_array(self.rank),
            "full": None if self.full is None else encode_array(self.full),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> StubbornEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        stubborn = decode_array(data["stubborn"])
        if stubborn.size and not 0 <= int(stubborn.min()) <= int(stubborn.max()) <= 255:
            raise ValueError("a stubborn set is no row of bytes")
        run, rank, full = data["run"], data["rank"], data["full"]
        return cls(
            claim=Claim.from_dict(data["claim"]),
            states=StateSet.from_dict(data["states"]),
            stubborn=stubborn.astype(np.uint8),
            run=None if run is None else Run.from_dict(run),
            rank=None if rank is None else decode_array(rank),
            full=None if full is None else decode_array(full),
        )
