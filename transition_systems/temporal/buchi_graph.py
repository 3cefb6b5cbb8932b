"""Generalised Büchi automata while they are made: lists of edges, labels as sets of letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "Edge",
    "Graph",
    "TooManyStatesError",
    "accepting_components",
    "merged_edges",
    "strong_components",
    "trimmed",
]

Edge = tuple[int, int, int]


class TooManyStatesError(Exception):
    """The automaton is larger than the budget allows, or took longer to make."""


@dataclass(frozen=True, slots=True)
class Graph:
    """An automaton: ``edges[q]`` are ``(letters, marks, target)``, letters and marks as bits.

    A run is accepting when each of the ``n_marks`` marks is on infinitely many of its edges.
    """

    full: int
    n_marks: int
    initial: int
    edges: list[list[Edge]]

    @property
    def all_marks(self) -> int:
        """All marks, as bits."""
        return (1 << self.n_marks) - 1

    @property
    def size(self) -> tuple[int, int]:
        """How many states and edges there are."""
        return len(self.edges), sum([len(edges) for edges in self.edges])


def merged_edges(edges: Sequence[Edge]) -> list[Edge]:
    """Return the edges with labels joined where marks and target agree, empty ones left out."""
    found: dict[tuple[int, int], int] = {}
    for letters, marks, target in edges:
        if letters:
            key = (marks, target)
            found[key] = found.get(key, 0) | letters
    return [(letters, marks, target) for (marks, target), letters in found.items()]


def strong_components(edges: list[list[Edge]], initial: int) -> list[int]:
    """Return for each state its component, -1 where the initial state does not reach it.

    Components are numbered in reverse topological order (R. Tarjan 1972); iterative.
    """
    order: list[int] = [-1] * len(edges)
    low: list[int] = [0] * len(edges)
    component = [-1] * len(edges)
    opened: list[int] = [initial]
    order[initial] = 0
    clock, count = 1, 0
    path = [(initial, iter(edges[initial]))]
    while path:
        state, rest = path[-1]
        for _, _, target in rest:
            if order[target] == -1:
                order[target] = low[target] = clock
                clock += 1
                opened.append(target)
                path.append((target, iter(edges[target])))
                break
            if component[target] == -1 and order[target] < low[state]:
                low[state] = order[target]
        else:
            path.pop()
            if path and low[state] < low[path[-1][0]]:
                low[path[-1][0]] = low[state]
            if low[state] == order[state]:
                while True:
                    member = opened.pop()
                    component[member] = count
                    if member == state:
                        break
                count += 1
    return component


def accepting_components(graph: Graph, component: list[int]) -> set[int]:
    """Return the components with an edge inside, and with all marks on such edges."""
    inside: dict[int, int] = {}
    for state, edges in enumerate(graph.edges):
        home = component[state]
        if home >= 0:
            for _, marks, target in edges:
                if component[target] == home:
                    inside[home] = inside.get(home, 0) | marks
    every = graph.all_marks
    return {home for home, marks in inside.items() if marks == every}


def trimmed(graph: Graph, *, between: int = 0) -> Graph:
    """Return the automaton without useless states, marks and acceptance sets; the same language.

    Parameters
    ----------
    graph
        The automaton.
    between
        The marks of edges between components, which play no part: none (0) or all (-1).
    """
    component = strong_components(graph.edges, graph.initial)
    good = accepting_components(graph, component)
    useful: dict[int, bool] = {}
    for state in sorted(range(len(graph.edges)), key=component.__getitem__):
        home = component[state]
        if home >= 0 and not useful.get(home, False):
            useful[home] = home in good or any(
                useful.get(component[target], False) for _, _, target in graph.edges[state]
            )
    keep = [s for s in range(len(graph.edges)) if component[s] >= 0 and useful[component[s]]]
    if not useful[component[graph.initial]]:
        return Graph(graph.full, 0, 0, [[]])
    number = {state: i for i, state in enumerate(keep)}
    kept_marks = _needed_marks(graph, component, good)
    shrink = {mark: 1 << i for i, mark in enumerate(kept_marks)}
    outside = between & ((1 << len(kept_marks)) - 1)
    edges: list[list[Edge]] = []
    for state in keep:
        home = component[state]
        row: list[Edge] = []
        for letters, marks, target in graph.edges[state]:
            if target not in number:
                continue
            new = outside
            if component[target] == home and home in good:
                new = sum([bit for mark, bit in shrink.items() if marks >> mark & 1])
            elif component[target] == home:
                new = 0
            row.append((letters, new, number[target]))
        edges.append(merged_edges(row))
    return Graph(graph.full, len(kept_marks), number[graph.initial], edges)


def _needed_marks(graph: Graph, component: list[int], good: set[int]) -> list[int]:
    """Return the marks that are not implied by another one in all accepting components.

    A mark is implied by another one that is on no edge without it; one that is on all edges of
    all accepting components is not needed at all. But one mark stays where a component that is
    not accepting has edges inside.
    """
    rows = {
        marks
        for state, edges in enumerate(graph.edges)
        if component[state] in good
        for _, marks, target in edges
        if component[target] == component[state]
    }
    bits = [sum([1 << i for i, m in enumerate(rows) if m >> k & 1]) for k in range(graph.n_marks)]
    everywhere = (1 << len(rows)) - 1
    kept: list[int] = []
    for k, here in enumerate(bits):
        if here == everywhere:
            continue
        others = [other for j, other in enumerate(bits) if j < k or other != here]
        if not any(not other & ~here for other in others):
            kept.append(k)
    if not kept and bits and _loops_outside(graph, component, good):
        kept.append(0)
    return kept


def _loops_outside(graph: Graph, component: list[int], good: set[int]) -> bool:
    return any(
        component[state] >= 0
        and component[state] not in good
        and any(component[target] == component[state] for _, _, target in edges)
        for state, edges in enumerate(graph.edges)
    )
