"""The contest's lines: all of them in order and in time, whatever becomes of the work."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devtools import not_hanging
from netproof.contest.teller import Teller, told_in_time
from transition_systems.errors import UnsupportedError, UsageError

IDS = ["q0", "q1", "q2"]


def _holds_the_interpreter(teller: Teller) -> None:
    teller.ask(IDS)
    teller.tell(1, "TRUE", "EXPLICIT")
    sum(range(10**12))  # one call of C: no other thread of this process gets its turn


def test_lines_are_printed_in_time_whatever_the_work_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ends = time.monotonic() + 0.3
    with not_hanging():
        code = told_in_time(_holds_the_interpreter, ids=list, ends=ends, alone=False)
    assert code == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "FORMULA q0 CANNOT_COMPUTE TECHNIQUES NONE",
        "FORMULA q1 TRUE TECHNIQUES EXPLICIT",
        "FORMULA q2 CANNOT_COMPUTE TECHNIQUES NONE",
    ]
    assert told.err.startswith("netproof: 2 formulas not computed: ")


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [(MemoryError(), 0, "not enough memory"), (SystemExit(1), 0, "not enough memory"),
     (ValueError("odd"), 70, "internal error: ValueError: odd"),
     (UnsupportedError("colours"), 0, "colours")],
)  # fmt: skip
def test_faults_of_the_work_are_told(
    error: BaseException, code: int, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(_: Teller) -> None:
        raise error

    ends = time.monotonic() + 120
    assert told_in_time(work, ids=lambda: ["q"], ends=ends, alone=False) == code
    told = capsys.readouterr()
    assert told.out == "FORMULA q CANNOT_COMPUTE TECHNIQUES NONE\n"
    assert text in told.err


def test_a_name_that_the_net_does_not_have_ends_it(capsys: pytest.CaptureFixture[str]) -> None:
    def work(_: Teller) -> None:
        raise UsageError("there is no such place")

    with pytest.raises(UsageError, match="no such place"):
        told_in_time(work, ids=lambda: ["q"], ends=time.monotonic() + 30, alone=False)
    assert not capsys.readouterr().out


def test_where_there_is_no_other_process(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(teller: Teller) -> None:
        teller.ask(["q"])
        teller.tell(0, "TRUE", "X")

    monkeypatch.setattr("multiprocessing.get_all_start_methods", lambda: ["spawn"])
    assert told_in_time(work, ids=list, ends=time.monotonic() + 60, alone=False) == 0
    assert capsys.readouterr().out == "FORMULA q TRUE TECHNIQUES X\n"


def test_the_process_that_prints_imports_nothing_heavy() -> None:
    code = "import sys, netproof.cli.mcc_command; sys.exit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


ALONE = """
import os, sys, time
from netproof.contest.teller import told_in_time
def work(teller):
    teller.ask(["q0", "q1"])
    print(os.getpid(), flush=True)
    teller.tell(0, "TRUE", "X")
    time.sleep(3600)
told_in_time(work, ids=list, ends=time.monotonic() + 3000, alone=True)
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_is_left_behind(how: signal.Signals) -> None:
    asked = subprocess.Popen(
        [sys.executable, "-c", ALONE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert asked.stdout is not None
    worker, first = int(asked.stdout.readline()), asked.stdout.readline()
    assert first == "FORMULA q0 TRUE TECHNIQUES X\n"
    asked.send_signal(how)
    rest, _ = asked.communicate(timeout=120)
    if how is signal.SIGTERM:
        assert asked.returncode == 143
        assert rest == "FORMULA q1 CANNOT_COMPUTE TECHNIQUES NONE\n"
    ends = time.monotonic() + 120
    while _runs(worker) and time.monotonic() < ends:
        time.sleep(0.02)
    assert not _runs(worker)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
