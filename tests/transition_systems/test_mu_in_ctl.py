"""Formulas of the mu-calculus as formulas of CTL: the same states, and what is left alone."""

from __future__ import annotations

import random

import numpy as np
import pytest

from netproof.recheck import recheck, recheck_verdict
from netproof.recheck.questions import Linear, Question
from oracles.mu_calculus import mu_states_by_definition
from petri import PetriNet, mu_calculus
from petri.mu_calculus import mu
from strategies_ctl import random_ctl, random_system
from strategies_mu import random_mu
from transition_systems.budget import Budget
from transition_systems.errors import ExpressionError, UndecidedError
from transition_systems.lts import LTS
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import State
from transition_systems.properties.predicates import FALSE
from transition_systems.temporal import mu_in_ctl
from transition_systems.temporal.ctl import ctl_states
from transition_systems.temporal.mu_calculus import ctl_to_mu
from transition_systems.temporal.mu_formulas import MuFormula, format_mu
from transition_systems.temporal.mu_in_ctl import mu_to_ctl
from transition_systems.temporal.mu_parse import parse_mu


def _compared(seed: int) -> bool:
    rng = random.Random(seed)
    formula, lts = random_mu(rng, rng.randint(1, 4)), random_system(rng, most=5)
    lts = LTS.from_arcs(
        lts.n_states, [*lts.arcs(), (0, "a", 0)] if rng.random() < 0.5 else lts.arcs(),
        initial=[0], atoms={name: lts.atoms[name] for name in ("p", "q")},
    )  # fmt: skip
    asked = mu_to_ctl(formula)
    if asked is None or ("enabled(a)" in format_formula(asked) and "a" not in lts.label_names):
        return False
    found = set(np.flatnonzero(ctl_states(lts, format_formula(asked))).tolist())
    assert found == mu_states_by_definition(lts, formula), (seed, format_mu(formula))
    return True


def test_against_the_definition() -> None:
    assert sum(map(_compared, range(200))) > 40


@pytest.mark.campaign
def test_against_the_definition_at_length() -> None:
    assert sum(map(_compared, range(40_000))) > 10_000


def test_there_and_back() -> None:
    """What CTL is translated into is found to be CTL, with the same states."""
    for seed in range(60):
        rng = random.Random(seed)
        formula, lts = random_ctl(rng, rng.randint(1, 4)), random_system(rng, most=5)
        back = mu_to_ctl(ctl_to_mu(formula))
        assert back is not None, format_formula(formula)
        assert (ctl_states(lts, back) == ctl_states(lts, formula)).all()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[true*] <a> true", "AG enabled(a)"),
        ("AG [a || b] false", "AG (!enabled(a) && !enabled(b))"),
        ("<true*> (p && <true> q)", "EF (p && EX q)"),
        ("mu X. p || [true] X", "AF (p || dead)"),
        ("nu X. p && <true> X", "!AF (!p || dead)"),
        ("mu X. q || p && <true> X", "E[p U q]"),
        ("[true] p", "AX p"),
        ("AG EF p", "AG EF p"),
        ("<a> p", None),
        ("nu X. <!a> true && [true] X", None),
        ("nu X. mu Y. <true> X && p || <true> Y", None),
        ("nu X. <true> <true> X", None),
        ("mu X. p || <true> X && <true> X", None),
        ("mu X. X", None),
    ],
)
def test_by_name(text: str, wanted: str | None) -> None:
    """``None`` for what is no formula of CTL."""
    found = mu_to_ctl(parse_mu(text))
    assert (None if found is None else format_formula(found)) == wanted


@pytest.mark.parametrize("unit", ["EG AF ", "EG ", "AG EG ", "AF ", "<true+> ", "!<true*> "])
def test_each_part_is_translated_at_most_twice(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every part and its negation: nesting does not double the work at each level."""
    text = f"{unit}<a> true"
    while True:
        try:
            formula = parse_mu(f"{unit}{text}")
        except ExpressionError:
            break
        text = f"{unit}{text}"
    formula = parse_mu(text)
    called: list[tuple[int, bool]] = []
    translated = mu_in_ctl._Translation._translated

    def counted(self: mu_in_ctl._Translation, node: MuFormula, sign: bool) -> object:
        called.append((id(node), sign))
        return translated(self, node, sign)

    monkeypatch.setattr(mu_in_ctl._Translation, "_translated", counted)
    assert mu_to_ctl(formula) is not None
    assert len(called) == len(set(called))


def test_what_would_be_too_long() -> None:
    """A box that needs no step has an operand twice, and that operand another such box."""
    deep = "".join(f"mu X{n}. p || [true] X{n} && (" for n in range(50)) + "q" + ")" * 50
    assert mu_to_ctl(parse_mu(deep)) is None
    assert mu_to_ctl(parse_mu(deep.replace("[", "<").replace("]", ">"))) is not None


def test_the_clock_is_asked() -> None:
    with pytest.raises(UndecidedError, match="time budget"):
        mu_to_ctl(parse_mu("AG p"), meter=Budget(seconds=0).start())


def cycles(count: int) -> PetriNet:
    """Return a net of so many cycles of two places beside each other."""
    arcs = [arc for n in range(count)
            for arc in ((f"a{n}", f"u{n}"), (f"u{n}", f"b{n}"), (f"b{n}", f"d{n}"), (f"d{n}", f"a{n}"))]  # fmt: skip
    return PetriNet(
        places=[f"{side}{n}" for n in range(count) for side in "ab"],
        transitions=[f"{side}{n}" for n in range(count) for side in "ud"],
        arcs=arcs, initial=[f"a{n}" for n in range(count)],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "outcome", "kind"),
    [
        ("[true*] <u1 || d1> true", "HOLDS", "linear-proof"),
        ("[true*] <true*> (b3 && a1)", "HOLDS", "ranked-regions"),
        ("<true*> [true*] <u1> true", "VIOLATED", "ranked-regions"),
        ("[true*] ([true] b3 || <true*> (a1 && <u1> true))", "HOLDS", "ctl-diagrams"),
        ("<true*> (b3 && nu X. b1 && <true> X)", "HOLDS", "ctl-diagrams"),
    ],
)
def test_nets_with_too_many_markings(
    text: str, outcome: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mu_calculus, "FEW", 100)
    net = cycles(14)
    verdict = mu(net, text, budget=Budget(states=2_000))
    assert str(verdict.outcome) == outcome
    assert verdict.evidence is not None
    assert verdict.evidence.kind == kind
    assert recheck(verdict.evidence, net).passed

    def asked(other: str, outcome: str) -> bool:
        question = Question(linear=Linear(formula=State(FALSE), mu=parse_mu(other)))
        return recheck_verdict(other, outcome, verdict.evidence, net, question=question).passed

    contrary = "VIOLATED" if outcome == "HOLDS" else "HOLDS"
    assert asked(text, outcome)
    assert not asked(text, contrary)
    assert not asked(text.replace("u1", "u2").replace("b3", "b2"), outcome)
    assert not asked("<u1> <d1> true", outcome)
