"""Evidence that is a run: into a state, round a cycle, or to a state that covers an earlier one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from transition_systems.evidence_data import Claim
from transition_systems.run import Lasso, Run

__all__ = ["GrowingRunsEvidence", "LassoEvidence", "PumpEvidence", "Repeated", "RunEvidence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvidence:
    """A run into a state that satisfies the claim's predicate."""

    claim: Claim
    run: Run

    kind = "run"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {"kind": self.kind, "claim": self.claim.to_dict(), "run": self.run.to_dict()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RunEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(claim=Claim.from_dict(data["claim"]), run=Run.from_dict(data["run"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class LassoEvidence:
    """An infinite run as a stem and a cycle."""

    claim: Claim
    lasso: Lasso

    kind = "lasso"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {"kind": self.kind, "claim": self.claim.to_dict(), "lasso": self.lasso.to_dict()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LassoEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(claim=Claim.from_dict(data["claim"]), lasso=Lasso.from_dict(data["lasso"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpEvidence:
    """A run and a pump: the state after the pump strictly covers the one before it."""

    claim: Claim
    lasso: Lasso

    kind = "pump"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {"kind": self.kind, "claim": self.claim.to_dict(), "lasso": self.lasso.to_dict()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PumpEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(claim=Claim.from_dict(data["claim"]), lasso=Lasso.from_dict(data["lasso"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """A sequence of steps that is taken ``once + each * n`` times.

    Parameters
    ----------
    actions
        What is done, in order.
    once, each
        Whole numbers that are not negative.
    """

    actions: tuple[str, ...]
    once: int
    each: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowingRunsEvidence:
    """Runs from the initial state, one for each number ``n``, that end with more the larger it is.

    Parameters
    ----------
    claim
        The statement ``unbounded`` with a sum of places, or without one.
    sequences
        The runs: one after the other, each taken as often as ``n`` says.
    """

    claim: Claim
    sequences: tuple[Repeated, ...]

    kind = "growing-runs"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "sequences": [
                {"actions": list(part.actions), "once": part.once, "each": part.each}
                for part in self.sequences
            ],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> GrowingRunsEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        parts: list[Repeated] = []
        for part in data["sequences"]:
            once, each = part["once"], part["each"]
            if type(once) is not int or type(each) is not int:
                raise TypeError("steps are taken a whole number of times")
            actions = tuple(str(action) for action in part["actions"])
            parts.append(Repeated(actions=actions, once=once, each=each))
        return cls(claim=Claim.from_dict(data["claim"]), sequences=tuple(parts))
