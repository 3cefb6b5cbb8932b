"""Translating linear temporal logic to small generalised Büchi automata."""

from __future__ import annotations

from collections.abc import Callable

from transition_systems.budget import Budget
from transition_systems.errors import UnsupportedError
from transition_systems.properties.format import format_predicate
from transition_systems.properties.formulas import Formula
from transition_systems.temporal.buchi import BuchiAutomaton
from transition_systems.temporal.buchi_graph import Graph, TooManyStatesError, trimmed
from transition_systems.temporal.buchi_simulation import reduced_backwards, reduced_forwards
from transition_systems.temporal.buchi_tableau import MAX_STATES, tableau
from transition_systems.temporal.buchi_weak import minimal_weak
from transition_systems.temporal.ltl_alphabet import Alphabet, elementary
from transition_systems.temporal.ltl_normal_form import term_of
from transition_systems.temporal.ltl_questions import linear_formula
from transition_systems.temporal.ltl_rules import Rewriting
from transition_systems.temporal.ltl_terms import Terms

__all__ = ["graph_of", "simulated", "translate_ltl"]

MOST_FOR_SIMULATION = 400
MOST_SUBSETS = 8


def _nothing() -> None:
    return None


def graph_of(
    rewriting: Rewriting, root: int, *, max_states: int = MAX_STATES,
    tick: Callable[[], None] = _nothing,
) -> Graph:  # fmt: skip
    """Return a small automaton of the words with a term."""
    graph = trimmed(tableau(rewriting.terms, root, max_states=max_states, tick=tick))
    small = simulated(graph, tick)
    if len(small.edges) > 1 and rewriting.terms.obligation(root):
        weak = minimal_weak(small, MOST_SUBSETS * len(small.edges), tick)
        if weak is not None and len(weak.edges) <= len(small.edges):
            return weak
    return small


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


def translate_ltl(formula: Formula | str, *, budget: Budget | None = None) -> BuchiAutomaton:
    """Return a small automaton of the words on which a formula of linear temporal logic holds.

    Parameters
    ----------
    formula
        The formula or its text; its elementary state predicates are the atoms, by their text.
    budget
        Seconds, and states of the automaton before it is reduced.

    Returns
    -------
    BuchiAutomaton
        Transition-based generalised Büchi; the state of ``false`` has no edges.

    Raises
    ------
    UnsupportedError
        When the formula is not of linear temporal logic, has more than 12 elementary predicates,
        or the budget ends first.

    Notes
    -----
    Rewriting, the tableau with minimal clauses, simulation both ways, and for obligations the
    minimal weak deterministic automaton where it is not larger. Exponential in the worst case.

    Examples
    --------
    >>> translate_ltl("G (p -> F q)").n_states
    2
    """
    tree = linear_formula(formula)
    limit = budget or Budget()
    meter = limit.start()

    def tick() -> None:
        if meter.out_of_time():
            raise TooManyStatesError("the time budget is used up")

    alphabet = Alphabet(elementary(tree))
    rewriting = Rewriting(Terms(alphabet.full), tick)
    most = MAX_STATES if limit.states is None else limit.states
    try:
        root = term_of(tree, alphabet, rewriting)
        graph = graph_of(rewriting, root, max_states=most, tick=tick)
    except TooManyStatesError as error:
        raise UnsupportedError(
            f"the formula has no automaton within the budget: {error}"
        ) from error
    return BuchiAutomaton.of_graph(graph, [format_predicate(p) for p in alphabet.predicates])
