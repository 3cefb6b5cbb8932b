"""One acceptance set instead of several."""

from __future__ import annotations

from transition_systems.temporal.buchi import BuchiAutomaton
from transition_systems.temporal.buchi_graph import Edge, Graph, trimmed
from transition_systems.temporal.ltl_translate import simulated

__all__ = ["degeneralise"]


def degeneralise(automaton: BuchiAutomaton) -> BuchiAutomaton:
    """Return an automaton of the same language with at most one acceptance set.

    Parameters
    ----------
    automaton
        A generalised Büchi automaton with k acceptance sets.

    Returns
    -------
    BuchiAutomaton
        At most max(1, k) times the states, reduced by simulation.

    Notes
    -----
    The marks are awaited in order; an edge may pass several (P. Gastin, D. Oddoux, CAV 2001).

    Examples
    --------
    >>> from transition_systems.temporal.ltl_translate import translate_ltl
    >>> both = translate_ltl("G F p && G F q")
    >>> (both.n_states, both.n_marks), degeneralise(both).n_marks
    ((1, 2), 1)
    """
    graph = automaton.graph()
    if graph.n_marks < 2:
        return automaton
    number: dict[tuple[int, int], int] = {(graph.initial, 0): 0}
    order = list(number)
    edges: list[list[Edge]] = []
    while len(edges) < len(order):
        state, level = order[len(edges)]
        row: list[Edge] = []
        for letters, marks, target in graph.edges[state]:
            reached = _passed(level, marks, graph.n_marks)
            accepted = reached == graph.n_marks
            after = (target, _passed(0, marks, graph.n_marks) if accepted else reached)
            if after[1] == graph.n_marks:
                after = (target, 0)
            if after not in number:
                number[after] = len(order)
                order.append(after)
            row.append((letters, int(accepted), number[after]))
        edges.append(row)
    made = simulated(trimmed(Graph(graph.full, 1, 0, edges)))
    return BuchiAutomaton.of_graph(made, automaton.atoms)


def _passed(level: int, marks: int, n_marks: int) -> int:
    while level < n_marks and marks >> level & 1:
        level += 1
    return level
