"""Commands end inside their budgets, also in steps that look at no clock."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

import netproof
from netproof.check_options import DEFAULT_SECONDS, default_budget
from netproof.cli.main import build_parser
from netproof.cli.process_age import process_age
from netproof.cli.watchdog import Watchdog
from transition_systems.budget import Budget
from transition_systems.errors import UsageError

# A command whose reader of systems sleeps: nothing looks at the clock.
SLEEPS = """
import sys, time
from netproof import __main__, behaviours
def load_behaviour(*_, **__):
    time.sleep(3600)
behaviours.load_behaviour = behaviours.read_behaviour = load_behaviour
sys.argv[0] = "netproof"
sys.exit(__main__.main())
"""
AUT = 'des (0, 1, 2)\n(0, "a", 1)\n'


@pytest.mark.parametrize(
    "command",
    [
        ["minimise", "x.aut", "--json"],
        ["refine", "x.aut", "x.aut"],
    ],
)
def test_a_step_that_sleeps_is_ended(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "x.aut").write_text(AUT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", SLEEPS, *command, "--budget-seconds", "0.1"],
        capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert "the time budget is used up" in done.stdout + done.stderr
    if "--json" in command:
        assert json.loads(done.stdout)["schema"].startswith("netproof/")


@pytest.mark.parametrize("command", ["equivalent", "refine", "spectrum", "minimise", "convert"])
def test_the_default_is_that_of_check(command: str) -> None:
    files = {"minimise": ["a"], "convert": ["a", "--to", "aut"]}.get(command, ["a", "b"])
    assert build_parser().parse_args([command, *files]).budget_seconds == DEFAULT_SECONDS


def test_the_budget_of_functions() -> None:
    left = default_budget(None).remaining()
    assert left is not None
    assert DEFAULT_SECONDS - 1 < left <= DEFAULT_SECONDS
    assert default_budget(Budget(states=3)) == Budget(states=3)
    for wrong in (0, -1.0, float("inf"), float("nan")):
        with pytest.raises(UsageError, match="positive number of seconds"):
            default_budget(wrong)
        with pytest.raises(UsageError, match="positive number of seconds"):
            netproof.compare("a.bpmn", "b.bpmn", budget=wrong)


def test_the_watch_says_nothing_once_the_command_is_done() -> None:
    said: list[int] = []

    def end() -> int:
        said.append(1)
        return 3

    with Watchdog(time.monotonic() + 60, end) as watch:
        pass
    assert watch.over.is_set()
    with Watchdog(None, end):
        pass
    assert not said


def test_a_process_knows_its_age() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import time; time.sleep(0.3);"
         "from netproof.cli.process_age import process_age; print(process_age())"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert float(told) > 0.25 or not Path("/proc/self/stat").exists()
    assert process_age() >= 0
