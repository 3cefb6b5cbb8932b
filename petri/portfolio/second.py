"""A second process that explores the whole state space while this one tries to prove."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
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

__all__ = ["WholeSpace", "explore"]

CODE = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]);"
    "from petri.portfolio.second import explore; explore(int(sys.argv[1]))"
)
BYTES = 6 << 30
ENDED = "the process that explores the state space ended"


class WholeSpace:
    """The exploration of a net under way in another process.

    Parameters
    ----------
    net
        The net.
    questions
        What to answer, by number.
    seconds
        How long it may take.
    evidence
        Whether evidence is wanted.
    """

    def __init__(
        self, net: PetriNet, questions: Mapping[int, Question], seconds: float, *, evidence: bool
    ) -> None:
        self._pipe, theirs = Pipe()
        command = [sys.executable, "-c", CODE, str(theirs.fileno()), json.dumps(sys.path)]
        self._child = subprocess.Popen(command, pass_fds=[theirs.fileno()])  # noqa: S603 - ours
        theirs.close()
        self.close = weakref.finalize(self, _end, self._child, self._pipe)
        self.running = True
        self.told = ""
        self._pipe.send_bytes(pickle.dumps((net, dict(questions), seconds, evidence)))

    @staticmethod
    def possible() -> bool:
        """Return whether this system can pass a pipe on to a process."""
        return os.name == "posix"

    def forget(self, number: int) -> None:
        """Tell that a question was answered here."""
        if self.running:
            try:
                self._pipe.send_bytes(pickle.dumps(number))
            except OSError:
                self.running, self.told = False, ENDED

    def answers(self, wait: float = 0.0) -> list[tuple[int, Answer]]:
        """Return the answers since the last time, waiting some seconds for the first."""
        found: list[tuple[int, Answer]] = []
        try:
            while self.running and self._pipe.poll(0.0 if found else max(0.0, wait)):
                # The process is our own, and what it sends is made by this package.
                message = pickle.loads(self._pipe.recv_bytes())  # noqa: S301
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


def explore(descriptor: int) -> None:
    """Explore and answer, in the second process.

    Parameters
    ----------
    descriptor
        Of the pipe to the first one.
    """
    pipe = Connection(descriptor)
    net, questions, seconds, evidence = pickle.loads(pipe.recv_bytes())  # noqa: S301 - ours
    limit = Budget(seconds=seconds, bytes=BYTES).fixed()
    try:
        space = state_space(net, budget=limit)
        told = str(space.reason or "")
        engine = whole_answers(space, limit, evidence=evidence)
        closed: set[int] = set()
        for number, question in questions.items():
            while pipe.poll():
                closed.add(pickle.loads(pipe.recv_bytes()))  # noqa: S301 - ours
            if number in closed:
                continue
            answer = None if engine is None else engine.answer(question)
            if answer is not None:
                pipe.send_bytes(pickle.dumps((number, answer)))
    except (NetproofError, MemoryError, OverflowError) as error:
        told = str(error)
    pipe.send_bytes(pickle.dumps(told))
