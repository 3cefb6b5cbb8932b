"""The report as one HTML page: no network, one style, one script, both allowed by their hashes."""

from __future__ import annotations

import base64
import hashlib
import time
from collections import Counter
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from netproof.report.findings import outline_for
from netproof.report.html_markup import state_badge, table, words
from netproof.report.html_model import model_section
from netproof.report.html_picture import Drawing, drawing_of
from netproof.report.html_views import views_of
from netproof.report.model import ModelReport, Report
from netproof.report.text import relative_path, repository_root
from transition_systems.verdict import Outcome

__all__ = ["html_text"]

ALL_PICTURES = 60
PICTURE_BYTES = 10_000_000
PICTURE_SECONDS = 30.0
LAYOUT_SECONDS = 5.0
ALL_SECTIONS = 500
FEW_SECTIONS = 200
PAGE_BYTES = 14_000_000
WORST_FIRST = ("violated", "internal", "error", "unknown", "known", "ok")
COUNTS = (
    ("files", "file", "files", ""),
    ("ok", "all good", "all good", "good"),
    ("violated", "violated", "violated", "bad"),
    ("unknown", "without verdict", "without verdict", "open"),
    ("errors", "unreadable", "unreadable", "bad"),
    ("internal", "internal error", "internal errors", "bad"),
)
MARKS = {"good": "✓ ", "bad": "✗ ", "open": "? ", "": ""}


def html_text(report: Report, *, root: Path | None = None) -> str:
    """Return a report as one self-contained HTML page.

    Each file has a section: what is wrong, its diagram with a player for the run, the answers with
    their evidence, the ledger. Several files are listed in a table at the top, the worst first and
    otherwise as given. With more than 60 files only those with findings are drawn; pictures end at
    10 MB or after 30 seconds. With more than 500 files with findings only the 200 worst files have
    a section, and sections end at 14 MB; the page says so.

    Parameters
    ----------
    report
        The report.
    root
        The folder that paths are told relative to; the repository by default.

    Returns
    -------
    str

    Examples
    --------
    >>> page = html_text(Report(models=(ModelReport(source="<x>.bpmn", error="no such file"),)))
    >>> page.startswith("<!doctype html>"), "<x>" in page, "&lt;x&gt;.bpmn" in page
    (True, False, True)
    """
    folder = root or repository_root()
    names = _names(report, folder)
    room = PICTURE_BYTES
    deadline = time.monotonic() + PICTURE_SECONDS
    sections: list[str] = []
    order = _worst_first(report)
    findings = sum(_state(model) != "ok" for model in report.models)
    most = FEW_SECTIONS if findings > ALL_SECTIONS else len(order)
    size = 0
    for number in order[:most]:
        if size > PAGE_BYTES:
            break
        model, name = report.models[number - 1], names[number - 1]
        outline = outline_for(model)
        views = views_of(model, outline)
        drawing: Drawing | None = None
        left = deadline - time.monotonic()
        if room > 0 and left > 0 and (views or len(report.models) <= ALL_PICTURES):
            drawing = drawing_of(model, views, outline, number, seconds=min(left, LAYOUT_SECONDS))
        if drawing is not None:
            room -= len(drawing.svg)
        sections.append(
            model_section(model, number, name=name, views=views, drawing=drawing, outline=outline)
        )
        size += len(sections[-1])
    index = _index(report, names, order, len(sections)) if len(names) > 1 else ""
    title = f"netproof: {names[0]}" if len(names) == 1 else f"netproof: {len(names)} files"
    body = f"{_summary(report)}{index}<main>{''.join(sections)}</main>{_footer(report)}"
    return _page(title, body)


def _names(report: Report, root: Path) -> list[str]:
    """Return what to call each file; files of one name outside the root with their folder's."""
    names = [relative_path(model.source, root) for model in report.models]
    count = Counter(names)
    return [
        "/".join(Path(model.source).parts[-2:]) if count[name] > 1 else name
        for name, model in zip(names, report.models, strict=True)
    ]


def _state(model: ModelReport) -> str:
    """Return the status of a file; ``known`` where all that is not good is known or suppressed."""
    if model.status == "ok" and any(entry.accepted is not None for entry in model.verdicts):
        return "known"
    return model.status


def _worst_first(report: Report) -> list[int]:
    """Return the numbers of the files from 1: the worst first, those of one kind as given."""
    states = [WORST_FIRST.index(_state(model)) for model in report.models]
    return sorted(range(1, len(states) + 1), key=lambda number: states[number - 1])


def _page(title: str, body: str) -> str:
    style, script = _asset("report.css"), _asset("player.js") + "netproof.page();"
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" '
        f'content="no-referrer"><title>{words(title, 200)}</title>'
        f"<style>{style}</style></head><body>\n{body}\n<script>{script}</script></body></html>\n"
    )


@lru_cache(maxsize=4)
def _asset(name: str) -> str:
    place = files("netproof") / "report" / "html_assets" / name
    return place.read_text(encoding="utf-8").replace("\r\n", "\n")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()


def _summary(report: Report) -> str:
    count = report.summary
    known = count["accepted"]
    states = [
        (key, "nothing new", "nothing new", "open") if key == "ok" and known else (key, *rest)
        for key, *rest in COUNTS
    ]
    tiles = "".join(
        f'<li class="{css}"><b>{MARKS[css] if key != "ok" or not known else ""}{count[key]}</b> '
        f"{one if count[key] == 1 else many}</li>"
        for key, one, many, css in states
        if count[key] or key == "files"
    )
    accepted = f"<p>{known} verdicts are known or suppressed and do not fail.</p>" if known else ""
    verdicts = ", ".join(f"{count[str(outcome)]} {outcome}" for outcome in Outcome)
    return (
        '<header class="top"><h1 class="brand">netproof <span>report</span></h1>'
        f'<ul class="tiles" aria-label="summary">{tiles}</ul>'
        f'<p class="meta">verdicts: {verdicts}</p>{accepted}</header>'
    )


def _index(report: Report, names: list[str], order: list[int], shown: int) -> str:
    rows: list[list[str]] = []
    for place, number in enumerate(order):
        model, name = report.models[number - 1], words(names[number - 1], 200)
        link = f'<a href="#m{number}" dir="auto">{name}</a>'
        rows.append([
            link if place < shown else f'<span dir="auto">{name}</span>', state_badge(model),
            _first(model), f"{model.nodes:,}", f"{sum(model.timings.values()):.2f}",
        ])  # fmt: skip
    body = table(("file", "result", "what", "nodes", "seconds"), rows, css="index")
    note = ""
    if shown < len(order):
        note = (
            f'<p class="note">Only the {shown:,} worst of {len(order):,} files have their details '
            "on this page; the JSON report has them all.</p>"
        )
    return f'<nav aria-label="files">{note}{body}</nav>'


def _first(model: ModelReport) -> str:
    if model.error is not None:
        return f'<span dir="auto">{words(" ".join(model.error.split()), 160)}</span>'
    bad = [e for e in model.verdicts if e.outcome is not Outcome.HOLDS and e.accepted is None]
    bad.sort(key=lambda entry: entry.outcome is not Outcome.VIOLATED)
    if not bad:
        hold = sum(entry.outcome is Outcome.HOLDS for entry in model.verdicts)
        known = len(model.verdicts) - hold
        told = f"{hold} of {len(model.verdicts)} hold" if model.verdicts else ""
        return f"{told}, {known} known or suppressed" if known else told
    verdict = bad[0].verdict
    text = verdict.reason or verdict.explain()
    return f'<b dir="auto">{words(bad[0].name, 60)}</b> <span dir="auto">{words(text, 200)}</span>'


def _footer(report: Report) -> str:
    versions = ", ".join(f"{words(k, 40)} {words(v, 40)}" for k, v in report.versions.items())
    given = (f"{words(k, 40)} {words(str(v), 200)}" for k, v in report.options.items() if v)
    options = ", ".join(given)
    told = f"<p>Options: {options}</p>" if options else ""
    made = f"<p>Made by {versions}. This page loads nothing and sends nothing.</p>"
    return f"<footer>{made}{told}</footer>"
