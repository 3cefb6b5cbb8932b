"""Checking one model: translate, decide each property, recheck, speak of the diagram."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from netproof.carrying import carried
from netproof.collecting import rare_collection
from netproof.explain import explained
from netproof.loading import Model, load
from netproof.net_question import NetQuestion, pose
from netproof.posing import pose_net
from netproof.properties import NET_DEFAULTS, WORKFLOW_DEFAULTS, AskedFormula, asked_properties
from netproof.questions import ask
from netproof.report.model import ModelReport, VerdictReport
from petri import PetriNet, workflow_net
from petri.decision import stamped
from petri.soundness import workflow_goal
from transition_systems.budget import Budget
from transition_systems.errors import InputError, NetproofError, UsageError
from transition_systems.progress import ProgressCallback
from transition_systems.verdict import Exactness, Outcome, Statistics, Verdict
from translators.ledger import Ledger
from translators.to_petri import workflow_to_net
from translators.trace_back import trace_back

__all__ = ["DEFAULT_SECONDS", "CheckOptions", "check_model", "check_path", "not_reached"]

DEFAULT_SECONDS = 30.0
DECIDE_SHARE = 0.6
COSTLY = ("soundness", "option-to-complete")
OUT_OF_TIME = "the time budget is used up"
LATE = "the call ended before it was done"
Publish = Callable[[ModelReport], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """How to check a model.

    Parameters
    ----------
    properties
        Names or formulas; the defaults of the kind of model where empty.
    seconds, states
        Wall time for one file, all its properties, evidence and rechecks together; stored states.
    starts
        The reading of several start events.
    format
        Name of the format, recognised by content if ``None``.
    recheck
        Whether the evidence is rechecked.
    """

    properties: tuple[str, ...] = ()
    seconds: float = DEFAULT_SECONDS
    states: int | None = None
    starts: Literal["one", "all"] = "one"
    format: str | None = None
    recheck: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the options as plain data."""
        return {
            "properties": list(self.properties),
            "budget_seconds": self.seconds,
            "budget_states": self.states,
            "starts": self.starts,
            "from": self.format,
            "recheck": self.recheck,
        }


@dataclass(slots=True)
class _Clock:
    """Wall seconds by stage."""

    seconds: dict[str, float] = field(default_factory=dict)
    mark: float = field(default_factory=time.monotonic)

    def lap(self, stage: str) -> None:
        now = time.monotonic()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self.mark
        self.mark = now


def not_reached(source: str, options: CheckOptions, reason: str) -> ModelReport:
    """Return the entry of a file whose turn did not come: every verdict is UNKNOWN, and why."""
    names = asked_properties(options.properties) or list(WORKFLOW_DEFAULTS)
    verdicts = tuple(VerdictReport(verdict=_refused(name, reason)) for name in names)
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
    clock = _Clock({"read": read_seconds})
    asked = asked_properties(options.properties)
    if model.graph is not None:
        return _check_workflow(model, asked, options, clock, end, progress, publish)
    assert model.net is not None
    return _check_net(model, model.net, asked, options, clock, end, progress, publish)


def _check_workflow(
    model: Model,
    asked: Sequence[str | AskedFormula],
    options: CheckOptions,
    clock: _Clock,
    end: float,
    progress: ProgressCallback | None,
    publish: Publish | None,
) -> ModelReport:
    assert model.graph is not None
    share = time.monotonic() + (end - time.monotonic()) * DECIDE_SHARE
    budget = Budget(states=options.states, deadline=share)
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
        entries = [VerdictReport(verdict=_refused(name, reason)) for name in names]
    else:
        question = pose(
            translation.net, budget=budget, progress=progress, goal=translation.goal,
            translation=translation,
        )  # fmt: skip
        ledger = ledger.extended([e for p, e in translation.conditions if question.meets(p)])
        tell = _teller(names, report, publish, question.n_states)
        entries = _answers(question, names, ledger, model, options, clock, end, tell)
    clock.lap("decide")
    return report(entries)


def _check_net(
    model: Model,
    net: PetriNet,
    asked: Sequence[str | AskedFormula],
    options: CheckOptions,
    clock: _Clock,
    end: float,
    progress: ProgressCallback | None,
    publish: Publish | None,
) -> ModelReport:
    share = time.monotonic() + (end - time.monotonic()) * DECIDE_SHARE
    budget = Budget(states=options.states, deadline=share)
    goal = None
    if workflow_net(net).holds:
        with suppress(UsageError):
            goal = workflow_goal(net)
    clock.lap("translate")
    names = list(asked) or list(NET_DEFAULTS if goal is None else WORKFLOW_DEFAULTS)
    formulas = all(isinstance(name, AskedFormula) for name in names)
    question = pose_net(net, budget=budget, progress=progress, goal=goal, formulas=formulas)

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

    tell = _teller(names, report, publish, question.n_states)
    entries = _answers(question, names, model.ledger, model, options, clock, end, tell)
    clock.lap("decide")
    return report(entries)


def _teller(
    names: Sequence[str | AskedFormula],
    report: Callable[[Sequence[VerdictReport]], ModelReport],
    publish: Publish | None,
    states: int,
) -> Callable[[dict[int, VerdictReport]], None]:
    """Return what tells a caller of the verdicts so far, the others as UNKNOWN."""

    def tell(entries: dict[int, VerdictReport]) -> None:
        if publish is not None:
            why = f"{LATE}; {states} states were seen"
            publish(report([
                entries.get(number) or VerdictReport(verdict=_refused(name, why))
                for number, name in enumerate(names)
            ]))  # fmt: skip

    return tell


def _refusal(ledger: Ledger) -> str:
    first, more = ledger.refused[0], len(ledger.refused) - 1
    place = f" (line {first.span.line})" if first.span is not None and first.span.line else ""
    tail = f"; {more} more element{'s' if more > 1 else ''} refused" if more else ""
    return f"{first.kind} {first.element}{place} was refused: {first.note}{tail}"


def _refused(name: str | AskedFormula, reason: str) -> Verdict:
    text = name if isinstance(name, str) else name.text
    return Verdict(
        property=text,
        outcome=Outcome.UNKNOWN,
        reason=reason,
        exactness=Exactness.NONE,
        statistics=Statistics(method="none"),
    )


def _answers(
    question: NetQuestion,
    names: Sequence[str | AskedFormula],
    ledger: Ledger,
    model: Model,
    options: CheckOptions,
    clock: _Clock,
    end: float,
    tell: Callable[[dict[int, VerdictReport]], None],
) -> list[VerdictReport]:
    entries: dict[int, VerdictReport] = {}
    tell(entries)
    order = list(range(len(names)))
    if not question.complete:  # what is costly on a partial graph comes last
        order.sort(key=lambda number: names[number] in COSTLY)
    for number in order:
        name = names[number]
        if time.monotonic() >= end:
            entries[number] = VerdictReport(verdict=_late(name, question))
            continue
        try:
            raw, kind = ask(question, name)
        except UsageError as error:
            entries[number] = VerdictReport(verdict=_refused(name, str(error)), unusable=True)
            tell(entries)
            continue
        verdict = _told(carried(raw, kind, ledger))
        if question.translation is not None:
            verdict = explained(question.translation, verdict, dead=_dead_activities(question))
            verdict = verdict.with_(assumptions=question.translation.assumptions)
        if verdict.evidence is not None:
            evidence = stamped(
                verdict.evidence,
                source_digest=model.source_digest,
                translation=None if question.translation is None else question.translation.version,
            )
            verdict = verdict.with_(evidence=evidence)
        clock.lap("decide")
        entry = _rechecked(question, name, raw, verdict, model, options, end)
        if verdict.violated and entry.witness is None:
            entry = replace(entry, dead=_dead_elements(question))
        entries[number] = entry
        clock.lap("recheck")
        tell(entries)
    return [entries[number] for number in range(len(names))]


def _told(verdict: Verdict) -> Verdict:
    """Say of which time it is that is used up: the rest is kept for evidence and rechecks."""
    if verdict.reason is None or not verdict.reason.startswith(OUT_OF_TIME):
        return verdict
    search = f"the time for the search is used up ({DECIDE_SHARE:.0%} of the budget)"
    return verdict.with_(reason=search + verdict.reason.removeprefix(OUT_OF_TIME))


def _dead_elements(question: NetQuestion) -> tuple[str, ...]:
    """Return the ids of what can never occur: activities of a workflow, transitions of a net."""
    if question.translation is not None:
        return tuple(_dead_activities(question))
    if not question.complete:
        return ()
    return tuple(question.silent({t: (t,) for t in question.net.transition_ids}))


def _dead_activities(question: NetQuestion) -> list[str]:
    """Return the activities that no run reaches, as far as the graph tells for sure."""
    goal = question.goal
    if goal is None:
        return []
    never = question.silent(goal.occurs)
    return never if question.complete else [name for name in never if not goal.occurs[name]]


def _late(name: str | AskedFormula, question: NetQuestion) -> Verdict:
    """Return UNKNOWN for a property whose turn came after the end of the time."""
    return Verdict(
        property=name if isinstance(name, str) else name.text,
        outcome=Outcome.UNKNOWN,
        reason=f"the time budget was used up after {question.n_states} states, "
        "before this property had its turn",
        statistics=Statistics(method="none"),
    )


def _rechecked(
    question: NetQuestion,
    name: str | AskedFormula,
    raw: Verdict,
    verdict: Verdict,
    model: Model,
    options: CheckOptions,
    end: float,
) -> VerdictReport:
    witness = None if raw.outcome is Outcome.UNKNOWN else verdict.witness
    if witness is not None and question.translation is not None:
        witness = trace_back(question.translation, witness)
    if verdict.evidence is None:
        return VerdictReport(
            verdict=verdict, witness=witness, recheck_reason="there is no evidence to recheck"
        )
    if not options.recheck:
        return VerdictReport(verdict=verdict, witness=witness, recheck_reason="not asked for")
    from netproof.rechecking import recheck_answer

    try:
        result = recheck_answer(question, name, raw, verdict, model, Budget(deadline=end))
    except NetproofError as error:
        return VerdictReport(
            verdict=verdict, witness=witness, rechecked="failed", recheck_reason=str(error)
        )
    return VerdictReport(
        verdict=verdict, witness=witness, rechecked=result.status, recheck_reason=result.reason
    )
