"""Runs of formulas with modalities, on the user's own model: names, text, JSON, recheck."""

from __future__ import annotations

from pathlib import Path

import netproof
from petri import PetriNet
from petri.mu_calculus import mu
from transition_systems.lts import LTS
from transition_systems.readwrite.aut import write_aut

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "support-ticket.bpmn")


def test_a_run_on_the_diagram() -> None:
    report = netproof.check(
        EXAMPLE, properties=['[true*] ["solve.start"] false', "AG [solve] false"]
    )
    for entry in report.models[0].verdicts:
        assert entry.verdict.violated
        assert entry.rechecked == "passed"
        assert entry.witness is not None
        assert entry.witness.steps[-1].source is not None
        assert "solve" in entry.witness.steps[-1].action
        assert any("step" in said for said in entry.verdict.explanation[1:])


def test_a_run_of_a_net_and_of_a_system(tmp_path: Path) -> None:
    net = PetriNet(
        places=["i", "m", "o"], transitions=["a.b", "c"],
        arcs=[("i", "a.b"), ("a.b", "m"), ("m", "c"), ("c", "o")], initial=["i"],
    )  # fmt: skip
    verdict = mu(net, "<true*> <c> {o >= 1}")
    assert verdict.holds
    assert verdict.witness is not None
    assert verdict.witness.actions == ("a.b", "c")
    assert verdict.witness.last == {"o": 1}
    file = str(tmp_path / "x.aut")
    write_aut(LTS.from_arcs(3, [(0, "a b", 1), (1, "c", 2), (2, "c", 1)]), file)
    report = netproof.check(file, properties=["mu X. s0 && dead || AX X", "<true*> s2"])
    for entry in report.models[0].verdicts:
        assert entry.rechecked == "passed"
        assert entry.witness is not None
        assert entry.witness.steps[0].label == "a b"
    first = report.models[0].verdicts[0].witness
    assert first is not None
    assert first.kind == "lasso"
    data = report.to_dict()
    assert data["models"][0]["verdicts"][1]["witness"]["steps"][1]["state"] == {"s2": 1}
