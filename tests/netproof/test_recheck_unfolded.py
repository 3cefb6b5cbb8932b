"""Whether a claim in CTL says what a formula of the mu-calculus does, for the recheck."""

from __future__ import annotations

import random

import numpy as np
import pytest

from netproof.recheck import recheck, recheck_verdict
from netproof.recheck.questions import Linear, Question
from netproof.recheck.result import SkippedError, Watch
from netproof.recheck.unfolded import says_in_ctl
from oracles.mu_calculus import mu_states_by_definition
from petri import PetriNet, mu_calculus
from petri.mu_calculus import mu
from strategies_ctl import random_ctl, random_system
from strategies_mu import random_mu
from transition_systems.budget import Budget
from transition_systems.evidence import Claim, RunEvidence
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula, Negation, State
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import FALSE, Dead
from transition_systems.run import Run
from transition_systems.temporal import mu_in_ctl
from transition_systems.temporal.ctl import ctl_states
from transition_systems.temporal.mu_calculus import ctl_to_mu
from transition_systems.temporal.mu_formulas import MuFormula
from transition_systems.temporal.mu_in_ctl import mu_to_ctl
from transition_systems.temporal.mu_parse import parse_mu


def said(claim: str, asked: MuFormula, *, holds: bool = True) -> bool:
    evidence = RunEvidence(claim=Claim(formula=claim, model_digest="0"), run=Run(initial={}))
    return says_in_ctl(evidence, asked, holds=holds, watch=Watch())


def _asked(seed: int) -> tuple[MuFormula, Formula | None]:
    rng = random.Random(seed)
    formula = random_mu(rng, rng.randint(1, 5))
    if rng.random() < 0.5:
        formula = ctl_to_mu(random_ctl(rng, rng.randint(1, 4)))
    return formula, mu_to_ctl(formula)


def _confirmed(seed: int) -> bool:
    """Compare what the engine decides in place of a formula, and the contrary."""
    formula, found = _asked(seed)
    if found is None:
        return False
    claim, contrary = format_formula(found), format_formula(Negation(found))
    assert said(claim, formula), (seed, claim)
    assert said(contrary, formula, holds=False), (seed, claim)
    assert not said(contrary, formula)
    assert not said(claim, formula, holds=False)
    return True


def test_what_the_engine_decides_instead_is_confirmed() -> None:
    assert sum(map(_confirmed, range(300))) > 150


@pytest.mark.campaign
def test_what_the_engine_decides_instead_is_confirmed_at_length() -> None:
    assert sum(map(_confirmed, range(40_000))) > 20_000


def _accepted(seed: int) -> bool:
    """Claims of other formulas: one that is accepted implies the formula that is asked."""
    rng = random.Random(seed)
    if rng.random() < 0.5:
        claim, asked = random_ctl(rng, 1), ctl_to_mu(random_ctl(rng, 1))
    else:
        claim, asked = random_ctl(rng, 1), random_mu(rng, 1)
    if not said(format_formula(claim), asked):
        return False
    for _ in range(10):
        lts = random_system(rng, most=4)
        holding = set(np.flatnonzero(ctl_states(lts, claim)).tolist())
        assert holding <= mu_states_by_definition(lts, asked), (seed, format_formula(claim))
    return True


def test_what_is_accepted_follows() -> None:
    assert sum(map(_accepted, range(1_500))) > 5


@pytest.mark.campaign
def test_what_is_accepted_follows_at_length() -> None:
    assert sum(map(_accepted, range(200_000))) > 1_000


@pytest.mark.parametrize(
    ("claim", "asked", "answers"),
    [
        ("AG p", "nu X. [true] X && p", True),
        ("A G (E F p)", "[true*] <true*> p", True),
        ("A[p U q]", "mu X. q || p && <true> true && [true] X", True),
        ("A[p U q]", "mu X. q || p && [true] X", False),
        ("A[p U (q || p && dead)]", "mu X. q || p && [true] X", True),
        ("A[p W q]", "nu X. q || p && [true] X", True),
        ("E[p R q]", "nu X. q && (p || dead || <true> X)", True),
        ("E[p R q]", "nu X. q && (p || <true> X)", False),
        ("EG p", "nu X. p && <true> X", False),
        ("EX true", "<true> true", True),
        ("!enabled(a) && !enabled(b)", "[a || b] false", True),
        ("EF (x <= 3)", "<true*> !{x > 3}", True),
        ("p -> AX q", "!p || [true] q", True),
        ("EX p", "<a> p", False),
        ("AG enabled(a)", "[true*] <!a> true", False),
        ("EF p", "mu X. p || <true> <true> X", False),
        ("EF p", "mu X. p || <a> X", False),
        ("EF p", "nu X. p || <true> X", False),
        ("EF p", "nu Y. mu X. p || <true> X || <true> Y", False),
        ("EF p", "mu X. p || <true> X || [true] X", False),
        ("unbounded", "<true*> p", False),
        ("F p", "mu X. p || <true> true && [true] X", False),
        ('AG "done(a)"', "AG done(a)", False),
    ],
)
def test_by_name(claim: str, asked: str, answers: bool) -> None:
    assert said(claim, parse_mu(asked)) is answers
    if claim not in ("unbounded", "F p"):
        contrary = format_formula(Negation(parse_formula(claim)))
        assert said(contrary, parse_mu(asked), holds=False) is answers


def test_a_claim_may_say_more() -> None:
    assert said("AG (p && q)", parse_mu("[true*] p"))
    assert said("AG p", parse_mu("[true*] <true*> p"))
    assert said("!AG p", parse_mu("[true*] (p && q)"), holds=False)
    assert not said("AG p", parse_mu("[true*] (p && q)"))
    assert not said("AG EF p", parse_mu("[true*] p"))
    assert not said("!AG (p && q)", parse_mu("[true*] p"), holds=False)


def _decided_as_ctl(seed: int) -> str | None:
    """Decide a formula of a small random net as one of CTL; its evidence answers the formula."""
    formula, found = _asked(seed)
    rng = random.Random(seed)
    steps = [(rng.choice("pqr"), step, rng.choice("pqr")) for step in "abcd"]
    net = PetriNet(
        places="pqr", transitions="abcd",
        arcs=[arc for i, step, o in steps for arc in ((i, step), (step, o))][rng.choice((0, 0, 1)):],
        initial={"p": 1, "q": rng.choice((0, 2))},
    )  # fmt: skip
    if found is None:
        return None
    verdict = mu_calculus._as_ctl(net, formula, Budget(states=40, seconds=5).fixed())
    if verdict is None:
        return None
    question = Question(linear=Linear(formula=State(FALSE), mu=formula))
    for outcome in ("HOLDS", "VIOLATED"):
        answer = recheck_verdict("mu", outcome, verdict.evidence, net, question=question)
        assert answer.passed is (outcome == str(verdict.outcome)), (seed, answer)
    assert verdict.evidence is not None
    return verdict.evidence.kind


def test_what_is_decided_as_ctl_passes_the_recheck() -> None:
    kinds = {_decided_as_ctl(seed) for seed in range(40)}
    assert len(kinds - {None}) > 2


@pytest.mark.campaign
def test_what_is_decided_as_ctl_passes_the_recheck_at_length() -> None:
    kinds = {_decided_as_ctl(seed) for seed in range(5_000)}
    assert len(kinds - {None}) > 3


def test_each_part_is_looked_at_once() -> None:
    """Shared and nested parts: a hundred levels, each of which is there twice."""
    formula = parse_mu("EG AF " * 20 + "<true+> <a> true")
    found = mu_to_ctl(formula)
    assert found is not None
    assert said(format_formula(found), formula)


def test_the_clock_is_asked() -> None:
    evidence = RunEvidence(claim=Claim(formula="EF p", model_digest="0"), run=Run(initial={}))
    with pytest.raises(SkippedError):
        says_in_ctl(evidence, parse_mu("EF p"), holds=True, watch=Watch(Budget(seconds=0)))


def test_a_slip_in_the_translation_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that forgets the states without steps decides another formula."""
    net = PetriNet(
        places=["p", "q"], transitions=["t"], arcs=[("p", "t"), ("t", "q")], initial={"p": 30}
    )
    text = "mu X. {p >= 40} || {q >= 0} && [true] X"  # each run ends
    monkeypatch.setattr(mu_calculus, "FEW", 10)

    def asked(outcome: str) -> bool:
        question = Question(linear=Linear(formula=State(FALSE), mu=parse_mu(text)))
        return recheck_verdict(text, outcome, verdict.evidence, net, question=question).passed

    budget = Budget(states=25, seconds=20)
    verdict = mu(net, text, budget=budget)
    assert str(verdict.outcome) == "HOLDS"
    assert asked("HOLDS")

    joined = mu_in_ctl._joined

    def forged(parts: list[mu_in_ctl._Sized], *, both: bool) -> mu_in_ctl._Sized:
        dead = any(part == State(Dead()) for part, _ in parts)
        return (State(FALSE), 1) if dead else joined(parts, both=both)

    monkeypatch.setattr(mu_in_ctl, "_joined", forged)
    verdict = mu(net, text, budget=budget)
    assert str(verdict.outcome) == "VIOLATED"
    assert verdict.evidence is not None
    assert recheck(verdict.evidence, net).passed
    assert not asked("VIOLATED")
    assert not asked("HOLDS")
