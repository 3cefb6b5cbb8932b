"""Temporal formulas on the user's own models: names, readings, runs, rechecks, reports."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import netproof
from netproof.asked_formulas import asked_formula, with_reading
from netproof.cli.main import run
from netproof.evidence_files import recheck_folder, write_evidence
from netproof.pictures import verdict_svg
from netproof.properties import asked_properties
from netproof.recheck.check import recheck_verdict
from netproof.recheck.workflow_questions import question_for
from netproof.report.model import Report, VerdictReport
from netproof.report.renderers import render
from petri import PetriNet
from petri.ltl import ltl
from transition_systems.errors import UsageError
from transition_systems.evidence import Evidence
from transition_systems.verdict import Outcome
from translators.ledger import PropertyKind

EXAMPLES = Path(__file__).parents[2] / "examples"
ORDER, TICKET = str(EXAMPLES / "order-process.bpmn"), str(EXAMPLES / "support-ticket.bpmn")
CASES = [
    (ORDER, 'G (done("Check stock") -> F (delivered || cancelled))', "HOLDS"),
    (ORDER, "F delivered", "VIOLATED"),
    (ORDER, "G (started(ship) -> F done(ship))", "HOLDS"),
    (ORDER, "G (started(pack) -> X done(pack))", "VIOLATED"),
    (ORDER, "weak: F G dead", "HOLDS"),
    (ORDER, "response(started(pack), done(pack))", "HOLDS"),
    (ORDER, "absence(ship) before done(check)", "HOLDS"),
    (ORDER, "precedence(done(check), started(ship))", "HOLDS"),
    (ORDER, "AG (done(check) -> AF (delivered || cancelled))", "HOLDS"),
    (ORDER, "EF (done(cancel) && EX cancelled)", "HOLDS"),
    (ORDER, "G !enabled(cancel)", "VIOLATED"),
    (ORDER, "A G E F G dead", "HOLDS"),
    (ORDER, "E (F G cancelled && G !enabled(ship))", "HOLDS"),
    (ORDER, "A (F G cancelled || F started(pack))", "HOLDS"),
    (ORDER, "[true*] <true*> dead", "HOLDS"),
    (ORDER, '<received> [true*."check.start"] <"check.complete"> true', "HOLDS"),
    (ORDER, "nu X. <true> X", "VIOLATED"),
    (TICKET, '<true*> <"solve.start"> true', "HOLDS"),
    (TICKET, '[true*."solve.start"] false', "VIOLATED"),
    (TICKET, "<solve> true", "VIOLATED"),
    (TICKET, "<true*.solve> true", "HOLDS"),
    (TICKET, "strong-fairness: AF done(solve)", "HOLDS"),
    (TICKET, "weak-fairness: AF done(solve)", "VIOLATED"),
    (TICKET, "nu X. <true> X", "HOLDS"),
    (TICKET, "F done(solve)", "VIOLATED"),
    (TICKET, "weak-fairness: F done(solve)", "VIOLATED"),
    (TICKET, "strong-fairness: F done(solve)", "HOLDS"),
    (TICKET, "strong-process-fairness: F done(solve)", "VIOLATED"),
]


def only(source: str, formula: str) -> tuple[Report, VerdictReport]:
    report = netproof.check(source, properties=[formula])
    return report, report.models[0].verdicts[0]


@pytest.mark.parametrize(("source", "formula", "outcome"), CASES)
def test_formulas_on_workflows(source: str, formula: str, outcome: str, tmp_path: Path) -> None:
    report, entry = only(source, formula)
    assert str(entry.outcome) == outcome
    assert entry.rechecked == "passed"
    write_evidence(report, tmp_path)
    assert [result.result.status for _, result in recheck_folder(tmp_path)] == ["passed"]
    told = tmp_path / "report.json"
    said = json.loads(next(tmp_path.glob("*.evidence.json")).read_text(encoding="utf-8"))
    verdict = said["models"][0]["verdicts"][0]
    verdict["outcome"] = "HOLDS" if outcome == "VIOLATED" else "VIOLATED"
    told.with_suffix(".evidence.json").write_text(json.dumps(said), encoding="utf-8")
    assert sorted(result.result.status for _, result in recheck_folder(tmp_path)) == [
        "failed", "passed"
    ]  # fmt: skip


def test_the_loop_is_shown_in_every_report() -> None:
    report, entry = only(TICKET, "F done(solve)")
    assert entry.witness is not None
    assert "repeated for ever" in render(report, "terminal")
    assert "Read as LTL" in render(report, "terminal")
    assert "No fairness is assumed" in entry.explanation
    assert "“Ask the customer”" in entry.explanation
    for name in ("html", "markdown", "junit"):
        assert re.search("for ever|repeat", render(report, name)), name
    flow = json.loads(render(report, "sarif"))["runs"][0]["results"][0]["codeFlows"]
    assert re.search("for ever|repeat|loop", json.dumps(flow))


def test_where_nothing_more_happens() -> None:
    _, entry = only(ORDER, "F delivered")
    assert entry.witness is not None
    assert entry.witness.steps[-1].label == "nothing more happens"
    assert "nothing more happens, with tokens on “Order cancelled”" in entry.explanation


NET = PetriNet(
    places=["p", "q"], transitions=["go", "back", "stay"], initial=["p"],
    arcs=[("p", "go"), ("go", "q"), ("q", "back"), ("back", "p"), ("p", "stay"), ("stay", "p")],
)  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "outcome"),
    [
        ("G F q", "VIOLATED"), ("weak-fairness: G F q", "HOLDS"), ("G (done(go) -> q)", "HOLDS"),
        ("G (done(go) -> X done(back))", "HOLDS"), ("F done(stay)", "VIOLATED"),
        ("strong-fairness: F done(stay)", "HOLDS"), ("EF (done(stay) && p)", "HOLDS"),
        ("AG (done(back) -> enabled(go))", "HOLDS"), ("G (p || q)", "HOLDS"),
    ],
)  # fmt: skip
def test_formulas_on_nets(formula: str, outcome: str) -> None:
    entry = netproof.check(NET, properties=[formula]).models[0].verdicts[0]
    assert (str(entry.outcome), entry.rechecked) == (outcome, "passed")
    if entry.witness is not None:
        assert "@" not in " ".join(entry.witness.actions)


def test_evidence_of_another_question_is_refused() -> None:
    fair = ltl(NET, "G F q", fairness="strong")
    lasso = ltl(NET, "G F q")

    def judged(text: str, outcome: Outcome, evidence: Evidence | None) -> str:
        asked = asked_properties([text])[0]
        question = question_for(asked, NET)
        return recheck_verdict(text, outcome, evidence, NET, question=question).status

    holds, violated = Outcome.HOLDS, Outcome.VIOLATED
    assert judged("strong-fairness: G F q", holds, fair.evidence) == "passed"
    assert judged("G F q", holds, fair.evidence) == "failed"
    assert judged("weak-fairness: G F q", holds, fair.evidence) == "failed"
    assert judged("strong-fairness: G F p", holds, fair.evidence) == "failed"
    assert judged("strong-fairness: G F q", violated, fair.evidence) == "failed"
    assert judged("G F q", violated, lasso.evidence) == "passed"
    assert judged("weak: G F q", violated, lasso.evidence) == "failed"
    assert judged("G F q", holds, lasso.evidence) == "failed"
    assert judged("AG AF q", violated, lasso.evidence) == "failed"
    assert judged("deadlock", holds, lasso.evidence) == "failed"


def test_what_is_misspelt() -> None:
    with pytest.raises(UsageError, match="did you mean 'ship'"):
        only(ORDER, "F done(shp)")
    for text, near in (("respons(a, b)", "response"), ("wek: F a", "weak")):
        with pytest.raises(UsageError, match=near):
            asked_properties([text])
    for text, near in (
        ("weak: AG AF p", "LTL"), ("weak-fairness strong-fairness: F p", "one kind")
    ):  # fmt: skip
        with pytest.raises(UsageError, match=near):
            netproof.check(NET, properties=[text])
    with pytest.raises(UsageError, match="no processes"):
        netproof.check(NET, properties=["weak-process-fairness: F p"])


def test_which_logic() -> None:
    logics = {
        "AG p": "state", "G p": "state", "A G p": "state", "AG AF p": "CTL", "G F p": "LTL", "<a> true": "mu", "nu X. [a] X": "mu", "(a < 3)": "CTL",
        "A (G F p)": "LTL", "E G F p": "CTL*", "A G E F G p": "CTL*", "AG done(a)": "CTL", "G done(a)": "LTL",
        "absence(p) between q and r": "LTL",
    }  # fmt: skip
    assert {text: asked_formula(text).logic for text in logics} == logics
    assert asked_formula("AG !dead").kind is PropertyKind.BRANCHING
    assert asked_formula("AG p").kind is PropertyKind.UNIVERSAL
    assert with_reading("weak: F p", fairness="weak-fairness") == "weak weak-fairness: F p"
    assert with_reading("F p") == "F p"


def test_pictures_and_the_token_game_of_a_run_that_stays(tmp_path: Path) -> None:
    for source, formula in ((ORDER, "F delivered"), (TICKET, "F done(solve)")):
        picture = tmp_path / "run.svg"
        draw = ["draw", source, "--property", formula, "-o", str(picture)]
        assert run(draw) == 0
        assert "<svg" in picture.read_text(encoding="utf-8")
        report, entry = only(source, formula)
        assert entry.witness is not None
        assert netproof.play(report) is not None
        assert "<svg" in verdict_svg(report.models[0], entry)
    net = PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t")], initial=["p"])
    report = netproof.check(net, properties=["F G p", "G !done(t)"])
    for entry in report.models[0].verdicts:
        assert entry.outcome is Outcome.VIOLATED
        picture_text = verdict_svg(report.models[0], entry)
        assert "<svg" in picture_text
        assert "@" not in picture_text
    assert netproof.play(report) is not None


def test_a_pattern_with_a_scope_is_told_as_it_was_asked() -> None:
    names = ["absence(solve) between read and question", "response(read, solve) after question"]
    good, bad = netproof.check(TICKET, names).verdicts
    between = "Between each time that read holds and the next time that question holds: "
    assert good.explanation.startswith(f"{between}it is never the case that solve holds")
    wanted = (
        "This does not hold: from the first time that question holds: whenever read holds, then "
        "solve holds at that time or later."
    )
    assert bad.explanation.startswith(wanted)
