"""Verdicts: what every decision procedure returns."""

from __future__ import annotations

import builtins
import sys
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import Any

from transition_systems.errors import UndecidedError
from transition_systems.evidence import Evidence, Parts
from transition_systems.run import Lasso, Run

__all__ = ["Exactness", "Outcome", "Statistics", "Verdict", "versions"]


class Outcome(StrEnum):
    """The three outcomes of a decision."""

    HOLDS = "HOLDS"
    VIOLATED = "VIOLATED"
    UNKNOWN = "UNKNOWN"


class Exactness(StrEnum):
    """What an approximated model still tells about the property."""

    EXACT = "exact"
    PROOFS_ONLY = "proofs-only"
    BUGS_ONLY = "bugs-only"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What a decision cost.

    Parameters
    ----------
    method
        The engine that answered.
    states, arcs
        How many it stored; 0 for an engine without states.
    seconds
        Wall seconds for the decision with its evidence.
    peak_bytes
        Bytes accounted by the engine.
    """

    method: str
    states: int = 0
    arcs: int = 0
    seconds: float = 0.0
    peak_bytes: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the statistics as plain data."""
        return {
            "method": self.method,
            "states": self.states,
            "arcs": self.arcs,
            "seconds": self.seconds,
            "peak_bytes": self.peak_bytes,
        }


def versions() -> dict[str, str]:
    """Return the versions that a result depends on: netproof, python, numpy."""
    return dict(_versions())


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    import numpy

    from transition_systems import __version__

    return (
        ("netproof", __version__),
        ("python", ".".join(str(part) for part in sys.version_info[:3])),
        ("numpy", numpy.__version__),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to one question about one model, with what makes it believable.

    Parameters
    ----------
    property
        The property's name or formula.
    outcome
        ``HOLDS``, ``VIOLATED`` or ``UNKNOWN``.
    statistics
        What the decision cost.
    evidence
        The piece that proves the outcome; ``None`` only for ``UNKNOWN``.
    reason
        Why the outcome is ``UNKNOWN``; ``None`` otherwise.
    explanation
        Sentences for a reader.
    exactness
        What the translation leaves of the answer.
    abstract_outcome
        The outcome on the approximated model, where that is all there is.
    assumptions
        Sentences that define the question.
    parts
        The verdicts that this one is made of (soundness has three).
    seed
        The seed of a randomised engine.

    Examples
    --------
    >>> verdict = Verdict(property="deadlock", outcome=Outcome.UNKNOWN,
    ...                   statistics=Statistics(method="explicit"), reason="out of time")
    >>> bool(verdict)
    Traceback (most recent call last):
    ...
    transition_systems.errors.UndecidedError: 'deadlock' is UNKNOWN: out of time
    """

    property: str
    outcome: Outcome
    statistics: Statistics
    evidence: Evidence | None = None
    reason: str | None = None
    explanation: tuple[str, ...] = ()
    exactness: Exactness = Exactness.EXACT
    abstract_outcome: Outcome | None = None
    assumptions: tuple[str, ...] = ()
    parts: tuple[Verdict, ...] = ()
    seed: int | None = None
    versions: dict[str, str] = field(default_factory=versions, compare=False)

    def __bool__(self) -> bool:
        if self.outcome is Outcome.UNKNOWN:
            raise UndecidedError(f"{self.property!r} is UNKNOWN: {self.reason}")
        return self.outcome is Outcome.HOLDS

    @builtins.property
    def holds(self) -> bool:
        """Whether the outcome is ``HOLDS``; never raises."""
        return self.outcome is Outcome.HOLDS

    @builtins.property
    def violated(self) -> bool:
        """Whether the outcome is ``VIOLATED``; never raises."""
        return self.outcome is Outcome.VIOLATED

    @builtins.property
    def unknown(self) -> bool:
        """Whether the outcome is ``UNKNOWN``."""
        return self.outcome is Outcome.UNKNOWN

    @builtins.property
    def witness(self) -> Run | Lasso | None:
        """The run or lasso of the evidence that is worth showing, if there is one."""
        return None if self.evidence is None else _witness(self.evidence)

    def explain(self) -> str:
        """Return the explanation as sentences in plain words."""
        if self.explanation:
            return " ".join(self.explanation)
        if self.outcome is Outcome.UNKNOWN:
            return f"It is not known whether {self.property} holds: {self.reason}."
        word = "holds" if self.holds else "does not hold"
        return f"{self.property} {word}."

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from transition_systems.showing import outcome_text, verdict_html

        text = f"{outcome_text(self.outcome)} {self.property}: {self.reason or self.explain()}"
        return {"text/plain": text, "text/html": verdict_html(self)}

    def with_(self, **changes: Any) -> Verdict:
        """Return a copy with some fields replaced."""
        return replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as plain data with every field present."""
        witness = self.witness
        return {
            "property": self.property,
            "outcome": str(self.outcome),
            "exactness": str(self.exactness),
            "abstract_outcome": None
            if self.abstract_outcome is None
            else str(self.abstract_outcome),
            "reason": self.reason,
            "explanation": self.explain(),
            "assumptions": list(self.assumptions),
            "witness": None if witness is None else witness.to_dict(),
            "evidence": None if self.evidence is None else self.evidence.to_dict(),
            "statistics": self.statistics.to_dict(),
            "seed": None if self.seed is None else int(self.seed),
            "versions": dict(self.versions),
        }


def _witness(evidence: Evidence) -> Run | Lasso | None:
    for name in ("run", "lasso"):
        found: Run | Lasso | None = getattr(evidence, name, None)
        if found is not None:
            return found
    if isinstance(evidence, Parts) and len(evidence.parts) == 1:
        return _witness(evidence.parts[0][1])
    return None
