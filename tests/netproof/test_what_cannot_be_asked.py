"""A property that cannot be asked of a model leaves the others their answers, wherever it is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import netproof
from netproof.__main__ import main
from petri import PetriNet, write_pnml
from transition_systems.errors import UsageError

EXAMPLES = Path(__file__).parents[2] / "examples"
AUT = 'des (0, 2, 2)\n(0, "a", 1)\n(1, "b", 0)\n'


def asked_twice(
    path: Path, properties: list[str], capsys: pytest.CaptureFixture[str]
) -> netproof.Report:
    """Ask in Python and on the command line; return the report, which is the same."""
    report = netproof.check(path, properties)
    options = [text for name in properties for text in ("--property", name)]
    code = main(["check", str(path), *options, "--no-config", "--output-format", "json"])
    told = json.loads(capsys.readouterr().out)["models"][0]["verdicts"]
    found = [(one.name, str(one.outcome), one.reason) for one in report.verdicts]
    assert found == [(one["property"], one["outcome"], one["reason"]) for one in told]
    assert code == report.exit_code
    return report


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [("soundness", "asked of workflow nets only"), ("AG(zz >= 1)", "nothing called 'zz'"),
     ("lost-messages", "a property of a workflow"), ("nonsense", "no property 'nonsense'")],
)  # fmt: skip
def test_a_system_answers_the_others(
    wrong: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.aut"
    path.write_text(AUT, encoding="utf-8")
    for properties in ([wrong, "deadlock"], ["deadlock", "EF(done(a))", wrong]):
        report = asked_twice(path, properties, capsys)
        outcomes = {one.name: str(one.outcome) for one in report.verdicts}
        assert outcomes.pop(wrong) == "UNKNOWN"
        assert set(outcomes.values()) == {"HOLDS"}
        assert set(report.unusable) == {wrong}
        assert reason in report.unusable[wrong]
        assert report.exit_code == 2


@pytest.mark.parametrize("words", ["--fairness=strong", "--fairness=weak"])
@pytest.mark.parametrize("kind", ["bpmn", "aut"])
def test_fairness_leaves_formulas_of_the_mu_calculus_unknown(
    words: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, step = EXAMPLES / "support-ticket.bpmn", "solve"
    if kind == "aut":
        path, step = tmp_path / "x.aut", "a"
        path.write_text(AUT, encoding="utf-8")
    asked = [f"mu X. done({step}) || [true] X", f"F done({step})", f"EF done({step})"]
    options = [text for name in asked for text in ("--property", name)]
    code = main(["check", str(path), words, *options, "--no-config", "--output-format", "json"])
    mu, *others = json.loads(capsys.readouterr().out)["models"][0]["verdicts"]
    assert (code, mu["outcome"]) == (2, "UNKNOWN")
    assert asked[0] in mu["property"]
    assert "of the mu-calculus is read in one way, on single steps: without" in mu["reason"]
    assert all(one["outcome"] in ("HOLDS", "VIOLATED") for one in others)


def test_words_before_a_formula_of_the_mu_calculus_are_an_error_of_that_formula() -> None:
    path = EXAMPLES / "support-ticket.bpmn"
    report = netproof.check(path, ["weak: <true> true", "F done(solve)"])
    assert [str(one.outcome) for one in report.verdicts] == ["UNKNOWN", "VIOLATED"]
    assert "without 'weak'" in report.unusable["weak: <true> true"]
    with pytest.raises(UsageError, match="without 'weak-fairness'"):
        netproof.check(path, "weak-fairness: <true> true")


def test_a_workflow_and_a_net_answer_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workflow = EXAMPLES / "invoice-deadlock.bpmn"
    report = asked_twice(workflow, ["persistence", "deadlock"], capsys)
    assert [str(one.outcome) for one in report.verdicts] == ["UNKNOWN", "VIOLATED"]
    net = tmp_path / "n.pnml"
    net.write_text(netproof.convert(workflow, "pnml"), encoding="utf-8")
    report = asked_twice(net, ["deadlock", "EF(nobody >= 1)"], capsys)
    assert [str(one.outcome) for one in report.verdicts] == ["VIOLATED", "UNKNOWN"]
    assert "nobody" in report.unusable["EF(nobody >= 1)"]


def test_nothing_that_can_be_asked_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.aut"
    path.write_text(AUT, encoding="utf-8")
    for properties in ("soundness", ["nonsense", "AG(zz >= 1)"]):
        with pytest.raises(UsageError):
            netproof.check(path, properties)


@pytest.mark.parametrize("kind", ["bpmn", "pnml", "aut"])
def test_a_misspelt_word_of_the_language_is_answered_with_it(tmp_path: Path, kind: str) -> None:
    path = EXAMPLES / "support-ticket.bpmn"
    if kind == "pnml":
        path = tmp_path / "x.pnml"
        write_pnml(PetriNet(places=["p"], transitions=["t"], initial=["p"]), path)
    if kind == "aut":
        path = tmp_path / "x.aut"
        path.write_text('des (0, 1, 2)\n(0, "a", 1)\n')
    with pytest.raises(UsageError, match="nothing called 'ded'; did you mean 'dead'"):
        netproof.check(path, properties=["AG (ded)"])


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("weak: AG EF {}", "left out of LTL formulas only, and this is CTL"),
        ("weak: A G E F G {}", "left out of LTL formulas only, and this is CTL*"),
        ("weak: {}", "left out of LTL formulas only, and this is CTL, about the initial state"),
        ("weak-fairness strong-fairness: F {}", "not weak-fairness and strong-fairness"),
        ("weak-fairness, strong-fairness: AG {}", "not weak-fairness and strong-fairness"),
    ],
)
@pytest.mark.parametrize("kind", ["bpmn", "aut"])
def test_words_that_cannot_stand_before_a_formula_are_an_error_of_that_formula(
    asked: str, reason: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, name = EXAMPLES / "support-ticket.bpmn", "solve"
    if kind == "aut":
        path, name = tmp_path / "x.aut", "s1"
        path.write_text(AUT, encoding="utf-8")
    text = asked.format(name)
    report = asked_twice(path, [text, "AG true"], capsys)
    assert [str(one.outcome) for one in report.verdicts] == ["UNKNOWN", "HOLDS"]
    assert reason in report.unusable[text]
