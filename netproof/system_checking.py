"""Checking a transition system: formulas on its arrays, what only nets have on its net."""

from __future__ import annotations

from collections.abc import Sequence

from netproof.answers import answers
from netproof.check_options import CheckOptions, Clock, shares
from netproof.loading import Model
from netproof.posing import pose_net, soundness_goal
from netproof.properties import SYSTEM_DEFAULTS, WORKFLOW_ONLY, AskedFormula
from netproof.report.model import ModelReport, VerdictReport
from netproof.system_answers import system_answers
from netproof.system_questions import SYSTEM_PROPERTIES
from netproof.telling import Publish, Tell, refused, teller
from transition_systems.budget import Budget
from transition_systems.errors import UnsupportedError
from transition_systems.progress import ProgressCallback
from translators.named_system import NamedSystem

__all__ = ["check_system"]


def check_system(
    model: Model,
    system: NamedSystem,
    asked: Sequence[str | AskedFormula],
    options: CheckOptions,
    clock: Clock,
    end: float,
    progress: ProgressCallback | None,
    publish: Publish | None,
) -> ModelReport:
    """Check a transition system: one verdict for each property, evidence rechecked.

    Formulas, and the properties that mean something for a system, are decided on its arrays,
    however large it is. What only nets have, as soundness, is asked of its net, which has one token
    for the state, where the system is small enough.
    """
    budget, proving = shares(options, end)
    names = list(asked) or list(SYSTEM_DEFAULTS)
    lts = system.lts
    clock.lap("translate")

    def report(entries: Sequence[VerdictReport]) -> ModelReport:
        return ModelReport(
            source=model.source,
            format=model.format,
            nodes=lts.n_states + lts.n_arcs,
            places=lts.n_states,
            transitions=lts.n_arcs,
            system=True,
            ledger=model.ledger,
            verdicts=tuple(entries),
            timings=dict(clock.seconds),
            model=model,
        )

    tell = teller(names, report, publish, lts.n_states)
    entries: dict[int, VerdictReport] = {}

    def part(numbers: Sequence[int]) -> Tell:
        def told(found: dict[int, VerdictReport]) -> None:
            tell({**entries, **{numbers[at]: entry for at, entry in found.items()}})

        return told

    own = [n for n, name in enumerate(names) if _of_system(name)]
    others = [n for n in range(len(names)) if n not in set(own)]
    found = system_answers(
        model, system, [names[n] for n in own], options, clock, budget=budget, end=end,
        tell=part(own), progress=progress,
    )  # fmt: skip
    entries.update(zip(own, found, strict=True))
    if others:
        texts = [str(names[n]) for n in others]
        found = _of_net(
            model, texts, options, clock, budget, proving, end, part(others), progress
        )  # fmt: skip
        entries.update(zip(others, found, strict=True))
    clock.lap("decide")
    return report([entries[number] for number in range(len(names))])


def _of_system(name: str | AskedFormula) -> bool:
    return isinstance(name, AskedFormula) or name in SYSTEM_PROPERTIES


def _of_net(
    model: Model,
    names: Sequence[str],
    options: CheckOptions,
    clock: Clock,
    budget: Budget,
    proving: Budget,
    end: float,
    tell: Tell,
    progress: ProgressCallback | None,
) -> list[VerdictReport]:
    """Ask the net of a system; what has none is told so."""
    try:
        net = model.net
    except UnsupportedError as error:
        reason = f"it is asked of the system as a net: {error.message}"
        return [
            VerdictReport(verdict=refused(name, reason), unusable=name in WORKFLOW_ONLY)
            for name in names
        ]
    assert net is not None
    goal = soundness_goal(net)
    question = pose_net(net, budget=budget, progress=progress, goal=goal)
    question.proved_within(proving)
    return answers(question, names, model.ledger, model, options, clock, end, tell)
