"""The properties of one model, one after another: decided, told of the diagram, rechecked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from netproof.assumed import assumptions
from netproof.carrying import carried
from netproof.check_options import DECIDE_SHARE, CheckOptions, Clock
from netproof.explain import explained
from netproof.explain_formulas import explained_formula
from netproof.loading import Model
from netproof.net_formulas import NetFormula, net_formula
from netproof.net_question import NetQuestion
from netproof.properties import AskedFormula, misnamed, name_alone
from netproof.questions import ask
from netproof.report.model import VerdictReport
from netproof.telling import Tell, refused
from netproof.unknown_names import NOTHING
from petri.decision import stamped
from transition_systems.budget import Budget
from transition_systems.errors import NetproofError, UnlistedError, UsageError
from transition_systems.verdict import Outcome, Statistics, Verdict
from translators.ledger import Ledger
from translators.trace_back import trace_back

__all__ = ["answers", "late", "told"]

COSTLY = ("soundness", "option-to-complete")
OUT_OF_TIME = "the time budget is used up"


def answers(
    question: NetQuestion,
    names: Sequence[str | AskedFormula],
    ledger: Ledger,
    model: Model,
    options: CheckOptions,
    clock: Clock,
    end: float,
    tell: Tell,
) -> list[VerdictReport]:
    entries: dict[int, VerdictReport] = {}
    tell(entries)
    order = list(range(len(names)))
    if not question.complete:  # what is costly on a partial graph comes last
        order.sort(key=lambda number: names[number] in COSTLY)
    for number in order:
        name = names[number]
        if time.monotonic() >= end:
            entries[number] = VerdictReport(verdict=late(name, question.n_states))
            continue
        try:
            raw, kind = ask(question, name)
        except UsageError as error:
            said, unusable = str(error), not isinstance(error, UnlistedError)
            if isinstance(name, AskedFormula) and name_alone(name) and said.startswith(NOTHING):
                said = misnamed(name, said)
            entries[number] = VerdictReport(verdict=refused(name, said), unusable=unusable)
            tell(entries)
            continue
        verdict = told(carried(raw, kind, ledger))
        about = _about(question, name)
        if about is not None and isinstance(name, AskedFormula):
            verdict = explained_formula(question.translation, name, about, verdict)
        elif question.translation is not None:
            verdict = explained(question.translation, verdict, dead=_dead_activities(question))
        taken = assumptions(name, question.net, question.translation)
        verdict = verdict.with_(assumptions=taken)
        if verdict.evidence is not None:
            evidence = stamped(
                verdict.evidence,
                source_digest=model.source_digest,
                translation=None if question.translation is None else question.translation.version,
            )
            verdict = verdict.with_(evidence=evidence)
        clock.lap("decide")
        entry = _rechecked(question, name, about, raw, verdict, model, options, end)
        if verdict.violated and entry.witness is None:
            entry = replace(entry, dead=_dead_elements(question))
        entries[number] = entry
        clock.lap("recheck")
        tell(entries)
    return [entries[number] for number in range(len(names))]


def _about(question: NetQuestion, name: str | AskedFormula) -> NetFormula | None:
    if isinstance(name, str) or name.formula is None:
        return None
    return net_formula(name, question.net, question.translation)


def told(verdict: Verdict) -> Verdict:
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


def late(name: str | AskedFormula, states: int) -> Verdict:
    """Return UNKNOWN for a property whose turn came after the end of the time."""
    return Verdict(
        property=name if isinstance(name, str) else name.text,
        outcome=Outcome.UNKNOWN,
        reason=f"the time budget was used up after {states} states, "
        "before this property had its turn",
        statistics=Statistics(method="none"),
    )


def _rechecked(
    question: NetQuestion,
    name: str | AskedFormula,
    about: NetFormula | None,
    raw: Verdict,
    verdict: Verdict,
    model: Model,
    options: CheckOptions,
    end: float,
) -> VerdictReport:
    witness = None if raw.outcome is Outcome.UNKNOWN else verdict.witness
    if witness is not None and about is not None:
        witness = about.own(witness)
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
