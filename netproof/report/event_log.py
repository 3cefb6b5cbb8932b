"""The runs of a report as an event log, XES or CSV: what happens, in the file's own names."""

from __future__ import annotations

from pathlib import Path

from netproof.report.findings import outline_for
from netproof.report.model import ModelReport, Report
from netproof.report.outline import Outline
from netproof.report.text import relative_path, repository_root
from transition_systems.readwrite.event_log import LogCase, LogEvent, format_csv_log
from transition_systems.readwrite.xes import format_xes
from transition_systems.run import Lasso, Run, Step

__all__ = ["csv_text", "report_cases", "run_case", "xes_text"]

#: What a step does to its element, as the standard life cycle of XES calls it; else ``complete``.
NO_POOL = ("place", "transition", "state", "label")
LIFECYCLE = {"start": "start", "repeat": "start", "skip": "autoskip"}
#: What every case of a report is told with.
ATTRIBUTES = ("property", "outcome")


def report_cases(report: Report, *, root: Path | None = None) -> tuple[LogCase, ...]:
    """Return a case for each verdict that has a run: a counterexample, or the run that shows it.

    Parameters
    ----------
    report
        The report.
    root
        The folder to which paths are relative; by default that of the repository.

    Returns
    -------
    tuple of LogCase
        Named by file and property, with the attributes ``property`` and ``outcome``. Runs
        without a step are left out: the first state shows it.

    Examples
    --------
    >>> report_cases(Report(models=()))
    ()
    """
    folder = root or repository_root()
    return tuple(case for model in report.models for case in _model_cases(model, folder))


def _model_cases(model: ModelReport, root: Path) -> list[LogCase]:
    file = relative_path(model.source, root)
    outline: Outline | None = None
    cases: list[LogCase] = []
    for entry in model.verdicts:
        if entry.witness is None or not len(entry.witness):
            continue
        outline = outline or outline_for(model)
        attributes = tuple(zip(ATTRIBUTES, (entry.name, str(entry.outcome)), strict=True))
        name = f"{file}: {entry.name}"
        cases.append(run_case(name, entry.witness, outline, file=file, attributes=attributes))
    return cases


def run_case(
    name: str,
    run: Run | Lasso,
    outline: Outline,
    *,
    file: str | None = None,
    attributes: tuple[tuple[str, str], ...] = (),
) -> LogCase:
    """Return a run as a case whose events are about the elements of the user's file.

    Parameters
    ----------
    name
        The case's name.
    run
        A run on the user's own model, as a report has it.
    outline
        The model's elements.
    file
        The file that all elements are in.
    attributes
        Of the case.

    Returns
    -------
    LogCase
        An event for each step: the element's name as activity, ``start`` or ``complete`` for
        activities, ``complete`` for what takes no time (gateways, events, transitions of a net).

    Examples
    --------
    >>> run = Run(initial={}, steps=(Step(action="t", label="t", state={}),))
    >>> run_case("a", run, Outline(), file="a.pnml").events[0].file
    'a.pnml'
    """
    loop = run.loop_start if isinstance(run, Lasso) else len(run)
    events = tuple(
        _event(step, outline, file, number >= loop) for number, step in enumerate(run.steps)
    )
    return LogCase(name=name, events=events, attributes=attributes)


def _event(step: Step, outline: Outline, file: str | None, repeated: bool) -> LogEvent:
    owner = outline.owner(step.action)
    element = outline.elements.get(owner)
    span = step.source if step.source is not None else outline.place(owner)
    in_net = element is None or element.shape in NO_POOL
    return LogEvent(
        activity=step.label if element is None else element.title or owner,
        lifecycle=LIFECYCLE.get(outline.phases.get(step.action, ""), "complete"),
        element=owner,
        kind=None if element is None else element.shape,
        pool=None if in_net or element is None else element.thread,
        file=file,
        line=None if span is None else span.line,
        step=step.label,
        repeated=repeated,
    )


def xes_text(report: Report, *, root: Path | None = None) -> str:
    """Return the runs of a report as an XES log, without times: runs have an order only.

    Examples
    --------
    >>> "<trace>" in xes_text(Report(models=()))
    False
    """
    return format_xes(report_cases(report, root=root))


def csv_text(report: Report, *, root: Path | None = None) -> str:
    """Return the runs of a report as CSV, made safe for spreadsheets; always the same columns.

    Examples
    --------
    >>> csv_text(Report(models=())).split(",")[:3]
    ['case', 'position', 'activity']
    """
    return format_csv_log(report_cases(report, root=root), attributes=ATTRIBUTES)
