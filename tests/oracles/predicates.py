"""State predicates of a net by definition, in one marking with the transitions that can fire."""

from __future__ import annotations

import operator
from collections.abc import Collection, Mapping

from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    Not,
    Or,
    Predicate,
)

TESTS = {
    "<=": operator.le, ">=": operator.ge, "==": operator.eq,
    "!=": operator.ne, "<": operator.lt, ">": operator.gt,
}  # fmt: skip


def holds_there(goal: Predicate, tokens: Mapping[str, int], able: Collection[str]) -> bool:
    match goal:
        case Constant(value):
            return value
        case Atom(name):
            return tokens.get(name, 0) > 0
        case Enabled(name):
            return name in able
        case Dead():
            return not able
        case Not(operand):
            return not holds_there(operand, tokens, able)
        case And(operands):
            return all(holds_there(one, tokens, able) for one in operands)
        case Or(operands):
            return any(holds_there(one, tokens, able) for one in operands)
        case Compare(terms, op, bound):
            total = sum(factor * tokens.get(place, 0) for place, factor in terms)
            return bool(TESTS[op](total, bound))
        case _:
            raise AssertionError(goal)
