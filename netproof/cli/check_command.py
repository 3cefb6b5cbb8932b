"""``netproof check``: many files, one report."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from typing import Any

from netproof.check_options import CheckOptions
from netproof.checking import LATE, not_reached
from netproof.cli.inputs import expand_inputs
from netproof.cli.progress_line import ProgressLine
from netproof.cli.watchdog import Watchdog
from netproof.config import Settings, load_settings, settings_for
from netproof.evidence_files import evidence_folder, write_evidence
from netproof.many import check_sources
from netproof.properties import asked_properties
from netproof.report.baseline import apply_baseline, baseline_pairs, read_baseline, write_baseline
from netproof.report.formats import FORMATS
from netproof.report.model import ModelReport, Report
from netproof.report.policy import policy_of
from netproof.report.renderers import render, render_to
from transition_systems.errors import UsageError

__all__ = ["run"]

# The seconds that the start of the process may take from no budget: with the grace of the watch
# the process ends two seconds past its budget.
START = 0.8


def run(arguments: argparse.Namespace) -> int:
    """Check what the arguments name; return the exit code."""
    settings = load_settings(arguments)
    if arguments.show_config:
        sys.stdout.write(settings.to_toml())
        return 0
    outputs = [_output(text) for text in arguments.output or []]
    paths = [path for _, path in outputs]
    if len(set(paths)) < len(paths):
        raise UsageError("two reports would be written to the same file")
    policy = policy_of(settings.fail_on, settings.warn_on)
    known = frozenset[tuple[str, str]]()
    if settings.baseline is not None:
        known = read_baseline(settings.baseline)
    asked_properties(settings.properties)
    if arguments.evidence_dir is not None:
        evidence_folder(arguments.evidence_dir)
    if arguments.traces_dir is not None:
        evidence_folder(arguments.traces_dir)
    sources = expand_inputs(arguments.inputs, exclude=settings.exclude)
    options = [settings_for(settings, source) for source in sources]
    deadline = _deadline(arguments, options)
    done: list[ModelReport | None] = [None] * len(sources)
    so_far: dict[int, ModelReport] = {}

    def code(report: Report) -> int:
        return policy.exit_code(report, zero=arguments.exit_zero)

    def finish() -> Report:
        models = tuple(
            entry or so_far.get(number) or not_reached(source, option, LATE)
            for number, (entry, source, option) in enumerate(
                zip(done, sources, options, strict=True)
            )
        )
        report = policy.applied(Report(models=models, options=_options(settings, arguments)))
        if settings.baseline is None:
            return report
        return apply_baseline(report, known, settings.baseline)

    def end() -> int:
        report = finish()
        emit(report, arguments, outputs)
        return code(report)

    interrupted = 0
    before = signal.signal(signal.SIGTERM, _terminated)
    with ProgressLine(len(sources)) as line, Watchdog(deadline, end):
        try:
            for number, entry in check_sources(
                sources,
                options,
                jobs=settings.jobs,
                deadline=deadline,
                progress=line.tell,
                publish=so_far.__setitem__,
                apart=len(sources) > 1,
            ):
                done[number] = entry
                line.finished(entry.source)
        except _Terminated:
            interrupted = 143
        except KeyboardInterrupt:
            interrupted = 130
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what is left is to write the report
    report = finish()
    if arguments.write_baseline is not None and not interrupted:
        write_baseline(report, arguments.write_baseline)
        report = apply_baseline(report, baseline_pairs(report), arguments.write_baseline)
    emit(report, arguments, outputs)
    for reason in report.unusable.values():
        sys.stderr.write(f"netproof: {reason}\n")
    signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)
    return interrupted or code(report)


def _deadline(arguments: argparse.Namespace, options: Sequence[CheckOptions]) -> float | None:
    """Return when the call is to be done, if there is such a time.

    What the process needed until now, for its imports, counts for the time of the whole call, and
    where it took longer than :data:`START`, for the budget of a file that is alone.
    """
    began: float = arguments.began
    if arguments.total_seconds is not None:
        return began + float(arguments.total_seconds)
    if len(options) != 1:
        return None
    return min(time.monotonic(), began + START) + options[0].seconds


class _Terminated(KeyboardInterrupt):
    """The process was asked to end: it does, with what was done."""


def _terminated(*_: object) -> None:
    raise _Terminated


def emit(report: Report, arguments: argparse.Namespace, outputs: list[tuple[str, str]]) -> None:
    """Write the report to standard output and to the files asked for, and its evidence."""
    for name, path in outputs:
        render_to(report, name, path)
    sys.stdout.write(render(report, arguments.output_format, quiet=arguments.quiet))
    sys.stdout.flush()
    if arguments.evidence_dir is not None:
        write_evidence(report, arguments.evidence_dir)
    if arguments.traces_dir is not None:
        from netproof.trace_files import write_traces

        write_traces(report, arguments.traces_dir)


def _output(text: str) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    if not equals or not path:
        raise UsageError(f"--output takes FORMAT=PATH, not {text!r}")
    if name not in FORMATS:
        raise UsageError(f"there is no report format {name!r}; there are {', '.join(FORMATS)}")
    return name, path


def _options(settings: Settings, arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        **settings.check_options().to_dict(),
        "total_seconds": arguments.total_seconds,
        "jobs": settings.jobs,
    }
