"""JUnit XML: one test suite for each file, one test case for each property."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from netproof.report.model import ModelReport, Report, VerdictReport
from netproof.report.text import plain, relative_path, repository_root, without_local_paths
from transition_systems.run import Lasso, Run
from transition_systems.verdict import Outcome

__all__ = ["junit_text", "run_lines"]

MAX_STEPS = 1_000
MAX_TEXT = 20_000
COUNTS = ("tests", "failures", "errors", "skipped")


def junit_text(report: Report, *, root: Path | None = None) -> str:
    """Return a report as JUnit XML, as CI servers read it.

    HOLDS passes; VIOLATED fails with its explanation and run; UNKNOWN is skipped with its reason,
    and so is what a baseline knows, what is suppressed in the file and what only warns. A file that
    cannot be read is a test case ``read`` with an error.

    Examples
    --------
    >>> text = junit_text(Report(models=()))
    >>> text.splitlines()[1]
    '<testsuites name="netproof" tests="0" failures="0" errors="0" skipped="0" time="0.000" />'
    """
    folder = root or repository_root()
    top = Element("testsuites", {"name": "netproof"})
    suites = [_suite(top, model, folder) for model in report.models]
    for name in COUNTS:
        top.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    top.set("time", f"{sum(float(suite.get('time', '0')) for suite in suites):.3f}")
    indent(top, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(top, encoding="unicode") + "\n"


def _suite(top: Element, model: ModelReport, root: Path) -> Element:
    name = plain(relative_path(model.source, root), line=True)
    suite = SubElement(top, "testsuite", {"name": name})
    if model.error is not None:
        seconds = sum(model.timings.values())
        case = _case(suite, name, "read", seconds)
        text = _text(model, model.error, root)
        kind = "internal" if model.internal else "unreadable"
        SubElement(case, "error", {"message": _line(text), "type": kind}).text = text
    for entry in model.verdicts:
        _verdict(suite, name, model, entry, root)
    tags = [case[0].tag if len(case) else "passed" for case in suite]
    counts = {
        "tests": len(suite),
        "failures": tags.count("failure"),
        "errors": tags.count("error"),
        "skipped": tags.count("skipped"),
    }
    for key, value in counts.items():
        suite.set(key, str(value))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in suite):.3f}")
    return suite


def _case(suite: Element, file: str, name: str, seconds: float) -> Element:
    names = {"classname": file, "name": plain(name, 500, line=True), "time": f"{seconds:.3f}"}
    return SubElement(suite, "testcase", names)


def _verdict(
    suite: Element, file: str, model: ModelReport, entry: VerdictReport, root: Path
) -> None:
    verdict = entry.verdict
    case = _case(suite, file, entry.name, verdict.statistics.seconds)
    if entry.rechecked == "failed":
        text = _text(model, f"the evidence failed its recheck: {entry.recheck_reason}", root)
        SubElement(case, "error", {"message": _line(text), "type": "internal"}).text = text
        return
    if entry.outcome is Outcome.HOLDS:
        return
    reason = verdict.reason or verdict.explain()
    told = _text(model, reason, root)
    if entry.accepted is not None:
        said = f"{entry.accepted.kind}: {_text(model, entry.accepted.reason, root)}"
        _skipped(case, f"{entry.outcome}, {said}", told, entry)
    elif entry.outcome is Outcome.UNKNOWN:
        _skipped(case, f"UNKNOWN: {told}", "", entry)
    elif entry.level != "error":
        _skipped(case, f"{entry.level}: VIOLATED: {told}", told, entry)
    else:
        failure = SubElement(case, "failure", {"message": _line(told), "type": entry.name[:200]})
        failure.set("type", plain(entry.name, 200, line=True))
        failure.text = _body(told, entry)


def _skipped(case: Element, message: str, told: str, entry: VerdictReport) -> None:
    SubElement(case, "skipped", {"message": _line(message)})
    if told:
        SubElement(case, "system-out").text = _body(told, entry)


def _body(told: str, entry: VerdictReport) -> str:
    if entry.witness is None or entry.outcome is not Outcome.VIOLATED:
        return told
    return "\n".join([told, "", *run_lines(entry.witness)])


def run_lines(run: Run | Lasso, limit: int = MAX_STEPS) -> list[str]:
    """Return the steps of a run as numbered lines; the middle of a long one is left out.

    Examples
    --------
    >>> from transition_systems.run import Step
    >>> run_lines(Run(initial={}, steps=(Step(action="t", label="“Pay” starts", state={}),)))
    ['1. “Pay” starts']
    """
    head = limit // 2
    cut = len(run) - limit
    lines: list[str] = []
    for number, step in enumerate(run.steps, start=1):
        if cut > 0 and head < number <= head + cut:
            if number == head + 1:
                lines.append(f"… {cut} steps …")
            continue
        if isinstance(run, Lasso) and number == run.loop_start + 1:
            lines.append("repeated for ever:")
        where = f" (line {step.source.line})" if step.source and step.source.line else ""
        lines.append(f"{number}. {plain(step.label, 500, line=True)}{where}")
    return lines


def _text(model: ModelReport, text: str, root: Path) -> str:
    return plain(without_local_paths(text, model.source, root), MAX_TEXT)


def _line(text: str) -> str:
    return plain(text, 1_000, line=True)
