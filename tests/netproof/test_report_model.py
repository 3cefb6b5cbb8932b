"""Reports as objects: what they look like at a prompt, and what is asked twice."""

from __future__ import annotations

import netproof
from netproof.properties import asked_properties
from netproof.report.model import ModelReport, Report
from petri import PetriNet

NET = PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t")], initial={"p": 1}, name="n")


def test_a_report_is_a_short_summary_at_a_prompt() -> None:
    report = netproof.check(NET, ["deadlock", "boundedness"])
    assert repr(report[0]) == "<ModelReport of '<net n>': violated, 1 VIOLATED, 1 HOLDS>"
    assert repr(report) == "<Report of 1 file: 1 violated>"
    bad = ModelReport(source="x.bpmn", error="no XML")
    assert repr(bad) == "<ModelReport of 'x.bpmn': error>"
    assert repr(Report(models=(*report.models, bad, bad))) == (
        "<Report of 3 files: 1 violated, 2 error>"
    )
    assert repr(Report(models=())) == "<Report of 0 files: nothing>"


def test_what_is_asked_twice_is_answered_once() -> None:
    assert asked_properties(["deadlock", "boundedness", "deadlock"]) == ["deadlock", "boundedness"]
    assert len(asked_properties(["AG(p <= 1)", "AG(p <= 1)"])) == 1
    report = netproof.check(NET, ["deadlock", "deadlock"])
    assert [entry.name for entry in report[0].verdicts] == ["deadlock"]
