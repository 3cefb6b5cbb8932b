"""Exploring a net that may be unbounded: states and pumps in turns."""

from __future__ import annotations

from petri.net import PetriNet
from petri.state_space.coverability import find_pump
from petri.state_space.reachability import ReachabilityGraph, reachability_graph
from petri.structure.bounds import bounding_weights
from transition_systems.budget import NO_MEMORY, OUT_OF_TIME, Budget
from transition_systems.progress import ProgressCallback
from transition_systems.run import Lasso

__all__ = ["UNBOUNDED", "explore_or_pump"]

UNBOUNDED = "the net is unbounded"
# States to explore and then nodes to search for a pump, before the whole budget is explored.
SOON = 1.0
STAGES = ((5_000, 1_500), (200_000, 20_000))


def explore_or_pump(
    net: PetriNet,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    graph: ReachabilityGraph | None = None,
) -> tuple[ReachabilityGraph, Lasso | None]:
    """Return the reachability graph, and a pump where the net turns out to be unbounded.

    The graph is tried with few states first; if it does not end there, a pump is searched depth
    first, then the same with more, and at last the graph is explored with the whole budget.

    Parameters
    ----------
    net, budget, progress
        As for every decision procedure.
    graph
        A partial graph of the net, to be gone on with.

    Returns
    -------
    graph, pump
        The graph is partial where there is a pump.
    """
    limit = (budget or Budget()).fixed()
    for states, nodes in STAGES:
        most = states if limit.states is None else min(states, limit.states)
        small = Budget(states=most, bytes=limit.bytes, deadline=limit.deadline)
        if graph is None:
            graph = reachability_graph(net, budget=small, progress=progress)
        else:
            graph = graph.continued(budget=small, progress=progress)
        if graph.complete or most == limit.states or not graph.listable:
            return graph, None
        if limit.remaining() == 0.0:
            graph.reason = OUT_OF_TIME
            return graph, None
        if graph.reason == NO_MEMORY:
            return graph, None
        if states > STAGES[0][0] and _bounded(net, limit):
            continue
        left = limit.remaining()
        share = Budget(states=nodes, seconds=None if left is None else left / 4)
        pump = find_pump(net, budget=share, progress=progress)
        if pump is not None:
            graph.reason = UNBOUNDED
            return graph, pump
    assert graph is not None
    if limit.remaining() == 0.0:
        graph.reason = OUT_OF_TIME
        return graph, None
    return graph.continued(budget=limit, progress=progress), None


def _bounded(net: PetriNet, limit: Budget) -> bool:
    """Return whether a linear program tells soon that no pump is to be looked for."""
    left = limit.remaining()
    share = Budget(seconds=SOON if left is None else min(SOON, left / 4))
    try:
        return bounding_weights(net, budget=share) is not None
    except MemoryError:
        return False
