"""Temporal formulas in plain English."""

from __future__ import annotations

from transition_systems.properties.format import LOOSE, PRIMARY, Text, format_terms, inside, joined
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
from transition_systems.properties.walk import fold_formula, fold_predicate, names_in_formula
from transition_systems.shown_labels import shown_label

__all__ = ["clause_in_english", "formula_in_english", "predicate_in_english", "predicate_inside"]

_UNARY = {
    "A": "on every run, {0}",
    "E": "on some run, {0}",
    "X": "after the next step {0}",
    "F": "at some time {0}",
    "G": "always {0}",
    "AX": "after every possible next step {0}",
    "EX": "some next step leads to where {0}",
    "AF": "sooner or later, whatever happens, {0}",
    "EF": "it is possible to get to where {0}",
    "AG": "always, whatever happens, {0}",
    "EG": "it is possible that for ever {0}",
}
_BINARY = {
    "U": "{0} until {1}, which comes",
    "W": "{0} until {1}, or for ever",
    "R": "{1} until and while {0}, or for ever",
    "AU": "whatever happens, {0} until {1}, which comes",
    "EU": "it is possible that {0} until {1}, which comes",
}


def _inside(part: Text) -> str:
    return inside(part, PRIMARY)


def _atom(node: Atom, plain: str, last: str) -> str:
    if isinstance(node, LastStep):
        verb = "completed" if node.word == "done" else "started"
        return last.format(verb, shown_label(node.step))
    return plain.format(node.name)


def _predicate(node: Predicate, parts: list[Text]) -> Text:
    match node:
        case Constant(value):
            return ("anything holds" if value else "nothing holds"), PRIMARY
        case Atom():
            return _atom(node, "{} holds", "the last step {} {}"), PRIMARY
        case Enabled(name):
            return f"{shown_label(name)} can happen", PRIMARY
        case Dead():
            return "nothing can happen", PRIMARY
        case Compare(terms, op, bound):
            return f"{format_terms(terms)} {op} {bound}", PRIMARY
        case Not(Atom() as atom):
            return _atom(atom, "{} does not hold", "the last step is none that {} {}"), PRIMARY
        case Not(Enabled(name)):
            return f"{shown_label(name)} cannot happen", PRIMARY
        case Not(Dead()):
            return "something can happen", PRIMARY
        case Not():
            return f"it is not so that {_inside(parts[0])}", LOOSE
        case And():
            return joined("and", parts, "anything holds")
        case Or():
            return joined("or", parts, "nothing holds")


def _formula(node: Formula, parts: list[Text]) -> Text:
    match node:
        case State(Or((Not(left), right))):
            first, second = (fold_predicate(part, _predicate) for part in (left, right))
            return f"if {_inside(first)} then {_inside(second)}", LOOSE
        case State(predicate):
            return fold_predicate(predicate, _predicate)
        case Unary("AG" | "G", (Implication() | State(Or((Not(), _))))):
            text = parts[0][0].removeprefix("if ").replace(" then ", ", then ", 1)
            return f"whenever {text}", LOOSE
        case Unary(operator):
            return _UNARY[operator].format(_inside(parts[0])), False
        case Binary(operator):
            return _BINARY[operator].format(_inside(parts[0]), _inside(parts[1])), False
        case Negation():
            return f"it is not so that {_inside(parts[0])}", LOOSE
        case Conjunction():
            return joined("and", parts, "anything holds")
        case Disjunction():
            return joined("or", parts, "nothing holds")
        case Implication():
            return f"if {_inside(parts[0])} then {_inside(parts[1])}", LOOSE


def predicate_in_english(predicate: Predicate) -> str:
    """Return a state predicate in plain words.

    Parameters
    ----------
    predicate
        The predicate.

    Returns
    -------
    str

    Examples
    --------
    >>> predicate_in_english(And((Atom("paid"), Not(Dead()))))
    'paid holds and something can happen'
    """
    return fold_predicate(predicate, _predicate)[0]


def predicate_inside(predicate: Predicate) -> str:
    """Return a state predicate in plain words, in parentheses where it has several parts.

    Examples
    --------
    >>> predicate_inside(And((Atom("paid"), Not(Dead()))))
    '(paid holds and something can happen)'
    """
    return _inside(fold_predicate(predicate, _predicate))


def clause_in_english(formula: Formula) -> str:
    """Return a temporal formula as a part of a sentence, with names as they are written.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> clause_in_english(parse_formula("Paid U Shipped"))
    'Paid holds until Shipped holds, which comes'
    """
    return fold_formula(formula, _formula)[0]


def formula_in_english(formula: Formula) -> str:
    """Return a temporal formula as a sentence in plain words.

    Parameters
    ----------
    formula
        Any formula of the property language: CTL, LTL or CTL*.

    Returns
    -------
    str
        Parentheses stand around what belongs together.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> formula_in_english(parse_formula("AG (paid -> AF shipped)"))
    'Whenever paid holds, then (sooner or later, whatever happens, shipped holds).'
    >>> formula_in_english(parse_formula("EF dead"))
    'It is possible to get to where nothing can happen.'
    """
    text = clause_in_english(formula)
    begins = min((at for at, letter in enumerate(text) if letter != "("), default=0)
    counters, enabled = names_in_formula(formula)
    names = tuple(f"{name} " for name in (*counters, *map(shown_label, enabled)))
    if text.startswith(names, begins):
        return f"{text}."  # a name is told as it is written
    return f"{text[:begins]}{text[begins].upper()}{text[begins + 1 :]}."
