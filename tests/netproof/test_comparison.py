"""Two versions of a workflow compared by branching bisimulation and by language."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import fromstring

import jsonschema
import pytest

import netproof
from netproof.cli.main import run
from petri import PetriNet, write_pnml
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError, UsageError
from translators.workflow import WorkflowGraph
from workflow_text import drawn

SCHEMA = Path(__file__).parents[2] / "netproof/schema/equivalent-1.json"
EXAMPLES = Path(__file__).parents[2] / "examples"
LATE = """
start s
task a
xor x
task b
task c
xor m
end e
s > a > x > b > m > e
x > c > m
"""
EARLY = """
start s
xor x
task a
task a2
task b
task c
xor m
end e
s > x > a > b > m > e
x > a2 > c > m
"""
PARALLEL = """
start s
and f
task a
task b
and j
end e
s > f > a > j > e
f > b > j
"""
IN_TURN = """
start s
task a
task b
end e
s > a > b > e
"""


def early() -> WorkflowGraph:
    """The choice is made before ``a``, which is done by one of two tasks of that name."""
    graph = drawn(EARLY)
    nodes = [replace(n, name="a") if n.id in ("a", "a2") else n for n in graph.nodes]
    return replace(graph, nodes=tuple(nodes))


def late() -> WorkflowGraph:
    graph = drawn(LATE)
    return replace(
        graph, nodes=tuple(replace(n, name="a") if n.id == "a" else n for n in graph.nodes)
    )


def test_a_choice_that_is_made_earlier_is_seen_by_bisimulation_only() -> None:
    found = netproof.compare(late(), early())
    assert not found
    assert found.recheck.status == "passed"
    assert (found.language.gained.status, found.language.lost.status) == ("none", "none")
    assert found.play is not None
    assert {found.lines()[-1]} <= {
        "The first can do b there, and the second cannot.",
        "The first can do c there, and the second cannot.",
    }
    for version in (found.old, found.new):
        assert version.run is not None
        assert version.told is not None
        assert "a" in {step.action.split(".")[0][:1] for step in version.run.steps}
    assert netproof.compare(late(), early(), "weak").verdict.violated
    assert netproof.compare(late(), late())


def test_what_the_other_version_cannot_do_is_drawn() -> None:
    found = netproof.compare(drawn(PARALLEL), drawn(IN_TURN))
    assert found.new.lacking == "b"
    assert found.old.lacking is None
    svg = found.svg()
    fromstring(svg)
    assert 'class="blamed"' in svg
    assert "First: " in svg
    assert "The first can do" in svg
    assert found.ending() in found.html().replace("&quot;", '"')


def test_unseen_steps_do_not_matter() -> None:
    text = IN_TURN.replace("task b", "task b\nxor x\nxor y").replace("a > b", "a > x > y > b")
    found = netproof.compare(drawn(IN_TURN), drawn(text + "x > y\n"))
    assert found
    assert found.play is None
    assert found.lines() == []
    assert "language: the same" in str(found)


def test_nets_and_workflows_are_compared_by_label() -> None:
    net = PetriNet(
        places=["p", "q", "r"], transitions=["a", "b"], initial=["p"], final=["r"],
        arcs=[("p", "a"), ("a", "q"), ("q", "b"), ("b", "r")],
    )  # fmt: skip
    assert netproof.compare(net, drawn(IN_TURN))
    found = netproof.compare(net, drawn(PARALLEL))
    assert not found
    assert "<svg" in found.svg()


def test_a_budget_that_ends_is_unknown() -> None:
    found = netproof.compare(drawn(PARALLEL), drawn(IN_TURN), budget=Budget(states=3))
    assert found.verdict.unknown
    with pytest.raises(UndecidedError):
        bool(found)
    assert "not all markings were found" in str(found)
    with pytest.raises(UsageError, match="did you mean"):
        netproof.compare(drawn(PARALLEL), drawn(IN_TURN), "brunching")


def test_a_model_that_was_not_read_exactly_gives_no_proof() -> None:
    path = EXAMPLES / "purchase-two-pools.bpmn"
    found = netproof.compare(path, path)
    assert found.verdict.holds or "was read with" in (found.verdict.reason or "")


def test_the_command_compares_versions_and_draws_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = EXAMPLES / "hiring-double-welcome.bpmn"
    new = tmp_path / "mended.bpmn"
    assert run(["repair", str(old), "-o", str(new)]) == 0
    capsys.readouterr()
    picture = tmp_path / "both.svg"
    options = ["--output-format", "json", "--picture", str(picture)]
    assert run(["equivalent", str(old), str(new), *options]) == 1
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert (data["relation"], data["outcome"]) == ("branching", "VIOLATED")
    assert data["comparison"]["new"]["lacking"] == "welcome"
    assert data["comparison"]["play"][-1]["answer"] is None
    fromstring(picture.read_text(encoding="utf-8"))
    assert run(["equivalent", str(old), str(old), "--picture", str(tmp_path / "x.html")]) == 0
    assert "the same" in capsys.readouterr().out
    (tmp_path / "x.aut").write_text("des (0, 0, 1)\n", encoding="utf-8")
    both = [str(tmp_path / "x.aut")] * 2
    assert run(["equivalent", *both, "--picture", "x.svg"]) == 2
    assert "not of transition systems" in capsys.readouterr().err


def test_a_net_file_is_compared_with_a_workflow(tmp_path: Path) -> None:
    net = PetriNet(
        places=["p", "q"], transitions=["a"], initial=["p"], final=["q"],
        arcs=[("p", "a"), ("a", "q")],
    )  # fmt: skip
    write_pnml(net, tmp_path / "net.pnml")
    assert run(["equivalent", str(tmp_path / "net.pnml"), str(tmp_path / "net.pnml")]) == 0
