"""Petri nets: models, readers and writers, structure, token game, state spaces and verdicts.

Importing this package costs numpy only.
"""

from __future__ import annotations

from petri.boundedness import bounded, safe
from petri.builder import Builder
from petri.concurrency import (
    ConcurrentPlaces,
    concurrent,
    concurrent_places,
    mutual_exclusion,
)
from petri.coverable import coverable
from petri.deadlock import deadlock
from petri.home import reversible
from petri.incidence import ArcTable
from petri.live import live
from petri.livelock import livelock
from petri.liveness import no_dead_transitions
from petri.marking import Marking
from petri.net import PetriNet
from petri.nodes import Arc, Place, Transition
from petri.persistence import persistent
from petri.portfolio import Bound, Bounds, bounds, decide
from petri.reachable import always_reachable, invariant, reachable
from petri.readwrite.dot import format_dot, write_dot
from petri.readwrite.networkx_graph import from_networkx, to_networkx
from petri.readwrite.pm4py_net import from_pm4py, to_pm4py
from petri.readwrite.pnml import format_pnml, parse_pnml, read_pnml, write_pnml
from petri.soundness import SoundnessGoal, sound, workflow_goal
from petri.stable_places import stable_place
from petri.state_space.coverability import CoverabilityGraph, coverability_graph
from petri.state_space.minimal_cover import MinimalCoverabilitySet, minimal_coverability_set
from petri.state_space.reachability import ReachabilityGraph, reachability_graph
from petri.termination import terminates
from petri.token_game.simulate import simulate
from petri.walks import walk
from petri.workflow_net import workflow_net

__all__ = [
    "Arc",
    "ArcTable",
    "Bound",
    "Bounds",
    "Builder",
    "ConcurrentPlaces",
    "CoverabilityGraph",
    "Marking",
    "MinimalCoverabilitySet",
    "PetriNet",
    "Place",
    "ReachabilityGraph",
    "SoundnessGoal",
    "Transition",
    "always_reachable",
    "bounded",
    "bounds",
    "concurrent",
    "concurrent_places",
    "coverability_graph",
    "coverable",
    "deadlock",
    "decide",
    "format_dot",
    "format_pnml",
    "from_networkx",
    "from_pm4py",
    "invariant",
    "live",
    "livelock",
    "minimal_coverability_set",
    "mutual_exclusion",
    "no_dead_transitions",
    "parse_pnml",
    "persistent",
    "reachability_graph",
    "reachable",
    "read_pnml",
    "reversible",
    "safe",
    "simulate",
    "sound",
    "stable_place",
    "terminates",
    "to_networkx",
    "to_pm4py",
    "walk",
    "workflow_goal",
    "workflow_net",
    "write_dot",
    "write_pnml",
]
