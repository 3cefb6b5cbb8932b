"""Petri nets: models, readers and writers, structure, token game, state spaces and verdicts.

Importing this package costs numpy only.
"""

from __future__ import annotations

from petri.builder import Builder
from petri.incidence import ArcTable
from petri.marking import Marking
from petri.net import PetriNet
from petri.nodes import Arc, Place, Transition
from petri.readwrite.dot import format_dot, write_dot
from petri.readwrite.networkx_graph import from_networkx, to_networkx
from petri.readwrite.pnml import format_pnml, parse_pnml, read_pnml, write_pnml
from petri.token_game.simulate import simulate
from petri.workflow_net import workflow_net

__all__ = [
    "Arc",
    "ArcTable",
    "Builder",
    "Marking",
    "PetriNet",
    "Place",
    "Transition",
    "format_dot",
    "format_pnml",
    "from_networkx",
    "parse_pnml",
    "read_pnml",
    "simulate",
    "to_networkx",
    "workflow_net",
    "write_dot",
    "write_pnml",
]
