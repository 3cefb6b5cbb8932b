"""Typed expressions: text and back, types, values, arrays, z3."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transition_systems.errors import ExpressionError, UsageError
from transition_systems.expressions.ast import (
    Binary,
    Boolean,
    Expr,
    Integer,
    Logical,
    Name,
    Real,
    String,
    Unary,
    names_in,
    walk,
)
from transition_systems.expressions.check import check, infer, resolve_members
from transition_systems.expressions.evaluate import Value, evaluate_expression
from transition_systems.expressions.format import format_expression
from transition_systems.expressions.numpy_compile import compile_expression
from transition_systems.expressions.parse import parse_expression as parse
from transition_systems.expressions.to_z3 import feasible_subsets, mutually_exclusive, to_z3
from transition_systems.expressions.types import (
    BOOLEAN,
    INTEGER,
    REAL,
    STRING,
    Type,
    enumeration,
)
from transition_systems.smt import check as smt_check
from transition_systems.source_span import SourceSpan

COLOUR = enumeration("red", "green", "blue")
TYPES: dict[str, Type] = {
    "b": BOOLEAN,
    "c": BOOLEAN,
    "i": INTEGER,
    "j": INTEGER,
    "x": REAL,
    "s": STRING,
    "colour": COLOUR,
}
numbers = st.integers(-5, 5)
reals = st.integers(-20, 20).map(lambda n: Fraction(n, 4))


def arithmetic(whole: bool) -> st.SearchStrategy[Expr]:
    leaf = st.one_of(st.builds(Integer, numbers), st.builds(Name, st.sampled_from("ij")))
    if not whole:
        leaf |= st.builds(Real, reals) | st.just(Name("x"))
    operators = "+-*%" if whole else "+-*/"

    def grow(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        two = st.builds(Binary, st.sampled_from(operators), inner, inner)
        names = inner.filter(lambda node: not isinstance(node, (Integer, Real)))
        return two | st.builds(Unary, st.just("-"), names)

    return st.recursive(leaf, grow, max_leaves=4)


def truths() -> st.SearchStrategy[Expr]:
    sides = arithmetic(True) | arithmetic(False)
    compare = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    equal = st.sampled_from(["==", "!="])
    texts = st.builds(String, st.sampled_from(["", "a", "b c", "é'\"\\"])) | st.just(Name("s"))
    colours = st.builds(String, st.sampled_from(COLOUR.members)) | st.just(Name("colour"))
    leaf = st.one_of(
        st.builds(Boolean, st.booleans()),
        st.builds(Name, st.sampled_from("bc")),
        st.builds(Binary, compare, sides, sides),
        st.builds(Binary, compare, texts, texts),
        st.builds(Binary, equal, colours, st.just(Name("colour"))),
    )

    def grow(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.one_of(
            st.builds(Unary, st.just("not"), inner),
            st.builds(Logical, st.sampled_from(["and", "or"]), several),
            st.builds(Binary, equal, inner, inner),
        )

    return st.recursive(leaf, grow, max_leaves=5)


assignments = st.fixed_dictionaries(
    {
        "b": st.booleans(),
        "c": st.booleans(),
        "i": numbers,
        "j": numbers,
        "x": reals,
        "s": st.sampled_from(["", "a", "b c"]),
        "colour": st.sampled_from(COLOUR.members),
    }
)


@settings(max_examples=300, derandomize=True)
@given(truths())
def test_an_expression_reads_back(expression: Expr) -> None:
    again = parse(format_expression(expression))
    assert again == expression
    assert hash(again) == hash(expression)
    assert eval(repr(expression)) == expression
    assert check(expression, TYPES) == BOOLEAN


@settings(max_examples=150, derandomize=True)
@given(truths(), st.lists(assignments, min_size=1, max_size=4))
def test_arrays_agree_with_single_values(expression: Expr, rows: list[dict[str, Value]]) -> None:
    exact: list[bool | None] = []
    messages: set[str] = set()
    for row in rows:
        try:
            value = evaluate_expression(expression, row)
            assert isinstance(value, bool)
            exact.append(value)
        except ExpressionError as error:
            exact.append(None)
            messages.add(error.message)
    assert messages <= {"division by zero"}
    compiled = compile_expression(expression, TYPES)
    columns = {name: np.array([_plain(row[name]) for row in rows]) for name in TYPES}
    if None in exact:
        with pytest.raises(ExpressionError, match="division by zero"):
            compiled(columns)
    elif not any(isinstance(node, Binary) and node.operator == "/" for node in walk(expression)):
        assert compiled(columns).tolist() == exact


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Fraction) else value


@settings(max_examples=60, derandomize=True, deadline=None)
@given(truths(), assignments)
def test_z3_agrees_with_values(expression: Expr, row: dict[str, Value]) -> None:
    import z3

    translation = to_z3(infer([expression], TYPES))
    constants = []
    for name, variable in translation.variables.items():
        value = row[name]
        if name == "colour":
            constants.append((variable, z3.IntVal(COLOUR.members.index(str(value)))))
        elif isinstance(value, bool):
            constants.append((variable, z3.BoolVal(value)))
        elif isinstance(value, str):
            constants.append((variable, z3.StringVal(value)))
        else:
            fraction = Fraction(value)
            made = z3.IntVal(int(value)) if TYPES[name] == INTEGER else z3.RealVal(str(fraction))
            constants.append((variable, made))
    fine = z3.simplify(z3.substitute(translation.defined[0], *constants))
    try:
        expected = evaluate_expression(expression, row)
    except ExpressionError:
        assert z3.is_false(fine)
        return
    assert z3.is_true(fine)
    value = z3.simplify(z3.substitute(translation.formulas[0], *constants))
    assert smt_check([value if expected else z3.Not(value)]).status == "sat"
    assert smt_check([z3.Not(value) if expected else value]).status == "unsat"


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("${amount > 1000}", "amount > 1000"),
        (" #{ ok }", "ok"),
        ("= a = 1", "a == 1"),
        ("a === 'x' AND NOT b", 'a == "x" && !b'),
        ("a ne 1 or b ge 2", "a != 1 || b >= 2"),
        ("not a == b", "!(a == b)"),
        ("!a == b", "(!a) == b"),
        ("a <> 1.50", "a != 1.5"),
        ("$order.total < -3", "order.total < -3"),
        ("a && b && c || d", "(a && b && c) || d"),
        ("a - b - c > 1 + 2 * 3 % 4", "((a - b) - c) > (1 + ((2 * 3) % 4))"),
        ("n = 1e3", "n == 1000.0"),
        ("审批 == true", "审批 == true"),
    ],
)
def test_conditions_as_people_write_them(text: str, same: str) -> None:
    assert parse(text) == parse(same)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "1:1: an operand is missing; found the end of the text"),
        ("a >\n > b", "2:2: an operand is missing; found '>'"),
        ("(a", "expected ')'"),
        ("a b", "1:3: "),
        ("items[0] > 1", "1:6: this has no meaning"),
        ("isEmpty(a)", "1:1: function calls"),
        ("a != null", "1:6: conditions here have no null value"),
        ("'abc", "a quote is not closed"),
        ("12ab > 1", "no meaning"),
        ("(" * 300 + "a" + ")" * 300, "nested more than 200 deep"),
        ("!" * 300 + "a", "nested more than 200 deep"),
        ("+".join("a" * 5000), "nested more than 200 deep"),
        ("a" * 200_000, "longer than"),
        ("1e9999 > 1", "no meaning"),
    ],
)
def test_parse_errors_say_where(text: str, part: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert part in str(caught.value)


def test_spans_are_kept_and_do_not_count() -> None:
    base = SourceSpan(file="f.bpmn", line=10, column=4, element="Flow_1")
    node = parse("${a ==\n  b1}", span=base)
    assert isinstance(node, Binary)
    assert str(node.left.span) == "f.bpmn:10:6: Flow_1"
    assert node.right.span is not None
    assert (node.right.span.line, node.right.span.end_column) == (11, 5)
    assert node == parse("a == b1")
    assert node != parse("a == b2")
    groups = [Integer(1), Real(Fraction(1)), Boolean(True), String("1"), Name("x"), String("x")]
    for one, other in itertools.combinations(groups, 2):
        assert one != other
    wide = parse(" && ".join(f"a{i}" for i in range(10_000)))
    assert len(names_in(wide)) == 10_000


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a + true > 1", "types do not fit; found a truth and a number"),
        ("a > 1 && a == 'x'", "types do not fit"),
        ("a && a > 1", "types do not fit"),
        ("colour == 'pink'", "1:11: not a member of the enumeration; found 'pink'"),
        ("colour < 'red'", "has no meaning here"),
        ("colour == s", "types do not fit; found enumeration of red, green, blue and string"),
        ("1 < i < 3", "types do not fit"),
        ("x % 2 == 0", "'%' takes integers"),
        ("a == d", "nothing tells the type of 'a'"),
        ("1 + 2", "types do not fit"),
    ],
)
def test_type_errors(text: str, part: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        infer([parse(text)], TYPES)
    assert part in str(caught.value)


def test_types_are_inferred() -> None:
    typing = infer([parse("n > 1 && m % 2 = 0 && t == 'x' && !f && k == colour && z < n")], TYPES)
    assert {name: typing.types[name] for name in "nmtfkz"} == {
        "n": REAL,
        "m": INTEGER,
        "t": STRING,
        "f": BOOLEAN,
        "k": COLOUR,
        "z": REAL,
    }
    assert resolve_members(parse("colour != red"), TYPES) == parse("colour != 'red'")
    assert check(parse("i / 2"), TYPES) == REAL
    assert check(parse("i + j * 2"), TYPES) == INTEGER
    assert check(parse("colour"), TYPES) == COLOUR
    with pytest.raises(ExpressionError, match="Did you mean 'colour'"):
        check(parse("color == 'red'"), TYPES)


def test_values() -> None:
    assert evaluate_expression(parse("0.1 + 0.2 == 0.3"), {}) is True
    assert evaluate_expression(parse("-7 % 3"), {}) == -1
    assert evaluate_expression(parse("a == 0 || 1 / a > 0"), {"a": 0}) is True
    for text, values in (
        ("a", {}),
        ("1 / a", {"a": 0}),
        ("a && b", {"a": 1, "b": 2}),
        ("'a'*2", {}),
    ):
        with pytest.raises(ExpressionError):
            evaluate_expression(parse(text), values)
    deep: Expr = Name("a")
    for _ in range(100_000):
        deep = Unary("not", deep)
    assert evaluate_expression(deep, {"a": True}) is True
    with pytest.raises(ExpressionError, match="64 bits"):
        compile_expression(parse("i * j > 1"), TYPES)(
            {"i": np.array([2**40]), "j": np.array([2**40])}
        )


@pytest.mark.parametrize(("i", "j"), [(7, 3), (-7, 3), (7, -3), (-7, -3), (6, -3)])
def test_remainders_have_the_sign_of_the_dividend(i: int, j: int) -> None:
    expected = i - j * int(i / j)
    values = {"i": i, "j": j}
    assert evaluate_expression(parse("i % j"), values) == expected
    columns = {name: np.array([value]) for name, value in values.items()}
    assert compile_expression(parse("i % j"), TYPES)(columns).tolist() == [expected]
    texts = [f"i == {i} && j == {j} && i % j == {expected}"]
    assert feasible_subsets([parse(text) for text in texts], TYPES) == {frozenset(), frozenset([0])}


def test_a_guarded_division_is_fine_everywhere() -> None:
    columns = {"i": np.array([0, 2, 5])}
    for text, expected in (
        ("i != 0 && 10 / i > 3", [False, True, False]),
        ("i == 0 || 10 / i > 3", [True, True, False]),
    ):
        condition = parse(text)
        assert compile_expression(condition, TYPES)(columns).tolist() == expected
        zero = parse("i == 0")
        assert frozenset([0, 1]) in feasible_subsets([zero, parse("i == 0 || 1 / i > 0")], TYPES)
    assert feasible_subsets([parse("1 / i > 0"), zero], TYPES) == {frozenset(), frozenset([0])}
    with pytest.raises(ExpressionError, match="division by zero"):
        compile_expression(parse("10 / i > 3 && i != 0"), TYPES)(columns)


def test_which_conditions_can_be_true_together() -> None:
    def subsets(*texts: str, types: dict[str, Type] | None = None) -> set[frozenset[int]]:
        return feasible_subsets([parse(text) for text in texts], types)

    def sets(*members: tuple[int, ...]) -> set[frozenset[int]]:
        return {frozenset(member) for member in members}

    assert subsets("a > 10", "a <= 10") == sets((0,), (1,))
    assert subsets("a > 10", "a < 5") == sets((), (0,), (1,))
    assert subsets("p", "q") == sets((), (0,), (1,), (0, 1))
    assert subsets("a > 1", "a < 2") == sets((0,), (1,), (0, 1))
    assert subsets("a > 1", "a < 2", types={"a": INTEGER}) == sets((0,), (1,))
    assert subsets("c == 'red'", "c == 'green'", "c == 'blue'", types={"c": COLOUR}) == sets(
        (0,), (1,), (2,)
    )
    assert subsets("c == red", "c != green", types={"c": COLOUR}) == sets((), (1,), (0, 1))
    assert subsets("s == 'é\\\\u{41}'", "s == 'éA'") == sets((), (0,), (1,))
    assert subsets("true", "1 > 2") == sets((0,))
    assert subsets() == sets(())
    assert mutually_exclusive([parse("n == 1"), parse("n == 2")])
    with pytest.raises(UsageError):
        feasible_subsets([parse("a")] * 13)


@settings(max_examples=15, derandomize=True, deadline=None)
@given(st.lists(truths(), min_size=1, max_size=3), st.lists(assignments, min_size=1, max_size=5))
def test_each_assignment_gives_a_feasible_subset(
    conditions: list[Expr], rows: list[dict[str, Value]]
) -> None:
    linear = not any(
        isinstance(node, Binary) and node.operator in ("*", "/", "%")
        for condition in conditions
        for node in walk(condition)
    )
    if linear:
        found = feasible_subsets(conditions, TYPES)
        for row in rows:
            true = {i for i, c in enumerate(conditions) if evaluate_expression(c, row) is True}
            assert frozenset(true) in found
