"""Liveness in the contest: listed, by structure, by a deadlock, or on decision diagrams."""

from __future__ import annotations

import time

import numpy as np

from netproof.contest.questions import Shown
from petri.decision import claim
from petri.live import live
from petri.net import PetriNet
from petri.portfolio import Answer, Batch, Reach
from petri.state_space import StateSpace, state_space
from transition_systems.budget import Budget
from transition_systems.evidence import RunEvidence, StateSet, TrapEvidence
from transition_systems.properties.formulas import Unary, always_everywhere
from transition_systems.properties.predicates import (
    Dead,
    Enabled,
    Not,
)
from transition_systems.run import Run
from transition_systems.verdict import Outcome, Verdict

__all__ = ["listed_live", "liveness"]

FIRST_STATES, DRAWN = 50_000, 0.6
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
    verdict = live(net, budget=Budget(states=FIRST_STATES, seconds=left / 5))
    if not verdict.unknown:
        return _told(verdict)
    found: list[Answer] = []
    batch = Batch(
        net,
        [Reach(Dead()), *(Reach(Enabled(t)) for t in net.transition_ids)],
        budget=Budget(seconds=(deadline - time.monotonic()) * 0.4),
        tell=lambda number, answer: _decisive(batch, number, answer, found),
        parallel=False,
    )
    batch.run()
    if found:
        return False, found[0].method, _refuted(net, found[0])
    left = deadline - time.monotonic()
    verdict = live(net, method="symbolic", budget=Budget(seconds=max(0.0, DRAWN * left)))
    if not verdict.unknown:
        return _told(verdict)
    budget = Budget(seconds=max(0.0, deadline - time.monotonic()))
    answer = listed_live(state_space(net, method="explicit", budget=budget))
    return None if answer is None else (answer, "explicit", [])


def _told(verdict: Verdict) -> tuple[bool, str, list[Shown]]:
    shown = [] if verdict.evidence is None else [Shown(NAME, verdict.outcome, verdict.evidence)]
    return verdict.holds, verdict.statistics.method, shown


def _decisive(batch: Batch, number: int, answer: Answer, found: list[Answer]) -> None:
    """Stop at a reachable deadlock, and at a transition that never occurs."""
    if answer.value is (number == 0):
        found.append(answer)
        for other in list(batch.open):
            batch.close(other)


def _refuted(net: PetriNet, answer: Answer) -> list[Shown]:
    """Return what a deadlock, or a transition that never occurs, proves."""
    if not answer.evidence:
        return []
    piece = answer.evidence[0]
    if answer.value is False or not isinstance(piece, RunEvidence):
        return [Shown(NAME, Outcome.VIOLATED, piece)]
    return [Shown(NAME, Outcome.VIOLATED, _stuck(net, piece.run))]


def _stuck(net: PetriNet, run: Run) -> TrapEvidence:
    row = [run.last.get(place, 0) for place in net.place_ids]
    never = Not(Enabled(net.transition_ids[0]))
    return TrapEvidence(
        claim=claim(net, Unary("EF", always_everywhere(never))),
        run=run,
        states=StateSet(names=net.place_ids, rows=np.array([row], dtype=np.int64)),
    )


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
