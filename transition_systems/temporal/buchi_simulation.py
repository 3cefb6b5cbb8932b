"""Reducing generalised Büchi automata by simulation, forwards and backwards."""

from __future__ import annotations

from collections.abc import Callable

from transition_systems.temporal.buchi_graph import Edge, Graph, merged_edges

__all__ = ["reduced_backwards", "reduced_forwards"]


def _simulation(rows: list[list[Edge]], start: list[int], tick: Callable[[], None]) -> list[int]:
    """Return for each state the set of those that can do, letter by letter, what it can.

    ``rows[q]`` are triples (letters, marks, other end); ``start[q]`` is a set that contains the
    answer. An edge is matched by one with at least its marks.
    """
    above = list(start)
    changed = True
    while changed:
        changed = False
        for state, row in enumerate(rows):
            tick()
            rest = above[state] & ~(1 << state)
            while rest:
                low = rest & -rest
                rest ^= low
                other = rows[low.bit_length() - 1]
                for letters, marks, end in row:
                    left = letters
                    greater = above[end]
                    for offered, more, there in other:
                        if not marks & ~more and greater >> there & 1:
                            left &= ~offered
                            if not left:
                                break
                    if left:
                        above[state] ^= low
                        changed = True
                        break
    return above


def _classes(above: list[int]) -> list[int]:
    """Return for each state the first state that simulates it and is simulated by it."""
    first: list[int] = []
    for state, greater in enumerate(above):
        rest = greater & ((1 << (state + 1)) - 1)
        while rest:
            low = rest & -rest
            rest ^= low
            other = low.bit_length() - 1
            if above[other] >> state & 1:
                first.append(other)
                break
    return first


def _letters_of(rows: list[list[Edge]]) -> list[int]:
    found: list[int] = []
    for row in rows:
        union = 0
        for letters, _, _ in row:
            union |= letters
        found.append(union)
    return found


def _covered(letters: list[int]) -> list[int]:
    """Return for each set of letters the sets that contain it, as bits."""
    return [
        sum([1 << j for j, other in enumerate(letters) if not some & ~other]) for some in letters
    ]


def _strongest(row: list[Edge], above: list[int]) -> list[Edge]:
    """Drop letters of edges where another edge has them, more marks and a greater end."""
    if len(row) < 2:
        return row
    kept: list[Edge] = []
    for at, (letters, marks, end) in enumerate(row):
        for i, (others, more, there) in enumerate(row):
            if i != at and not marks & ~more and above[end] >> there & 1:
                if marks == more and end == there:
                    continue
                letters &= ~others
        if letters:
            kept.append((letters, marks, end))
    return kept


def reduced_forwards(graph: Graph, tick: Callable[[], None] = lambda: None) -> Graph:
    """Return the quotient by direct simulation, edges to smaller states dropped.

    Notes
    -----
    K. Etessami, G. Holzmann (CONCUR 2000) and F. Somenzi, R. Bloem (CAV 2000), on edges and letter
    by letter. O(s² e²) for s states with e edges each round, at most s² rounds, few in practice.
    """
    above = _simulation(graph.edges, _covered(_letters_of(graph.edges)), tick)
    first = _classes(above)
    number = {state: i for i, state in enumerate(sorted(set(first)))}
    edges: list[list[Edge]] = []
    for state in number:
        row = merged_edges([(a, m, first[t]) for a, m, t in graph.edges[state]])
        edges.append([(a, m, number[t]) for a, m, t in _strongest(row, above)])
    return Graph(graph.full, graph.n_marks, number[first[graph.initial]], edges)


def reduced_backwards(graph: Graph, tick: Callable[[], None] = lambda: None) -> Graph:
    """Return the quotient by reverse simulation, edges from smaller states dropped.

    A state is simulated by one that is reached by every finite word, with at least its marks, by
    which it is reached itself; the initial state only by itself.
    """
    count = len(graph.edges)
    rows: list[list[Edge]] = [[] for _ in range(count)]
    for state, edges in enumerate(graph.edges):
        for letters, marks, target in edges:
            rows[target].append((letters, marks, state))
    start = _covered(_letters_of(rows))
    start[graph.initial] = 1 << graph.initial
    above = _simulation(rows, start, tick)
    first = _classes(above)
    number = {state: i for i, state in enumerate(sorted(set(first)))}
    incoming: list[list[Edge]] = [[] for _ in range(count)]
    for state, row in enumerate(rows):
        incoming[first[state]].extend([(a, m, first[s]) for a, m, s in row])
    made: list[list[Edge]] = [[] for _ in number]
    for state, place in number.items():
        for letters, marks, source in _strongest(merged_edges(incoming[state]), above):
            made[number[source]].append((letters, marks, place))
    return Graph(graph.full, graph.n_marks, number[first[graph.initial]], made)
