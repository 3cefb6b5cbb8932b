"""Shortest runs in a state space that keeps levels and no arcs: backwards by subtraction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from petri.state_space.space import StateSpace

__all__ = ["path_to"]


def path_to(space: StateSpace, state: int) -> list[int]:
    """Return the transitions of a shortest run to a state.

    For each level back, the marking less the effect of each transition is looked up in the level
    before; a candidate counts if it is a marking, is there, and enables the transition.

    Notes
    -----
    O(transitions) look-ups for each step, in levels that are sorted; where states have several
    words a level is read once for each step.
    """
    net = space.net
    effects = net.incidence
    needs = net.pre
    marking = space.layout.unpack(space.packed(state))[0]
    path: list[int] = []
    for number in range(space.level_of(state) - 1, -1, -1):
        before = marking[:, None] - effects
        able = np.flatnonzero((before >= needs).all(axis=0))
        candidates = np.ascontiguousarray(before[:, able].T)
        packed = space.layout.pack(candidates)
        # A marking that the layout has no room for may be packed like another: the few that seem to
        # be in the level are unpacked again.
        inside = np.flatnonzero(_inside(space.levels[number], packed))
        faithful = space.layout.unpack(list(packed[:, inside])) == candidates[inside]
        chosen = int(inside[np.flatnonzero(faithful.all(axis=1))[0]])
        path.append(int(able[chosen]))
        marking = candidates[chosen]
    path.reverse()
    return path


def _inside(level: NDArray[np.uint64], states: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return which states, shape (words, m), are in a level, shape (words, n)."""
    if len(level) == 1:
        places = np.searchsorted(level[0], states[0])
        places[places == level.shape[1]] = 0
        result: NDArray[np.bool_] = level[0][places] == states[0]
        return result
    found = np.zeros(states.shape[1], dtype=bool)
    first = np.asarray(level[0])
    for number in range(states.shape[1]):
        rows = np.flatnonzero(first == states[0, number])
        for word in range(1, len(level)):
            rows = rows[level[word][rows] == states[word, number]]
        found[number] = len(rows) > 0
    return found
