"""Relaxed soundness: every transition occurs in some run that completes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from petri.decision import Decision, claim
from petri.in_turn import in_turn
from petri.net import PetriNet
from petri.soundness.goal import SoundnessGoal
from petri.soundness.relaxed_engines import relaxed_by_engines
from petri.state_space.reachability import ReachabilityGraph
from transition_systems.budget import Budget, Meter
from transition_systems.errors import UndecidedError
from transition_systems.evidence import ClosedSet, Evidence, Parts, RunEvidence, TrapEvidence
from transition_systems.progress import ProgressCallback
from transition_systems.properties.formulas import Unary, always_everywhere, possible
from transition_systems.properties.predicates import TRUE, Enabled, Not, conjunction
from transition_systems.properties.walk import negate
from transition_systems.run import Run
from transition_systems.verdict import Verdict

__all__ = ["relaxed_sound"]

NAME = "relaxed-soundness"


def relaxed_sound(
    net: PetriNet,
    goal: SoundnessGoal,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Verdict:
    """Decide whether of each group of transitions one occurs in some run that completes.

    Parameters
    ----------
    net, goal
        The net; completion, and the groups.
    budget, progress
        Limits and a callback.

    Returns
    -------
    Verdict
        HOLDS with completing runs in which they occur. VIOLATED with all markings, and around each
        marking that a transition of the group leads to a closed set in which it never completes;
        or with the closed set of all markings where none of the group is ever enabled. Where the
        markings are too many to list, with a proof of one of these: that no marking is complete,
        or that none of a group is ever enabled.

    Notes
    -----
    Two breadth-first searches, forwards and backwards: O(states + arcs); or the engines of
    :func:`petri.soundness.relaxed_engines.relaxed_by_engines`. J. Dehnert, P. Rittgen:
    Relaxed soundness of business processes. CAiSE 2001.

    Examples
    --------
    >>> from petri import workflow_goal
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> relaxed_sound(net, workflow_goal(net)).outcome
    <Outcome.HOLDS: 'HOLDS'>
    """
    decision = Decision(net, NAME, budget=budget, progress=progress)
    return in_turn(
        decision,
        lambda asked: _listed(asked, goal),
        lambda share: relaxed_by_engines(net, goal, budget=share, progress=progress),
    )


def _listed(decision: Decision, goal: SoundnessGoal) -> Verdict:
    """Decide it on the markings that were listed."""
    net, space = decision.net, decision.graph
    meter = decision.looking
    try:
        distance = space.distance_to(space.holds(goal.completion, meter), meter)
    except UndecidedError as error:
        return decision.unknown(str(error))
    runs: list[Run] = []
    shown: set[str] = set()
    missing: str | None = None
    for group, names in goal.occurs.items():
        if not shown.isdisjoint(names):
            continue
        run = _completing(net, space, distance, names)
        if run is None:
            missing = group
            break
        runs.append(run)
        shown.update(run.actions)
    if missing is None:
        done = possible(goal.completion)
        parts = tuple(
            (f"run {number}", RunEvidence(claim=claim(net, done), run=run))
            for number, run in enumerate(runs, start=1)
        )
        told = "Everything occurs in some run that completes."
        return decision.holds(Parts(claim=claim(net, "relaxed sound"), parts=parts), told)
    if not space.complete:
        return decision.unknown(
            f"{space.reason}; no completing run with {missing} in {space.n_states} states"
        )
    try:
        evidence = _never(net, space, goal, goal.occurs[missing], meter)
    except UndecidedError as error:
        return decision.unknown(f"{error}; no run that completes contains {missing}")
    return decision.violated(evidence, f"No run that completes contains {missing}.")


def _completing(
    net: PetriNet, space: ReachabilityGraph, distance: NDArray[np.int64], names: tuple[str, ...]
) -> Run | None:
    """Return a run in which one of the transitions occurs and that completes."""
    for name in names:
        arcs = np.flatnonzero(
            (space.labels == net.transition_index(name)) & (distance[space.targets] >= 0)
        )
        if not len(arcs):
            continue
        first = int(arcs[0])
        state = int(space.targets[first])
        actions = [*space.run_to(int(space.sources[first])).actions, name]
        while distance[state] > 0:
            out = range(space.offsets[state], space.offsets[state + 1])
            arc = next(a for a in out if 0 <= distance[space.targets[a]] < distance[state])
            actions.append(net.transition_ids[space.labels[arc]])
            state = int(space.targets[arc])
        return net.run(net.initial, actions)
    return None


def _never(
    net: PetriNet,
    space: ReachabilityGraph,
    goal: SoundnessGoal,
    names: tuple[str, ...],
    meter: Meter,
) -> Evidence:
    """Return evidence that after none of the transitions it can complete."""
    dead = conjunction(*(Not(Enabled(name)) for name in names))
    phrase = claim(net, "not relaxed sound")
    numbers = [net.transition_index(name) for name in names]
    reached = np.unique(space.targets[np.isin(space.labels, numbers)])
    if not len(reached):
        closed = ClosedSet(claim=claim(net, always_everywhere(dead)), states=space.state_set())
        return Parts(claim=phrase, parts=(("no-dead-transitions", closed),))
    everything = ClosedSet(claim=claim(net, always_everywhere(TRUE)), states=space.state_set())
    parts: list[tuple[str, Evidence]] = [("reachable", everything)]
    avoids = Unary("EF", always_everywhere(negate(goal.completion)))
    covered = np.zeros(space.n_states, dtype=bool)
    for state in reached.tolist():
        if covered[state]:
            continue
        closure = space.forward_closure(state, meter)
        covered[closure] = True
        trap = TrapEvidence(
            claim=claim(net, avoids), run=space.run_to(state), states=space.state_set(closure)
        )
        parts.append((f"trap {len(parts)}", trap))
    return Parts(claim=phrase, parts=tuple(parts))
