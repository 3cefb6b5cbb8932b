"""Formulas of CTL* taken apart at their path quantifiers, and evaluated on positions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.result import RefusedError, Watch
from transition_systems.evidence_ctl_star import part_name
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
    Constant,
    Dead,
    Not,
    Or,
    Predicate,
)
from transition_systems.properties.walk import fold_formula, names_in_formula

__all__ = ["StarFormula", "evaluated"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class StarFormula:
    """A formula of CTL* with atoms for its quantified parts, innermost first.

    ``A path`` is the negation of ``E`` of the negated path. With ``maximal`` there is no next state
    in a dead one, and there every ``AX`` holds.
    """

    def __init__(self, formula: Formula, *, maximal: bool) -> None:
        self.maximal = maximal
        self.paths: list[Formula] = []
        names, _ = names_in_formula(formula)
        self.taken = ""
        while any(name.startswith(part_name(0, self.taken)[:-1]) for name in names):
            self.taken += "'"
        top = fold_formula(formula, self._made)
        self.top = self._quantified("A", top) if _moves(top) else top

    def name(self, number: int) -> str:
        """Return the atom of a part."""
        return part_name(number, self.taken)

    def _made(self, node: Formula, below: list[Formula]) -> Formula:
        match node:
            case State():
                return node
            case Unary(operator=("X" | "F" | "G") as operator):
                return Unary(operator, below[0])
            case Unary(operator=("A" | "E") as quantifier):
                return self._quantified(quantifier, below[0])
            case Unary(operator="AX" | "EX"):
                return self._quantified(node.operator[0], Unary("X", below[0]))
            case Unary(operator="AF" | "EF"):
                return self._quantified(node.operator[0], Unary("F", below[0]))
            case Unary():
                return self._quantified(node.operator[0], Unary("G", below[0]))
            case Binary(operator="AU" | "EU"):
                return self._quantified(node.operator[0], Binary("U", below[0], below[1]))
            case Binary(operator=operator):
                return Binary(operator, below[0], below[1])
            case Negation():
                return Negation(below[0])
            case Conjunction():
                return Conjunction(tuple(below))
            case Disjunction():
                return Disjunction(tuple(below))
            case Implication():
                return Implication(below[0], below[1])

    def _quantified(self, quantifier: str, path: Formula) -> Formula:
        if not _moves(path):
            return path
        next_only = self.maximal and isinstance(path, Unary) and path.operator == "X"
        self.paths.append(path if quantifier == "E" else Negation(path))
        part: Formula = State(Atom(self.name(len(self.paths) - 1)))
        if quantifier == "E":
            return Conjunction((part, Negation(State(Dead())))) if next_only else part
        return Disjunction((Negation(part), State(Dead()))) if next_only else Negation(part)


def _moves(formula: Formula) -> bool:
    """Return whether a formula has a temporal operator."""
    return fold_formula(formula, lambda node, below: isinstance(node, Unary | Binary) or any(below))


def evaluated(
    formula: Formula, holds: Callable[[Predicate], Bools], after: Ints, size: int, watch: Watch
) -> Bools:
    """Return where a formula holds, on positions with one next position each; bool (size,)."""

    def constant(value: bool) -> Bools:
        return np.full(size, value, dtype=np.bool_)

    def joined(join: np.ufunc, parts: list[Bools]) -> Bools:
        return np.asarray(join.reduce(parts), dtype=np.bool_)

    def predicate(node: Predicate) -> Bools:
        match node:
            case Constant(value=value):
                return constant(value)
            case Not(operand=operand):
                return ~predicate(operand)
            case And(operands=operands):
                return joined(np.logical_and, [constant(True), *map(predicate, operands)])
            case Or(operands=operands):
                return joined(np.logical_or, [constant(False), *map(predicate, operands)])
            case _:
                return np.asarray(holds(node), dtype=np.bool_)

    def fixpoint(now: Bools, kept: Bools, start: bool) -> Bools:
        """Solve ``x = now or (kept and next x)`` from below (False) or above (True).

        The right side, put into itself, has this form again, with the state twice as far away for
        the next one. So each round tries twice as many iterations from the start as the last.
        """
        yes, may, far = now, kept, after
        while True:
            watch.tick()
            found = yes | may if start else yes
            if (found == (now | (kept & found[after]))).all():
                return found
            yes, may, far = yes | (may & yes[far]), may & may[far], far[far]

    def combine(node: Formula, below: list[Bools]) -> Bools:
        watch.tick()
        match node:
            case State(predicate=inner):
                return predicate(inner)
            case Negation():
                return ~below[0]
            case Conjunction():
                return joined(np.logical_and, [constant(True), *below])
            case Disjunction():
                return joined(np.logical_or, [constant(False), *below])
            case Implication():
                return ~below[0] | below[1]
            case Unary(operator="X"):
                return below[0][after]
            case Unary(operator="F"):
                return fixpoint(below[0], constant(True), False)
            case Unary(operator="G"):
                return fixpoint(constant(False), below[0], True)
            case Binary(operator="U"):
                return fixpoint(below[1], below[0], False)
            case Binary(operator="W"):
                return fixpoint(below[1], below[0], True)
            case Binary(operator="R"):
                return fixpoint(below[0] & below[1], below[1], True)
            case _:
                raise RefusedError("a path quantifier where there is none")

    return fold_formula(formula, combine)
