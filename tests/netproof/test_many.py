"""Many files: each within its budget, and none at the cost of another."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devtools import HANG, not_hanging, waited
from netproof.checking import CheckOptions
from netproof.many import check_sources
from netproof.report.model import ModelReport

pytestmark = pytest.mark.exhaustive

ROOT = Path(__file__).resolve().parent.parent.parent

# What the worker processes load first: a step that no clock reaches, and one that brings the
# process down. They leave a mark when a file begins, and when they go to sleep.
HOSTILE = """
import os, pathlib, time
import netproof.guarded as guarded
plain = guarded.check_path
def check_path(source, options, *, progress=None, publish=None):
    pathlib.Path(source + ".begun").touch()
    if "slow" in source:
        def told(report):
            publish(report)
            if sum(v.outcome.name != "UNKNOWN" for v in report.verdicts) == 2:
                pathlib.Path(source + ".asleep").touch()
                time.sleep(3600)
        return plain(source, options, progress=progress, publish=told)
    if "crash" in source:
        os._exit(9)
    return plain(source, options, progress=progress, publish=publish)
guarded.check_path = check_path
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return six copies of a sound file, where the workers stumble over two."""
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(HOSTILE)
    path = [str(tmp_path / "hook"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(p for p in path if p))
    names = ["a.bpmn", "slow.bpmn", "b.bpmn", "crash.bpmn", "c.bpmn", "d.bpmn"]
    example = sorted((ROOT / "examples").glob("*.bpmn"))[0]
    for name in names:
        (tmp_path / name).write_bytes(example.read_bytes())
    return [str(tmp_path / name) for name in names]


def entries(files: list[str], *, jobs: int, seconds: float) -> list[ModelReport]:
    """Return the entries in the order of the files."""
    found = dict(
        check_sources(
            files, [CheckOptions(seconds=seconds)] * len(files), jobs=jobs, apart=True
        )
    )  # fmt: skip
    return [found[number] for number in range(len(files))]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_outlasts_its_budget_or_crashes_costs_only_itself(
    files: list[str], jobs: int
) -> None:
    with not_hanging():
        found = entries(files, jobs=jobs, seconds=4.0)
    for number in (0, 2, 4, 5):
        assert found[number].error is None
        assert all(entry.rechecked == "passed" for entry in found[number].verdicts)
    slow = found[1]
    assert [str(entry.outcome) for entry in slow.verdicts[2:]] == ["UNKNOWN"] * 3
    assert all(str(entry.outcome) != "UNKNOWN" for entry in slow.verdicts[:2])
    assert "before it was done" in (slow.verdicts[2].verdict.reason or "")
    assert found[3].internal
    assert "ended with 9" in (found[3].error or "")


def test_the_command_keeps_the_budget_of_each_file(files: list[str]) -> None:
    command = [sys.executable, "-m", "netproof", "check", *files[:3], "--budget-seconds", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "before it was done" in done.stdout


def test_a_worker_tells_of_states_and_verdicts_as_they_come(files: list[str]) -> None:
    told: list[int] = []
    options = [CheckOptions(seconds=20.0)]
    list(
        check_sources(
            files[:1], options, apart=True, publish=lambda _, report: told.append(len(report.verdicts))
        )
    )  # fmt: skip
    assert len(told) >= 5


def test_reports_from_here_and_from_workers_are_equal(files: list[str]) -> None:
    options = [CheckOptions(seconds=20.0)] * 2
    here = dict(check_sources([files[0], files[2]], options, apart=False))
    there = dict(check_sources([files[0], files[2]], options, jobs=2))
    for number in (0, 1):
        one, other = here[number].to_dict(), there[number].to_dict()
        for entry in (one, other):
            entry.pop("timings")
            for verdict in entry["verdicts"]:
                verdict.pop("statistics")
        assert one == other


def _interruptible() -> None:
    """Undo that the tests themselves may run in the background, where SIGINT is ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_keeps_what_was_done(files: list[str], tmp_path: Path, jobs: str) -> None:
    out = tmp_path / "report.json"
    command = [sys.executable, "-m", "netproof", "check", files[0], files[1], files[2]]
    command += ["--jobs", jobs, "--output", f"json={out}", "--budget-seconds", "600"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        preexec_fn=_interruptible,
    ) as child:  # fmt: skip
        try:
            marks = [f"{files[1]}.asleep"] + [f"{files[2]}.begun"] * (jobs == "2")
            waited("the workers", lambda: all(Path(mark).exists() for mark in marks))
            time.sleep(1.0)  # for the parent to hear of the verdicts that were told before
            os.killpg(child.pid, signal.SIGINT)
            child.communicate(timeout=HANG)
        finally:
            child.kill()
    assert child.returncode == 130
    models = json.loads(out.read_text())["models"]
    assert [model["source"] for model in models] == files[:3]
    assert all(v["rechecked"] == "passed" for v in models[0]["verdicts"])
    assert {v["outcome"] for v in models[1]["verdicts"][2:]} == {"UNKNOWN"}
    assert all(v["outcome"] != "UNKNOWN" for v in models[1]["verdicts"][:2])
