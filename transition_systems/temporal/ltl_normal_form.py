"""From the formula tree to terms of linear temporal logic in negation normal form."""

from __future__ import annotations

from transition_systems.errors import UnsupportedError
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
from transition_systems.temporal.ltl_alphabet import Alphabet
from transition_systems.temporal.ltl_rules import Rewriting

__all__ = ["MAX_DEPTH", "MAX_SIZE", "require_linear", "term_of"]

MAX_DEPTH = 100
MAX_SIZE = 5_000


def require_linear(formula: Formula) -> None:
    """Refuse a formula that is not one of linear temporal logic, or is too large.

    A quantifier ``A`` before the whole formula is none: every formula speaks of all paths.

    Raises
    ------
    UnsupportedError
        For path quantifiers inside, more than :data:`MAX_DEPTH` nested or :data:`MAX_SIZE`
        operators.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> require_linear(parse_formula("G F EX p"))
    Traceback (most recent call last):
    ...
    transition_systems.errors.UnsupportedError: EX is no operator of linear temporal logic
    """
    size = 0

    def depth(node: Formula, parts: list[int]) -> int:
        nonlocal size
        size += 1
        if isinstance(node, Unary) and node.operator not in ("X", "F", "G"):
            raise UnsupportedError(f"{node.operator} is no operator of linear temporal logic")
        if isinstance(node, Binary) and node.operator not in ("U", "W", "R"):
            raise UnsupportedError(f"{node.operator} is no operator of linear temporal logic")
        return 1 + max(parts, default=0)

    if fold_formula(formula, depth) > MAX_DEPTH:
        raise UnsupportedError(f"a formula with more than {MAX_DEPTH} nested operators")
    if size > MAX_SIZE:
        raise UnsupportedError(f"a formula with more than {MAX_SIZE} operators")


def term_of(formula: Formula, alphabet: Alphabet, rewriting: Rewriting) -> int:
    """Return the simplified term of a formula.

    Parameters
    ----------
    formula
        A formula of linear temporal logic (see :func:`require_linear`).
    alphabet
        The letters; it must know all elementary predicates.
    rewriting
        Makes the terms.

    Returns
    -------
    int

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> from transition_systems.temporal.ltl_alphabet import elementary
    >>> from transition_systems.temporal.ltl_terms import Terms
    >>> one, two = parse_formula("F F p"), parse_formula("F p")
    >>> alphabet = Alphabet(elementary(one))
    >>> rewriting = Rewriting(Terms(alphabet.full))
    >>> term_of(one, alphabet, rewriting) == term_of(two, alphabet, rewriting)
    True
    """
    r = rewriting

    def combine(node: Formula, parts: list[int]) -> int:
        match node:
            case State(predicate=predicate):
                return r.terms.letters(alphabet.letters_with(predicate))
            case Unary(operator="X"):
                return r.next(parts[0])
            case Unary(operator="F"):
                return r.finally_(parts[0])
            case Unary(operator="G"):
                return r.globally(parts[0])
            case Binary(operator="U"):
                return r.until(parts[0], parts[1])
            case Binary(operator="R"):
                return r.release(parts[0], parts[1])
            case Binary(operator="W"):
                return r.release(parts[1], r.disjunction(parts))
            case Negation():
                return r.negation(parts[0])
            case Conjunction():
                return r.conjunction(parts)
            case Disjunction():
                return r.disjunction(parts)
            case Implication():
                return r.disjunction([r.negation(parts[0]), parts[1]])
            case _:
                raise UnsupportedError("an operator that is not of linear temporal logic")

    return fold_formula(formula, combine)
