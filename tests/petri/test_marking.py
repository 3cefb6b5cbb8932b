"""Markings: value, text, arithmetic, the covering order."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petri import Marking
from strategies_petri import ids
from transition_systems.errors import InputError, UsageError

tokens = st.dictionaries(ids, st.integers(0, 4), max_size=4)
fixed = settings(max_examples=150, derandomize=True)


@given(tokens)
@fixed
def test_text_repr_dict_array_and_pickle_round_trip(counts: dict[str, int]) -> None:
    m = Marking(counts)
    assert Marking.parse(str(m)) == m
    assert eval(repr(m)) == m
    assert Marking(m.to_dict()) == m
    order = sorted(counts)
    assert Marking.from_array(m.to_array(order), order) == m
    again = pickle.loads(pickle.dumps(m))
    assert again == m
    assert hash(again) == hash(m)
    assert 0 not in m.to_dict().values()


@given(tokens, tokens)
@fixed
def test_arithmetic_and_order_are_pointwise(a: dict[str, int], b: dict[str, int]) -> None:
    m, n = Marking(a), Marking(b)
    places = set(a) | set(b)
    assert all((m + n)[p] == a.get(p, 0) + b.get(p, 0) for p in places)
    assert m + n == n + m
    assert (m + n) - n == m
    covers = all(a.get(p, 0) >= b.get(p, 0) for p in places)
    assert (m >= n) == covers
    assert (n <= m) == covers
    assert (m > n) == (covers and m != n)
    assert (n < m) == (covers and m != n)
    if not covers:
        with pytest.raises(UsageError):
            m - n
    assert (m * 3).total == 3 * m.total == (3 * m).total


def test_equality_ignores_zeros_and_order() -> None:
    m = Marking({"p": 1, "q": 2, "r": 0})
    assert m == Marking({"q": 2, "p": 1})
    assert hash(m) == hash(Marking({"q": 2, "p": 1}))
    assert m == {"p": 1, "q": 2, "s": 0}
    assert m != Marking({"p": 1})
    assert m != 3
    assert m["nowhere"] == 0
    assert "r" not in m
    assert len(m) == 2
    assert Marking(["p", "q", "q"]) == m
    assert Marking([("p", 1), ("q", 2)]) == m
    assert Marking({"p": np.int64(1)}).to_dict()["p"].__class__ is int


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", {}),
        ("", {}),
        ("p", {"p": 1}),
        (" p + p ", {"p": 2}),
        ("2p", {"p": 2}),
        ("3 * p.x", {"p.x": 3}),
        ("0 p + q", {"q": 1}),
        (r'2 "a\"+b" + "ü"', {'a"+b': 2, "ü": 1}),
    ],
)
def test_parse(text: str, expected: dict[str, int]) -> None:
    assert Marking.parse(text) == Marking(expected)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("+", 1),
        ("p +", 4),
        ("p q", 3),
        ("2", 1),
        ("2 3 p", 1),
        ("p - q", 3),
        ('"a', 1),
        ("p +\n+", 1),
    ],
)
def test_parse_says_where_it_is_wrong(text: str, column: int) -> None:
    with pytest.raises(InputError, match="marking") as caught:
        Marking.parse(text)
    assert caught.value.span is not None
    assert caught.value.span.column == column


def test_refusals() -> None:
    for bad in ({"p": -1}, {"p": 1.5}, {"p": "1"}, {1: 1}, {"p": 2**63}, "p"):
        with pytest.raises(UsageError):
            Marking(bad)
    with pytest.raises(InputError, match="2\\*\\*62"):
        Marking.parse("9" * 5000 + " p")
    with pytest.raises(InputError):
        Marking.parse("1" + " " * 20_000)
    with pytest.raises(UsageError, match="no place"):
        Marking({"p": 1}).to_array(["q"])
    with pytest.raises(UsageError):
        Marking.from_array([1, 2], ["p"])
    with pytest.raises(UsageError):
        Marking.from_array([-1], ["p"])
    with pytest.raises(TypeError):
        Marking({"p": 1})["p"] = 2
