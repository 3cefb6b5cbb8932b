"""The property language: text and back, values, z3, names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transition_systems.errors import ExpressionError, UsageError
from transition_systems.properties.evaluate import evaluate
from transition_systems.properties.format import format_formula, format_predicate
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
from transition_systems.properties.names import nearest_names, require_names
from transition_systems.properties.parse import parse_formula, parse_predicate
from transition_systems.properties.predicates import (
    FALSE,
    TRUE,
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
from transition_systems.properties.to_z3 import predicate_to_z3
from transition_systems.properties.walk import map_names, names_in, names_in_formula, negate
from transition_systems.source_span import SourceSpan

COUNTERS = ("p", "q", "A", "pay now", 'say "hi"\\', "审批", "enabled", "U", "and", "")
OPS = ("<=", ">=", "==", "!=", "<", ">")
names = st.sampled_from(COUNTERS) | st.text(max_size=6)


def compares(name: st.SearchStrategy[str]) -> st.SearchStrategy[Compare]:
    factor = st.integers(-4, 4).filter(bool)
    terms = st.dictionaries(name, factor, max_size=3).map(lambda d: tuple(d.items()))
    return st.builds(Compare, terms, st.sampled_from(OPS), st.integers(-5, 9))


def predicates(name: st.SearchStrategy[str], *, leaves: int = 12) -> st.SearchStrategy[Predicate]:
    leaf = st.one_of(
        st.sampled_from([TRUE, FALSE, Dead()]),
        compares(name),
        st.builds(Atom, name),
        st.builds(Enabled, name),
    )

    def grow(inner: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
        several = st.lists(inner, min_size=2, max_size=4).map(tuple)
        return st.builds(Not, inner) | st.builds(And, several) | st.builds(Or, several)

    return st.recursive(leaf, grow, max_leaves=leaves)


def formulas() -> st.SearchStrategy[Formula]:
    states = st.builds(State, predicates(names, leaves=4))
    unary = st.sampled_from(["A", "E", "X", "F", "G", "AX", "EX", "AF", "EF", "AG", "EG"])
    binary = st.sampled_from(["U", "W", "R", "AU", "EU"])

    def grow(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
        temporal = st.builds(Unary, unary, inner) | st.builds(Binary, binary, inner, inner)
        some = st.lists(inner, min_size=1, max_size=2)
        mixed = st.builds(lambda a, b: (*a, b), some, temporal)
        return st.one_of(
            temporal,
            st.builds(Negation, temporal),
            st.builds(Conjunction, mixed),
            st.builds(Disjunction, mixed),
            st.builds(Implication, inner, temporal),
        )

    return st.recursive(states, grow, max_leaves=6)


@settings(max_examples=300, derandomize=True)
@given(predicates(names))
def test_a_predicate_reads_back(predicate: Predicate) -> None:
    assert parse_predicate(format_predicate(predicate)) == predicate
    assert eval(repr(predicate)) == predicate
    assert hash(eval(repr(predicate))) == hash(predicate)


@settings(max_examples=300, derandomize=True)
@given(formulas())
def test_a_formula_reads_back(formula: Formula) -> None:
    assert parse_formula(format_formula(formula)) == formula
    assert eval(repr(formula)) == formula


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p", Atom("p")),
        ("p=1", Compare((("p", 1),), "==", 1)),
        ("2*p1 + p3 <= 4", Compare((("p1", 2), ("p3", 1)), "<=", 4)),
        ("p + 1 < q - 3 + p", Compare((("q", -1),), "<", -4)),
        ("-(p - 2) * 3 >= 0", Compare((("p", -3),), ">=", -6)),
        ("3 > p", Compare((("p", -1),), ">", -3)),
        ("A && G", And((Atom("A"), Atom("G")))),
        ("not a or b and c", Or((Not(Atom("a")), And((Atom("b"), Atom("c")))))),
        ("a & b & c | d", Or((And((Atom("a"), Atom("b"), Atom("c"))), Atom("d")))),
        ("(a && b) && c", And((And((Atom("a"), Atom("b"))), Atom("c")))),
        ("a -> b -> c", Or((Not(Atom("a")), Or((Not(Atom("b")), Atom("c")))))),
        ("!p <= 3", Not(Compare((("p", 1),), "<=", 3))),
        ("enabled(t.1) ∧ deadlock", And((Enabled("t.1"), Dead()))),
        ('"a \\"b\\"" ≥ 1', Compare((('a "b"', 1),), ">=", 1)),
        ("((p))", Atom("p")),
    ],
)
def test_predicates_as_people_write_them(text: str, expected: Predicate) -> None:
    assert parse_predicate(text) == expected


P, Q = State(Atom("p")), State(Atom("q"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AG EF p", Unary("AG", Unary("EF", P))),
        ("AG p && q", Conjunction((Unary("AG", P), Q))),
        ("AG p <= 2", Unary("AG", State(Compare((("p", 1),), "<=", 2)))),
        ("A[p U q]", Binary("AU", P, Q)),
        ("E[p W q]", Unary("E", Binary("W", P, Q))),
        ("A (p U q)", Unary("A", Binary("U", P, Q))),
        ("G p U q", Binary("U", Unary("G", P), Q)),
        ("p U q U p", Binary("U", P, Binary("U", Q, P))),
        ("A >= 1", State(Compare((("A", 1),), ">=", 1))),
        ("2 A - F = 0", State(Compare((("A", 2), ("F", -1)), "==", 0))),
        ("AG(p -> F q)", Unary("AG", Implication(P, Unary("F", Q)))),
        ("p -> q", State(Or((Not(Atom("p")), Atom("q"))))),
    ],
)
def test_formulas_as_people_write_them(text: str, expected: Formula) -> None:
    assert parse_formula(text) == expected


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "1:1: an operand is missing; found the end of the text"),
        ("p &&\n  )", "2:3: an operand is missing; found ')'"),
        ("p q", "1:3: the text goes on"),
        ("(p", "a bracket is not closed; found the end of the text; expected ')'"),
        ("A[p U q)", "expected ']'"),
        ("p * q <= 1", "not linear"),
        ("p + 1", "a sum is no truth"),
        ("p <= 1 <= 2", "a truth is no number"),
        ("AG <a> p", "1:4: a modality is of the mu-calculus; found '<a>'"),
        ("p -> EF <a.b> q", "1:9: a modality is of the mu-calculus; found '<a.b>'"),
        ("AG p < q > r", "a truth is no number"),
        ('"p', "a quoted name is not closed"),
        ("p ? q", "no meaning"),
        ("enabled()", "a name is missing"),
        ("(" * 250 + "p" + ")" * 250, "nested more than 200 deep"),
        ("!" * 100_000 + "p", "nested more than 200 deep"),
        ("a->" * 100_000 + "p", "nested more than 200 deep"),
        ("9" * 2000 + " <= p", "digits"),
    ],
)
def test_errors_say_where_and_what(text: str, part: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_formula(text)
    assert part in str(caught.value)


def test_errors_point_into_the_users_file() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_predicate("p <", span=SourceSpan(file="x.toml", line=7, column=10))
    assert str(caught.value).startswith("x.toml:7:13: ")


def naive(node: Predicate, row: dict[str, int], can: set[str]) -> bool:
    match node:
        case Constant(value=value):
            return value
        case Compare(terms=terms, op=op, bound=bound):
            total = sum(row[name] * factor for name, factor in terms)
            return bool(eval(f"{total} {op} {bound}"))
        case Atom(name=name):
            return row[name] >= 1
        case Enabled(name=name):
            return name in can
        case Dead():
            return not can
        case Not(operand=operand):
            return not naive(operand, row, can)
        case And(operands=operands):
            return all(naive(operand, row, can) for operand in operands)
        case Or(operands=operands):
            return any(naive(operand, row, can) for operand in operands)


rows = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.sets(st.sampled_from("pq"))), max_size=6
)


@settings(max_examples=150, derandomize=True)
@given(predicates(st.sampled_from("pq")), rows)
def test_values_agree_with_the_definition(
    predicate: Predicate, states: list[tuple[int, int, set[str]]]
) -> None:
    n = len(states)
    columns = {name: np.array([s[i] for s in states], dtype=int) for i, name in enumerate("pq")}

    def enabled(name: str) -> np.ndarray:
        return np.array([name in s[2] for s in states], dtype=bool)

    def dead() -> np.ndarray:
        return np.array([not s[2] for s in states], dtype=bool)

    expected = [naive(predicate, {"p": p, "q": q}, can) for p, q, can in states]
    assert evaluate(predicate, columns, enabled, n, dead=dead).tolist() == expected
    opposite = evaluate(negate(predicate), columns, enabled, n, dead=dead).tolist()
    assert opposite == [not value for value in expected]


@settings(max_examples=40, derandomize=True)
@given(predicates(st.sampled_from("pq"), leaves=6), st.integers(0, 3), st.integers(0, 3))
def test_z3_agrees(predicate: Predicate, p: int, q: int) -> None:
    import z3

    variables = {"p": z3.Int("p"), "q": z3.Int("q")}
    can = {"p"}
    formula = predicate_to_z3(
        predicate, variables, enabled=lambda t: z3.BoolVal(t in can), dead=lambda: z3.BoolVal(False)
    )
    value = z3.simplify(
        z3.substitute(formula, *((variables[n], z3.IntVal(v)) for n, v in (("p", p), ("q", q))))
    )
    assert z3.is_true(value) == naive(predicate, {"p": p, "q": q}, can)


def test_wide_and_deep_predicates() -> None:
    wide = And(tuple(Compare((("p", 1),), "<=", i) for i in range(10_000)))
    columns = {"p": np.array([0, 1, 5])}
    assert evaluate(wide, columns, None, 3).tolist() == [True, False, False]
    assert parse_predicate(format_predicate(wide)) == wide
    deep: Predicate = Atom("p")
    for _ in range(100_001):
        deep = Not(deep)
    assert evaluate(deep, columns, None, 3).tolist() == [True, False, False]
    assert names_in(deep) == (("p",), ())
    assert negate(deep) == Atom("p")
    assert format_predicate(deep).count("!") == 100_001


def test_sums_beyond_64_bits_are_exact() -> None:
    columns = {"p": np.array([2**62, 1]), "u": np.array([2**64 - 1, 0], dtype=np.uint64)}
    huge = Compare((("p", 4),), ">", 2**64 - 1)
    assert evaluate(huge, columns, None, 2).tolist() == [True, False]
    assert evaluate(Atom("u"), columns, None, 2).tolist() == [True, False]
    both = Compare((("p", 1), ("u", 1)), "==", 2**62 + 2**64 - 1)
    assert evaluate(both, columns, None, 2).tolist() == [True, False]


def test_names_are_found_renamed_and_suggested() -> None:
    predicate = parse_predicate("p1 + p2 <= 3 && enabled(t) && done")
    assert names_in(predicate) == (("done", "p1", "p2"), ("t",))
    assert names_in_formula(parse_formula("AG (p -> EF enabled(t))")) == (("p",), ("t",))
    assert map_names(predicate, lambda _: "x", str.upper) == parse_predicate(
        "2 x <= 3 && enabled(T) && x"
    )
    assert nearest_names("Aproved", ["approved", "rejected"]) == ("approved",)
    with pytest.raises(ExpressionError, match="Did you mean 'p1'"):
        evaluate(Atom("p11"), {"p1": np.array([1])}, None, 1)
    with pytest.raises(ExpressionError, match=r"no place 'zz'$"):
        require_names(["zz"], ["p"], kind="place")
    with pytest.raises(UsageError):
        evaluate(Enabled("t"), {}, None, 1)
    with pytest.raises(UsageError):
        evaluate(Dead(), {}, None, 1)
    atoms = {"final": np.array([True, False])}
    assert evaluate(Not(Atom("final")), {}, None, 2, atoms=atoms).tolist() == [False, True]


def test_a_sum_of_thousands_of_counters_is_not_deep() -> None:
    terms = tuple((f"p{i}", 1 if i % 3 else -2) for i in range(5_000))
    wide = Compare(terms, "<=", 7)
    assert parse_predicate(format_predicate(wide)) == wide
    mixed = parse_predicate(" - ".join(f"p{i}" for i in range(1_000)) + " <= 0")
    assert isinstance(mixed, Compare)
    assert mixed.terms[:2] == (("p0", 1), ("p1", -1))
