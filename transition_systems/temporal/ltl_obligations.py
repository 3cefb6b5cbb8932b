"""The tableau of a formula's negation by definition: sets of obligations.

An obligation is a subformula that must hold or must not. This automaton is larger than the one
that decides, but what it is follows from the formula alone, so that a recheck can make it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from transition_systems.properties.formulas import (
    Binary,
    Conjunction,
    Disjunction,
    Formula,
    Implication,
    Negation,
    State,
    Unary,
)
from transition_systems.properties.walk import fold_formula
from transition_systems.temporal.buchi_graph import Graph, TooManyStatesError
from transition_systems.temporal.buchi_tableau import Clause, minimal
from transition_systems.temporal.ltl_alphabet import Alphabet

__all__ = ["Obligations", "obligations"]

MAX_CLAUSES = 50_000


@dataclass(frozen=True, slots=True)
class Obligations:
    """The tableau: the sets of obligations, and the edges with the promises that they make.

    ``graph`` has a mark for each of ``promised``, on the edges that do not put it off.
    """

    sets: tuple[tuple[int, ...], ...]
    promised: tuple[int, ...]
    graph: Graph


class _Cases:
    def __init__(self, formula: Formula, alphabet: Alphabet, tick: Callable[[], None]) -> None:
        self.alphabet, self.tick = alphabet, tick
        self.nodes: list[Formula] = []
        self.parts: list[list[int]] = []
        self.known: dict[int, list[Clause]] = {}
        index: dict[Formula, int] = {}

        def number(node: Formula, parts: list[int]) -> int:
            found = index.get(node)
            if found is None:
                found = index[node] = len(self.nodes)
                self.nodes.append(node)
                self.parts.append(parts)
            return found

        self.root = fold_formula(formula, number)

    def both(self, one: list[Clause], two: list[Clause]) -> list[Clause]:
        self.tick()
        if len(one) * len(two) > MAX_CLAUSES:
            raise TooManyStatesError("the formula has too many cases")
        return minimal([(a & b, n | m, p | q) for a, n, p in one for b, m, q in two if a & b])

    def all(self, factors: list[list[Clause]]) -> list[Clause]:
        made: list[Clause] = [(self.alphabet.full, 0, 0)]
        for factor in factors:
            made = self.both(made, factor)
        return made

    def of(self, obligation: int) -> list[Clause]:
        """Return what an obligation says of now, of what must hold next and what is put off."""
        found = self.known.get(obligation)
        if found is None:
            found = self.known[obligation] = self._of(obligation)
        return found

    def _of(self, obligation: int) -> list[Clause]:
        node, no = self.nodes[obligation >> 1], obligation & 1
        yes_parts = [2 * part for part in self.parts[obligation >> 1]]
        parts = [part + no for part in yes_parts]
        full, again = self.alphabet.full, 1 << obligation
        match node:
            case State(predicate=predicate):
                bits = self.alphabet.letters_with(predicate)
                bits = full ^ bits if no else bits
                return [(bits, 0, 0)] if bits else []
            case Negation():
                return self.of(parts[0] ^ 1)
            case Conjunction() | Disjunction():
                return self._junction(parts, every=isinstance(node, Conjunction) != bool(no))
            case Implication():
                return self._junction([parts[0] ^ 1, parts[1]], every=bool(no))
            case Unary(operator="X"):
                return [(full, 1 << parts[0], 0)]
            case Unary(operator="F" | "G"):
                if (node.operator == "F") != bool(no):
                    return minimal([*self.of(parts[0]), (full, again, again)])
                return self.both(self.of(parts[0]), [(full, again, 0)])
            case Binary(operator=operator, left=_, right=_):
                return self._binary(operator, parts, no, again)
            case _:
                raise ValueError("an operator that is not of linear temporal logic")

    def _junction(self, parts: list[int], *, every: bool) -> list[Clause]:
        if every:
            return self.all([self.of(part) for part in parts])
        return minimal([clause for part in parts for clause in self.of(part)])

    def _binary(self, operator: str, parts: list[int], no: int, again: int) -> list[Clause]:
        left, right = self.of(parts[0]), self.of(parts[1])
        full = self.alphabet.full
        if operator == "W" and no:
            both = self.both(left, right)
            return minimal([*both, *self.both(right, [(full, again, again)])])
        if (operator == "R") == bool(no) or operator == "W":
            promise = 0 if operator == "W" else again
            return minimal([*right, *self.both(left, [(full, again, promise)])])
        return self.both(right, minimal([*left, (full, again, 0)]))


def obligations(
    formula: Formula, alphabet: Alphabet, *, max_states: int, tick: Callable[[], None]
) -> Obligations:
    """Return the tableau of the negation of a formula.

    Parameters
    ----------
    formula, alphabet
        The formula, and letters that know its predicates.
    max_states
        How many sets there may be.
    tick
        Called now and then; may raise.

    Raises
    ------
    TooManyStatesError
        When there are more.

    Notes
    -----
    R. Gerth, D. Peled, M. Vardi, P. Wolper: Simple on-the-fly automatic verification of linear
    temporal logic. PSTV 1995. Exponential in the size of the formula.
    """
    cases = _Cases(formula, alphabet, tick)
    number = {1 << (2 * cases.root + 1): 0}
    order = list(number)
    rows: list[list[Clause]] = []
    while len(rows) < len(order):
        members = order[len(rows)]
        inside = [i for i in range(members.bit_length()) if members >> i & 1]
        row = cases.all([cases.of(obligation) for obligation in inside])
        for _, after, _ in row:
            if after not in number:
                number[after] = len(order)
                order.append(after)
        rows.append(row)
        if len(order) > max_states:
            raise TooManyStatesError(f"the tableau has more than {max_states} states")
    owed = 0
    for row in rows:
        for _, _, promises in row:
            owed |= promises
    promised = [i for i in range(owed.bit_length()) if owed >> i & 1]
    edges = [
        [
            (
                letters,
                sum([1 << k for k, i in enumerate(promised) if not p >> i & 1]),
                number[after],
            )
            for letters, after, p in row
        ]
        for row in rows
    ]
    sets = tuple(tuple(i for i in range(m.bit_length()) if m >> i & 1) for m in order)
    return Obligations(sets, tuple(promised), Graph(alphabet.full, len(promised), 0, edges))
