"""State spaces of nets: explicit, packed, symbolic, covering.

``state_space`` explores a net and gives arrays, :class:`~petri.state_space.space.StateSpace`, or a
decision diagram, :class:`~petri.state_space.symbolic.symbolic_space.SymbolicSpace`.
"""

from __future__ import annotations

from petri.state_space.choosing import state_space
from petri.state_space.space import StateSpace
from petri.state_space.symbolic.symbolic_space import SymbolicSpace

__all__ = ["StateSpace", "SymbolicSpace", "state_space"]
