"""Evidence that is made of other evidence: about parts, a smaller net, what comes after a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transition_systems.evidence_data import Claim
from transition_systems.run import Run

if TYPE_CHECKING:
    from transition_systems.evidence import Evidence

__all__ = ["AfterRunEvidence", "Parts", "ReductionEvidence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Evidence for each part of a conjunction, by name."""

    claim: Claim
    parts: tuple[tuple[str, Evidence], ...]

    kind = "parts"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "parts": [{"name": name, "evidence": part.to_dict()} for name, part in self.parts],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Parts:
        """Rebuild the evidence from :meth:`to_dict`."""
        from transition_systems.evidence import evidence_from_dict

        parts = tuple(
            (str(part["name"]), evidence_from_dict(part["evidence"])) for part in data["parts"]
        )
        return cls(claim=Claim.from_dict(data["claim"]), parts=parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReductionEvidence:
    """Steps to a smaller net that preserve a statement, and evidence for it about that net.

    Each step is a rule and the names that it was applied to, as
    :func:`petri.reductions.reduce_net` states them. ``run`` is a run of the net itself to what
    ``inner`` is about, where it is about a state.
    """

    claim: Claim
    steps: tuple[tuple[str, ...], ...]
    inner: Evidence
    run: Run | None = None

    kind = "reduction"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "steps": [list(step) for step in self.steps],
            "inner": self.inner.to_dict(),
            "run": None if self.run is None else self.run.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ReductionEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        from transition_systems.evidence import evidence_from_dict

        run = data["run"]
        return cls(
            claim=Claim.from_dict(data["claim"]),
            steps=tuple(tuple(str(name) for name in step) for step in data["steps"]),
            inner=evidence_from_dict(data["inner"]),
            run=None if run is None else Run.from_dict(run),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterRunEvidence:
    """A run to a state from which a goal is never reached, and evidence for that.

    Parameters
    ----------
    claim
        The statement ``EF AG !P``.
    run
        To the state.
    inner
        Evidence for ``AG !P`` about the net that begins where the run ends.
    """

    claim: Claim
    run: Run
    inner: Evidence

    kind = "after-run"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "run": self.run.to_dict(),
            "inner": self.inner.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> AfterRunEvidence:
        """Rebuild the evidence from :meth:`to_dict`."""
        from transition_systems.evidence import evidence_from_dict

        return cls(
            claim=Claim.from_dict(data["claim"]),
            run=Run.from_dict(data["run"]),
            inner=evidence_from_dict(data["inner"]),
        )
