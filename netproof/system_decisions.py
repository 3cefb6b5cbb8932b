"""Deciding formulas and properties of a transition system on its arrays."""

from __future__ import annotations

from dataclasses import replace

from netproof.asked_formulas import AskedFormula
from netproof.system_formulas import SystemFormula, system_formula
from netproof.system_questions import failing_label, system_question
from transition_systems.budget import Budget
from transition_systems.errors import UnsupportedError
from transition_systems.progress import ProgressCallback
from transition_systems.properties.walk import names_in_formula
from transition_systems.temporal.ctl import check_ctl
from transition_systems.temporal.ctl_star import check_ctl_star
from transition_systems.temporal.ltl import check_ltl
from transition_systems.temporal.mu_calculus import check_mu
from transition_systems.temporal.product_system import Fairness
from transition_systems.verdict import Outcome, Statistics, Verdict
from translators.named_system import NamedSystem

__all__ = ["decide_system"]

MOST_RANKS = 32_000_000


def decide_system(
    asked: str | AskedFormula,
    system: NamedSystem,
    *,
    budget: Budget,
    progress: ProgressCallback | None = None,
) -> tuple[Verdict, SystemFormula]:
    """Decide a formula, or a property by name, of a transition system.

    Parameters
    ----------
    asked
        The formula, or one of :data:`~netproof.system_questions.SYSTEM_PROPERTIES`.
    system
        The system.
    budget, progress
        Seconds, states of a product, bytes; a callback.

    Returns
    -------
    verdict, about
        The verdict on what was asked, with evidence about ``about.lts``. ``UNKNOWN``, with the
        reason, where an engine cannot read the formula, or there are too many labels for evidence.

    Raises
    ------
    UsageError
        For a name that the system does not have.

    Notes
    -----
    Linear in the system for the properties by name without fairness, times the number of labels
    for ``liveness`` where runs end up in several parts of the system; a formula costs what
    :func:`~transition_systems.temporal.ctl.check_ctl` and its like say.

    Examples
    --------
    >>> from transition_systems.lts import LTS
    >>> system = NamedSystem(lts=LTS.from_arcs(2, [(0, "a", 1)]))
    >>> decide_system("deadlock", system, budget=Budget())[0].witness.actions
    ('a',)
    """
    if isinstance(asked, AskedFormula):
        about = system_formula(asked, system)
        return _decided(about, budget, progress).with_(property=asked.text), about
    label = None
    if asked in ("liveness", "no-dead-transitions"):
        label = failing_label(asked, system)
    question = system_question(asked, system, holds=label is None, label=label)
    about = question.about
    ranks = (len(names_in_formula(about.formula)[1]) + 1) * about.lts.n_states
    if ranks > MOST_RANKS:
        why = f"{len(system.labels)} labels in {system.lts.n_states} states are too many to prove"
        return _unknown(asked, f"{why} where runs end up in several parts of the system"), about
    verdict = _decided(about, budget, progress)
    outcome = verdict.outcome
    if label is not None and not verdict.unknown:
        if verdict.holds is not question.holds:
            raise AssertionError(f"{asked} fails for {label!r}, and its formula says that it holds")
        outcome = Outcome.VIOLATED
    return verdict.with_(property=asked, outcome=outcome, explanation=()), about


def _decided(about: SystemFormula, budget: Budget, progress: ProgressCallback | None) -> Verdict:
    limit = replace(budget, deadline=None, seconds=budget.remaining())
    fairness = Fairness(weak=about.fair, strong=about.strong)
    try:
        if about.mu is not None:
            return check_mu(about.lts, about.mu, budget=limit)
        if about.logic == "LTL":
            return check_ltl(
                about.lts, about.formula, fairness=fairness, weak=about.weak, budget=limit,
                progress=progress,
            )  # fmt: skip
        if about.logic == "CTL":
            return check_ctl(about.lts, about.formula, budget=limit)
        return check_ctl_star(
            about.lts, about.formula, fairness=fairness, maximal=about.maximal, budget=limit
        )
    except UnsupportedError as error:
        return _unknown("", str(error))


def _unknown(name: str, reason: str) -> Verdict:
    none = Statistics(method="none", states=0, arcs=0, seconds=0.0)
    return Verdict(property=name, outcome=Outcome.UNKNOWN, statistics=none, reason=reason)
