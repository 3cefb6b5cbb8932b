"""Real BPMN files: no uncaught error, most of them decided, all evidence rechecked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netproof import check_many

DATA = os.environ.get("NETPROOF_DATA")

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA, reason="NETPROOF_DATA is not set: no real diagrams"),
]


def test_at_least_85_percent_are_decided_and_nothing_fails_its_recheck() -> None:
    folder = Path(DATA or ".") / "bpmn"
    paths = sorted(p for p in folder.rglob("*") if p.suffix in (".bpmn", ".xml"))
    assert len(paths) == 200
    reports = check_many(paths, budget=10, jobs=2)
    decided = 0
    for model in reports:
        assert not model.internal, (model.source, model.error)
        assert all(v.rechecked != "failed" for v in model.verdicts), model.source
        if model.error is None:
            decided += not model["soundness"].unknown
            if model["soundness"].unknown:
                assert model.ledger.refused or model.ledger.abstracted, model.source
    assert decided >= 170
