"""Annotations of GitHub Actions, parsed by the rules of the runner."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from netproof import check, check_many
from netproof.report.github import github_text
from netproof.report.model import Accepted, ModelReport, Report

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def unescaped(text: str) -> str:
    for code, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, sign)
    return text


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Read lines as the runner does: a command, its properties, its message."""
    found = []
    *lines, summary = text.splitlines()
    assert not summary.startswith("::")
    for line in lines:
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert match, line
        pairs = (pair.split("=", 1) for pair in match[2].split(","))
        found.append((match[1], {k: unescaped(v) for k, v in pairs}, unescaped(match[3])))
    return found


def test_a_clean_run_sums_up() -> None:
    text = github_text(check(EXAMPLES / "order-process.bpmn"), root=ROOT)
    assert text == "1 file: 1 good\n"


def test_a_violation_is_an_error_on_its_element() -> None:
    found = commands(github_text(check(EXAMPLES / "invoice-deadlock.bpmn"), root=ROOT))
    level, fields, message = found[1]
    assert level == "error"
    assert fields == {
        "file": "examples/invoice-deadlock.bpmn",
        "line": "26",
        "col": "5",
        "title": "NP101 deadlock",
    }
    assert "join" in message


def test_levels(tmp_path: Path) -> None:
    refused = tmp_path / "c.bpmn"
    text = (EXAMPLES / "invoice-deadlock.bpmn").read_text()
    refused.write_text(text.replace("parallelGateway", "complexGateway"))
    (model,) = check(EXAMPLES / "invoice-deadlock.bpmn").models
    first, second, *rest = model.verdicts
    first = replace(first, accepted=Accepted(kind="suppressed", reason="an example"))
    mixed = replace(model, verdicts=(first, replace(second, level="warning"), *rest))
    models = (mixed, *check_many([refused, "no-such.bpmn"]).models)
    found = commands(github_text(Report(models=models), root=ROOT))
    levels = [level for level, _, _ in found]
    assert levels == ["error"] * 2 + ["warning"] * 6 + ["notice"]
    assert found[-1][2].startswith("VIOLATED, suppressed (an example): ")
    assert str(tmp_path) not in str(found)


@pytest.mark.parametrize("name", ["a:b,c%d", "a\n::error::no", "%0A::stop-commands::x", "a\r\nb"])
def test_names_cannot_make_commands(name: str) -> None:
    report = Report(models=(ModelReport(source=f"{name}.x", error=f"{name}: {name}"),))
    ((level, fields, message),) = commands(github_text(report, root=ROOT))
    assert level == "error"
    assert message == f"{name}: {name}".replace("\r\n", "\n")
    assert fields["line"] == "1"
