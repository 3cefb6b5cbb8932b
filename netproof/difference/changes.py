"""Changes of verdicts and of elements."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field
from typing import Any, Literal

from netproof.difference.moved import Moved
from netproof.report.model import VerdictReport
from transition_systems.source_span import SourceSpan
from transition_systems.verdict import Outcome

__all__ = ["ElementChange", "Kind", "VerdictChange"]

Change = Literal["same", "better", "worse", "undecided", "incomparable"]
Kind = Literal[
    "added", "removed", "renamed", "kind", "condition", "redirected", "moved", "attribute"
]


def _place(span: SourceSpan | None) -> dict[str, Any] | None:
    return None if span is None else span.to_dict()


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
    moved
        Where both are VIOLATED, but at other elements: which.
    """

    property: str
    old: VerdictReport | None = None
    new: VerdictReport | None = None
    old_reason: str | None = None
    new_reason: str | None = None
    moved: Moved | None = None

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
            "moved": None if self.moved is None else self.moved.to_dict(),
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
