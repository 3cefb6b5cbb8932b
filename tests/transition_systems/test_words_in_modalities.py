"""Connectives inside modalities as outside, and brackets that are taken for those of until."""

from __future__ import annotations

import pytest

from transition_systems import ExpressionError
from transition_systems.temporal.mu_formulas import same_mu
from transition_systems.temporal.mu_parse import parse_mu, parse_temporal


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("<a or b> p", "<a || b> p"),
        ("<a|b> p", "<a || b> p"),
        ("<a ∨ b> p", "<a || b> p"),
        ("<a & !b> p", "<a && !b> p"),
        ("<true and not b> p", "<!b> p"),
        ("[not a] false", "[!a] false"),
        ("[¬a ∧ ¬b] false", "[!(a || b)] false"),
        ("[not (a or b)] false", "[!a && !b] false"),
        ("<a.not b> p", "<a> <!b> p"),
        ("<(a or b)*.c> p", "<(a || b)*.c> p"),
        ("<(a or b) and not c> p", "<(a || b) && !c> p"),
        ('<"a b" or c> p', '<"a b" || c> p'),
        ("<a + b or c> p", "<a> p || <b || c> p"),
        ("<not> <or> <and> p", '<"not"> <"or"> <"and"> p'),
        ("<a or not> p", '<a || "not"> p'),
    ],
)
def test_connectives(written: str, meant: str) -> None:
    assert same_mu(parse_mu(written), parse_mu(meant))


@pytest.mark.parametrize("text", ["<a orb> p", "<a or> p", "<a not b> p"])
def test_what_is_no_connective(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_mu(text)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("E[b] true", "E[b]"),
        ("E [a] true", "E[a]"),
        ("A[a] p", "A[a]"),
        ("p && (A[b && c] p)", "A[b && c]"),
        ("E[b] <a> true", "E[b]"),
        ("<a> A[b] true", "A[b]"),
        ('E["b U c"] [a] true', 'E["b U c"]'),
    ],
)
def test_a_bracket_that_was_taken_for_that_of_until(text: str, taken: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_temporal(text)
    letter, inside = taken[0], taken[1:]
    assert caught.value.message == f"{taken} was taken as the bracket of {letter}[p U q]"
    assert f"in parentheses: {letter} ({inside} f)" in str(caught.value)
    parse_temporal(f"{letter} ({inside} p)")


@pytest.mark.parametrize("text", ["A[p U q] r", "E[F p] q", 'A "E[b] c" d', "A[p] <= 2", "f[b] p"])
def test_other_errors_stay(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_temporal(text)
    assert "was taken" not in caught.value.message


@pytest.mark.parametrize("text", ["A[p] or q", "E[p] -> q", "A[p U q]", "A[p] && E[F q]"])
def test_brackets_without_a_modality_stay(text: str) -> None:
    parse_temporal(text)
