"""Runs as XES (IEEE 1849), the event-log format of process mining, written for its schema.

XES is one way only: a log has no states, so that nothing of it could be a run again.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from transition_systems.readwrite.event_log import LogCase, LogEvent, Runs, cases_of
from transition_systems.readwrite.files import PathOrFile, write_text
from transition_systems.readwrite.xml import XmlElement, format_xml

__all__ = ["format_xes", "write_xes"]

VERSION = "1849.2016"
EXTENSIONS = (("Concept", "concept"), ("Lifecycle", "lifecycle"), ("Organizational", "org"))
TIME = ("Time", "time")
CLOCK = "logical: no time is known, one second for each step"
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_NAME = re.compile(r"[^A-Za-z0-9_.\-]")


def format_xes(runs: Runs, *, clock: datetime | None = None) -> str:
    """Return runs as an XES log: a trace for each run, an event for each step.

    Parameters
    ----------
    runs
        As for :func:`~transition_systems.readwrite.event_log.cases_of`.
    clock
        Runs have an order and no times, so that none are written. Tools that insist on times (most
        of pm4py's functions do, its reader does not) are served by a moment: each trace begins
        there and each step takes a second. The log says in its attribute ``clock`` that this is a
        logical clock. A moment without a time zone is taken as UTC.

    Returns
    -------
    str
        With ``concept:name`` (the activity), ``lifecycle:transition``, ``org:resource`` (the pool,
        where known) and, without a prefix, ``element``, ``kind``, ``file``, ``line``, ``step``,
        ``position`` and ``repeated`` (of the cycle of an infinite run). Characters that XML cannot
        hold are written as U+FFFD.

    Notes
    -----
    Valid against the schema of IEEE 1849-2016, which has no namespace.

    Examples
    --------
    >>> from transition_systems.run import Run, Step
    >>> run = Run(initial={}, steps=(Step(action="t1", label="Pay", state={}),))
    >>> [line.strip() for line in format_xes(run).splitlines() if "Pay" in line]
    ['<string key="concept:name" value="Pay"/>']
    """
    names = EXTENSIONS if clock is None else (*EXTENSIONS, TIME)
    log = XmlElement("log", attributes={"xes.version": VERSION, "xes.features": ""})
    for name, prefix in names:
        uri = f"http://www.xes-standard.org/{prefix}.xesext"
        log.append(XmlElement("extension", attributes={"name": name, "prefix": prefix, "uri": uri}))
    _attribute(_part(log, "global", scope="trace"), "concept:name", "run")
    event = _part(log, "global", scope="event")
    _attribute(event, "concept:name", "step")
    _attribute(event, "lifecycle:transition", "complete")
    if clock is not None:
        clock = clock if clock.tzinfo is not None else clock.replace(tzinfo=UTC)
        _attribute(event, "time:timestamp", _moment(clock), "date")
    _part(log, "classifier", name="Activity", scope="event", keys="concept:name")
    keys = "concept:name lifecycle:transition"
    _part(log, "classifier", name="Step", scope="event", keys=keys)
    _attribute(log, "lifecycle:model", "standard")
    if clock is not None:
        _attribute(log, "clock", CLOCK)
    for case in cases_of(runs):
        _trace(log, case, clock)
    return format_xml(log, indent=True)


def _part(parent: XmlElement, tag: str, **attributes: str) -> XmlElement:
    return parent.append(XmlElement(tag, attributes=attributes))


def _attribute(parent: XmlElement, key: str, value: str, kind: str = "string") -> None:
    fit = _UNFIT.sub("�", value)
    parent.append(XmlElement(kind, attributes={"key": key, "value": fit}))


def _key(name: str) -> str:
    """Return a name as a key that is a name of XML and has no prefix."""
    fit = _NO_NAME.sub("_", name)
    return fit if re.match("[A-Za-z_]", fit) else f"_{fit}"


def _moment(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds")


def _trace(log: XmlElement, case: LogCase, clock: datetime | None) -> None:
    trace = _part(log, "trace")
    _attribute(trace, "concept:name", case.name)
    for key, value in case.attributes:
        _attribute(trace, _key(key), value)
    for position, event in enumerate(case.events, start=1):
        moment = None if clock is None else clock + timedelta(seconds=position - 1)
        _event(trace, event, position, moment)


def _event(trace: XmlElement, event: LogEvent, position: int, moment: datetime | None) -> None:
    node = _part(trace, "event")
    _attribute(node, "concept:name", event.activity)
    _attribute(node, "lifecycle:transition", event.lifecycle)
    if event.pool is not None:
        _attribute(node, "org:resource", event.pool)
    if moment is not None:
        _attribute(node, "time:timestamp", _moment(moment), "date")
    _attribute(node, "position", str(position), "int")
    texts = {
        "element": event.element, "kind": event.kind, "file": event.file, "step": event.step,
    }  # fmt: skip
    for key, value in texts.items():
        if value is not None:
            _attribute(node, key, value)
    if event.line is not None:
        _attribute(node, "line", str(event.line), "int")
    if event.repeated:
        _attribute(node, "repeated", "true", "boolean")


def write_xes(runs: Runs, path_or_file: PathOrFile, *, clock: datetime | None = None) -> None:
    """Write runs as an XES log, see :func:`format_xes`.

    Parameters
    ----------
    runs
        As for :func:`~transition_systems.readwrite.event_log.cases_of`.
    path_or_file
        A path, or a file that is open for writing.
    clock
        Where the logical clock of each trace begins; without, no times are written.

    Examples
    --------
    >>> import io
    >>> out = io.BytesIO()
    >>> write_xes([], out)
    >>> b"</log>" in out.getvalue()
    True
    """
    write_text(path_or_file, format_xes(runs, clock=clock))
