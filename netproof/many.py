"""Many files: one by one in this process, or in worker processes that are watched."""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from netproof.checking import LATE, CheckOptions, not_reached
from netproof.guarded import guarded
from netproof.report.model import ModelReport
from netproof.worker import Message, Task
from transition_systems.errors import NetproofError
from transition_systems.progress import ProgressCallback

__all__ = ["GRACE", "check_sources"]

GRACE = 1.2
"""Seconds past its budget after which a worker is ended; the engines keep the budget before."""

START = "from netproof.worker import main; main()"
Publish = Callable[[int, ModelReport], None]
Item = tuple[int, str, CheckOptions]


def check_sources(
    sources: Sequence[str],
    options: Sequence[CheckOptions],
    *,
    jobs: int = 1,
    deadline: float | None = None,
    progress: ProgressCallback | None = None,
    publish: Publish | None = None,
    apart: bool | None = None,
) -> Iterator[tuple[int, ModelReport]]:
    """Check files, each within its budget; yield each entry with its number when it is done.

    Parameters
    ----------
    sources, options
        Paths, and how to check each.
    jobs
        Processes.
    deadline
        Absolute time of :func:`time.monotonic`; files whose turn comes later are UNKNOWN.
    progress
        A callback.
    publish
        Told of the report of a file so far, after each verdict.
    apart
        Whether worker processes are used: a file that outlasts its budget by more than
        :data:`GRACE` is then ended with what it had, and one that brings its process down costs
        only itself. By default, where there is more than one job. Without, the reports keep
        their models.

    Yields
    ------
    tuple of int and ModelReport
    """
    if apart is None:
        apart = jobs > 1 and len(sources) > 1
    items = list(zip(range(len(sources)), sources, options, strict=True))
    here = [item for item in items if not apart or item[1] == "-"]
    for number, source, option in here:
        tell = None if publish is None else partial(publish, number)
        yield number, guarded(source, _within(option, deadline), progress, tell)
    there = [item for item in items if apart and item[1] != "-"]
    if there:
        crew = _Crew(min(jobs, len(there)), deadline, progress, publish)
        try:
            yield from crew.results(there)
        finally:
            crew.end()


def _within(option: CheckOptions, deadline: float | None) -> CheckOptions:
    if deadline is None:
        return option
    return replace(option, seconds=min(option.seconds, deadline - time.monotonic()))


class _Worker:
    """A child process, and the file that it has."""

    def __init__(self, inbox: queue.SimpleQueue[tuple[_Worker, Message | None]]) -> None:
        self.task: Task | None = None
        self.ready = False
        self.ends = float("inf")
        self.partial: ModelReport | None = None
        root = str(Path(__file__).resolve().parent.parent)
        paths = [root, os.environ.get("PYTHONPATH", "")]
        self.process = subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-c", START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in paths if p)},
        )
        threading.Thread(target=self._listen, args=(inbox,), daemon=True).start()

    def _listen(self, inbox: queue.SimpleQueue[tuple[_Worker, Message | None]]) -> None:
        assert self.process.stdout is not None
        try:
            with self.process.stdout as stream, suppress(EOFError, OSError, pickle.PickleError):
                while True:
                    inbox.put((self, pickle.load(stream)))  # noqa: S301 - from our own child
        finally:
            inbox.put((self, None))

    def give(self, task: Task) -> None:
        """Let the process check a file; its time begins now."""
        assert self.process.stdin is not None
        self.task, self.partial = task, None
        self.ends = time.monotonic() + task.options.seconds + GRACE
        try:
            pickle.dump(task, self.process.stdin)
            self.process.stdin.flush()
        except OSError:
            self.ends = time.monotonic()

    def end(self) -> None:
        """Kill the process; its listener closes what it reads from."""
        self.process.kill()
        with suppress(OSError):
            if self.process.stdin is not None:
                self.process.stdin.close()
        self.process.wait()


class _Crew:
    """Workers with a shared list of files."""

    def __init__(
        self,
        size: int,
        deadline: float | None,
        progress: ProgressCallback | None,
        publish: Publish | None,
    ) -> None:
        self.size = size
        self.deadline = deadline
        self.progress = progress
        self.publish = publish
        self.inbox: queue.SimpleQueue[tuple[_Worker, Message | None]] = queue.SimpleQueue()
        self.workers: set[_Worker] = set()

    def end(self) -> None:
        """End all workers at once."""
        for worker in self.workers:
            worker.end()
        self.workers.clear()

    def results(self, items: Sequence[Item]) -> Iterator[tuple[int, ModelReport]]:
        """Yield the entry of each item when it is done."""
        waiting = list(reversed(items))
        left = len(items)
        while left:
            busy = sum(1 for worker in self.workers if worker.task is not None)
            while len(self.workers) < min(self.size, busy + len(waiting)):
                self.workers.add(_Worker(self.inbox))
            for number, entry in self._step(waiting):
                left -= 1
                yield number, entry

    def _step(self, waiting: list[Item]) -> Iterator[tuple[int, ModelReport]]:
        """Wait for one message, or for the end of a budget."""
        soonest = min(worker.ends for worker in self.workers)
        patience = None if soonest == float("inf") else max(0.0, soonest - time.monotonic())
        try:
            worker, message = self.inbox.get(timeout=patience)
        except queue.Empty:
            for late in [w for w in self.workers if w.ends <= time.monotonic()]:
                yield from self._lost(late, LATE)
            return
        if worker not in self.workers:
            return
        if message is None:
            yield from self._lost(worker, None)
        elif message.kind == "progress":
            if self.progress is not None and message.progress is not None:
                self.progress(message.progress)
        elif message.kind == "partial":
            worker.partial = message.report
            if self.publish is not None and worker.task is not None and message.report is not None:
                self.publish(worker.task.number, message.report)
        else:
            worker.ready = True
            if worker.task is not None and message.report is not None:
                number, worker.task = worker.task.number, None
                worker.ends = float("inf")
                yield number, message.report
            yield from self._next(worker, waiting)

    def _next(self, worker: _Worker, waiting: list[Item]) -> Iterator[tuple[int, ModelReport]]:
        """Give a worker its next file; files whose turn comes too late are answered here."""
        while waiting:
            number, source, option = waiting.pop()
            within = _within(option, self.deadline)
            if within.seconds > 0:
                worker.give(Task(number=number, source=source, options=within))
                return
            yield number, guarded(source, within)

    def _lost(self, worker: _Worker, why: str | None) -> Iterator[tuple[int, ModelReport]]:
        """End a worker that is late or dead, and answer for its file."""
        self.workers.discard(worker)
        worker.end()
        task = worker.task
        if task is None:
            if worker.ready:
                return
            raise NetproofError(
                f'a worker process could not be started; `{sys.executable} -c "{START}"` tells why'
            )
        if why is not None:
            late = worker.partial or not_reached(task.source, task.options, why)
            yield task.number, late
            return
        code = worker.process.returncode
        text = f"internal error: the process that checked it ended with {code}; please report it"
        yield task.number, ModelReport(source=task.source, error=text, internal=True)
