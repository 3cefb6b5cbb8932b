"""State spaces as results: packed levels, decoded and joined into graphs only on request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from petri.marking import Marking
from petri.net import PetriNet
from petri.state_space.batches import CHUNK
from petri.state_space.search import PackedSearch
from petri.state_space.space_graph import SpaceGraph, StateIndex, graph_of, lts_of, number_states
from petri.state_space.space_runs import path_to
from petri.state_space.state_layout import Column
from transition_systems.budget import Meter
from transition_systems.errors import UsageError
from transition_systems.properties.evaluate import evaluate
from transition_systems.properties.predicates import Predicate
from transition_systems.run import Lasso, Run

if TYPE_CHECKING:
    from transition_systems.lts import LTS

__all__ = ["StateSpace"]

Words = list[NDArray[np.uint64]]


class StateSpace:
    """The reachable markings of a net, packed, level by level of a breadth-first search.

    Attributes
    ----------
    net
        The net.
    complete, reason
        Whether everything reachable is there, and why not.
    pump
        A run and a pump, where the net is unbounded.
    seconds, cpu_seconds, peak_bytes
        Wall time, processor time and bytes that the search took.
    engine, why
        ``"explicit"``, and why this engine answered.
    deadlocks, max_tokens_in_place, max_tokens_in_marking
        Figures of the markings that were expanded.
    """

    engine: ClassVar[str] = "explicit"

    def __init__(
        self,
        net: PetriNet,
        search: PackedSearch,
        *,
        reason: str | None,
        pump: Lasso | None,
        seconds: float,
        cpu_seconds: float,
    ) -> None:
        self.net = net
        self.layout = search.layout
        self.kernel = search.successors.kernel
        self.levels = search.store
        self.complete = search.complete and pump is None
        self.reason = reason
        self.why = "this method was asked for"
        self.pump = pump
        self.seconds = seconds
        self.cpu_seconds = cpu_seconds
        self.peak_bytes = search.peak_bytes
        figures = search.figures
        self.n_arcs = figures.arcs
        self.deadlocks = figures.deadlocks
        self.max_tokens_in_place = figures.in_place
        self.max_tokens_in_marking = figures.in_marking
        self.starts = search.store.starts()

    def __repr__(self) -> str:
        state = "complete" if self.complete else f"partial: {self.reason}"
        return f"<StateSpace of {self.n_states} states, {self.n_arcs} arcs, {state}>"

    @property
    def n_states(self) -> int:
        """Number of markings found."""
        return int(self.starts[-1])

    @property
    def unbounded(self) -> bool:
        """Whether a pump was found."""
        return self.pump is not None

    @property
    def depth(self) -> int:
        """Steps of a shortest run to the farthest marking found."""
        return len(self.levels) - 1

    @cached_property
    def words(self) -> Words:
        """All states, one uint64 array of shape (n_states,) for each word of the layout."""
        blocks = [block for _, block in self.levels.blocks(max(1, self.n_states))]
        return [np.concatenate([b[word] for b in blocks]) for word in range(self.layout.words)]

    @property
    def markings(self) -> NDArray[np.int64]:
        """The markings, int64 of shape (n_states, n_places), decoded anew."""
        return np.ascontiguousarray(self.layout.unpack(self.words))

    def level_of(self, state: int) -> int:
        """Return the number of steps of a shortest run to a state."""
        if not 0 <= state < self.n_states:
            raise UsageError(f"there is no state {state}; there are {self.n_states}")
        return int(np.searchsorted(self.starts, state, side="right")) - 1

    def packed(self, state: int) -> Words:
        """Return the words of one state, each of shape (1,)."""
        level = self.level_of(state)
        at = state - int(self.starts[level])
        return [np.asarray(word[at : at + 1]) for word in self.levels[level]]

    def marking(self, state: int) -> Marking:
        """Return one marking."""
        return Marking.from_array(self.layout.unpack(self.packed(state))[0], self.net.place_ids)

    def column(self, place: str) -> NDArray[np.int64]:
        """Return the tokens of one place in every state, int64 of shape (n_states,)."""
        return self.layout.place_column(self.words, self.net.place_index(place))

    def blocks(self, stop: int | None = None) -> Iterator[tuple[int, Words]]:
        """Yield all states, or the first ones, in blocks: the first one's number, and the words."""
        for start, block in self.levels.blocks(CHUNK, stop):
            yield start, [np.ascontiguousarray(word) for word in block]

    def holds(self, predicate: Predicate) -> NDArray[np.bool_]:
        """Return where a state predicate over places holds, bool of shape (n_states,)."""
        parts = [self._holds(predicate, block) for _, block in self.blocks()]
        return np.concatenate(parts)

    def _holds(
        self, predicate: Predicate, block: Words, meter: Meter | None = None
    ) -> NDArray[np.bool_]:
        view = _Block(self, block)
        return evaluate(
            predicate, view, n=len(block[0]), enabled=view.enabled, dead=lambda: ~view.alive(),
            meter=meter,
        )  # fmt: skip

    def holds_in(self, predicate: Predicate, markings: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return in which of some reachable markings, shape (n, n_places), a predicate holds."""
        packed = self.layout.pack(markings)
        return self._holds(predicate, [np.ascontiguousarray(word) for word in packed])

    def find(self, predicate: Predicate, meter: Meter | None = None) -> int | None:
        """Return the first state in which a predicate holds; none is nearer to the start.

        With a clock, :class:`~transition_systems.errors.UndecidedError` is raised when it ends.
        """
        for start, block in self.blocks():
            hits = np.flatnonzero(self._holds(predicate, block, meter))
            if len(hits):
                return start + int(hits[0])
        return None

    def dead_states(self) -> NDArray[np.int64]:
        """Return the numbers of all states found without an enabled transition, int64."""
        parts = [
            start + np.flatnonzero(~_Block(self, block).alive()) for start, block in self.blocks()
        ]
        found: NDArray[np.int64] = np.concatenate(parts).astype(np.int64)
        return found

    def bounds(self) -> dict[str, int]:
        """Return the most tokens of each place in the states found."""
        top = np.zeros(len(self.net.place_ids), dtype=np.int64)
        for _, block in self.blocks():
            columns = self.layout.columns(block)
            for place in range(len(top)):
                top[place] = max(int(top[place]), int(self.layout.tokens(columns, place).max()))
        return dict(zip(self.net.place_ids, top.tolist(), strict=True))

    def run_to(self, state: int) -> Run:
        """Return a shortest run to a state; predecessors are computed backwards, level by level."""
        return self.net.run(self.net.initial, path_to(self, state))

    def run_to_some(self, predicate: Predicate) -> Run | None:
        """Return a shortest run to a state in which a predicate holds, ``None`` without one."""
        state = self.find(predicate)
        return None if state is None else self.run_to(state)

    def number_of(self, marking: Mapping[str, int]) -> int | None:
        """Return the number of a marking, ``None`` where it was not found."""
        row = Marking(marking).to_array(self.net.place_ids)[None, :]
        packed = self.layout.pack(row)
        if not np.array_equal(self.layout.unpack(list(packed)), row):
            return None
        number = int(number_states(self, list(packed))[0])
        return None if number < 0 else number

    @cached_property
    def index(self) -> StateIndex:
        """Numbers of packed states."""
        return StateIndex(self.words)

    @cached_property
    def graph(self) -> SpaceGraph:
        """The arcs as compressed sparse rows, computed when they are asked for first."""
        return graph_of(self)

    def arcs_within(self, meter: Meter) -> SpaceGraph:
        """Return the arcs, computed until the time ends; ``UndecidedError`` then."""
        if "graph" not in self.__dict__:
            self.__dict__["graph"] = graph_of(self, meter)
        return self.graph

    def lts(self) -> LTS:
        """Return the space as a labelled transition system whose arrays are those of the graph."""
        return lts_of(self)


class _Block(Mapping[str, NDArray[np.int64]]):
    """A block of states as a lazy mapping from places to columns."""

    def __init__(self, space: StateSpace, block: Words) -> None:
        self.space, self.block = space, block

    def __getitem__(self, name: str) -> NDArray[np.int64]:
        if name not in self:
            raise KeyError(name)
        return self.space.layout.place_column(self.block, self.space.net.place_index(name))

    def __contains__(self, name: object) -> bool:
        return name in self._places

    @cached_property
    def _places(self) -> frozenset[str]:
        return frozenset(self.space.net.place_ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.space.net.place_ids)

    def __len__(self) -> int:
        return len(self.space.net.place_ids)

    def alive(self) -> NDArray[np.bool_]:
        """Return where some transition is enabled."""
        alive = np.zeros(len(self.block[0]), dtype=bool)
        for _ in self.space.kernel.enabled(self.block, alive):
            pass
        return alive

    def enabled(self, transition: str) -> NDArray[np.bool_]:
        """Return where a transition is enabled."""
        number = self.space.net.transition_index(transition)
        return self.space.kernel.able(number, self._columns, len(self.block[0]))

    @cached_property
    def _columns(self) -> Sequence[Column]:
        return self.space.layout.columns(self.block)
