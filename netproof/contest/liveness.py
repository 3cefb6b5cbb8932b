"""Liveness in the contest: listed, by a deadlock, or on the diagram of all markings."""

from __future__ import annotations

import time

import numpy as np

from netproof.contest.questions import Shown
from petri.decision import claim
from petri.live import live
from petri.net import PetriNet
from petri.portfolio import Answer, Batch, Reach
from petri.state_space import StateSpace, SymbolicSpace, state_space
from petri.state_space.symbolic.diagrams import Diagram
from transition_systems.budget import Budget
from transition_systems.evidence import RunEvidence, StateSet, TrapEvidence
from transition_systems.properties.formulas import Unary, always_everywhere
from transition_systems.properties.predicates import (
    Compare,
    Dead,
    Enabled,
    Not,
    disjunction,
)
from transition_systems.run import Run
from transition_systems.verdict import Outcome

__all__ = ["drawn_live", "listed_live", "liveness"]

FIRST_STATES = 50_000
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
    if not verdict.unknown and verdict.evidence is not None:
        return verdict.holds, "explicit", [Shown(NAME, verdict.outcome, verdict.evidence)]
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
    budget = Budget(seconds=max(0.0, deadline - time.monotonic()))
    space = state_space(net, budget=budget)
    answer = listed_live(space) if isinstance(space, StateSpace) else drawn_live(space, budget)
    return None if answer is None else (answer, str(space.engine), [])


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


def drawn_live(space: SymbolicSpace, budget: Budget) -> bool | None:
    """Go back from the initial marking; where that is everything, nothing is ever lost.

    Otherwise from the markings that enable each transition, one after the other.
    """
    if not space.complete:
        return None
    system, limit = space.system, budget.fixed()
    if space.deadlocks or not all(space.arcs_of.values()):
        return False
    everything, initial = space.states, space.net.initial
    other = disjunction(*(Compare(((p, 1),), "!=", initial[p]) for p in space.net.place_ids))
    home = _back(space, everything & ~system.states_with(other), limit)
    if home is None:
        return None
    if home == everything:
        return True
    for number in range(len(space.net.transition_ids)):
        found = _back(space, everything & system.enabled(number), limit)
        if found is None:
            return None
        if found != everything:
            return False
    return True


def _back(space: SymbolicSpace, states: Diagram, limit: Budget) -> Diagram | None:
    """Return the markings from which some of a set can be reached, ``None`` out of time."""
    found = fresh = states
    while fresh != space.system.store.false:
        if limit.remaining() == 0.0:
            return None
        fresh = space.system.preimage(fresh) & space.states & ~found
        found = found | fresh
    return found
