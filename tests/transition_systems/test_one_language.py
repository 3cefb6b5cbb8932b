"""Modalities, fixpoints, predicates and CTL in one formula: one grammar, against the definition."""

from __future__ import annotations

import random
import re
from typing import Any

import numpy as np
import pytest

from netproof.recheck import recheck_mu
from oracles.ctl import ctl_states_by_definition
from oracles.one_language import States, Tree, states_of, text_of
from strategies_ctl import random_ctl, random_system
from transition_systems.errors import ExpressionError, NetproofError, UsageError
from transition_systems.lts import LTS
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Unary
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Atom
from transition_systems.temporal.mu_calculus import check_mu, mu_states
from transition_systems.temporal.mu_formulas import (
    Bound,
    Every,
    Fixpoint,
    Holds,
    Labels,
    Modal,
    MuFormula,
    Some,
    format_mu,
    same_mu,
)
from transition_systems.temporal.mu_parse import ParsedMu, parse_mu, parse_temporal

HOSTILE: tuple[str, ...] = (
    "a.b", "pay:start", 'say "no"', "{x}", "true", "mu", "nu", "A", "AG", "U", "X", "Z0", "not",
    "and", "done(x)", "enabled(a)", "müde €", "[", "<a>", "(", "", "dead", "back\\slash", "\n",
)  # fmt: skip
VARIABLES = ("X", "A", "AG", "U", "not", "true", "Z0", "enabled")


def random_tree(rng: random.Random, depth: int, names: list[str], bound: tuple[str, ...]) -> Tree:
    if depth == 0 or rng.random() < 0.1:
        if bound and rng.random() < 0.6:
            return "var", rng.choice(bound)
        leaf: Tree = ("atom", rng.choice(names))
        return ("not", leaf) if rng.random() < 0.3 else leaf

    def part() -> Tree:
        return random_tree(rng, depth - 1, names, bound)

    kind = rng.random()
    if kind < 0.2:
        return rng.choice(("and", "or")), part(), part()
    if kind < 0.25:
        return "->", random_tree(rng, depth - 1, names, ()), part()
    if kind < 0.5:
        return rng.choice(("<>", "[]")), rng.choice((None, *names, "tau")), part()
    if kind < 0.7:
        name = rng.choice(VARIABLES)
        return rng.choice(("mu", "nu")), name, random_tree(rng, depth - 1, names, (*bound, name))
    quantifier, operator = rng.choice("AE"), rng.choice("XFGUWR")
    if operator in "XFG":
        return quantifier, operator, part()
    return quantifier, operator, part(), part()


def renamed(lts: LTS, names: list[str], rng: random.Random) -> LTS:
    """Return a system with other names of its labels and atoms."""
    arcs = [(s, None if a is None else names[a == "b"], t) for s, a, t in lts.arcs()]
    atoms = {name: [rng.random() < 0.5 for _ in range(lts.n_states)] for name in names}
    return LTS.from_arcs(lts.n_states, arcs, initial=lts.initial.tolist(), atoms=atoms)


def agree(seed: int) -> None:
    rng = random.Random(seed)
    names = rng.sample(HOSTILE, 2)
    lts = renamed(random_system(rng, most=5), names, rng)
    tree = random_tree(rng, rng.randint(1, 5), names, ())
    text = text_of(tree)
    wanted: States = states_of(lts, tree)
    assert set(np.flatnonzero(mu_states(lts, text, labels=names)).tolist()) == wanted, (seed, text)
    parsed = parse_mu(text)
    assert same_mu(parse_mu(format_mu(parsed)), parsed), (seed, text)
    verdict = check_mu(lts, text, labels=names)
    assert verdict.holds is wanted.issuperset(lts.initial.tolist())
    assert verdict.evidence is not None
    assert recheck_mu(text, verdict.outcome, verdict.evidence, lts).passed
    other = "VIOLATED" if verdict.holds else "HOLDS"
    assert not recheck_mu(text, other, verdict.evidence, lts).passed


@pytest.mark.parametrize("start", range(0, 120, 12))
def test_mixed_formulas_against_the_definition(start: int) -> None:
    for seed in range(start, start + 12):
        agree(seed)


@pytest.mark.campaign
def test_many_mixed_formulas_against_the_definition() -> None:
    for seed in range(10_000, 22_000):
        agree(seed)


def test_ctl_reads_the_same_with_the_mu_calculus_and_alone() -> None:
    for seed in range(150):
        rng = random.Random(seed)
        lts, formula = random_system(rng), random_ctl(rng, rng.randint(1, 4))
        found = mu_states(lts, format_formula(formula))
        assert set(np.flatnonzero(found).tolist()) == ctl_states_by_definition(lts, formula), seed


ANY = Labels(frozenset(), others=True)


def one(kind: Any, label: str, part: MuFormula) -> MuFormula:
    return Modal(kind, Labels(frozenset((label,))), part)


P, Q = Holds(Atom("p")), Holds(Atom("q"))
# What the mu-calculus read before CTL stood beside it; letters and words of CTL are names here.
AS_BEFORE: dict[str, MuFormula] = {
    "<a> G": one("diamond", "a", Holds(Atom("G"))),
    "[a] AX && E": Every((one("box", "a", Holds(Atom("AX"))), Holds(Atom("E")))),
    "nu A. <a> A": Fixpoint("nu", "A", one("diamond", "a", Bound("A"))),
    "nu X.mu Y.<a>X || <b>Y": Fixpoint("nu", "X", Fixpoint("mu", "Y", Some((
        one("diamond", "a", Bound("X")), one("diamond", "b", Bound("Y")))))),
    "<a> and && not": Every((one("diamond", "a", Holds(Atom("and"))), Holds(Atom("not")))),
    "mu not. <a> not": Fixpoint("mu", "not", one("diamond", "a", Bound("not"))),
    "mu true. p || true": Fixpoint("mu", "true", Some((P, Bound("true")))),
    "<enabled> enabled": one("diamond", "enabled", Holds(Atom("enabled"))),
    "<a.b> p": one("diamond", "a", one("diamond", "b", P)),
    "p && mu X. q || [true] X": Every((P, Fixpoint("mu", "X", Some((
        Q, Modal("box", ANY, Bound("X"))))))),
    "(p && q) && p": Every((Every((P, Q)), P)),
    "U || <U> W": Some((Holds(Atom("U")), one("diamond", "U", Holds(Atom("W"))))),
}  # fmt: skip


@pytest.mark.parametrize("text", AS_BEFORE)
def test_what_was_read_is_read_in_the_same_way(text: str) -> None:
    assert parse_mu(text) == AS_BEFORE[text]


@pytest.mark.parametrize(
    "text",
    ["AG < 3", "A >= 1 && EF E", "AG < a && b > c", "EF mu", "E[p U q]", "A[G]", "nu > 1",
     "AG ({A >= 1} -> p)", "G p", "A F G p", "mu.X || EX nu"],
)  # fmt: skip
def test_what_has_no_modality_is_no_formula_of_the_mu_calculus(text: str) -> None:
    assert parse_temporal(text) == parse_formula(text)


@pytest.mark.parametrize(
    "text",
    ["{s0} && <G> true", "EX true && <G> true", "AG <G> true", "<a> AG p", "mu X. p || AX X",
     "A [p U <a> q]", "p < 3 -> <a> q >= 2", "not <a> p or [b] q", "AG mu X. p || <a> X"],
)  # fmt: skip
def test_modalities_stand_with_predicates_and_ctl(text: str) -> None:
    found = parse_temporal(text)
    assert isinstance(found, ParsedMu)
    assert found.modal
    assert found.branching is bool(re.search(r"A ?[GX\[]|EX", text))
    assert found.formula == parse_mu(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<a> true && G p", r"1:13: 'G' speaks of a path.*found 'G p'. Write AG f or EG f"),
        ("<a> p U q", r"'U' speaks of a path.*Write A\[f U g\]"),
        ("A G F <a> true", r"1:5: 'F' speaks of a path"),
        ("nu X. X q", "'X' speaks of a path"),
        ("<a,b> true", r"1:3: this character has no meaning in a modality; found ','"),
        ("AG [p -> q]", "no meaning in a modality"),
        ("<a> true <b> true", "no number"),
        ("mu X <a> X", "found '<'"),
        ("<a> {p &&}", "1:10: an operand is missing"),
        ("<a", "something else belongs here; found the end"),
        ("<" + "(" * 5000 + "a" + ")" * 5000 + " || b> p", "nested too deep"),
        ("<" + "(a.b + " * 5000 + "> p", "nested too deep"),
        ("<a" + "*" * 5000 + "> p", "nested too deep"),
        ("<a" + "+" * 40 + "> p", "more than 10,000 steps"),
        ("<a>" * 5000 + "p", "nested more than 250 deep"),
        ("mu X. " * 5000 + "X", "nested more than 250 deep"),
        ("<" + ".".join("a" * 5000) + "> p", "nested more than 250 deep"),
    ],
)
def test_errors(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        parse_temporal(text)
    with pytest.raises(ExpressionError, match=message):
        parse_mu(text)


def test_an_error_without_a_modality_is_told_as_of_a_formula_without() -> None:
    for text in ("AG (p &&", "p q", "p # q", "AG and"):
        with pytest.raises(ExpressionError) as wanted:
            parse_formula(text)
        with pytest.raises(ExpressionError) as found:
            parse_temporal(text)
        assert str(found.value) == str(wanted.value)
    with pytest.raises(ExpressionError, match="a modality is of the mu-calculus"):
        parse_formula("AG [a] p")


def test_names_in_quotes_are_no_brackets() -> None:
    assert parse_formula('A "["') != parse_formula("A")
    assert isinstance(parse_formula('A "["'), Unary)
    with pytest.raises(NetproofError):
        parse_formula('enabled "(" a)')


def test_a_variable_under_an_operator_of_ctl_counts_its_negations() -> None:
    lts = LTS.from_arcs(2, [(0, "a", 1)], atoms={"p": [False, True]})
    assert mu_states(lts, "mu X. p || AX X").tolist() == [True, True]
    assert mu_states(lts, "nu X. EG X").tolist() == [True, True]
    with pytest.raises(UsageError, match="odd number of negations"):
        mu_states(lts, "mu X. AG (X -> p)")
