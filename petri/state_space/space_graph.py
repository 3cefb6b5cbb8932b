"""The arcs of a state space, regenerated from its states, and what follows from its components."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.lts import FINAL, LTS, TAU_NAME, TICK_NAME
from transition_systems.scc import bottom_components, components
from transition_systems.visited import VisitedSet

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from petri.state_space.space import StateSpace

__all__ = ["SpaceGraph", "StateIndex", "graph_of", "lts_of", "number_states"]

Word = NDArray[np.uint64]
FIRST_LABEL = 2


@dataclass(frozen=True)
class SpaceGraph:
    """The arcs of a state space as compressed sparse rows.

    Parameters
    ----------
    offsets
        int64, shape (n_states + 1,): where the arcs of each state begin.
    labels
        int32, shape (n_arcs,): the index of the transition plus 2, ascending for each state (0
        and 1 are tau and tick of a labelled transition system).
    targets
        int64, shape (n_arcs,).
    n_transitions
        Number of transitions of the net.
    complete
        Whether the arcs of all reachable states are there.
    """

    offsets: NDArray[np.int64]
    labels: NDArray[np.int32]
    targets: NDArray[np.int64]
    n_transitions: int
    complete: bool

    @property
    def transitions(self) -> NDArray[np.int32]:
        """The index of the transition of each arc, int32 (n_arcs,)."""
        return self.labels - np.int32(FIRST_LABEL)

    @cached_property
    def _components(self) -> tuple[int, NDArray[np.int64]]:
        return components(self.offsets, self.targets)

    @cached_property
    def bottom(self) -> NDArray[np.int64]:
        """For each state the number of its bottom component, -1 outside; int64 (n_states,)."""
        count, component = self._components
        last = bottom_components(self.offsets, self.targets, count, component)
        number = np.where(last, np.cumsum(last) - 1, -1)
        result: NDArray[np.int64] = number[component]
        return result

    def adjacency(self) -> csr_array:
        """Return the arcs as a sparse matrix of scipy, int32 of shape (n_states, n_states).

        Its rows and columns are the arrays here, not copied; parallel arcs are several entries of
        one cell, which arithmetic of scipy adds up.
        """
        from scipy.sparse import csr_array

        ones = np.ones(len(self.targets), dtype=np.int32)
        count = len(self.offsets) - 1
        return csr_array((ones, self.targets, self.offsets), shape=(count, count), copy=False)

    def live(self) -> NDArray[np.bool_]:
        """Return which transitions are live, bool (n_transitions,).

        A transition is live if and only if it occurs in every bottom component of the complete
        graph.
        """
        count = int(self.bottom.max()) + 1
        inside = np.repeat(self.bottom, np.diff(self.offsets))
        within = inside >= 0
        occurs = np.zeros((count, self.n_transitions), dtype=bool)
        occurs[inside[within], self.transitions[within]] = True
        return np.asarray(occurs.all(axis=0), dtype=np.bool_)

    def home_states(self) -> NDArray[np.int64]:
        """Return the states that are reachable from every state, int64, ascending.

        They are the only bottom component; with several there is no home state.
        """
        if int(self.bottom.max()) > 0:
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(self.bottom == 0)


class StateIndex:
    """Numbers of packed states."""

    def __init__(self, words: list[Word]) -> None:
        self._rows: VisitedSet | None = None
        if len(words) == 1:
            self._order = np.argsort(words[0])
            self._keys = words[0].take(self._order)
        else:
            self._rows = VisitedSet(len(words))
            self._rows.add(np.stack(words, axis=1))

    def find(self, words: list[Word]) -> NDArray[np.int64]:
        """Return the number of each state, -1 where it is unknown; best sorted."""
        if self._rows is not None:
            return self._rows.find(np.stack(words, axis=1))
        places = np.searchsorted(self._keys, words[0])
        places[places == len(self._keys)] = 0
        found = self._keys.take(places) == words[0]
        result: NDArray[np.int64] = np.where(found, self._order.take(places), -1)
        return result


def number_states(space: StateSpace, words: list[Word]) -> NDArray[np.int64]:
    """Return the numbers of packed states in a space, -1 for those that are not in it."""
    return space.index.find(words)


def graph_of(space: StateSpace, meter: Meter | None = None) -> SpaceGraph:
    """Return the arcs of all states that were expanded.

    With a clock, :class:`~transition_systems.errors.UndecidedError` is raised when it ends.

    Notes
    -----
    O(arcs log states); 12 bytes an arc.
    """
    expanded = space.n_states if space.complete else int(space.starts[-2])
    counts = np.zeros(space.n_states + 1, dtype=np.int64)
    labels: list[NDArray[np.int32]] = []
    targets: list[NDArray[np.int64]] = []
    for start, block in space.blocks(expanded):
        width = len(block[0])
        rows_of: list[NDArray[np.int64]] = []
        label_of: list[NDArray[np.int32]] = []
        target_of: list[NDArray[np.int64]] = []
        for transition, rows in space.kernel.enabled(block):
            if meter is not None:
                meter.require_time()
            after = space.kernel.successors_of(block, transition, rows)
            rows_of.append(rows)
            label_of.append(np.full(len(rows), transition + FIRST_LABEL, dtype=np.int32))
            target_of.append(number_states(space, after))
        if not rows_of:
            continue
        sources = np.concatenate(rows_of).astype(np.uint16)
        order = sources.argsort(kind="stable")
        labels.append(np.concatenate(label_of).take(order))
        targets.append(np.concatenate(target_of).take(order))
        counts[start + 1 : start + width + 1] = np.bincount(sources, minlength=width)
    return SpaceGraph(
        offsets=np.cumsum(counts),
        labels=np.concatenate(labels) if labels else np.empty(0, dtype=np.int32),
        targets=np.concatenate(targets) if targets else np.empty(0, dtype=np.int64),
        n_transitions=len(space.net.transition_ids),
        complete=space.complete,
    )


def lts_of(space: StateSpace) -> LTS:
    """Return a labelled transition system on the arrays of the graph; labels are transition ids."""
    completed = np.zeros(space.n_states, dtype=bool)
    if space.net.final is not None:
        number = space.number_of(space.net.final)
        if number is not None:
            completed[number] = True
    graph = space.graph
    return LTS.from_canonical(
        graph.offsets,
        graph.labels,
        graph.targets,
        (TAU_NAME, TICK_NAME, *_names(space.net.transition_ids)),
        atoms={FINAL: completed},
        state_of=space.marking,
    )


def _names(ids: tuple[str, ...]) -> list[str]:
    """Return names for labels; an id that means something else gets quotes."""
    taken = {TAU_NAME, TICK_NAME}
    names: list[str] = []
    for name in ids:
        shown = name
        while shown in taken:
            shown = f"'{shown}'"
        taken.add(shown)
        names.append(shown)
    return names
