"""Names that look like predicates: ``done(x)`` is the last step, ``"done(x)"`` what is so called."""

from __future__ import annotations

from pathlib import Path

import pytest

import netproof
from fsm.dfa import DFA
from fsm.readwrite.json import write_json
from netproof.cli.main import run
from netproof.recheck.check import recheck
from petri import PetriNet, write_pnml
from petri.ctl import ctl
from petri.ctl_star import ctl_star
from petri.last_steps import with_last_steps
from petri.ltl import ltl
from petri.portfolio.decide import decide
from petri.reachable import reachable
from transition_systems import LTS, LastStep, UsageError, check_ctl
from transition_systems.evidence import Claim, RunEvidence
from transition_systems.properties.format import format_formula, format_predicate
from transition_systems.properties.parse import parse_formula, parse_predicate
from transition_systems.properties.predicates import Atom, Not
from transition_systems.properties.walk import map_names
from transition_systems.readwrite.json import write_lts_json
from transition_systems.run import Run
from transition_systems.temporal.last_steps import with_last_steps as with_last_labels
from transition_systems.temporal.mu_formulas import format_mu
from transition_systems.temporal.mu_parse import parse_mu

NET = PetriNet(
    places=["i", "done(pay)", "o", "enabled(ship)"], transitions=["pay", "ship", "file"],
    arcs=[("i", "pay"), ("pay", "o"), ("o", "ship"), ("ship", "enabled(ship)"),
          ("enabled(ship)", "file"), ("file", "done(pay)")],
    initial=["i"],
)  # fmt: skip

BPMN = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="x">
<process id="P" isExecutable="true">
<startEvent id="s"/><subProcess id="sub">
 <startEvent id="is"/><task id="inner"/><endEvent id="ie"/>
 <sequenceFlow id="g1" sourceRef="is" targetRef="inner"/>
 <sequenceFlow id="g2" sourceRef="inner" targetRef="ie"/>
</subProcess><task id="last" name="%s"/><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="sub"/>
<sequenceFlow id="f2" sourceRef="sub" targetRef="last"/>
<sequenceFlow id="f3" sourceRef="last" targetRef="e"/>
</process></definitions>
"""

DEFINITION = """
id: x
name: X
version: "1.0"
start_activity: inner
end_activities: [last]
activities:
  inner: {name: First, type: user}
  last: {name: "%s", type: user}
transitions:
  - {from: inner, to: last}
"""


def answered(source: Path, text: str) -> str:
    """The outcome of a formula, whose evidence is rechecked; the reason where it is unusable."""
    try:
        (entry,) = netproof.check(source, properties=[text]).models[0].verdicts
    except UsageError as error:
        return str(error)
    assert entry.rechecked == "passed", entry
    return str(entry.outcome)


@pytest.mark.parametrize("drawn", ["done(inner)", "started(inner)", "enabled(inner)", "fin"])
@pytest.mark.parametrize(
    ("formula", "outcome"),
    [
        ("A[!done(sub) U done(inner)]", "HOLDS"), ("precedence(done(inner), done(sub))", "HOLDS"),
        ("G (started(inner) -> X done(inner))", "HOLDS"), ("AG !started(inner)", "VIOLATED"),
        ("EF (enabled(inner) && last)", "VIOLATED"), ("EF enabled(inner)", "HOLDS"),
    ],
)  # fmt: skip
def test_drawn_names_do_not_change_predicates(
    drawn: str, formula: str, outcome: str, tmp_path: Path
) -> None:
    file = tmp_path / "x.bpmn"
    file.write_text(BPMN % drawn, encoding="utf-8")
    assert answered(file, formula) == outcome


def test_a_drawn_name_in_quotation_marks_is_the_node(tmp_path: Path) -> None:
    file = tmp_path / "x.bpmn"
    file.write_text(BPMN % "done(inner)", encoding="utf-8")
    for text, same in (
        ('EF ("done(inner)" && last)', "EF last"),
        ('AG !"done(inner)"', "AG !last"),
        ('EF "done(inner)" >= 2', "EF last >= 2"),
        ('EF (done("done(inner)") && EX dead)', "EF (done(last) && EX dead)"),
        ('AG ("done(inner)" -> done(inner))', "AG (last -> done(inner))"),
        ('<true*> {"done(inner)"}', "<true*> {last}"),
        ('<true*> "done(inner)"', "<true*> last"),
    ):
        assert answered(file, text) == answered(file, same) in ("HOLDS", "VIOLATED"), text
    file.write_text(BPMN % "fin", encoding="utf-8")
    assert "in quotation marks it is a name, without them the predicate" in answered(
        file, 'EF "done(inner)"'
    )


@pytest.mark.parametrize("name", ["done(inner)", "Second"])
def test_names_of_a_definition(name: str, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(DEFINITION % name, encoding="utf-8")
    assert answered(file, "A[!started(last) U done(inner)]") == "HOLDS"
    assert answered(file, "AG (last -> done(inner))") == "VIOLATED"
    assert answered(file, f'AG ("{name}" -> done(inner))') == "VIOLATED"
    assert answered(file, f'G (done(inner) -> F "{name}")') == "HOLDS"


@pytest.mark.parametrize(
    ("formula", "outcome"),
    [
        ('EF ("done(pay)" && o)', "VIOLATED"), ("EF (done(pay) && o)", "HOLDS"),
        ('A F (E G "done(pay)")', "HOLDS"), ("A F (E G done(pay))", "VIOLATED"),
        ('EF (o && "done(pay)" >= 1)', "VIOLATED"), ('F ("done(pay)" && done(file))', "HOLDS"),
        ('EF ("done(pay)" && done(pay))', "VIOLATED"), ('<true*> {"done(pay)"}', "HOLDS"),
        ('"done(pay)"', "VIOLATED"), ('AG ("enabled(ship)" -> !enabled(ship))', "HOLDS"),
        ('G (done(pay) -> !"done(pay)")', "HOLDS"), ("EF done(pay)", "HOLDS"),
    ],
)  # fmt: skip
def test_places_of_a_net(formula: str, outcome: str, tmp_path: Path) -> None:
    write_pnml(NET, tmp_path / "n.pnml")
    assert answered(tmp_path / "n.pnml", formula) == outcome


def test_a_net_is_asked_nothing_of_its_last_step() -> None:
    message = "the net that remembers its last step"
    for asked in (ctl, ctl_star, decide):
        with pytest.raises(UsageError, match=message):
            asked(NET, "EF done(pay)")
        assert asked(NET, 'EF ("done(pay)" && !o)').holds
    with pytest.raises(UsageError, match=message):
        reachable(NET, "done(pay)")
    with pytest.raises(UsageError, match=message):
        ltl(NET, "F done(pay)")
    assert reachable(NET, '"done(pay)"').holds
    assert ltl(NET, 'F "done(pay)"').holds
    remembered = with_last_steps(NET, parse_formula('F (done(pay) && "done(pay)")'))
    assert ltl(remembered.net, remembered.formula).violated


def test_a_claim_about_the_last_step_is_not_taken_for_one_about_a_place() -> None:
    verdict = reachable(NET, '"done(pay)"')
    assert isinstance(verdict.evidence, RunEvidence)
    claim = verdict.evidence.claim
    run_of: Run = verdict.evidence.run
    said = Claim(formula='EF "done(pay)"', model_digest=claim.model_digest)
    assert recheck(RunEvidence(claim=said, run=run_of), NET).status == "passed"
    other = Claim(formula="EF done(pay)", model_digest=claim.model_digest)
    result = recheck(RunEvidence(claim=other, run=run_of), NET)
    assert result.status == "failed"
    assert "is about the last step" in str(result.reason)


SYSTEM = LTS.from_arcs(
    3, [(0, "a", 1), (1, "b", 2), (2, "b", 2)],
    atoms={"done(a)": [True, False, False], "done(a)'": [False, False, True]},
)  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "outcome"),
    [
        ("EF (done(a) && s1)", "HOLDS"), ('EF ("done(a)" && s1)', "VIOLATED"),
        ('"done(a)"', "HOLDS"), ("done(a)", "VIOLATED"), ('EF ("done(a)" && done(a))', "VIOLATED"),
        ("F (done(a) && X \"done(a)'\")", "HOLDS"), ("AG (done(a) -> EX done(b))", "HOLDS"),
        ('E F (done(b) && G "done(a)\'")', "HOLDS"), ('<a> {"done(a)"}', "VIOLATED"),
        ('"done(a)" >= 1', "HOLDS"),
    ],
)  # fmt: skip
def test_atoms_of_a_system(formula: str, outcome: str, tmp_path: Path) -> None:
    file = tmp_path / "x.lts.json"
    write_lts_json(SYSTEM, file)
    assert answered(file, formula) == outcome
    folder = tmp_path / "proof"
    options = ["--property", formula, "--evidence-dir", str(folder)]
    assert run(["check", str(file), *options]) == int(outcome == "VIOLATED")
    assert run(["recheck", str(folder)]) == 0


def test_states_of_a_machine(tmp_path: Path) -> None:
    machine = DFA(
        states=["done(b)", "q"], alphabet=["a", "b"], initial="done(b)", final=["q"],
        transitions=[("done(b)", "a", "q"), ("q", "b", "q")],
    )  # fmt: skip
    write_json(machine, tmp_path / "m.json")
    for text, outcome in (
        ("EF (done(b) && q)", "HOLDS"), ('EF ("done(b)" && q)', "VIOLATED"),
        ('EF ("done(b)" && done(b))', "VIOLATED"), ('A["done(b)" U q]', "HOLDS"),
        ("A[done(b) U q]", "VIOLATED"),
    ):  # fmt: skip
        assert answered(tmp_path / "m.json", text) == outcome, text


def test_labels_of_a_system(tmp_path: Path) -> None:
    file = tmp_path / "x.aut"
    file.write_text('des (0, 2, 3)\n(0, "done(a)", 1)\n(1, "a", 2)\n', encoding="utf-8")
    assert answered(file, "EF (done(a) && s1)") == "VIOLATED"
    assert answered(file, 'EF (done("done(a)") && s1)') == "HOLDS"
    assert answered(file, '<"done(a)"> {enabled(a)}') == "HOLDS"
    assert 'ask for done("done(a)")' in answered(file, 'EF "done(a)"')


def test_an_atom_that_is_there_is_not_overwritten() -> None:
    with pytest.raises(UsageError, match="has an atom 'done\\(a\\)' already"):
        with_last_labels(SYSTEM, ["a"])
    split = with_last_labels(SYSTEM, ["b"])
    assert check_ctl(split, "EF done(b)").holds


def test_what_is_written_reads_back_equal() -> None:
    for text in ("done(a)", '"done(a)"', 'started("pay now")', '"started(x"', 'done("A")'):
        assert format_predicate(parse_predicate(text)) == text
        assert format_formula(parse_formula(f"G !{text}")) == f"G !{text}"
        assert parse_mu(format_mu(parse_mu(f"<a> {{{text}}}"))) == parse_mu(f"<a> {{{text}}}")
    assert parse_predicate("done(a)") != parse_predicate('"done(a)"') == Atom("done(a)")
    assert repr(LastStep("done(a)")) == "LastStep(name='done(a)')"
    renamed = map_names(Not(LastStep("started(a)")), str.lower, str.upper)
    assert renamed == Not(LastStep("started(A)"))
    with pytest.raises(ValueError, match="is not done"):
        LastStep("a")
