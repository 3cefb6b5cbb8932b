"""Deciding temporal formulas over a user's names, on the net of the model."""

from __future__ import annotations

from dataclasses import replace

from netproof.asked_formulas import AskedFormula
from netproof.net_formulas import NetFormula
from petri.ctl import ctl
from petri.ctl_star import ctl_star
from petri.ltl import ltl
from petri.mu_calculus import mu
from transition_systems.budget import Budget
from transition_systems.errors import UnsupportedError
from transition_systems.progress import ProgressCallback
from transition_systems.temporal.product_system import Fairness
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["decide_formula"]


def decide_formula(
    asked: AskedFormula,
    about: NetFormula,
    *,
    budget: Budget,
    progress: ProgressCallback | None = None,
) -> Verdict:
    """Decide a formula about a net.

    Parameters
    ----------
    asked
        The formula as it was asked.
    about
        The same about the net.
    budget, progress
        Seconds, markings, bytes; a callback.

    Returns
    -------
    Verdict
        Its evidence is about ``about.net``. ``UNKNOWN``, with the reason, where the formula is
        beyond what an engine reads.
    """
    limit = replace(budget, deadline=None, seconds=budget.remaining())
    try:
        verdict = _decided(asked, about, limit, progress)
    except UnsupportedError as error:
        none = Statistics(method="none", states=0, arcs=0, seconds=0.0)
        verdict = Verdict(
            property=asked.text, outcome=Outcome.UNKNOWN, statistics=none, reason=str(error)
        )
    return verdict.with_(property=asked.text)


def _decided(
    asked: AskedFormula, about: NetFormula, limit: Budget, progress: ProgressCallback | None
) -> Verdict:
    fairness = Fairness(weak=about.fair, strong=about.strong)
    if about.mu is not None:
        return mu(about.net, about.mu, budget=limit)
    if asked.logic == "LTL":
        return ltl(
            about.net, about.formula, fairness=fairness, weak=about.weak, budget=limit,
            progress=progress,
        )  # fmt: skip
    if asked.logic == "CTL" and asked.fairness is None:
        return ctl(about.net, about.formula, budget=limit)
    return ctl_star(
        about.net, about.formula, fairness=fairness, maximal=asked.logic == "CTL", budget=limit
    )
