"""What is answered where the operating system gives no more memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from petri.arguments import require_arguments
from transition_systems.budget import NO_MEMORY
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["ADVICE", "advised", "within_memory"]

ADVICE = (
    "a budget of states or bytes ends the list of markings before that, and petri.decide or "
    "method='symbolic' may answer without such a list"
)

Asked = ParamSpec("Asked")


def advised(reason: str) -> str:
    """Return why nothing is known, with what to do where that was the memory.

    Examples
    --------
    >>> advised("the time budget is used up")
    'the time budget is used up'
    """
    if ADVICE in reason:
        return reason
    return reason.replace(NO_MEMORY, f"{NO_MEMORY} ({ADVICE})", 1)


def within_memory(
    property: str | Callable[..., str],
) -> Callable[[Callable[Asked, Verdict]], Callable[Asked, Verdict]]:
    """Make a decision procedure answer UNKNOWN where it would end for want of memory.

    Its net, budget, seed and callback are looked at before.

    Parameters
    ----------
    property
        The property's name in that verdict, or what returns it, called with the same arguments.

    Returns
    -------
    callable
        A decorator, which leaves signature and every other answer as they are.

    Notes
    -----
    What the procedure held is given back before the verdict is made. Engines that keep what they
    have found say so themselves; this is for what comes between and after them.

    Examples
    --------
    >>> from petri import PetriNet
    >>> @within_memory("a large question")
    ... def decide(net: PetriNet) -> Verdict:
    ...     raise MemoryError
    >>> decide(PetriNet(places=["p"], transitions=[])).reason.partition(" (")[0]
    'there is not enough memory'
    """

    def around(decide: Callable[Asked, Verdict]) -> Callable[Asked, Verdict]:
        @wraps(decide)
        def guarded(*args: Asked.args, **kwargs: Asked.kwargs) -> Verdict:
            started = time.monotonic()
            require_arguments(
                args[0] if args else kwargs.get("net"), budget=kwargs.get("budget"),
                seed=kwargs.get("seed"), progress=kwargs.get("progress"),
            )  # fmt: skip
            try:
                return decide(*args, **kwargs)
            except MemoryError:
                pass  # with it go the arrays in its traceback
            name = property if isinstance(property, str) else property(*args, **kwargs)
            named, method = kwargs.get("name"), kwargs.get("method")
            return Verdict(
                property=named if isinstance(named, str) else name,
                outcome=Outcome.UNKNOWN,
                statistics=Statistics(
                    method=method if isinstance(method, str) else "auto",
                    seconds=time.monotonic() - started,
                ),
                reason=advised(NO_MEMORY),
            )

        return guarded

    return around
