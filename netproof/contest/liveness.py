"""Liveness in the contest: as everywhere, and at last on a list of markings without evidence."""

from __future__ import annotations

import time

from netproof.contest.questions import Shown
from petri.live import live_by_engines
from petri.net import PetriNet
from petri.state_space import StateSpace, state_space
from transition_systems.budget import Budget
from transition_systems.verdict import Verdict

__all__ = ["listed_live", "liveness"]

# The part of the time for what shows its answer; the rest is for a list of all markings.
ENGINES = 0.8
MOST_ARCS = 60_000_000
NAME = "liveness"


def liveness(net: PetriNet, deadline: float) -> tuple[bool, str, list[Shown]] | None:
    """Return whether all transitions are live, the engine, and what proves it, if that is known.

    Parameters
    ----------
    net
        The net.
    deadline
        When to end, as :func:`time.monotonic` counts.
    """
    left = deadline - time.monotonic()
    if not net.transition_ids:
        return True, "structure", []
    verdict = live_by_engines(net, budget=Budget(seconds=ENGINES * left))
    if not verdict.unknown:
        return _told(verdict)
    budget = Budget(seconds=max(0.0, deadline - time.monotonic()))
    answer = listed_live(state_space(net, method="explicit", budget=budget))
    return None if answer is None else (answer, "explicit", [])


def _told(verdict: Verdict) -> tuple[bool, str, list[Shown]]:
    shown = [] if verdict.evidence is None else [Shown(NAME, verdict.outcome, verdict.evidence)]
    return verdict.holds, verdict.statistics.method, shown


def listed_live(space: StateSpace) -> bool | None:
    """Ask each bottom component of the graph for each transition."""
    if not space.complete:
        return None
    if space.deadlocks:
        return False
    fired = {number for _, block in space.blocks()
             for number, rows in space.kernel.enabled(block) if len(rows)}  # fmt: skip
    if len(fired) < len(space.net.transition_ids):
        return False
    if space.n_arcs > MOST_ARCS:
        return None
    return bool(space.graph.live().all())
