"""Evidence for and against refinement and equivalence in linear time."""

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

__all__ = ["LinearDistinction", "NormalisedSimulation", "SharedFutures", "SimulationPairs"]

Indices = NDArray[np.int64]
Names = tuple[tuple[str, ...], tuple[str, ...]]
_SET = ("offsets", "members")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulationPairs(ByContent):
    """Pairs of a state of one system and a set of states of the other.

    Set ``k`` has the members ``members[offsets[k]:offsets[k + 1]]``, ascending. The number of
    states of a system names a further state, where it is after an atom has been seen.

    Parameters
    ----------
    states, sets
        int64 (k,): the state and the number of the set of each pair.
    offsets, members
        int64 (number of sets + 1,) and int64 (sum of their sizes,).
    """

    states: Indices
    sets: Indices
    offsets: Indices
    members: Indices

    def to_dict(self) -> dict[str, Any]:
        """Return the pairs as JSON data."""
        return {name: encode_array(getattr(self, name)) for name in ("states", "sets", *_SET)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SimulationPairs:
        """Rebuild the pairs from :meth:`to_dict`."""
        return cls(**{name: decode_array(data[name]) for name in ("states", "sets", *_SET)})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SharedFutures(ByContent):
    """The sets of states that traces lead to, from each state, by the traces that they have.

    The states are those of the left system, its further state, those of the right and its.

    Parameters
    ----------
    offsets, members
        The sets, as in :class:`SimulationPairs`.
    classes
        int64 (number of sets,): sets of one class have the same traces.
    small, large
        int64 (l,): the traces of class ``small[i]`` are among those of class ``large[i]``.
    """

    offsets: Indices
    members: Indices
    classes: Indices
    small: Indices
    large: Indices

    def to_dict(self) -> dict[str, Any]:
        """Return the sets and classes as JSON data."""
        names = (*_SET, "classes", "small", "large")
        return {name: encode_array(getattr(self, name)) for name in names}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SharedFutures:
        """Rebuild the sets and classes from :meth:`to_dict`."""
        names = (*_SET, "classes", "small", "large")
        return cls(**{name: decode_array(data[name]) for name in names})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NormalisedSimulation(ByContent):
    """A simulation of one system by the sets of states of the other, or two for an equivalence.

    Parameters
    ----------
    claim
        The statement, of the specification (left) and the implementation (right).
    relation
        The linear-time relation.
    parts
        States of the right system with sets of the left; for an equivalence then states of the
        left system with sets of the right.
    futures
        Where the relation is about futures.
    atoms
        Those that are seen, beside ``final``.
    """

    claim: Claim
    relation: str
    parts: tuple[SimulationPairs, ...]
    futures: SharedFutures | None = None
    atoms: tuple[str, ...] = ()

    kind = "normalised-simulation"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "relation": self.relation,
            "parts": [part.to_dict() for part in self.parts],
            "futures": None if self.futures is None else self.futures.to_dict(),
            "atoms": list(self.atoms),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> NormalisedSimulation:
        """Rebuild the evidence from :meth:`to_dict`."""
        futures = data.get("futures")
        return cls(
            claim=Claim.from_dict(data["claim"]),
            relation=data["relation"],
            parts=tuple(SimulationPairs.from_dict(part) for part in data["parts"]),
            futures=None if futures is None else SharedFutures.from_dict(futures),
            atoms=tuple(data.get("atoms", ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearDistinction:
    """A trace of one of two systems with what is seen after it, and never in the other.

    Parameters
    ----------
    claim
        The statement.
    relation
        The linear-time relation.
    trace
        Labels; silent steps are ``"tau"`` where they are letters.
    seen
        ``("trace",)``: nothing but the trace; ``("atom", name)``; ``("end",)``: no further step;
        ``("refusal", labels, atoms)``; ``("ready", labels, atoms)``; ``("divergence",)``;
        ``("future", can, cannot)`` with words ``(labels, atom or None)`` that follow or do not.
    able
        ``"left"`` or ``"right"``: the system that has it.
    along
        Empty, or for each state on the way and the last one ``None`` or the labels and the atoms
        that it refuses, or is ready for.
    atoms
        Those that are seen, beside ``final``.
    """

    claim: Claim
    relation: str
    trace: tuple[str, ...]
    seen: tuple[Any, ...]
    able: str
    along: tuple[Names | None, ...] = ()
    atoms: tuple[str, ...] = ()

    kind = "linear-distinction"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "relation": self.relation,
            "trace": list(self.trace),
            "seen": as_lists(self.seen),
            "able": self.able,
            "along": as_lists(self.along),
            "atoms": list(self.atoms),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LinearDistinction:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            relation=data["relation"],
            trace=tuple(data["trace"]),
            seen=as_tuples(data["seen"]),
            able=data["able"],
            along=as_tuples(data["along"]),
            atoms=tuple(data.get("atoms", ())),
        )
