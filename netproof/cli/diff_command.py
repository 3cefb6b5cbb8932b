"""``netproof diff``: what changed between two files."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType

from netproof.cli.output_file import write_output
from netproof.cli.progress_line import ProgressLine
from netproof.comparing import diff
from netproof.difference.model import Difference
from netproof.difference.render import DIFF_FORMATS, render_difference
from netproof.loading import load
from netproof.properties import asked_properties
from transition_systems.budget import Budget
from transition_systems.errors import UsageError

__all__ = ["exit_code", "run"]

PARTS = ("verdicts", "elements", "language")
GRACE = 1.2
Emit = Callable[[Difference], int]


def run(arguments: argparse.Namespace) -> int:
    """Compare two files and print what changed; return the exit code."""
    outputs = [_output(text) for text in arguments.output or []]
    parts = _parts(arguments.fail_on_change)
    if arguments.old == "-" and arguments.new == "-":
        raise UsageError("only one of the two files can come from standard input")
    properties = tuple(arguments.properties or ())
    asked_properties(properties)
    seconds = arguments.budget_seconds
    budget = Budget(states=arguments.budget_states, seconds=seconds).fixed()

    def emit(difference: Difference) -> int:
        for name, path in outputs:
            write_output(path, render_difference(difference, name))
        sys.stdout.write(render_difference(difference, arguments.output_format))
        sys.stdout.flush()
        return exit_code(difference, parts, zero=arguments.exit_zero)

    with _Watch(time.monotonic() + seconds + GRACE, emit) as watch, ProgressLine(2) as line:
        old = load(arguments.old, format=arguments.format)
        new = load(arguments.new, format=arguments.format)
        difference = diff(
            old, new, properties=properties, budget=budget, starts=arguments.starts or "one",
            runs=arguments.runs, progress=line.tell, publish=watch.keep,
        )  # fmt: skip
    return emit(difference)


def exit_code(difference: Difference, parts: tuple[str, ...] = (), *, zero: bool = False) -> int:
    """Return the exit code: 70 internal, 1 worse or an unwanted change, 3 undecided, 0 else.

    Parameters
    ----------
    difference
        The difference.
    parts
        What must not change at all: ``verdicts``, ``elements``, ``language``.
    zero
        Fail for internal errors only.
    """
    code = difference.exit_code
    if code == 70:
        return code
    if zero:
        return 0
    changes = {verdict.change for verdict in difference.verdicts} - {"same", "incomparable"}
    status = {difference.runs.gained.status, difference.runs.lost.status}
    unwanted = (
        ("verdicts" in parts and changes)
        or ("elements" in parts and difference.elements)
        or ("language" in parts and "found" in status)
    )
    if code == 1 or unwanted:
        return 1
    return 3 if "language" in parts and "unknown" in status else code


class _Watch:
    """Ends the process a little after its deadline, with the difference as far as it is known."""

    def __init__(self, end: float, emit: Emit) -> None:
        self.end, self.emit = end, emit
        self.known: Difference | None = None
        self.over = threading.Event()
        self.turn = threading.Lock()

    def keep(self, difference: Difference) -> None:
        """Remember what is known so far."""
        self.known = difference

    def __enter__(self) -> _Watch:
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self.turn:
            self.over.set()

    def _watch(self) -> None:
        if self.over.wait(max(0.0, self.end - time.monotonic())):
            return
        with self.turn:
            if self.over.is_set():
                return
            code = 3
            try:
                if self.known is None:
                    sys.stderr.write("netproof: the budget ended while the files were read\n")
                else:
                    code = self.emit(self.known) or 3
            finally:
                os._exit(code)


def _output(text: str) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    if not equals or not path:
        raise UsageError(f"--output takes FORMAT=PATH, not {text!r}")
    if name not in DIFF_FORMATS:
        raise UsageError(f"there is no diff format {name!r}; there are {', '.join(DIFF_FORMATS)}")
    return name, path


def _parts(text: str | None) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in (text or "").split(",") if part.strip())
    for part in parts:
        if part not in PARTS:
            raise UsageError(f"--fail-on-change takes {', '.join(PARTS)}, not {part!r}")
    return parts
