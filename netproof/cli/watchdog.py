"""The last resort against a step that outlasts its budget: report what is there, and end."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType

from netproof.report.model import Report

__all__ = ["Watchdog"]

GRACE = 1.2


class Watchdog:
    """Ends the process a little after its deadline, with the report as far as it has come.

    Engines look at the clock themselves; this is for a step inside a library that does not.

    Parameters
    ----------
    deadline
        Absolute time of :func:`time.monotonic`, or ``None`` for no watch.
    finish
        Returns the report so far.
    code
        Returns the exit code of a report.
    arguments, outputs
        Where the report goes.
    """

    def __init__(
        self,
        deadline: float | None,
        finish: Callable[[], Report],
        code: Callable[[Report], int],
        arguments: argparse.Namespace,
        outputs: list[tuple[str, str]],
    ) -> None:
        self.deadline = deadline
        self.finish = finish
        self.code = code
        self.arguments = arguments
        self.outputs = outputs
        self.over = threading.Event()

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
        self.over.set()

    def _watch(self) -> None:
        assert self.deadline is not None
        if self.over.wait(max(0.0, self.deadline + GRACE - time.monotonic())):
            return
        from netproof.cli.check_command import emit

        report = self.finish()
        emit(report, self.arguments, self.outputs)
        sys.stdout.flush()
        os._exit(self.code(report))
