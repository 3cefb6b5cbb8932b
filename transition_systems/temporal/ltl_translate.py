"""Translating linear temporal logic to small generalised Büchi automata."""

from __future__ import annotations

from collections.abc import Callable

from transition_systems.temporal.buchi_graph import Graph, trimmed
from transition_systems.temporal.buchi_simulation import reduced_backwards, reduced_forwards
from transition_systems.temporal.buchi_tableau import MAX_STATES, tableau
from transition_systems.temporal.ltl_rules import Rewriting

__all__ = ["graph_of"]

MOST_FOR_SIMULATION = 400


def _nothing() -> None:
    return None


def graph_of(
    rewriting: Rewriting, root: int, *, max_states: int = MAX_STATES,
    tick: Callable[[], None] = _nothing,
) -> Graph:  # fmt: skip
    """Return a small automaton of the words with a term."""
    graph = trimmed(tableau(rewriting.terms, root, max_states=max_states, tick=tick))
    return simulated(graph, tick)


def simulated(graph: Graph, tick: Callable[[], None] = _nothing) -> Graph:
    """Reduce by simulation, forwards and backwards, until nothing changes."""
    between = 0
    idle = 0
    while idle < 2 and len(graph.edges) <= MOST_FOR_SIMULATION:
        before = graph.size
        graph = trimmed(reduced_forwards(trimmed(graph, between=between), tick))
        if len(graph.edges) > 1:
            graph = trimmed(reduced_backwards(trimmed(graph, between=between), tick))
        idle = idle + 1 if graph.size == before else 0
        between = ~between
    return graph
