"""``netproof spectrum``: text, JSON and a picture."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import netproof
from netproof.cli.main import run
from netproof.equivalences import EQUIVALENCES
from netproof.recheck import RecheckResult
from netproof.spectra import evidence_pieces, rechecked_spectrum
from transition_systems import LTS, write_aut
from transition_systems.budget import Budget
from transition_systems.equivalences.inclusions import SPECTRUM

pytestmark = pytest.mark.exhaustive

SCHEMA = Path(__file__).parents[2] / "netproof/schema/spectrum-1.json"
LATE = LTS.from_arcs(4, [(0, "a", 1), (1, "b", 2), (1, "c", 3)])
EARLY = LTS.from_arcs(5, [(0, "a", 1), (0, "a", 2), (1, "b", 3), (2, "c", 4)])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_aut(LATE, tmp_path / "late.aut")
    write_aut(EARLY, tmp_path / "early.aut")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_text_json_and_picture(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["spectrum", "late.aut", "early.aut", "-o", "x.svg"]) == 0
    shown = capsys.readouterr().out
    assert "completed-trace              ✓       ✓       ✓" in shown
    assert "failed" not in shown
    assert "<svg" in (folder / "x.svg").read_text(encoding="utf-8")
    assert run(["spectrum", "late.aut", "early.aut", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert data["finest"] == ["completed-trace"]
    assert {check["status"] for check in data["rechecks"]} == {"passed"}
    lines = {line["relation"]: line for line in data["lines"]}
    assert lines["simulation"]["above"]["outcome"] == "HOLDS"
    assert lines["isomorphism"]["equal"]["because"] == "strong"
    assert lines["strong"]["below"] is None


def test_budgets_and_misuse(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["spectrum", "late.aut", "early.aut", "--budget-seconds", "1e-9"]) == 3
    assert "it is not known" in capsys.readouterr().out
    assert run(["spectrum", "late.aut", "missing.aut"]) == 2
    capsys.readouterr()


ENDLESS = """
import sys, threading, time
import netproof.cli.spectrum_command as command
from netproof.__main__ import main
from netproof.cli.watchdog import Watchdog

rechecking = threading.Event()

class Late(Watchdog):
    def _watch(self):
        rechecking.wait()
        self.deadline = 0.0
        super()._watch()

def endless(*arguments, **options):
    rechecking.set()
    time.sleep(3600)

command.watched = lambda arguments, end: Late(0.0, end)
command.rechecked_spectrum = endless
sys.argv[0] = "netproof"
sys.exit(main())
"""


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_what_was_decided_is_told_where_a_recheck_does_not_end(
    folder: Path, more: list[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDLESS, "spectrum", "late.aut", "early.aut", *more],
        capture_output=True, text=True, check=False, cwd=folder, timeout=120, encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode in (0, 3), done.stderr
    if more:
        data = json.loads(done.stdout)
        assert data["lines"]
        assert data["rechecks"] == []
    else:
        assert "completed-trace" in done.stdout
        assert "evidence: 0 of" in done.stdout


def test_what_is_not_rechecked_in_time_is_skipped() -> None:
    found = netproof.spectrum(LATE, EARLY)
    late = rechecked_spectrum(found, LATE, EARLY, budget=Budget(seconds=0))
    assert {result.status for result in late.values()} == {"skipped"}
    assert len(late) == evidence_pieces(found) > 10
    done: dict[tuple[str, str], RecheckResult] = {}
    assert rechecked_spectrum(found, LATE, EARLY, results=done) is done
    assert {result.status for result in done.values()} == {"passed"}


def test_the_interface_takes_paths(folder: Path) -> None:
    found = netproof.spectrum("late.aut", EARLY, budget=20)
    assert found.outcome("failures") == netproof.Outcome.VIOLATED
    assert "follows from" in found._repr_html_()


def test_the_spectrum_has_every_relation() -> None:
    assert {*EQUIVALENCES} <= {*SPECTRUM}
