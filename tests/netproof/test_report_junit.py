"""JUnit XML, read back by a parser that was not written here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import junitparser
import pytest

from netproof import check, check_many
from netproof.report.junit import junit_text
from netproof.report.model import Accepted, ModelReport, Report, VerdictReport
from netproof.report.renderers import render
from transition_systems.run import Lasso, Step
from transition_systems.verdict import Outcome, Statistics, Verdict

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def parsed(report: Report) -> junitparser.JUnitXml:
    text = junit_text(report, root=ROOT)
    assert str(ROOT) not in text
    return junitparser.JUnitXml.fromstring(text.encode("utf-8"))


def cases(xml: junitparser.JUnitXml) -> dict[str, junitparser.TestCase]:
    return {case.name: case for suite in xml for case in suite}


def test_a_clean_run_passes() -> None:
    xml = parsed(check(EXAMPLES / "order-process.bpmn"))
    assert (xml.tests, xml.failures, xml.errors, xml.skipped) == (5, 0, 0, 0)
    assert all(case.is_passed for case in cases(xml).values())
    assert {case.classname for case in cases(xml).values()} == {"examples/order-process.bpmn"}


def test_a_violation_is_a_failure_with_its_run() -> None:
    xml = parsed(check(EXAMPLES / "invoice-deadlock.bpmn"))
    assert (xml.tests, xml.failures, xml.errors, xml.skipped) == (5, 3, 0, 0)
    (failure,) = cases(xml)["deadlock"].result
    assert isinstance(failure, junitparser.Failure)
    assert failure.type == "deadlock"
    assert "join" in failure.message
    assert "\n1. start event “Invoice arrived” occurs (line 10)\n" in failure.text


def test_unknown_is_skipped_and_unreadable_is_an_error(tmp_path: Path) -> None:
    bad = tmp_path / "bad.bpmn"
    bad.write_text("<definitions>\x01")
    refused = tmp_path / "c.bpmn"
    text = (EXAMPLES / "invoice-deadlock.bpmn").read_text()
    refused.write_text(text.replace("parallelGateway", "complexGateway"))
    xml = parsed(check_many([bad, refused]))
    assert (xml.tests, xml.failures, xml.errors, xml.skipped) == (6, 0, 1, 5)
    found = cases(xml)
    (error,) = found["read"].result
    assert isinstance(error, junitparser.Error)
    assert error.type == "unreadable"
    assert str(tmp_path) not in error.text
    (skipped,) = found["soundness"].result
    assert isinstance(skipped, junitparser.Skipped)
    assert "complex" in skipped.message


def test_what_is_accepted_or_only_warns_is_skipped() -> None:
    (model,) = check(EXAMPLES / "invoice-deadlock.bpmn").models
    known, warned, *rest = model.verdicts
    known = replace(known, accepted=Accepted(kind="known", reason="in base.json"))
    warned = replace(warned, level="warning")
    xml = parsed(Report(models=(replace(model, verdicts=(known, warned, *rest)),)))
    assert (xml.failures, xml.skipped) == (1, 2)
    messages = [cases(xml)[name].result[0].message for name in ("soundness", "deadlock")]
    assert messages[0].startswith("VIOLATED, known: in base.json")
    assert messages[1].startswith("warning: VIOLATED")


@pytest.mark.parametrize("name", ["\x00\x1b[31m", "]]><x>&\"'", "\ud800\uffff", "a\nb", "ع \u202e"])
def test_any_name_gives_valid_xml(name: str) -> None:
    run = Lasso(initial={}, steps=(Step(action=name, label=name, state={}),), loop_start=0)
    verdict = Verdict(
        property=name,
        outcome=Outcome.VIOLATED,
        explanation=(name,),
        statistics=Statistics(method="x"),
    )
    models = (
        ModelReport(source=name, verdicts=(VerdictReport(verdict=verdict, witness=run),)),
        ModelReport(source=name, error=name, internal=True),
    )
    text = junit_text(Report(models=models), root=ROOT)
    root = ElementTree.fromstring(text.encode("utf-8"))
    assert [len(root.findall(f".//{tag}")) for tag in ("failure", "error")] == [1, 1]
    assert "repeated for ever" in text


def test_long_runs_are_cut_in_the_middle() -> None:
    steps = tuple(Step(action="t", label="t", state={}) for _ in range(5_000))
    verdict = Verdict(
        property="termination", outcome=Outcome.VIOLATED, statistics=Statistics(method="x")
    )
    entry = VerdictReport(verdict=verdict, witness=Lasso(initial={}, steps=steps, loop_start=1))
    text = junit_text(Report(models=(ModelReport(source="x", verdicts=(entry,)),)), root=ROOT)
    assert "\n… 4000 steps …\n" in text
    assert "\n5000. t" in text


def test_it_is_a_format() -> None:
    assert render(Report(models=()), "junit").startswith("<?xml")
