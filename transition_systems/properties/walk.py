"""Walks over predicates and formulas: iterative, so that depth never overflows the stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar, assert_never

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
from transition_systems.properties.predicates import (
    FALSE,
    TRUE,
    And,
    Atom,
    Compare,
    Comparison,
    Constant,
    Enabled,
    LastStep,
    Not,
    Or,
    Predicate,
)
from transition_systems.trees import fold_tree, preorder

__all__ = [
    "OPPOSITE",
    "fold_formula",
    "fold_predicate",
    "map_names",
    "map_predicates",
    "names_in",
    "names_in_formula",
    "negate",
    "predicates_in",
    "subpredicates",
]

T = TypeVar("T")

OPPOSITE: dict[Comparison, Comparison] = {
    "<=": ">",
    ">": "<=",
    ">=": "<",
    "<": ">=",
    "==": "!=",
    "!=": "==",
}


def predicate_children(node: Predicate) -> tuple[Predicate, ...]:
    """Return the operands of a predicate; none for a leaf."""
    if isinstance(node, (And, Or)):
        return node.operands
    return (node.operand,) if isinstance(node, Not) else ()


def formula_children(node: Formula) -> tuple[Formula, ...]:
    """Return the operands of a formula; none for a state predicate."""
    match node:
        case State():
            return ()
        case Unary(operand=operand) | Negation(operand=operand):
            return (operand,)
        case Binary(left=left, right=right) | Implication(left=left, right=right):
            return (left, right)
        case Conjunction(operands=operands) | Disjunction(operands=operands):
            return operands
        case _:
            assert_never(node)


def fold_predicate(root: Predicate, combine: Callable[[Predicate, list[T]], T]) -> T:
    """Compute a value bottom-up: ``combine(node, values of its operands)`` at each node.

    Linear in the size of the predicate.

    Examples
    --------
    >>> fold_predicate(Not(Not(TRUE)), lambda node, values: 1 + sum(values))
    3
    """
    return fold_tree(root, predicate_children, combine)


def fold_formula(root: Formula, combine: Callable[[Formula, list[T]], T]) -> T:
    """Compute a value bottom-up over the temporal part of a formula."""
    return fold_tree(root, formula_children, combine)


def subpredicates(root: Predicate) -> Iterator[Predicate]:
    """Yield every node of a predicate, parents before their operands, from left to right."""
    return preorder(root, predicate_children)


def predicates_in(root: Formula) -> Iterator[Predicate]:
    """Yield the state predicates of a formula from left to right."""
    return (n.predicate for n in preorder(root, formula_children) if isinstance(n, State))


def map_predicates(root: Formula, change: Callable[[Predicate], Predicate]) -> Formula:
    """Return the formula with every state predicate replaced.

    Examples
    --------
    >>> from transition_systems.properties.predicates import TRUE
    >>> map_predicates(Unary("AF", State(Atom("p"))), lambda predicate: TRUE)
    Unary(operator='AF', operand=State(predicate=Constant(value=True)))
    """

    def combine(node: Formula, parts: list[Formula]) -> Formula:
        match node:
            case State(predicate=predicate):
                return State(change(predicate))
            case Unary(operator=operator):
                return Unary(operator, parts[0])
            case Negation():
                return Negation(parts[0])
            case Binary(operator=operator):
                return Binary(operator, parts[0], parts[1])
            case Implication():
                return Implication(parts[0], parts[1])
            case Conjunction():
                return Conjunction(tuple(parts))
            case Disjunction():
                return Disjunction(tuple(parts))

    return fold_formula(root, combine)


def names_in(predicate: Predicate) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names that a predicate uses: of counters and atoms, and in ``enabled(...)``.

    Returns
    -------
    counters, enabled
        Each sorted and without repetition.

    Examples
    --------
    >>> names_in(And((Atom("p"), Enabled("t"), Compare((("q", 2),), "<=", 1))))
    (('p', 'q'), ('t',))
    """
    counters: set[str] = set()
    enabled: set[str] = set()
    for node in subpredicates(predicate):
        if isinstance(node, Compare):
            counters.update(name for name, _ in node.terms)
        elif isinstance(node, Atom):
            counters.add(node.name)
        elif isinstance(node, Enabled):
            enabled.add(node.name)
    return tuple(sorted(counters)), tuple(sorted(enabled))


def names_in_formula(formula: Formula) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names that a formula uses, as :func:`names_in` does."""
    counters: set[str] = set()
    enabled: set[str] = set()
    for predicate in predicates_in(formula):
        some, others = names_in(predicate)
        counters.update(some)
        enabled.update(others)
    return tuple(sorted(counters)), tuple(sorted(enabled))


def map_names(
    predicate: Predicate,
    counter: Callable[[str], str],
    enabled: Callable[[str], str] | None = None,
) -> Predicate:
    """Return the predicate with every name replaced.

    Parameters
    ----------
    predicate
        What to rename.
    counter
        New names for counters and atoms; counters that become equal are added up.
    enabled
        New names inside ``enabled(...)``, ``done(...)`` and ``started(...)``; ``counter`` when not
        given.

    Returns
    -------
    Predicate
        The same shape with other names.

    Examples
    --------
    >>> map_names(Not(Atom("p")), str.upper)
    Not(operand=Atom(name='P'))
    """
    act = counter if enabled is None else enabled

    def combine(node: Predicate, parts: list[Predicate]) -> Predicate:
        match node:
            case Compare(terms=terms, op=op, bound=bound):
                sums: dict[str, int] = {}
                for name, coefficient in terms:
                    new = counter(name)
                    sums[new] = sums.get(new, 0) + coefficient
                return Compare(tuple(sums.items()), op, bound)
            case LastStep():
                return LastStep(f"{node.word}({act(node.step)})")
            case Atom(name=name):
                return Atom(counter(name))
            case Enabled(name=name):
                return Enabled(act(name))
            case Not():
                return Not(parts[0])
            case And():
                return And(tuple(parts))
            case Or():
                return Or(tuple(parts))
            case _:
                return node

    return fold_predicate(predicate, combine)


def negate(predicate: Predicate) -> Predicate:
    """Return the negation, pushed down to the leaves (negation normal form).

    Linear in the size of the predicate; comparisons turn around, atoms get ``Not``.

    Examples
    --------
    >>> negate(Or((Compare((("p", 1),), "<=", 4), Atom("q"))))
    And(operands=(Compare(terms=(('p', 1),), op='>', bound=4), Not(operand=Atom(name='q'))))
    """

    def combine(
        node: Predicate, parts: list[tuple[Predicate, Predicate]]
    ) -> tuple[Predicate, Predicate]:
        match node:
            case Constant(value=value):
                return node, FALSE if value else TRUE
            case Compare(terms=terms, op=op, bound=bound):
                return node, Compare(terms, OPPOSITE[op], bound)
            case Not():
                return parts[0][1], parts[0][0]
            case And():
                return And(tuple(p for p, _ in parts)), Or(tuple(n for _, n in parts))
            case Or():
                return Or(tuple(p for p, _ in parts)), And(tuple(n for _, n in parts))
            case _:
                return node, Not(node)

    return fold_predicate(predicate, combine)[1]
