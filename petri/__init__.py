"""Petri nets: models, readers and writers, structure, token game, state spaces and verdicts.

Importing this package costs numpy only.
"""

from __future__ import annotations

from petri.builder import Builder
from petri.incidence import ArcTable
from petri.marking import Marking
from petri.net import PetriNet
from petri.nodes import Arc, Place, Transition

__all__ = ["Arc", "ArcTable", "Builder", "Marking", "PetriNet", "Place", "Transition"]
