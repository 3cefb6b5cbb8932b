"""Assertions on workflows: what they return, and what a reader of a failed test sees."""

from __future__ import annotations

import pickle
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import netproof
from netproof.asserting import MAX_STEPS, failure_lines
from netproof.report.model import ModelReport, VerdictReport
from petri import PetriNet
from transition_systems.errors import InputError, UsageError
from transition_systems.run import Run, Step
from transition_systems.verdict import Outcome, Statistics, Verdict

pytestmark = pytest.mark.exhaustive

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
UNSOUND = EXAMPLES / "invoice-deadlock.bpmn"
SOUND = EXAMPLES / "order-process.bpmn"


def failure(*arguments: Any, **options: Any) -> netproof.VerificationError:
    with pytest.raises(netproof.VerificationError) as caught:
        netproof.assert_holds(*arguments, **options)
    return caught.value


def test_what_holds_returns_its_verdict() -> None:
    verdict = netproof.assert_sound(SOUND)
    assert verdict.holds
    assert verdict.property == "soundness"
    assert verdict.evidence is not None
    assert netproof.assert_holds(netproof.load(SOUND), "EF(dead)", budget=20).holds


def test_a_violation_is_told_with_its_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(netproof.VerificationError) as caught:
        netproof.assert_sound(UNSOUND)
    lines = str(caught.value).splitlines()
    assert lines[0] == "soundness is VIOLATED in examples/invoice-deadlock.bpmn:26"
    assert "gets stuck" in lines[1] or "is stuck" in lines[1]
    assert (
        lines[2]
        == "    1. start event “Invoice arrived” occurs  (examples/invoice-deadlock.bpmn:10)"
    )
    assert lines[5].startswith("    4. “Approve by manager” completes")
    assert lines[-2].startswith("  assumed: ")
    assert (
        lines[-1] == "  rerun: netproof check examples/invoice-deadlock.bpmn --property soundness"
    )
    assert caught.value.verdict is not None
    assert caught.value.verdict.violated
    assert caught.value.witness is not None
    assert len(caught.value.witness) == 4
    assert isinstance(caught.value, AssertionError)


def test_the_command_to_rerun_shows_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "my 'order'; x.bpmn"
    file.write_bytes(UNSOUND.read_bytes())
    monkeypatch.chdir(tmp_path)
    told = str(failure(file, 'AG(!"Approve by manager")', starts="all", format="bpmn"))
    command = told.splitlines()[-1].removeprefix("  rerun: ")
    words = shlex.split(command)
    assert words[:2] == ["netproof", "check"]
    assert words[-4:] == ["--starts", "all", "--from", "bpmn"]
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert 'VIOLATED AG(!"Approve by manager")' in done.stdout


def test_unknown_is_not_shown_and_says_why() -> None:
    error = failure(SOUND, "soundness", budget=1e-6)
    assert error.verdict is not None
    assert error.verdict.unknown
    lines = str(error).splitlines()
    assert lines[0].startswith("soundness is UNKNOWN in ")
    assert "time budget" in lines[1]
    assert "What could not be decided is not shown" in lines[2]
    assert error.witness is None


def test_a_suppression_does_not_make_it_hold(tmp_path: Path) -> None:
    text = UNSOUND.read_text("utf-8")
    note = (
        "<bpmn:documentation>netproof: ignore deadlock because it is a sketch</bpmn:documentation>"
    )
    start = text.index(">", text.index("<bpmn:process")) + 1
    file = tmp_path / "a.bpmn"
    file.write_text(text[:start] + note + text[start:], encoding="utf-8")
    (model,) = netproof.check(file, "deadlock")
    assert model.verdicts[0].accepted is not None
    assert failure(file, "deadlock").verdict is not None


def test_other_errors_are_no_assertion_errors(tmp_path: Path) -> None:
    (tmp_path / "a.bpmn").write_text("no xml")
    with pytest.raises(InputError):
        netproof.assert_sound(tmp_path / "a.bpmn")
    with pytest.raises(UsageError, match="did you mean soundness"):
        netproof.assert_holds(SOUND, "soundnes")
    with pytest.raises(UsageError, match="nothing called 'Nobody'"):
        netproof.assert_holds(SOUND, "AG(Nobody)")


def test_a_model_without_a_file() -> None:
    net = PetriNet(
        name="n", places=["p", "q"], transitions=["go", "grow"],
        arcs=[("p", "go"), ("go", "p"), ("p", "grow"), ("grow", "p"), ("grow", "q")],
        initial={"p": 1},
    )  # fmt: skip
    lines = str(failure(net, "boundedness")).splitlines()
    assert lines[0] == "boundedness is VIOLATED in <net n>"
    assert "       repeated for ever:" in lines
    assert lines[-1] == "  rerun: netproof.check(model, 'boundedness')"
    # The witness that is shown has no line of a file, and names no file.
    assert not any(".py" in line or "None" in line for line in lines)


def test_it_is_pickled_with_its_verdict() -> None:
    error = failure(UNSOUND, "deadlock")
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert again.verdict == error.verdict


def entry(steps: int, **changes: Any) -> tuple[ModelReport, VerdictReport]:
    made = tuple(Step(action=f"t{i}", label=f"\x1b[31mstep\n{i}", state={}) for i in range(steps))
    verdict = Verdict(
        property="deadlock", outcome=Outcome.VIOLATED, statistics=Statistics(method="x"),
        explanation=("\x1b]0;title\x07stuck",),
    )  # fmt: skip
    found = VerdictReport(verdict=verdict, witness=Run(initial={}, steps=made), **changes)
    return ModelReport(source="/repo/a.bpmn", verdicts=(found,)), found


def test_long_runs_are_cut_and_control_characters_removed() -> None:
    lines = failure_lines(*entry(1_000), folder=Path("/repo"))
    shown = [line for line in lines if "step" in line]
    assert len(shown) == MAX_STEPS + 1
    assert "       … 960 steps …" in shown
    assert lines[-2].lstrip().startswith("1000. ")
    assert not any("\x1b" in line or "\x07" in line or "\n" in line for line in lines)
    assert lines[0] == "deadlock is VIOLATED in a.bpmn"


def test_evidence_that_fails_its_recheck_is_told_first() -> None:
    lines = failure_lines(
        *entry(0, rechecked="failed", recheck_reason="one state is missing"), folder=Path("/x")
    )
    assert lines[0].endswith("in /repo/a.bpmn failed its recheck (an internal error)")
    assert lines[1] == "  one state is missing"


def test_a_holding_verdict_with_bad_evidence_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    report = netproof.check(SOUND, "deadlock")
    (model,) = report
    bad = replace(model.verdicts[0], rechecked="failed", recheck_reason="forged")
    monkeypatch.setattr(
        "netproof.api.check",
        lambda *_, **__: replace(report, models=(replace(model, verdicts=(bad,)),)),
    )
    assert "forged" in str(failure(SOUND, "deadlock"))


def test_the_traceback_of_a_test_ends_at_the_assertion(tmp_path: Path) -> None:
    test = tmp_path / "test_it.py"
    test.write_text(
        f"import netproof\ndef test_it():\n    netproof.assert_sound({str(UNSOUND)!r})\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)], cwd=ROOT,
        capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 1
    assert ">       netproof.assert_sound(" in done.stdout
    assert "E           1. start event “Invoice arrived” occurs" in done.stdout
    assert "def assert_sound" not in done.stdout
    assert "asserting.py:" not in done.stdout


def test_a_missing_file_is_one_clear_line_in_pytest(tmp_path: Path) -> None:
    test = tmp_path / "test_missing.py"
    test.write_text(
        "import netproof\n\ndef test_it():\n    netproof.assert_sound('missing.bpmn')\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", str(test), "-q", "-p", "no:cacheprovider", "--rootdir",
         str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 1
    told = [line for line in done.stdout.splitlines() if line.startswith("E ")]
    assert len(told) == 1, done.stdout
    assert "missing.bpmn: the file cannot be read: No such file or directory" in told[0]
    for name in ("files.py", "api.py", "asserting.py", "loading.py"):
        assert name not in done.stdout
