"""The lines of one category of the contest, printed in order and all of them in time.

The formulas are read and the engines work in another process where there may be one: this one only
waits and prints, so that no long step of a library, nor the import of one, keeps it from its last
word.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import Literal, Protocol

from transition_systems.counted_words import counted
from transition_systems.errors import InputError, UnlistedError, UnsupportedError, UsageError

__all__ = ["Lines", "Teller", "told_in_time"]

# How often the clock is looked at, how much of what that was late is kept back, at most.
TICK, KEPT_BACK, MOST_KEPT_BACK, MOST_SECONDS = 0.05, 3.0, 0.2, 2.0
PR_SET_PDEATHSIG, TERMINATED = 1, 143
TO_JOIN = 0.2  # the other process is dead; what it held may take longer to go
UNDECIDED = "no engine decided them in the time and the memory that there were"
MEMORY = "there is not enough memory for more answers"


class Teller(Protocol):
    """What is told of the formulas of a category."""

    def ask(self, ids: Sequence[str]) -> None:
        """Take the ids of all formulas, before the first answer."""

    def tell(self, number: int, answer: str, technique: str) -> None:
        """Take one answer."""


Work = Callable[[Teller], None]


class Lines(Teller):
    """Prints each line as soon as all before it are known."""

    def __init__(self) -> None:
        self.ids: Sequence[str] | None = None
        self.lines: dict[int, str] = {}
        self.printed = 0
        self.lock = threading.Lock()

    def ask(self, ids: Sequence[str]) -> None:
        """Take the ids of all formulas, before the first answer."""
        self.ids = ids

    def tell(self, number: int, answer: str, technique: str) -> None:
        """Take one answer."""
        with self.lock:
            self.lines[number] = f"{answer} TECHNIQUES {technique}"
            self._print()

    def _print(self) -> None:
        while self.printed in self.lines:
            assert self.ids is not None
            sys.stdout.write(f"FORMULA {self.ids[self.printed]} {self.lines[self.printed]}\n")
            self.printed += 1
        sys.stdout.flush()

    def finish(self, known: Callable[[], Sequence[str]]) -> int:
        """Print what is left as not computed, and return how many these are.

        ``known`` are the ids where they were not told.
        """
        with self.lock:
            if self.ids is None:
                self.ids = known()
            left = [number for number in range(len(self.ids)) if number not in self.lines]
            for number in left:
                self.lines[number] = "CANNOT_COMPUTE TECHNIQUES NONE"
            self._print()
        return len(left)


@dataclass(frozen=True, slots=True)
class _Sent(Teller):
    """Sends what is told to the process that prints."""

    to: Connection

    def ask(self, ids: Sequence[str]) -> None:
        self.to.send(ids)

    def tell(self, number: int, answer: str, technique: str) -> None:
        self.to.send((number, answer, technique))


@dataclass(frozen=True, slots=True)
class _Fault:
    """What ended the work: its kind and its text."""

    kind: Literal["usage", "unsupported", "memory", "internal"]
    text: str


def told_in_time(work: Work, *, ids: Callable[[], Sequence[str]], ends: float, alone: bool) -> int:
    """Print all lines by an absolute time, while another process works; return the exit code.

    Parameters
    ----------
    work
        Is given what takes the ids and the answers.
    ids
        Reads the ids of the formulas, where the time was over before the work told them.
    ends
        When the last line is to be printed, of :func:`time.monotonic`. How late this process
        wakes up is measured, and that much is kept back.
    alone
        Whether this process is there for nothing else: it may end without waiting for the other
        one, and where it is asked to end, it prints all lines and does.

    Raises
    ------
    UsageError
        What the work raised as this, or as an error of its input.
    """
    lines = Lines()
    if "fork" not in multiprocessing.get_all_start_methods():
        return _from_here(lines, work, ids, ends)
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    worker = context.Process(target=_worker, args=(ours, theirs, work))
    sys.stdout.flush()
    worker.start()
    theirs.close()
    asked_to_end = threading.Event()
    if alone:
        signal.signal(signal.SIGTERM, lambda *_: asked_to_end.set())
    try:
        fault = _heard(lines, ours, ends, asked_to_end)
    finally:
        _end(worker)
    if fault is None or fault.kind != "usage":
        left = lines.finish(ids)
        if left and fault is None:
            sys.stderr.write(f"netproof: {counted(left, 'formula')} not computed: {UNDECIDED}\n")
    code = 0 if fault is None else _said(fault)
    code = TERMINATED if asked_to_end.is_set() else code
    worker.join(TO_JOIN if alone else None)
    if alone:
        sys.stderr.flush()
        os._exit(code)
    return code


def _heard(
    lines: Lines, ours: Connection, ends: float, asked_to_end: threading.Event
) -> _Fault | None:
    """Take answers until the work is done or the time is over; return the fault that ended it."""
    late, most = 0.0, min(MOST_KEPT_BACK * (ends - time.monotonic()), MOST_SECONDS)
    while True:
        now = time.monotonic()
        left = ends - min(KEPT_BACK * late, most) - now
        if left <= 0 or asked_to_end.is_set():
            return None
        wait = min(left, TICK)
        if not ours.poll(wait):
            late = max(late, time.monotonic() - now - wait)
            continue
        try:
            found = ours.recv()
        except (EOFError, OSError):
            return _Fault("memory", MEMORY)  # the other process was ended
        match found:
            case tuple():
                lines.tell(*found)
            case list():
                lines.ask(found)
            case _Fault():
                return found
            case _:
                return None


def _said(fault: _Fault) -> int:
    if fault.kind == "usage":
        raise UsageError(fault.text)
    internal = fault.kind == "internal"
    sys.stderr.write(f"netproof: {'internal error: ' if internal else ''}{fault.text}\n")
    return 70 if internal else 0


def _worker(ours: Connection, theirs: Connection, work: Work) -> None:
    """Work, and send what is told; at last what ended the work, or ``None``."""
    ours.close()
    os.setsid()  # so that it is ended with all that it started
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _end_with_parent()
    found: _Fault | None = None
    try:
        work(_Sent(theirs))
    except (UnsupportedError, UnlistedError) as error:
        found = _Fault("unsupported", str(error))
    except (InputError, UsageError) as error:
        found = _Fault("usage", str(error))
    except MemoryError:
        found = _Fault("memory", MEMORY)
    except BrokenPipeError:
        os._exit(1)
    except Exception as error:  # a fault of ours is told as one
        found = _Fault("internal", f"{type(error).__name__}: {error}; please report it")
    with suppress(OSError):
        theirs.send(found)


def _end_with_parent() -> None:
    """Have this process killed when the one that prints is gone, where the system can do that."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _end(worker: ForkProcess) -> None:
    assert worker.pid is not None
    with suppress(OSError):
        if os.getpgid(worker.pid) == worker.pid:
            os.killpg(worker.pid, signal.SIGKILL)
    worker.kill()


def _from_here(lines: Lines, work: Work, ids: Callable[[], Sequence[str]], ends: float) -> int:
    """Print all lines by an absolute time, working in this process; return the exit code."""

    def end() -> None:
        lines.finish(ids)
        os._exit(0)

    last = threading.Timer(max(0.0, ends - time.monotonic()), end)
    last.daemon = True
    last.start()
    try:
        work(lines)
    except (UnsupportedError, UnlistedError) as error:
        sys.stderr.write(f"netproof: {error}\n")
    except (InputError, UsageError):
        raise
    except MemoryError:
        sys.stderr.write(f"netproof: {MEMORY}\n")
    except Exception:
        lines.finish(ids)
        raise
    finally:
        last.cancel()
    lines.finish(ids)
    return 0
