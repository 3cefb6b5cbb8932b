"""Temporal formulas of the Model Checking Contest: its CTL and LTL, as formula trees.

The format is described in the contest's manual (https://mcc.lip6.fr, "Property language"):
``all-paths`` and ``exists-path`` over ``next``, ``finally``, ``globally`` and ``until`` (with
``before`` and ``reach``), and Boolean operators between them, nested in any way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from transition_systems.errors import InputError
from transition_systems.properties.formulas import (
    Binary,
    Conjunction,
    Disjunction,
    Formula,
    Negation,
    State,
    Unary,
    UnaryOperator,
)
from transition_systems.properties.predicates import Not, Predicate, conjunction, disjunction
from transition_systems.readwrite.xml import XmlElement

__all__ = ["temporal_formula"]

QUANTIFIERS = {"all-paths": "A", "exists-path": "E"}
UNARY = {"next": "X", "finally": "F", "globally": "G"}
BOOLEAN = ("conjunction", "disjunction", "negation")
IMPLICATIONS = ("implies", "implication")


def temporal_formula(top: XmlElement, leaf: Callable[[XmlElement], Predicate]) -> Formula:
    """Return the formula of an element, without recursion.

    Parameters
    ----------
    top
        The element inside ``<formula>``.
    leaf
        Reads an element that is no operator as a state predicate; refuses others.

    Returns
    -------
    Formula
        A quantifier directly over one temporal operator on state formulas is one node (``AG``);
        parts without temporal operators are single ``State`` nodes.

    Raises
    ------
    InputError
        When an operator has not as many operands as it should.
    """
    results: list[Formula] = []
    waiting: list[tuple[XmlElement, bool]] = [(top, False)]
    while waiting:
        element, ready = waiting.pop()
        operands = _operands(element)
        if operands is None:
            results.append(State(leaf(element)))
        elif not ready:
            waiting.append((element, True))
            waiting.extend((child, False) for child in reversed(operands))
        else:
            first = len(results) - len(operands)
            results[first:] = [_combined(element.tag, results[first:])]
    return results[0]


def _operands(element: XmlElement) -> list[XmlElement] | None:
    """Return the operands of an operator; ``None`` for what is none."""
    children = list(element.children)
    if element.tag == "until":
        parts = [element.find("before"), element.find("reach")]
        if None in parts or len(children) != 2:
            raise InputError(
                "<until> has two operands", span=element.span, expected="<before> and <reach>"
            )
        return [_only(part) for part in parts if part is not None]
    if element.tag in QUANTIFIERS or element.tag in UNARY or element.tag == "negation":
        return [_only(element)]
    if element.tag in IMPLICATIONS:
        if len(children) != 2:
            raise InputError(
                f"<{element.tag}> has two operands",
                span=element.span, found=str(len(children)), expected="2",
            )  # fmt: skip
        return children
    if element.tag not in BOOLEAN:
        return None
    return children if children else [_only(element)]


def _only(element: XmlElement) -> XmlElement:
    if len(element.children) != 1:
        raise InputError(
            f"<{element.tag}> has one operand",
            span=element.span, found=str(len(element.children)), expected="1",
        )  # fmt: skip
    return element.children[0]


def _combined(tag: str, parts: list[Formula]) -> Formula:
    if tag in IMPLICATIONS:
        return _combined("disjunction", [_combined("negation", parts[:1]), parts[1]])
    if tag == "until":
        return Binary("U", parts[0], parts[1])
    if tag in UNARY:
        return Unary(cast(UnaryOperator, UNARY[tag]), parts[0])
    if tag in QUANTIFIERS:
        return _quantified(QUANTIFIERS[tag], parts[0])
    predicates = [part.predicate for part in parts if isinstance(part, State)]
    if len(predicates) == len(parts):
        if tag == "negation":
            return State(Not(predicates[0]))
        return State((conjunction if tag == "conjunction" else disjunction)(*predicates))
    if tag == "negation":
        return Negation(parts[0])
    return Conjunction(tuple(parts)) if tag == "conjunction" else Disjunction(tuple(parts))


def _quantified(quantifier: str, path: Formula) -> Formula:
    match path:
        case Unary(operator=("X" | "F" | "G") as operator, operand=operand) if _of_states(operand):
            return Unary(cast(UnaryOperator, quantifier + operator), operand)
        case Binary(operator="U", left=left, right=right) if _of_states(left) and _of_states(right):
            return Binary("AU" if quantifier == "A" else "EU", left, right)
        case _:
            return Unary("A" if quantifier == "A" else "E", path)


def _of_states(root: Formula) -> bool:
    """Return whether a formula is about a state: every temporal operator has its quantifier."""
    waiting = [root]
    while waiting:
        match waiting.pop():
            case Unary(operator=("X" | "F" | "G")) | Binary(operator=("U" | "W" | "R")):
                return False
            case Negation(operand=operand):
                waiting.append(operand)
            case Conjunction(operands=operands) | Disjunction(operands=operands):
                waiting.extend(operands)
            case _:
                pass
    return True
