"""Helpers around z3: answers, budgets, text that reads back."""

from __future__ import annotations

import z3

from transition_systems.budget import Budget
from transition_systems.smt import check, model_to_dict, smtlib_text


def test_answers() -> None:
    p, b, s = z3.Int("p"), z3.Bool("b"), z3.String("s")
    answer = check([p == 10**30, b, s == z3.StringVal("x")])
    assert (answer.status, answer.values) == ("sat", {"b": True, "p": 10**30, "s": "x"})
    assert check([p > 0, p < 0]).status == "unsat"
    real = check([z3.Real("r") == z3.Q(1, 3)])
    assert real.values == {"r": "1/3"}


def test_a_budget_ends_with_a_reason() -> None:
    x, y, w = z3.Ints("x y w")
    hard = [x**3 + y**3 + w**3 == 42, x > 10**6]
    answer = check(hard, budget=Budget(seconds=0.2))
    assert answer.status == "unknown"
    assert answer.reason
    assert check([x > 0], budget=Budget(seconds=0)).reason == "the time budget is used up"
    assert check([x > 0], budget=Budget(seconds=60)).status == "sat"


def test_text_reads_back_to_the_same_formulas() -> None:
    p, q = z3.Int("p q"), z3.Int("q")
    assertions = [p + 2 * q >= 3, z3.Or(p == 0, z3.Not(q < 1))]
    text = smtlib_text(assertions, logic="QF_LIA")
    assert text.startswith("(set-logic QF_LIA)\n")
    assert text.endswith("(check-sat)\n")
    again = z3.parse_smt2_string(text)
    assert [a.eq(b) for a, b in zip(again, assertions, strict=True)] == [True, True]
    assert smtlib_text(assertions) == smtlib_text(assertions)


def test_a_model_is_sorted_by_name() -> None:
    solver = z3.Solver()
    solver.add(z3.Int("b") == 1, z3.Int("a") == 2)
    assert solver.check() == z3.sat
    assert list(model_to_dict(solver.model()).items()) == [("a", 2), ("b", 1)]
