"""Assertions on workflows for tests: they pass, or fail with the run that goes wrong."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from netproof.report.findings import findings_of
from netproof.report.model import ModelReport, VerdictReport
from netproof.report.text import plain
from transition_systems.budget import Budget
from transition_systems.errors import InputError, UsageError
from transition_systems.readwrite.files import PathOrFile
from transition_systems.run import Lasso, Run, Step
from transition_systems.source_span import SourceSpan
from transition_systems.verdict import Outcome, Verdict

if TYPE_CHECKING:
    from netproof.loading import Model
    from petri import PetriNet
    from transition_systems.lts import LTS
from translators.workflow.graph import WorkflowGraph

__all__ = [
    "VerificationError",
    "assert_holds",
    "assert_sound",
    "failure_lines",
    "failure_span",
    "shown_path",
]

MAX_STEPS = 40
MAX_LABEL = 300
MAX_TEXT = 2_000


class VerificationError(AssertionError):
    """What was asserted of a workflow is not shown; the message tells the run.

    Parameters
    ----------
    message
        The sentence, the run step by step, and how to see it again.
    verdict
        The verdict: VIOLATED with its evidence, or UNKNOWN with its reason.
    witness
        The run on the user's own model, where there is one.
    """

    def __init__(
        self,
        message: str,
        *,
        verdict: Verdict | None = None,
        witness: Run | Lasso | None = None,
    ) -> None:
        super().__init__(message)
        self.verdict = verdict
        self.witness = witness


def assert_sound(
    model: Model | WorkflowGraph | PetriNet | LTS | PathOrFile,
    *,
    budget: Budget | float | None = None,
    starts: Literal["one", "all"] = "one",
    format: str | None = None,
) -> Verdict:
    """Assert that a workflow is sound: each case can complete, and does so properly.

    Parameters
    ----------
    model, budget, starts, format
        As for :func:`netproof.check`.

    Returns
    -------
    Verdict
        With the certificate.

    Raises
    ------
    VerificationError
        When it is not sound, or when that could not be decided.
    InputError
        When the file cannot be read.

    Examples
    --------
    >>> from petri import PetriNet
    >>> net = PetriNet(places=["i", "o"], transitions=["t"], arcs=[("i", "t"), ("t", "o")],
    ...                initial={"i": 1})
    >>> assert_sound(net).outcome
    <Outcome.HOLDS: 'HOLDS'>
    """
    __tracebackhide__ = True
    return assert_holds(model, "soundness", budget=budget, starts=starts, format=format)


def assert_holds(
    model: Model | WorkflowGraph | PetriNet | LTS | PathOrFile,
    property: str,
    *,
    budget: Budget | float | None = None,
    starts: Literal["one", "all"] = "one",
    format: str | None = None,
) -> Verdict:
    """Assert that a property holds; a property that could not be decided is not shown and fails.

    Suppressions in the file do not count here: what is asserted is the outcome.

    Parameters
    ----------
    model
        A path, an open file, a loaded model, a workflow graph, a Petri net or a transition system.
    property
        A name (``"deadlock"``) or a formula (``'AG(!("Ship goods" && "Cancel order"))'``).
    budget, starts, format
        As for :func:`netproof.check`.

    Returns
    -------
    Verdict
        With the certificate.

    Raises
    ------
    VerificationError
        When the property is violated, when it could not be decided, or when the evidence fails its
        recheck.
    InputError
        When the file cannot be read.
    UsageError
        For a property or a name in a formula that does not exist.

    Examples
    --------
    >>> from petri import PetriNet
    >>> net = PetriNet(places=["p"], transitions=["go"], arcs=[("p", "go")], initial={"p": 1})
    >>> assert_holds(net, "EF(dead)").outcome
    <Outcome.HOLDS: 'HOLDS'>
    >>> try:
    ...     assert_holds(net, "deadlock")
    ... except VerificationError as error:
    ...     print(str(error).splitlines()[0])
    deadlock is VIOLATED in <net>
    """
    __tracebackhide__ = True
    from netproof.api import check

    try:
        (found,) = check(model, property, budget=budget, starts=starts, format=format)
    except (InputError, UsageError) as error:  # what the caller can mend needs no frames of ours
        raise error.with_traceback(None) from None
    (entry,) = found.verdicts
    if entry.outcome is Outcome.HOLDS and entry.rechecked != "failed":
        return entry.verdict
    options = [] if starts == "one" else ["--starts", starts]
    options += [] if format is None else ["--from", format]
    raise VerificationError(
        "\n".join(failure_lines(found, entry, folder=Path.cwd(), options=options)),
        verdict=entry.verdict, witness=entry.witness,
    )  # fmt: skip


def failure_span(model: ModelReport, entry: VerdictReport) -> SourceSpan | None:
    """Return the place of the element at fault, where it is known."""
    return next((f.span for f in findings_of(model) if f.entry.name == entry.name), None)


def failure_lines(
    model: ModelReport,
    entry: VerdictReport,
    *,
    folder: Path,
    options: list[str] | None = None,
) -> list[str]:
    """Return what a reader needs of a verdict that is not good: sentence, run, how to rerun.

    Parameters
    ----------
    model, entry
        The verdict and the entry that it belongs to.
    folder
        Paths below it are shown relative to it.
    options
        More arguments for the command that shows it again.
    """
    verdict, source = entry.verdict, model.source
    shown = shown_path(source, folder)
    span = failure_span(model, entry)
    line = "" if span is None or span.line is None else f":{span.line}"
    name = plain(entry.name, MAX_LABEL, line=True)
    if entry.rechecked == "failed":
        head = f"the evidence for {name} in {shown} failed its recheck (an internal error)"
        text = entry.recheck_reason or ""
    else:
        head = f"{name} is {entry.outcome} in {shown}{line}"
        text = verdict.explain() if verdict.reason is None else verdict.reason
    lines = [head, f"  {plain(text.replace(source, shown), MAX_TEXT, line=True)}"]
    if entry.outcome is Outcome.UNKNOWN:
        lines.append("  What could not be decided is not shown; a larger budget may decide it.")
    if entry.witness is not None and len(entry.witness):
        lines += _run(entry.witness, source, shown)
    taken = dict.fromkeys((*model.assumptions, *verdict.assumptions))
    lines += [
        f"  assumed: {plain(item, MAX_TEXT, line=True)}"
        for item in taken if item not in verdict.explanation
    ]  # fmt: skip
    return [*lines, f"  rerun: {_again(model, entry, shown, options or [])}"]


def _run(run: Run | Lasso, source: str, shown: str) -> Iterator[str]:
    cut = len(run) - MAX_STEPS
    for number, step in enumerate(run.steps, start=1):
        if cut > 0 and MAX_STEPS // 2 < number <= MAX_STEPS // 2 + cut:
            if number == MAX_STEPS // 2 + 1:
                yield f"       … {cut} steps …"
            continue
        if isinstance(run, Lasso) and number == run.loop_start + 1:
            yield "       repeated for ever:"
        yield f"  {number:>3}. {_step(step, source, shown)}"


def _step(step: Step, source: str, shown: str) -> str:
    label = plain(str(step.label), MAX_LABEL, line=True)
    if step.source is None or step.source.line is None:
        return label
    file = step.source.file
    where = shown if file in (None, source) else str(file)
    return f"{label}  ({where}:{step.source.line})"


def _again(model: ModelReport, entry: VerdictReport, shown: str, options: list[str]) -> str:
    if model.source == "-" or model.source.startswith("<"):
        return f"netproof.check(model, {entry.name!r})"
    return shlex.join(["netproof", "check", shown, "--property", entry.name, *options])


def shown_path(source: str | os.PathLike[str], folder: Path) -> str:
    """Return a path as a reader in a folder would write it.

    Parameters
    ----------
    source
        Any path.
    folder
        An absolute path; what is not below it stays as it is.

    Examples
    --------
    >>> shown_path("/repo/models/a.bpmn", Path("/repo")), shown_path("b.bpmn", Path("/repo"))
    ('models/a.bpmn', 'b.bpmn')
    """
    text = os.fspath(source)
    if not os.path.isabs(text):
        return text
    path = Path(text)
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else text
