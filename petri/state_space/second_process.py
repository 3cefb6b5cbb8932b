"""A second process that makes the successors of large levels while this one looks them up.

Threads do not pay here: a search consists of array operations of a few microseconds, and handing
the interpreter's lock over costs as much. The process gets levels and gives batches through files
in shared memory; only a few words go through a pipe. It is started early and used once it is ready,
so that nobody waits for it; where it fails, the search goes on without it.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Generator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.state_space.batches import CHUNK, Batch, Misfit, Successors
from petri.state_space.layout_data import layout_data, layout_of
from petri.state_space.search_figures import Figures
from petri.state_space.seen_states import Prepared, prepared
from petri.state_space.state_layout import StateLayout

__all__ = ["Broken", "SecondProcess", "serve"]

Word = NDArray[np.uint64]
SLOTS = 4
CODE = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]);"
    "from petri.state_space.second_process import serve; serve(int(sys.argv[1]))"
)


class Broken(Exception):
    """The second process ended before its time."""


class SecondProcess:
    """A process that makes successors on one layout.

    Parameters
    ----------
    net, layout
        The net, and a layout of its markings.
    most
        About how many successors a batch has at most.
    """

    def __init__(self, net: PetriNet, layout: StateLayout, most: int) -> None:
        self._layout = layout
        shared = Path("/dev/shm")  # noqa: S108 - memory, if there is such a folder
        self._folder = tempfile.TemporaryDirectory(
            prefix="netproof-", dir=shared if shared.is_dir() else None, ignore_cleanup_errors=True
        )
        self._slots = _shared(Path(self._folder.name) / "slots", _slots_shape(layout, most), "w+")
        self._pipe, theirs = Pipe()
        command = [sys.executable, "-c", CODE, str(theirs.fileno()), json.dumps(sys.path)]
        self._child = subprocess.Popen(command, pass_fds=[theirs.fileno()])  # noqa: S603 - ours
        theirs.close()
        self._end = weakref.finalize(self, _ended, self._child, self._pipe, self._folder)
        self._ready = False
        self._send((pickle.dumps(net), layout_data(layout), most, self._folder.name))

    @staticmethod
    def possible() -> bool:
        """Return whether this system can pass a pipe on to a process."""
        return os.name == "posix"

    @property
    def ready(self) -> bool:
        """Whether it can be given a level; asking does not wait."""
        if not self._ready and self._child.poll() is None and self._pipe.poll():
            self._receive()
            self._ready = True
        return self._ready and self._child.poll() is None

    def of_level(
        self, level: Word, figures: Figures, kind: str, bits: int, *, most: int
    ) -> Generator[Batch, None, None]:
        """Yield what :meth:`Successors.of_level` yields.

        A batch stands until the next one is asked for. At the end ``figures`` are those of the
        level too.

        Raises
        ------
        Misfit
            When a successor does not fit the layout.
        Broken
            When the process ended.
        """
        path = Path(self._folder.name) / "level"
        _shared(path, level.shape, "w+")[:] = level
        self._send(("level", level.shape, figures.to_dict(), kind, bits, most))
        done = False
        try:
            while True:
                message = self._receive()
                if message[0] == "end":
                    done = True
                    figures.take(message[1])
                    return
                if message[0] == "misfit":
                    done = True
                    raise Misfit(message[1])
                _, slot, length, order, arcs, left = message
                words = range(len(self._slots[slot]) if order == "any" else 1)
                states = [self._slots[slot][word][:length] for word in words]
                yield Batch(Prepared(states, order), arcs, left)
                self._send(("free",))
        finally:
            if not done:
                self._abandon()

    def _abandon(self) -> None:
        try:
            self._send(("stop",))
            while self._receive()[0] not in ("end", "misfit"):
                pass
        except Broken:
            pass

    def _send(self, message: tuple[Any, ...]) -> None:
        try:
            self._pipe.send(message)
        except OSError as error:
            raise Broken from error

    def _receive(self) -> tuple[Any, ...]:
        try:
            message: tuple[Any, ...] = self._pipe.recv()
        except (OSError, EOFError) as error:
            raise Broken from error
        return message

    def close(self) -> None:
        """End the process and remove its files."""
        self._end()


def _ended(
    child: subprocess.Popen[bytes], pipe: Connection, folder: tempfile.TemporaryDirectory[str]
) -> None:
    pipe.close()
    child.kill()
    child.wait()
    folder.cleanup()


def _slots_shape(layout: StateLayout, most: int) -> tuple[int, ...]:
    return SLOTS, layout.words, most + CHUNK


def _shared(path: Path, shape: tuple[int, ...], mode: Any) -> Word:
    return np.memmap(path, dtype=np.uint64, mode=mode, shape=shape)


def serve(descriptor: int) -> None:
    """Make batches for the process at the other end of a pipe, until that closes it."""
    pipe = Connection(descriptor)
    folder = ""
    try:
        net, layout, most, folder = pipe.recv()
        successors = Successors(pickle.loads(net), layout_of(layout), most)  # noqa: S301 - ours
        slots = _shared(Path(folder) / "slots", _slots_shape(successors.layout, most), "r+")
        pipe.send(("ready",))
        while True:
            _serve_level(pipe, successors, slots, Path(folder) / "level", pipe.recv())
    except (EOFError, OSError, KeyboardInterrupt, MemoryError):
        # The other process may have been killed, and then nobody else removes the files.
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _serve_level(
    pipe: Connection, successors: Successors, slots: Word, path: Path, message: tuple[Any, ...]
) -> None:
    if message[0] != "level":  # a level was abandoned after its last batch
        return
    _, shape, said, kind, bits, most = message
    figures = Figures.from_dict(successors.net, said)
    figures.use(successors.layout)
    level = _shared(path, shape, "r")
    scratch = np.empty(slots.shape[2], dtype=np.uint32)
    sent = freed = 0
    batches = successors.of_level(
        level, figures, lambda states: prepared(states, kind, bits, scratch), most=most
    )
    try:
        for batch in batches:
            while pipe.poll() or sent - freed == SLOTS:
                if pipe.recv()[0] == "stop":
                    pipe.send(("end", figures.to_dict()))
                    return
                freed += 1
            slot = sent % SLOTS
            for word, states in enumerate(batch.states.states):
                slots[slot][word][: len(states)] = states
            length = len(batch.states.states[0])
            pipe.send(("batch", slot, length, batch.states.order, batch.arcs, batch.left))
            sent += 1
    except Misfit as error:
        pipe.send(("misfit", error.markings))
        return
    while freed < sent:
        if pipe.recv()[0] == "stop":
            break
        freed += 1
    pipe.send(("end", figures.to_dict()))
