"""Properties that only a net is asked for: liveness, reversibility, persistence, stable places."""

from __future__ import annotations

from petri.home import reversible
from petri.live import live
from petri.net import PetriNet
from petri.persistence import persistent
from petri.stable_places import stable_place
from petri.state_space.reachability import ReachabilityGraph
from transition_systems.budget import Budget
from transition_systems.verdict import Verdict

__all__ = ["BEHAVIOUR", "net_behaviour"]

BEHAVIOUR = {
    "liveness": live,
    "reversibility": reversible,
    "persistence": persistent,
    "stable-place": stable_place,
}


def net_behaviour(name: str, net: PetriNet, graph: ReachabilityGraph, budget: Budget) -> Verdict:
    """Decide one of :data:`BEHAVIOUR` on a graph that was explored before."""
    decide = BEHAVIOUR[name]
    return decide(net, graph=graph, budget=budget)
