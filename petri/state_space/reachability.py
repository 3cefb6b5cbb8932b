"""Reachability graphs: all markings of a net, breadth first, as arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from petri.arguments import require_arguments
from petri.marking import Marking
from petri.net import PetriNet
from petri.state_space.label_names import label_names
from petri.state_space.packed import PackedNet
from petri.state_space.unlisted import UnlistedNet
from transition_systems.budget import Budget, Meter
from transition_systems.csr import distinct, row_arcs
from transition_systems.evidence import Evidence, StateSet
from transition_systems.explore import Exploration, explore
from transition_systems.lts import FINAL, LTS
from transition_systems.progress import ProgressCallback
from transition_systems.properties.evaluate import evaluate
from transition_systems.properties.predicates import Predicate
from transition_systems.run import Run, Step

MARKING_BLOCK = 512
# States that a predicate is asked for first, and how much larger the next block is; tokens kept.
FIRST_BLOCK, BLOCK_GROWTH = 1 << 12, 8
KEPT_CELLS = 1 << 23

__all__ = ["ReachabilityGraph", "reachability_graph"]


class ReachabilityGraph:
    """The reachable markings of a net and the firings between them.

    State 0 is the initial marking; states are in breadth-first order. With ``complete=False`` the
    budget ended: the first ``expanded`` states have all their arcs, the others none.

    Attributes
    ----------
    net
        The net.
    complete, reason
        Whether everything reachable is there, and why not.
    offsets, labels, targets
        The arcs as CSR: int64 (n_states + 1,), int32 (n_arcs,) transition indices, int64 (n_arcs,).
    """

    def __init__(
        self, net: PetriNet, system: PackedNet | UnlistedNet, exploration: Exploration
    ) -> None:
        self.net = net
        self._system = system
        self._exploration = exploration
        self.complete = exploration.complete
        self.reason = exploration.reason
        self.labels = exploration.label
        self.targets = exploration.target
        self.seconds = exploration.seconds
        self.peak_bytes = exploration.bytes
        self.places = frozenset(net.place_ids)
        self.occurrences: dict[object, Evidence] = {}
        self.rising: dict[frozenset[str], dict[str, int] | None] = {}

    def __repr__(self) -> str:
        state = "complete" if self.complete else f"partial: {self.reason}"
        return f"<ReachabilityGraph of {self.n_states} states, {self.n_arcs} arcs, {state}>"

    @property
    def n_states(self) -> int:
        """Number of markings."""
        return len(self._exploration.states)

    @property
    def n_arcs(self) -> int:
        """Number of firings."""
        return self._exploration.arcs

    @property
    def listable(self) -> bool:
        """Whether its markings can be listed: no place has 2**62 tokens at the start."""
        return not isinstance(self._system, UnlistedNet)

    @property
    def expanded(self) -> int:
        """Number of markings (the first ones) whose firings are all there."""
        return self._exploration.expanded

    @cached_property
    def offsets(self) -> NDArray[np.int64]:
        """Where the arcs of each state begin, int64 of shape (n_states + 1,)."""
        counts = np.bincount(self._exploration.source, minlength=self.n_states)
        offsets = np.zeros(self.n_states + 1, dtype=np.int64)
        np.cumsum(counts, out=offsets[1:])
        return offsets

    @property
    def sources(self) -> NDArray[np.int64]:
        """The source of each arc, int64 of shape (n_arcs,)."""
        return self._exploration.source

    @cached_property
    def markings(self) -> NDArray[np.int64]:
        """The markings, shape (n_states, n_places)."""
        array = self._system.unpack(self._exploration.states)
        array.setflags(write=False)
        return array

    def column(self, place: str, rows: NDArray[np.uint64] | None = None) -> NDArray[np.int64]:
        """Return the tokens of one place in every state, or in packed ones, int64 (n_states,)."""
        index = self.net.place_index(place)
        return self._system.column(self._exploration.states if rows is None else rows, index)

    def marking(self, state: int) -> Marking:
        """Return one marking."""
        row = self._system.decode(self._exploration.states[state])
        return Marking.from_array(row, self.net.place_ids)

    def enabled(self, transition: str) -> NDArray[np.bool_]:
        """Return where a transition is enabled, bool of shape (n_states,)."""
        return self._enabled(transition, self._exploration.states)

    def _enabled(self, transition: str, rows: NDArray[np.uint64]) -> NDArray[np.bool_]:
        index = self.net.transition_index(transition)
        offsets, places, weights = self.net.pre_arcs
        result = np.ones(len(rows), dtype=bool)
        for arc in range(offsets[index], offsets[index + 1]):
            tokens = self._system.column(rows, int(places[arc]))
            result &= tokens >= weights[arc]
        return result

    @cached_property
    def dead(self) -> NDArray[np.bool_]:
        """Where no transition is enabled, bool of shape (n_states,)."""
        return self._dead(slice(0, self.n_states))

    def _dead(self, part: slice) -> NDArray[np.bool_]:
        """Return where no transition is enabled in a part of the states."""
        first, end = part.start, min(part.stop, self.n_states)
        result = np.zeros(end - first, dtype=bool)
        known = max(first, min(end, self.expanded))
        result[: known - first] = np.diff(self.offsets[first : known + 1]) == 0
        step = self._system.block
        for start in range(known, end, step):
            stop = min(end, start + step)
            block = self._exploration.states[start:stop]
            result[start - first : stop - first] = ~self._system.alive(block)
        return result

    @cached_property
    def fired(self) -> NDArray[np.bool_]:
        """Which transitions occur, bool of shape (n_transitions,)."""
        result = np.zeros(len(self.net.transition_ids), dtype=bool)
        result[np.unique(self.labels)] = True
        return result

    def holds(self, predicate: Predicate, meter: Meter | None = None) -> NDArray[np.bool_]:
        """Return where a state predicate over places holds, bool of shape (n_states,).

        With a clock, :class:`~transition_systems.errors.UndecidedError` is raised when it ends.
        """
        return self._holds(predicate, slice(0, self.n_states), meter)

    def first(self, predicate: Predicate, meter: Meter | None = None) -> int | None:
        """Return the first state where a predicate holds, ``None`` where none does.

        In blocks, so that one that is found early takes no time for the others. With a clock,
        :class:`~transition_systems.errors.UndecidedError` is raised when it ends.
        """
        start, size = 0, FIRST_BLOCK
        while start < self.n_states:
            hits = np.flatnonzero(self._holds(predicate, slice(start, start + size), meter))
            if len(hits):
                return start + int(hits[0])
            start, size = start + size, size * BLOCK_GROWTH
        return None

    def _holds(self, predicate: Predicate, part: slice, meter: Meter | None) -> NDArray[np.bool_]:
        rows = self._exploration.states[part]
        return evaluate(
            predicate, _Columns(self, rows), n=len(rows), meter=meter,
            enabled=lambda name: self._enabled(name, rows), dead=lambda: self._dead(part),
        )  # fmt: skip

    def run_to(self, state: int, *, then: str | None = None) -> Run:
        """Return a shortest run to a state, followed by one transition if asked for."""
        path = self._exploration.path(state)
        rows = self._exploration.states[[target for _, target in path]]
        steps = [
            self._step(label, marking)
            for (label, _), marking in zip(path, self._markings(rows), strict=True)
        ]
        if then is not None:
            marking = self.net.fire(steps[-1].state if steps else self.net.initial, then)
            steps.append(self._step(self.net.transition_index(then), marking))
        return Run(initial=self.net.initial.to_dict(), steps=tuple(steps))

    def _markings(self, rows: NDArray[np.uint64]) -> Iterator[Marking]:
        """Yield the markings of packed rows, a block at a time."""
        ids = self.net.place_ids
        for start in range(0, len(rows), MARKING_BLOCK):
            for row in self._system.unpack(rows[start : start + MARKING_BLOCK]):
                yield Marking({ids[p]: int(row[p]) for p in np.flatnonzero(row)})

    def continued(
        self, *, budget: Budget | None = None, progress: ProgressCallback | None = None
    ) -> ReachabilityGraph:
        """Return the graph explored further, from where this one ended."""
        if self.complete or isinstance(self._system, UnlistedNet):
            return self
        system = copy(self._system)  # a new layout is not to be that of the states here
        system.limit(budget or Budget())
        found = explore(system, budget=budget, progress=progress, resume=self._exploration)
        return ReachabilityGraph(self.net, system, found)

    def step(self, transition: int, target: int) -> Step:
        """Return one arc as a step."""
        return self._step(transition, self.marking(target))

    def _step(self, transition: int, marking: Marking) -> Step:
        node = self.net.transitions[transition]
        return Step(action=node.id, label=node.label or node.id, state=marking.to_dict())

    @cached_property
    def _all_states(self) -> StateSet:
        return StateSet(names=self.net.place_ids, rows=self.markings)

    def state_set(self, states: NDArray[np.int64] | None = None) -> StateSet:
        """Return all markings, or those of some states, as evidence."""
        if states is None:
            return self._all_states
        rows = self._system.unpack(self._exploration.states[states])
        return StateSet(names=self.net.place_ids, rows=rows)

    def predecessors(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return the arcs by target: offsets (n_states + 1,), arc numbers, sources (n_arcs,)."""
        order = np.argsort(self.targets, kind="stable")
        counts = np.bincount(self.targets, minlength=self.n_states)
        offsets = np.zeros(self.n_states + 1, dtype=np.int64)
        np.cumsum(counts, out=offsets[1:])
        return offsets, order, self.sources[order]

    def distance_to(self, goal: NDArray[np.bool_], meter: Meter | None = None) -> NDArray[np.int64]:
        """Return for each state the least number of steps into the goal, -1 where there is none.

        One backward breadth-first search, O(states + arcs). With a clock,
        :class:`~transition_systems.errors.UndecidedError` is raised when it ends.
        """
        offsets, _, sources = self.predecessors()
        distance = np.full(self.n_states, -1, dtype=np.int64)
        frontier = np.flatnonzero(goal)
        distance[frontier] = 0
        level = 0
        while len(frontier):
            if meter is not None:
                meter.require_time()
            level += 1
            before = sources[row_arcs(offsets, frontier)]
            frontier = distinct(before[distance[before] < 0])
            distance[frontier] = level
        return distance

    def forward_closure(self, state: int, meter: Meter | None = None) -> NDArray[np.int64]:
        """Return the states reachable from one, sorted, int64; with a clock as above."""
        seen = np.zeros(self.n_states, dtype=bool)
        seen[state] = True
        frontier = np.array([state])
        while len(frontier):
            if meter is not None:
                meter.require_time()
            after = self.targets[row_arcs(self.offsets, frontier)]
            frontier = distinct(after[~seen[after]])
            seen[frontier] = True
        return np.flatnonzero(seen)

    def lts(self, *, final: NDArray[np.bool_] | None = None) -> LTS:
        """Return the graph as a labelled transition system, silent transitions as tau.

        A label ``✓`` of the net is no end, and has a number, as ``✓ (2)``.

        ``final`` is the set of completed states; by default those that equal the final marking.
        """
        completed = np.zeros(self.n_states, dtype=bool)
        if final is not None:
            completed = final
        elif self.net.final is not None:
            wanted = self.net.final.to_array(self.net.place_ids)
            completed = (self.markings == wanted).all(axis=1)
        names, of_transition = label_names(self.net)
        return LTS(
            offsets=self.offsets,
            labels=of_transition[self.labels],
            targets=self.targets,
            label_names=names,
            atoms={FINAL: completed},
            state_of=self.marking,
        )


class _Columns(Mapping[str, NDArray[np.int64]]):
    """The places of a graph as a lazy mapping of columns, which are kept while there are few."""

    def __init__(self, graph: ReachabilityGraph, rows: NDArray[np.uint64]) -> None:
        self.graph, self._rows = graph, rows
        self._kept: dict[str, NDArray[np.int64]] = {}
        self._most = KEPT_CELLS // max(1, len(rows))

    def __contains__(self, name: object) -> bool:
        return name in self.graph.places

    def __getitem__(self, name: str) -> NDArray[np.int64]:
        if name not in self.graph.places:
            raise KeyError(name)
        kept = self._kept.get(name)
        if kept is not None:
            return kept
        column = self.graph.column(name, self._rows)
        if len(self._kept) < self._most:
            self._kept[name] = column
        return column

    def __iter__(self) -> Iterator[str]:
        return iter(self.graph.net.place_ids)

    def __len__(self) -> int:
        return len(self.graph.net.place_ids)


def reachability_graph(
    net: PetriNet,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> ReachabilityGraph:
    """Return the reachability graph of a net, breadth first from the initial marking.

    Parameters
    ----------
    net
        Any place/transition net.
    budget, progress
        Limits and a callback. When the budget ends the graph is partial (``complete=False``).

    Returns
    -------
    ReachabilityGraph
        State 0 is the initial marking, and the only one where a place has more tokens than the 62
        bits of a packed counter; the reason says so then.

    Notes
    -----
    O(n m) narrow operations for n states and m transitions, 20 bytes an arc. An unbounded net never
    completes: give a budget. Where only figures, markings or runs are wanted,
    :func:`petri.state_space.state_space` needs a tenth of the memory and less time: it numbers no
    arcs. Small nets are fired with guard bits and numbered by a dictionary, which takes a
    millisecond for a hundred markings, where planning a layout alone takes several.

    Examples
    --------
    >>> from petri import PetriNet
    >>> graph = reachability_graph(PetriNet.from_arrays([[1], [0]], [[0], [1]], [3, 0]))
    >>> graph
    <ReachabilityGraph of 4 states, 3 arcs, complete>
    """
    require_arguments(net, budget=budget, progress=progress)
    try:
        system = PackedNet(net, budget=budget)
    except OverflowError as error:
        unlisted = UnlistedNet(net, str(error))
        return ReachabilityGraph(net, unlisted, unlisted.exploration())
    return ReachabilityGraph(net, system, explore(system, budget=budget, progress=progress))


def marking_holds(net: PetriNet, predicate: Predicate, marking: Marking) -> bool:
    """Return whether one marking satisfies a predicate."""
    row = marking.to_array(net.place_ids)
    columns = {p: row[i : i + 1] for i, p in enumerate(net.place_ids)}

    def enabled(name: str) -> NDArray[np.bool_]:
        return np.array([net.is_enabled(marking, name)])

    def dead() -> NDArray[np.bool_]:
        return np.array([not net.enabled(marking)])

    return bool(evaluate(predicate, columns, n=1, enabled=enabled, dead=dead)[0])
