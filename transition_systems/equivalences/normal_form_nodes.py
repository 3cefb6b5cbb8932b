"""The deterministic automaton of what can be seen of a system, as small as it can be."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import csr_order
from transition_systems.equivalences.coarsest import coarsest
from transition_systems.equivalences.graph import Graph
from transition_systems.equivalences.linear_graph import LinearGraph
from transition_systems.equivalences.set_table import EMPTY, BudgetEnded, SetTable
from transition_systems.equivalences.strong import StrongSignatures
from transition_systems.lts import LTS
from transition_systems.quotient import number_blocks

__all__ = ["Builder", "Nodes", "nodes_of"]

Indices = NDArray[np.int64]
Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Nodes:
    """Sets of states of a system, merged where the same is seen from there on.

    Parameters
    ----------
    example
        For each node the number of one of its sets.
    after
        For each node where letters lead; node 0 is the start, if there is one.
    home
        For each state of the system a node with a set that it is in, of a shortest trace; -1
        where no trace leads to it.
    """

    example: list[int]
    after: list[dict[int, int]]
    home: Indices


def nodes_of(
    sets: SetTable, start: int, seen: Callable[[int], Hashable], *, chaos: bool = False
) -> Nodes:
    """Return the nodes that letters lead to from a set.

    Parameters
    ----------
    sets
        The sets of states.
    start
        The first one, or :data:`EMPTY`.
    seen
        What is seen of a set, beside the letters that it can do.
    chaos
        Whether nothing is seen after a set with a state that can be silent for ever.
    """
    home = np.full(sets.graph.n, EMPTY, dtype=np.int64)
    if start == EMPTY:
        return Nodes([], [], home)
    found = np.array([start], dtype=np.int64)
    place = {start: 0}
    parts: list[tuple[Indices, Indices, Indices]] = []
    fresh = found
    while len(fresh):
        reason = sets.meter.exhausted(states=len(place), bytes=sets.bytes)
        if reason is not None:
            raise BudgetEnded(reason)
        owner, member = sets.members_of(fresh)
        new = home[member] == EMPTY
        home[member[new][::-1]] = np.array([place[int(k)] for k in fresh], dtype=np.int64)[
            owner[new][::-1]
        ]
        open_sets = fresh[~sets.divergent(fresh)] if chaos else fresh
        owner, labels = sets.enabled(open_sets)
        sources = open_sets[owner]
        targets = sets.steps(sources, labels)
        parts.append((sources, labels, targets))
        listed = [k for k in dict.fromkeys(targets.tolist()) if k not in place]
        place.update(zip(listed, range(len(place), len(place) + len(listed)), strict=True))
        fresh = np.array(listed, dtype=np.int64)
        found = np.concatenate((found, fresh))
    sources, labels, targets = (np.concatenate(part) for part in zip(*parts, strict=True))
    tails = np.array([place[k] for k in sources.tolist()], dtype=np.int64)
    heads = np.array([place[k] for k in targets.tolist()], dtype=np.int64)
    kinds: dict[Hashable, int] = {}
    kind = [kinds.setdefault(seen(k), len(kinds)) for k in found.tolist()]
    order, offsets = csr_order(tails, len(found))
    graph = Graph(
        offsets,
        labels[order],
        heads[order],
        np.array(kind, dtype=np.int64),
        sets.graph.n_labels,
    )
    classes, _ = coarsest(graph, StrongSignatures(graph), sets.meter)
    if not classes.stable:
        raise BudgetEnded(classes.reason or "the budget is used up")
    node = number_blocks(classes.block)
    count = int(node.max()) + 1
    example = [0] * count
    for at in range(len(found) - 1, -1, -1):
        example[int(node[at])] = int(found[at])
    after: list[dict[int, int]] = [{} for _ in range(count)]
    triples = (node[tails], labels, node[heads])
    for tail, label, head in zip(*(part.tolist() for part in triples), strict=True):
        after[tail][label] = head
    return Nodes(example, after, np.where(home == EMPTY, EMPTY, node[home]))


class Builder(Generic[Name]):
    """Makes a system of states that have names, in the order in which they are met.

    Parameters
    ----------
    graph
        Where labels and atoms have their numbers.
    """

    def __init__(self, graph: LinearGraph) -> None:
        self.graph = graph
        self.number: dict[Name, int] = {}
        self.names: list[Name] = []
        self.initial: list[int] = []
        self._arcs: list[tuple[int, int, int]] = []
        self._atoms: list[tuple[int, int]] = []

    def state(self, name: Name) -> int:
        """Return the number of a state."""
        found = self.number.setdefault(name, len(self.names))
        if found == len(self.names):
            self.names.append(name)
        return found

    def start(self, name: Name) -> None:
        """Make a state initial."""
        self.initial.append(self.state(name))

    def arc(self, source: int, label: int, target: Name) -> None:
        """Add an arc to a state by its name."""
        self._arcs.append((source, label, self.state(target)))

    def atom(self, state: int, letter: int) -> None:
        """Let an atom hold in a state."""
        self._atoms.append((state, letter))

    def lts(self) -> LTS:
        """Return the system."""
        graph, n = self.graph, len(self.names)
        flags = {name: np.zeros(n, dtype=np.bool_) for name in graph.names[graph.first_atom :]}
        for state, letter in self._atoms:
            flags[graph.names[letter]][state] = True
        arcs = np.array(self._arcs, dtype=np.int64).reshape(-1, 3)
        return LTS.from_arrays(
            n,
            arcs[:, 0],
            arcs[:, 1],
            arcs[:, 2],
            label_names=graph.names[: graph.first_atom],
            initial=np.array(self.initial, dtype=np.int64),
            atoms=flags,
        )
