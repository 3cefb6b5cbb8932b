"""The labels of silent steps and of the end in nets and workflows: one reading in all commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import netproof
from netproof.assumed import TAU_SILENT
from netproof.behaviours import load_behaviour
from netproof.cli.main import run
from netproof.loading import model_of
from petri import PetriNet, Transition, format_pnml, livelock, reachability_graph
from transition_systems.lts import LTS, TAU
from transition_systems.readwrite.aut import parse_aut

ROUTED = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">
  <process id="p">
    <startEvent id="s"/>
    <intermediateThrowEvent id="tau"/>
    <endEvent id="e"/>
    <sequenceFlow id="f0" sourceRef="s" targetRef="tau"/>
    <sequenceFlow id="f1" sourceRef="tau" targetRef="e"/>
  </process>
</definitions>
"""


def chain(*labels: str | None) -> PetriNet:
    """Return a net with one transition after the other."""
    places = [f"p{n}" for n in range(len(labels) + 1)]
    arcs = [
        arc for n in range(len(labels)) for arc in ((places[n], f"t{n}"), (f"t{n}", places[n + 1]))
    ]
    transitions = [Transition(id=f"t{n}", label=label) for n, label in enumerate(labels)]
    return PetriNet(places=places, transitions=transitions, arcs=arcs, initial=["p0"])


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, labels in (("named", ("tau", "b")), ("none", (None, "b")), ("short", ("b",))):
        (tmp_path / f"{name}.pnml").write_text(format_pnml(chain(*labels)), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "relation",
    ["weak", "branching", "divergence-branching", "weak-trace", "weak-failures", "coupled-simulation"],
)  # fmt: skip
def test_all_commands_take_tau_for_silent(
    relation: str, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for first, second in (("named", "short"), ("named", "none"), ("short", "none")):
        pair = [f"{first}.pnml", f"{second}.pnml"]
        assert run(["equivalent", *pair, "--relation", relation]) == 0
        if relation == "weak-trace":
            assert run(["refine", *pair, "--relation", relation]) == 0
            assert run(["refine", *reversed(pair), "--relation", relation]) == 0
    capsys.readouterr()
    assert run(["minimise", "named.pnml", "--relation", "weak", "-o", "x.aut"]) == 0
    assert parse_aut((files / "x.aut").read_text(encoding="utf-8")).label_names[2:] == ("b",)
    assert run(["spectrum", "named.pnml", "short.pnml"]) == 0
    assert "divergence-preserving branching bisimilar" in capsys.readouterr().out


def test_strongly_a_silent_step_is_told_apart(files: Path) -> None:
    assert run(["equivalent", "named.pnml", "none.pnml", "--relation", "strong"]) == 0
    assert run(["equivalent", "named.pnml", "short.pnml", "--relation", "strong"]) == 1


@pytest.mark.parametrize("name", ["named", "none"])
def test_formulas_take_tau_for_silent(name: str, files: Path) -> None:
    asked = {
        "enabled(tau) && <tau> true": True,
        "enabled(tau)": True,
        "AG (enabled(tau) -> !enabled(b))": True,
        "F done(tau)": True,
        "[tau] <b> true": True,
        "<tau> <tau> true": False,
        "weak: G (p0 -> X p2)": False,
    }
    report = netproof.check(str(files / f"{name}.pnml"), properties=list(asked)).models[0]
    for (text, holds), entry in zip(asked.items(), report.verdicts, strict=True):
        assert entry.verdict.holds is holds, text
        assert entry.rechecked == "passed", text
        told = TAU_SILENT in entry.verdict.assumptions
        assert told is (name == "named" and ("<" in text or text.startswith("weak"))), text


def test_a_net_without_silent_transitions_never_does_tau() -> None:
    report = netproof.check(chain("b"), properties=["EF enabled(tau)", "<tau> true"]).models[0]
    assert [entry.verdict.violated for entry in report.verdicts] == [True, True]


def test_livelock_of_a_transition_that_is_called_tau() -> None:
    net = PetriNet(places=["p"], transitions=["tau"], arcs=[("p", "tau"), ("tau", "p")],
                   initial=["p"])  # fmt: skip
    assert livelock(net).violated
    (entry,) = netproof.check(net, properties=["livelock"]).models[0].verdicts
    assert entry.verdict.violated
    assert entry.rechecked == "passed"
    assert entry.verdict.assumptions == (TAU_SILENT,)
    assert netproof.compare(net, net).notes[1:] == (TAU_SILENT,)


def test_a_step_of_a_workflow_is_never_silent_by_its_id(tmp_path: Path) -> None:
    file = tmp_path / "x.bpmn"
    file.write_text(ROUTED, encoding="utf-8")
    assert "tau.occur" in load_behaviour(str(file)).label_names


def test_a_label_that_reads_as_the_end_is_a_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    net = PetriNet(
        places=["p", "q"], initial=["p"], final=["q"],
        transitions=[Transition(id="t", label="✓"), Transition(id="u", label="✓ (2)")],
        arcs=[("p", "t"), ("t", "p"), ("p", "u"), ("u", "q")],
    )  # fmt: skip
    lts = reachability_graph(net).lts()
    assert lts.label_names == ("tau", "✓", "✓ (2)", "✓ (3)")
    Path("x.pnml").write_text(format_pnml(net), encoding="utf-8")
    assert run(["minimise", "x.pnml", "-o", "y.aut"]) == 0
    assert run(["minimise", "x.pnml", "--output-format", "json"]) == 0
    out = capsys.readouterr().out
    data = json.loads(out[out.index("{") :])
    assert data["complete"]
    assert data["map"] == [0, 1]
    assert data["states"] == [{"p": 1}, {"q": 1}]
    assert run(["equivalent", "x.pnml", "y.aut", "--relation", "strong"]) == 0


def test_a_system_as_a_net_keeps_its_silent_steps() -> None:
    lts = LTS.from_arcs(3, [(0, None, 1), (1, "b", 2)])
    made = model_of(lts).net
    assert made is not None
    assert (reachability_graph(made).lts().labels == TAU).sum() == 1


@pytest.mark.parametrize(
    "command",
    [
        ["equivalent", "named.pnml", "x.aut", "--relation", "weak"],
        ["refine", "named.pnml", "named.pnml", "--relation", "weak-trace"],
        ["spectrum", "named.pnml", "short.pnml"],
        ["minimise", "named.pnml", "--relation", "weak"],
        ["convert", "named.pnml", "--to", "aut"],
    ],
)
def test_it_is_told_where_a_label_makes_a_step_silent(
    command: list[str], files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (files / "x.aut").write_text('des (0, 1, 2)\n(0, "b", 1)\n', encoding="utf-8")
    assert run(command) in (0, 1)
    assert capsys.readouterr().err.count(TAU_SILENT) == 1
    assert run([part.replace("named", "none") for part in command]) in (0, 1)
    assert TAU_SILENT not in capsys.readouterr().err
