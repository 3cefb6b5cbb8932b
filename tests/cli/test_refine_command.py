"""``netproof refine``, and ``netproof equivalent`` with linear-time relations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from netproof.cli.main import run
from netproof.refinements import REFINEMENTS
from transition_systems.equivalences.linear_relations import LINEAR_RELATIONS
from transition_systems.evidence import evidence_from_dict

SCHEMAS = Path(__file__).parents[2] / "netproof/schema"
LATE = 'des (0, 3, 4)\n(0, "a", 1)\n(1, "b", 2)\n(1, "c", 3)\n'
EARLY = 'des (0, 4, 5)\n(0, "a", 1)\n(0, "a", 2)\n(1, "b", 3)\n(2, "c", 4)\n'
LOOP = "des (0, 1, 1)\n(0, i, 0)\n"
TRACES = {"trace", "weak-trace", "completed-trace", "weak-completed-trace"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (("late", LATE), ("early", EARLY), ("loop", LOOP)):
        (tmp_path / f"{name}.aut").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], schema: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    wanted = json.loads((SCHEMAS / schema).read_text(encoding="utf-8"))
    jsonschema.validate(data, wanted)
    assert list(data) == wanted["required"]
    return data


@pytest.mark.parametrize("relation", [*LINEAR_RELATIONS, "stable-failures"])
def test_two_files(relation: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--relation", relation, "--json"]
    expected = 0 if relation in TRACES else 1
    for command, schema, answer in (
        ("refine", "refine-1.json", "refines"),
        ("equivalent", "equivalent-1.json", "equivalent"),
    ):
        assert run([command, "late.aut", "early.aut", *options]) == expected
        data = printed(capsys, schema)
        assert data[answer] is (expected == 0)
        assert data["recheck"] == {"status": "passed", "reason": None}
        evidence = evidence_from_dict(data["evidence"])
        assert evidence.kind == ("linear-distinction" if expected else "normalised-simulation")
    futures = "-futures" in relation or "read" in relation
    reverse = 1 if futures and "impossible" not in relation else 0
    assert run(["refine", "early.aut", "late.aut", *options]) == reverse
    capsys.readouterr()


@pytest.mark.parametrize("relation", sorted({*REFINEMENTS} - {*LINEAR_RELATIONS}))
def test_simulations(relation: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The specification simulates the implementation: late has all choices, early has not."""
    options = ["--relation", relation, "--json"]
    assert run(["refine", "early.aut", "late.aut", *options]) == 1
    data = printed(capsys, "refine-1.json")
    assert data["recheck"] == {"status": "passed", "reason": None}
    expected = 0 if relation in ("simulation", "completed-simulation", "weak-simulation") else 1
    assert run(["refine", "late.aut", "early.aut", *options]) == expected
    data = printed(capsys, "refine-1.json")
    assert data["recheck"] == {"status": "passed", "reason": None}


def test_text_for_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["refine", "late.aut", "early.aut", "--relation", "failures"]) == 1
    shown = capsys.readouterr().out
    assert "After a, the implementation can refuse {c}; the specification cannot." in shown
    assert "recheck passed" in shown
    assert run(["refine", "late.aut", "loop.aut", "--relation", "failures-divergences"]) == 1
    assert "The implementation can be silent for ever" in capsys.readouterr().out
    assert run(["refine", "loop.aut", "late.aut", "--relation", "failures-divergences"]) == 0
    assert run(["refine", "late.aut", "early.aut"]) == 0
    capsys.readouterr()


def test_misuse_and_budgets(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["refine", "late.aut", "early.aut", "--relation", "failure"]) == 2
    assert "did you mean 'failures'" in capsys.readouterr().err
    assert run(["refine", "late.aut", "missing.aut"]) == 2
    capsys.readouterr()
    tiny = ["--budget-seconds", "1e-9", "--json"]
    assert run(["refine", "late.aut", "early.aut", *tiny]) == 3
    data = printed(capsys, "refine-1.json")
    assert (data["outcome"], data["refines"], data["evidence"]) == ("UNKNOWN", None, None)


def test_a_simulation_says_who_simulates_whom(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["refine", "late.aut", "early.aut", "--relation", "simulation"]) == 0
    said = "The specification simulates the implementation, in the simulation preorder"
    assert said in capsys.readouterr().out
    assert run(["refine", "early.aut", "late.aut", "--relation", "simulation"]) == 1
    assert "The specification does not simulate the implementation" in capsys.readouterr().out
