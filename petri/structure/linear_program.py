"""The solver of linear programs: HiGHS by way of scipy, imported when it is first asked for."""

from __future__ import annotations

import sys
import time
from typing import Any

from transition_systems.budget import require_memory

__all__ = ["linear_program", "load_linear_program"]

# What the libraries behind the solver map when they are loaded, amply.
BYTES_TO_LOAD = 1 << 29
# With fewer seconds for a whole question the solver is not loaded before it is needed.
TIME_TO_LOAD = 2.0


def load_linear_program(left: float | None) -> None:
    """Load the solver where a question is shared out to engines that will ask it.

    It takes half a second, once in a process, which should not be the share of the first engine.

    Parameters
    ----------
    left
        The seconds for the question; with fewer than 2 nothing is done.

    Examples
    --------
    >>> load_linear_program(None)
    """
    if left is None or left >= TIME_TO_LOAD:
        linear_program([1.0], bounds=(2, None), method="highs")


def linear_program(*arguments: Any, **named: Any) -> Any:
    """Solve a linear program as :func:`scipy.optimize.linprog` does, with the same arguments.

    A time limit counts from here, with what loading the solver takes when it is first asked for.

    Raises
    ------
    MemoryError
        When a limit of the process leaves no room to load the solver: its linear algebra would
        wait for ever then.

    Examples
    --------
    >>> linear_program([1.0], bounds=(2, None), method="highs").x.tolist()
    [2.0]
    """
    if "scipy.optimize" not in sys.modules:
        require_memory(BYTES_TO_LOAD)
    started = time.monotonic()
    from scipy.optimize import linprog

    limit = named.get("options", {}).get("time_limit")
    if limit is not None:  # loading the solver takes a second or so, once
        left = max(0.0, limit - (time.monotonic() - started))
        named["options"] = {**named["options"], "time_limit": left}
    return linprog(*arguments, **named)
