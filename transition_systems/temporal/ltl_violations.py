"""The paths on which a formula of linear temporal logic does not hold, found without a witness.

State predicates are letters as they stand: a part of a formula without temporal operators is one
letter, whatever it is made of, and what is known of predicates beforehand is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.csr import csr_order
from transition_systems.properties.formulas import Formula
from transition_systems.properties.predicates import (
    FALSE,
    TRUE,
    And,
    Atom,
    Constant,
    Not,
    Or,
    Predicate,
    conjunction,
    disjunction,
)
from transition_systems.properties.walk import fold_predicate, map_predicates, predicates_in
from transition_systems.temporal.buchi_graph import Graph, trimmed
from transition_systems.temporal.fair_sets import NO_SETS
from transition_systems.temporal.lasso import breadth_first
from transition_systems.temporal.ltl_alphabet import Alphabet
from transition_systems.temporal.ltl_normal_form import term_of
from transition_systems.temporal.ltl_rules import Rewriting
from transition_systems.temporal.ltl_search import BudgetEndError
from transition_systems.temporal.ltl_terms import Terms
from transition_systems.temporal.ltl_translate import graph_of
from transition_systems.temporal.product import fair_components, product
from transition_systems.temporal.product_system import Observed

__all__ = ["Facts", "Violations", "accepted", "begun", "simplified", "violations", "without"]

Facts = Mapping[Predicate, bool]
BYTES = 3 << 30


@dataclass(frozen=True, slots=True)
class Violations:
    """An automaton of the words on which a formula does not hold.

    Parameters
    ----------
    formula
        The formula, simplified by what is known.
    predicates
        The letters are their truth values: predicate ``i`` is bit ``i`` of the letter's number.
    graph
        The automaton.
    """

    formula: Formula
    predicates: tuple[Predicate, ...]
    graph: Graph

    @property
    def none(self) -> bool:
        """Whether there is no such word, so that the formula holds."""
        return not any(self.graph.edges)

    def letters(self, holds: Callable[[Predicate], NDArray[np.bool_]], n: int) -> NDArray[np.int64]:
        """Return the letter of each of n states."""
        code = np.zeros(n, dtype=np.int64)
        for number, predicate in enumerate(self.predicates):
            code |= np.asarray(holds(predicate)).astype(np.int64) << number
        return code


def violations(
    formula: Formula, facts: Facts | None = None, *, tick: Callable[[], None] = lambda: None
) -> Violations:
    """Return an automaton of the words on which a formula does not hold.

    Parameters
    ----------
    formula
        A formula of linear temporal logic.
    facts
        Predicates without connectives that have the same value in all states.
    tick
        Called now and then; may raise to stop.

    Raises
    ------
    TooManyStatesError
        When it is too large.
    UnsupportedError
        For more than 12 different parts without temporal operators.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula, parse_predicate
    >>> found = violations(parse_formula("G (p -> F q)"))
    >>> len(found.predicates), found.none
    (2, False)
    >>> violations(parse_formula("G (p -> F q)"), {parse_predicate("q"): True}).none
    True
    """
    known = facts or {}
    small = map_predicates(formula, lambda predicate: simplified(predicate, known))
    predicates = tuple(
        dict.fromkeys(p for p in predicates_in(small) if not isinstance(p, Constant))
    )
    names: dict[Predicate, Predicate] = {p: Atom(str(i)) for i, p in enumerate(predicates)}
    alphabet = Alphabet(tuple(names.values()))
    rewriting = Rewriting(Terms(alphabet.full), tick)
    tree = map_predicates(small, lambda predicate: names.get(predicate, predicate))
    term = term_of(tree, alphabet, rewriting)
    graph = graph_of(rewriting, rewriting.negation(term), tick=tick)
    return Violations(small, predicates, graph)


def simplified(predicate: Predicate, facts: Facts) -> Predicate:
    """Return a predicate in which parts of a known value are that value."""

    def combine(node: Predicate, parts: list[Predicate]) -> Predicate:
        if node in facts:
            return Constant(facts[node])
        match node:
            case Not():
                if isinstance(parts[0], Constant):
                    return FALSE if parts[0].value else TRUE
                return Not(parts[0])
            case And():
                return conjunction(*dict.fromkeys(parts))
            case Or():
                return disjunction(*dict.fromkeys(parts))
            case _:
                return node

    return fold_predicate(predicate, combine)


def accepted(
    system: Observed, graph: Graph, meter: Meter, border: NDArray[np.bool_] | None = None
) -> bool | None:
    """Return whether an automaton accepts the word of a path of a system, or of a part of one.

    Parameters
    ----------
    system
        The system; its letters are those of the automaton.
    graph
        The automaton, trimmed.
    meter
        Asked between the steps.
    border
        The states whose steps are not all known, bool (n,); none by default.

    Returns
    -------
    bool or None
        ``None`` where the part does not tell: a run of the automaton comes to the border. A run
        that has come to a state from which every word is accepted needs no more steps.

    Raises
    ------
    BudgetEndError
        When it is used up, or the product would be too large.

    Notes
    -----
    Linear in the product.

    Examples
    --------
    >>> from transition_systems.budget import Budget
    >>> from transition_systems.properties.parse import parse_formula
    >>> graph, one = violations(parse_formula("G p")).graph, np.array([0])
    >>> path = Observed(2, one, one.astype(np.int32), one + 1, None, np.array([1, 0]), one)
    >>> accepted(path, graph, Budget().start(), np.array([False, True]))
    True
    """
    if 33 * len(system.source) * graph.size[1] > BYTES:
        raise BudgetEndError("the product is too large")
    _look(meter)
    if not len(system.initial) or not any(graph.edges):
        return False
    made, n = product(system, graph), system.n_states
    order, offsets = csr_order(made.source, made.n_nodes)
    _look(meter)
    _, parent = breadth_first(offsets, made.target[order], made.initial)
    _look(meter)
    seen = (parent > -2).reshape(len(graph.edges), n)
    universal = _universal(graph)
    beyond = False
    if border is not None and border.any():
        for state, row in enumerate(graph.edges):
            letters = system.letter[border & seen[state]]
            for read, _, target in row:
                going = _reads(read, letters)
                if going and target in universal:
                    return True
                beyond |= going
    if seen[universal].any():
        return True
    inner = np.flatnonzero(made.inner & (parent[made.source] > -2)).astype(np.int64)
    parts = fair_components(made, inner, NO_SETS, NO_SETS, meter)
    if parts is None:
        raise BudgetEndError("the time budget is used up")
    if len(parts.edges):
        return True
    return None if beyond else False


def _reads(read: int, letters: NDArray[np.int64]) -> bool:
    """Return whether one of some letters is in a set of letters."""
    return any(read >> letter & 1 for letter in np.unique(letters).tolist())


def _look(meter: Meter) -> None:
    if meter.out_of_time():
        raise BudgetEndError("the time budget is used up")


def _universal(graph: Graph) -> list[int]:
    """Return the states that stay where they are on every letter, with all marks."""
    every = graph.all_marks
    return [
        state
        for state, row in enumerate(graph.edges)
        if any(edge == (graph.full, every, state) for edge in row)
    ]


def begun(graph: Graph, letter: int) -> Graph:
    """Return the automaton that reads words which begin with a letter.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> graph = violations(parse_formula("p -> F q")).graph
    >>> any(begun(graph, 0).edges), any(begun(graph, 1).edges)
    (False, True)
    """
    first = [
        (1 << letter, marks, target)
        for letters, marks, target in graph.edges[graph.initial]
        if letters >> letter & 1
    ]
    edges = [*graph.edges, first]
    return trimmed(Graph(graph.full, graph.n_marks, len(graph.edges), edges))


def without(graph: Graph, letters: int) -> Graph:
    """Return the automaton for words without some letters."""
    kept = graph.full & ~letters
    edges = [
        [(some & kept, marks, target) for some, marks, target in row if some & kept]
        for row in graph.edges
    ]
    return trimmed(Graph(kept, graph.n_marks, graph.initial, edges))
