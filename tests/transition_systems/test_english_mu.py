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
    ("AG (p -> <a> AF q)", "always (it is not so that p holds, or some step a leads to where "
     "(sooner or later, whatever happens, q holds))"),
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
