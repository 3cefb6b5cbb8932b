"""Symbolic state spaces as results: exact counts, bounds, predicates and runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from petri.marking import Marking
from petri.net import PetriNet
from petri.state_space.symbolic.diagram_figures import (
    joint_counts,
    most_in_each,
    most_in_sum,
    ways,
)
from petri.state_space.symbolic.diagrams import Diagram, NodeTable
from petri.state_space.symbolic.fields import sum_at_most
from petri.state_space.symbolic.symbolic_net import SymbolicNet
from petri.state_space.symbolic.symbolic_runs import chained_run, shortest_run
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError
from transition_systems.properties.predicates import Predicate
from transition_systems.run import Lasso, Run

__all__ = ["SymbolicSpace"]


class SymbolicSpace:
    """The reachable markings of a net as a diagram.

    Attributes
    ----------
    net
        The net.
    system
        Image, pre-image and predicates; the net over its store of diagrams.
    states
        The diagram.
    complete, reason
        Whether everything reachable is there, and why not. Of a partial set no figure is told.
    pump
        A run and a pump, where the net is unbounded.
    seconds, cpu_seconds, peak_bytes
        Wall time, processor time and bytes that the search took.
    engine, why
        ``"symbolic"``, and why this engine answered.
    """

    engine: ClassVar[str] = "symbolic"

    def __init__(
        self,
        net: PetriNet,
        system: SymbolicNet,
        states: Diagram,
        *,
        reason: str | None,
        pump: Lasso | None,
        seconds: float,
        cpu_seconds: float,
        peak_bytes: int,
    ) -> None:
        self.net = net
        self.system = system
        self.states = states
        self.reason = reason
        self.why = "this method was asked for"
        self.complete = reason is None
        self.pump = pump
        self.seconds = seconds
        self.cpu_seconds = cpu_seconds
        self.peak_bytes = peak_bytes

    def __repr__(self) -> str:
        if not self.complete:
            return f"<SymbolicSpace, partial: {self.reason}>"
        states = self.n_states
        shown = str(states) if states < 10**15 else f"{len(str(states))}-digit number of"
        return f"<SymbolicSpace of {shown} states in {self.n_nodes} nodes, complete>"

    @property
    def unbounded(self) -> bool:
        """Whether a pump was found."""
        return self.pump is not None

    @cached_property
    def table(self) -> NodeTable:
        """The nodes of the diagram.

        Raises
        ------
        UndecidedError
            When the set is not complete.
        """
        if not self.complete:
            raise UndecidedError(f"the symbolic state space is not complete: {self.reason}")
        return self.system.store.table(self.states)

    @cached_property
    def arrays(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The set as evidence has it: fields (n_places, 3) and nodes (n_nodes, 3), read-only."""
        table = self.table
        fields = np.array(
            [
                (bits[0], len(bits), code)
                for bits, code in zip(self.system.bits, self.system.fields.codes, strict=True)
            ],
            dtype=np.int64,
        ).reshape(-1, 3)
        nodes = np.array([table.levels, table.low, table.high], dtype=np.int64).T[2:].copy()
        for array in (fields, nodes):
            array.flags.writeable = False
        return fields, nodes

    @property
    def n_nodes(self) -> int:
        """Number of nodes of the diagram, leaves included."""
        return len(self.table.levels)

    @cached_property
    def n_states(self) -> int:
        """Number of reachable markings, exact."""
        return self.count(self.table)

    def count(self, table: NodeTable) -> int:
        """Return how many markings a set has."""
        return ways(table)[table.root] << table.levels[table.root]

    @cached_property
    def arcs_of(self) -> dict[str, int]:
        """Number of markings that enable each transition."""
        system = self.system
        names = self.net.transition_ids
        guards = ((t, system.store.table(system.enabled(t))) for t in range(len(names)))
        counts = joint_counts(self.table, system.n_variables, guards)
        return {name: counts.get(t, 0) for t, name in enumerate(names)}

    @property
    def n_arcs(self) -> int:
        """Number of pairs of a marking and a transition that it enables, exact."""
        return sum(self.arcs_of.values())

    @cached_property
    def deadlocks(self) -> int:
        """Number of markings that enable nothing, exact."""
        store = self.system.store
        return self.count(store.table(self.dead_states()))

    def dead_states(self) -> Diagram:
        """Return the reachable markings that enable nothing."""
        _ = self.table
        return self.states & self.system.dead

    @cached_property
    def _bounds(self) -> list[int]:
        system, fields = self.system, self.system.fields
        places = [members[0] for members in fields.members.values()]
        best = most_in_each(self.table, [fields.bits[place] for place in places])
        top = [0] * len(fields.bits)
        for place, most in zip(places, best, strict=True):
            top[place] = most
        coded = [place for place, code in enumerate(fields.codes) if code]
        marked = ((p, system.store.table(fields.within(system.store, p, 1, 1))) for p in coded)
        counts = joint_counts(self.table, system.n_variables, marked)
        for place in coded:
            top[place] = int(counts.get(place, 0) > 0)
        return top

    def bounds(self) -> dict[str, int]:
        """Return the most tokens of each place in a reachable marking."""
        return dict(zip(self.net.place_ids, self._bounds, strict=True))

    @property
    def max_tokens_in_place(self) -> int:
        """The most tokens that a place has in a reachable marking."""
        return max(self._bounds, default=0)

    @cached_property
    def max_tokens_in_marking(self) -> int:
        """The most tokens of a reachable marking."""
        system = self.system
        if not any(system.fields.codes):
            weights = [0] * system.n_variables
            for bits in system.bits:
                for position, bit in enumerate(reversed(bits)):
                    weights[bit] = 1 << position
            return most_in_sum(self.table, weights)
        parts = system.fields.summed(dict.fromkeys(range(len(system.bits)), 1))
        low, high = 0, sum(max(adds) for _, adds in parts)
        while low < high:
            middle = (low + high) // 2
            if self.states & ~sum_at_most(system.store, parts, middle) == system.store.false:
                high = middle
            else:
                low = middle + 1
        return low

    def __contains__(self, marking: Mapping[str, int]) -> bool:
        return self.system.contains(self.states, marking)

    def with_(self, predicate: Predicate) -> Diagram:
        """Return the reachable markings where a predicate holds."""
        _ = self.table
        return self.states & self.system.states_with(predicate)

    def number_with(self, predicate: Predicate) -> int:
        """Return how many reachable markings satisfy a predicate."""
        return self.count(self.system.store.table(self.with_(predicate)))

    def markings(self, states: Diagram | None = None) -> Iterator[Marking]:
        """Yield the markings of a set, by default all that are reachable; they may be many."""
        system = self.system
        table = system.store.table(self.states if states is None else states)
        stack: list[tuple[int, int, tuple[int, ...]]] = [(table.root, 0, ())]
        while stack:
            node, level, true = stack.pop()
            if node == 0:
                continue
            if level == system.n_variables:
                found = system.fields.decoded(set(true))
                yield Marking({self.net.place_ids[place]: n for place, n in found})
                continue
            here = table.levels[node] == level
            low, high = (table.low[node], table.high[node]) if here else (node, node)
            stack.append((high, level + 1, (*true, level)))
            stack.append((low, level + 1, true))

    def run_to_some(
        self, predicate: Predicate, *, shortest: bool = True, budget: Budget | None = None
    ) -> Run | None:
        """Return a run to a marking where a predicate holds, ``None`` without one.

        Parameters
        ----------
        predicate
            Over the places.
        shortest
            Whether the run must be a shortest one, which takes much longer where runs are long.
        budget
            Limits of the search.

        Raises
        ------
        UndecidedError
            When the budget ends, or the space is not complete.
        """
        goal = self.with_(predicate)
        if goal == self.system.store.false:
            return None
        find = shortest_run if shortest else chained_run
        return find(self.system, self.states, goal, budget=budget)
