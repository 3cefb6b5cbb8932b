"""What a check means for pytest: each verdict as the outcome of one test, with its text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from netproof.asserting import failure_lines, failure_span, shown_path
from netproof.checking import CheckOptions
from netproof.guarded import guarded
from netproof.loading import load
from netproof.properties import NET_DEFAULTS, WORKFLOW_DEFAULTS
from netproof.report.baseline import apply_baseline
from netproof.report.model import ModelReport, Report, VerdictReport
from netproof.report.policy import Policy
from netproof.report.sarif import error_place
from netproof.report.text import plain, repository_root
from petri import workflow_net
from petri.soundness import workflow_goal
from transition_systems.errors import InputError, UsageError
from transition_systems.verdict import Outcome
from translators.formats import detect_format

__all__ = ["Result", "default_names", "results_of"]

MAX_TITLE = 1_000
HEAD = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The outcome of one test.

    Parameters
    ----------
    outcome
        ``known`` stands for a failure that is expected: a baseline knows it, the file suppresses
        it, or it only warns.
    title
        One line for summaries.
    text
        What is shown of a failure.
    line
        Of the element at fault, from 0.
    facts
        What goes into JUnit files as properties of the test.
    unreadable
        Whether there is no verdict at all, as the file cannot be read.
    """

    outcome: Literal["passed", "failed", "skipped", "known"]
    title: str = ""
    text: str = ""
    line: int = 0
    facts: tuple[tuple[str, object], ...] = ()
    unreadable: bool = False


def default_names(path: Path, options: CheckOptions) -> tuple[str, ...]:
    """Return the properties that a file is checked for by default, reading no more than needed.

    Parameters
    ----------
    path
        The file; one that cannot be read has the properties of a workflow, and each tells why.
    options
        For the format, where it is given.

    Examples
    --------
    >>> default_names(Path("no-such-file.bpmn"), CheckOptions())[0]
    'soundness'
    """
    try:
        if options.format is None:
            with path.open("rb") as file:
                if detect_format(file.read(HEAD)).kind == "workflow":
                    return WORKFLOW_DEFAULTS
        net = load(path, format=options.format).net
    except (InputError, UsageError, OSError):
        return WORKFLOW_DEFAULTS
    if net is None or not workflow_net(net).holds:
        return WORKFLOW_DEFAULTS if net is None else NET_DEFAULTS
    try:
        workflow_goal(net)
    except UsageError:
        return NET_DEFAULTS
    return WORKFLOW_DEFAULTS


def results_of(
    path: Path,
    options: CheckOptions,
    *,
    policy: Policy,
    known: frozenset[tuple[str, str]],
    baseline: str | None,
    unknown_fails: bool,
    folder: Path,
    root: Path,
) -> dict[str, Result]:
    """Check a file and return the result of each property asked for.

    Parameters
    ----------
    path, options
        The file, and how to check it; ``options.properties`` are the names.
    policy, known, baseline
        What fails and what warns, and what a baseline knows.
    unknown_fails
        Whether UNKNOWN fails; else it is skipped.
    folder, root
        Where the user is, for paths in texts; where the project is.

    Examples
    --------
    >>> found = results_of(
    ...     Path("/no.bpmn"), CheckOptions(properties=("deadlock",)), policy=Policy(),
    ...     known=frozenset(), baseline=None, unknown_fails=False, folder=Path("/"), root=Path("/"),
    ... )
    >>> found["deadlock"].outcome
    'failed'
    """
    source = str(path)
    report = policy.applied(Report(models=(guarded(source, options),)))
    if baseline is not None:
        report = apply_baseline(report, known, baseline, root=repository_root(root))
    (model,) = report.models
    if model.error is not None:
        result = _unreadable(model, policy, folder)
        return dict.fromkeys(options.properties, result)
    return {e.name: _result(model, e, options, unknown_fails, folder) for e in model.verdicts}


def _unreadable(model: ModelReport, policy: Policy, folder: Path) -> Result:
    error = model.error or ""
    shown = shown_path(model.source, folder)
    text = plain(error.replace(model.source, shown))
    if not text.startswith(shown):
        text = f"{shown}: {text}"
    place = error_place(error, model.source)
    expected = not model.internal and policy.level("error", None) != "error"
    return Result(
        outcome="known" if expected else "failed", title=plain(text, MAX_TITLE, line=True),
        text=text, line=0 if place is None or place.line is None else place.line - 1,
        facts=(("netproof.outcome", "ERROR"),), unreadable=True,
    )  # fmt: skip


def _result(
    model: ModelReport,
    entry: VerdictReport,
    options: CheckOptions,
    unknown_fails: bool,
    folder: Path,
) -> Result:
    verdict = entry.verdict
    facts: tuple[tuple[str, object], ...] = (
        ("netproof.outcome", str(entry.outcome)),
        ("netproof.exactness", str(verdict.exactness)),
        ("netproof.rechecked", entry.rechecked),
        ("netproof.states", verdict.statistics.states),
    )
    failed_recheck = entry.rechecked == "failed"
    if entry.outcome is Outcome.HOLDS and not failed_recheck:
        return Result(outcome="passed", facts=facts)
    span = failure_span(model, entry)
    line = 0 if span is None or span.line is None else span.line - 1
    more = [] if options.starts == "one" else ["--starts", options.starts]
    lines = failure_lines(model, entry, folder=folder, options=more)
    title = plain(f"{entry.outcome}: {lines[1].strip()}", MAX_TITLE, line=True)
    if failed_recheck:
        outcome: Literal["failed", "skipped", "known"] = "failed"
        title = plain(lines[0], MAX_TITLE, line=True)
    elif entry.accepted is not None:
        outcome = "known"
        title = f"{entry.accepted.kind} ({plain(entry.accepted.reason, line=True)}): {title}"
    elif entry.outcome is Outcome.UNKNOWN:
        outcome = "failed" if unknown_fails and entry.level == "error" else "skipped"
    elif entry.level != "error":
        outcome, title = "known", f"{entry.level} only: {title}"
    else:
        outcome = "failed"
    return Result(outcome=outcome, title=title, text="\n".join(lines), line=line, facts=facts)
