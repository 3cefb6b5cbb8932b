"""The product of a transition system with a generalised Büchi automaton, and its fair cycles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.csr import csr_order
from transition_systems.scc import strong_components as parts_of
from transition_systems.temporal.buchi_graph import (
    Graph,
    accepting_components,
    strong_components,
)
from transition_systems.temporal.fair_sets import FairSets, Places, cut_edges
from transition_systems.temporal.product_system import Observed

__all__ = ["FairParts", "Product", "fair_components", "letter_flags", "product"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
MAX_MARKS = 62


@dataclass(frozen=True, slots=True)
class Product:
    """Nodes ``q * n + s`` for a state ``q`` of the automaton and ``s`` of the system, as edges.

    Parameters
    ----------
    n_nodes
        How many nodes there are.
    source, target
        int64 (m,).
    arc
        The arc of the system behind each edge, int64 (m,).
    marks
        The marks of the automaton on each edge, as bits, int64 (m,).
    inner
        Where an edge stays in an accepting component of the automaton, bool (m,).
    n_marks
        How many marks there are.
    initial
        The initial nodes, int64.
    """

    n_nodes: int
    source: Ints
    target: Ints
    arc: Ints
    marks: Ints
    inner: Bools
    n_marks: int
    initial: Ints


def product(system: Observed, graph: Graph) -> Product:
    """Return the product, all nodes, reachable or not.

    Parameters
    ----------
    system
        The system; its letters are those of the automaton.
    graph
        The automaton, trimmed.

    Notes
    -----
    Linear in the arcs of the system times the edges of the automaton that read the letters there.
    """
    n = system.n_states
    n_letters = max(1, graph.full.bit_length())
    home = strong_components(graph.edges, graph.initial)
    good = accepting_components(graph, home)
    read = system.letter[system.source]
    every = np.arange(len(system.source), dtype=np.int64)
    still = np.zeros(0, dtype=np.int64)
    if system.moving is not None:
        still, every = np.flatnonzero(~system.moving), np.flatnonzero(system.moving)
        read = read[every]
    extra = 0 if system.moving is None else 1 << graph.n_marks
    columns: list[tuple[Ints, Ints, Ints, int, bool]] = []
    for state, edges in enumerate(graph.edges):
        for letters, marks, target in edges:
            if letters == graph.full:
                arcs = every
            else:
                arcs = every[letter_flags(letters, n_letters)[read]]
            tails, heads = system.source[arcs] + state * n, system.target[arcs] + target * n
            inner = home[state] == home[target] and home[state] in good
            columns.append((tails, heads, arcs, marks | extra, inner))
        if len(still):
            tails, heads = system.source[still] + state * n, system.target[still] + state * n
            columns.append((tails, heads, still, 0, home[state] in good))
    none = np.zeros(0, dtype=np.int64)
    sizes = [len(column[0]) for column in columns]
    return Product(
        n * len(graph.edges),
        np.concatenate([none, *(column[0] for column in columns)]),
        np.concatenate([none, *(column[1] for column in columns)]),
        np.concatenate([none, *(column[2] for column in columns)]),
        np.repeat(np.array([c[3] for c in columns], dtype=np.int64), sizes),
        np.repeat(np.array([c[4] for c in columns], dtype=np.bool_), sizes),
        graph.n_marks + (extra > 0),
        system.initial + graph.initial * n,
    )


def letter_flags(letters: int, n_letters: int) -> Bools:
    """Return which letters are in a set that is given as bits, bool (n_letters,).

    Examples
    --------
    >>> letter_flags(0b101, 3).tolist()
    [True, False, True]
    """
    packed = np.frombuffer(letters.to_bytes(n_letters // 8 + 1, "little"), dtype=np.uint8)
    return np.unpackbits(packed, bitorder="little")[:n_letters].astype(np.bool_)


@dataclass(frozen=True, slots=True)
class FairParts:
    """The parts of a product in which a fair accepting path can stay for ever.

    Parameters
    ----------
    part
        For each node the number of its part, -1 outside, int64 (n_nodes,).
    edges
        The edges inside the parts, int64, indices of the product's edges.
    """

    part: Ints
    edges: Ints


def fair_components(
    graph: Product, edges: Ints, weak: FairSets, strong: FairSets, meter: Meter
) -> FairParts | None:
    """Return the parts with an accepting fair cycle, ``None`` when the time is used up.

    Parameters
    ----------
    graph, edges
        The product, and the indices of the edges to look at.
    weak, strong
        Where the sets of labels happen and where they can.
    meter
        Asked at each round.

    Notes
    -----
    Strongly connected components; those without an edge for some mark or for some weak condition
    are dropped; where a strong condition fails, the edges at which its labels can happen are taken
    out and the rest is looked at again (E. Emerson, C.-L. Lei, Sci. Comput. Program. 8, 1987).
    O(edges and the sets of their labels, sorted) for each round, at most one more round for each
    strong condition and part.
    """
    part = np.full(graph.n_nodes, -1, dtype=np.int64)
    found: list[Ints] = []
    total = 0
    while len(edges):
        if meter.out_of_time():
            return None
        tails, heads = graph.source[edges], graph.target[edges]
        names, compact = _compact(graph.n_nodes, tails, heads)
        tails, heads = compact[tails], compact[heads]
        order, offsets = csr_order(tails, len(names))
        count, component = parts_of(offsets, heads[order])
        inside = component[tails] == component[heads]
        edges, place = edges[inside], component[tails[inside]]
        good = np.zeros(count, dtype=np.bool_)
        good[place] = True
        marks, arcs = graph.marks[edges], graph.arc[edges]
        for mark in range(graph.n_marks):
            good &= np.bincount(place[(marks >> mark & 1) > 0], minlength=count) > 0
        if meter.out_of_time():
            return None
        places = Places(count, place, arcs, tails[inside], len(names))
        if weak.count:
            good[weak.weakly_lacking(places) // weak.count] = False
        cut = np.zeros(len(edges), dtype=np.bool_)
        if strong.count:
            lacking, nodes, keys = strong.strongly_lacking(places)
            cut = cut_edges(places, lacking[good[lacking // strong.count]], nodes, keys)
        again = np.zeros(count, dtype=np.bool_)
        again[place[cut]] = True
        done = good & ~again
        members = done[component]
        numbers = np.cumsum(done) - 1 + total
        part[names[members]] = numbers[component[members]]
        total += int(done.sum())
        found.append(edges[done[place]])
        edges = edges[(good & again)[place] & ~cut]
    none = np.zeros(0, dtype=np.int64)
    return FairParts(part, np.concatenate([none, *found]))


def _compact(n: int, tails: Ints, heads: Ints) -> tuple[Ints, Ints]:
    """Return the nodes that occur, and for each node its place among them."""
    used = np.zeros(n, dtype=np.bool_)
    used[tails] = True
    used[heads] = True
    place = np.cumsum(used, dtype=np.int64) - 1
    return np.flatnonzero(used).astype(np.int64), place
