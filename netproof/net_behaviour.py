"""What is asked of the net alone: termination, livelock, liveness, reversibility and the like.

A list of all markings is one engine among others here: only a whole one is handed on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from netproof.net_question import NetQuestion
from netproof.properties import BOUND, LIVELOCK
from petri.home import reversible
from petri.live import live
from petri.livelock import livelock
from petri.net import PetriNet
from petri.persistence import persistent
from petri.portfolio.bounds import bounds, summed_places
from petri.stable_places import stable_place
from petri.termination import terminates
from transition_systems.budget import Budget
from transition_systems.verdict import Verdict

__all__ = ["LIVELOCK", "NETS", "net_behaviour"]

# How much of the time that is left one property may use: the rest is for its recheck.
SHARE = 0.7


def _bounds(net: PetriNet, *, budget: Budget, **shown: Any) -> Verdict:
    """Decide the exact bounds of all places; the engines list markings anew."""
    return bounds(net, budget=budget, progress=shown["progress"], parallel=False).verdict


NETS: dict[str, Callable[..., Verdict]] = {
    "termination": terminates,
    "termination-weak": partial(terminates, fairness="weak"),
    "termination-strong": partial(terminates, fairness="strong"),
    "liveness": live,
    "reversibility": reversible,
    "persistence": persistent,
    "stable-place": stable_place,
    "bounds": _bounds,
}


def net_behaviour(name: str, question: NetQuestion) -> Verdict:
    """Decide livelock, or one of :data:`NETS`: on all markings where these are few."""
    left = question.budget.remaining()
    seconds = None if left is None else SHARE * left
    budget = replace(question.budget, deadline=None, seconds=seconds)
    if name in LIVELOCK:
        return livelock(question.net, budget=budget).with_(property=name)
    if name.startswith(BOUND):
        summed = [summed_places(question.net, name.removeprefix(BOUND))]
        found = bounds(
            question.net, places=summed, budget=budget, progress=question.progress, parallel=False
        )
        return found.bounds[0].verdict
    graph = question.graph if question.few_enough() else None
    verdict = NETS[name](question.net, budget=budget, progress=question.progress, graph=graph)
    return verdict.with_(property=name)
