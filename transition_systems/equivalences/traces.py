"""The shortest trace that one of two systems has and the other has not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.csr import row_arcs, spread
from transition_systems.lts import LTS, TAU

__all__ = ["MOST_LOOKED", "TraceSearch", "distinguishing_trace"]

Indices = NDArray[np.int64]

MOST_LOOKED = 5_000_000


class _Side:
    def __init__(self, lts: LTS, silent: bool) -> None:
        self.lts = lts
        self.silent = silent
        self.looked = 0
        self._mark = np.zeros(lts.n_states, dtype=np.bool_)
        self._arcs = lts.offsets.data, lts.labels.data, lts.targets.data
        quiet = lts.labels == TAU if silent else np.zeros(lts.n_arcs, dtype=np.bool_)
        self._quiet_targets: Indices = lts.targets[quiet]
        self._quiet: Indices = np.zeros(lts.n_arcs + 1, dtype=np.int64)
        np.cumsum(quiet, out=self._quiet[1:])
        self._quiet = self._quiet[lts.offsets]
        self._quiet_of = self._quiet.data

    def start(self) -> Indices:
        return self.closed(self.lts.initial)

    def closed(self, states: Indices) -> Indices:
        """Return what silent steps reach, where these are no letters."""
        self.looked += len(states)
        offsets = self._quiet
        if not self.silent or not (offsets[states + 1] > offsets[states]).any():
            return states
        return self._closed(states)

    def _closed(self, states: Indices) -> Indices:
        offsets = self._quiet
        self._mark[states] = True
        found = [states, *spread(offsets, self._quiet_targets, states, self._mark)]
        states = np.sort(np.concatenate(found)) if len(found) > 1 else states
        self._mark[states] = False
        self.looked += int((offsets[states + 1] - offsets[states]).sum())
        return states

    def moves(self, states: Indices) -> dict[str, Indices]:
        """Return where each letter leads."""
        if len(states) == 1:
            return self._moves_of_one(int(states[0]))
        arcs = row_arcs(self.lts.offsets, states)
        labels, targets = self.lts.labels[arcs], self.lts.targets[arcs]
        found: dict[str, Indices] = {}
        for label in np.unique(labels).tolist():
            if not (self.silent and label == TAU):
                name = self.lts.label_names[label]
                found[name] = self.closed(np.unique(targets[labels == label]))
        return found

    def _moves_of_one(self, state: int) -> dict[str, Indices]:
        offsets, labels, targets = self._arcs
        after: dict[int, list[int]] = {}
        for arc in range(offsets[state], offsets[state + 1]):
            after.setdefault(labels[arc], []).append(targets[arc])
        found: dict[str, Indices] = {}
        for label, heads in after.items():
            if not (self.silent and label == TAU):
                self.looked += len(heads)
                states = np.array(heads, dtype=np.int64)
                quiet = [head for head in heads if self._quiet_of[head] < self._quiet_of[head + 1]]
                found[self.lts.label_names[label]] = self._closed(states) if quiet else states
        return found


class TraceSearch:
    """The search for the shortest trace of just one of two systems, which may be gone on with.

    Parameters
    ----------
    a, b
        The systems.
    silent
        Whether silent steps are no letters; otherwise they are ``"tau"``.
    only_first
        Whether only traces of the first system count.
    """

    def __init__(self, a: LTS, b: LTS, *, silent: bool, only_first: bool = False) -> None:
        self.left, self.right = _Side(a, silent), _Side(b, silent)
        self.only_first = only_first
        start = self.left.start(), self.right.start()
        self.pairs = [start]
        self.parents: list[tuple[int, str]] = [(-1, "")]
        self.seen = {(start[0].tobytes(), start[1].tobytes())}
        self.position = 0

    def found(self, meter: Meter, most: int) -> tuple[tuple[str, ...], bool] | None:
        """Go on until a trace is found, and return it, or until so many states were looked at."""
        left, right, pairs = self.left, self.right, self.pairs
        here, there = pairs[0]
        if (len(here) == 0) != (len(there) == 0):
            return None if self.only_first and len(here) == 0 else ((), len(here) > 0)
        while self.position < len(pairs):
            if meter.out_of_time() or left.looked + right.looked > most:
                return None
            here, there = pairs[self.position]
            moves, answers = left.moves(here), right.moves(there)
            for name in sorted(moves if self.only_first else {*moves, *answers}):
                if name not in moves or name not in answers:
                    return (*_path(self.parents, self.position), name), name in moves
                pair = moves[name], answers[name]
                key = pair[0].tobytes(), pair[1].tobytes()
                if key not in self.seen:
                    self.seen.add(key)
                    pairs.append(pair)
                    self.parents.append((self.position, name))
            self.position += 1
        return None


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
    return TraceSearch(a, b, silent=silent, only_first=only_first).found(meter, most)


def _path(parents: list[tuple[int, str]], position: int) -> list[str]:
    names: list[str] = []
    while position:
        position, name = parents[position]
        names.append(name)
    return names[::-1]
