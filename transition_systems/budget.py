"""Budgets: how many states, seconds and bytes an analysis may use.

A :class:`Budget` is a plain value. An engine calls :meth:`Budget.start` and asks the running
:class:`Meter` at each round; running out is never an exception but a named reason, so that what
was found before is kept.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from mmap import mmap

from transition_systems.errors import UndecidedError

try:
    import resource
except ImportError:  # a system without such limits
    resource = None  # type: ignore[assignment]

__all__ = ["NO_MEMORY", "OUT_OF_TIME", "RESERVE", "Budget", "Meter", "require_memory"]

# The reason of an engine that the operating system gave no more memory.
NO_MEMORY = "there is not enough memory"
OUT_OF_TIME = "the time budget is used up"
RESERVE = 1 << 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What an analysis may use; ``None`` means without limit.

    Parameters
    ----------
    states
        The largest number of states to store.
    seconds
        Wall time in seconds from :meth:`start`.
    bytes
        Bytes that the engine accounts for its own arrays.
    deadline
        An absolute time of :func:`time.monotonic`, for several analyses that share one allowance.

    Examples
    --------
    >>> Budget(states=10).start().exhausted(states=11)
    'the budget of 10 states is used up'
    """

    states: int | None = None
    seconds: float | None = None
    bytes: int | None = None
    deadline: float | None = None

    def start(self) -> Meter:
        """Return a meter whose clock starts now."""
        return Meter(self)

    def fixed(self) -> Budget:
        """Return a budget whose seconds are turned into an absolute deadline, to be shared."""
        if self.seconds is None:
            return self
        end = time.monotonic() + self.seconds
        deadline = end if self.deadline is None else min(end, self.deadline)
        return Budget(states=self.states, bytes=self.bytes, deadline=deadline)

    def remaining(self) -> float | None:
        """Return the seconds that are left, never negative, or ``None`` without a limit."""
        left = [] if self.seconds is None else [self.seconds]
        if self.deadline is not None:
            left.append(self.deadline - time.monotonic())
        return max(0.0, min(left)) if left else None


class Meter:
    """A running budget: asked at each round of an engine.

    Where the process has a limit of its memory, the meter also looks whether :data:`RESERVE` bytes
    are left of it: what was found has to be put together when an engine ends, and libraries are
    seldom ready for an allocation that fails.
    """

    __slots__ = ("_limited", "budget", "end", "started")

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._limited = _memory_is_limited()
        self.started = time.monotonic()
        left = budget.remaining()
        self.end = None if left is None else self.started + left

    @property
    def seconds(self) -> float:
        """Wall seconds since the start."""
        return time.monotonic() - self.started

    def out_of_time(self) -> bool:
        """Return whether the time is used up."""
        return self.end is not None and time.monotonic() >= self.end

    def look(self) -> None:
        """Raise :class:`~transition_systems.errors.UndecidedError` when the time is used up.

        Examples
        --------
        >>> Budget(seconds=0).start().look()
        Traceback (most recent call last):
        ...
        transition_systems.errors.UndecidedError: the time budget is used up
        """
        self.require_time()

    def exhausted(self, *, states: int = 0, bytes: int = 0) -> str | None:
        """Return the reason why the budget is used up, or ``None`` while it is not."""
        limit = self.budget
        if limit.states is not None and states > limit.states:
            return f"the budget of {limit.states} states is used up"
        if limit.bytes is not None and bytes > limit.bytes:
            return f"the budget of {limit.bytes} bytes is used up"
        if self.out_of_time():
            return OUT_OF_TIME
        return NO_MEMORY if self._limited and not _memory_is_left() else None

    def require_time(self) -> None:
        """Raise :class:`~transition_systems.errors.UndecidedError` when the time is used up."""
        if self.out_of_time():
            raise UndecidedError(OUT_OF_TIME)
        if self._limited and not _memory_is_left():
            raise UndecidedError(NO_MEMORY)


def _memory_is_limited() -> bool:
    """Return whether this process may not have as much memory as it asks for."""
    return resource is not None and resource.getrlimit(resource.RLIMIT_AS)[0] >= 0


def _memory_is_left(wanted: int = RESERVE) -> bool:
    """Return whether so many bytes could be had; nothing of them is written to."""
    try:
        mmap(-1, wanted).close()
    except OSError:
        return False
    return True


def require_memory(wanted: int) -> None:
    """Raise :class:`MemoryError` where a limit of this process leaves less than so many bytes.

    Parameters
    ----------
    wanted
        Bytes, for a library that does not survive an allocation that fails.

    Examples
    --------
    >>> require_memory(1 << 20)
    """
    if _memory_is_limited() and not _memory_is_left(wanted):
        raise MemoryError(NO_MEMORY)
