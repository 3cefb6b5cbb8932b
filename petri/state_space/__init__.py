"""State spaces of nets: explicit, packed, covering.

``state_space`` explores a net and gives arrays; :class:`~petri.state_space.space.StateSpace` says
what it holds.
"""

from __future__ import annotations

from petri.state_space.exploring_packed import state_space
from petri.state_space.space import StateSpace

__all__ = ["StateSpace", "state_space"]
