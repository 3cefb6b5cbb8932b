"""Formulas of the modal mu-calculus with action modalities, and their text.

A modality has an action formula: mostly :class:`Labels`. Regular modalities such as
``<true*.a>`` are brought back to fixpoints by the parser. ``tau`` is the silent label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from transition_systems.properties.format import format_predicate
from transition_systems.properties.predicates import (
    FALSE,
    TRUE,
    Atom,
    Constant,
    LastStep,
    Predicate,
)
from transition_systems.properties.tokens import RESERVED, quoted
from transition_systems.temporal.action_formulas import (
    ActionFormula,
    Labels,
    action_text,
    as_labels,
    renamed,
)

__all__ = [
    "CALLED_TAU",
    "Bound",
    "Every",
    "Fixpoint",
    "Holds",
    "Labels",
    "Modal",
    "MuFormula",
    "No",
    "Some",
    "format_mu",
    "map_mu",
    "same_mu",
]

# The label that stands in quotation marks, where ``tau`` without them is the silent one.
CALLED_TAU = '"tau"'
_PLAIN = re.compile(r"[^\W\d][\w$]*")
_WORDS = frozenset({"true", "false", "dead", "deadlock", "enabled", "mu", "nu"})


def _named(name: str, bound: Collection[str] = ()) -> str:
    """Return a name as this language writes it: a dot, a colon or a variable is not plain here."""
    plain = _PLAIN.fullmatch(name) and name not in _WORDS and name not in bound
    return name if plain else quoted(name)


@dataclass(frozen=True, slots=True)
class Holds:
    """A state predicate."""

    predicate: Predicate


@dataclass(frozen=True, slots=True)
class Bound:
    """A variable of a fixpoint around it."""

    name: str


@dataclass(frozen=True, slots=True)
class No:
    """Negation; of a variable only an even number of times."""

    operand: MuFormula


@dataclass(frozen=True, slots=True)
class Every:
    """Conjunction; empty is true."""

    operands: tuple[MuFormula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Disjunction; empty is false."""

    operands: tuple[MuFormula, ...]


@dataclass(frozen=True, slots=True)
class Modal:
    """``<labels> operand`` (some step leads there) or ``[labels] operand`` (every step does)."""

    kind: Literal["diamond", "box"]
    labels: ActionFormula
    operand: MuFormula


@dataclass(frozen=True, slots=True)
class Fixpoint:
    """The least (``mu``) or greatest (``nu``) solution of ``name = operand``."""

    kind: Literal["mu", "nu"]
    name: str
    operand: MuFormula


MuFormula: TypeAlias = Holds | Bound | No | Every | Some | Modal | Fixpoint


def map_mu(
    formula: MuFormula,
    predicate: Callable[[Predicate], Predicate],
    label: Callable[[str], Iterable[str]],
) -> MuFormula:
    """Return a formula with other predicates, and the labels that each name in a modality means.

    No step has two of the new labels: connectives between them are worked out.

    Examples
    --------
    >>> step = Modal("diamond", Labels(frozenset("a")), Bound("X"))
    >>> format_mu(map_mu(Fixpoint("nu", "X", step), lambda one: one, lambda one: ["b", "c"]))
    'nu X. <b || c> X'
    """

    def changed(node: MuFormula) -> MuFormula:
        match node:
            case Holds(inner):
                return Holds(predicate(inner))
            case Bound():
                return node
            case No(operand):
                return No(changed(operand))
            case Every(operands):
                return Every(tuple(changed(part) for part in operands))
            case Some(operands):
                return Some(tuple(changed(part) for part in operands))
            case Modal(kind, labels, operand):
                return Modal(kind, as_labels(renamed(labels, label)), changed(operand))
            case Fixpoint(kind, name, operand):
                return Fixpoint(kind, name, changed(operand))

    return changed(formula)


def format_mu(formula: MuFormula) -> str:
    """Return a formula as text that reads back to an equivalent one.

    Parameters
    ----------
    formula
        The formula.

    Returns
    -------
    str

    Examples
    --------
    >>> format_mu(Fixpoint("nu", "X", Modal("box", Labels(frozenset(), True), Bound("X"))))
    'nu X. [true] X'
    """
    return _text(formula, _variables(formula), top=True)


def _variables(formula: MuFormula) -> set[str]:
    """Return the variables that fixpoints bind; parts may be shared."""
    waiting, seen, found = [formula], set[int](), set[str]()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case Every(operands) | Some(operands):
                waiting.extend(operands)
            case No(operand) | Modal(operand=operand):
                waiting.append(operand)
            case Fixpoint(_, name, operand):
                found.add(name)
                waiting.append(operand)
            case Holds() | Bound():
                pass
    return found


def same_mu(one: MuFormula, other: MuFormula) -> bool:
    """Return whether two formulas are the same, but for conjunctions of one part or none.

    Names are compared, not texts, so that what a text makes of a name does not matter. They are
    labels, of which no step has two.

    Examples
    --------
    >>> step = Modal("diamond", Labels(frozenset({"a.b"})), Bound("X"))
    >>> same_mu(Every((step,)), step), same_mu(step, Modal("box", step.labels, step.operand))
    (True, False)
    """
    known: set[tuple[int, int]] = set()

    def same(a: MuFormula, b: MuFormula) -> bool:
        a, b = _simple(a), _simple(b)
        if (id(a), id(b)) in known:
            return True
        match a, b:
            case Holds(p), Holds(q):
                found = p == q or format_predicate(p) == format_predicate(q)
            case (Every(some), Every(others)) | (Some(some), Some(others)):
                found = len(some) == len(others) and all(map(same, some, others))
            case No(p), No(q):
                found = same(p, q)
            case Modal(kind, labels, p), Modal(other_kind, other_labels, q):
                equal = as_labels(labels) == as_labels(other_labels)
                found = kind == other_kind and equal and same(p, q)
            case Fixpoint(kind, name, p), Fixpoint(other_kind, other_name, q):
                found = (kind, name) == (other_kind, other_name) and same(p, q)
            case _:
                found = a == b
        if found:
            known.add((id(a), id(b)))
            kept.append((a, b))
        return found

    kept: list[tuple[MuFormula, MuFormula]] = []
    return same(one, other)


def _simple(node: MuFormula) -> MuFormula:
    while isinstance(node, Every | Some) and len(node.operands) < 2:
        if not node.operands:
            return Holds(TRUE if isinstance(node, Every) else FALSE)
        (node,) = node.operands
    return node


def _text(node: MuFormula, bound: Collection[str], *, top: bool = False) -> str:
    match node:
        case Holds(Constant(value)):
            return _constant(value, bound)
        case Holds(Atom(name) as atom) if not isinstance(atom, LastStep):
            return quoted(name) if name in RESERVED else _named(name, bound)
        case Holds(predicate):
            return f"{{{format_predicate(predicate)}}}"
        case Bound(name):
            return name
        case No(operand):
            return f"!{_text(operand, bound)}"
        case Every(operands) | Some(operands):
            if not operands:
                return _constant(isinstance(node, Every), bound)
            word = " && " if isinstance(node, Every) else " || "
            joined = word.join(_text(part, bound) for part in operands)
            return joined if top and len(operands) > 1 else f"({joined})"
        case Modal(kind, labels, operand):
            left, right = "<>" if kind == "diamond" else "[]"
            return f"{left}{action_text(labels, _named)}{right} {_text(operand, bound)}"
        case Fixpoint(kind, name, operand):
            text = f"{kind} {name}. {_text(operand, bound, top=True)}"
            return text if top else f"({text})"


def _constant(value: bool, bound: Collection[str]) -> str:
    """Return a constant, in braces where a variable has its name."""
    word = "true" if value else "false"
    return f"{{{word}}}" if word in bound else word
