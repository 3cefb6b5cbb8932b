"""``netproof simulate --replicas``: counts with intervals, JSON, event logs, refusals."""

from __future__ import annotations

import json
import math
from pathlib import Path

import jsonschema
import pytest

from netproof.cli.main import run
from petri import PetriNet, write_pnml

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "netproof/schema/ensemble-1.json").read_text(encoding="utf-8")
)


@pytest.fixture
def path(tmp_path):
    net = PetriNet(
        places=["p", "q", "r"], transitions=["ship", "bill"], initial={"p": 1},
        arcs=[("p", "ship"), ("ship", "q"), ("p", "bill"), ("bill", "r")],
    )  # fmt: skip
    write_pnml(net, str(tmp_path / "net.pnml"))
    return str(tmp_path / "net.pnml")


def test_the_counts_are_told(path, capsys) -> None:
    assert run(["simulate", path, "--replicas", "500", "--firings", "3", "--seed", "1"]) == 0
    text = capsys.readouterr().out
    assert "500 replicas of at most 3 firings in 8 blocks; they fired 500 times" in text
    assert "100.00%" in text
    assert "ship" in text
    assert "bill" in text


def test_json(path, capsys) -> None:
    assert run(["simulate", path, "--replicas", "1", "--output-format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["schema"] == "netproof/ensemble/1"
    assert data["dead"] == {"mean": 1.0, "low": None, "high": None}
    assert data["firings"] == 1
    assert set(data["firings_per_replica"]) == {"ship", "bill"}


@pytest.mark.parametrize("file", ["path", "examples/order-process.bpmn"])
@pytest.mark.parametrize("options", [
    ["--replicas", "1"], ["--replicas", "600", "--firings", "9"],
    ["--replicas", "100000", "--firings", "100000", "--budget-seconds", "0.01"],
])  # fmt: skip
def test_the_output_follows_its_schema(path, file, options, capsys) -> None:
    file = path if file == "path" else file
    code = run(["simulate", file, *options, "--output-format", "json"])
    data = json.loads(capsys.readouterr().out)
    assert code == (0 if data["complete"] else 3)
    jsonschema.validate(data, SCHEMA)
    assert set(data) == set(SCHEMA["properties"]) == set(SCHEMA["required"])
    assert (data["reason"] is None) is data["complete"]
    assert not math.isnan(data["dead"]["mean"])
    data["dead"]["mean"] = "much"
    with pytest.raises(jsonschema.ValidationError, match="much"):
        jsonschema.validate(data, SCHEMA)


@pytest.mark.parametrize("kind", ["xes", "csv"])
def test_the_runs_are_written(path, tmp_path, kind) -> None:
    out = tmp_path / f"runs.{kind}"
    assert run(["simulate", path, "--replicas", "5", "--firings", "3", "--trace", str(out)]) == 0
    text = out.read_text()
    assert text.count("<trace>") == 5 if kind == "xes" else len(text.splitlines()) == 6


def test_bookkeeping_of_the_map_is_not_told(capsys) -> None:
    diagram = "examples/insurance-claim.bpmn"
    assert run(["simulate", diagram, "--replicas", "100", "--firings", "50"]) == 0
    told = capsys.readouterr().out.split("tokens at the end")[1]
    assert "settled.reached" in told
    assert ".free" not in told
    assert ".idle" not in told


def test_runs_of_a_diagram_have_its_names(tmp_path) -> None:
    out = tmp_path / "runs.csv"
    arguments = ["--replicas", "3", "--firings", "6", "--trace", str(out)]
    assert run(["simulate", "examples/order-process.bpmn", *arguments]) == 0
    assert "order-process.bpmn" in out.read_text()


@pytest.mark.parametrize("wrong", [
    ["--replicas", "0"], ["--replicas", "5", "--trace", "x.txt"], ["--replicas", "5", "--seed", "-1"],
    ["--replicas", "100000", "--firings", "1000", "--trace", "x.csv"],
    ["--replicas", "5", "--steps", "7"],
])  # fmt: skip
def test_refusals(path, wrong) -> None:
    assert run(["simulate", path, *wrong]) == 2


def test_a_cut_is_told_with_its_own_exit_code(path, capsys) -> None:
    arguments = ["--replicas", "10", "--firings", "3", "--budget-seconds", "1e-9"]
    assert run(["simulate", path, *arguments]) == 3
    told = capsys.readouterr().out
    assert "stopped early, with what was played until then: the time budget is used up" in told
    assert "nan" not in told
    assert "(no interval: one block)" in told


def test_choices_made_once_are_told_with_intervals_that_cover(tmp_path, capsys) -> None:
    choices = 20
    net = PetriNet(
        places=["p", *(f"q{n}" for n in range(choices))], initial={"p": 1},
        transitions=[f"t{n}" for n in range(choices)],
        arcs=[arc for n in range(choices) for arc in (("p", f"t{n}"), (f"t{n}", f"q{n}"))],
    )  # fmt: skip
    write_pnml(net, str(tmp_path / "choice.pnml"))
    covered = 0
    for seed in range(10):
        arguments = ["--firings", "1", "--seed", str(seed), "--output-format", "json"]
        assert run(["simulate", str(tmp_path / "choice.pnml"), *arguments]) == 0
        counts = json.loads(capsys.readouterr().out)["firings_per_replica"].values()
        covered += sum(one["low"] <= 1 / choices <= one["high"] for one in counts)
    assert covered >= 0.88 * 10 * choices
