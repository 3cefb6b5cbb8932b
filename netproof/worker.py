"""What a worker process does: check one file after another, and tell how it goes.

Files come by standard input, reports go by standard output, both as pickles between a parent and
its own child. A file that outlasts its budget, or brings the process down, costs only itself.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from dataclasses import dataclass
from typing import BinaryIO, Literal

from netproof.checking import CheckOptions
from netproof.guarded import guarded
from netproof.report.model import ModelReport
from transition_systems.progress import Progress

__all__ = ["Message", "Task", "main", "serve"]

INTERVAL = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A file to check, with its number among all files."""

    number: int
    source: str
    options: CheckOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a worker tells.

    Parameters
    ----------
    kind
        ``ready`` (a task may come), ``progress``, ``partial`` (a report so far), ``done``.
    report, progress
        What is told.
    """

    kind: Literal["ready", "progress", "partial", "done"]
    report: ModelReport | None = None
    progress: Progress | None = None


def serve(tasks: BinaryIO, answers: BinaryIO) -> None:
    """Check each task that comes until there are no more."""

    def send(message: Message) -> None:
        pickle.dump(message, answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()

    last = 0.0

    def tell(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= INTERVAL:
            last = now
            send(Message(kind="progress", progress=progress))

    def publish(report: ModelReport) -> None:
        send(Message(kind="partial", report=report.without_models()))

    send(Message(kind="ready"))
    while True:
        try:
            task = pickle.load(tasks)  # noqa: S301 - from our own parent
        except EOFError:
            return
        report = guarded(task.source, task.options, tell, publish)
        send(Message(kind="done", report=report.without_models()))


def main() -> None:
    """Serve the parent process; what libraries print goes to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        serve(sys.stdin.buffer, answers)
    except BrokenPipeError:
        os._exit(0)
