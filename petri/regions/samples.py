"""Some reachable markings, and which of them lie in boxes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.regions.boxes import Box
from petri.state_space.reachability import reachability_graph
from transition_systems.budget import Budget
from transition_systems.run import Run

__all__ = ["Samples"]

STATES = 2_000


class Samples:
    """Markings that are reachable, in the order in which they were found.

    Parameters
    ----------
    net
        Any place/transition net.
    budget
        Seconds for listing the first markings.

    Attributes
    ----------
    rows
        int64, shape (n_markings, n_places).
    outside
        bool, shape (n_markings,): which lie in none of the boxes so far.
    """

    def __init__(self, net: PetriNet, budget: Budget) -> None:
        self.net = net
        self._graph = reachability_graph(net, budget=Budget(
            states=STATES, deadline=budget.deadline, seconds=budget.seconds
        ))  # fmt: skip
        self._runs: list[Run] = []
        self._first: NDArray[np.int64] = np.ascontiguousarray(self._graph.markings)
        self.rows = self._first
        self.outside: NDArray[np.bool_] = np.ones(len(self.rows), dtype=np.bool_)

    def begin(self) -> None:
        """Forget the boxes."""
        self.outside = np.ones(len(self.rows), dtype=np.bool_)

    def take(self, box: Box) -> None:
        """Take the markings of a box as inside."""
        inside = self.outside.copy()
        for place, tokens in box.low.items():
            inside &= self.rows[:, place] >= tokens
        for place, tokens in box.high.items():
            inside &= self.rows[:, place] <= tokens
        self.outside &= ~inside

    def hit(self, boxes: Iterable[Box]) -> list[bool]:
        """Return for each box whether a marking lies in it that is in none of those before."""
        hits: list[bool] = []
        self.begin()
        for box in boxes:
            before = int(self.outside.sum())
            self.take(box)
            hits.append(int(self.outside.sum()) < before)
        return hits

    def add(self, run: Run) -> None:
        """Add where a run ends."""
        row = [run.last.get(place, 0) for place in self.net.place_ids]
        self._runs.append(run)
        self.rows = np.vstack([self.rows, np.array([row], dtype=np.int64)])
        self.outside = np.append(self.outside, True)

    def run_to(self, number: int) -> Run:
        """Return a run to a marking."""
        known = len(self._first)
        return self._graph.run_to(number) if number < known else self._runs[number - known]
