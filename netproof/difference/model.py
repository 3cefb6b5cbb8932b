"""What has changed between two models: verdicts, elements, runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netproof.difference.changes import ElementChange, VerdictChange
from netproof.difference.run_changes import Runs
from transition_systems.errors import UndecidedError
from transition_systems.verdict import versions

__all__ = ["SCHEMA", "Difference", "Side"]

SCHEMA = "netproof/diff/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two models: where it came from, in which format."""

    source: str
    format: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"source": self.source, "format": self.format}


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
    elements_compared
        Whether elements were compared: those of a workflow and those of a net are not.
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
    elements_compared: bool = True
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=versions, compare=False)

    @property
    def same(self) -> bool | None:
        """Whether nothing has changed; ``None`` where no change is known and not all is decided."""
        changes = {verdict.change for verdict in self.verdicts}
        status = {self.runs.gained.status, self.runs.lost.status}
        if self.elements or self.moved or "found" in status or changes & {"better", "worse"}:
            return False
        return None if "unknown" in status or "undecided" in changes else True

    @property
    def worse(self) -> tuple[VerdictChange, ...]:
        """The verdicts that are VIOLATED now and were not."""
        return tuple(verdict for verdict in self.verdicts if verdict.change == "worse")

    @property
    def moved(self) -> tuple[VerdictChange, ...]:
        """The verdicts that are VIOLATED as they were, but at other elements."""
        return tuple(verdict for verdict in self.verdicts if verdict.moved is not None)

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
                "moved": len(self.moved),
                "elements": len(self.elements),
                "gained": self.runs.gained.status,
                "lost": self.runs.lost.status,
            },
            "verdicts": [verdict.to_dict() for verdict in self.verdicts],
            "elements_compared": self.elements_compared,
            "elements": [element.to_dict() for element in self.elements],
            "runs": self.runs.to_dict(),
            "assumptions": list(self.assumptions),
            "notes": list(self.notes),
        }
