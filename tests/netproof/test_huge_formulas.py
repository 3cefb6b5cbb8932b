"""Formulas over nets with too many markings go to the portfolio, and agree with listing them all."""

from __future__ import annotations

import random

import pytest

import netproof
from devtools import not_hanging
from netproof import questions
from netproof.net_question import NetQuestion
from netproof.properties import AskedFormula, asked_properties
from petri import PetriNet, invariant, reachability_graph, reachable
from transition_systems.budget import Budget


def philosophers(count: int) -> PetriNet:
    places, transitions, arcs = list[str](), list[str](), list[tuple[str, str]]()
    for k in range(count):
        first, second = f"fork{k}", f"fork{(k + 1) % count}"
        if k == 0:
            first, second = second, first
        places += [f"think{k}", f"has{k}", f"eat{k}", f"fork{k}"]
        transitions += [f"l{k}", f"r{k}", f"d{k}"]
        arcs += [(f"think{k}", f"l{k}"), (first, f"l{k}"), (f"l{k}", f"has{k}")]
        arcs += [(f"has{k}", f"r{k}"), (second, f"r{k}"), (f"r{k}", f"eat{k}")]
        arcs += [(f"eat{k}", f"d{k}"), (f"d{k}", f"think{k}"), (f"d{k}", first), (f"d{k}", second)]
    initial = [p for p in places if p.startswith(("think", "fork"))]
    return PetriNet(places=places, transitions=transitions, arcs=arcs, initial=initial)


@pytest.mark.parametrize(
    ("formula", "outcome"),
    [("AG(!dead)", "HOLDS"), ("AG(eat1 + eat2 <= 1)", "HOLDS"),
     ("EF(eat1 >= 1 && eat2 >= 1)", "VIOLATED"), ("EF(has3)", "HOLDS")],
)  # fmt: skip
def test_a_formula_over_a_huge_net_is_proved_without_listing(formula: str, outcome: str) -> None:
    with not_hanging():
        entry = netproof.check(philosophers(280), formula, budget=120.0).verdicts[0]
        assert entry.outcome == outcome
        assert entry.rechecked == "passed"
        assert entry.verdict.statistics.method in ("state-equation", "explicit", "walks")


def test_the_portfolio_says_what_all_markings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NetQuestion, "few_enough", lambda _: False)
    monkeypatch.setattr(questions, "drawn_verdict", lambda *_: None)
    chance, told = random.Random(7), {"HOLDS": 0, "VIOLATED": 0}
    for _ in range(25):
        places = [f"p{n}" for n in range(4)]
        transitions = [f"t{n}" for n in range(4)]
        arcs = [(chance.choice(places), t) for t in transitions]
        arcs += [(t, chance.choice(places)) for t in transitions]
        net = PetriNet(
            places=places, transitions=transitions, arcs=arcs, initial=chance.choices(places, k=2)
        )
        graph = reachability_graph(net, budget=Budget(states=1_000))
        place, bound = chance.choice(places), chance.randint(0, 2)
        for decide, formula in (
            (invariant, f"AG({place} <= {bound})"),
            (reachable, f"EF({place} > {bound})"),
        ):
            entry = netproof.check(net, formula).verdicts[0]
            (asked,) = asked_properties([formula])
            assert isinstance(asked, AskedFormula)
            assert entry.outcome == decide(net, asked.predicate, graph=graph).outcome
            assert entry.rechecked == "passed"
            told[str(entry.outcome)] += 1
    assert min(told.values()) > 5
