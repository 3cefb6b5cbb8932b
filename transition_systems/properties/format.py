"""Writing predicates and formulas as text that reads back to the same value.

``parse_predicate(format_predicate(x)) == x`` for every predicate in normal form: conjunctions and
disjunctions have at least two operands, and a comparison names each counter once, with a
coefficient that is not 0. Others read back to an equivalent predicate. The same holds of formulas
whose parts without temporal operators are single ``State`` nodes.
"""

from __future__ import annotations

from typing import assert_never

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
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    LastStep,
    Not,
    Or,
    Predicate,
)
from transition_systems.properties.tokens import quote_name
from transition_systems.properties.walk import fold_formula, fold_predicate

__all__ = [
    "COMPARE",
    "LOOSE",
    "PRIMARY",
    "Text",
    "format_formula",
    "format_predicate",
    "format_terms",
    "inside",
    "joined",
]

# A text, and how closely it holds together: whether it needs parentheses inside another.
Text = tuple[str, int]
PRIMARY, PREFIX, COMPARE, LOOSE = 3, 2, 1, 0


def format_terms(terms: tuple[tuple[str, int], ...]) -> str:
    """Return a weighted sum of names as text.

    Examples
    --------
    >>> format_terms((("p", 1), ("pay now", -2)))
    'p - 2 "pay now"'
    """
    if not terms:
        return "0"
    names = [name for name, coefficient in terms if coefficient == 1]
    if len(names) == len(terms):
        return " + ".join(map(quote_name, names))
    parts: list[str] = []
    for name, coefficient in terms:
        size = abs(coefficient)
        shown = quote_name(name) if size == 1 else f"{size} {quote_name(name)}"
        if not parts:
            parts.append(shown if coefficient >= 0 else f"-{shown}")
        else:
            parts.append(f"{'+' if coefficient >= 0 else '-'} {shown}")
    return " ".join(parts)


def inside(part: Text, least: int) -> str:
    """Return a text, in parentheses where it holds together less than it must."""
    return part[0] if part[1] >= least else f"({part[0]})"


def joined(symbol: str, parts: list[Text], empty: str) -> Text:
    """Return texts with a symbol between them; ``empty`` where there are none."""
    if not parts:
        return empty, PRIMARY
    if len(parts) == 1:
        return parts[0]
    return f" {symbol} ".join(inside(part, COMPARE) for part in parts), LOOSE


def _predicate(node: Predicate, parts: list[Text]) -> Text:
    match node:
        case Constant(value=value):
            return ("true" if value else "false"), PRIMARY
        case Compare(terms=terms, op=op, bound=bound):
            return f"{format_terms(terms)} {op} {bound}", COMPARE
        case LastStep():
            return f"{node.word}({quote_name(node.step)})", PRIMARY
        case Atom(name=name):
            return quote_name(name), PRIMARY
        case Enabled(name=name):
            return f"enabled({quote_name(name)})", PRIMARY
        case Dead():
            return "dead", PRIMARY
        case Not():
            return f"!{inside(parts[0], PREFIX)}", PREFIX
        case And():
            return joined("&&", parts, "true")
        case Or():
            return joined("||", parts, "false")
        case _:
            assert_never(node)


def _formula(node: Formula, parts: list[Text]) -> Text:
    match node:
        case State(predicate=predicate):
            return fold_predicate(predicate, _predicate)
        case Unary(operator=operator):
            return f"{operator} {inside(parts[0], PREFIX)}", PREFIX
        case Binary(operator=("AU" | "EU") as operator):
            left, right = (inside(part, COMPARE) for part in parts)
            return f"{operator[0]}[{left} U {right}]", PRIMARY
        case Binary(operator=operator):
            left, right = (inside(part, COMPARE) for part in parts)
            return f"{left} {operator} {right}", LOOSE
        case Negation():
            return f"!{inside(parts[0], PREFIX)}", PREFIX
        case Conjunction():
            return joined("&&", parts, "true")
        case Disjunction():
            return joined("||", parts, "false")
        case Implication():
            return f"{inside(parts[0], COMPARE)} -> {inside(parts[1], COMPARE)}", LOOSE
        case _:
            assert_never(node)


def format_predicate(predicate: Predicate) -> str:
    """Return a predicate as text, with quotes around names where they are needed.

    Linear in the size of the text; deep predicates do not overflow the stack.

    Parameters
    ----------
    predicate
        The predicate.

    Returns
    -------
    str

    Examples
    --------
    >>> format_predicate(And((Compare((("p", 2), ("q", -1)), "<=", 4), Not(Atom("pay now")))))
    '2 p - q <= 4 && !"pay now"'
    """
    return fold_predicate(predicate, _predicate)[0]


def format_formula(formula: Formula) -> str:
    """Return a formula as text.

    Parameters
    ----------
    formula
        The formula.

    Returns
    -------
    str

    Examples
    --------
    >>> format_formula(Unary("AG", Unary("EF", State(Or((Atom("p"), Dead()))))))
    'AG EF (p || dead)'
    """
    return fold_formula(formula, _formula)[0]
