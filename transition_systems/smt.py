"""Small helpers around z3: checking within a budget, exact SMT-LIB text, models as integers.

z3 is imported by the first call, never at import.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from transition_systems.budget import Budget
from transition_systems.errors import UsageError

__all__ = ["SmtAnswer", "check", "load_z3", "model_to_dict", "smtlib_text"]

Status = Literal["sat", "unsat", "unknown"]


def load_z3() -> Any:
    """Return the module ``z3``.

    Raises
    ------
    UsageError
        When the package ``z3-solver`` is not installed; the message says how to install it.
    """
    try:
        return importlib.import_module("z3")
    except ImportError as error:
        raise UsageError(
            "this needs the solver z3, which is not installed; run 'pip install z3-solver'"
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtAnswer:
    """The answer of the solver to one question.

    Parameters
    ----------
    status
        ``"sat"``, ``"unsat"`` or ``"unknown"``.
    values
        For ``"sat"``: the values of the variables that the model gives.
    reason
        For ``"unknown"``: why.
    """

    status: Status
    values: Mapping[str, int | bool | str] = field(default_factory=dict[str, "int | bool | str"])
    reason: str | None = None


def model_to_dict(model: Any) -> dict[str, int | bool | str]:
    """Return a z3 model as plain values by name: integers and booleans, other sorts as text.

    Examples
    --------
    >>> z3 = load_z3()
    >>> solver = z3.Solver()
    >>> solver.add(z3.Int("p") == 3)
    >>> solver.check()
    sat
    >>> model_to_dict(solver.model())
    {'p': 3}
    """
    z3 = load_z3()
    values: dict[str, int | bool | str] = {}
    for declaration in model.decls():
        if declaration.arity() != 0:
            continue
        value = model[declaration]
        if z3.is_int_value(value):
            values[declaration.name()] = value.as_long()
        elif z3.is_true(value) or z3.is_false(value):
            values[declaration.name()] = bool(z3.is_true(value))
        elif z3.is_string_value(value):
            values[declaration.name()] = value.as_string()
        else:
            values[declaration.name()] = str(value)
    return dict(sorted(values.items()))


def check(
    assertions: Iterable[Any], *, budget: Budget | None = None, seed: int | None = None
) -> SmtAnswer:
    """Decide whether formulas can be true together, within a budget.

    Parameters
    ----------
    assertions
        z3 formulas.
    budget
        Its seconds and bytes bound the solver.
    seed
        The solver's random seed (0 when not given, so that runs repeat).

    Returns
    -------
    SmtAnswer
        ``unknown`` with a reason when the budget ends or the theory is too hard; never an
        exception.

    Examples
    --------
    >>> z3 = load_z3()
    >>> p = z3.Int("p")
    >>> check([p >= 2, p <= 1]).status, check([p > 2, p < 4]).values
    ('unsat', {'p': 3})
    """
    z3 = load_z3()
    solver = z3.Solver()
    solver.set("random_seed", 0 if seed is None else seed)
    left = None if budget is None else budget.remaining()
    if left is not None:
        if left <= 0:
            return SmtAnswer(status="unknown", reason="the time budget is used up")
        solver.set("timeout", max(1, min(int(left * 1000), (1 << 32) - 2)))
    if budget is not None and budget.bytes is not None:
        solver.set("max_memory", max(1, budget.bytes >> 20))
    solver.add(*assertions)
    try:
        answer = str(solver.check())
    except z3.Z3Exception as error:
        return SmtAnswer(status="unknown", reason=f"the solver failed: {error}")
    if answer == "sat":
        return SmtAnswer(status="sat", values=model_to_dict(solver.model()))
    if answer == "unsat":
        return SmtAnswer(status="unsat")
    why = solver.reason_unknown()
    spent = "timeout" in why or "canceled" in why or "interrupted" in why
    reason = "the time budget is used up" if spent else f"the solver cannot decide it: {why}"
    return SmtAnswer(status="unknown", reason=reason)


def smtlib_text(assertions: Iterable[Any], *, logic: str | None = None) -> str:
    """Return a complete SMT-LIB script that any solver can run: declare, assert, check.

    Parameters
    ----------
    assertions
        z3 formulas.
    logic
        The name for ``set-logic``, e.g. ``"QF_LIA"``.

    Returns
    -------
    str
        Lines in a fixed order, ending in ``(check-sat)``; reading it back with z3 gives formulas
        that are equal to the given ones.

    Examples
    --------
    >>> z3 = load_z3()
    >>> print(smtlib_text([z3.Int("p") >= 1], logic="QF_LIA"))
    (set-logic QF_LIA)
    (declare-fun p () Int)
    (assert (>= p 1))
    (check-sat)
    <BLANKLINE>
    """
    z3 = load_z3()
    solver = z3.Solver()
    solver.add(*assertions)
    lines = [line for line in solver.sexpr().splitlines() if line.strip()]
    head = [] if logic is None else [f"(set-logic {logic})"]
    return "\n".join([*head, *lines, "(check-sat)", ""])
