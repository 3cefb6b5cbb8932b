"""What can always be reached again in unbounded nets, asked as a formula of CTL."""

from __future__ import annotations

from pathlib import Path

import pytest

from netproof import check
from netproof.recheck import Question, recheck_verdict
from petri import PetriNet, decide, write_pnml
from petri.ctl import ctl
from petri.reachability_formulas import reachability_formula
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.properties.parse import parse_formula
from transition_systems.verdict import Outcome

# A cycle that leaves a token in a place for ever each time round.
GROWING = PetriNet(
    places=["a", "b", "more"],
    transitions=["go", "back"],
    arcs=[("a", "go"), ("go", "b"), ("go", "more"), ("b", "back"), ("back", "a")],
    initial=["a"],
)
LIMIT = Budget(seconds=5)
CASES = [
    ("AG EF more == 0", "VIOLATED"), ("AG (EF (more == 0 && a))", "VIOLATED"),
    ("AG EF a + b == 1", "HOLDS"), ("EF AG more >= 1", "HOLDS"), ("EF AG a + b >= 2", "VIOLATED"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "outcome"), CASES)
def test_unbounded_nets_are_asked_what_is_always_reachable(text: str, outcome: str) -> None:
    for verdict in (ctl(GROWING, text, budget=LIMIT), decide(GROWING, text, budget=LIMIT)):
        assert verdict.outcome is Outcome[outcome], verdict.reason
        assert recheck_verdict(verdict.property, verdict.outcome, verdict.evidence, GROWING).passed


def test_check_decides_and_rechecks_them(tmp_path: Path) -> None:
    path = tmp_path / "net.pnml"
    write_pnml(GROWING, path)
    report = check(path, properties=[text for text, _ in CASES])
    for found, (_, outcome) in zip(report.models[0].verdicts, CASES, strict=True):
        assert found.verdict.outcome is Outcome[outcome]
        assert found.rechecked == "passed"


def test_other_formulas_of_unbounded_nets_are_no_reachability() -> None:
    assert reachability_formula(GROWING, parse_formula("AF more >= 2"), budget=LIMIT) is None
    with pytest.raises(UsageError, match="AG EF"):
        decide(GROWING, "AF more >= 2")


QUEUE = PetriNet(
    places=["idle", "busy", "buffer"], transitions=["arrive", "take", "done"], initial=["idle"],
    arcs=[("arrive", "buffer"), ("buffer", "take"), ("idle", "take"), ("take", "busy"),
          ("busy", "done"), ("done", "idle")],
)  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "holds"),
    [
        ("A G (E F buffer == 0)", True), ("A G E F buffer >= 4", True),
        ("E F (A G buffer >= 1)", False), ("!(EF busy >= 2)", True), ("!AG EF buffer == 0", False),
        ("!E F A G busy == 0", True), ("!!(A G (idle + busy == 1))", True),
    ],
)  # fmt: skip
def test_operators_written_apart_and_negations_of_an_unbounded_net(
    formula: str, holds: bool, tmp_path: Path
) -> None:
    limit = Budget(seconds=5.0)
    verdict = decide(QUEUE, formula, budget=limit, parallel=False)
    assert verdict.holds is holds, verdict.reason
    question = Question(formula=parse_formula(formula))
    assert recheck_verdict(
        formula, verdict.outcome, verdict.evidence, QUEUE, question=question
    ).passed
    path = tmp_path / "net.pnml"
    write_pnml(QUEUE, path)
    (entry,) = check(path, properties=[formula], budget=limit).models[0].verdicts
    assert entry.verdict.holds is holds
    assert entry.rechecked == "passed"


def test_the_reason_of_an_opposite_names_what_it_is_about() -> None:
    few = Budget(seconds=0.0)
    verdict = decide(QUEUE, "EF AG buffer >= 1", budget=few, parallel=False)
    assert verdict.unknown
    assert str(verdict.reason).startswith("its opposite, AG EF (buffer < 1), is open: ")
