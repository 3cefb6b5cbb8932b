"""The report for people at a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from netproof.report.model import ModelReport, Report, VerdictReport
from netproof.report.text import plain
from transition_systems.counted_words import counted
from transition_systems.run import Lasso, Run
from transition_systems.verdict import Outcome
from translators.ledger import Ledger

__all__ = ["ledger_lines", "summary_line", "terminal_text"]

MARKS = {Outcome.HOLDS: "✓", Outcome.VIOLATED: "✗", Outcome.UNKNOWN: "?"}
COLOURS = {Outcome.HOLDS: "32", Outcome.VIOLATED: "31", Outcome.UNKNOWN: "33"}
MAX_STEPS = 40
LEDGER_LINES = 8


class _Ink:
    """Escape sequences for colour, or none."""

    def __init__(self) -> None:
        bare = "NO_COLOR" in os.environ or not sys.stdout.isatty()
        self.colour = not bare or "FORCE_COLOR" in os.environ

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text


def terminal_text(report: Report, *, quiet: bool = False) -> str:
    """Return the report as lines of text, coloured where standard output is a terminal.

    Parameters
    ----------
    report
        The report.
    quiet
        Leave out files in which everything holds.
    """
    ink = _Ink()
    lines: list[str] = []
    for model in report.models:
        if quiet and model.status == "ok":
            lines += _known(model)
        else:
            lines += _model(model, ink)
    if len(report.models) > 1 or quiet:
        lines += [summary_line(report)]
    return "\n".join(lines) + "\n"


def summary_line(report: Report) -> str:
    """Return how many files there are and how they fared.

    Examples
    --------
    >>> summary_line(Report(models=()))
    '0 files: 0 good'
    """
    count = report.summary
    known = sum(
        model.status == "ok" and any(entry.accepted for entry in model.verdicts)
        for model in report.models
    )
    files = f"{count['files']} file{'' if count['files'] == 1 else 's'}"
    parts = [f"{files}: {count['ok'] - known} good"]
    if known:
        parts.append(f"{known} with nothing new")
    names = (("violated", "violated"), ("unknown", "without verdict"),
             ("errors", "unreadable"), ("internal", "internal errors"))  # fmt: skip
    parts += [f"{count[key]} {words}" for key, words in names if count[key]]
    if count["accepted"]:
        told = "1 verdict" if count["accepted"] == 1 else f"{count['accepted']} verdicts"
        parts.append(f"{told} known or suppressed")
    return ", ".join(parts)


def _fit(text: str) -> str:
    return plain(text, line=True)


def _known(model: ModelReport) -> list[str]:
    """Return a line for each verdict that is known or suppressed."""
    return [
        f"{entry.accepted.kind}: {_fit(model.source)}: {entry.name} {entry.outcome}"
        for entry in model.verdicts
        if entry.accepted is not None
    ]


def _model(model: ModelReport, ink: _Ink) -> list[str]:
    title = ink.paint(_fit(model.source), "1")
    if model.error is not None:
        error = model.error
        prefix = f"{model.source}:"
        shown = _fit(error if error.startswith(prefix) else f"{model.source}: {error}")
        return [ink.paint("error ", "31") + shown, ""]
    net = f"{counted(model.places, 'place')}, {counted(model.transitions, 'transition')}"
    size = f"{counted(model.nodes, 'node')}; net of {net}"
    if model.system:
        size = f"{counted(model.places, 'state')}, {counted(model.transitions, 'arc')}"
    lines = [f"{title}  ({model.format}, {size})"]
    shown_run: Run | Lasso | None = None
    width = max((len(entry.name) for entry in model.verdicts), default=0)
    for entry in model.verdicts:
        lines += _verdict(entry, width, ink)
        if (
            entry.witness is not None
            and shown_run != entry.witness
            and entry.outcome is Outcome.VIOLATED
        ):
            lines += _run(entry.witness, ink, seen=shown_run)
            shown_run = entry.witness
    lines += ledger_lines(model.ledger, model.assumed)
    return [*lines, ""]


def _verdict(entry: VerdictReport, width: int, ink: _Ink) -> list[str]:
    verdict = entry.verdict
    mark = ink.paint(f"{MARKS[entry.outcome]} {entry.outcome:<8}", COLOURS[entry.outcome])
    exact = "" if verdict.exactness == "exact" else f" [{verdict.exactness}]"
    check = "" if entry.rechecked == "passed" else f" (recheck {entry.rechecked}"
    if check:
        check += f": {entry.recheck_reason})" if entry.recheck_reason else ")"
        if entry.outcome is Outcome.UNKNOWN:
            check = ""
    text = _fit(verdict.explain() if verdict.reason is None else verdict.reason)
    if entry.accepted is not None:
        check += ink.paint(f" ({entry.accepted.kind}: {entry.accepted.reason})", "36")
    elif entry.outcome is not Outcome.HOLDS and entry.level != "error":
        check += ink.paint(f" ({entry.level} only)", "36")
    return [f"  {mark} {entry.name:<{width}}{exact}  {text}{check}"]


def _run(run: Run | Lasso, ink: _Ink, *, seen: Run | Lasso | None) -> list[str]:
    if seen is not None and run.actions == seen.actions:
        return []
    lines: list[str] = []
    cut = len(run) - MAX_STEPS
    for number, step in enumerate(run.steps, start=1):
        if cut > 0 and MAX_STEPS // 2 <= number - 1 < MAX_STEPS // 2 + cut:
            if number - 1 == MAX_STEPS // 2:
                lines.append(f"             … {cut} steps …")
            continue
        if isinstance(run, Lasso) and number == run.loop_start + 1:
            lines.append("             repeated for ever:")
        where = f"line {step.source.line}" if step.source and step.source.line else ""
        lines.append(
            ink.paint(f"        {number:>3}. ", "2")
            + _fit(step.label)
            + (f"  ({where})" if where else "")
        )
    return lines


def ledger_lines(ledger: Ledger, assumptions: Sequence[str] = ()) -> list[str]:
    """Return what a reader is told of the elements that were not read as they stand."""
    lines: list[str] = []
    for fate, entries in (
        ("refused", ledger.refused),
        ("abstracted", ledger.abstracted),
        ("repaired", ledger.repairs),
    ):
        for entry in entries[:LEDGER_LINES]:
            line = f" (line {entry.span.line})" if entry.span and entry.span.line else ""
            lines.append(_ledger_line(f"{fate}: {entry.kind} {entry.element}{line}: {entry.note}"))
        if len(entries) > LEDGER_LINES:
            lines.append(f"    {fate}: {len(entries) - LEDGER_LINES} more")
    lines += [_ledger_line(f"assumed: {text}") for text in assumptions]
    return lines


def _ledger_line(text: str) -> str:
    return f"    {_fit(text)}"
