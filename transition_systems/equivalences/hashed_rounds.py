"""The first rounds of refinement by hashes alone, all nodes at once, without any sorting of rows.

A round gives each node a hash of what it was and of the least and the greatest of the hashes of
its pairs (label, hash of a successor). Least and greatest depend on the set of pairs only, however
often a pair occurs, so that nodes with equal signatures keep equal hashes: a round never parts what
is equivalent. It may leave together what is not, by chance or because it looks at two pairs only.
So the classes found are a first partition for exact refinement, no more.

For branching bisimilarity a silent step between nodes with equal hashes gives no pair: what its
target can do is handed up to its source, until nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.csr import row_arcs
from transition_systems.equivalences.graph import Graph
from transition_systems.lts import TAU

__all__ = ["hashed_classes"]

Indices = NDArray[np.int64]
Hashes = NDArray[np.uint32]
Bools = NDArray[np.bool_]

FROM = 4_000
MOST_ARCS = 5
MOST_ROUNDS = 24
MOST_LAYERS = 60
GROWTH = 1.05
SLOW = 1.5
ODD = (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F)


def hashed_classes(graph: Graph, meter: Meter, *, silent: bool = False) -> Indices:
    """Return classes of nodes, int64 (n,), that equivalent nodes share.

    Parameters
    ----------
    graph
        The graph; its classes are refined.
    meter
        Rounds end when it is exhausted.
    silent
        Whether silent steps inside classes are abstracted from; they must have no cycles.

    Returns
    -------
    ndarray of int64
        Dense numbers from 0; the classes of the graph where hashing does not pay: for few nodes,
        for many arcs at each node, and where rounds do not tell much.

    Examples
    --------
    >>> from transition_systems.budget import Budget
    >>> graph = Graph(np.array([0, 0]), *np.zeros((2, 0), dtype=np.int64), np.array([0]), 2)
    >>> hashed_classes(graph, Budget().start()).tolist()
    [0]
    """
    n, m = graph.n, len(graph.targets)
    if n < FROM or m > MOST_ARCS * n:
        return graph.classes
    rounds = _Rounds(graph, silent)
    count = last = 1
    for number in range(MOST_ROUNDS):
        if meter.out_of_time() or not rounds.advance(number):
            break
        count = _distinct(rounds.hashes)
        if number > 3 and count < (SLOW if count < n >> 6 else GROWTH) * last:
            break
        last = count
    return rounds.classes()


def _mixed(values: Hashes, seed: int) -> Hashes:
    """Return well-mixed 32-bit values; the argument is used up."""
    values += np.uint32(seed * ODD[0] % 2**32)
    values ^= values >> np.uint32(16)
    values *= np.uint32(ODD[1])
    values ^= values >> np.uint32(13)
    values *= np.uint32(ODD[2])
    return values


def _distinct(hashes: Hashes) -> int:
    ordered = np.sort(hashes)
    return 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1]))


class _Rounds:
    """Nodes ordered by their number of arcs, so that nodes with one or two are plain columns."""

    def __init__(self, graph: Graph, silent: bool) -> None:
        n, offsets = graph.n, graph.offsets
        degree = np.minimum(np.diff(offsets), 3)
        order = np.argsort(degree.astype(np.uint8), kind="stable")
        place = np.empty(n, dtype=np.int64)
        place[order] = np.arange(n)
        self.place, self.n, self.silent = place, n, silent
        self.bounds = np.searchsorted(degree[order], [1, 2, 3])
        one, two, three = self.bounds.tolist()
        heads = place.take(graph.targets)
        label = _mixed(graph.labels.astype(np.uint32), 5)
        inert = graph.labels == TAU if silent else None
        many = order[three:]
        rows = row_arcs(offsets, many)
        width = offsets[many + 1] - offsets[many]
        self.begins = np.cumsum(width) - width
        self.owner = np.repeat(np.arange(three, n, dtype=np.int64), width) if silent else rows[:0]
        first, second = offsets[order[one:two]], offsets[order[two:three]]
        self.columns = [
            (heads.take(arcs), label.take(arcs), None if inert is None else inert.take(arcs))
            for arcs in (first, second, second + 1, rows)
        ]
        self.hashes: Hashes = _mixed(graph.classes[order].astype(np.uint32), 7)
        self.alike = graph.classes[order]
        self.several = bool(len(self.alike) and (self.alike != self.alike[0]).any())

    def advance(self, number: int) -> bool:
        """Do a round; return whether it was done."""
        one, two, three = self.bounds.tolist()
        least: Hashes = np.full(self.n, 2**32 - 1, dtype=np.uint32)
        most: Hashes = np.zeros(self.n, dtype=np.uint32)
        arcs = list(self._values(number))
        (a, a_top), (b, b_top), (c, c_top), (d, d_top) = arcs
        least[one:two], most[one:two] = a, a_top
        np.minimum(b, c, out=least[two:three])
        np.maximum(b_top, c_top, out=most[two:three])
        if len(self.begins):
            least[three:] = np.minimum.reduceat(d, self.begins)
            most[three:] = np.maximum.reduceat(d_top, self.begins)
        if self.silent and not self._hand_up(least, most):
            return False
        hashes = self.hashes * np.uint32(ODD[3])
        hashes += _mixed(least, 2 * number + 1)
        hashes ^= _mixed(most, 2 * number + 2)
        self.hashes = _mixed(hashes, number)
        return True

    def _values(self, number: int) -> Iterator[tuple[Hashes, Hashes]]:
        """Yield the hashes of the pairs of each column, for the least and for the greatest."""
        self._inert: list[tuple[Indices, Indices]] = []
        one, two, three = self.bounds.tolist()
        starts = (slice(one, two), slice(two, three), slice(two, three), None)
        for (heads, label, silent), start in zip(self.columns, starts, strict=True):
            there = self.hashes.take(heads)
            if silent is None:
                there += label
                value = _mixed(there, number + 11)
                yield value, value
                continue
            here = self.hashes.take(self.owner) if start is None else self.hashes[start]
            inert = np.flatnonzero(silent & (there == here))
            there += label
            value = _mixed(there, number + 11)
            if len(inert) == 0:
                yield value, value
                continue
            tails = self.owner.take(inert) if start is None else inert + start.start
            targets = heads.take(inert)
            if self.several:
                same = self.alike.take(tails) == self.alike.take(targets)
                inert, tails, targets = inert[same], tails[same], targets[same]
            self._inert.append((tails, targets))
            top = value.copy()
            value[inert] = 2**32 - 1
            top[inert] = 0
            yield value, top

    def _hand_up(self, least: Hashes, most: Hashes) -> bool:
        """Hand what the targets of inert steps can do up to their sources, until all is there."""
        if not self._inert:
            return True
        tails = np.concatenate([tails for tails, _ in self._inert])
        heads = np.concatenate([heads for _, heads in self._inert])
        words = (tails << 32) | heads
        words.sort()
        every = tails, heads = words >> 32, words & (2**32 - 1)
        changed = np.zeros(self.n, dtype=np.bool_)
        for _ in range(MOST_LAYERS):
            if len(tails) == 0:
                return True
            begins = np.flatnonzero(np.diff(tails, prepend=-1))
            at = tails[begins]
            low = np.minimum(least[at], np.minimum.reduceat(least[heads], begins))
            high = np.maximum(most[at], np.maximum.reduceat(most[heads], begins))
            fresh = (low != least[at]) | (high != most[at])
            least[at], most[at] = low, high
            changed[at[fresh]] = True
            again = changed.take(every[1])
            changed[at[fresh]] = False
            if not again.any():
                return True
            tails, heads = every[0][again], every[1][again]
        return False

    def classes(self) -> Indices:
        """Return the classes of the nodes in their own order, within the first ones."""
        words = self.hashes.astype(np.uint64) << np.uint64(32)
        words |= np.arange(self.n, dtype=np.uint64)
        words.sort()
        node = (words & np.uint64(2**32 - 1)).astype(np.int64)
        words >>= np.uint64(32)
        fresh = words[1:] != words[:-1]
        if self.several:
            # Nodes of different classes stay apart even where their hashes collide.
            alike = self.alike.take(node)
            inner = np.lexsort((alike, words))
            node, alike, words = node[inner], alike[inner], words[inner]
            fresh = (words[1:] != words[:-1]) | (alike[1:] != alike[:-1])
        group = np.zeros(self.n, dtype=np.int64)
        group[node[1:]] = np.cumsum(fresh)
        return group.take(self.place)
