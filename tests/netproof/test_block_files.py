"""The generated blocks: sound, proved without their markings, and so quick that nobody waits."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

import netproof

ROOT = Path(__file__).resolve().parents[2]
FILES: dict[str, Callable[[], str]] = runpy.run_path(
    str(ROOT / "examples" / "generators" / "blocks.py")
)["FILES"]


@pytest.mark.parametrize("name", FILES)
def test_each_is_sound_with_evidence_that_was_rechecked(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(FILES[name](), encoding="utf-8")
    report = netproof.check(path, "soundness")
    assert report["soundness"].holds
    assert report["soundness"].statistics.states < 100
    assert [verdict.rechecked for verdict in report.verdicts] == ["passed"]
