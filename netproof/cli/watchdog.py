"""The last resort against a step that outlasts its budget: tell what is there, and end."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType

from transition_systems.budget import Budget

__all__ = ["OUT_OF_TIME", "Watchdog", "budget_of", "watched"]

OUT_OF_TIME = "the time budget is used up"
GRACE = 1.2


class Watchdog:
    """Ends the process a little after its deadline, with what was found so far.

    Engines look at the clock themselves; this is for a step inside a library that does not.

    Parameters
    ----------
    deadline
        Absolute time of :func:`time.monotonic`, or ``None`` for no watch.
    end
        Writes what was found so far and returns the exit code.
    """

    def __init__(self, deadline: float | None, end: Callable[[], int]) -> None:
        self.deadline = deadline
        self.end = end
        self.over = threading.Event()
        self.speaking = threading.Lock()

    def __enter__(self) -> Watchdog:
        if self.deadline is not None:
            threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self.speaking:  # not both of them tell
            self.over.set()

    def _watch(self) -> None:
        assert self.deadline is not None
        if self.over.wait(max(0.0, self.deadline + GRACE - time.monotonic())):
            return
        with self.speaking:
            if self.over.is_set():
                return
            code = self.end()
            sys.stdout.flush()
            os._exit(code)


def budget_of(arguments: argparse.Namespace) -> Budget:
    """Return the budget of a command, which began with its first import."""
    return Budget(deadline=arguments.began + arguments.budget_seconds)


def watched(arguments: argparse.Namespace, end: Callable[[], int]) -> Watchdog:
    """Return the watch over a command; none where the process is there for other things, too."""
    deadline = budget_of(arguments).deadline if arguments.alone else None
    return Watchdog(deadline, end)
