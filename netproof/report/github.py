"""Annotations for GitHub Actions: workflow commands on standard output."""

from __future__ import annotations

from pathlib import Path

from netproof.report.findings import findings_of
from netproof.report.model import ModelReport, Report
from netproof.report.sarif import error_place
from netproof.report.terminal import summary_line
from netproof.report.text import plain, relative_path, repository_root, without_local_paths
from transition_systems.source_span import SourceSpan
from transition_systems.verdict import Outcome

__all__ = ["github_text"]

MAX_MESSAGE = 3_000
RANK = {"error": 0, "warning": 1, "notice": 2}


def github_text(report: Report, *, root: Path | None = None) -> str:
    """Return one workflow command for each finding, the worst first, and a last line that sums up.

    Violations and unreadable files are errors, UNKNOWN and what only warns are warnings, what a
    baseline knows or the file suppresses are notices. GitHub shows the first ten of a kind for
    each step.

    Examples
    --------
    >>> from netproof.report.model import ModelReport
    >>> report = Report(models=(ModelReport(source="a,b.bpmn", error="100% empty"),))
    >>> github_text(report).splitlines()[0]
    '::error file=a%2Cb.bpmn,line=1,title=NP190 unreadable-file::100%25 empty'
    """
    folder = root or repository_root()
    found: list[tuple[int, str]] = []
    for model in report.models:
        found += _commands(model, folder)
    found.sort(key=lambda item: item[0])
    return "\n".join([*(line for _, line in found), summary_line(report)]) + "\n"


def _commands(model: ModelReport, root: Path) -> list[tuple[int, str]]:
    if model.error is not None:
        title = "NP199 internal-error" if model.internal else "NP190 unreadable-file"
        place = error_place(model.error, model.source)
        return [_command("error", model, place, title, model.error, root)]
    lines: list[tuple[int, str]] = []
    for entry in model.verdicts:
        if entry.rechecked == "failed":
            text = f"the evidence about {entry.name} failed its recheck: {entry.recheck_reason}"
            lines.append(_command("error", model, None, "NP199 internal-error", text, root))
    for finding in findings_of(model):
        entry = finding.entry
        title = f"{finding.rule.id} {entry.name}"
        text = finding.text
        level = {"error": "error", "warning": "warning", "note": "notice"}[finding.level]
        if entry.accepted is not None:
            text = f"{entry.outcome}, {entry.accepted.kind} ({entry.accepted.reason}): {text}"
        elif entry.outcome is Outcome.UNKNOWN:
            level, text = "warning", f"no verdict: {text}"
        lines.append(_command(level, model, finding.span, title, text, root))
    for item in model.ledger.refused:
        if item.kind == "suppression":
            lines.append(_command("error", model, item.span, "suppression", item.note or "", root))
    return lines


def _command(
    level: str, model: ModelReport, span: SourceSpan | None, title: str, text: str, root: Path
) -> tuple[int, str]:
    fields = [("file", relative_path(model.source, root))]
    fields.append(("line", str(span.line if span is not None and span.line else 1)))
    if span is not None and span.line and span.column:
        fields.append(("col", str(span.column)))
    fields.append(("title", plain(title, 200, line=True)))
    written = ",".join(f"{key}={_property(plain(value))}" for key, value in fields)
    message = plain(without_local_paths(text, model.source, root), MAX_MESSAGE)
    return RANK[level], f"::{level} {written}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
