"""Linear temporal logic by definition: quantifiers over the places of an ultimately periodic word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any, TypeVar

from transition_systems.lts import LTS
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
from transition_systems.properties.predicates import Predicate
from transition_systems.temporal.ltl_alphabet import elementary
from transition_systems.temporal.ltl_questions import predicate_values

L = TypeVar("L")


def holds_on(
    formula: Formula, word: Sequence[L], loop: int, truth: Callable[[Predicate, L], bool]
) -> bool:
    """Whether a formula holds on ``word[:loop] word[loop:]^omega``; places beyond two rounds repeat."""
    period = len(word) - loop
    horizon = 2 * len(word)

    def folded(at: int) -> int:
        return at if at < len(word) else loop + (at - loop) % period

    def at_(node: Formula, at: int) -> bool:
        at = folded(at)
        later = range(at, at + horizon)
        match node:
            case State(predicate=predicate):
                return truth(predicate, word[at])
            case Negation(operand=operand):
                return not at_(operand, at)
            case Conjunction(operands=operands):
                return all(at_(operand, at) for operand in operands)
            case Disjunction(operands=operands):
                return any(at_(operand, at) for operand in operands)
            case Implication(left=left, right=right):
                return not at_(left, at) or at_(right, at)
            case Unary(operator="X", operand=operand):
                return at_(operand, at + 1)
            case Unary(operator="F", operand=operand):
                return any(at_(operand, k) for k in later)
            case Unary(operator="G", operand=operand):
                return all(at_(operand, k) for k in later)
            case Binary(operator=("U" | "W") as operator, left=left, right=right):
                for k in later:
                    if at_(right, k):
                        return True
                    if not at_(left, k):
                        return False
                return operator == "W"
            case Binary(operator="R", left=left, right=right):
                for k in later:
                    if not at_(right, k):
                        return False
                    if at_(left, k):
                        return True
                return True
            case _:
                raise AssertionError(node)

    return at_(formula, 0)


def words(letters: Sequence[L], stem: int, cycle: int) -> Iterator[tuple[tuple[L, ...], int]]:
    """All words with a stem and a cycle up to these lengths, and where the cycle begins."""
    for before in range(stem + 1):
        for length in range(1, cycle + 1):
            for word in product(letters, repeat=before + length):
                yield word, before


def lassos(lts: LTS, most: int) -> Iterator[tuple[list[int], list[str | None], int]]:
    """All paths of a system that come back to a state once, up to a length: states, labels, loop."""
    names = (None, *lts.label_names[1:])
    waiting: list[tuple[list[int], list[str | None]]] = [([int(s)], []) for s in lts.initial]
    for states, labels in waiting:
        here = states[-1]
        able, after = lts.successors(here)
        steps = [(names[a], int(t)) for a, t in zip(able, after)] or [("(stays)", here)]
        for label, target in steps:
            for loop, state in enumerate(states):
                if state == target:
                    yield states, [*labels, label], loop
            if len(states) < most:
                waiting.append(([*states, target], [*labels, label]))


def word_of(
    states: list[int], labels: list[str | None], loop: int, leaves: list[Any]
) -> tuple[list[int], int]:
    """The states of a lasso, silent steps that change no value left out."""
    after = [*states[1:], states[loop]]
    steps = list(zip(labels, states, after, range(len(states)), strict=True))
    seen = [
        (state, at)
        for label, state, then, at in steps
        if label is not None or any(flags[state] != flags[then] for flags in leaves)
    ]
    stem = [state for state, at in seen if at < loop]
    return [*stem, *([state for state, at in seen if at >= loop] or [states[loop]])], len(stem)


def good(
    lts: LTS, formula: Formula, states: list[int], labels: list[str | None], loop: int, weak: bool
) -> bool:
    """Whether the formula holds on a lasso."""
    values = predicate_values(lts)
    if weak:
        states, loop = word_of(states, labels, loop, [values(leaf) for leaf in elementary(formula)])
    return holds_on(formula, states, loop, lambda predicate, state: bool(values(predicate)[state]))


def is_fair(
    lts: LTS,
    states: Sequence[int],
    labels: Sequence[str | None],
    *,
    weak: Sequence[Sequence[str]] = (),
    strong: Sequence[Sequence[str]] = (),
) -> bool:
    """Whether a cycle that goes round for ever is weakly, or strongly, fair to sets of labels."""
    names = ("tau", *lts.label_names[1:])
    able = [{names[a] for a in lts.successors(state)[0]} for state in states]
    done = {"tau" if label is None else label for label in labels}
    neglected = [
        *(all(not row.isdisjoint(s) for row in able) and done.isdisjoint(s) for s in weak),
        *(any(not row.isdisjoint(s) for row in able) and done.isdisjoint(s) for s in strong),
    ]
    return not any(neglected)
