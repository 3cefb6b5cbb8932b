"""Sets of codes handed up along arcs without cycles: what can be done after inert steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import csr_order, row_arcs
from transition_systems.equivalences.signatures import Rows, Tick, no_limit, packed_rows

__all__ = ["closed_rows", "closed_words"]

Indices = NDArray[np.int64]

THIN = 24
MOST_LAYERS = 100
MOST_CODES = 50_000_000


def closed_words(
    words: NDArray[np.uint64], tails: Indices, heads: Indices
) -> NDArray[np.uint64] | None:
    """Return sets of bits with those of all that arcs lead to, sorted by tail; None if too deep.

    Examples
    --------
    >>> words = np.array([1, 2, 4], dtype=np.uint64)
    >>> closed_words(words, np.array([0, 1]), np.array([1, 2])).tolist()
    [7, 6, 4]
    """
    words = words.copy()
    while len(tails):
        begins = np.flatnonzero(np.concatenate(([True], tails[1:] != tails[:-1])))
        for _ in range(MOST_LAYERS):
            here = tails[begins]
            more = words[here] | np.bitwise_or.reduceat(words[heads], begins)
            if np.array_equal(more, words[here]):
                return words
            words[here] = more
        return None
    return words


def closed_rows(
    own: Rows, tails: Indices, heads: Indices, wanted: int, limit: int, most: int = MOST_CODES,
    *, tick: Tick = no_limit,
) -> Rows:  # fmt: skip
    """Return the sets of the first rows, each with the sets of all rows that arcs lead to.

    Parameters
    ----------
    own
        Sorted rows of codes.
    tails, heads
        Arcs between rows, without cycles.
    wanted
        How many rows to return.
    limit
        All codes are below it.
    most
        Codes to hold at most.
    tick
        Asked now and then; may raise.

    Raises
    ------
    MemoryError
        When there would be more.

    Notes
    -----
    Rows are done in layers, those that arcs do not leave first; a layer costs time in the codes
    that it gathers. Thin layers, of which there may be many, are done row by row.

    Examples
    --------
    >>> own = Rows(np.array([0, 1, 2]), np.array([7, 3]))
    >>> closed_rows(own, np.array([0]), np.array([1]), 1, 8).codes.tolist()
    [3, 7]
    """
    n = len(own.offsets) - 1
    new = own.fresh()
    pool = _Pool(own.codes[new], most, tick)
    count = np.zeros(len(new) + 1, dtype=np.int64)
    np.cumsum(new, out=count[1:])
    pool.begin = count[own.offsets[:-1]]
    pool.width = count[own.offsets[1:]] - pool.begin
    order, forward = csr_order(tails, n)
    after = heads[order]
    order, backward = csr_order(heads, n)
    before = tails[order]
    left = np.diff(forward)
    done = np.flatnonzero(left == 0)
    while True:
        reached, times = np.unique(before[row_arcs(backward, done)], return_counts=True)
        left[reached] -= times
        layer = reached[left[reached] == 0]
        if len(layer) == 0:
            return pool.rows(wanted)
        if len(layer) < THIN:
            break
        following = after[row_arcs(forward, layer)]
        widths = forward[layer + 1] - forward[layer]
        ends = np.cumsum(widths)
        sizes = np.zeros(len(following) + 1, dtype=np.int64)
        np.cumsum(pool.width[following], out=sizes[1:])
        pool.room_for(int(sizes[-1]))
        size = pool.width[layer] + sizes[ends] - sizes[ends - widths]
        owner = np.concatenate(
            (
                np.repeat(np.arange(len(layer)), pool.width[layer]),
                np.repeat(np.repeat(np.arange(len(layer)), widths), pool.width[following]),
            )
        )
        codes = np.concatenate((pool.gather(layer), pool.gather(following)))
        order = np.argsort(owner, kind="stable")
        offsets = np.zeros(len(layer) + 1, dtype=np.int64)
        np.cumsum(size, out=offsets[1:])
        pool.put(layer, packed_rows(offsets, codes[order], limit))
        done = layer
    _one_by_one(pool, layer, left, (forward, after), (backward, before))
    return pool.rows(wanted)


def _one_by_one(
    pool: _Pool,
    layer: Indices,
    left: Indices,
    forward: tuple[Indices, Indices],
    backward: tuple[Indices, Indices],
) -> None:
    """Do the rest row by row, sharing sets that are equal to that of a row that follows."""
    row, after = forward[0].data, forward[1].data
    back, before = backward[0].data, backward[1].data
    waits = left.data
    known: dict[int, frozenset[int]] = {}

    def set_of(node: int) -> frozenset[int]:
        if node not in known:
            begin = pool.begin[node]
            known[node] = frozenset(pool.data[begin : begin + pool.width[node]].tolist())
        return known[node]

    made: dict[int, frozenset[int]] = {}
    held = 0
    waiting: list[int] = layer.tolist()
    while waiting:
        node = waiting.pop()
        union = set_of(node)
        for arc in range(row[node], row[node + 1]):
            other = set_of(after[arc])
            if union <= other:
                union = other
            else:
                union = union | other
                held += len(union)
                pool.room_for(held)
        known[node] = made[node] = union
        for arc in range(back[node], back[node + 1]):
            tail = before[arc]
            waits[tail] -= 1
            if waits[tail] == 0:
                waiting.append(tail)
    places: dict[int, int] = {}
    unions: list[frozenset[int]] = []
    for node, union in made.items():
        if id(union) not in places:
            places[id(union)] = pool.append(sorted(union))
            unions.append(union)  # kept, so that its id stays its own
        pool.begin[node], pool.width[node] = places[id(union)], len(union)


class _Pool:
    """Rows of codes that are added one after the other and looked up by number."""

    def __init__(self, data: Indices, most: int, tick: Tick) -> None:
        self.most = most
        self.tick = tick
        self.data = data
        self.used = len(data)
        self.begin: Indices = data
        self.width: Indices = data

    def gather(self, nodes: Indices) -> Indices:
        """Return the rows of some nodes, one after the other."""
        width = self.width[nodes]
        ends = np.cumsum(width)
        place = np.arange(int(ends[-1]) if len(ends) else 0, dtype=np.int64)
        place += np.repeat(self.begin[nodes] - (ends - width), width)
        return self.data[place]

    def room_for(self, codes: int) -> None:
        """Raise unless so many more codes may be held, and there is time."""
        self.tick()
        if self.used + codes > self.most:
            raise MemoryError("the sets of what states can do after silent steps are too large")

    def append(self, codes: list[int] | Indices) -> int:
        """Add codes; return where they begin."""
        begin = self.used
        self.room_for(len(codes))
        self.used += len(codes)
        if self.used > len(self.data):
            larger = np.empty(2 * self.used, dtype=np.int64)
            larger[:begin] = self.data[:begin]
            self.data = larger
        self.data[begin : self.used] = codes
        return begin

    def put(self, nodes: Indices, rows: Rows) -> None:
        """Set the rows of some nodes."""
        new = rows.fresh()
        count = np.zeros(len(new) + 1, dtype=np.int64)
        np.cumsum(new, out=count[1:])
        begin = self.append(rows.codes[new])
        self.begin[nodes] = begin + count[rows.offsets[:-1]]
        self.width[nodes] = np.diff(count[rows.offsets])

    def rows(self, count: int) -> Rows:
        """Return the first rows."""
        offsets = np.zeros(count + 1, dtype=np.int64)
        np.cumsum(self.width[:count], out=offsets[1:])
        self.room_for(int(offsets[-1]) - self.used)
        return Rows(offsets, self.gather(np.arange(count)))
