"""The page that sets netproof beside pm4py shows what netproof writes today."""

from __future__ import annotations

import importlib.util
from html import escape
from pathlib import Path
from types import ModuleType

import pytest

from netproof import check

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "usability.md"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_usability", ROOT / "docs/make_usability.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_has_our_output_word_for_word(
    maker: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from netproof.__main__ import main

    monkeypatch.chdir(ROOT)
    assert main(maker.COMMAND) == 1
    text = PAGE.read_text(encoding="utf-8")
    assert escape(capsys.readouterr().out.strip()) in text
    assert escape(maker.SHORT.splitlines()[2]) in text


def test_the_page_knows_every_example() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = {line.split(" | ")[0][2:]: line.split(" | ")[1] for line in lines if ".bpmn | " in line}
    paths = sorted(ROOT.glob("examples/*.bpmn"))
    assert rows == {
        path.name: str(check(path, "soundness")["soundness"].outcome) for path in paths
    }  # fmt: skip
