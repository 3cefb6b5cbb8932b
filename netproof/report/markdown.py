"""Markdown for the job summary of CI: below 1 MiB by construction."""

from __future__ import annotations

import re
from pathlib import Path

from netproof.report.findings import Finding, findings_of, outline_for
from netproof.report.junit import run_lines
from netproof.report.mermaid import mermaid_chart
from netproof.report.model import ModelReport, Report, VerdictReport
from netproof.report.outline import Outline
from netproof.report.terminal import summary_line
from netproof.report.text import plain, relative_path, repository_root, without_local_paths
from transition_systems.run import Lasso, Run
from transition_systems.verdict import Outcome
from translators.ledger import Entry

__all__ = ["markdown_text"]

MAX_BYTES = 1_000_000
MAX_ROWS = 1_000
MAX_STEPS = 100
MAX_LEDGER = 100
MAX_TEXT = 3_000
MAX_CHART_NODES = 30
MAX_MISSES = 20
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#!])")
_MARKS = {Outcome.HOLDS: "✅", Outcome.VIOLATED: "❌", Outcome.UNKNOWN: "❔"}


def markdown_text(report: Report, *, root: Path | None = None, max_bytes: int = MAX_BYTES) -> str:
    """Return a report as GitHub-flavoured Markdown of at most ``max_bytes`` bytes of UTF-8.

    A table of files and properties, then for each file that is not good what is wrong in plain
    words, the run as a numbered list, a chart of a small model, and the ledger and assumptions
    folded away. What does not fit is left out, and a sentence says what.

    Examples
    --------
    >>> print(markdown_text(Report(models=())))
    ## netproof: all good
    <BLANKLINE>
    0 files: 0 good.
    <BLANKLINE>
    """
    folder = root or repository_root()
    status = {model.status for model in report.models} - {"ok"}
    accepted = "" if not report.summary["accepted"] else " or accepted"
    title = "not all is good" if status else f"all good{accepted}"
    parts = [f"## netproof: {title}\n\n{summary_line(report)}.\n"]
    left = max_bytes - len(parts[0].encode()) - 400
    rows, rows_cut = _table(report, folder, left // 2)
    if rows:
        parts.append(rows)
        left -= len(rows.encode())
    sections_cut = 0
    for model in sorted(report.models, key=_rank):
        if not _tells(model):
            continue
        if sections_cut >= MAX_MISSES:
            sections_cut += 1
            continue
        section = _section(model, folder)
        size = len(section.encode())
        if size > left:
            sections_cut += 1
            continue
        parts.append(section)
        left -= size
    if rows_cut or sections_cut:
        parts.append(
            f"This summary is cut to fit: {rows_cut} rows of the table and the details of "
            f"{sections_cut} files are left out. The JSON report has them all.\n"
        )
    return "\n".join(parts)


def _rank(model: ModelReport) -> int:
    return ("internal", "error", "violated", "unknown", "ok").index(model.status)


def _md(text: str, limit: int = MAX_TEXT) -> str:
    """Return a text on one line that Markdown shows as it is."""
    shown = plain(text, limit, line=True).replace("&", "&amp;")
    return _SPECIAL.sub(r"\\\1", shown).replace("@", "@\u2060")


def _table(report: Report, root: Path, room: int) -> tuple[str, int]:
    """Return one row for each file, the worst first, as many as there is room for."""
    if not report.models:
        return "", 0
    names = list(dict.fromkeys(e.name for m in report.models for e in m.verdicts))[:30]
    head = ["file", *(_md(name, 100) for name in names)]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    used = sum(len(line.encode()) + 1 for line in lines)
    ordered = sorted(report.models, key=_rank)
    for number, model in enumerate(ordered):
        found = {entry.name: entry for entry in model.verdicts}
        cells = [_md(relative_path(model.source, root), 300)]
        for column, name in enumerate(names):
            if model.error is not None:
                cells.append("⚠️ cannot be read" if column == 0 else "")
            else:
                cells.append(_cell(found.get(name)))
        if not names:
            cells[0] += " ⚠️ cannot be read" if model.error is not None else ""
        line = f"| {' | '.join(cells)} |"
        used += len(line.encode()) + 1
        if number >= MAX_ROWS or used > room:
            return "\n".join(lines) + "\n", len(ordered) - number
        lines.append(line)
    return "\n".join(lines) + "\n", 0


def _cell(entry: VerdictReport | None) -> str:
    if entry is None:
        return "–"
    if entry.rechecked == "failed":
        return "⚠️ recheck failed"
    text = f"{_MARKS[entry.outcome]} {entry.outcome}"
    if entry.accepted is not None:
        return f"☑️ {entry.outcome}, {entry.accepted.kind}"
    if entry.outcome is not Outcome.HOLDS and entry.level != "error":
        return f"{text} ({entry.level})"
    return text


def _tells(model: ModelReport) -> bool:
    """Return whether there is more to tell about a file than its row of the table."""
    ledger = model.ledger
    return (
        model.error is not None
        or bool(ledger.refused or ledger.abstracted or ledger.repairs)
        or any(e.outcome is not Outcome.HOLDS or e.rechecked == "failed" for e in model.verdicts)
    )


def _section(model: ModelReport, root: Path) -> str:
    """Return what there is to tell about one file."""
    name = _md(relative_path(model.source, root), 300)
    if model.error is not None:
        kind = "Internal error" if model.internal else "Cannot be read"
        text = _md(without_local_paths(model.error, model.source, root))
        return f"### {name}\n\n⚠️ {kind}: {text}\n"
    outline = outline_for(model)
    findings = findings_of(model, outline)
    failed = [entry for entry in model.verdicts if entry.rechecked == "failed"]
    remarks = [*model.ledger.refused, *model.ledger.abstracted, *model.ledger.repairs]
    lines = [f"### {name}", ""]
    for entry in failed:
        reason = _md(without_local_paths(str(entry.recheck_reason), model.source, root))
        lines += [f"⚠️ The evidence about **{_md(entry.name)}** failed its recheck: {reason}", ""]
    told: list[Run | Lasso] = []
    for finding in findings:
        lines += _finding(finding, outline, told, root)
    lines += _folded(model, remarks)
    return "\n".join(lines) + "\n"


def _finding(finding: Finding, outline: Outline, told: list[Run | Lasso], root: Path) -> list[str]:
    entry = finding.entry
    place = f" (line {finding.span.line})" if finding.span and finding.span.line else ""
    text = without_local_paths(finding.text, finding.model.source, root)
    head = f"{_MARKS[entry.outcome]} **{_md(entry.name)}** {entry.outcome}{place}"
    lines = [f"{head}: {_md(text)}", ""]
    if entry.accepted is not None:
        reason = _md(without_local_paths(entry.accepted.reason, finding.model.source, root))
        return [*lines, f"Does not count, {entry.accepted.kind}: {reason}", ""]
    run = entry.witness
    if entry.outcome is not Outcome.VIOLATED:
        return lines
    if run is not None and any(run.actions == other.actions for other in told):
        return [*lines, "The run is the one above.", ""]
    if run is not None:
        told.append(run)
        lines += [*_steps(run), ""]
    drawn = sum(element.shape != "label" for element in outline.elements.values())
    if 0 < drawn <= MAX_CHART_NODES:
        chart = mermaid_chart(outline, run=run, blamed=finding.elements)
        lines += ["```mermaid", chart, "```", ""]
    return lines


def _steps(run: Run | Lasso) -> list[str]:
    lines: list[str] = []
    for line in run_lines(run, MAX_STEPS):
        number, dot, rest = line.partition(". ")
        if dot and number.isdecimal():
            lines.append(f"{number}. {_md(rest, 500)}")
        else:
            lines += ["", f"*{_md(line)}*", ""]
    return lines


def _folded(model: ModelReport, remarks: list[Entry]) -> list[str]:
    lines: list[str] = []
    if remarks:
        lines += ["<details><summary>What became of the elements</summary>", ""]
        for fate, entries in (
            ("refused", model.ledger.refused),
            ("abstracted", model.ledger.abstracted),
            ("repaired", model.ledger.repairs),
        ):
            for item in entries[:MAX_LEDGER]:
                line = f" (line {item.span.line})" if item.span and item.span.line else ""
                what = f"{item.kind} {item.element}{line}: {item.note or ''}"
                lines.append(f"- {fate}: {_md(what, 500)}")
            if len(entries) > MAX_LEDGER:
                lines.append(f"- {fate}: {len(entries) - MAX_LEDGER} more")
        lines += ["", "</details>", ""]
    if model.assumed:
        lines += ["<details><summary>What is taken for granted</summary>", ""]
        lines += [f"- {_md(text, 500)}" for text in model.assumed[:MAX_LEDGER]]
        lines += ["", "</details>", ""]
    return lines
