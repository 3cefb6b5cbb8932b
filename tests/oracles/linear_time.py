"""Linear temporal logic by definition: quantifiers over the places of an ultimately periodic word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import TypeVar

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
