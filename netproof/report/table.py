"""A set of reports as an HTML table for notebooks: it sorts, and links to what is wrong."""

from __future__ import annotations

import hashlib
import os
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from netproof.report.html_markup import clean
from transition_systems.showing import badge, folded, outcome_text, verdict_html
from transition_systems.verdict import Outcome

if TYPE_CHECKING:
    from netproof.report.model import ModelReport, Report

__all__ = ["html_table"]

MAX_ROWS = 1_000
MAX_DETAILS = 100
ORDER = {Outcome.VIOLATED: 0, Outcome.UNKNOWN: 1, Outcome.HOLDS: 2}
HEAD = "text-align:left;vertical-align:bottom;white-space:nowrap"
CELL = "text-align:left;vertical-align:top"
BUTTON = "all:unset;cursor:pointer;font-weight:600"
SCRIPT = """<script>(() => {
  const box = document.getElementById("ID");
  if (!box) return;
  const body = box.querySelector("tbody");
  box.querySelectorAll("th button").forEach((button, column) => {
    button.addEventListener("click", () => {
      const head = button.parentElement;
      const down = head.getAttribute("aria-sort") === "ascending";
      box.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      box.querySelectorAll("th i").forEach((sign) => { sign.textContent = " ↕"; });
      button.querySelector("i").textContent = down ? " ▼" : " ▲";
      const key = (row) => row.children[column].dataset.key;
      const rows = [...body.children].sort((a, b) =>
        key(a).localeCompare(key(b), undefined, { numeric: true }));
      body.append(...(down ? rows.reverse() : rows));
    });
  });
  box.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-to]");
    const found = link && box.querySelector("#" + link.dataset.to);
    if (!found) return;
    event.preventDefault();
    found.open = true;
    found.scrollIntoView({ block: "nearest" });
    found.querySelector("summary").focus({ preventScroll: true });
  });
})();</script>"""


def html_table(report: Report) -> str:
    """Return one row for each file and one column for each property; all text is escaped.

    A click on a column's name sorts by it. A file's name leads to the file, and what is violated
    to the run below the table. Above 1,000 files only the first are shown.

    Examples
    --------
    >>> from netproof.report.model import ModelReport, Report
    >>> "&lt;x&gt;" in html_table(Report(models=(ModelReport(source="<x>", error="no"),)))
    True
    """
    names = list(dict.fromkeys(e.name for m in report.models for e in m.verdicts))
    shown = report.models[:MAX_ROWS]
    seed = "\n".join((*names, *(f"{m.source} {m.status} {m.nodes}" for m in report.models)))
    id = "np" + hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest()[:12]
    head = "".join(
        f'<th scope="col" style="{HEAD}"><button type="button" style="{BUTTON}">'
        f'<bdi>{escape(clean(name))}</bdi><i aria-hidden="true" style="opacity:.6"> ↕</i>'
        "</button></th>"
        for name in ("file", "nodes", *names)
    )
    details: list[str] = []
    rows = "".join(
        _row(model, names, f"{id}-{number}", details) for number, model in enumerate(shown)
    )
    note = ""
    if len(report.models) > len(shown):
        note = f"<p>{len(report.models) - len(shown):,} more files are not shown here.</p>"
    return (
        f'<div id="{id}" style="text-align:left"><p>{_summary(report)}</p>'
        f'<div style="overflow:auto;max-height:34em"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{note}{''.join(details)}</div>"
        f"{SCRIPT.replace('ID', id)}"
    )


def _summary(report: Report) -> str:
    count = report.summary
    told = [f"<b>{count['files']:,} file{'' if count['files'] == 1 else 's'}</b>"]
    words = (("ok", "all good"), ("violated", "violated"), ("unknown", "without verdict"),
             ("errors", "unreadable"), ("internal", "internal error"))  # fmt: skip
    told += [f"{count[key]:,} {text}" for key, text in words if count[key]]
    if getattr(report, "interrupted", False):
        told.append("interrupted before the end")
    return " · ".join(told)


def _row(model: ModelReport, names: list[str], id: str, details: list[str]) -> str:
    found = {entry.name: entry for entry in model.verdicts}
    cells = [
        f'<td style="{CELL};min-width:14em" data-key="{escape(clean(model.source), quote=True)}">'
        f"{_link(model.source)}</td>",
        f'<td style="text-align:right;vertical-align:top" data-key="{model.nodes}">'
        f"{model.nodes:,}</td>",
    ]
    if model.error is not None:
        text = escape(clean(" ".join(model.error.split())))
        first = f'<td style="{CELL}" data-key="3" colspan="{max(1, len(names))}">! {text}</td>'
        hidden = '<td hidden data-key="3"></td>' * max(0, len(names) - 1)
        return f"<tr>{''.join(cells)}{first}{hidden}</tr>"
    wrong = next((e for e in model.verdicts if e.outcome is Outcome.VIOLATED), None)
    linked = wrong is not None and len(details) < MAX_DETAILS
    if wrong is not None and linked:
        title = f"<b><bdi>{escape(clean(model.source))}</bdi></b> {outcome_text(wrong.outcome)}"
        title += f" <bdi>{escape(clean(wrong.name))}</bdi>"
        body = verdict_html(wrong.verdict, witness=wrong.witness)
        details.append(folded(title, body, id=id))
    for name in names:
        entry = found.get(name)
        if entry is None:
            cells.append(f'<td style="{CELL}" data-key="4"></td>')
            continue
        hint = escape(clean(entry.verdict.reason or entry.verdict.explain()), quote=True)
        shown = badge(entry.outcome)
        if linked and entry is wrong:
            shown = f'<a href="#{id}" data-to="{id}">{shown}</a>'
        key = ORDER[entry.outcome]
        cells.append(f'<td style="{CELL}" data-key="{key}" title="{hint}">{shown}</td>')
    return f"<tr>{''.join(cells)}</tr>"


def _link(source: str) -> str:
    """Return the name of a file as a link relative to the working folder, the notebook's."""
    name = f"<bdi>{escape(clean(source))}</bdi>"
    if source == "-" or source.startswith("<"):
        return name
    try:
        path = os.path.relpath(source).replace(os.sep, "/")
    except (ValueError, OSError):
        return name
    target = quote(path.encode("utf-8", "replace"), safe="/!$&'()*+,;=@~-._")
    return f'<a href="./{escape(target, quote=True)}">{name}</a>'
