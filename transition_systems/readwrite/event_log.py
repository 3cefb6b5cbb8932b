"""Runs as an event log, as process-mining tools read it: cases, events, and CSV.

A run is a case, a step an event. What only a user's own model knows (the element's name, whether
the step starts or completes it, its pool) is told by whoever makes the cases; of a bare run, each
step is one completed event whose activity is the step's label.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from transition_systems.errors import UsageError
from transition_systems.readwrite.files import PathOrFile, write_text
from transition_systems.run import Lasso, Run

__all__ = ["LogCase", "LogEvent", "Runs", "cases_of", "format_csv_log", "write_csv_log"]

COLUMNS = (
    "case", "position", "activity", "lifecycle", "element", "kind", "pool", "file", "line", "step",
    "repeated",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvent:
    """One event of a case.

    Parameters
    ----------
    activity
        What a reader calls the element that acted.
    lifecycle
        A transition of the standard life cycle of XES: ``start``, ``complete``, ``autoskip``.
    element, kind, pool
        The element's id, what it is (``task``, ``gateway``, ...), and who performs it.
    file, line
        Where the element was written.
    step
        The step as a sentence.
    repeated
        Whether it belongs to the part of an infinite run that is repeated for ever.
    """

    activity: str
    lifecycle: str = "complete"
    element: str | None = None
    kind: str | None = None
    pool: str | None = None
    file: str | None = None
    line: int | None = None
    step: str | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCase:
    """One case of a log: a run.

    Parameters
    ----------
    name
        Its name, different from that of every other case in a log.
    events
        In order.
    attributes
        More about it, as pairs of a name and a text; in CSV a column each, called ``case:NAME``
        where the log has such a column already.
    """

    name: str
    events: tuple[LogEvent, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()


_Item: TypeAlias = Run | Lasso | LogCase
Runs: TypeAlias = _Item | Iterable[_Item] | Mapping[str, Run | Lasso]


def cases_of(runs: Runs) -> tuple[LogCase, ...]:
    """Return runs as the cases of a log, each with a name of its own.

    Parameters
    ----------
    runs
        A run or lasso, cases, several of these, or runs by name. Bare runs are ``run 1``,
        ``run 2``, ...; of equal names the later ones get a number.

    Returns
    -------
    tuple of LogCase
        In the order given.

    Examples
    --------
    >>> from transition_systems.run import Step
    >>> run = Run(initial={}, steps=(Step(action="t1", label="Pay", state={}),))
    >>> [(case.name, case.events[0].activity) for case in cases_of([run, run])]
    [('run 1', 'Pay'), ('run 2', 'Pay')]
    """
    if isinstance(runs, Mapping):
        listed = [replace(_case(run, ""), name=str(name)) for name, run in runs.items()]
    elif isinstance(runs, Run | Lasso | LogCase):
        listed = [_case(runs, "run 1")]
    else:
        listed = [_case(run, f"run {number}") for number, run in enumerate(runs, start=1)]
    taken: set[str] = set()
    cases: list[LogCase] = []
    for case in listed:
        name, number = case.name, 1
        while name in taken:
            number += 1
            name = f"{case.name} ({number})"
        taken.add(name)
        cases.append(case if name == case.name else replace(case, name=name))
    return tuple(cases)


def _case(run: object, name: str) -> LogCase:
    if isinstance(run, LogCase):
        return run
    if not isinstance(run, Run | Lasso):
        raise UsageError(f"an event log is made of runs, not of {type(run).__name__}")
    loop = run.loop_start if isinstance(run, Lasso) else len(run)
    events = tuple(
        LogEvent(
            activity=step.label,
            element=step.action,
            file=None if step.source is None else step.source.file,
            line=None if step.source is None else step.source.line,
            repeated=number >= loop,
        )
        for number, step in enumerate(run.steps)
    )
    return LogCase(name=name, events=events)


def format_csv_log(runs: Runs, *, guard: bool = True, attributes: tuple[str, ...] = ()) -> str:
    """Return runs as CSV: one row for each event.

    Parameters
    ----------
    runs
        As for :func:`cases_of`.
    guard
        Whether a text that a spreadsheet would take for a formula (it begins with ``=``, ``+``,
        ``-``, ``@``, a tab or a line end) is written with an apostrophe before it. Without, the
        texts are as they are, for programs that are not spreadsheets.
    attributes
        Attributes of cases that have a column even where no case has them; they come first.

    Returns
    -------
    str
        A header, then a row for each event: case, position (from 1), activity, lifecycle, element,
        kind, pool, file, line, step, repeated, and a column for each attribute of the cases. What
        is not known is empty. A case without events has no row. As RFC 4180 has it: commas, ``"``
        as quotation mark, CR LF as line end.

    Examples
    --------
    >>> event = LogEvent(activity="=1+1", element="t1", line=3)
    >>> print(*format_csv_log(LogCase(name="a", events=(event,))).splitlines(), sep="\\n")
    case,position,activity,lifecycle,element,kind,pool,file,line,step,repeated
    a,1,'=1+1,complete,t1,,,,3,,false
    """
    cases = cases_of(runs)
    extra = tuple(dict.fromkeys((*attributes, *(k for case in cases for k, _ in case.attributes))))
    fit = _guarded if guard else _plain
    out = io.StringIO()
    rows = csv.writer(out)
    more_columns = [f"case:{name}" if name in COLUMNS else name for name in extra]
    rows.writerow([fit(name) for name in (*COLUMNS, *more_columns)])
    for case in cases:
        more = dict(case.attributes)
        tail = [fit(more.get(key)) for key in extra]
        for position, event in enumerate(case.events, start=1):
            rows.writerow(
                [
                    fit(case.name), position, fit(event.activity), fit(event.lifecycle),
                    fit(event.element), fit(event.kind), fit(event.pool), fit(event.file),
                    "" if event.line is None else event.line, fit(event.step),
                    "true" if event.repeated else "false", *tail,
                ]
            )  # fmt: skip
    return out.getvalue()


def _plain(text: str | None) -> str:
    return "" if text is None else text.replace("\0", "�").encode("utf-8", "replace").decode()


def _guarded(text: str | None) -> str:
    fit = _plain(text)
    return f"'{fit}" if fit.startswith(_FORMULA) else fit


def write_csv_log(runs: Runs, path_or_file: PathOrFile, *, guard: bool = True) -> None:
    """Write runs as CSV, see :func:`format_csv_log`.

    Parameters
    ----------
    runs
        As for :func:`cases_of`.
    path_or_file
        A path, or a file that is open for writing.
    guard
        Whether texts that look like formulas get an apostrophe.

    Examples
    --------
    >>> out = io.BytesIO()
    >>> write_csv_log(LogCase(name="a"), out)
    >>> out.getvalue().startswith(b"case,position")
    True
    """
    write_text(path_or_file, format_csv_log(runs, guard=guard))
