"""The contest's lines: all of them in order and in time, whatever becomes of the work."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

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
    began = time.monotonic()
    code = told_in_time(_holds_the_interpreter, ids=list, ends=began + 0.3, alone=False)
    assert time.monotonic() - began < 15
    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "FORMULA q0 CANNOT_COMPUTE TECHNIQUES NONE",
        "FORMULA q1 TRUE TECHNIQUES EXPLICIT",
        "FORMULA q2 CANNOT_COMPUTE TECHNIQUES NONE",
    ]


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

    ends = time.monotonic() + 30
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
