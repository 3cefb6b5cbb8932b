"""Checking one model: translate, decide each property, recheck, speak of the diagram."""

from __future__ import annotations

import time
from collections.abc import Sequence

from netproof.answers import answers
from netproof.check_options import DEFAULT_SECONDS, CheckOptions, Clock, shares
from netproof.collecting import rare_collection
from netproof.loading import Model, load
from netproof.net_question import pose
from netproof.posing import pose_net, soundness_goal
from netproof.properties import NET_DEFAULTS, WORKFLOW_DEFAULTS, AskedFormula, asked_properties
from netproof.report.model import ModelReport, VerdictReport
from netproof.system_checking import check_system
from netproof.telling import LATE, Publish, refused, teller
from petri import PetriNet
from transition_systems.errors import InputError
from transition_systems.progress import ProgressCallback
from translators.ledger import Ledger
from translators.to_petri import workflow_to_net

__all__ = [
    "DEFAULT_SECONDS",
    "LATE",
    "CheckOptions",
    "check_model",
    "check_path",
    "not_reached",
]


def not_reached(source: str, options: CheckOptions, reason: str) -> ModelReport:
    """Return the entry of a file whose turn did not come: every verdict is UNKNOWN, and why."""
    names = asked_properties(options.properties) or list(WORKFLOW_DEFAULTS)
    verdicts = tuple(VerdictReport(verdict=refused(name, reason)) for name in names)
    return ModelReport(source=source, format=options.format, verdicts=verdicts)


def check_path(
    path: str,
    options: CheckOptions,
    *,
    progress: ProgressCallback | None = None,
    publish: Publish | None = None,
) -> ModelReport:
    """Read and check one file; a file that cannot be read becomes an entry with an error."""
    deadline = time.monotonic() + options.seconds
    started = time.monotonic()
    try:
        model = load(path, format=options.format)
    except InputError as error:
        seconds = time.monotonic() - started
        return ModelReport(source=path, error=error.text(), timings={"read": seconds})
    read = time.monotonic() - started
    return check_model(
        model, options, progress=progress, deadline=deadline, read_seconds=read, publish=publish
    )


@rare_collection()
def check_model(
    model: Model,
    options: CheckOptions,
    *,
    progress: ProgressCallback | None = None,
    deadline: float | None = None,
    read_seconds: float = 0.0,
    publish: Publish | None = None,
) -> ModelReport:
    """Check a model: one verdict for each property, evidence rechecked.

    Parameters
    ----------
    model
        The model.
    options
        How.
    progress
        A callback.
    deadline
        An absolute time of :func:`time.monotonic` by which to be done.
    read_seconds
        What reading took, for the timings.
    publish
        Told of the report so far after each verdict, for a caller that may have to end early.

    Returns
    -------
    ModelReport

    Notes
    -----
    A property that cannot be asked of the model is UNKNOWN, marked as ``unusable``.
    """
    end = time.monotonic() + options.seconds if deadline is None else deadline
    clock = Clock({"read": read_seconds})
    asked = asked_properties(options.properties)
    if model.graph is not None:
        return _check_workflow(model, asked, options, clock, end, progress, publish)
    if model.system is not None:
        return check_system(model, model.system, asked, options, clock, end, progress, publish)
    assert model.net is not None
    return _check_net(model, model.net, asked, options, clock, end, progress, publish)


def _check_workflow(
    model: Model,
    asked: Sequence[str | AskedFormula],
    options: CheckOptions,
    clock: Clock,
    end: float,
    progress: ProgressCallback | None,
    publish: Publish | None,
) -> ModelReport:
    assert model.graph is not None
    budget, proving = shares(options, end)
    translation = workflow_to_net(model.graph, starts=options.starts, budget=budget)
    ledger = model.ledger + translation.ledger
    clock.lap("translate")
    names = list(asked) or list(WORKFLOW_DEFAULTS)

    def report(entries: Sequence[VerdictReport]) -> ModelReport:
        assert model.graph is not None
        return ModelReport(
            source=model.source,
            format=model.format,
            nodes=len(model.graph.nodes),
            places=len(translation.net.places),
            transitions=len(translation.net.transitions),
            ledger=ledger,
            assumptions=translation.assumptions,
            verdicts=tuple(entries),
            timings=dict(clock.seconds),
            model=model,
            translation=translation,
        )

    if ledger.refused:
        reason = _refusal(ledger)
        entries = [VerdictReport(verdict=refused(name, reason)) for name in names]
    else:
        question = pose(
            translation.net, budget=budget, progress=progress, goal=translation.goal,
            translation=translation, safeness="safeness" in names,
        )  # fmt: skip
        question.proved_within(proving)
        ledger = ledger.extended([e for p, e in translation.conditions if question.meets(p)])
        tell = teller(names, report, publish, question.n_states)
        entries = answers(question, names, ledger, model, options, clock, end, tell)
    clock.lap("decide")
    return report(entries)


def _check_net(
    model: Model,
    net: PetriNet,
    asked: Sequence[str | AskedFormula],
    options: CheckOptions,
    clock: Clock,
    end: float,
    progress: ProgressCallback | None,
    publish: Publish | None,
) -> ModelReport:
    budget, proving = shares(options, end)
    goal = soundness_goal(net)
    clock.lap("translate")
    names = list(asked) or list(NET_DEFAULTS if goal is None else WORKFLOW_DEFAULTS)
    formulas = all(isinstance(name, AskedFormula) for name in names)
    question = pose_net(net, budget=budget, progress=progress, goal=goal, formulas=formulas)
    question.proved_within(proving)

    def report(entries: Sequence[VerdictReport]) -> ModelReport:
        return ModelReport(
            source=model.source,
            format=model.format,
            nodes=len(net.places) + len(net.transitions),
            places=len(net.places),
            transitions=len(net.transitions),
            ledger=model.ledger,
            verdicts=tuple(entries),
            timings=dict(clock.seconds),
            model=model,
        )

    tell = teller(names, report, publish, question.n_states)
    entries = answers(question, names, model.ledger, model, options, clock, end, tell)
    clock.lap("decide")
    return report(entries)


def _refusal(ledger: Ledger) -> str:
    first, more = ledger.refused[0], len(ledger.refused) - 1
    place = f" (line {first.span.line})" if first.span is not None and first.span.line else ""
    tail = f"; {more} more element{'s' if more > 1 else ''} refused" if more else ""
    return f"{first.kind} {first.element}{place} was refused: {first.note}{tail}"
