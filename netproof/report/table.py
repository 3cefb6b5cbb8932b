"""A set of reports as an HTML table for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from transition_systems.verdict import Outcome

if TYPE_CHECKING:
    from netproof.report.model import Report

__all__ = ["html_table"]

BADGES = {
    Outcome.HOLDS: ("✓ holds", "#1a7f37"),
    Outcome.VIOLATED: ("✗ violated", "#b42318"),
    Outcome.UNKNOWN: ("? unknown", "#7a5b00"),
}


def html_table(report: Report) -> str:
    """Return one row for each file and one column for each property; all text is escaped.

    Examples
    --------
    >>> from netproof.report.model import ModelReport, Report
    >>> "&lt;x&gt;" in html_table(Report(models=(ModelReport(source="<x>", error="no"),)))
    True
    """
    names = list(dict.fromkeys(e.name for m in report.models for e in m.verdicts))
    head = "".join(f"<th>{escape(name)}</th>" for name in ("file", "nodes", *names))
    rows: list[str] = []
    for model in report.models:
        found = {entry.name: entry for entry in model.verdicts}
        cells = [f"<td>{escape(model.source)}</td>", f"<td>{model.nodes}</td>"]
        if model.error is not None:
            span = max(1, len(names))
            cells.append(f'<td colspan="{span}">error: {escape(model.error)}</td>')
        else:
            for name in names:
                entry = found.get(name)
                if entry is None:
                    cells.append("<td></td>")
                    continue
                text, colour = BADGES[entry.outcome]
                hint = escape(entry.verdict.reason or entry.verdict.explain(), quote=True)
                cells.append(f'<td style="color:{colour}" title="{hint}">{text}</td>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
