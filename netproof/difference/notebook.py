"""A difference in a notebook cell."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from netproof.difference.model import Difference
from netproof.difference.run_changes import RunDifference
from netproof.difference.text import (
    MARKS,
    after_common,
    headline,
    moved_words,
    run_title,
    verdict_words,
    where,
)
from netproof.report.text import plain

__all__ = ["difference_html"]

COLOURS = {"worse": "#b42318", "better": "#1a7f37", "undecided": "#7a5b00"}
MAX_ROWS = 200


def difference_html(difference: Difference) -> str:
    """Return a difference as HTML without scripts: verdicts, runs, elements folded."""
    return "".join(_parts(difference))


def _text(text: str) -> str:
    return escape(plain(text, 2_000, line=True))


def _parts(difference: Difference) -> Iterator[str]:
    old, new = difference.old.source, difference.new.source
    yield f"<div><p><code>{_text(old)}</code> → <code>{_text(new)}</code><br>"
    yield f"<b>{_text(headline(difference))}</b></p>"
    yield "<table><thead><tr><th>property<th>old<th>new<th></tr></thead><tbody>"
    for verdict in difference.verdicts:
        told = None if verdict.new is None else verdict.new.verdict
        why = verdict.new_reason if told is None else told.reason or told.explain()
        shown = moved_words(verdict) if verdict.change == "same" else why or ""
        style = f' style="color:{COLOURS[verdict.change]}"' if verdict.change in COLOURS else ""
        yield f"<tr><td><code>{_text(verdict.property)}</code><td>{verdict_words(verdict.old)}"
        yield f"<td{style}><b>{verdict_words(verdict.new)}</b><td>{_text(shown)}</tr>"
    yield "</tbody></table>"
    for run in (difference.runs.gained, difference.runs.lost):
        yield from _run(run, difference)
    count = len(difference.elements)
    opened = " open" if count <= 12 else ""
    yield f"<details{opened}><summary>{count} change{'' if count == 1 else 's'} of elements"
    yield "</summary><ul>"
    for change in difference.elements[:MAX_ROWS]:
        place = where(change.new_source or change.old_source)
        tail = f" <small>({place})</small>" if place else ""
        yield f"<li>{MARKS.get(change.change, '~')} {_text(change.sentence())}{tail}</li>"
    if count > MAX_ROWS:
        yield f"<li>… {count - MAX_ROWS} more</li>"
    yield "</ul></details>"
    remarks = (*difference.notes, *(f"Assumed: {text}" for text in difference.assumptions))
    if remarks:
        yield "<details><summary>Notes</summary><ul>"
        yield from (f"<li>{_text(text)}</li>" for text in remarks)
        yield "</ul></details>"
    yield "</div>"


def _run(run: RunDifference, difference: Difference) -> Iterator[str]:
    yield f"<p><b>{_text(run_title(run, difference))}</b></p>"
    if run.status == "none" or (not run.steps and not run.ends):
        return
    yield "<ol>"
    for number, step in enumerate(run.steps[:MAX_ROWS], start=1):
        last = number == len(run.steps) and not run.ends
        place = where(step.source)
        label = f"<b>{_text(step.label)}</b> ◀" if last else _text(step.label)
        yield f"<li>{label}" + (f" <small>({place})</small>" if place else "") + "</li>"
    if run.ends:
        yield "<li><b>end</b> ◀</li>"
    yield f"</ol><p>{_text(after_common(run))}</p>"
