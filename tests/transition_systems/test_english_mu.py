"""The mu-calculus in words."""

from __future__ import annotations

import random

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
    ("[a] p && <b> true",
     "(every step a leads to where p holds), and some step b can be taken"),
    ("[a] (p && <b> true)",
     "every step a leads to where (p holds, and some step b can be taken)"),
    ("!<a> p && p", "(it is not so that some step a leads to where p holds), and p holds"),
    ("EF p || <a> true",
     "(it is possible to get to where p holds), or some step a can be taken"),
    ("<a> true && {p && q}", "some step a can be taken, and (p holds and q holds)"),
    ("[a] {p || q}", "every step a leads to where (p holds or q holds)"),
    ("E[<a> p U q]",
     "it is possible that (some step a leads to where p holds) until q holds, which comes"),
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


PREFIXES = {
    "it is not so that ": "!",
    "some step a leads to where ": "<a>",
    "every step b leads to where ": "[b]",
    "always ": "AG",
    "it is possible to get to where ": "EF",
    "it is possible that for ever ": "EG",
    "sooner or later, whatever happens, ": "AF",
}


def random_text(rng: random.Random, depth: int) -> tuple[object, str]:
    """Return a formula as a tree of its operators, and as text."""
    kind = rng.choice("nprccuii") if depth else "l"
    if kind == "l":
        name = rng.choice("pq")
        return name, name
    parts = [random_text(rng, depth - 1) for _ in range(2)]
    (one, some), (other, others) = parts
    if kind in "npr":
        word = rng.choice(list(PREFIXES.values()))
        return (word, one), f"{word} ({some})"
    if kind == "u":
        return ("until", one, other), f"E[({some}) U ({others})]"
    if kind == "i":
        return ("if", one, other), f"(({some}) -> ({others}))"
    word = rng.choice(("and", "or"))
    if word == "or" and isinstance(one, tuple) and one[0] == "!":
        return ("if", one[1], other), f"(({some}) or ({others}))"
    return (word, one, other), f"(({some}) {word} ({others}))"


class Reading:
    """Reads a sentence; what goes before a part goes before as much as can be, or as little."""

    def __init__(self, text: str, *, greedy: bool) -> None:
        self.text, self.greedy = text, greedy

    def took(self, word: str) -> bool:
        found = self.text.startswith(word)
        self.text = self.text.removeprefix(word)
        return found

    def whole(self) -> object:
        found = self.part()
        for word in ("and", "or"):
            if self.took(f", {word} "):
                return word, found, self.part()
        return found

    def rest(self) -> object:
        return self.whole() if self.greedy else self.part()

    def part(self) -> object:
        if self.took("("):
            found = self.whole()
            assert self.took(")"), self.text
            return found
        for words, operator in PREFIXES.items():
            if self.took(words):
                return operator, self.rest()
        if self.took("if "):
            return self.two("if", ", then ", "")
        if self.took("whenever "):
            return "AG", self.two("if", ", then ", "")
        if self.took("it is possible that "):
            return self.two("until", " until ", ", which comes")
        for name in "pq":
            if self.took(f"{name} holds"):
                return name
        raise AssertionError(self.text)

    def two(self, name: str, between: str, end: str) -> object:
        first = self.rest()
        assert self.took(between), self.text
        second = self.rest()
        assert self.took(end), self.text
        return name, first, second


@pytest.mark.parametrize("greedy", [True, False])
def test_a_sentence_can_be_read_in_one_way(greedy: bool) -> None:
    for seed in range(500):
        tree, text = random_text(random.Random(seed), 3)
        told = mu_in_english(parse_mu(text))
        assert told is not None
        reading = Reading(told, greedy=greedy)
        assert reading.whole() == tree, (seed, text)
        assert not reading.text


def test_nested_fixpoints_are_told_once() -> None:
    said = mu_in_english(parse_mu("AG " * 12 + "p"))
    assert said == "always " * 12 + "p holds"


def test_what_would_be_too_long_is_not_told() -> None:
    formula = parse_mu(".".join(["[(a + b)"] + ["(a + b)"] * 20) + "] false")
    assert mu_in_english(formula) is None
    assert mu_sentence(formula, holds=False) == "The formula does not hold at the start."
