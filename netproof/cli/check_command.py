"""``netproof check``: many files, one report."""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

from netproof.api import check_sources
from netproof.checking import not_reached
from netproof.cli.inputs import expand_inputs
from netproof.cli.progress_line import ProgressLine
from netproof.cli.watchdog import Watchdog
from netproof.config import Settings, load_settings, settings_for
from netproof.properties import asked_properties
from netproof.report.model import ModelReport, Report
from netproof.report.renderers import render, render_to
from transition_systems.errors import UsageError

__all__ = ["run"]

LATE = "the call ended before it was done"
FAILURES = {"violated": 1, "error": 2, "unknown": 3}


def run(arguments: argparse.Namespace) -> int:
    """Check what the arguments name; return the exit code."""
    settings = load_settings(arguments)
    if arguments.show_config:
        sys.stdout.write(settings.to_toml())
        return 0
    outputs = [_output(text) for text in arguments.output or []]
    failing = _failing(settings.fail_on)
    asked_properties(settings.properties)
    sources = expand_inputs(arguments.inputs, exclude=settings.exclude)
    options = [settings_for(settings, source) for source in sources]
    started = time.monotonic()
    deadline = None if arguments.total_seconds is None else started + arguments.total_seconds
    done: list[ModelReport | None] = [None] * len(sources)

    def code(report: Report) -> int:
        return exit_code(report, failing, zero=arguments.exit_zero)

    def finish() -> Report:
        models = tuple(
            entry if entry is not None else not_reached(source, option, LATE)
            for entry, source, option in zip(done, sources, options, strict=True)
        )
        return Report(models=models, options=_options(settings, arguments))

    longest = max(o.seconds for o in options)
    limit = deadline if deadline is not None else None
    if limit is None and len(sources) == 1:
        limit = started + longest
    interrupted = False
    with ProgressLine(len(sources)) as line, Watchdog(limit, finish, code, arguments, outputs):
        try:
            for number, entry in check_sources(
                sources, options, jobs=settings.jobs, deadline=deadline, progress=line.tell
            ):
                done[number] = entry
                line.finished(entry.source)
        except KeyboardInterrupt:
            interrupted = True
    report = finish()
    emit(report, arguments, outputs)
    if interrupted:
        return 130
    return code(report)


def emit(report: Report, arguments: argparse.Namespace, outputs: list[tuple[str, str]]) -> None:
    """Write the report to standard output and to the files asked for."""
    for name, path in outputs:
        render_to(report, name, path)
    sys.stdout.write(render(report, arguments.output_format, quiet=arguments.quiet))
    sys.stdout.flush()


def exit_code(report: Report, failing: frozenset[str], *, zero: bool) -> int:
    """Return the exit code of a report, worst first."""
    found = {model.status for model in report.models}
    if "internal" in found:
        return 70
    if zero:
        return 0
    for status in ("error", "violated", "unknown"):
        if status in found and status in failing:
            return FAILURES[status]
    return 0


def _failing(names: tuple[str, ...]) -> frozenset[str]:
    unknown = [name for name in names if name not in FAILURES]
    if unknown:
        raise UsageError(f"--fail-on takes {', '.join(FAILURES)}; not {', '.join(unknown)}")
    return frozenset(names)


def _output(text: str) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    if not equals or not path:
        raise UsageError(f"--output takes FORMAT=PATH, not {text!r}")
    if name not in ("terminal", "json"):
        raise UsageError(f"there is no report format {name!r}; there are terminal and json")
    return name, path


def _options(settings: Settings, arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        **settings.check_options().to_dict(),
        "total_seconds": arguments.total_seconds,
        "jobs": settings.jobs,
    }
