"""What is asked of the net alone: termination, liveness, reversibility, persistence, stable places.

A list of all markings is one engine among others here: only a whole one is handed on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from netproof.net_question import NetQuestion
from petri.home import reversible
from petri.live import live
from petri.persistence import persistent
from petri.stable_places import stable_place
from petri.termination import terminates
from transition_systems.verdict import Verdict

__all__ = ["NETS", "net_behaviour"]

# How much of the time that is left one property may use: the rest is for its recheck.
SHARE = 0.7
NETS: dict[str, Callable[..., Verdict]] = {
    "termination": terminates,
    "termination-weak": partial(terminates, fairness="weak"),
    "termination-strong": partial(terminates, fairness="strong"),
    "liveness": live,
    "reversibility": reversible,
    "persistence": persistent,
    "stable-place": stable_place,
}


def net_behaviour(name: str, question: NetQuestion) -> Verdict:
    """Decide one of :data:`NETS` on all markings where these are few, else by its own engines."""
    left = question.budget.remaining()
    seconds = None if left is None else SHARE * left
    budget = replace(question.budget, deadline=None, seconds=seconds)
    graph = question.graph if question.few_enough() else None
    verdict = NETS[name](question.net, budget=budget, progress=question.progress, graph=graph)
    return verdict.with_(property=name)
