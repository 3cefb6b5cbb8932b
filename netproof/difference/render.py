"""A difference in the output formats: terminal, JSON, Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from netproof.difference.model import Difference
from netproof.difference.run_changes import RunDifference
from netproof.difference.text import (
    after_common,
    difference_text,
    headline,
    moved_words,
    run_title,
    verdict_words,
    where,
)
from netproof.report.text import plain
from transition_systems.errors import UsageError

__all__ = ["DIFF_FORMATS", "render_difference"]

DIFF_FORMATS = ("terminal", "json", "markdown")
MAX_ROWS = 300
MAX_TEXT = 2_000
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#!])")
_MARKS = {"worse": "❌", "better": "✅", "undecided": "❔", "same": "", "incomparable": ""}


def render_difference(difference: Difference, name: str) -> str:
    """Return a difference as text in a format.

    Parameters
    ----------
    difference
        The difference.
    name
        ``terminal``, ``json`` or ``markdown``.

    Raises
    ------
    UsageError
        For an unknown format.
    """
    match name:
        case "terminal":
            return difference_text(difference)
        case "json":
            data = difference.to_dict()
            return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        case "markdown":
            return "\n".join(_markdown(difference)) + "\n"
        case _:
            pass
    raise UsageError(f"there is no diff format {name!r}; there are {', '.join(DIFF_FORMATS)}")


def _md(text: str) -> str:
    shown = plain(text, MAX_TEXT, line=True).replace("&", "&amp;")
    return _SPECIAL.sub(r"\\\1", shown).replace("@", "@\u2060")


def _markdown(difference: Difference) -> Iterator[str]:
    yield f"## netproof diff: {_md(difference.old.source)} → {_md(difference.new.source)}"
    yield f"\n{_md(headline(difference))}\n"
    yield "| property | old | new | |\n| --- | --- | --- | --- |"
    for verdict in difference.verdicts[:MAX_ROWS]:
        told = None if verdict.new is None else verdict.new.verdict
        why = verdict.new_reason if told is None else told.reason or told.explain()
        cells = [verdict.property, verdict_words(verdict.old), verdict_words(verdict.new)]
        said = "" if verdict.change == "same" else f"{_MARKS[verdict.change]} {why or ''}"
        cells.append(said if verdict.moved is None else f"↔ {moved_words(verdict)}")
        yield f"| {' | '.join(_md(cell) for cell in cells)} |"
    yield ""
    for run in (difference.runs.gained, difference.runs.lost):
        yield from _run(run, difference)
    yield "### Elements\n"
    for change in difference.elements[:MAX_ROWS]:
        mark = {"added": "➕", "removed": "➖"}.get(change.change, "✏️")
        places = [("old", change.old_source), ("new", change.new_source)]
        told_places = ", ".join(f"{side} {where(span)}" for side, span in places if where(span))
        yield f"- {mark} {_md(change.sentence())}" + (f" ({told_places})" if told_places else "")
    if not difference.elements:
        yield "No changes." if difference.elements_compared else "Not compared."
    if len(difference.elements) > MAX_ROWS:
        yield f"- … {len(difference.elements) - MAX_ROWS} more; the JSON output has them all"
    if difference.notes or difference.assumptions:
        yield ""
        yield from (f"> {_md(note)}\n>" for note in difference.notes)
        yield from (f"> Assumed: {_md(text)}\n>" for text in difference.assumptions)


def _run(run: RunDifference, difference: Difference) -> Iterator[str]:
    yield f"**{_md(run_title(run, difference))}**\n"
    if run.status == "none" or (not run.steps and not run.ends):
        return
    for number, step in enumerate(run.steps[:MAX_ROWS], start=1):
        last = number == len(run.steps) and not run.ends
        place = where(step.source)
        text = _md(step.label) + (f" ({place})" if place else "")
        yield (
            f"{number}. **{text}** ← only in the {run.allowed_by} model"
            if last
            else (f"{number}. {text}")
        )
    if len(run.steps) > MAX_ROWS:
        yield f"\n… {len(run.steps) - MAX_ROWS} more steps"
    if run.ends:
        yield f"{len(run.steps) + 1}. **end** ← only in the {run.allowed_by} model"
    yield f"\n{_md(after_common(run))}\n"
