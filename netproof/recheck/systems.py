"""Rechecking evidence about a transition system that was read from a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netproof.properties import AskedFormula, asked_properties
from netproof.recheck.linear_questions import answers_linear
from netproof.recheck.ltl import recheck_ltl
from netproof.recheck.mu import recheck_mu
from netproof.recheck.questions import Linear
from netproof.recheck.result import RecheckResult, RefusedError, SkippedError, Watch, guarded
from netproof.recheck.said import run_of
from netproof.recheck.temporal import recheck_temporal
from netproof.system_formulas import system_formula
from netproof.system_questions import SYSTEM_PROPERTIES, SystemQuestion, system_question
from transition_systems.budget import Budget
from transition_systems.evidence import CtlRanks, Evidence, TreeEvidence
from transition_systems.properties.format import format_formula
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.walk import names_in_formula
from transition_systems.verdict import Outcome
from translators.named_system import NamedSystem

__all__ = ["about_system", "asked_of_system", "recheck_system", "reported_system"]

OF_LABELS = frozenset({"no-dead-transitions", "liveness"})


def asked_of_system(asked: str | AskedFormula) -> bool:
    """Return whether a property of a transition system is asked of it, and not of its net.

    Examples
    --------
    >>> asked_of_system("deadlock"), asked_of_system("soundness")
    (True, False)
    """
    return isinstance(asked, AskedFormula) or asked in SYSTEM_PROPERTIES


def about_system(
    asked: str | AskedFormula, system: NamedSystem, *, holds: bool, evidence: Evidence
) -> SystemQuestion:
    """Return the formula, and its outcome, from which an outcome of a property follows.

    Parameters
    ----------
    asked
        The formula or property.
    system
        The system.
    holds
        The outcome.
    evidence
        Names the label for which a property of labels fails.

    Raises
    ------
    RefusedError
        Where the evidence names no single label.
    """
    if isinstance(asked, AskedFormula):
        return SystemQuestion(system_formula(asked, system), holds)
    label = None
    if asked in OF_LABELS and not holds:
        _, names = names_in_formula(parse_formula(evidence.claim.formula))
        if len(names) != 1:
            raise RefusedError(f"the claim does not name the label for which {asked} fails")
        label = names[0]
    return system_question(asked, system, holds=holds, label=label)


def recheck_system(
    asked: str | AskedFormula,
    outcome: Outcome | str,
    evidence: Evidence,
    system: NamedSystem,
    *,
    source_digest: str | None = None,
    budget: Budget | None = None,
) -> RecheckResult:
    """Decide whether evidence proves an outcome of a property of a transition system.

    Parameters
    ----------
    asked, outcome
        The formula, its text, or the name of a property, and ``HOLDS`` or ``VIOLATED``.
    evidence
        What came with the verdict.
    system
        The system.
    source_digest
        The digest of the file; the claim's must be the same.
    budget
        Seconds and bytes.

    Returns
    -------
    RecheckResult
        ``failed`` with a reason where the evidence proves nothing or is malformed.

    Notes
    -----
    What the property asks is stated anew from the system, then the evidence is rechecked as
    evidence about its arrays.

    Examples
    --------
    >>> from netproof.system_decisions import decide_system
    >>> from transition_systems.lts import LTS
    >>> system = NamedSystem(lts=LTS.from_arcs(2, [(0, "a", 1)]))
    >>> verdict, _ = decide_system("deadlock", system, budget=Budget())
    >>> recheck_system("deadlock", "VIOLATED", verdict.evidence, system).status
    'passed'
    >>> recheck_system("deadlock", "HOLDS", verdict.evidence, system).status
    'failed'
    """
    found: list[RecheckResult] = []

    def work() -> None:
        if outcome == Outcome.UNKNOWN:
            raise SkippedError("the outcome is UNKNOWN, which claims nothing")
        if outcome not in (Outcome.HOLDS, Outcome.VIOLATED):
            raise RefusedError(f"there is no outcome {outcome!r:.40}")
        name = asked_properties([asked])[0] if isinstance(asked, str) else asked
        if not asked_of_system(name):
            raise RefusedError(f"{name} is not asked of a transition system itself")
        claim = evidence.claim
        if claim.source_digest != source_digest:
            raise RefusedError("the evidence is about another source: its digest differs")
        if claim.translation is not None:
            raise RefusedError("the evidence was made with a translation")
        holds = outcome == Outcome.HOLDS
        question = about_system(name, system, holds=holds, evidence=evidence)
        found.append(_recheck(question, evidence, budget))

    result = guarded(work)
    return found[0] if result.passed and found else result


def reported_system(
    said: Mapping[str, Any],
    asked: str | AskedFormula,
    evidence: Evidence,
    system: NamedSystem,
    source_digest: str,
    budget: Budget | None,
) -> RecheckResult:
    """Recheck a verdict of a report on a transition system, and what it says beside its evidence.

    Refused are an exactness other than ``exact``, other assumptions than the fairness that is asked
    for, and a run that is not that of the evidence.
    """

    def work() -> None:
        outcome = said.get("outcome")
        if outcome == Outcome.UNKNOWN:
            raise RefusedError("nothing is approximated, so that there is no abstract outcome")
        if said.get("exactness") != "exact":
            raise RefusedError("a transition system is not approximated: the exactness is exact")
        taken = [] if isinstance(asked, str) else [*asked.assumed("label")]
        if "assumptions" in said and said["assumptions"] != taken:
            raise RefusedError("the assumptions of the verdict are not those of its property")
        question = about_system(asked, system, holds=outcome == Outcome.HOLDS, evidence=evidence)
        run = question.about.own(run_of(evidence))
        if said.get("witness") != (None if run is None else run.to_dict()):
            raise RefusedError("the witness that is shown is not the run of the evidence")

    shown = guarded(work)
    if not shown.passed:
        return shown
    return recheck_system(
        asked, str(said.get("outcome")), evidence, system, source_digest=source_digest,
        budget=budget,
    )  # fmt: skip


def _recheck(question: SystemQuestion, evidence: Evidence, budget: Budget | None) -> RecheckResult:
    about = question.about
    outcome = Outcome.HOLDS if question.holds else Outcome.VIOLATED
    if about.logic == "CTL":
        if not isinstance(evidence, CtlRanks | TreeEvidence):
            raise RefusedError(f"evidence of kind {evidence.kind!r} is not about a formula of CTL")
        return recheck_temporal(about.formula, outcome, evidence, about.lts, budget=budget)
    linear = Linear(
        formula=about.formula, weak=about.weak, fair=about.fair, strong=about.strong,
        branching=about.logic == "CTL*", maximal=about.maximal, mu=about.mu,
    )  # fmt: skip
    if not answers_linear(evidence, linear, holds=question.holds, watch=Watch(budget)):
        raise RefusedError("the evidence is about another formula, or read in another way")
    if about.mu is not None:
        return recheck_mu(about.mu, outcome, evidence, about.lts, budget=budget)
    if about.logic == "LTL":
        return recheck_ltl(
            evidence, about.lts, formula=format_formula(about.formula), budget=budget
        )
    return recheck_temporal(about.formula, outcome, evidence, about.lts, budget=budget)
