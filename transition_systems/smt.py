"""Small helpers around z3: checking within a budget, exact SMT-LIB text, models as integers.

z3 is imported by the first call, never at import.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from transition_systems.budget import OUT_OF_TIME, Budget
from transition_systems.errors import UsageError

__all__ = [
    "OUT_OF_TIME",
    "SmtAnswer",
    "all_of",
    "any_of",
    "check",
    "load_z3",
    "model_to_dict",
    "smtlib_text",
]

Status = Literal["sat", "unsat", "unknown"]
STEPS = "rlimit count"


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


def all_of(terms: Sequence[Any]) -> Any:
    """Return the conjunction of terms in standard SMT-LIB, which has no ``and`` of fewer than two.

    Examples
    --------
    >>> all_of([]).sexpr()
    'true'
    """
    z3 = load_z3()
    if len(terms) == 1:
        return terms[0]
    return z3.And(list(terms)) if terms else z3.BoolVal(True)


def any_of(terms: Sequence[Any]) -> Any:
    """Return the disjunction of terms in standard SMT-LIB, which has no ``or`` of fewer than two.

    Examples
    --------
    >>> any_of([]).sexpr()
    'false'
    """
    z3 = load_z3()
    if len(terms) == 1:
        return terms[0]
    return z3.Or(list(terms)) if terms else z3.BoolVal(False)


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
    steps
        What the solver counted as its steps (z3's ``rlimit count``); with other questions of its
        context before, theirs are among them.
    """

    status: Status
    values: Mapping[str, int | bool | str] = field(default_factory=dict[str, "int | bool | str"])
    reason: str | None = None
    steps: int = 0


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
        if z3.is_arith(value) and not _is_number(value):
            continue  # a sum that the solver named for itself, perhaps for an earlier question
        if z3.is_int_value(value):
            values[declaration.name()] = value.as_long()
        elif z3.is_true(value) or z3.is_false(value):
            values[declaration.name()] = bool(z3.is_true(value))
        elif z3.is_string_value(value):
            values[declaration.name()] = value.as_string()
        else:
            values[declaration.name()] = str(value)
    return dict(sorted(values.items()))


def _is_number(value: Any) -> bool:
    z3 = load_z3()
    return bool(
        z3.is_int_value(value) or z3.is_rational_value(value) or z3.is_algebraic_value(value)
    )


def check(
    assertions: Iterable[Any],
    *,
    budget: Budget | None = None,
    seed: int | None = None,
    effort: int | None = None,
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
    effort
        The largest number of the solver's own steps (z3's ``rlimit``, some 5 million a second).
        The question is then asked in a context of its own, so that neither the load of the
        machine nor what was asked before changes the answer; only the budget's end does.

    Returns
    -------
    SmtAnswer
        ``unknown`` with a reason when the budget ends or the theory is too hard; never an
        exception.

    Notes
    -----
    A context of its own costs some 10 ms.

    Examples
    --------
    >>> z3 = load_z3()
    >>> p = z3.Int("p")
    >>> check([p >= 2, p <= 1]).status, check([p > 2, p < 4]).values
    ('unsat', {'p': 3})
    """
    z3 = load_z3()
    asked = list(assertions)
    if effort is None:
        solver = z3.Solver()
    else:
        own = z3.Context()
        solver = z3.Solver(ctx=own)
        asked = [assertion.translate(own) for assertion in asked]
        solver.set("rlimit", max(1, min(effort, (1 << 32) - 1)))
    solver.set("random_seed", 0 if seed is None else seed)
    left = None if budget is None else budget.remaining()
    if left is not None:
        if left <= 0:
            return SmtAnswer(status="unknown", reason=OUT_OF_TIME)
        solver.set("timeout", max(1, min(int(left * 1000), (1 << 32) - 2)))
    if budget is not None and budget.bytes is not None:
        solver.set("max_memory", max(1, budget.bytes >> 20))
    solver.add(*asked)
    try:
        answer = str(solver.check())
    except z3.Z3Exception as error:
        return SmtAnswer(status="unknown", reason=f"the solver failed: {error}")
    steps = _steps(solver)
    if answer == "sat":
        return SmtAnswer(status="sat", values=model_to_dict(solver.model()), steps=steps)
    if answer == "unsat":
        return SmtAnswer(status="unsat", steps=steps)
    return SmtAnswer(status="unknown", reason=_reason(solver, effort, steps), steps=steps)


def _steps(solver: Any) -> int:
    statistics = solver.statistics()
    return int(statistics.get_key_value(STEPS)) if STEPS in set(statistics.keys()) else 0


def _reason(solver: Any, effort: int | None, steps: int) -> str:
    why = str(solver.reason_unknown())
    if effort is not None and steps >= effort:
        return f"the effort of {effort:,} steps of the solver is used up"
    if "timeout" in why or "canceled" in why or "interrupted" in why:
        return OUT_OF_TIME
    return f"the solver cannot decide it: {why}"


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
