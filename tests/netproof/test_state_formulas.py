"""State predicates asked as properties: what holds in the initial state, and its evidence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import netproof
from netproof.recheck.check import recheck_verdict
from netproof.recheck.statements import as_statement, same
from petri import PetriNet
from petri.ctl import ctl
from transition_systems.errors import UsageError
from transition_systems.properties.formulas import Negation
from transition_systems.properties.parse import parse_formula

EXAMPLES = Path(__file__).parents[2] / "examples"
ORDER = str(EXAMPLES / "order-process.bpmn")
NET = PetriNet(
    places=["p", "q"], transitions=["go", "back"], initial=["p"],
    arcs=[("p", "go"), ("go", "q"), ("q", "back"), ("back", "p")],
)  # fmt: skip
CASES = [
    ("!p", False), ("!q", True), ("!!p", True), ("p && q", False), ("p || q", True),
    ("!(p || q)", False), ("!(p && q)", True), ("p + q == 1", True), ("p + q >= 2", False),
    ("!dead", True), ("!enabled(go)", False), ("false", False), ("true", True), ("p", True),
    ("q", False), ("dead", False), ("!(p && AX q)", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "holds"), CASES)
@pytest.mark.parametrize("method", ["explicit", "symbolic"])
def test_evidence_of_a_predicate_proves_its_outcome_alone(
    text: str, holds: bool, method: str
) -> None:
    verdict = ctl(NET, text, method=method)
    assert verdict.holds is holds
    assert recheck_verdict(text, verdict.outcome, verdict.evidence, NET).passed
    contrary = "VIOLATED" if holds else "HOLDS"
    assert recheck_verdict(text, contrary, verdict.evidence, NET).status == "failed"
    assert recheck_verdict("p && !q && dead", "HOLDS", verdict.evidence, NET).status == "failed"
    assert verdict.evidence is not None
    claim = verdict.evidence.claim
    forged = replace(verdict.evidence, claim=replace(claim, formula=f"!({claim.formula})"))
    for outcome in ("HOLDS", "VIOLATED"):
        assert recheck_verdict(text, outcome, forged, NET).status == "failed"


def test_a_negation_of_a_negation_is_the_predicate() -> None:
    p = as_statement("p")
    assert same(as_statement("!!p"), p)
    assert same(as_statement(Negation(parse_formula("!p"))), p)
    assert same(as_statement("!(p && q)"), as_statement("!p || !q"))
    for other in ("!p", "q", "AG p", "p && q", "AX p", "AX !!p"):
        assert not same(as_statement(other), p)
        assert not same(as_statement(other), p.negated()) or other == "!p"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ('!enabled("Order received")', "VIOLATED"), ('!enabled(pack)', "HOLDS"),
        ('enabled(received) && enabled(pack)', "VIOLATED"), ("!dead", "HOLDS"),
    ],
)  # fmt: skip
def test_predicates_of_a_file(text: str, outcome: str) -> None:
    entry = netproof.check(ORDER, properties=[text]).models[0].verdicts[0]
    assert (str(entry.outcome), entry.rechecked) == (outcome, "passed")


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("s0", "HOLDS"), ('"s1"', "VIOLATED"), ("done(a)", "VIOLATED"), ("dead", "VIOLATED"),
        ("true", "HOLDS"), ("false", "VIOLATED"), ("!s0", "VIOLATED"), ("s0 && s1", "VIOLATED"),
    ],
)  # fmt: skip
def test_a_name_alone_is_about_the_initial_state(text: str, outcome: str, tmp_path: Path) -> None:
    entry = netproof.check(_cycle(tmp_path), properties=[text]).models[0].verdicts[0]
    assert (str(entry.outcome), entry.rechecked) == (outcome, "passed")
    assert "initial state" in entry.explanation


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("s9", "no property 's9', and the model has nothing called 's9'; did you mean 's"),
        ("live", r"no property 'live' \(is it liveness or livelock\?\), and the model has nothing"),
        ("AG s9", "the model has nothing called 's9'; did you mean 's"),
        ("done(d)", "the model has nothing called 'd'$"), ("paymnt", r"mean 'done\(payment\)'"),
        ("done(pay)", "mean 'payment'"), ("deadlok", "did you mean deadlock"), ("AG", "no property"),
    ],
)  # fmt: skip
def test_a_misspelt_name_is_told_with_the_nearest(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=told):
        netproof.check(_cycle(tmp_path), properties=[text])


def _cycle(folder: Path) -> str:
    path = folder / "c.aut"
    path.write_text('des (0,3,3)\n(0,"a",1)\n(1,"payment",2)\n(2,"c",0)\n', encoding="utf-8")
    return str(path)
