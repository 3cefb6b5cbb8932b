"""The shortest trace that one of two systems has and the other has not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.csr import row_arcs
from transition_systems.lts import LTS, TAU

__all__ = ["distinguishing_trace"]

Indices = NDArray[np.int64]

MOST_LOOKED = 5_000_000


class _Side:
    def __init__(self, lts: LTS, silent: bool) -> None:
        self.lts = lts
        self.silent = silent
        self.looked = 0
        self._mark = np.zeros(lts.n_states, dtype=np.bool_)

    def start(self) -> Indices:
        return self.closed(self.lts.initial)

    def closed(self, states: Indices) -> Indices:
        """Return what silent steps reach, where these are no letters."""
        self.looked += len(states)
        if not self.silent:
            return states
        lts, frontier, found = self.lts, states, [states]
        self._mark[states] = True
        while len(frontier):
            arcs = row_arcs(lts.offsets, frontier)
            reached = lts.targets[arcs[lts.labels[arcs] == TAU]]
            frontier = np.unique(reached[~self._mark[reached]])
            self._mark[frontier] = True
            found.append(frontier)
            self.looked += len(arcs)
        if len(found) > 2:
            states = np.sort(np.concatenate(found))
        self._mark[states] = False
        return states

    def moves(self, states: Indices) -> dict[str, Indices]:
        """Return where each letter leads."""
        arcs = row_arcs(self.lts.offsets, states)
        labels, targets = self.lts.labels[arcs], self.lts.targets[arcs]
        found: dict[str, Indices] = {}
        for label in np.unique(labels).tolist():
            if not (self.silent and label == TAU):
                name = self.lts.label_names[label]
                found[name] = self.closed(np.unique(targets[labels == label]))
        return found


def distinguishing_trace(
    a: LTS,
    b: LTS,
    *,
    silent: bool,
    meter: Meter,
    most: int = MOST_LOOKED,
    only_first: bool = False,
) -> tuple[tuple[str, ...], bool] | None:
    """Return the shortest trace of just one of two systems, and whether it is the first.

    Parameters
    ----------
    a, b
        The systems.
    silent
        Whether silent steps are no letters; otherwise they are ``"tau"``.
    meter
        A running budget.
    most
        States to look at before the search is given up.
    only_first
        Whether only traces of the first system count.

    Returns
    -------
    tuple or None
        ``None`` where there is none, or where it was not found in a bounded search.

    Notes
    -----
    Breadth-first over pairs of sets of states. Each trace of a system is one of a bisimilar one.

    Examples
    --------
    >>> from transition_systems.budget import Budget
    >>> one, two = LTS.from_arcs(2, [(0, "a", 1)]), LTS.from_arcs(2, [(0, "a", 1), (1, "b", 1)])
    >>> distinguishing_trace(one, two, silent=False, meter=Budget().start())
    (('a', 'b'), False)
    """
    left, right = _Side(a, silent), _Side(b, silent)
    start = left.start(), right.start()
    if (len(start[0]) == 0) != (len(start[1]) == 0):
        return None if only_first and len(start[0]) == 0 else ((), len(start[0]) > 0)
    parents: list[tuple[int, str]] = [(-1, "")]
    pairs = [start]
    seen = {(start[0].tobytes(), start[1].tobytes())}
    position = 0
    while position < len(pairs):
        if meter.out_of_time() or left.looked + right.looked > most:
            return None
        here, there = pairs[position]
        moves, answers = left.moves(here), right.moves(there)
        for name in sorted(moves if only_first else {*moves, *answers}):
            if name not in moves or name not in answers:
                return (*_path(parents, position), name), name in moves
            pair = moves[name], answers[name]
            key = pair[0].tobytes(), pair[1].tobytes()
            if key not in seen:
                seen.add(key)
                pairs.append(pair)
                parents.append((position, name))
        position += 1
    return None


def _path(parents: list[tuple[int, str]], position: int) -> list[str]:
    names: list[str] = []
    while position:
        position, name = parents[position]
        names.append(name)
    return names[::-1]
