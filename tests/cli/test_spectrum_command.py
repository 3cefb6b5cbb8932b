"""``netproof spectrum``: text, JSON and a picture."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import netproof
from netproof.cli.main import run
from netproof.equivalences import EQUIVALENCES
from transition_systems import LTS, write_aut
from transition_systems.equivalences.inclusions import SPECTRUM

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


def test_the_interface_takes_paths(folder: Path) -> None:
    found = netproof.spectrum("late.aut", EARLY, budget=20)
    assert found.outcome("failures") == netproof.Outcome.VIOLATED
    assert "follows from" in found._repr_html_()


def test_the_spectrum_has_every_relation() -> None:
    assert {*EQUIVALENCES} <= {*SPECTRUM}
