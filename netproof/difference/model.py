"""What has changed between two models: verdicts, elements, runs."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from netproof.report.model import VerdictReport
from transition_systems.errors import UndecidedError
from transition_systems.run import Run
from transition_systems.source_span import SourceSpan
from transition_systems.verdict import Outcome, versions

__all__ = [
    "SCHEMA",
    "Difference",
    "ElementChange",
    "RunDifference",
    "RunStep",
    "Runs",
    "Side",
    "VerdictChange",
]

SCHEMA = "netproof/diff/1"
Change = Literal["same", "better", "worse", "undecided", "incomparable"]
Kind = Literal[
    "added", "removed", "renamed", "kind", "condition", "redirected", "moved", "attribute"
]


def _place(span: SourceSpan | None) -> dict[str, Any] | None:
    return None if span is None else span.to_dict()


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two models: where it came from, in which format."""

    source: str
    format: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"source": self.source, "format": self.format}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictChange:
    """A property with its verdicts on both models.

    Parameters
    ----------
    property
        Its name or formula.
    old, new
        The verdicts; ``None`` where the question has no meaning for that model.
    old_reason, new_reason
        Why it has none.
    """

    property: str
    old: VerdictReport | None = None
    new: VerdictReport | None = None
    old_reason: str | None = None
    new_reason: str | None = None

    @builtins.property
    def change(self) -> Change:
        """How the outcome changed.

        ``worse`` is VIOLATED and was not, ``better`` HOLDS and did not, ``undecided`` UNKNOWN and
        was decided.

        Examples
        --------
        >>> VerdictChange(property="soundness").change
        'incomparable'
        """
        old = None if self.old is None else self.old.outcome
        new = None if self.new is None else self.new.outcome
        if new is Outcome.VIOLATED and old is not Outcome.VIOLATED:
            return "worse"
        if old is None or new is None:
            return "incomparable"
        if old is new:
            return "same"
        return "better" if new is Outcome.HOLDS else "undecided"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "property": self.property,
            "change": self.change,
            "old": _verdict(self.old, self.old_reason),
            "new": _verdict(self.new, self.new_reason),
        }


def _verdict(entry: VerdictReport | None, reason: str | None) -> dict[str, Any]:
    if entry is None:
        return {"outcome": None, "exactness": None, "reason": reason, "explanation": None,
                "witness": None, "rechecked": None}  # fmt: skip
    verdict = entry.verdict
    return {
        "outcome": str(verdict.outcome),
        "exactness": str(verdict.exactness),
        "reason": verdict.reason,
        "explanation": verdict.explain(),
        "witness": None if entry.witness is None else entry.witness.to_dict(),
        "rechecked": entry.rechecked,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementChange:
    """One change of one element.

    Parameters
    ----------
    change
        What happened to it.
    what
        What it is, in plain words: ``"user task"``, ``"flow"``.
    element
        Its id, in the new model where it is there.
    title
        What a reader calls it.
    aspect
        For ``attribute``: what of it changed.
    old, new
        How it was and how it is, in words; ``None`` where there is nothing.
    old_source, new_source
        Where it was written in each file.
    """

    change: Kind
    what: str
    element: str
    title: str
    aspect: str | None = None
    old: str | None = None
    new: str | None = None
    old_source: SourceSpan | None = field(default=None, compare=False)
    new_source: SourceSpan | None = field(default=None, compare=False)

    def sentence(self) -> str:
        """Return the change in words.

        Examples
        --------
        >>> ElementChange(change="renamed", what="task", element="a", title="Pay",
        ...               old="Pay", new="Pay now").sentence()
        'task “Pay” is now called “Pay now”'
        """
        subject = f"{self.what} {self.title}"
        match self.change:
            case "added" | "removed":
                return subject + (f" ({self.new or self.old})" if self.new or self.old else "")
            case "renamed":
                now = "has no name now" if self.new is None else f"is now called “{self.new}”"
                was = f"“{self.old}”" if self.old else f"without a name ({self.element})"
                return f"{self.what} {was} {now}"
            case "kind":
                return f"{self.title}: {self.old} → {self.new}"
            case "redirected":
                return f"{subject}: {self.old} → {self.new}"
            case _:
                name = self.aspect or {"condition": "condition", "moved": "place"}[self.change]
                return f"{subject}: {name} {self.old or 'none'} → {self.new or 'none'}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "change": self.change,
            "what": self.what,
            "element": self.element,
            "title": self.title,
            "aspect": self.aspect,
            "old": self.old,
            "new": self.new,
            "text": self.sentence(),
            "old_source": _place(self.old_source),
            "new_source": _place(self.new_source),
        }


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
    """

    gained: RunDifference
    lost: RunDifference
    pairs: int = 0
    old_states: int = 0
    new_states: int = 0
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "gained": self.gained.to_dict(),
            "lost": self.lost.to_dict(),
            "pairs": self.pairs,
            "old_states": self.old_states,
            "new_states": self.new_states,
            "seconds": self.seconds,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What has changed from one model to another.

    It is true where something has changed, false where all is proved the same; where no change is
    known and something is undecided, asking for its truth raises :class:`UndecidedError`.

    Parameters
    ----------
    old, new
        The models.
    verdicts
        All properties, changed or not.
    elements
        Changes of elements; drawing alone is no change.
    runs
        The comparison of the runs.
    assumptions
        Sentences that define the question.
    notes
        How the models were compared.
    options
        The options that shaped the result.
    """

    old: Side
    new: Side
    verdicts: tuple[VerdictChange, ...]
    elements: tuple[ElementChange, ...]
    runs: Runs
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=versions, compare=False)

    @property
    def same(self) -> bool | None:
        """Whether nothing has changed; ``None`` where no change is known and not all is decided."""
        changes = {verdict.change for verdict in self.verdicts}
        status = {self.runs.gained.status, self.runs.lost.status}
        if self.elements or "found" in status or changes & {"better", "worse"}:
            return False
        return None if "unknown" in status or "undecided" in changes else True

    @property
    def worse(self) -> tuple[VerdictChange, ...]:
        """The verdicts that are VIOLATED now and were not."""
        return tuple(verdict for verdict in self.verdicts if verdict.change == "worse")

    @property
    def internal(self) -> bool:
        """Whether a piece of evidence failed its recheck: a fault of ours."""
        entries = [e for v in self.verdicts for e in (v.old, v.new) if e is not None]
        return any(entry.rechecked == "failed" for entry in entries)

    @property
    def exit_code(self) -> int:
        """70 internal, 1 a verdict got worse, 3 one is no longer decided, 0 otherwise."""
        if self.internal:
            return 70
        if self.worse:
            return 1
        return 3 if any(verdict.change == "undecided" for verdict in self.verdicts) else 0

    def __bool__(self) -> bool:
        if self.same is None:
            reason = self.runs.gained.reason or self.runs.lost.reason or "a verdict is UNKNOWN"
            raise UndecidedError(f"it is not known whether anything has changed: {reason}")
        return not self.same

    def __str__(self) -> str:
        from netproof.difference.text import difference_text

        return difference_text(self, colour=False)

    def __repr__(self) -> str:
        from netproof.difference.text import summary

        return f"<Difference of {self.old.source!r} and {self.new.source!r}: {summary(self)}>"

    def _repr_html_(self) -> str:
        from netproof.difference.notebook import difference_html

        return difference_html(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the difference in the form of its published schema."""
        count = [verdict.change for verdict in self.verdicts]
        return {
            "schema": SCHEMA,
            "versions": dict(self.versions),
            "options": dict(self.options),
            "old": self.old.to_dict(),
            "new": self.new.to_dict(),
            "same": self.same,
            "summary": {
                "worse": count.count("worse"),
                "better": count.count("better"),
                "undecided": count.count("undecided"),
                "elements": len(self.elements),
                "gained": self.runs.gained.status,
                "lost": self.runs.lost.status,
            },
            "verdicts": [verdict.to_dict() for verdict in self.verdicts],
            "elements": [element.to_dict() for element in self.elements],
            "runs": self.runs.to_dict(),
            "assumptions": list(self.assumptions),
            "notes": list(self.notes),
        }
