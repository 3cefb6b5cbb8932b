"""From a formula of linear temporal logic to a transition-based generalised Büchi automaton.

A state is a set of terms that must hold; its edges come from the expansion laws
``a U b = b | (a & promise b & X(a U b))`` and ``a R b = b & (a | X(a R b))``. An edge that has no
promise of ``b`` carries the mark of ``b``.
"""

from __future__ import annotations

from collections.abc import Callable

from transition_systems.temporal.buchi_graph import Edge, Graph, TooManyStatesError
from transition_systems.temporal.ltl_terms import Operator, Terms

__all__ = ["MAX_STATES", "tableau"]

LETTERS, AND, OR, NEXT, UNTIL, RELEASE = Operator
MAX_STATES = 20_000
MAX_CLAUSES = 50_000

Clause = tuple[int, int, int]
"""Letters, the set of terms that hold next, the set of promises; all as bits."""


class _Expansion:
    def __init__(self, terms: Terms, tick: Callable[[], None]) -> None:
        self.terms, self.tick = terms, tick
        self.known: dict[int, list[Clause]] = {}
        self.place: dict[int, int] = {}
        self.members: list[int] = []
        self.promises: dict[int, int] = {}

    def bit(self, term: int) -> int:
        """Return the bit that stands for a term in a set."""
        found = self.place.get(term)
        if found is None:
            found = self.place[term] = len(self.members)
            self.members.append(term)
        return 1 << found

    def set_of(self, term: int) -> int:
        """Return the set of the conjuncts of a term."""
        return sum([self.bit(part) for part in self.terms.conjuncts(term)])

    def of(self, term: int) -> list[Clause]:
        """Return what a term says of now and next, as a disjunction."""
        found = self.known.get(term)
        if found is not None:
            return found
        terms = self.terms
        op, args = terms.op[term], terms.args[term]
        if op == LETTERS:
            made = [(args[0], 0, 0)] if args[0] else []
        elif op == AND:
            made = self.product([self.of(arg) for arg in args])
        elif op == OR:
            made = minimal([clause for arg in args for clause in self.of(arg)])
        elif op == NEXT:
            made = [(terms.full, self.set_of(args[0]), 0)]
        elif op == UNTIL:
            promise = 1 << self.promises.setdefault(args[1], len(self.promises))
            again = self.bit(term)
            later = [(a, n | again, p | promise) for a, n, p in self.of(args[0])]
            made = minimal([*self.of(args[1]), *later])
        else:
            again = self.bit(term)
            both = [*self.of(args[0]), (terms.full, again, 0)]
            made = self.product([self.of(args[1]), both])
        self.known[term] = made
        return made

    def product(self, factors: list[list[Clause]]) -> list[Clause]:
        """Return the conjunction of disjunctions."""
        made: list[Clause] = [(self.terms.full, 0, 0)]
        for factor in sorted(factors, key=len):
            self.tick()
            if len(made) * len(factor) > MAX_CLAUSES:
                raise TooManyStatesError("the formula has too many cases")
            made = minimal(
                [(a & b, n | m, p | q) for a, n, p in made for b, m, q in factor if a & b]
            )
        return made


def minimal(clauses: list[Clause]) -> list[Clause]:
    """Return the clauses, each letter only where no clause with fewer duties has it."""
    if len(clauses) < 2:
        return clauses
    joined: dict[tuple[int, int], int] = {}
    for letters, after, promises in clauses:
        key = (after, promises)
        joined[key] = joined.get(key, 0) | letters
    ordered = sorted(joined, key=lambda key: (key[0].bit_count() + key[1].bit_count(), key))
    kept: list[Clause] = []
    for after, promises in ordered:
        letters = joined[after, promises]
        for some, other, owed in kept:
            if letters & some and not other & ~after and not owed & ~promises:
                letters &= ~some
                if not letters:
                    break
        if letters:
            kept.append((letters, after, promises))
    return kept


def tableau(
    terms: Terms,
    root: int,
    *,
    max_states: int = MAX_STATES,
    tick: Callable[[], None] = lambda: None,
) -> Graph:
    """Return an automaton of the words with a term.

    Parameters
    ----------
    terms, root
        The store, and the term.
    max_states
        How many states there may be.
    tick
        Called now and then; may raise.

    Returns
    -------
    Graph

    Raises
    ------
    TooManyStatesError
        When there are more.

    Notes
    -----
    J.-M. Couvreur: On-the-fly verification of linear temporal logic. FM 1999. A letter goes only
    with clauses that have no more next terms and promises than another one (P. Gastin, D. Oddoux,
    CAV 2001; T. Babiak et al., TACAS 2012); states with the same clauses are one.
    """
    expansion = _Expansion(terms, tick)
    number: dict[int, int] = {}
    by_clauses: dict[frozenset[Clause], int] = {}
    rows: list[list[Clause]] = []

    def state(members: int) -> int:
        found = number.get(members)
        if found is not None:
            return found
        inside = [expansion.members[i] for i in range(members.bit_length()) if members >> i & 1]
        clauses = expansion.product([expansion.of(term) for term in inside])
        key = frozenset(clauses)
        found = by_clauses.get(key)
        if found is None:
            found = by_clauses[key] = len(rows)
            if found >= max_states:
                raise TooManyStatesError(f"the automaton has more than {max_states} states")
            rows.append(clauses)
        number[members] = found
        return found

    initial = state(expansion.set_of(root))
    edges: list[list[Edge]] = []
    while len(edges) < len(rows):
        tick()
        row = rows[len(edges)]
        edges.append([(letters, promises, state(after)) for letters, after, promises in row])
    every = (1 << len(expansion.promises)) - 1
    return Graph(
        terms.full, len(expansion.promises), initial,
        [[(a, every & ~p, t) for a, p, t in row] for row in edges],
    )  # fmt: skip
