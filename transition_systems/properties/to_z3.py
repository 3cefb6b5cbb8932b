"""State predicates as z3 formulas over integers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from transition_systems.errors import UsageError
from transition_systems.properties.names import unknown_name
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
from transition_systems.properties.walk import fold_predicate
from transition_systems.smt import load_z3

__all__ = ["predicate_to_z3"]


def predicate_to_z3(
    predicate: Predicate,
    variables: Mapping[str, Any],
    *,
    enabled: Callable[[str], Any] | None = None,
    dead: Callable[[], Any] | None = None,
    atoms: Mapping[str, Any] | None = None,
) -> Any:
    """Translate a predicate to a z3 formula that is equivalent to it.

    Parameters
    ----------
    predicate
        What to translate.
    variables
        For each counter its integer term.
    enabled, dead
        Give the formulas for ``enabled(name)`` and ``dead``.
    atoms
        Formulas for atoms; an atom that is not among them but is a counter means ``>= 1``.

    Returns
    -------
    z3.BoolRef
        Linear integer arithmetic, of a size linear in the predicate's.

    Raises
    ------
    ExpressionError
        For an unknown name, with the nearest ones.
    UsageError
        For ``enabled(...)`` or ``dead`` where no formula for them was given.

    Examples
    --------
    >>> import z3
    >>> predicate_to_z3(Compare((("p", 2),), "<=", 4), {"p": z3.Int("p")})
    2*p <= 4
    """
    z3 = load_z3()

    known: Mapping[str, Any] = {} if atoms is None else atoms

    def variable(name: str) -> Any:
        if name not in variables:
            raise unknown_name(name, [*variables, *known])
        return variables[name]

    def combine(node: Predicate, parts: list[Any]) -> Any:
        match node:
            case Constant(value=value):
                return z3.BoolVal(value)
            case Compare(terms=terms, op=op, bound=bound):
                products = [variable(n) if c == 1 else c * variable(n) for n, c in terms]
                total = z3.IntVal(0) if not products else products[0]
                if len(products) > 1:
                    total = z3.Sum(products)
                return {
                    "<=": lambda: total <= bound,
                    ">=": lambda: total >= bound,
                    "==": lambda: total == bound,
                    "!=": lambda: total != bound,
                    "<": lambda: total < bound,
                    ">": lambda: total > bound,
                }[op]()
            case Atom(name=name):
                return known[name] if name in known else variable(name) >= 1
            case Enabled(name=name):
                if enabled is None:
                    raise UsageError("the predicate asks enabled(...), which is not known here")
                return enabled(name)
            case Dead():
                if dead is None:
                    raise UsageError("the predicate asks for deadlocks, which are not known here")
                return dead()
            case Not():
                return z3.Not(parts[0])
            case And():
                return z3.And(*parts) if parts else z3.BoolVal(True)
            case Or():
                return z3.Or(*parts) if parts else z3.BoolVal(False)

    return fold_predicate(predicate, combine)
