"""Bad prefixes: runs after which a formula of linear temporal logic fails, however they go on.

A word is a bad prefix for a formula when no infinite word that begins with it has the formula. All
states of a trimmed automaton of the formula accept something, so that these are the words after
which its subset construction is in the empty set. Every finite run goes on to a maximal path, so a
run whose word is a bad prefix shows that the formula does not hold on all of them, in an unbounded
system too.

A path that is weakly and strongly fair to finitely many sets of labels begins with any finite run,
also where a state has infinitely many steps: always take a step of the set that waits longest
among those that can happen (K. Apt, N. Francez and S. Katz: Appraising fairness in languages for
distributed programming. Distributed Computing 2, 1988).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget
from transition_systems.csr import csr_order
from transition_systems.errors import UnsupportedError
from transition_systems.properties.formulas import Formula
from transition_systems.properties.predicates import Constant, Dead, Enabled
from transition_systems.properties.walk import map_predicates, predicates_in
from transition_systems.run import Run, Step
from transition_systems.temporal.buchi_graph import Edge, Graph, TooManyStatesError, merged_edges
from transition_systems.temporal.buchi_weak import refined, subsets
from transition_systems.temporal.lasso import breadth_first, tree_path
from transition_systems.temporal.ltl_alphabet import MAX_ATOMS, Alphabet, elementary
from transition_systems.temporal.ltl_normal_form import term_of
from transition_systems.temporal.ltl_questions import Reading
from transition_systems.temporal.ltl_rules import Rewriting
from transition_systems.temporal.ltl_search import BudgetEndError, Case
from transition_systems.temporal.ltl_terms import Terms
from transition_systems.temporal.ltl_translate import graph_of
from transition_systems.temporal.ltl_violations import Facts, Violations, simplified
from transition_systems.temporal.product import letter_flags, product
from transition_systems.temporal.product_system import Observed

__all__ = ["BadPrefixes", "bad_prefixes", "bad_run"]

MOST_SUBSETS = 2_000
SECONDS = 1.0


def bad_prefixes(
    formula: Formula, facts: Facts | None = None, *, tick: Callable[[], None] = lambda: None
) -> Violations | None:
    """Return an automaton of the words with a bad prefix for a formula.

    Parameters
    ----------
    formula
        A formula of linear temporal logic.
    facts
        Predicates without connectives that have the same value in all states.
    tick
        Called now and then; may raise to stop.

    Returns
    -------
    Violations or None
        Deterministic: just one of its states is accepting, stays where it is on every letter, and
        is reached by the bad prefixes. The letters are the predicates without connectives where
        there are at most 12, and otherwise the formula's parts without temporal operators. ``None``
        where there is no bad prefix, as for ``F p``.

    Raises
    ------
    TooManyStatesError
        When it is too large.
    UnsupportedError
        For more than 12 different parts without temporal operators.

    Notes
    -----
    Exponential in the automaton of the formula. O. Kupferman, M. Vardi: Model checking of safety
    properties. Formal Methods in System Design 19, 2001.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> found = bad_prefixes(parse_formula("G (p -> X !p) && G F q"))
    >>> len(found.graph.edges), bad_prefixes(parse_formula("G F q"))
    (3, None)
    """
    small = formula
    if facts:
        small = map_predicates(formula, lambda predicate: simplified(predicate, facts))
    letters = elementary(small)
    if len(letters) > MAX_ATOMS:
        whole = (part for part in predicates_in(small) if not isinstance(part, Constant))
        letters = tuple(dict.fromkeys(whole))
    alphabet = Alphabet(letters)
    rewriting = Rewriting(Terms(alphabet.full), tick)
    graph = graph_of(rewriting, term_of(small, alphabet, rewriting), tick=tick)
    found = _until_empty(graph, tick)
    return None if found is None else Violations(small, letters, found)


def _until_empty(graph: Graph, tick: Callable[[], None]) -> Graph | None:
    """Return the smallest deterministic automaton of what leads a trimmed one to the empty set."""
    made = subsets(graph, MOST_SUBSETS, tick)
    if made is None:
        raise TooManyStatesError(f"the subset construction has more than {MOST_SUBSETS} states")
    sets, edges = made
    if 0 not in sets:
        return None
    empty = sets.index(0)
    before: list[list[int]] = [[] for _ in sets]
    for state, row in enumerate(edges):
        for _, _, target in row:
            before[target].append(state)
    leading = {empty}
    waiting = [empty]
    for state in waiting:
        new = [other for other in before[state] if other not in leading]
        leading.update(new)
        waiting += dict.fromkeys(new)
    block = refined(edges, [(s in leading) + (s == empty) for s in range(len(sets))], tick)
    first: dict[int, int] = {}
    for state in sorted(leading - {empty}):
        first.setdefault(block[state], state)
    number = {name: i for i, name in enumerate(first)}
    sink = number[block[empty]] = len(first)
    rows: list[list[Edge]] = [
        merged_edges([(a, 0, number[block[t]]) for a, _, t in edges[s] if t in leading])
        for s in first.values()
    ]
    return Graph(graph.full, 1, number[block[0]], [*rows, [(graph.full, 1, sink)]])


class BadPrefixes:
    """The automaton of bad prefixes of a formula, made when it is first asked for.

    Parameters
    ----------
    formula
        A formula of linear temporal logic.
    facts
        Predicates without connectives that have the same value in all states.

    Examples
    --------
    >>> from transition_systems.budget import Budget
    >>> from transition_systems.properties.parse import parse_formula
    >>> BadPrefixes(parse_formula("F p")).automaton(Budget()) is None
    True
    """

    __slots__ = ("_facts", "_formula", "_found", "_made")

    def __init__(self, formula: Formula, facts: Facts | None = None) -> None:
        self._formula, self._facts = formula, facts
        self._found: Violations | None = None
        self._made = False

    def automaton(self, budget: Budget) -> Violations | None:
        """Return the automaton; ``None`` where there is none, or it takes too long to make.

        Parameters
        ----------
        budget
            Of the seconds that are left a quarter is taken, and one second at most.
        """
        if not self._made:
            self._made = True
            left = budget.remaining()
            meter = Budget(seconds=SECONDS if left is None else min(SECONDS, left / 4)).start()

            def tick() -> None:
                if meter.out_of_time():
                    raise BudgetEndError("the time budget is used up")

            try:
                self._found = bad_prefixes(self._formula, self._facts, tick=tick)
            except (BudgetEndError, TooManyStatesError, UnsupportedError):
                self._found = None
        return self._found


def bad_run(case: Case, bad: Violations) -> Run | None:
    """Return a shortest run of what is known of a system whose word is a bad prefix.

    Parameters
    ----------
    case
        The question; its states are numbers, and arcs may be missing.
    bad
        What :func:`bad_prefixes` gave for its formula.

    Returns
    -------
    Run or None
        ``None`` where there is none.

    Raises
    ------
    BudgetEndError
        When the budget ends first.

    Notes
    -----
    Breadth first in the product of the known part with a deterministic automaton, linear in it.

    Examples
    --------
    >>> from transition_systems.budget import Budget
    >>> from transition_systems.lts import LTS
    >>> from transition_systems.properties.parse import parse_formula
    >>> from transition_systems.temporal.ltl_questions import predicate_values, reading_of
    >>> from transition_systems.temporal.product_system import Fairness
    >>> lts = LTS.from_arcs(3, [(0, "a", 1), (1, "b", 2)], atoms={"p": [True, True, False]})
    >>> formula = parse_formula("G p")
    >>> reading = reading_of(formula, 3, predicate_values(lts))
    >>> case = Case(lts, formula, reading, Fairness(), False, Budget().start(), 2)
    >>> bad_run(case, bad_prefixes(formula)).actions
    ('a', 'b')
    """
    lts, letter = case.lts, _letters(case.reading, bad)
    graph, ends = _without_sink(bad.graph)
    case.tick()
    moving: NDArray[np.bool_] | None = None
    if case.weak:
        seen, names = case.reading.looks, lts.label_names
        quiet = np.array([name in case.silent for name in names], dtype=np.bool_)[lts.labels]
        moving = ~(quiet & (seen[lts.sources] == seen[lts.targets]))
    n = lts.n_states
    system = Observed(n, lts.sources, lts.labels, lts.targets, moving, letter, lts.initial)
    case.room(system, graph)
    made = product(system, graph)
    case.tick()
    order, offsets = csr_order(made.source, made.n_nodes)
    reached, parent = breadth_first(offsets, made.target[order], made.initial)
    case.tick()
    size = graph.full.bit_length()
    flags = np.array([letter_flags(bits, size)[letter] for bits in ends], dtype=np.bool_)
    if case.expanded is not None and any(
        isinstance(leaf, (Enabled, Dead)) for leaf in elementary(case.formula)
    ):
        flags[:, case.expanded :] = False  # what can happen there is not known
    found = np.flatnonzero(flags.reshape(-1)[reached])
    if not len(found):
        return None
    path = tree_path(parent, int(reached[found[0]]))
    steps: list[Step] = []
    for tail, head in pairwise(path):
        row = order[offsets[tail] : offsets[tail + 1]]
        arc = int(made.arc[row[int((made.target[row] == head).argmax())]])
        name = lts.label_names[int(lts.labels[arc])]
        steps.append(Step(action=name, label=name, state=int(lts.targets[arc])))
    return Run(initial=path[0] % n, steps=tuple(steps))


def _letters(reading: Reading, bad: Violations) -> NDArray[np.int64]:
    """Return the letter of each state, as the automaton of bad prefixes reads it."""
    size = len(reading.alphabet.codes)
    code = np.zeros(size, dtype=np.int64)
    for bit, predicate in enumerate(bad.predicates):
        having = letter_flags(reading.alphabet.letters_with(predicate), size)
        code |= having.astype(np.int64) << bit
    return code[reading.letter]


def _without_sink(graph: Graph) -> tuple[Graph, list[int]]:
    """Return the automaton without its accepting state, and the letters that lead there."""
    sink = len(graph.edges) - 1
    ends = [sum([a for a, _, target in row if target == sink]) for row in graph.edges[:sink]]
    edges = [[edge for edge in row if edge[2] != sink] for row in graph.edges[:sink]]
    return replace(graph, n_marks=0, edges=edges), ends
