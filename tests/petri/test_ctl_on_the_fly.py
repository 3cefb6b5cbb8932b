"""CTL while its game is explored: by definition, of nets without a bound, rechecked, mutated."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from typing import Any

import numpy as np
import pytest

import netproof
from json_mutants import Spoiler
from netproof.contest.branching import BranchingAnswers
from netproof.contest.categories import ContestQuestion
from netproof.recheck import recheck_verdict
from netproof.recheck.ctl_unfolded import unfolded
from netproof.recheck.result import RefusedError
from netproof.recheck.statements import as_statement
from oracles.ctl import ctl_states_by_definition
from petri import PetriNet
from petri.ctl import ctl, ctl_on_the_fly
from petri.ctl_star import labelled_by_transitions
from petri.whole_space import UNBOUNDED, whole_space
from strategies_ctl import random_ctl, random_system
from transition_systems.budget import Budget
from transition_systems.errors import NetproofError, UnsupportedError
from transition_systems.evidence import ParityStrategy, evidence_from_dict
from transition_systems.evidence_parity import mu_claim
from transition_systems.lts import LTS
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula, Negation
from transition_systems.properties.parse import parse_formula
from transition_systems.temporal import mu_on_the_fly
from transition_systems.temporal.ctl_in_mu import unfolded_ctl
from transition_systems.temporal.mu_calculus import mu_states
from transition_systems.temporal.mu_formulas import format_mu, same_mu
from transition_systems.temporal.mu_parse import parse_mu
from transition_systems.verdict import Verdict

QUEUE = PetriNet(
    places=["idle", "busy", "buffer"], transitions=["arrive", "take", "done"], initial=["idle"],
    arcs=[("arrive", "buffer"), ("buffer", "take"), ("idle", "take"), ("take", "busy"),
          ("busy", "done"), ("done", "idle")],
)  # fmt: skip


def random_net(rng: random.Random) -> PetriNet:
    """A net of three places; many have no bound."""
    places, transitions = ["p", "q", "r"], ["a", "b", "c"][: rng.randint(1, 3)]
    arcs = {(rng.choice(places), t): rng.choice((1, 1, 2)) for t in transitions}
    out = {(t, p): rng.choice((1, 1, 2)) for t in transitions for p in places if rng.random() < 0.4}
    initial = {p: rng.randint(0, 2) for p in places}
    return PetriNet(places=places, transitions=transitions, arcs={**arcs, **out}, initial=initial)


def by_definition(net: PetriNet, formula: Formula) -> bool | None:
    """The value in the initial marking; ``None`` where there are too many markings."""
    space = whole_space(net, "", Budget(states=60))
    if isinstance(space, Verdict):
        return None
    lts = labelled_by_transitions(space)
    atoms = {name: space.markings[:, place] > 0 for place, name in enumerate(net.place_ids)}
    lts = LTS.from_canonical(lts.offsets, lts.labels, lts.targets, lts.label_names, atoms=atoms)
    return 0 in ctl_states_by_definition(lts, formula)


def played(rng: random.Random) -> tuple[PetriNet, str, Verdict, bool | None]:
    net, formula = random_net(rng), random_ctl(rng, rng.randint(1, 5))
    verdict = ctl_on_the_fly(net, formula, Budget(states=300))
    assert verdict is not None
    return net, format_formula(formula), verdict, by_definition(net, formula)


def compare(count: int, seed: int) -> Counter[str]:
    rng, found = random.Random(seed), Counter[str]()
    for _ in range(count):
        net, text, verdict, wanted = played(rng)
        if verdict.unknown:
            found["unknown"] += 1
            continue
        assert wanted in (None, verdict.holds), text
        found["unbounded" if wanted is None else "bounded"] += 1
        outcome, other = ("HOLDS", "VIOLATED") if verdict.holds else ("VIOLATED", "HOLDS")
        assert isinstance(verdict.evidence, ParityStrategy)
        piece = evidence_from_dict(json.loads(json.dumps(verdict.evidence.to_dict())))
        check = recheck_verdict(text, outcome, piece, net)
        assert check.passed or asks_for_reachability(text), (text, check.reason)
        assert not recheck_verdict(text, other, piece, net).passed
    return found


def asks_for_reachability(text: str) -> bool:
    """Whether a formula is a question of reachability, which other engines answer."""
    return as_statement(text).shape != "formula"


def small_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mu_on_the_fly, "FIRST", 3)
    monkeypatch.setattr(mu_on_the_fly, "GROWTH", 2)


def test_against_the_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    small_rounds(monkeypatch)
    found = compare(60, 1)
    assert min(found["bounded"], found["unbounded"]) > 8


@pytest.mark.campaign
def test_against_the_definition_at_length(monkeypatch: pytest.MonkeyPatch) -> None:
    small_rounds(monkeypatch)
    found = compare(5_000, 2)
    assert min(found["bounded"], found["unbounded"]) > 500


def test_the_unfolding() -> None:
    rng = random.Random(3)
    for _ in range(120):
        lts, formula = random_system(rng), random_ctl(rng, rng.randint(1, 3))
        tree = unfolded(formula)
        where = mu_states(lts, tree, labels="ab")
        assert set(np.flatnonzero(where).tolist()) == ctl_states_by_definition(lts, formula)
        assert same_mu(tree, unfolded_ctl(formula))
        assert same_mu(tree, parse_mu(format_mu(tree)))


def test_what_is_not_ctl_is_not_unfolded() -> None:
    for text in ("F p", "A (F p && G q)", "EX F p"):
        with pytest.raises(UnsupportedError, match="no formula of CTL"):
            unfolded_ctl(parse_formula(text))
        with pytest.raises(RefusedError):
            unfolded(parse_formula(text))
    assert format_mu(unfolded(parse_formula("A p"))) == "p"


def mutants(count: int, seed: int) -> Counter[str]:
    """Spoil strategies, claims, questions and outcomes: what is accepted is true."""
    rng, tried = random.Random(seed), Counter[str]()
    texts = ["p", "a", "EX p", "AF q", "mu X. p || <true> X"]
    while tried["all"] < count:
        net, text, verdict, wanted = played(rng)
        if wanted is None or verdict.evidence is None:
            continue
        data: Any = json.loads(json.dumps(verdict.evidence.to_dict()))
        spoiler = Spoiler(rng, [*texts, data["formula"]])
        for _ in range(10):
            made: Any = spoiler.spoilt(data) if rng.random() < 0.6 else dict(data)
            asked: Formula = parse_formula(text)
            if rng.random() < 0.4:
                asked = rng.choice((Negation(asked), random_ctl(rng, 2)))
            if rng.random() < 0.4 and isinstance(made, dict):
                mu = format_mu(unfolded_ctl(asked))
                said = mu_claim(mu, holds=rng.random() < 0.5)
                made = {**made, "formula": mu, "claim": {**data["claim"], "formula": said}}
            tried["all"] += 1
            try:
                spoilt = evidence_from_dict(made)
            except (NetproofError, KeyError, TypeError, ValueError, AttributeError):
                continue
            for outcome in ("HOLDS", "VIOLATED"):
                if recheck_verdict(format_formula(asked), outcome, spoilt, net).passed:
                    tried["accepted"] += 1
                    assert by_definition(net, asked) is (outcome == "HOLDS"), (made, str(asked))
    return tried


def test_mutants_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    small_rounds(monkeypatch)
    assert 15 < mutants(200, 4)["accepted"] < 150


@pytest.mark.campaign
def test_mutants_are_refused_at_length(monkeypatch: pytest.MonkeyPatch) -> None:
    small_rounds(monkeypatch)
    assert mutants(10_000, 5)["accepted"] > 500


CASES = [
    ("EX buffer", "HOLDS"), ("AX buffer", "HOLDS"), ("AF buffer", "HOLDS"),
    ("!AF buffer", "VIOLATED"), ("E[idle U busy]", "HOLDS"), ("EF (busy && EX idle)", "HOLDS"),
    ("AG (idle -> AX buffer)", "VIOLATED"), ("A[idle U buffer >= 3]", "VIOLATED"),
    ("A X buffer", "HOLDS"), ("!(EX busy || AX idle && !EX buffer)", "HOLDS"),
    ("AF (buffer >= 2 || busy)", "HOLDS"), ("A (buffer == 0 W idle)", "HOLDS"),
    ("AG EX true", "HOLDS"), ("EF AX false", "VIOLATED"), ("AG (busy -> E X true)", "HOLDS"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "outcome"), CASES)
def test_a_net_without_a_bound(text: str, outcome: str) -> None:
    verdict = ctl(QUEUE, text, budget=Budget(seconds=20))
    assert str(verdict.outcome) == outcome
    assert verdict.property == format_formula(parse_formula(text))
    assert verdict.evidence is not None
    piece = evidence_from_dict(json.loads(json.dumps(verdict.evidence.to_dict())))
    assert recheck_verdict(text, outcome, piece, QUEUE).passed
    for wrong in ("EX busy", "AF busy", f"!({text})"):
        assert not recheck_verdict(wrong, outcome, piece, QUEUE).passed
    other = "VIOLATED" if outcome == "HOLDS" else "HOLDS"
    assert not recheck_verdict(text, other, piece, QUEUE).passed
    (told,) = netproof.check(QUEUE, properties=[text]).models[0].verdicts
    assert (str(told.outcome), told.rechecked) == (outcome, "passed")


def test_what_no_finite_part_decides() -> None:
    verdict = ctl(QUEUE, "EG idle", budget=Budget(states=2_000))
    assert verdict.unknown
    assert verdict.reason is not None
    assert verdict.reason.startswith(UNBOUNDED)
    assert "positions of the game" in verdict.reason


@pytest.mark.parametrize(
    "text", ["AF bufer", "EX bufer", "AG EX (idle || bufer)", "AX enabled(tak)"]
)
def test_a_misspelt_name_is_told(text: str) -> None:
    with pytest.raises(NetproofError, match=r"[Dd]id you mean '(buffer|take)'"):
        ctl(QUEUE, text)


def test_fixpoints_that_are_nested_too_deep() -> None:
    text = "A[idle U (buffer && " * 60 + "AX buffer" + ")]" * 60
    assert ctl(QUEUE, "EG (idle && " * 90 + "idle" + ")" * 90, budget=Budget(states=100)).unknown
    assert ctl_on_the_fly(QUEUE, parse_formula(text), Budget(states=50)) is not None
    deeper = "A[idle U (buffer && " * 95 + "AX buffer" + ")]" * 95
    assert ctl_on_the_fly(QUEUE, parse_formula(deeper), Budget(states=50)) is None


def test_a_name_like_the_variable() -> None:
    net = PetriNet(places=["X"], transitions=["t"], initial=[], arcs=[("t", "X")])
    verdict = ctl(net, "AF (AX X)", budget=Budget(seconds=20))
    assert verdict.holds
    assert recheck_verdict("AF (AX X)", "HOLDS", verdict.evidence, net).passed


def test_a_huge_net() -> None:
    places = [f"{side}{n}" for n in range(40) for side in "ab"]
    net = PetriNet(
        places=places, transitions=[f"t{n}" for n in range(40)],
        arcs=[arc for n in range(40) for arc in ((f"a{n}", f"t{n}"), (f"t{n}", f"b{n}"))],
        initial=[f"a{n}" for n in range(40)],
    )  # fmt: skip
    for text, outcome in (("EX EX b7", "HOLDS"), ("AX AX (b1 || b2)", "VIOLATED")):
        verdict = ctl(net, text, budget=Budget(states=2_000))
        assert str(verdict.outcome) == outcome
        assert recheck_verdict(text, outcome, verdict.evidence, net).passed


def test_a_strategy_does_not_answer_another_kind_of_question() -> None:
    net = PetriNet(places=["boundedness"], transitions=["t"], initial=["boundedness"],
                   arcs=[("t", "boundedness")])  # fmt: skip
    verdict = ctl_on_the_fly(net, parse_formula("boundedness"), Budget())
    assert verdict is not None
    assert verdict.holds
    for name in ("boundedness", "deadlock", "livelock", "AG boundedness", "termination"):
        for outcome in ("HOLDS", "VIOLATED"):
            assert not recheck_verdict(name, outcome, verdict.evidence, net).passed


def test_the_contest() -> None:
    cases = CASES[:-3]  # the contest asks no such question of a net without a bound
    answers: dict[int, tuple[bool, Any]] = {}
    questions = [
        (number, ContestQuestion(id=str(number), category="CTLC", formula=parse_formula(text)))
        for number, (text, _) in enumerate(cases)
    ]

    def say(number: int, value: bool | float, method: str, shown: Any) -> None:
        answers[number] = bool(value), shown

    BranchingAnswers(
        QUEUE, questions, deadline=time.monotonic() + 60, say=say, evidence=True, parallel=False
    ).run()
    assert {n: value for n, (value, _) in answers.items()} == {
        n: outcome == "HOLDS" for n, (_, outcome) in enumerate(cases)
    }
    for number, (_, shown) in answers.items():
        for one in shown:
            assert recheck_verdict(one.property, one.outcome, one.evidence, QUEUE).passed, number
    assert sum(bool(shown) for _, shown in answers.values()) > 8
