"""What a recheck answers, and the clock and size limits under which it works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from transition_systems.budget import Budget
from transition_systems.errors import NetproofError

__all__ = ["RecheckResult", "RefusedError", "SkippedError", "Watch", "guarded"]

MALFORMED = (
    NetproofError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError,
    ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecheckResult:
    """The answer of a recheck; true where it passed.

    Parameters
    ----------
    status
        ``"passed"``: the evidence proves the claim. ``"failed"``: it does not, or it belongs to
        another model. ``"skipped"``: nothing is known, the reason says why.
    reason
        A sentence; ``None`` when passed.

    Examples
    --------
    >>> RecheckResult("passed").passed
    True
    """

    status: Literal["passed", "failed", "skipped"]
    reason: str | None = None

    def __bool__(self) -> bool:
        return self.passed

    @property
    def passed(self) -> bool:
        """Whether the evidence proves the claim."""
        return self.status == "passed"


class RefusedError(Exception):
    """The evidence does not prove what it should."""


class SkippedError(Exception):
    """The evidence cannot be checked here; nothing is known about it."""


class Watch:
    """The clock of one recheck, and its limit of bytes.

    Parameters
    ----------
    budget
        Its seconds (or deadline) and bytes count; states play no part.
    """

    __slots__ = ("_bytes", "_meter")

    def __init__(self, budget: Budget | None = None) -> None:
        limit = budget or Budget()
        self._meter = limit.start()
        self._bytes = limit.bytes

    def tick(self) -> None:
        """Stop with :class:`SkippedError` when the time is used up."""
        if self._meter.out_of_time():
            raise SkippedError("the time budget was used up before the evidence was rechecked")

    def fits(self, size: int) -> None:
        """Stop with :class:`SkippedError` when ``size`` bytes are more than the budget allows."""
        if self._bytes is not None and size > self._bytes:
            raise SkippedError(
                f"rechecking needs about {size} bytes, more than the budget of {self._bytes}"
            )

    def milliseconds(self) -> int | None:
        """Return the time that is left, at least one millisecond; ``None`` without a limit."""
        self.tick()
        if self._meter.end is None:
            return None
        left = self._meter.end - self._meter.started - self._meter.seconds
        return max(1, min(int(left * 1000), (1 << 32) - 2))


def guarded(work: Callable[[], None]) -> RecheckResult:
    """Run a check; turn what it raises into an answer. Malformed evidence fails."""
    try:
        work()
    except RefusedError as error:
        return RecheckResult("failed", str(error))
    except SkippedError as error:
        return RecheckResult("skipped", str(error))
    except MemoryError:
        return RecheckResult("skipped", "rechecking needs more memory than there is")
    except MALFORMED as error:
        return RecheckResult("failed", f"the evidence is malformed: {error}")
    return RecheckResult("passed")
