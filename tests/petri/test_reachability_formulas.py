"""What can always be reached again in unbounded nets, asked as a formula of CTL."""

from __future__ import annotations

from pathlib import Path

import pytest

from netproof import check
from netproof.recheck import recheck_verdict
from petri import PetriNet, decide, write_pnml
from petri.ctl import ctl
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
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


def test_other_formulas_of_unbounded_nets_are_open_as_before() -> None:
    verdict = ctl(GROWING, "AF more >= 2", budget=LIMIT)
    assert verdict.unknown
    assert "unbounded" in str(verdict.reason)
    with pytest.raises(UsageError, match="AG EF"):
        decide(GROWING, "AF more >= 2")
