"""What verdicts take for granted: fairness belongs to those that ask for it, and to no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from netproof import check
from netproof.assumed import FAIR_CHOICES, own_assumptions
from netproof.recheck import recheck_report
from netproof.report.markdown import markdown_text
from netproof.report.terminal import terminal_text
from petri import PetriNet

EXAMPLES = Path(__file__).parents[2] / "examples"
ROUND = EXAMPLES / "support-ticket.bpmn"
STRAIGHT = EXAMPLES / "order-process.bpmn"
FAIR_STEPS = "Only paths count that are strongly fair to each step, a transition of the net."


def _assumed(path: Path, *properties: str) -> dict[str, list[str]]:
    report = check(path, properties, recheck=False)
    return {entry.name: list(entry.verdict.assumptions) for entry in report.verdicts}


def test_fairness_is_assumed_by_soundness_and_by_no_formula() -> None:
    told = _assumed(ROUND, "soundness", "F dead", "AG EF dead", "termination", "easy-soundness")
    assert FAIR_CHOICES in told.pop("soundness")
    for name, sentences in told.items():
        assert not any("fair" in text or "neglected" in text for text in sentences), name
        assert any("free choices" in text for text in sentences), name


def test_where_nothing_goes_round_no_fairness_is_needed() -> None:
    assert not any("neglected" in text for text in _assumed(STRAIGHT, "soundness")["soundness"])


def test_a_formula_under_fairness_assumes_it() -> None:
    name = "strong-fairness: F dead"
    assert FAIR_STEPS in _assumed(ROUND, name)[name]


@pytest.mark.parametrize(
    ("name", "fair"),
    [("soundness", True), ("option-to-complete", True), ("weak-soundness", True),
     ("2-soundness", True), ("soundness-without-fairness", False), ("relaxed-soundness", False),
     ("deadlock", False), ("termination-strong", False)],
)  # fmt: skip
def test_the_kinds_that_are_meant_under_fairness(name: str, fair: bool) -> None:
    circle = PetriNet.from_arrays([[1]], [[1]], [1])
    assert own_assumptions(name, circle) == ((FAIR_CHOICES,) if fair else ())
    straight = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    assert own_assumptions(name, straight) == ()


def test_reports_list_fairness_once_and_for_whom() -> None:
    both = check(ROUND, ["soundness", "F dead"])
    wanted = f"For soundness, {FAIR_CHOICES[0].lower()}{FAIR_CHOICES[1:]}"
    for text in (terminal_text(both), markdown_text(both)):
        assert text.count(wanted) == 1
    alone = check(ROUND, ["F dead", "strong-fairness: F dead"])
    assert "neglected" not in terminal_text(alone) + markdown_text(alone)
    assert terminal_text(alone).count(FAIR_STEPS) == 1  # in the explanation


def test_a_report_that_hides_fairness_is_refused() -> None:
    data: dict[str, Any] = check(ROUND, "soundness").to_dict()
    assert recheck_report(data)[0].result.passed
    data["models"][0]["verdicts"][0]["assumptions"].remove(FAIR_CHOICES)
    result = recheck_report(data)[0].result
    assert result.status == "failed"
    assert "assumptions" in (result.reason or "")
