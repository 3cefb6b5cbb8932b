"""The errors of the toolkit: one root, a short flat family.

Exceptions are for malformed input and for misuse. An analysis that cannot decide does not raise:
it returns a verdict whose outcome is ``UNKNOWN``.
"""

from __future__ import annotations

from transition_systems.source_span import SourceSpan

__all__ = [
    "ExpressionError",
    "FiringError",
    "InputError",
    "NetproofError",
    "RecheckError",
    "UndecidedError",
    "UnlistedError",
    "UnsupportedError",
    "UsageError",
]


class NetproofError(Exception):
    """Root of every error that the toolkit raises on purpose."""


class UsageError(NetproofError, ValueError):
    """A function or command was called in a way that has no meaning; the message says what has."""


class UnlistedError(UsageError):
    """The states of a model cannot be listed, as a counter is too large; others may decide it."""


class InputError(NetproofError, ValueError):
    """A file or text cannot be read.

    Parameters
    ----------
    message
        What is wrong, in one sentence without a full stop.
    span
        Where: file, line, column and element id, each if known.
    found, expected, mend
        What stood there, what was expected, and how to mend it, each if known.
    """

    def __init__(
        self,
        message: str,
        *,
        span: SourceSpan | None = None,
        found: str | None = None,
        expected: str | None = None,
        mend: str | None = None,
    ) -> None:
        self.message = message
        self.span = span
        self.found = found
        self.expected = expected
        self.mend = mend
        super().__init__(self.text())

    def text(self) -> str:
        """Return the whole error as one line: place, what, found, expected, mend."""
        place = f"{self.span}: " if self.span is not None and str(self.span) else ""
        tail = ""
        if self.found is not None:
            tail += f"; found {self.found}"
        if self.expected is not None:
            tail += f"; expected {self.expected}"
        if self.mend is not None:
            tail += f". {self.mend}"
        return f"{place}{self.message}{tail}"

    def __reduce__(self) -> tuple[object, ...]:
        return (
            _rebuild,
            (type(self), self.message, self.span, self.found, self.expected, self.mend),
        )


def _rebuild(
    kind: type[InputError],
    message: str,
    span: SourceSpan | None,
    found: str | None,
    expected: str | None,
    mend: str | None,
) -> InputError:
    return kind(message, span=span, found=found, expected=expected, mend=mend)


class UnsupportedError(InputError):
    """A file is well-formed but holds a kind of element that is not supported; it is named."""


class ExpressionError(InputError):
    """An expression or a formula does not parse or does not type-check."""


class FiringError(NetproofError, ValueError):
    """A step was asked for that the model does not allow; the message says why."""


class UndecidedError(NetproofError):
    """Nobody knows: the truth of an UNKNOWN verdict was asked for, or a budget ended.

    A decision procedure never raises it: it returns a verdict, UNKNOWN with the reason. What has
    no verdict to return, but a system, an automaton or yes or no, raises it at the end of its
    budget, and whoever calls that on the way to a verdict tells UNKNOWN.
    """


class RecheckError(NetproofError):
    """A piece of evidence does not prove its claim, or belongs to another model."""
