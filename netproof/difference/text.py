"""A difference as text for people: what got worse, which run is new, what was edited."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from netproof.difference.changes import ElementChange, VerdictChange
from netproof.difference.model import Difference
from netproof.difference.run_changes import RunDifference
from netproof.difference.words import joined
from netproof.report.model import VerdictReport
from netproof.report.text import plain
from transition_systems.run import Lasso, Run
from transition_systems.source_span import SourceSpan
from transition_systems.verdict import Outcome

__all__ = [
    "MARKS", "Ink", "after_common", "difference_text", "headline", "moved_words", "run_title",
    "summary", "verdict_words", "where",
]  # fmt: skip

MARKS = {"added": "+", "removed": "-"}
VERDICT_MARKS = {"worse": "✗", "better": "✓", "undecided": "?", "incomparable": "·", "same": "="}
COLOURS = {"worse": "31", "better": "32", "undecided": "33", "+": "32", "-": "31", "~": "33"}
VERBS = {"worse": "got worse", "better": "got better", "undecided": "no longer decided"}
BOTH = {
    "found": "some runs gained and some lost",
    "none": "exactly the same runs",
    "unknown": "not known whether the runs changed",
}
ONE = {"found": "some runs {}", "none": "no runs {}", "unknown": "not known if runs were {}"}
MAX_STEPS = 30
MAX_ELEMENTS = 40
MAX_TEXT = 400


class Ink:
    """Escape sequences for colour, or none."""

    def __init__(self, colour: bool | None = None) -> None:
        dull = "NO_COLOR" in os.environ or not sys.stdout.isatty()
        self.colour = (not dull or "FORCE_COLOR" in os.environ) if colour is None else colour

    def paint(self, text: str, code: str | None) -> str:
        """Return the text in a colour."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code else text


def summary(difference: Difference) -> str:
    """Return in one sentence what has changed."""
    if difference.same:
        elements = "same elements, " if difference.elements_compared else ""
        return f"nothing has changed: same verdicts, {elements}same runs"
    parts: list[str] = []
    changes: list[str] = [verdict.change for verdict in difference.verdicts]
    for change, verb in VERBS.items():
        count = changes.count(change)
        if count:
            parts.append(f"{count} verdict{'s' if count > 1 else ''} {verb}")
    moved = len(difference.moved)
    if moved:
        parts.append(f"{moved} violation{'s' if moved > 1 else ''} moved")
    if not parts:
        parts.append("no verdict changed")
    count = len(difference.elements)
    if difference.elements_compared:
        parts.append(f"{count or 'no'} change{'' if count == 1 else 's'} of elements")
    gained, lost = difference.runs.gained.status, difference.runs.lost.status
    if gained == lost:
        parts.append(BOTH[gained])
    else:
        parts += [ONE[gained].format("gained"), ONE[lost].format("lost")]
    return ", ".join(parts)


def headline(difference: Difference) -> str:
    """Return the summary as a sentence."""
    text = summary(difference)
    return f"{text[0].upper()}{text[1:]}."


def where(span: SourceSpan | None) -> str:
    """Return the line of a place in a file, or nothing."""
    return "" if span is None or not span.line else f"line {span.line}"


def difference_text(difference: Difference, *, colour: bool | None = None) -> str:
    """Return a difference as lines of text.

    Parameters
    ----------
    difference
        The difference.
    colour
        Whether with colours; by default where standard output is a terminal.
    """
    ink = Ink(colour)
    old, new = difference.old, difference.new
    lines = [
        f"old  {plain(old.source, line=True)}  ({old.format})",
        f"new  {plain(new.source, line=True)}  ({new.format})",
        ink.paint(headline(difference), "1"),
        "",
        "Verdicts",
        *_verdicts(difference, ink),
        "",
        "Runs",
        *_run(difference.runs.gained, difference, ink),
        *_run(difference.runs.lost, difference, ink),
        "",
        "Elements",
        *_elements(difference, ink),
    ]
    remarks = [f"  {text}" for text in difference.notes]
    remarks += [f"  assumed: {text}" for text in difference.assumptions]
    if remarks:
        lines += ["", "Notes", *remarks]
    return "\n".join(lines) + "\n"


def verdict_words(entry: VerdictReport | None) -> str:
    """Return the outcome, or that there is none."""
    return "no verdict" if entry is None else str(entry.outcome)


def _verdicts(difference: Difference, ink: Ink) -> Iterator[str]:
    changed = [v for v in difference.verdicts if v.change != "same" or v.moved is not None]
    width = max((len(verdict.property) for verdict in changed), default=0)
    shown = _shown_runs(difference)
    for verdict in changed:
        if verdict.moved is not None:
            yield f"  {ink.paint('≠', '33')} {verdict.property:<{width}}  {moved_words(verdict)}"
            continue
        change = f"{verdict_words(verdict.old)} → {verdict_words(verdict.new)}"
        mark = ink.paint(VERDICT_MARKS[verdict.change], COLOURS.get(verdict.change))
        yield f"  {mark} {verdict.property:<{width}}  {change}  {_why(verdict)}".rstrip()
        if verdict.property in shown:
            yield from _witness(shown[verdict.property])
    for outcome in Outcome:
        same = [
            verdict.property for verdict in difference.verdicts
            if verdict.change == "same" and verdict.moved is None and verdict.new is not None
            and verdict.new.outcome is outcome
        ]  # fmt: skip
        if same:
            yield f"  = as before {outcome}: {', '.join(same)}"


def moved_words(verdict: VerdictChange) -> str:
    """Return that a violation moved, and what it is now; nothing where it did not."""
    if verdict.moved is None or verdict.new is None:
        return ""
    text = f"{verdict.moved.sentence()}. {verdict.new.explanation}"
    return plain(text, 2 * MAX_TEXT, line=True)


def _shown_runs(difference: Difference) -> dict[str, Run | Lasso]:
    """Return, by property, at most two different runs that show why verdicts got worse.

    The shortest one, and that of soundness where it is another one, else the next shortest.
    """
    runs = {
        verdict.property: verdict.new.witness
        for verdict in difference.worse
        if verdict.new is not None and verdict.new.witness is not None
    }
    ordered = sorted(runs, key=lambda name: (len(runs[name]), name != "soundness"))
    first = ordered[:1]
    others = [name for name in ordered[1:] if runs[name].actions != runs[first[0]].actions]
    others.sort(key=lambda name: name != "soundness")
    return {name: runs[name] for name in (*first, *others[:1])}


def _witness(run: Run | Lasso) -> Iterator[str]:
    for number, step in enumerate(run.steps[:MAX_STEPS], start=1):
        place = where(step.source)
        label = plain(step.label, MAX_TEXT, line=True)
        yield f"      {number:>3}. {label}" + (f"  ({place})" if place else "")
    if len(run) > MAX_STEPS:
        yield f"           … {len(run) - MAX_STEPS} more steps"


def _why(verdict: VerdictChange) -> str:
    if verdict.new is None:
        return plain(verdict.new_reason or "", MAX_TEXT, line=True)
    told = verdict.new.verdict
    before = f" (before: {verdict.old_reason})" if verdict.old is None else ""
    return plain((told.reason or told.explain()) + before, MAX_TEXT, line=True)


def run_title(run: RunDifference, difference: Difference) -> str:
    """Return what is known of the runs that only one model allows.

    Parameters
    ----------
    run
        Either direction.
    difference
        What it is part of.
    """
    now = run.allowed_by == "new"
    title = "Allowed now, not before" if now else "Allowed before, not now"
    if run.status == "none":
        one, other = ("new", "old") if now else ("old", "new")
        runs = difference.runs
        if runs.same_steps:
            return f"{title}: nothing. Both models have the very same steps."
        states = runs.new_states if now else runs.old_states
        return (
            f"{title}: nothing. Every run of the {one} model is a run of the {other} one "
            f"(proved: {states} states, {runs.pairs} pairs compared)."
        )
    if run.status == "unknown":
        reason = run.reason or "it was not compared"
        return f"{title}: not known; {plain(reason, 2 * MAX_TEXT, line=True)}"
    return f"{title}:"


def after_common(run: RunDifference) -> str:
    """Return what the other model does where a run parts from it."""
    other = "old" if run.allowed_by == "new" else "new"
    at = "After" if run.ends else "Instead of"
    first = not run.steps or (len(run.steps) == 1 and not run.ends)
    if run.ends:
        point = "At the very start" if first else f"{at} step {len(run.steps)}"
        head = f"{point} a case may end in the {run.allowed_by} model; the {other} one"
    else:
        head = f"{at} step {len(run.steps)} the {other} model"
    if run.instead:
        only = joined(list(run.instead), word="or")
        rest = " or the end" if run.may_end else ""
        verb = "must go on with" if run.ends else "allows only"
        return f"{head} {verb} {plain(only, MAX_TEXT, line=True)}{rest}."
    if run.may_end:
        return f"{head} allows only the end."
    return f"{head} is stuck there."


def _run(run: RunDifference, difference: Difference, ink: Ink) -> Iterator[str]:
    mark = "+" if run.allowed_by == "new" else "-"
    yield f"  {ink.paint(mark, COLOURS[mark])} {run_title(run, difference)}"
    if run.status == "none" or (not run.steps and not run.ends):
        return
    cut = len(run.steps) - MAX_STEPS
    for number, step in enumerate(run.steps, start=1):
        if cut > 0 and MAX_STEPS // 2 < number <= MAX_STEPS // 2 + cut:
            if number == MAX_STEPS // 2 + 1:
                yield f"           … {cut} steps …"
            continue
        place = where(step.source)
        text = f"{number:>3}. {plain(step.label, MAX_TEXT, line=True)}"
        text += f"  ({place})" if place else ""
        if number == len(run.steps) and not run.ends:
            arrow = ink.paint(f"    ▶ {text}", COLOURS[mark])
            yield f"{arrow}   ◀ only in the {run.allowed_by} model"
        else:
            yield f"      {text}"
    if run.ends:
        yield (
            ink.paint("    ▶   ■ end", COLOURS[mark]) + f"   ◀ only in the {run.allowed_by} model"
        )
    yield f"      {after_common(run)}"
    if run.rechecked != "passed":
        yield "      (not replayed a second time: the budget ended)"


def _elements(difference: Difference, ink: Ink) -> Iterator[str]:
    for change in difference.elements[:MAX_ELEMENTS]:
        mark = MARKS.get(change.change, "~")
        text = plain(change.sentence(), MAX_TEXT, line=True)
        place = _places(change)
        yield f"  {ink.paint(mark, COLOURS[mark])} {text}" + (f"  ({place})" if place else "")
    more = len(difference.elements) - MAX_ELEMENTS
    if more > 0:
        yield f"  … {more} more; the JSON output has them all"
    if not difference.elements:
        yield "  no changes" if difference.elements_compared else "  not compared"


def _places(change: ElementChange) -> str:
    old, new = where(change.old_source), where(change.new_source)
    if old and new:
        return f"old {old}, new {new}" if old != new else new
    return f"old {old}" if old else f"new {new}" if new else ""
