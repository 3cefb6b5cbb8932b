"""Ranks of the fixpoints of a CTL formula: which states they prove to have it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.state_table import integers
from transition_systems.evidence import CtlRanks
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

__all__ = ["Arcs", "is_path", "temporal_parts", "where_ranked"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
MOST_DEEP = 200
LAST = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Arcs:
    """All states by number, and every step from each of them: int64 sources and targets."""

    count: int
    sources: Ints
    targets: Ints
    holds: Callable[[Predicate], Bools]


def is_path(formula: Formula) -> bool:
    """Return whether a formula is about a path, so that a quantifier before it means something."""
    match formula:
        case Unary("X" | "F" | "G") | Binary("U" | "W" | "R"):
            return True
        case _:
            return False


def temporal_parts(formula: Formula) -> tuple[str, str, tuple[Formula, ...]]:
    """Return quantifier, operator and operands of a temporal formula; refuse what is not CTL."""
    match formula:
        case Unary(("A" | "E") as quantifier, Unary(("X" | "F" | "G") as operator, inner)):
            return quantifier, operator, (inner,)
        case Unary(("A" | "E") as quantifier, Binary(("U" | "W" | "R") as operator, left, right)):
            return quantifier, operator, (left, right)
        case Unary(operator, inner) if len(operator) == 2:
            return operator[0], operator[1], (inner,)
        case Binary(operator, left, right) if len(operator) == 2:
            return operator[0], operator[1], (left, right)
        case _:
            raise RefusedError("the claim is no formula of CTL")


def where_ranked(evidence: CtlRanks, formula: Formula, arcs: Arcs, watch: Watch) -> Bools:
    """Return where a formula holds, given ranks that are all checked.

    A rank says for a least fixpoint in how many steps the goal is reached, on some path or on all,
    and -1 that it is not: both are checked in each state by its successors alone.
    """
    watch.fits(arcs.count * 8 * (len(evidence.ranks) + 4) + len(arcs.sources) * 24)
    given = iter(evidence.ranks)

    def value(node: Formula, depth: int) -> Bools:
        if depth > MOST_DEEP:
            raise RefusedError("the claim is nested too deep")
        watch.tick()
        match node:
            case State(predicate):
                return arcs.holds(predicate)
            case Negation(operand):
                return ~value(operand, depth + 1)
            case Conjunction(operands):
                parts = [value(part, depth + 1) for part in operands]
                return np.asarray(np.logical_and.reduce(parts), dtype=np.bool_)
            case Disjunction(operands):
                parts = [value(part, depth + 1) for part in operands]
                return np.asarray(np.logical_or.reduce(parts), dtype=np.bool_)
            case Implication(left, right):
                first = ~value(left, depth + 1)
                return first | value(right, depth + 1)
            case Unary("A" | "E", inner) if not is_path(inner):
                return value(inner, depth + 1)
            case _:
                pass
        quantifier, operator, operands = temporal_parts(node)
        parts = [value(part, depth + 1) for part in operands]
        if operator == "X":
            goal = parts[0] if quantifier == "E" else ~parts[0]
            able = np.zeros(arcs.count, dtype=np.bool_)
            able[arcs.sources[goal[arcs.targets]]] = True
            return able if quantifier == "E" else ~able
        rank = next(given, None)
        if rank is None:
            raise RefusedError("there are fewer ranks than temporal operators")
        rank = integers(rank, (arcs.count,), "a rank")
        everywhere = np.ones(arcs.count, dtype=np.bool_)
        match operator:
            case "F":
                return _until(arcs, rank, quantifier, everywhere, parts[0])
            case "U":
                return _until(arcs, rank, quantifier, parts[0], parts[1])
            case _:
                pass
        # The others are negations of an until, under the other quantifier.
        other = "A" if quantifier == "E" else "E"
        no = [~part for part in parts]
        match operator:
            case "G":
                return ~_until(arcs, rank, other, everywhere, no[0])
            case "R":
                return ~_until(arcs, rank, other, no[0], no[1])
            case _:
                return ~_until(arcs, rank, other, no[1], no[0] & no[1])

    result = value(formula, 0)
    if next(given, None) is not None:
        raise RefusedError("there are more ranks than temporal operators")
    return result


def _until(arcs: Arcs, rank: Ints, quantifier: str, through: Bools, goal: Bools) -> Bools:
    """Refuse ranks that are not those of an until; return where it holds."""
    inside = rank >= 0
    below = np.where(inside, rank, LAST)[arcs.targets]
    if (goal & ~inside).any() or ((rank == 0) & ~goal).any():
        raise RefusedError("rank 0 does not begin with the goal")
    climbing = rank > 0
    if (climbing & ~through).any():
        raise RefusedError("a rank goes through a state where it must not")
    best = np.full(arcs.count, LAST if quantifier == "E" else -1, dtype=np.int64)
    if quantifier == "E":
        np.minimum.at(best, arcs.sources, below)
        wrong = climbing & (best >= rank)
        missed = ~inside & through & (best < LAST)
    else:
        np.maximum.at(best, arcs.sources, below)
        wrong = climbing & ((best >= rank) | (best < 0))
        missed = ~inside & through & (best >= 0) & (best < LAST)
    if wrong.any():
        raise RefusedError(f"the rank of state {int(wrong.argmax())} is not lowered by its steps")
    if missed.any():
        raise RefusedError(f"state {int(missed.argmax())} is said to be outside but is not")
    return inside
