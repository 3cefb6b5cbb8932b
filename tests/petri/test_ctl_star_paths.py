"""CTL* with one path quantifier where markings cannot be listed, against lists and by recheck."""

from __future__ import annotations

import random

import pytest

import petri.ctl_star
from engine_cases import random_net
from netproof import check
from netproof.recheck import Question, recheck_verdict
from netproof.recheck.questions import Linear
from petri import PetriNet
from petri.ctl_star import ctl_star
from state_space_nets import pairs
from transition_systems.budget import Budget
from transition_systems.evidence import CtlStarProof, Evidence, LtlLasso, LtlRanks
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import (
    Binary,
    Formula,
    Negation,
    State,
    Unary,
    UnaryOperator,
)
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Dead, Enabled, Predicate, at_least

OPERATORS: tuple[UnaryOperator, ...] = ("X", "F", "G")
QUANTIFIERS: tuple[UnaryOperator, ...] = ("A", "E")


LARGE = pairs(20)


def accepted(text: str, outcome: str, evidence: Evidence | None, net: PetriNet) -> bool:
    """Return whether evidence is accepted for an outcome of a formula of CTL*."""
    asked = Question(linear=Linear(formula=parse_formula(text), branching=True))
    return recheck_verdict(text, outcome, evidence, net, question=asked).passed


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("E (G F p0 && F G q1)", True),
        ("E (G F p0 && G F (p0 && q0))", False),
        ("E (F G (p0 && q3) && !F q2)", True),
        ("A (G F p0 -> G F q1)", False),
        ("E (G p0 && F !p0)", False),
    ],
)
def test_a_million_markings(text: str, holds: bool) -> None:
    verdict = ctl_star(LARGE, text, budget=Budget(seconds=60))
    assert verdict.holds is holds
    assert verdict.violated is not holds
    assert accepted(text, verdict.outcome, verdict.evidence, LARGE)
    assert not accepted(text, "VIOLATED" if holds else "HOLDS", verdict.evidence, LARGE)
    for other in (f"!({text})", f"{text[:2]}G {text[2:]}", f"A {text[2:]}", f"E {text[2:]}"):
        if other != text:
            assert not accepted(other, verdict.outcome, verdict.evidence, LARGE)


def test_a_path_for_ever_of_a_net_without_a_bound() -> None:
    net = PetriNet(
        places=["on", "off", "sent"], transitions=["send", "stop"],
        arcs=[("on", "send"), ("send", "on"), ("send", "sent"), ("on", "stop"), ("stop", "off")],
        initial=["on"],
    )  # fmt: skip
    verdict = ctl_star(net, "E (X X off && F G off)", budget=Budget(seconds=20))
    assert verdict.holds
    assert isinstance(verdict.evidence, LtlLasso)
    (entry,) = check(net, properties=["E (X X off && F G off)"]).verdicts
    assert str(entry.outcome) == "HOLDS"
    assert entry.rechecked == "passed"


def of_paths(rng: random.Random, net: PetriNet, depth: int) -> Formula:
    """Return a formula of linear temporal logic over the places and transitions of a net."""
    if depth == 0 or rng.random() < 0.2:
        leaves: list[Predicate] = [at_least(rng.choice(net.place_ids), rng.randint(1, 2)), Dead()]
        if net.transition_ids:
            leaves.append(Enabled(rng.choice(net.transition_ids)))
        return State(rng.choice(leaves))
    inner = of_paths(rng, net, depth - 1)
    kind = rng.random()
    if kind < 0.2:
        return Negation(inner)
    if kind < 0.7:
        return Unary(rng.choice(OPERATORS), inner)
    return Binary("U", inner, of_paths(rng, net, depth - 1))


def test_the_same_as_on_all_markings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random formulas about random nets, decided with and without a list; both rechecked."""
    on_the_fly = 0
    for seed in range(250):
        rng = random.Random(seed)
        net = random_net(seed)
        text = format_formula(Unary(rng.choice(QUANTIFIERS), of_paths(rng, net, 3)))
        limit = Budget(seconds=20, states=3_000)
        with monkeypatch.context() as patch:
            patch.setattr(petri.ctl_star, "FEW", 1)
            found = ctl_star(net, text, budget=limit)
        listed = ctl_star(net, text, budget=limit)
        if found.unknown or listed.unknown:
            continue
        assert found.outcome == listed.outcome, (seed, text)
        for verdict in (found, listed):
            assert accepted(text, verdict.outcome, verdict.evidence, net), (seed, text)
        on_the_fly += not isinstance(found.evidence, CtlStarProof)
        if isinstance(found.evidence, LtlLasso | LtlRanks):
            other = "VIOLATED" if found.holds else "HOLDS"
            assert not accepted(text, other, found.evidence, net)
    assert on_the_fly > 80
