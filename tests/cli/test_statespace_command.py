"""``netproof statespace``: the object that it prints."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jsonschema
import pytest

from netproof.cli.main import run
from petri import PetriNet
from petri.readwrite.pnml import write_pnml
from state_space_nets import philosophers

FIELDS = [
    "schema", "states", "arcs", "max_tokens_in_place", "max_tokens_in_marking", "deadlocks",
    "seconds", "cpu_seconds", "peak_bytes", "engine", "complete",
]  # fmt: skip

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "netproof/schema/statespace-1.json").read_text(encoding="utf-8")
)


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


@pytest.mark.parametrize("engine", ["symbolic", "auto"])
def test_the_symbolic_engine_gives_the_same_object(
    engine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Far more states than the explicit engine is given before the symbolic one is asked.
    net = philosophers(5 if engine == "symbolic" else 60)
    code = run(called(net, tmp_path, "--engine", engine, "--output-format", "json"))
    data = json.loads(capsys.readouterr().out)
    assert code == 0
    assert list(data) == FIELDS
    assert (data["engine"], data["deadlocks"], data["complete"]) == ("symbolic", 1, True)
    if engine == "symbolic":
        assert (data["states"], data["arcs"]) == (82, 265)
    else:
        assert data["states"] == round_of(60)
        assert data["max_tokens_in_marking"] == 120


def round_of(n: int) -> int:
    """The integer (1+√2)^n + (1-√2)^n."""
    before, now = 2, 2
    for _ in range(n - 1):
        before, now = now, 2 * now + before
    return now


def test_numbers_of_any_length_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    n = 2_200
    net = PetriNet(
        places=[f"p{i}" for i in range(n)],
        transitions=[f"t{i}" for i in range(n)],
        arcs=[(f"p{i}", f"t{i}") for i in range(n)],
        initial=[f"p{i}" for i in range(n)],
    )
    arguments = called(net, tmp_path, "--engine", "symbolic")
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        assert run(arguments) == 0
        assert sys.get_int_max_str_digits() == 640
    finally:
        sys.set_int_max_str_digits(before)
    first = next(x for x in capsys.readouterr().out.splitlines() if x.startswith("states: "))
    assert len(first) == len("states: ") + 663


def test_a_symbolic_search_without_time_has_no_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--engine", "symbolic", "--budget-seconds", "0.0000001")
    assert run(called(philosophers(12), tmp_path, *options)) == 3
    assert "there are no figures" in capsys.readouterr().out
    assert run(called(philosophers(3), tmp_path, *options[:2], "--spill", str(tmp_path / "d"))) == 2
    assert "explicit engine" in capsys.readouterr().err


def test_symbolic_nets_that_are_unbounded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    net = PetriNet(places=["p"], transitions=["t"], arcs=[("t", "p")])
    assert run(called(net, tmp_path, "--engine", "symbolic")) == 0
    assert "t can be repeated for ever" in capsys.readouterr().out


@pytest.mark.parametrize("engine", ["explicit", "symbolic"])
@pytest.mark.parametrize("kind", ["whole", "unbounded", "partial"])
def test_the_output_follows_its_schema(
    engine: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    net = philosophers(12 if kind == "partial" else 4)
    if kind == "unbounded":
        net = PetriNet(places=["p"], transitions=["t"], arcs=[("t", "p")])
    options = ["--engine", engine, "--output-format", "json"]
    if kind == "partial":
        options += ["--budget-seconds", "0.0000001"]
    assert run(called(net, tmp_path, *options)) == (3 if kind == "partial" else 0)
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, SCHEMA)
    assert list(data) == list(SCHEMA["properties"]) == SCHEMA["required"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "states": "-inf"}, SCHEMA)
