"""The mu-calculus by parity games, against the definition, and CTL translated into it."""

from __future__ import annotations

import random

import numpy as np
import pytest

from netproof.recheck import recheck_mu
from oracles.ctl import ctl_states_by_definition
from oracles.mu_calculus import mu_states_by_definition
from petri import PetriNet
from petri.mu_calculus import mu
from strategies_ctl import random_ctl, random_system
from transition_systems.budget import Budget
from transition_systems.errors import ExpressionError, UndecidedError, UnsupportedError, UsageError
from transition_systems.evidence import evidence_from_dict
from transition_systems.lts import LTS
from transition_systems.properties.predicates import Atom
from transition_systems.temporal import mu_play, parity_games
from transition_systems.temporal.action_formulas import ActionFormula, Connected, Labels, inverted
from transition_systems.temporal.mu_calculus import check_mu, ctl_to_mu, mu_states
from transition_systems.temporal.mu_formulas import (
    Bound,
    Every,
    Fixpoint,
    Holds,
    Modal,
    MuFormula,
    No,
    Some,
    format_mu,
    same_mu,
)
from transition_systems.temporal.mu_parse import parse_mu

LABELS = (
    Labels(frozenset("a")), Labels(frozenset("b")), Labels(frozenset(), True),
    Labels(frozenset(("tau",))), Labels(frozenset("a"), True),
)  # fmt: skip


def random_action(rng: random.Random, depth: int) -> ActionFormula:
    """Return an action formula; connectives stand inside others."""
    if depth == 0 or rng.random() < 0.7:
        return rng.choice(LABELS)
    parts = tuple(random_action(rng, depth - 1) for _ in range(rng.randint(2, 3)))
    made = Connected("and" if rng.random() < 0.5 else "or", parts)
    return inverted(made) if rng.random() < 0.3 else made


def random_mu(rng: random.Random, depth: int, bound: tuple[str, ...] = ()) -> MuFormula:
    """Return a closed formula; fixpoints alternate, names are used again inside."""
    if depth == 0 or rng.random() < 0.1:
        if bound and rng.random() < 0.7:
            return Bound(rng.choice(bound))
        leaf: MuFormula = Holds(Atom(rng.choice("pq")))
        return No(leaf) if rng.random() < 0.3 else leaf
    kind = rng.random()
    if kind < 0.3:
        make = rng.choice((Every, Some))
        return make(tuple(random_mu(rng, depth - 1, bound) for _ in range(rng.choice((1, 2, 2)))))
    if kind < 0.65:
        word = "diamond" if rng.random() < 0.5 else "box"
        return Modal(word, random_action(rng, 2), random_mu(rng, depth - 1, bound))
    name = rng.choice("XYZ")
    inside = random_mu(rng, depth - 1, (*bound, name))
    return Fixpoint("mu" if rng.random() < 0.5 else "nu", name, inside)


def test_against_the_definition() -> None:
    for seed in range(700):
        rng = random.Random(seed)
        lts, formula = random_system(rng, most=5), random_mu(rng, rng.randint(1, 7))
        if rng.random() < 0.3:
            formula = No(formula)
        wanted = mu_states_by_definition(lts, formula)
        found = set(np.flatnonzero(mu_states(lts, formula, labels="ab")).tolist())
        assert found == wanted, (seed, format_mu(formula))
        again = parse_mu(format_mu(formula))
        assert mu_states_by_definition(lts, again) == wanted, (seed, format_mu(formula))


HOSTILE = (
    "a.b", "pay.start", "ship:all", "a$", "$", "true", "false", "dead", "deadlock", "enabled", "mu",
    "nu", "X", "Z0", "not <b>", 'say "no"', "back\\slash", "line\nbreak", "{x}", "a]b", "(", "", "é",
    "1st", "a || b", "a*", "a.b*", "!a", "A", "done(pay)",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_every_name_is_the_label_and_the_atom_of_that_name(name: str) -> None:
    """``a.b`` in quotes is one label, not a sequence of two."""
    lts = LTS.from_arcs(
        3, [(0, name, 1), (1, "b", 2), (0, "a", 2)], atoms={name: [False, True, False]}
    )
    one = Labels(frozenset((name,)))
    step = Modal("diamond", one, Holds(Atom(name)))
    formulas: list[tuple[MuFormula, bool]] = [
        (step, True),
        (Modal("box", one, No(Holds(Atom(name)))), False),
        (Modal("box", inverted(one), Holds(Atom(name))), False),
        (Fixpoint("mu", "X", Some((step, Modal("diamond", one, Bound("X"))))), True),
    ]
    for formula, wanted in formulas:
        text = format_mu(formula)
        assert same_mu(parse_mu(text), formula), text
        assert bool(mu_states(lts, formula)[0]) is wanted
        verdict = check_mu(lts, formula)
        assert verdict.holds is wanted
        for asked in (formula, text):
            assert recheck_mu(asked, verdict.outcome, verdict.evidence, lts).passed
            other = "VIOLATED" if wanted else "HOLDS"
            assert not recheck_mu(asked, other, verdict.evidence, lts).passed
    other = Modal("diamond", Labels(frozenset((name + "x",))), Holds(Atom(name)))
    evidence = check_mu(lts, step).evidence
    assert evidence is not None
    assert not recheck_mu(other, "HOLDS", evidence, lts).passed


def test_formulas_are_the_same_by_names_and_shape() -> None:
    a, b = (Modal("diamond", Labels(frozenset((name,))), Bound("X")) for name in "ab")
    assert same_mu(Every((a, Some(()))), Every((Some((a,)), Some(()))))
    assert not same_mu(Every((a, b)), Some((a, b)))
    assert not same_mu(Every((a, b)), Every((a,)))
    assert not same_mu(Fixpoint("mu", "X", a), Fixpoint("nu", "X", a))
    with pytest.raises(UsageError):
        check_mu(LTS.from_arcs(1), Bound("X"))


def test_ctl_and_its_translation_agree() -> None:
    for seed in range(300):
        rng = random.Random(seed)
        lts, formula = random_system(rng), random_ctl(rng, rng.randint(1, 4))
        found = set(np.flatnonzero(mu_states(lts, ctl_to_mu(formula))).tolist())
        assert found == ctl_states_by_definition(lts, formula), seed


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("<a> true", {0, 1}),
        ("[a] false", {2, 3}),
        ("<!a> true", {1}),
        ("<a.a> true", {0}),
        ("<a*> <tau> true", {0, 1}),
        ("<a+> dead", {0, 1}),
        ("[(a + tau)*] !<b> true", {0, 1, 2, 3}),
        ("<(a.a)*> <tau> true", {1}),
        ("<a || tau> <a && !b> true", {0}),
        ("nu X. [true] X && !<b> true", {0, 1, 2, 3}),
        ("mu X. [true] X", {0, 1, 2, 3}),
        ("[true*.a] <true*> dead", {0, 1, 2, 3}),
        ("{final} || <a> {enabled(tau)}", {0, 2}),
        ("enabled(a) -> <tau> true", {1, 2, 3}),
        ("<(a || b)> <a> true", {0}),
    ],
)
def test_texts(text: str, states: set[int]) -> None:
    lts = LTS.from_arcs(4, [(0, "a", 1), (1, "a", 2), (1, None, 3)], final=[2])
    assert set(np.flatnonzero(mu_states(lts, text, labels="ab")).tolist()) == states


def test_a_truly_alternating_formula() -> None:
    """Infinitely often p on some path, which no formula without alternation says."""
    lts = LTS.from_arcs(
        5, [(0, "a", 1), (1, "a", 0), (2, "a", 2), (2, "a", 0), (3, "a", 3), (4, "a", 3)],
        atoms={"p": [True, False, False, False, True]},
    )  # fmt: skip
    often = "nu X. mu Y. <true> (p && X || Y)"
    assert mu_states(lts, often).tolist() == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<a true", "something else"),
        ("mu . X", "no meaning"),
        ("mu X p", "something else"),
        ("<> p", "label is missing"),
        ("p &&", "operand is missing"),
        ("p q", "goes on"),
        ("p # q", "no meaning"),
        ("(" * 400 + "p" + ")" * 400, "nested more than 250 deep"),
    ],
)
def test_errors_in_texts(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        parse_mu(text)


def test_variables_must_be_bound_and_positive() -> None:
    lts = LTS.from_arcs(1)
    with pytest.raises(UsageError, match="negations"):
        mu_states(lts, "mu X. !X")
    with pytest.raises(UsageError, match="no fixpoint"):
        mu_states(lts, Bound("X"))
    with pytest.raises(ExpressionError):
        mu_states(lts, "unknown_atom")
    with pytest.raises(UnsupportedError, match="parts"):
        mu_states(lts, "<a.b + b>" * 60 + " true")
    with pytest.raises(UndecidedError):
        mu_states(LTS.from_arcs(2, [(0, "a", 1)]), "<a> true", budget=Budget(seconds=0))


@pytest.mark.parametrize("seed", range(40))
def test_strategies_are_rechecked(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(5):
        lts, formula = random_system(rng), random_mu(rng, 4)
        text = format_mu(formula)
        where = mu_states_by_definition(lts, formula)
        verdict = check_mu(lts, formula, labels="ab")
        assert verdict.holds is where.issuperset(lts.initial.tolist())
        assert verdict.evidence is not None
        proof = evidence_from_dict(verdict.evidence.to_dict())
        assert proof == verdict.evidence
        result = recheck_mu(text, verdict.outcome, proof, lts)
        assert result.passed, (result.reason, text)
        other = "VIOLATED" if verdict.holds else "HOLDS"
        assert recheck_mu(text, other, proof, lts).status == "failed"


def test_a_misspelt_label_is_answered() -> None:
    lts = LTS.from_arcs(2, [(0, "pay", 1)])
    known = LTS.from_arrays(1, [], [], [], label_names=["tau", "✓", "pay"])
    for text in ("<pya> true", "[!pya] false", "<true*.(a . pya)*> true", "AG [pya] dead"):
        text = text.replace("a . ", "pay . ")
        for asked in (mu_states, check_mu):
            with pytest.raises(ExpressionError, match=r"no label 'pya'. Did you mean 'pay'\?"):
                asked(lts, text)
            asked(lts, text, labels=["pya"])
    assert mu_states(known, "<pay || tau> true").tolist() == [False]  # a label without steps
    net = PetriNet(places=["p"], transitions=["pay"], arcs=[("p", "pay")], initial=["p"])
    with pytest.raises(ExpressionError, match=r"no transition 'pya'. Did you mean 'pay'\?"):
        mu(net, "<pya> true")
    assert mu(net, "<pay> true").holds


def test_a_strategy_ends_in_time() -> None:
    lts = LTS.from_arcs(3, [(0, "a", 1), (1, "b", 0), (1, "a", 2)])
    assert check_mu(lts, "nu X. <true> X", budget=Budget(seconds=0)).unknown


@pytest.mark.parametrize("levels", [0, 1, 3])
def test_one_position_after_the_other(levels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where levels are narrow, positions are taken singly: the same states, and good strategies."""
    for module in (parity_games, mu_play):
        monkeypatch.setattr(module, "NARROW_LEVELS", levels)
    for seed in range(150):
        rng = random.Random(1000 + seed)
        lts, formula = random_system(rng), random_mu(rng, 4)
        wanted = mu_states_by_definition(lts, formula)
        assert mu_states(lts, formula, labels="ab").tolist() == [
            s in wanted for s in range(lts.n_states)
        ]
        verdict = check_mu(lts, formula, labels="ab")
        text = format_mu(formula)
        assert verdict.evidence is not None
        assert recheck_mu(text, verdict.outcome, verdict.evidence, lts).passed


def test_a_long_chain() -> None:
    n = 20_000
    lts = LTS.from_arrays(
        n, np.arange(n - 1), np.full(n - 1, 2), np.arange(1, n), label_names=["tau", "✓", "a"]
    )
    verdict = check_mu(lts, "[true*] <true*> dead")
    assert verdict.holds
    assert verdict.evidence is not None
    assert recheck_mu("[true*] <true*> dead", "HOLDS", verdict.evidence, lts).passed
