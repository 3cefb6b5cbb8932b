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
    before. Where the marking has the tokens that a transition puts, what is left with those that it
    takes is a marking that enables it; it counts if it is there.

    Notes
    -----
    O(arcs of the net) for each step, and O(places) and a look-up for each transition that may have
    been the last, in levels that are sorted; where states have several words a level is read once
    for each step.
    """
    net = space.net
    count = len(net.transition_ids)
    given, takers = net.post_arcs, net.pre_arcs
    gives = np.repeat(np.arange(count), np.diff(given.offsets))
    takes = np.repeat(np.arange(count), np.diff(takers.offsets))
    marking = space.layout.unpack(space.packed(state))[0]
    path: list[int] = []
    for number in range(space.level_of(state) - 1, -1, -1):
        last = np.ones(count, dtype=np.bool_)
        last[gives[marking[given.places] < given.weights]] = False
        able = np.flatnonzero(last)
        row = np.cumsum(last) - 1
        candidates = np.repeat(marking[None, :], len(able), axis=0)
        back = last[gives]
        candidates[row[gives[back]], given.places[back]] -= given.weights[back]
        back = last[takes]
        candidates[row[takes[back]], takers.places[back]] += takers.weights[back]
        chosen = 0 if len(able) == 1 else _chosen(space, number, candidates)
        path.append(int(able[chosen]))
        marking = candidates[chosen]
    path.reverse()
    return path


def _chosen(space: StateSpace, level: int, candidates: NDArray[np.int64]) -> int:
    """Return the first candidate, int64 (m, places), that is in a level; some one is."""
    packed = space.layout.pack(candidates)
    inside = np.flatnonzero(_inside(space.levels[level], packed))
    if len(inside) == 1:
        return int(inside[0])
    # A marking that the layout has no room for may be packed like another: the few that seem to be
    # in the level are unpacked again.
    faithful = space.layout.unpack(list(packed[:, inside])) == candidates[inside]
    return int(inside[np.flatnonzero(faithful.all(axis=1))[0]])


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
