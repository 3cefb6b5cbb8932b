"""Runs that only one of two models allows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from transition_systems.run import Run
from transition_systems.source_span import SourceSpan

__all__ = ["RunDifference", "RunStep", "Runs"]


def _place(span: SourceSpan | None) -> dict[str, Any] | None:
    return None if span is None else span.to_dict()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStep:
    """An activity or event of a run, as a reader calls it."""

    label: str
    element: str
    source: SourceSpan | None = field(default=None, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"label": self.label, "element": self.element, "source": _place(self.source)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDifference:
    """The shortest run that only one of the models allows, or that there is none, or why not.

    Parameters
    ----------
    allowed_by
        Whose runs are meant.
    status
        ``found``, ``none`` (proved) or ``unknown``.
    steps
        The run; only the last step, or the end after it, is not allowed by the other model.
    ends
        Whether what the other model does not allow is to be done after the last step.
    instead
        What the other model allows there.
    may_end
        Whether the other model may be done there; ``None`` where it is not known what done means.
    run
        The same run with all its inner steps, on the user's own elements.
    rechecked
        Whether replaying the run showed again that one allows it and the other does not.
    reason
        Why it is not known; a run may still be there, and then it may not be real.
    """

    allowed_by: Literal["old", "new"]
    status: Literal["found", "none", "unknown"]
    steps: tuple[RunStep, ...] = ()
    ends: bool = False
    instead: tuple[str, ...] = ()
    may_end: bool | None = None
    run: Run | None = None
    rechecked: Literal["passed", "skipped"] = "skipped"
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "allowed_by": self.allowed_by,
            "status": self.status,
            "steps": [step.to_dict() for step in self.steps],
            "ends": self.ends,
            "instead": list(self.instead),
            "may_end": self.may_end,
            "run": None if self.run is None else self.run.to_dict(),
            "rechecked": self.rechecked,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """The comparison of all runs of both models.

    Parameters
    ----------
    gained, lost
        What is allowed now and was not, and the reverse.
    pairs, old_states, new_states
        How much was compared: pairs of sets of states, states of each model.
    seconds
        Wall seconds.
    same_steps
        Whether both models have the very same steps, so that there was nothing to compare.
    """

    gained: RunDifference
    lost: RunDifference
    pairs: int = 0
    old_states: int = 0
    new_states: int = 0
    seconds: float = 0.0
    same_steps: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "gained": self.gained.to_dict(),
            "lost": self.lost.to_dict(),
            "pairs": self.pairs,
            "old_states": self.old_states,
            "new_states": self.new_states,
            "seconds": self.seconds,
            "same_steps": self.same_steps,
        }
