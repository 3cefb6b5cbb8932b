"""``check`` decides nets with more markings than can be listed by their decision diagrams."""

from __future__ import annotations

from pathlib import Path

import pytest

import netproof
from netproof import drawn_answers, posing
from netproof.recheck import recheck_report
from petri import PetriNet, write_pnml
from state_space_nets import kanban, philosophers
from transition_systems.errors import UsageError

DEFAULTS = ("deadlock", "boundedness", "safeness", "no-dead-transitions")


@pytest.mark.parametrize(
    ("net", "outcomes"),
    [
        (philosophers(40), ("VIOLATED", "HOLDS", "HOLDS", "HOLDS")),
        (kanban(8), ("HOLDS", "HOLDS", "VIOLATED", "HOLDS")),
    ],
    ids=["philosophers", "kanban"],
)
def test_nets_that_cannot_be_listed(
    net: PetriNet, outcomes: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posing, "LISTED", 2_000)
    monkeypatch.setattr(drawn_answers, "LISTED", 2_000)
    path = tmp_path / "net.pnml"
    write_pnml(net, path)
    place = net.place_ids[0]
    report = netproof.check(path, properties=[*DEFAULTS, f"AG {place} <= 8", f"EF {place} >= 99"])
    verdicts = [entry.verdict for entry in report.verdicts]
    assert tuple(str(v.outcome) for v in verdicts) == (*outcomes, "HOLDS", "VIOLATED")
    assert all(entry.rechecked == "passed" for entry in report.verdicts)
    kinds = {v.evidence.kind for v in verdicts if v.evidence is not None}
    assert kinds & {"decision-diagram", "linear-proof"}
    results = recheck_report(report.to_dict(), root=tmp_path)
    assert [r.result.status for r in results] == ["passed"] * 6


def test_without_the_library_the_search_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise UsageError("no library here")

    monkeypatch.setattr(posing, "LISTED", 100)
    monkeypatch.setattr(drawn_answers.SymbolicAnswers, "space", property(missing))
    path = tmp_path / "net.pnml"
    write_pnml(philosophers(8), path)
    report = netproof.check(path, properties=["deadlock", "safeness"])
    assert [str(e.verdict.outcome) for e in report.verdicts] == ["VIOLATED", "HOLDS"]
