"""Evidence by a complete prefix of the unfolding of a one-safe net."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.evidence_data import ByContent, Claim, decode_array, encode_array

__all__ = ["NO_CUTOFF", "START", "CompletePrefix"]

NO_CUTOFF, START = -2, -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CompletePrefix(ByContent):
    """Events of the unfolding of a net, enough of them to show each reachable marking.

    The conditions are numbered by what they are made of: first one for each place that is marked
    at the start, in the order of the places, then those after each event in turn, one for each
    place that its transition puts a token into, again in the order of the places. So their places
    need not be written.

    Parameters
    ----------
    claim
        The statement ``AG P``.
    places, actions
        The places and the transitions of the net, in its order.
    transitions
        int64, shape (n_events,): the transition of each event. An event comes after its causes.
    taken
        int64: the conditions that the events take, those of one event after those of the other;
        each takes one condition for each place that its transition takes a token from.
    companions
        int64, shape (n_events,): :data:`NO_CUTOFF`, or, where nothing is unfolded after the event,
        what leads to the same marking by fewer or smaller steps: an event that is no cutoff, or
        :data:`START` for the initial marking.
    """

    claim: Claim
    places: tuple[str, ...]
    actions: tuple[str, ...]
    transitions: NDArray[np.int64]
    taken: NDArray[np.int64]
    companions: NDArray[np.int64]

    kind = "complete-prefix"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "places": list(self.places),
            "actions": list(self.actions),
            "transitions": encode_array(self.transitions),
            "taken": encode_array(self.taken),
            "companions": encode_array(self.companions),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CompletePrefix:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            places=tuple(str(name) for name in data["places"]),
            actions=tuple(str(name) for name in data["actions"]),
            transitions=decode_array(data["transitions"]),
            taken=decode_array(data["taken"]),
            companions=decode_array(data["companions"]),
        )
