"""Hennessy-Milner formulas on transition systems, evaluated by code of the recheck's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.silent_steps import marks_of, on_cycles
from transition_systems.lts import LTS, TAU, TAU_NAME

__all__ = ["formula_holds", "formula_parts", "value_of"]

Bools = NDArray[np.bool_]
Shape = tuple[Any, ...]
T = TypeVar("T")


def formula_holds(
    lts: LTS, formula: Shape, relation: str, atoms: Sequence[str], watch: Watch
) -> Bools:
    """Return where a formula holds, bool of shape (n_states,).

    Only what the relation preserves is allowed: ``diamond`` for strong bisimilarity, ``until`` for
    branching and ``weak`` for weak bisimilarity, and where divergence is preserved ``endless`` or
    ``cycle``. Of the atoms, ``final`` and those given. Equal parts are computed once.
    """
    values: list[Bools] = []
    numbers: dict[tuple[str, tuple[int, ...]], int] = {}
    number_of: dict[int, int] = {}
    waiting: list[tuple[Shape, bool]] = [(formula, False)]
    while waiting:
        node, ready = waiting.pop()
        if id(node) in number_of:
            continue
        word, label, below = formula_parts(node, relation, atoms, tuple)
        if not ready:
            waiting.append((node, True))
            waiting.extend((part, False) for part in below)
            continue
        parts = tuple(number_of[id(part)] for part in below)
        key = (f"{word} {label}", parts)
        if key not in numbers:
            watch.tick()
            watch.fits(len(values) * lts.n_states)
            numbers[key] = len(values)
            values.append(value_of(lts, word, label, atoms, [values[part] for part in parts]))
        number_of[id(node)] = numbers[key]
    return values[number_of[id(formula)]]


def formula_parts(
    shape: object, relation: str, atoms: Sequence[str], kind: type[T]
) -> tuple[str, str, list[T]]:
    """Return operator, label and operands; refuse what is no formula of the relation.

    Operands are of one kind: formulas themselves, or their numbers in a list.
    """
    if isinstance(shape, tuple) and shape and isinstance(shape[0], str):
        node: Shape = shape
        word: str = node[0]
        rest: list[Any] = list(node[1:])
        label: Any = ""
        if relation in _STEPS.get(word, ()) and len(rest) == (3 if word == "until" else 2):
            label = rest.pop(1 if word == "until" else 0)
        elif word == "atom" and len(rest) == 1 and rest[0] in atoms:
            label = rest.pop()
        elif word == _FOR_EVER.get(relation):
            word = word if len(rest) == 1 else ""
        elif word == "dead" and relation == "strong":
            word = "" if rest else word
        elif not (word in _ARITY and len(rest) == _ARITY[word]) and word != "and":
            word = ""
        if word and isinstance(label, str) and all(type(part) is kind for part in rest):
            return word, label, rest
    raise RefusedError(f"this is no formula of {relation} bisimilarity: a part is not allowed")


_ARITY = {"true": 0, "final": 0, "not": 1}
_STEPS = {
    "diamond": ("strong",),
    "until": ("branching", "divergence-branching"),
    "weak": ("weak", "divergence-weak"),
}
_FOR_EVER = {"divergence-branching": "endless", "divergence-weak": "cycle"}


def value_of(lts: LTS, word: str, label: str, atoms: Sequence[str], parts: list[Bools]) -> Bools:
    """Return where a formula holds whose operands hold where ``parts`` say."""
    anywhere = np.ones(lts.n_states, dtype=np.bool_)
    match word:
        case "true":
            return np.ones(lts.n_states, dtype=np.bool_)
        case "final":
            return lts.final
        case "dead":
            return np.asarray(lts.offsets[1:] == lts.offsets[:-1], dtype=np.bool_)
        case "atom":
            return np.array(lts.atoms.get(label, np.zeros(lts.n_states)), dtype=np.bool_)
        case "not":
            return ~parts[0]
        case "and":
            value = np.ones(lts.n_states, dtype=np.bool_)
            for part in parts:
                value = value & part
            return value
        case "diamond":
            return _step(lts, label, parts[0])
        case "weak":
            goal = _silently(lts, anywhere, parts[0])
            if label == TAU_NAME:
                return goal
            return _silently(lts, anywhere, _step(lts, label, goal))
        case "cycle":
            return _silently(
                lts, anywhere, parts[0] & _on_cycles(lts, anywhere, marks_of([lts], atoms))
            )
        case "endless":
            return _silently(lts, parts[0], _on_cycles(lts, parts[0], np.zeros(lts.n_states)))
        case _:
            through, goal = parts
            reached = _silently(lts, through, through & _step(lts, label, goal))
            return reached | goal if label == TAU_NAME else reached


def _step(lts: LTS, label: str, goal: Bools) -> Bools:
    able = np.zeros(lts.n_states, dtype=np.bool_)
    if label in lts.label_names:
        number = lts.label_names.index(label)
        able[lts.sources[(lts.labels == number) & goal[lts.targets]]] = True
    return able


def _on_cycles(lts: LTS, through: Bools, marks: Any) -> Bools:
    """Return the states on silent cycles through some states, all with equal marks."""
    source, silent = lts.sources, lts.labels == TAU
    silent &= through[source] & through[lts.targets]
    found = np.zeros(lts.n_states, dtype=np.bool_)
    found[on_cycles(source[silent], lts.targets[silent], marks)] = True
    return found


def _silently(lts: LTS, through: Bools, goal: Bools) -> Bools:
    """Return the states from which silent steps, all in ``through``, lead into the goal."""
    source = lts.sources
    inside = (lts.labels == TAU) & through[source]
    before: dict[int, list[int]] = defaultdict(list)
    for start, end in zip(source[inside].tolist(), lts.targets[inside].tolist(), strict=True):
        before[end].append(start)
    reached = goal.copy()
    waiting = np.flatnonzero(goal).tolist()
    while waiting:
        for state in before.get(waiting.pop(), ()):
            if not reached[state]:
                reached[state] = True
                waiting.append(state)
    return reached
