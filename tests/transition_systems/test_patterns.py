"""Specification patterns: the CTL and LTL forms agree where there is one path."""

from __future__ import annotations

import random
from typing import get_args

import pytest

from transition_systems.errors import ExpressionError, UsageError
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
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Atom
from transition_systems.temporal.ctl import ctl_states
from transition_systems.temporal.english import formula_in_english
from transition_systems.temporal.observed import lts_holds
from transition_systems.temporal.patterns import Pattern, PatternName, Scope, parse_pattern


def _on_the_path(lts: LTS, after: list[int], formula: Formula) -> set[int]:
    """Return the states whose only path has a formula of LTL: fixpoints along it."""

    def of(node: Formula) -> set[int]:
        everything = set(range(lts.n_states))
        match node:
            case State(predicate):
                return {s for s in everything if lts_holds(lts)(predicate)[s]}
            case Negation(inner):
                return everything - of(inner)
            case Conjunction(parts):
                return set.intersection(*map(of, parts))
            case Disjunction(parts):
                return set.union(*map(of, parts))
            case Implication(left, right):
                return (everything - of(left)) | of(right)
            case Unary("F", inner):
                return until(everything, of(inner), weak=False)
            case Unary("G", inner):
                return everything - until(everything, everything - of(inner), weak=False)
            case Binary("U" | "W" as operator, left, right):
                return until(of(left), of(right), weak=operator == "W")
            case _:
                raise AssertionError(node)

    def until(left: set[int], right: set[int], *, weak: bool) -> set[int]:
        now = set(range(lts.n_states)) if weak else set()
        while True:
            then = right | {s for s in left if after[s] in now}
            if then == now:
                return now
            now = then

    return of(formula)


@pytest.mark.parametrize("name", get_args(PatternName))
@pytest.mark.parametrize("scope", get_args(Scope))
def test_ctl_and_ltl_agree_on_one_path(name: PatternName, scope: Scope) -> None:
    pattern = Pattern(
        name=name, scope=scope, p=Atom("p"),
        s=Atom("s") if name in ("precedence", "response") else None,
        q=Atom("q") if scope in ("after", "between", "after-until") else None,
        r=Atom("r") if scope in ("before", "between", "after-until") else None,
    )  # fmt: skip
    differs = set()
    for seed in range(60):
        rng = random.Random(seed)
        n = rng.randint(1, 6)
        after = [rng.randrange(n) for _ in range(n)]
        atoms = {letter: [rng.random() < 0.4 for _ in range(n)] for letter in "psqr"}
        lts = LTS.from_arcs(n, [(s, "a", t) for s, t in enumerate(after)], atoms=atoms)
        found = set(ctl_states(lts, pattern.ctl()).nonzero()[0].tolist())
        assert found == _on_the_path(lts, after, pattern.ltl()), (seed, pattern)
        differs.add(len(found) == n)
    assert differs == {True, False}


def test_texts_of_patterns() -> None:
    read = parse_pattern('precedence("a, (b", c && d) after-until(e, !f)')
    assert read.s == Atom("a, (b")
    assert read.english() == (
        "From each time that e holds, until f does not hold if ever: "
        "(c holds and d holds) only when or after a, (b holds."
    )
    assert parse_pattern("absence(p)") == Pattern(name="absence", p=Atom("p"))
    for wrong in ("absense(p)", "absence(p, q)", "absence(p) before", "response(p)", "absence(p",
                  "absence(p) during(q)", "absence(p) after(q) more", ""):  # fmt: skip
        with pytest.raises(ExpressionError):
            parse_pattern(wrong)
    with pytest.raises(UsageError, match="needs predicate s"):
        Pattern(name="response", p=Atom("p"))
    with pytest.raises(UsageError, match="has no predicate r"):
        Pattern(name="absence", p=Atom("p"), r=Atom("r"))


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("response(p && !q, dead) between(enabled(x), done(y))",
         "Between each time that x can happen and the next time that the last step completed y: "
         "whenever (p holds and q does not hold), then nothing can happen at that time or later."),
        ("absence(2 p + q <= 4) before r",
         "Before the first time that r holds: it is never the case that 2 p + q <= 4."),
        ("existence(!enabled(x)) after started(y)",
         "From the first time that the last step started y: it is the case at least once that x "
         "cannot happen."),
    ],
)  # fmt: skip
def test_patterns_are_told_in_english_in_their_parts(text: str, english: str) -> None:
    assert parse_pattern(text).english() == english


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("AG (p -> q)", "Whenever p holds, then q holds."),
        ("AG !dead", "Always, whatever happens, something can happen."),
        ("G (p -> F q)", "Whenever p holds, then (at some time q holds)."),
        ("E[p U (q && !r)]", "It is possible that p holds until (q holds and r does not hold), "
         "which comes."),
        ("AG EF (p + 2 q <= 3)",
         "Always, whatever happens, (it is possible to get to where p + 2 q <= 3)."),
        ("!EX enabled(pay)", "It is not so that (some next step leads to where pay can happen)."),
    ],
)  # fmt: skip
def test_english(text: str, english: str) -> None:
    assert formula_in_english(parse_formula(text)) == english


@pytest.mark.parametrize(
    ("text", "found"),
    [("existence(p, after(q))", "2 predicates; expected existence(p)"),
     ("response(p)", "1 predicate; expected response(p, s)"),
     ("absence(p) between(q)", "1 predicate and 1 predicate in its scope; expected absence(p) "
      "between(q, r)")],
)  # fmt: skip
def test_another_number_of_predicates_is_told_with_the_right_one(text: str, found: str) -> None:
    with pytest.raises(ExpressionError, match="A scope stands behind the pattern") as error:
        parse_pattern(text)
    assert f"found {found}" in str(error.value)
