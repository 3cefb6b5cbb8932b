"""``netproof statespace``: the object that it prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netproof.cli.main import run
from petri import PetriNet
from petri.readwrite.pnml import write_pnml
from state_space_nets import philosophers

FIELDS = [
    "schema", "states", "arcs", "max_tokens_in_place", "max_tokens_in_marking", "deadlocks",
    "seconds", "cpu_seconds", "peak_bytes", "engine", "complete",
]  # fmt: skip


def called(net: PetriNet, folder: Path, *options: str) -> list[str]:
    path = folder / "net.pnml"
    write_pnml(net, path)
    return ["statespace", str(path), *options]


def test_one_object_with_all_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(called(philosophers(5), tmp_path, "--output-format", "json"))
    data = json.loads(capsys.readouterr().out)
    assert code == 0
    assert list(data) == FIELDS
    assert (data["states"], data["deadlocks"], data["max_tokens_in_place"]) == (82, 1, 1)
    assert data["max_tokens_in_marking"] == 10
    assert data["complete"] is True
    assert data["engine"] == "explicit"
    assert data["seconds"] > 0
    assert data["cpu_seconds"] > 0


def test_unbounded_nets_have_infinite_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    net = PetriNet(places=["p"], transitions=["t"], arcs=[("t", "p")])
    assert run(called(net, tmp_path, "--output-format", "json")) == 0
    data = json.loads(capsys.readouterr().out)
    for name in FIELDS[1:5]:
        assert data[name] == "+inf"
    assert run(called(net, tmp_path)) == 0
    assert "t can be repeated for ever" in capsys.readouterr().out


def test_a_budget_that_ends_is_no_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(called(philosophers(12), tmp_path, "--budget-seconds", "0.000001"))
    assert code == 3
    assert "not complete: the time budget is used up" in capsys.readouterr().out


def test_bytes_spill_and_a_folder_is_gone_on_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--budget-bytes", "1000", "--spill", str(tmp_path / "d"), "--output-format", "json")
    for _ in range(2):
        assert run(called(philosophers(7), tmp_path, *options)) == 0
        assert json.loads(capsys.readouterr().out)["states"] == 478


def test_the_engine_that_is_missing_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(called(philosophers(3), tmp_path, "--engine", "symbolic")) == 2
    assert "no symbolic engine" in capsys.readouterr().err
