"""The mu-calculus in words."""

from __future__ import annotations

import pytest

from transition_systems.temporal.english_mu import mu_in_english, mu_sentence
from transition_systems.temporal.mu_parse import parse_mu

CASES = [
    ("<true> true", "some step can be taken"),
    ("[true] false", "no step can be taken"),
    ("<a || b> shipped", "some step a or b leads to where shipped holds"),
    ("[!a] dead", "every step other than a leads to where nothing can happen"),
    ("<true*.pay> true", "it is possible to get to where some step pay can be taken"),
    ("[true*.pay] false", "always no step pay can be taken"),
    ("<a*> dead", "some number of steps a leads to where nothing can happen"),
    ("[a*] !dead", "after any number of steps a, it is not so that nothing can happen"),
    ("AG (p -> <a> AF q)", "whenever p holds, then some step a leads to where "
     "(sooner or later, whatever happens, q holds)"),
    ("p -> <a> q", "if p holds, then some step a leads to where q holds"),
    ("<a> true && (p -> [b] q)",
     "some step a can be taken, and (if p holds, then every step b leads to where q holds)"),
    ("A[p U <tau> true]",
     "whatever happens, p holds until some step tau can be taken, which comes"),
    ("E[p U <a> true]", "it is possible that p holds until some step a can be taken, which comes"),
    ("A[p W <a> true]", "on every run p holds until some step a can be taken, or for ever"),
    ("E[p W <a> true]", "on some run p holds until some step a can be taken, or for ever"),
    ("A[p R <a> true]", "on every run some step a can be taken until and while p holds, or for ever"),
    ("E[p R <a> true]", "on some run some step a can be taken until and while p holds, or for ever"),
    ("mu X. (dead || (p && <a> X))",
     "the state is in X, the smallest set of states such that nothing can happen, or (p holds, and "
     "some step a leads to a state in X)"),
    ("nu Y. mu X. (Y || (p && <true> X))",
     "the state is in Y, the largest set of states such that it is possible that p holds until the "
     "state is in Y, which comes"),
    ("EG <a> true", "it is possible that for ever some step a can be taken"),
    ("mu X. (dead || <a> X) && <b> X",
     "the state is in X, the smallest set of states such that (nothing can happen, or some step a "
     "leads to a state in X), and some step b leads to a state in X"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), CASES)
def test_formulas_in_words(text: str, told: str) -> None:
    assert mu_in_english(parse_mu(text)) == told
    assert mu_sentence(parse_mu(text), holds=True) == f"At the start {told}."


def test_what_would_be_too_long_is_not_told() -> None:
    formula = parse_mu(".".join(["[(a + b)"] + ["(a + b)"] * 20) + "] false")
    assert mu_in_english(formula) is None
    assert mu_sentence(formula, holds=False) == "The formula does not hold at the start."
