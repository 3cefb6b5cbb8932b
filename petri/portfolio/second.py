"""A second process that explores the whole state space while this one tries to prove."""

from __future__ import annotations

import json
import mmap
import os
import pickle
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Mapping
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from petri.net import PetriNet
from petri.portfolio.questions import Answer, Question
from petri.portfolio.whole import whole_answers
from petri.state_space import state_space
from transition_systems.budget import Budget
from transition_systems.errors import NetproofError
from transition_systems.progress import Progress, ProgressCallback

__all__ = ["WholeSpace", "explore"]

CODE = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[4]);"
    "from petri.portfolio.second import explore; explore(*map(int, sys.argv[1:4]))"
)
BYTES = 6 << 30
ENDED = "the process that explores the state space ended"


class WholeSpace:
    """The exploration of a net under way in another process.

    Answers come back through a pipe. Which questions need no answer any more is told by a byte for
    each of them in memory that both processes see, so that telling it never waits.

    Parameters
    ----------
    net
        The net.
    questions
        What to answer, by number.
    budget
        What it may use; 6 GiB where it says no bytes.
    evidence
        Whether evidence is wanted.
    """

    def __init__(
        self, net: PetriNet, questions: Mapping[int, Question], budget: Budget, *, evidence: bool
    ) -> None:
        self._pipe, theirs = Pipe()
        size = max(questions, default=0) + 1
        with tempfile.TemporaryFile() as file:
            file.truncate(size)
            self._closed = mmap.mmap(file.fileno(), size)
            given = [theirs.fileno(), file.fileno()]
            command = [sys.executable, "-c", CODE, *map(str, given), str(size)]
            self._child = subprocess.Popen(  # noqa: S603 - our own program
                [*command, json.dumps(sys.path)], pass_fds=given
            )
        theirs.close()
        self.close = weakref.finalize(self, _end, self._child, self._pipe)
        self.running = True
        self.told = ""
        limits = (budget.remaining(), budget.states, budget.bytes)
        try:
            self._pipe.send_bytes(pickle.dumps((net, dict(questions), limits, evidence)))
        except OSError:
            self.running, self.told = False, ENDED

    @staticmethod
    def possible() -> bool:
        """Return whether this system can pass a pipe on to a process."""
        return os.name == "posix"

    def forget(self, number: int) -> None:
        """Tell that a question was answered here."""
        self._closed[number] = 1

    def answers(self, wait: float = 0.0) -> list[tuple[int, Answer]]:
        """Return the answers since the last time, waiting some seconds for the first."""
        found: list[tuple[int, Answer]] = []
        try:
            while self.running and self._pipe.poll(0.0 if found else max(0.0, wait)):
                # The process is our own, and what it sends is made by this package.
                message = pickle.loads(self._pipe.recv_bytes())  # noqa: S301 - from our own child
                if isinstance(message, str):
                    self.running, self.told = False, message
                else:
                    found.append(message)
        except (EOFError, OSError):
            self.running, self.told = False, ENDED
        return found


def _end(child: subprocess.Popen[bytes], pipe: Connection) -> None:
    pipe.close()
    child.kill()
    child.wait()


class _AloneError(Exception):
    """The first process is gone."""


def explore(pipe: int, flags: int, size: int) -> None:
    """Explore and answer, in the second process; end with the first one.

    Parameters
    ----------
    pipe
        Descriptor of the pipe to the first one.
    flags
        Descriptor of the file with a byte for each question, 1 where no answer is wanted.
    size
        Of that file.
    """
    parent = os.getppid()

    def alive(_: Progress) -> None:
        if os.getppid() != parent:
            raise _AloneError

    try:
        _answer(Connection(pipe), mmap.mmap(flags, size), alive)
    except (_AloneError, EOFError, BrokenPipeError, ConnectionResetError):
        return


def _answer(pipe: Connection, closed: mmap.mmap, alive: ProgressCallback) -> None:
    net, questions, limits, evidence = pickle.loads(pipe.recv_bytes())  # noqa: S301 - ours
    seconds, states, most = limits
    limit = Budget(seconds=seconds, states=states, bytes=most or BYTES).fixed()
    try:
        space = state_space(net, budget=limit, progress=alive)
        told = str(space.reason or "")
        engine = whole_answers(space, limit, evidence=evidence)
        for number, question in questions.items():
            if closed[number]:
                continue
            answer = None if engine is None else engine.answer(question)
            if answer is not None:
                pipe.send_bytes(pickle.dumps((number, answer)))
    except (NetproofError, MemoryError, OverflowError) as error:
        told = str(error) or "there is not enough memory"
    pipe.send_bytes(pickle.dumps(told))
