"""The properties of a transition system, one after another: decided, told, rechecked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from netproof.answers import late, told
from netproof.check_options import CheckOptions, Clock
from netproof.loading import Model
from netproof.properties import AskedFormula, misnamed, name_alone
from netproof.report.model import VerdictReport
from netproof.system_decisions import decide_system
from netproof.system_formulas import SystemFormula
from netproof.system_questions import label_of
from netproof.system_words import explained_system, system_assumptions
from netproof.telling import Tell, refused
from netproof.unknown_names import NOTHING
from petri.decision import stamped
from transition_systems.budget import Budget
from transition_systems.errors import NetproofError, UsageError
from transition_systems.progress import ProgressCallback
from transition_systems.verdict import Verdict
from translators.named_system import NamedSystem

__all__ = ["system_answers"]


def system_answers(
    model: Model,
    system: NamedSystem,
    names: Sequence[str | AskedFormula],
    options: CheckOptions,
    clock: Clock,
    *,
    budget: Budget,
    end: float,
    tell: Tell,
    progress: ProgressCallback | None = None,
) -> list[VerdictReport]:
    """Return the verdicts on formulas, and on properties that are asked of the system itself.

    Parameters
    ----------
    model, system
        The model, and its system.
    names
        What is asked.
    options, clock
        How, and where the time goes.
    budget, end
        The budget for decisions; when all is to be done.
    tell
        Told of the verdicts so far.
    progress
        A callback.
    """
    entries: dict[int, VerdictReport] = {}
    tell(entries)
    for number, name in enumerate(names):
        if time.monotonic() >= end:
            entries[number] = VerdictReport(verdict=late(name, system.lts.n_states))
            continue
        try:
            raw, about = decide_system(name, system, budget=budget, progress=progress)
        except UsageError as error:
            said = str(error)
            if isinstance(name, AskedFormula) and name_alone(name) and said.startswith(NOTHING):
                said = misnamed(name, said)
            entries[number] = VerdictReport(verdict=refused(name, said), unusable=True)
            tell(entries)
            continue
        verdict = told(explained_system(name, about, raw))
        verdict = verdict.with_(assumptions=system_assumptions(name, system.lts))
        if verdict.evidence is not None:
            evidence = stamped(
                verdict.evidence, source_digest=model.source_digest, translation=None
            )
            verdict = verdict.with_(evidence=evidence)
        clock.lap("decide")
        entries[number] = _rechecked(name, system, about, verdict, model, options, end)
        clock.lap("recheck")
        tell(entries)
    return [entries[number] for number in range(len(names))]


def _rechecked(
    name: str | AskedFormula,
    system: NamedSystem,
    about: SystemFormula,
    verdict: Verdict,
    model: Model,
    options: CheckOptions,
    end: float,
) -> VerdictReport:
    witness = None if verdict.unknown else about.own(verdict.witness)
    entry = VerdictReport(verdict=verdict, witness=witness)
    if verdict.violated and witness is None and isinstance(name, str):
        label = label_of(about)
        entry = replace(entry, dead=() if label is None else (label,))
    if verdict.evidence is None:
        return replace(entry, recheck_reason="there is no evidence to recheck")
    if not options.recheck:
        return replace(entry, recheck_reason="not asked for")
    from netproof.recheck.systems import recheck_system

    try:
        result = recheck_system(
            name, verdict.outcome, verdict.evidence, system,
            source_digest=model.source_digest, budget=Budget(deadline=end),
        )  # fmt: skip
    except NetproofError as error:
        return replace(entry, rechecked="failed", recheck_reason=str(error))
    return replace(entry, rechecked=result.status, recheck_reason=result.reason)
