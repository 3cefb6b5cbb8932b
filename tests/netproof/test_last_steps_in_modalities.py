"""``done(x)`` and ``started(x)`` beside modalities and fixpoints, on workflows, nets and systems."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

import netproof
from netproof.recheck.report import recheck_report
from petri import PetriNet
from step_questions import EXAMPLES, asked_of_its_system, outcomes
from transition_systems import LTS, check_mu
from transition_systems.temporal.last_steps import with_last_steps

WORKFLOWS = ("support-ticket", "loan-application", "travel-booking")
PATTERNS = (
    'AG (done("{0}") -> <"{1}"> true)', 'nu X. (done("{0}") -> ["{1}"] X) && <true> X || dead',
    'mu X. done("{0}") && <"{1}"> true || <true> X', '["{0}"] done("{0}") && EF <"{1}"> done("{1}")',
    '[true*."{0}"] E[!done("{1}") U <"{1}"> done("{1}")]', '[!"{0}"] !done("{0}")',
)  # fmt: skip


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_as_its_transition_system(name: str) -> None:
    ours, systems = asked_of_its_system(name, PATTERNS)
    assert ours == systems


@pytest.mark.parametrize("seed", range(4))
def test_a_system_as_it_is_split_by_hand(seed: int) -> None:
    rng = random.Random(seed)
    arcs = [(s, rng.choice(["a", "b", None]), rng.randrange(6)) for s in range(6) for _ in "ab"]
    arcs += [(0, "a", 1), (0, "b", 2)]
    lts = LTS.from_arcs(6, arcs)
    formulas = [pattern.format(*rng.choices("ab", k=2)) for pattern in PATTERNS]
    split = with_last_steps(lts, ["a", "b"])
    wanted = []
    for text in formulas:
        plain = text.replace('done("a")', '"done(a)"').replace('done("b")', '"done(b)"')
        wanted.append(str(check_mu(split, plain).outcome))
    assert outcomes(lts, formulas) == wanted


def test_started_and_done_of_an_activity() -> None:
    asked = ["[true*] (started(solve) -> <true*> done(solve))",
             'AG (done(slow) -> <"solve.complete"> true)', "[solve] done(solve)",
             "AG [solve] done(solve)", "AG [solve] (started(solve) || done(solve))"]  # fmt: skip
    wanted = ["HOLDS", "HOLDS", "HOLDS", "VIOLATED", "HOLDS"]
    assert outcomes(EXAMPLES / "support-ticket.bpmn", asked) == wanted


def test_a_net_and_its_run() -> None:
    net = PetriNet(
        places=["p", "q"], transitions=["a", "b"], initial=["p"],
        arcs=[("p", "a"), ("a", "q"), ("q", "b"), ("b", "p")],
    )  # fmt: skip
    entry = netproof.check(net, properties=["AG (done(b) -> <b> true)"]).models[0].verdicts[0]
    assert (str(entry.outcome), entry.rechecked) == ("VIOLATED", "passed")
    assert entry.witness is not None
    assert entry.witness.actions == ("a", "b")
    assert outcomes(net, ["AG (done(b) -> <a> !done(b))", "<a> done(a)"]) == ["HOLDS", "HOLDS"]


def test_the_report_is_rechecked_as_it_was_saved(tmp_path: Path) -> None:
    path = EXAMPLES / "support-ticket.bpmn"
    report = netproof.check(path, properties=["AG [solve] done(solve)", "EF <solve> done(solve)"])
    saved = tmp_path / "report.json"
    saved.write_text(json.dumps(report.to_dict()), encoding="utf-8")
    answers = recheck_report(saved, root=EXAMPLES)
    assert [answer.result.status for answer in answers] == ["passed", "passed"]
