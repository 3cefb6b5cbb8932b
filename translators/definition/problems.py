"""The named errors of definitions: each has a stable code, a place and, where known, a mend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from transition_systems.errors import InputError
from transition_systems.properties.names import nearest_names
from transition_systems.source_span import SourceSpan

__all__ = ["CODES", "Problem", "Problems", "nearest"]

#: Every code, with what it says.
CODES = {
    "bad-expression": "a condition or mapping does not parse",
    "bad-value": "a value is not of the kind that its key asks for",
    "duplicate-id": "two activities, transitions or variables have the same id",
    "duplicate-key": "a key stands twice in one map",
    "missing-key": "a key that is needed is missing",
    "no-end": "there is no end activity",
    "no-start": "there is no start activity",
    "read-before-write": "a variable is read where nothing can have written it",
    "transition-from-end": "a transition leaves an end activity",
    "type-mismatch": "a type does not fit",
    "unknown-key": "a key is not known",
    "unknown-reference": "an activity or variable is named that does not exist",
    "unknown-type": "the type of a variable is not known",
    "unreachable-activity": "no way leads from the start activity to an activity",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in a definition."""

    code: str
    message: str
    span: SourceSpan
    found: str | None = None
    expected: str | None = None
    mend: str | None = None


class Problems:
    """All that is wrong in one file, told at once."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(
        self,
        code: str,
        message: str,
        span: SourceSpan,
        *,
        found: str | None = None,
        expected: str | None = None,
        mend: str | None = None,
    ) -> None:
        """Add a problem; its code must be one of ``CODES``."""
        if code not in CODES:
            raise KeyError(code)
        self.found.append(
            Problem(
                code=code, message=message, span=span, found=found, expected=expected, mend=mend
            )
        )

    def raise_if_any(self) -> None:
        """Raise the first problem in the file, naming the lines of up to five others."""
        if not self.found:
            return
        ordered = sorted(self.found, key=lambda p: (p.span.line or 0, p.span.column or 0))
        first, others = ordered[0], ordered[1:]
        message = f"{first.code}: {first.message}"
        if others:
            named = ", ".join(f"line {p.span.line}: {p.code}" for p in others[:5])
            more = ", ..." if len(others) > 5 else ""
            message += f" (and {len(others)} more: {named}{more})"
        raise InputError(
            message,
            span=first.span,
            found=first.found,
            expected=first.expected,
            mend=first.mend,
        )


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return a mend that names the nearest known name, or lists a few, ``None`` without any."""
    names = list(known)
    near = nearest_names(name, names, 1)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"Known: {', '.join(sorted(names)[:12])}" if names else None
