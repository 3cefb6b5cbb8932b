"""How a model is to be checked, and where the time goes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Literal

from transition_systems.budget import Budget
from transition_systems.errors import UsageError

__all__ = ["DECIDE_SHARE", "DEFAULT_SECONDS", "CheckOptions", "Clock", "default_budget", "shares"]

DEFAULT_SECONDS = 30.0
DECIDE_SHARE, PROVE_SHARE = 0.6, 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """How to check a model.

    Parameters
    ----------
    properties
        Names or formulas; the defaults of the kind of model where empty.
    seconds, states
        Wall time for one file, all its properties, evidence and rechecks together; stored states.
    starts
        The reading of several start events.
    format
        Name of the format, recognised by content if ``None``.
    recheck
        Whether the evidence is rechecked.
    """

    properties: tuple[str, ...] = ()
    seconds: float = DEFAULT_SECONDS
    states: int | None = None
    starts: Literal["one", "all"] = "one"
    format: str | None = None
    recheck: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the options as plain data."""
        return {
            "properties": list(self.properties),
            "budget_seconds": self.seconds,
            "budget_states": self.states,
            "starts": self.starts,
            "from": self.format,
            "recheck": self.recheck,
        }


def default_budget(budget: Budget | float | None) -> Budget:
    """Return the budget that is meant, fixed: seconds, or 30 where none are given.

    Raises
    ------
    UsageError
        When the seconds are no positive number.

    Examples
    --------
    >>> 29 < default_budget(None).remaining() <= 30
    True
    """
    if isinstance(budget, Budget):
        return budget.fixed()
    if budget is not None and not 0 < budget < float("inf"):
        raise UsageError(f"a budget is a positive number of seconds, not {budget}")
    return Budget(seconds=DEFAULT_SECONDS if budget is None else float(budget)).fixed()


def shares(options: CheckOptions, end: float) -> tuple[Budget, Budget]:
    """Return the budget of the search, and the one of what is proved of a search without an end.

    Parameters
    ----------
    options
        Their states are those of the search.
    end
        Absolute time of :func:`time.monotonic`, by which the evidence is rechecked, too.

    Examples
    --------
    >>> search, proofs = shares(CheckOptions(states=9), time.monotonic() + 100)
    >>> 59 < search.remaining() <= 60, 79 < proofs.remaining() <= 80, search.states
    (True, True, 9)
    """
    now = time.monotonic()
    left = end - now
    search = Budget(states=options.states, deadline=now + left * DECIDE_SHARE)
    return search, Budget(states=options.states, deadline=now + left * PROVE_SHARE)


@dataclass(slots=True)
class Clock:
    """Wall seconds by stage."""

    seconds: dict[str, float] = field(default_factory=dict)
    mark: float = field(default_factory=time.monotonic)

    def lap(self, stage: str) -> None:
        now = time.monotonic()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self.mark
        self.mark = now
