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

from dataclasses import dataclass

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
COLUMNS = 8
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


@dataclass(frozen=True, slots=True)
class _Arcs:
    """The arcs of nodes with equally many, a column for each node; or of all others, one by one.

    ``tails`` is for the latter; for the former the nodes are ``first``, ``first + 1`` and so on.
    """

    first: int
    heads: Indices
    label: Hashes
    silent: Bools | None
    tails: Indices | None = None


class _Rounds:
    """Nodes ordered by their number of arcs, so that the arcs of most are the columns of tables."""

    def __init__(self, graph: Graph, silent: bool) -> None:
        n, offsets = graph.n, graph.offsets
        degree = np.minimum(np.diff(offsets), COLUMNS + 1).astype(np.uint8)
        order = np.argsort(degree, kind="stable")
        place = np.empty(n, dtype=np.int64)
        place[order] = np.arange(n)
        self.place, self.n, self.silent = place, n, silent
        heads = place.take(graph.targets)
        label = _mixed(graph.labels.astype(np.uint32), 5)
        inert = graph.labels == TAU if silent else None
        bounds = np.searchsorted(degree[order], np.arange(COLUMNS + 3)).tolist()

        def taken(first: int, arcs: Indices, tails: Indices | None = None) -> _Arcs:
            quiet = None if inert is None else inert.take(arcs)
            return _Arcs(first, heads.take(arcs), label.take(arcs), quiet, tails)

        self.groups: list[_Arcs] = []
        for width in range(1, COLUMNS + 1):
            first, last = bounds[width : width + 2]
            if last > first:
                arcs = offsets[order[first:last]] + np.arange(width)[:, None]
                self.groups.append(taken(first, arcs))
        many = order[bounds[COLUMNS + 1] :]
        self.begins = offsets[:0]
        if len(many):
            widths = offsets[many + 1] - offsets[many]
            self.begins = np.cumsum(widths) - widths
            tails = np.repeat(np.arange(n - len(many), n, dtype=np.int64), widths)
            self.groups.append(taken(n - len(many), row_arcs(offsets, many), tails))
        self.hashes: Hashes = _mixed(graph.classes[order].astype(np.uint32), 7)
        self.alike = graph.classes[order]
        self.several = bool(len(self.alike) and (self.alike != self.alike[0]).any())

    def advance(self, number: int) -> bool:
        """Do a round; return whether it was done."""
        least: Hashes = np.full(self.n, 2**32 - 1, dtype=np.uint32)
        most: Hashes = np.zeros(self.n, dtype=np.uint32)
        inert: list[tuple[Indices, Indices]] = []
        for arcs in self.groups:
            value = self.hashes.take(arcs.heads)
            same = self._inert(arcs, value)
            value += arcs.label
            value = _mixed(value, number + 11)
            top = value
            if same is not None:
                inert.append((self._tails(arcs, same), arcs.heads.ravel().take(same)))
                top = value.copy()
                value.ravel()[same] = 2**32 - 1
                top.ravel()[same] = 0
            if arcs.tails is None:
                nodes = slice(arcs.first, arcs.first + value.shape[1])
                np.minimum.reduce(value, axis=0, out=least[nodes])
                np.maximum.reduce(top, axis=0, out=most[nodes])
            else:
                least[arcs.first :] = np.minimum.reduceat(value, self.begins)
                most[arcs.first :] = np.maximum.reduceat(top, self.begins)
        if inert and not self._hand_up(least, most, inert):
            return False
        most *= np.uint32(ODD[3])
        least ^= most >> np.uint32(15)
        least += most
        hashes = self.hashes * np.uint32(ODD[0])
        hashes ^= hashes >> np.uint32(17)
        hashes += _mixed(least, number)
        self.hashes = _mixed(hashes, number + 5)
        return True

    def _inert(self, arcs: _Arcs, there: Hashes) -> Indices | None:
        """Return which arcs, counted row by row, are silent steps to a node with an equal hash."""
        if arcs.silent is None:
            return None
        if arcs.tails is None:
            here = self.hashes[arcs.first : arcs.first + there.shape[1]]
        else:
            here = self.hashes.take(arcs.tails)
        same = np.flatnonzero(arcs.silent & (there == here))
        if self.several and len(same):
            ends = self.alike.take(arcs.heads.ravel().take(same))
            same = same[self.alike.take(self._tails(arcs, same)) == ends]
        return same if len(same) else None

    @staticmethod
    def _tails(arcs: _Arcs, which: Indices) -> Indices:
        if arcs.tails is not None:
            return arcs.tails.take(which)
        tails: Indices = which % arcs.heads.shape[1] + arcs.first
        return tails

    def _hand_up(self, least: Hashes, most: Hashes, inert: list[tuple[Indices, Indices]]) -> bool:
        """Hand what the targets of inert steps can do up to their sources, until all is there."""
        tails = np.concatenate([tails for tails, _ in inert])
        heads = np.concatenate([heads for _, heads in inert])
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
