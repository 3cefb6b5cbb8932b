"""The Python API: check one model or many, convert, keep the results."""

from __future__ import annotations

import glob as globbing
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from netproof.check_options import default_budget
from netproof.checking import DEFAULT_SECONDS, CheckOptions, check_model
from netproof.loading import Model, model_of
from netproof.many import check_sources
from netproof.progress_bar import progress_display, watched_progress
from netproof.report.model import ModelReport, Report
from netproof.report.suppressions import with_suppressions
from petri import PetriNet
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.lts import LTS
from transition_systems.progress import ProgressCallback
from transition_systems.readwrite.files import PathOrFile
from translators.workflow.graph import WorkflowGraph

__all__ = ["ReportSet", "check", "check_many", "convert"]

Starts = Literal["one", "all"]
Properties = str | Iterable[str] | None


def check(
    model: Model | WorkflowGraph | PetriNet | LTS | PathOrFile,
    properties: Properties = None,
    *,
    budget: Budget | float | None = None,
    starts: Starts = "one",
    format: str | None = None,
    recheck: bool = True,
    progress: ProgressCallback | None = None,
) -> Report:
    """Check one model and return a report with one verdict for each property.

    Parameters
    ----------
    model
        A path, an open file, a loaded model, a workflow graph, a Petri net or a transition system.
    properties
        Names (``"soundness"``) or formulas (``"EF(dead)"``); the defaults of the kind of model
        otherwise.
    budget
        Seconds, or a budget, for everything together; 30 seconds by default.
    starts
        The reading of several start events: ``"one"`` or ``"all"``.
    format
        The name of the format; recognised by content otherwise.
    recheck
        Whether the evidence is rechecked.
    progress
        A callback; by default a bar in a notebook's cell tells it.

    Returns
    -------
    Report
        Of one entry. ``report["soundness"]`` is a verdict. A property among others that cannot be
        asked of the model is UNKNOWN with the reason, as on the command line;
        ``report.unusable`` lists such properties, and the exit code is 2.

    Raises
    ------
    InputError
        When the file cannot be read.
    UsageError
        When none of the properties can be asked of the model, or a formula cannot be read.

    Examples
    --------
    >>> from petri import PetriNet
    >>> report = check(PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0]), "soundness")
    >>> bool(report["soundness"])
    True
    """
    options = _options(properties, budget, starts, format, recheck)
    started = time.monotonic()
    if format is not None and not isinstance(model, Model | WorkflowGraph | PetriNet | LTS):
        from netproof.loading import load

        loaded = load(model, format=format)
    else:
        loaded = model_of(model)
    read = time.monotonic() - started
    with watched_progress(progress) as tell:
        entry = check_model(
            loaded, options, progress=tell, deadline=started + options.seconds, read_seconds=read
        )
    report = Report(models=(with_suppressions(entry),), options=options.to_dict())
    if report.verdicts and all(one.unusable for one in report.verdicts):
        raise UsageError(next(iter(report.unusable.values())))
    return report


def _options(
    properties: Properties,
    budget: Budget | float | None,
    starts: Starts,
    format: str | None,
    recheck: bool,
) -> CheckOptions:
    names = (properties,) if isinstance(properties, str) else tuple(properties or ())
    if isinstance(budget, int | float) and not 0 < budget < float("inf"):
        raise UsageError(f"a budget is a positive number of seconds, not {budget}")
    if isinstance(budget, Budget):
        left = budget.remaining()
        seconds, states = DEFAULT_SECONDS if left is None else left, budget.states
    else:
        seconds, states = DEFAULT_SECONDS if budget is None else float(budget), None
    return CheckOptions(
        properties=names, seconds=seconds, states=states, starts=starts, format=format,
        recheck=recheck,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReportSet(Report):
    """The results of many files; iterable, a table in a notebook.

    ``interrupted`` tells that the call was ended by the user and only some files were checked.
    """

    interrupted: bool = False

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each verdict, for ``pandas.DataFrame``.

        Returns
        -------
        list of dict
            Columns file, property, outcome, exactness, reason, size, seconds. A file that could
            not be read has one row with outcome ``ERROR``.

        Examples
        --------
        >>> ReportSet(models=(ModelReport(source="x", error="no such file"),)).rows()[0]["outcome"]
        'ERROR'
        """
        rows: list[dict[str, Any]] = []
        for model in self.models:
            base = {"file": model.source, "size": model.nodes}
            if model.error is not None:
                rows.append(
                    {**base, "property": None, "outcome": "ERROR", "exactness": None,
                     "reason": model.error, "seconds": sum(model.timings.values())}
                )  # fmt: skip
            for entry in model.verdicts:
                rows.append(
                    {**base, "property": entry.name, "outcome": str(entry.outcome),
                     "exactness": str(entry.verdict.exactness), "reason": entry.verdict.reason,
                     "seconds": entry.verdict.statistics.seconds}
                )  # fmt: skip
        return rows

    def _repr_html_(self) -> str:
        from netproof.report.table import html_table

        return html_table(self)

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write ``report.json`` and ``report.txt`` into a folder and return its path."""
        from netproof.report.renderers import render_to

        path = Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        render_to(self, "json", str(path / "report.json"))
        render_to(self, "terminal", str(path / "report.txt"))
        return path


def check_many(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    properties: Properties = None,
    *,
    jobs: int = 1,
    budget: Budget | float | None = None,
    starts: Starts = "one",
    total_seconds: float | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> ReportSet:
    """Check many files; never raises for a bad one, keeps what was done when interrupted.

    Parameters
    ----------
    paths
        Paths, or one path, folder or pattern (``"models/**/*.bpmn"``).
    properties, budget, starts
        As for :func:`check`; the budget is for each file.
    jobs
        Processes.
    total_seconds
        Wall time for the whole call.
    progress
        Called after each file with the number done, the number of all, and its path; by default
        a bar in a notebook's cell, or a line on standard error where that is a terminal.

    Returns
    -------
    ReportSet
        In the order of the paths.

    Raises
    ------
    UsageError
        When nothing matches, or a property does not exist.

    Examples
    --------
    >>> check_many(["no-such-file.bpmn"]).rows()[0]["outcome"]
    'ERROR'
    """
    from netproof.cli.inputs import expand_inputs
    from netproof.properties import asked_properties

    options = _options(properties, budget, starts, None, True)
    asked_properties(options.properties)
    if isinstance(paths, str | os.PathLike):
        text = os.fspath(paths)
        is_group = os.path.isdir(text) or globbing.has_magic(text)
        sources = expand_inputs([text]) if is_group else [text]
    else:
        sources = [os.fspath(path) for path in paths]
    deadline = None if total_seconds is None else time.monotonic() + total_seconds
    done: dict[int, ModelReport] = {}
    interrupted = False
    with progress_display(len(sources)) as line:
        told = line.tell if progress is None else None
        try:
            for number, entry in check_sources(
                sources, [options] * len(sources), jobs=jobs, deadline=deadline, progress=told
            ):
                done[number] = entry
                if progress is not None:
                    progress(len(done), len(sources), entry.source)
                else:
                    line.finished(entry.source)
        except KeyboardInterrupt:
            interrupted = True
    models = tuple(done[number] for number in sorted(done))
    return ReportSet(models=models, options=options.to_dict(), interrupted=interrupted)


def convert(
    model: Model | WorkflowGraph | PetriNet | PathOrFile,
    to: str,
    *,
    starts: Starts = "one",
    budget: Budget | float | None = None,
) -> str:
    """Return a model as text in another format.

    Parameters
    ----------
    model
        A path, an open file or a model.
    to
        ``"pnml"``, ``"dot"``, ``"json"``, ``"cspm"`` or ``"definition"``.
    starts
        The reading of several start events.
    budget
        Seconds, or a budget, for what is looked up in the states of the model; 30 seconds by
        default.

    Returns
    -------
    str

    Raises
    ------
    UsageError
        When there is no such format, or the model has no form in it.
    UnsupportedError
        When an element was refused: the text would be another model.

    Examples
    --------
    >>> from petri import PetriNet
    >>> convert(PetriNet(places=["p"], transitions=[], name="n"), "dot").startswith("digraph")
    True
    """
    from netproof.converting import CONVERSIONS

    if to not in CONVERSIONS:
        raise UsageError(f"there is no conversion to {to!r}; there are {', '.join(CONVERSIONS)}")
    return CONVERSIONS[to](model_of(model), starts, default_budget(budget)).text
