"""Cycles that are fair to many sets of labels: a walk that looks for what is still missing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import csr_order
from transition_systems.temporal.lasso import breadth_first, short_cycle

__all__ = ["Wanted", "fair_cycle"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
# From so many sets on a cycle is put together without a whole search for each of them.
MANY_SETS = 50


class Wanted:
    """What a cycle through a strongly connected graph has to have.

    Parameters
    ----------
    n
        The number of nodes.
    tails
        The node that each edge leaves, int64 (m,).

    Attributes
    ----------
    sets
        Sets of edges: the cycle has one of each.
    away
        Sets of edges, each with a set of nodes: the cycle has one of the edges, or leaves a node
        that is none of these.
    """

    def __init__(self, n: int, tails: Ints) -> None:
        self.n, self.tails = n, tails
        self.sets: list[Ints] = []
        self.away: list[tuple[Ints, Ints]] = []

    def one_of(self, edges: Ints) -> None:
        """Ask for one of some edges, unless there are none or all of them are."""
        if 0 < len(edges) < len(self.tails):
            self.sets.append(edges)

    def one_of_each(self, edges: Ints, numbers: Ints) -> None:
        """Ask for one edge of each number; ``numbers`` is one for each of ``edges``."""
        for group in _groups(edges, numbers):
            self.one_of(group)

    def one_of_each_or_away(
        self, edges: Ints, numbers: Ints, nodes: Ints, node_numbers: Ints
    ) -> None:
        """Ask for one edge of each number, or to leave a node without it; see ``away``.

        Nothing is asked for where all edges that leave the nodes are of the number.
        """
        degree = np.bincount(self.tails, minlength=self.n)
        count = 1 + max(int(numbers.max(initial=-1)), int(node_numbers.max(initial=-1)))
        have = np.bincount(numbers, minlength=count)
        leave = np.bincount(node_numbers, weights=degree[nodes], minlength=count)
        asked = have < leave
        wide = np.flatnonzero(asked)
        kept, kept_nodes = asked[numbers], asked[node_numbers]
        order, rows = csr_order(numbers[kept], count)
        node_order, node_rows = csr_order(node_numbers[kept_nodes], count)
        edges, nodes = edges[kept][order], nodes[kept_nodes][node_order]
        for number in wide.tolist():
            own = edges[rows[number] : rows[number + 1]]
            self.away.append((own, nodes[node_rows[number] : node_rows[number + 1]]))

    def flags(self) -> list[Bools]:
        """Return which edges satisfy each wish, bool (m,) each."""
        found: list[Bools] = []
        for edges in self.sets:
            flags = np.zeros(len(self.tails), dtype=np.bool_)
            flags[edges] = True
            found.append(flags)
        for edges, nodes in self.away:
            inside = np.zeros(self.n, dtype=np.bool_)
            inside[nodes] = True
            flags = ~inside[self.tails]
            flags[edges] = True
            found.append(flags)
        return found


def _groups(values: Ints, numbers: Ints) -> list[Ints]:
    """Return the values of each number that occurs."""
    if not len(values):
        return []
    order, offsets = csr_order(numbers, int(numbers.max()) + 1)
    return [part for part in np.split(values[order], offsets[1:-1]) if len(part)]


def fair_cycle(
    heads: Ints, start: int, wanted: Wanted, tick: Callable[[], None] = lambda: None
) -> list[int]:
    """Return the edges of a cycle through a node that has what is wanted.

    Parameters
    ----------
    heads
        The node to which each edge leads, int64 (m,); the graph must be strongly connected.
    start
        Where the cycle begins and ends.
    wanted
        What it has to have, and the nodes that the edges leave.
    tick
        Called now and then; may raise to stop.

    Returns
    -------
    list of int
        Indices of edges, in order.

    Notes
    -----
    For up to 50 sets :func:`~.lasso.short_cycle`, for more a walk: O(m log sets) for the searches,
    the sizes of the sets, and the length of the walk.
    """
    if len(wanted.sets) + len(wanted.away) <= MANY_SETS:
        return short_cycle(wanted.n, wanted.tails, heads, start, wanted.flags(), tick)
    return _Tour(heads, start, wanted, tick).walked()


class _Tour:
    """A closed walk that has what is wanted.

    The next edge is a nearest one that has something missing, by a search that ends there and
    looks at no more than ``2 m / missing`` edges; where it finds none, the walk goes home and out
    again along two trees that are made once. All searches together look at O(m log sets) edges,
    and each set adds at most twice the depth of the trees to the walk.
    """

    def __init__(self, heads: Ints, start: int, wanted: Wanted, tick: Callable[[], None]) -> None:
        n, tails = wanted.n, wanted.tails
        order, offsets = csr_order(tails, n)
        back_order, back_offsets = csr_order(heads, n)
        self.wanted, self.start, self.tick = wanted, start, tick
        _, out = breadth_first(offsets, heads[order], np.array([start]))
        _, back = breadth_first(back_offsets, tails[back_order], np.array([start]))
        tick()
        self.out, self.back = out.tolist(), back.tolist()
        self.in_edge = _tree_edges(out[heads] == tails, heads, n)
        self.back_edge = _tree_edges(back[tails] == heads, tails, n)
        tick()
        self.edges: list[int] = order.tolist()
        self.begins: list[int] = offsets.tolist()
        self.tails: list[int] = tails.tolist()
        self.ends: list[int] = heads.tolist()
        self.walk: list[int] = []
        self.here = start
        self.left: set[int] = set()  # the nodes that the walk has left
        self.looked: dict[int, int] = {}
        self.of: dict[int, list[int]] = {}
        for number, edges in enumerate((*wanted.sets, *(edges for edges, _ in wanted.away))):
            tick()
            for edge in edges.tolist():
                self.of.setdefault(edge, []).append(number)
        first = len(wanted.sets)
        self.missing = set(range(first))
        self.unmoved = set(range(first, first + len(wanted.away)))
        inside: dict[int, set[int]] = {}
        for number, (_, nodes) in enumerate(wanted.away, start=first):
            tick()
            for node in nodes.tolist():
                inside.setdefault(node, set()).add(number)
        self.inside = inside

    def walked(self) -> list[int]:
        """Return the edges of the walk."""
        while self.missing or self.unmoved:
            self.tick()
            lacking = len(self.missing) + len(self.unmoved)
            found = self._nearby(max(64, 2 * len(self.edges) // lacking))
            if found is None:
                self._go(self._home(self.here))
                if not (self.missing or self.unmoved):
                    break
                edge = self._some()
                found = [*self._out(self.tails[edge]), edge]
            self._go(found)
        return self.walk + self._home(self.here)

    def _some(self) -> int:
        """Return an edge that has something missing."""
        if self.missing:
            return int(self.wanted.sets[next(iter(self.missing))][0])
        number = next(iter(self.unmoved))
        edges, nodes = self.wanted.away[number - len(self.wanted.sets)]
        if len(edges):
            return int(edges[0])
        away = next(node for node, inside in enumerate(_marked(nodes, len(self.out))) if not inside)
        return self.edges[self.begins[away]]

    def _go(self, edges: list[int]) -> None:
        for edge in edges:
            node = self.tails[edge]
            if self.unmoved and node not in self.left:
                self.unmoved &= self.inside.get(node, set())
            self.left.add(node)
            has = self.of.pop(edge, ())
            self.missing.difference_update(has)
            self.unmoved.difference_update(has)
        self.walk += edges
        if edges:
            self.here = self.ends[edges[-1]]

    def _home(self, node: int) -> list[int]:
        steps: list[int] = []
        while node != self.start:
            steps.append(self.back_edge[node])
            node = self.back[node]
        return steps

    def _out(self, node: int) -> list[int]:
        steps: list[int] = []
        while node != self.start:
            steps.append(self.in_edge[node])
            node = self.out[node]
        return steps[::-1]

    def _nearby(self, most: int) -> list[int] | None:
        """Return the edges to a nearest one with something missing, ``None`` after so many."""
        came: dict[int, tuple[int, int]] = {self.here: (-1, -1)}
        queue = [self.here]
        for node in queue:
            row = self.edges[self.begins[node] : self.begins[node + 1]]
            edge = row[0] if self._moves(node) else self._useful(node, row)
            if edge is not None:
                return self._way(came, node, edge)
            for edge in row:
                head = self.ends[edge]
                if head not in came:
                    came[head] = (node, edge)
                    queue.append(head)
            most -= len(row)
            if most < 0:
                return None
        return None

    def _useful(self, node: int, row: list[int]) -> int | None:
        """Return an edge of a node that has something missing; what had nothing never will."""
        for at in range(self.looked.get(node, 0), len(row)):
            has = self.of.get(row[at], ())
            if not (self.missing.isdisjoint(has) and self.unmoved.isdisjoint(has)):
                self.looked[node] = at
                return row[at]
        self.looked[node] = len(row)
        return None

    def _moves(self, node: int) -> bool:
        """Return whether to leave a node is something missing."""
        if not self.unmoved or node in self.left:
            return False
        return not self.unmoved <= self.inside.get(node, set())

    @staticmethod
    def _way(came: dict[int, tuple[int, int]], node: int, edge: int) -> list[int]:
        steps = [edge]
        while came[node][0] >= 0:
            node, before = came[node]
            steps.append(before)
        return steps[::-1]


def _tree_edges(inside: Bools, ends: Ints, n: int) -> list[int]:
    """Return for each node an edge of the tree that ends there, -1 for none."""
    found = np.full(n, -1, dtype=np.int64)
    chosen = np.flatnonzero(inside)
    found[ends[chosen]] = chosen
    edges: list[int] = found.tolist()
    return edges


def _marked(nodes: Ints, n: int) -> list[bool]:
    flags = np.zeros(n, dtype=np.bool_)
    flags[nodes] = True
    marked: list[bool] = flags.tolist()
    return marked
