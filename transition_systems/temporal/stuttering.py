"""Whether a formula of linear temporal logic can tell how often a letter is repeated."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from transition_systems.budget import Budget, Meter
from transition_systems.errors import UndecidedError, UnsupportedError
from transition_systems.properties.formulas import Formula, Negation, Unary
from transition_systems.properties.predicates import Atom, Constant, Predicate
from transition_systems.properties.walk import fold_formula, map_predicates, predicates_in
from transition_systems.temporal.buchi_graph import (
    Edge,
    Graph,
    accepting_components,
    strong_components,
)
from transition_systems.temporal.ltl_alphabet import MAX_ATOMS, elementary
from transition_systems.temporal.ltl_questions import linear_formula
from transition_systems.temporal.ltl_translate import translate_ltl

__all__ = ["StutterDifference", "stutter_difference", "stutter_invariant", "without_next"]

MOST_NODES = 200_000
LOOK = 1 << 10
Word = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class StutterDifference:
    """Two words that differ only in how often letters are repeated, and that a formula tells apart.

    Parameters
    ----------
    predicates
        Predicate ``i`` holds in a letter when bit ``i`` of it is set.
    good, bad
        The word on which the formula holds, and the one on which it does not: a stem, and a cycle.
    """

    predicates: tuple[Predicate, ...]
    good: Word
    bad: Word


def without_next(formula: Formula) -> bool:
    """Return whether there is no ``X`` in a formula, which makes it invariant under stuttering.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> without_next(parse_formula("G (p -> F q)")), without_next(parse_formula("X p"))
    (True, False)
    """

    def free(node: Formula, parts: list[bool]) -> bool:
        return all(parts) and not (isinstance(node, Unary) and node.operator == "X")

    return fold_formula(formula, free)


def stutter_invariant(formula: Formula | str, *, budget: Budget | None = None) -> bool:
    """Decide whether a formula of linear temporal logic is invariant under stuttering.

    It is when it holds on a word if and only if it holds on each word with the same letters that
    are repeated more or less often (a last letter that is repeated for ever stays so). Each formula
    without ``X`` is; ``F (p && X !p)`` is, too.

    Parameters
    ----------
    formula
        The formula or its text. Its elementary state predicates are taken as independent of each
        other; where there are more than 12, its parts without temporal operators are.
    budget
        Its seconds, and states of the automata.

    Returns
    -------
    bool
        Never a guess: at the end of the budget there is no answer, but an error, which
        :func:`petri.ltl_by_stubborn_sets.ltl_by_stubborn_sets` tells as UNKNOWN.

    Raises
    ------
    UnsupportedError
        When the formula is not of linear temporal logic, or its automaton is too large.
    UndecidedError
        When the budget ends, as everywhere where no verdict is returned.

    Notes
    -----
    A word is sought that can be got by repeating letters of a word with the formula, and of one
    without it: by a run of both automata at once, either of which may wait while the letter that
    was read last is read again. Linear in the product of their states and the letters that they
    tell apart. T. Michaud, A. Duret-Lutz: Practical stutter-invariance checks for omega-regular
    languages. SPIN 2015.

    Examples
    --------
    >>> stutter_invariant("G (p -> F q)"), stutter_invariant("F (p && X (!p && q))")
    (True, True)
    >>> stutter_invariant("F (p && X q)")
    False
    """
    tree = linear_formula(formula)
    return without_next(tree) or stutter_difference(tree, budget=budget) is None


def stutter_difference(
    formula: Formula | str, *, budget: Budget | None = None
) -> StutterDifference | None:
    """Return two words that differ by stuttering only and that a formula tells apart, if any.

    Parameters
    ----------
    formula, budget
        As for :func:`stutter_invariant`.

    Returns
    -------
    StutterDifference or None
        ``None`` for a formula that is invariant under stuttering.

    Raises
    ------
    UnsupportedError
        When the formula is not of linear temporal logic, or its automaton is too large.
    UndecidedError
        When the budget ends.

    Examples
    --------
    >>> found = stutter_difference("X p")
    >>> found.good, found.bad
    (((0, 1), (0, 1)), ((0, 0, 1), (0, 1)))
    >>> stutter_difference("X p || X !p") is None
    True
    """
    tree = linear_formula(formula)
    limit = (budget or Budget()).fixed()
    predicates = elementary(tree)
    if len(predicates) > MAX_ATOMS:
        predicates = tuple(
            dict.fromkeys(p for p in predicates_in(tree) if not isinstance(p, Constant))
        )
        names: dict[Predicate, Predicate] = {p: Atom(str(i)) for i, p in enumerate(predicates)}
        tree = map_predicates(tree, lambda predicate: names.get(predicate, predicate))
        predicates = tuple(
            p for name in elementary(tree) for p, other in names.items() if other == name
        )
    try:
        both = [translate_ltl(part, budget=limit).graph() for part in (tree, Negation(tree))]
    except UnsupportedError as error:
        if limit.start().out_of_time() or limit.states is not None:
            raise UndecidedError(str(error)) from error
        raise
    made = _Pairs(both[0], both[1], limit.start())
    words = made.words()
    if words is None:
        return None
    return StutterDifference(predicates, *words)


class _Pairs:
    """The words that both automata read where each may wait while a letter is repeated."""

    def __init__(self, good: Graph, bad: Graph, meter: Meter) -> None:
        self.good, self.bad, self.meter = good, bad, meter
        self.n_marks = good.n_marks + bad.n_marks + 2
        # Marks of their own say that an automaton did not wait, so that none waits for ever.
        self.moved = (1 << (self.n_marks - 2), 1 << (self.n_marks - 1))
        self.letters = _classes(good, bad)
        self.graph = self._explored()

    def _explored(self) -> Graph:
        number = {(self.good.initial, self.bad.initial, -1): 0}
        order = list(number)
        edges: list[list[Edge]] = []
        while len(edges) < len(order):
            if len(edges) % LOOK == 0:
                reason = self.meter.exhausted()
                if reason is None and len(order) > MOST_NODES:
                    reason = "the product with stuttering is too large"
                if reason is not None:
                    raise UndecidedError(reason)
            row: list[Edge] = []
            for letter, marks, target in self._steps(*order[len(edges)]):
                if target not in number:
                    number[target] = len(order)
                    order.append(target)
                row.append((letter, marks, number[target]))
            edges.append(row)
        return Graph(1, self.n_marks, 0, edges)

    def _steps(self, one: int, two: int, last: int) -> list[tuple[int, int, tuple[int, int, int]]]:
        found: list[tuple[int, int, tuple[int, int, int]]] = []
        for letter in self.letters:
            ones = [
                (marks | self.moved[0], target)
                for letters, marks, target in self.good.edges[one]
                if letters >> letter & 1
            ]
            twos = [
                (marks << self.good.n_marks | self.moved[1], target)
                for letters, marks, target in self.bad.edges[two]
                if letters >> letter & 1
            ]
            found += [(letter, m | k, (p, q, letter)) for m, p in ones for k, q in twos]
            if letter == last:
                found += [(letter, marks, (target, two, letter)) for marks, target in ones]
                found += [(letter, marks, (one, target, letter)) for marks, target in twos]
        return found

    def words(self) -> tuple[Word, Word] | None:
        """Return what each of the two read on an accepting run, if there is one."""
        edges = self.graph.edges
        component = strong_components(edges, 0)
        accepting = accepting_components(self.graph, component)
        if not accepting:
            return None
        stem = self._path(0, lambda _, target: component[target] in accepting)
        start = stem[-1][2] if stem else 0
        home, at, cycle = component[start], start, list[Edge]()
        for mark in range(self.n_marks):
            if any(marks >> mark & 1 for _, marks, _ in cycle):
                continue
            cycle += self._path(at, self._marked(mark), component, home)
            at = cycle[-1][2]
        if at != start:
            cycle += self._path(at, lambda _, target: target == start, component, home)
        return self._read(stem, cycle, 0), self._read(stem, cycle, 1)

    def _marked(self, mark: int) -> Callable[[int, int], bool]:
        return lambda marks, _: bool(marks >> mark & 1)

    def _read(self, stem: list[Edge], cycle: list[Edge], side: int) -> Word:
        read = [
            tuple(letter for letter, marks, _ in part if marks & self.moved[side])
            for part in (stem, cycle)
        ]
        return read[0], read[1]

    def _path(
        self, start: int, goal: Callable[[int, int], bool],
        component: list[int] | None = None, home: int = 0,
    ) -> list[Edge]:  # fmt: skip
        """Return shortest edges to one with a goal, by its marks and target; within a component."""
        before: dict[int, tuple[int, Edge]] = {}
        waiting, seen = deque([start]), {start}
        while waiting:
            node = waiting.popleft()
            for edge in self.graph.edges[node]:
                target = edge[2]
                if component is not None and component[target] != home:
                    continue
                if goal(edge[1], target):
                    path = [edge]
                    while node != start:
                        node, edge = before[node]
                        path.append(edge)
                    return path[::-1]
                if target not in seen:
                    seen.add(target)
                    before[target] = (node, edge)
                    waiting.append(target)
        return []


def _classes(good: Graph, bad: Graph) -> list[int]:
    """Return one letter of each class that no label of either automaton tells apart."""
    labels = {letters for graph in (good, bad) for row in graph.edges for letters, _, _ in row}
    classes: list[int] = [good.full]
    for label in labels:
        parts = [part for known in classes for part in (known & label, known & ~label)]
        classes = [part for part in parts if part]
    return [(part & -part).bit_length() - 1 for part in classes]
