"""``netproof equivalent`` and ``netproof minimise``: systems, nets and workflows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from netproof.cli.main import run
from netproof.equivalences import EQUIVALENCES
from petri import PetriNet
from petri.readwrite.pnml import write_pnml
from transition_systems import LTS, bisimilar, read_aut, read_lts_json, write_lts_json
from transition_systems.equivalences.linear_relations import LINEAR_RELATIONS
from transition_systems.equivalences.relations import BISIMILARITIES, Relation
from transition_systems.evidence import evidence_from_dict

SCHEMAS = Path(__file__).parents[2] / "netproof/schema"
LATE = 'des (0, 3, 4)\n(0, "a", 1)\n(1, "b", 2)\n(1, "c", 3)\n'
EARLY = 'des (0, 4, 5)\n(0, "a", 1)\n(0, "a", 2)\n(1, "b", 3)\n(2, "c", 4)\n'
SILENT = 'des (0, 5, 6)\n(0, i, 1)\n(1, "a", 2)\n(2, i, 3)\n(3, "b", 4)\n(3, "c", 5)\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (("late", LATE), ("early", EARLY), ("silent", SILENT)):
        (tmp_path / f"{name}.aut").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], schema: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    wanted = json.loads((SCHEMAS / schema).read_text(encoding="utf-8"))
    jsonschema.validate(data, wanted)
    assert list(data) == wanted["required"]
    return data


@pytest.mark.parametrize("relation", [*BISIMILARITIES])
def test_two_files_are_compared(
    relation: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--relation", relation, "--output-format", "json"]
    assert run(["equivalent", "late.aut", "early.aut", *options]) == 1
    data = printed(capsys, "equivalent-1.json")
    assert (data["outcome"], data["equivalent"]) == ("VIOLATED", False)
    assert data["recheck"] == {"status": "passed", "reason": None}
    evidence = evidence_from_dict(data["evidence"])
    assert evidence.kind == "distinction"
    expected = 1 if relation == "strong" else 0
    assert run(["equivalent", "late.aut", "silent.aut", *options]) == expected
    data = printed(capsys, "equivalent-1.json")
    assert data["equivalent"] is (expected == 0)
    assert data["systems"] == [{"states": 4, "arcs": 3}, {"states": 6, "arcs": 5}]


@pytest.mark.parametrize("relation", [*EQUIVALENCES])
def test_every_relation(relation: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--relation", relation, "--output-format", "json"]
    for right in ("late.aut", "early.aut", "silent.aut"):
        code = run(["equivalent", "late.aut", right, *options])
        data = printed(capsys, "equivalent-1.json")
        assert code == {"HOLDS": 0, "VIOLATED": 1}[str(data["outcome"])]
        assert data["recheck"] == {"status": "passed", "reason": None}
    if EQUIVALENCES[relation].minimise is not None:
        assert run(["minimise", "early.aut", "-o", "small.aut", *options]) == 0
        data = printed(capsys, "minimise-1.json")
        assert data["complete"]
        place = data["map"]
        assert (place is None) is (relation in LINEAR_RELATIONS)
        if isinstance(place, list):
            assert len(place) == read_aut(folder / "early.aut").n_states
            known = {*place} - {None}
            assert known == {*range(read_aut(folder / "small.aut").n_states)}
        assert run(["equivalent", "early.aut", "small.aut", *options]) == 0
        capsys.readouterr()


@pytest.mark.parametrize("relation", [*BISIMILARITIES])
def test_a_file_is_minimised(
    relation: Relation, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--relation", relation, "--output-format", "json"]
    assert run(["minimise", "silent.aut", "-o", "small.aut", *options]) == 0
    data = printed(capsys, "minimise-1.json")
    small = read_aut(folder / "small.aut")
    assert data["before"] == {"states": 6, "arcs": 5}
    assert data["after"] == {"states": small.n_states, "arcs": small.n_arcs}
    assert small.n_states == (5 if relation == "strong" else 3)
    silent = read_aut(folder / "silent.aut")
    assert bisimilar(silent, small, relation).holds
    place = data["map"]
    assert isinstance(place, list)
    for old, new in enumerate(place):  # each state is as the one that it is in
        one = LTS.from_arcs(6, list(silent.arcs()), initial=[old])
        other = LTS.from_arcs(small.n_states, list(small.arcs()), initial=[new])
        assert bisimilar(one, other, relation).holds


def test_text_for_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["equivalent", "late.aut", "silent.aut"]) == 1
    shown = capsys.readouterr().out
    assert "VIOLATED strong" in shown
    assert "recheck passed" in shown
    assert run(["minimise", "late.aut"]) == 0
    assert "after: 3 states, 3 arcs" in capsys.readouterr().out


def test_nets_and_systems_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net = PetriNet(
        places=["p", "q"], transitions=["t"], arcs=[("p", "t"), ("t", "q")], initial={"p": 2}
    )
    write_pnml(net, folder / "net.pnml")
    system = LTS.from_arcs(3, [(0, "t", 1), (1, "t", 2)])
    write_lts_json(system, folder / "system.json")
    code = run(["equivalent", "net.pnml", "system.json", "--relation", "branching"])
    assert code in (0, 1)  # labels of transitions without one are silent
    assert run(["minimise", "system.json", "-o", "same.json"]) == 0
    assert read_lts_json(folder / "same.json") == system
    marked = LTS.from_arcs(2, [(0, "t", 1)], final=[1])
    write_lts_json(marked, folder / "marked.json")
    assert run(["minimise", "marked.json", "-o", "marked.aut"]) == 0
    assert run(["equivalent", "marked.aut", "marked.json"]) == 0
    capsys.readouterr()


def test_misuse_and_budgets(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["equivalent", "late.aut", "early.aut", "--relation", "brunching"]) == 2
    assert "did you mean 'branching'" in capsys.readouterr().err
    assert run(["equivalent", "late.aut", "missing.aut"]) == 2
    assert run(["minimise", "late.aut", "-o", "x.png"]) == 2
    (folder / "bad.aut").write_text("des (0, 2, 1)\n(0, a, 0)\n", encoding="utf-8")
    assert run(["minimise", "bad.aut"]) == 2
    capsys.readouterr()
    tiny = ["--budget-seconds", "1e-9", "--output-format", "json"]
    assert run(["equivalent", "late.aut", "early.aut", *tiny]) == 3
    data = printed(capsys, "equivalent-1.json")
    assert (data["outcome"], data["equivalent"], data["evidence"]) == ("UNKNOWN", None, None)
    assert run(["minimise", "late.aut", *tiny]) == 3
    assert printed(capsys, "minimise-1.json")["complete"] is False
