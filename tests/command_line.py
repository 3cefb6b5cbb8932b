"""The command line, run in processes that have its modules already.

A test that calls ``netproof`` as a user does waits half a second for imports each time. Here each
call is a process of its own as well, with its own streams, folder, environment and exit code, but
it is forked from a server that has imported the modules of the commands. What depends on how the
interpreter is started has to be tested with ``subprocess``.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from netproof.cli.main import COMMANDS

__all__ = ["called", "called_as_text"]

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 120.0
PRELOADED = (
    *COMMANDS.values(), "netproof.many", "netproof.report.renderers", "netproof.evidence_files",
    "netproof.config", "netproof.comparing", "translators.bpmn.read",
    "translators.definition.read", "translators.repair.repair", "z3",
)  # fmt: skip
STREAMS = ("stdin", "stdout", "stderr")


def called_as_text(
    *arguments: str, cwd: Path = ROOT, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run ``netproof`` with arguments; what it writes is UTF-8."""
    done = called(*arguments, cwd=cwd, stdin=stdin.encode())
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def called(
    *arguments: str, cwd: Path = ROOT, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run ``netproof`` with arguments in a folder, and return what it wrote and its exit code."""
    if sys.platform != "linux":
        return subprocess.run(
            [sys.executable, "-m", "netproof", *arguments], cwd=cwd, input=stdin,
            capture_output=True, timeout=LONGEST, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*PRELOADED])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "stdin").write_bytes(stdin)
        process = context.Process(
            target=_run, args=(arguments, str(cwd), name, {**os.environ, "PYTHONPATH": str(ROOT)})
        )
        process.start()
        process.join(LONGEST)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(["netproof", *arguments], LONGEST)
        out, err = ((folder / stream).read_bytes() for stream in STREAMS[1:])
    return subprocess.CompletedProcess(["netproof", *arguments], process.exitcode, out, err)


def _run(arguments: tuple[str, ...], cwd: str, folder: str, environment: Mapping[str, str]) -> None:
    """Be the process of one call."""
    for number, stream in enumerate(STREAMS):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT
        opened = os.open(os.path.join(folder, stream), flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), encoding="utf-8")
    sys.stdout = _writing(1)
    sys.stderr = _writing(2, line_buffering=True)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    sys.argv = ["netproof", *arguments]
    from netproof.__main__ import main

    sys.exit(main())


def _writing(number: int, *, line_buffering: bool = False) -> io.TextIOWrapper:
    raw = io.BufferedWriter(io.FileIO(number, "w", closefd=False))
    return io.TextIOWrapper(raw, encoding="utf-8", line_buffering=line_buffering)
