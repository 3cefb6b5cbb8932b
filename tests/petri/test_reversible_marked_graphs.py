"""Reversibility of marked graphs by their circuits: as all markings say, and rechecked."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

import netproof
from evidence_cases import LARGE
from netproof.recheck import recheck
from netproof.recheck.check import recheck_verdict
from petri import PetriNet, reversible
from transition_systems.budget import Budget
from transition_systems.evidence import CircuitEvidence


def marked_graph(seed: int) -> PetriNet:
    """Return a marked graph, often with several parts, loops, parallel places, sources, sinks."""
    rng = random.Random(seed)
    steps = [f"t{n}" for n in range(rng.randint(1, 5))]
    arcs: list[tuple[str, str]] = []
    places = [f"p{n}" for n in range(rng.randint(1, 7))]
    for place in places:
        arcs += [(rng.choice(steps), place), (place, rng.choice(steps))]
    tokens = {place: rng.choice((0, 0, 1, 1, 2)) for place in places}
    return PetriNet(places=places, transitions=steps, arcs=arcs, initial=tokens)


def compared(seed: int) -> str:
    """Compare with all markings; return what came of it."""
    net = marked_graph(seed)
    found = reversible(net, method="structure")
    whole = reversible(net, method="explicit", budget=Budget(states=1_500))
    if not found.holds:
        assert found.unknown
        return "unknown"
    assert isinstance(found.evidence, CircuitEvidence)
    assert not whole.violated, net
    assert recheck_verdict("reversibility", found.outcome, found.evidence, net).passed
    return "listed" if whole.holds else "open"


def test_marked_circuits_say_what_all_markings_say() -> None:
    told = {"unknown": 0, "listed": 0, "open": 0}
    for seed in range(150):
        told[compared(seed)] += 1
    assert min(told.values()) >= 10, told


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_thousands_of_marked_graphs() -> None:
    told = {"unknown": 0, "listed": 0, "open": 0}
    for seed in range(1_000, 6_000):
        told[compared(seed)] += 1
    print(told)
    assert min(told.values()) >= 100


def test_a_graph_that_cannot_be_listed_comes_back() -> None:
    net = LARGE.marked_graph(400)
    net = net.replace(initial=dict.fromkeys(net.place_ids, 2))
    found = reversible(net, budget=Budget(states=2_000))
    assert found.holds
    assert found.statistics.method == "structure"
    assert found.evidence is not None
    assert recheck(found.evidence, net).passed


def test_an_unbounded_graph_comes_back() -> None:
    net = PetriNet.from_arrays([[1, 0], [0, 1]], [[1, 0], [1, 0]], [1, 0])
    entry = netproof.check(net, ["reversibility"]).verdicts[0]
    assert str(entry.outcome) == "HOLDS"
    assert entry.rechecked == "passed"


def test_what_the_circuits_do_not_show_is_refused() -> None:
    net = LARGE.marked_graph(6)
    evidence = reversible(net, method="structure").evidence
    assert isinstance(evidence, CircuitEvidence)
    assert recheck(evidence, net).passed
    tokens = {place: net.initial.get(place, 0) for place in net.place_ids}
    first = net.place_ids[0]
    for more in ({**tokens, first: tokens[first] + 1}, dict.fromkeys(tokens, 0)):
        other = net.replace(initial=more)
        about = replace(evidence.claim, model_digest=other.digest())
        assert not recheck(replace(evidence, claim=about), other).passed
    said = evidence.claim.formula
    for wrong in (said.replace("AG EF", "AG"), said.replace("== 1", ">= 1", 1), "AG EF dead"):
        about = replace(evidence.claim, formula=wrong)
        assert not recheck(replace(evidence, claim=about), net).passed


def test_other_nets_are_not_asked() -> None:
    heavy = PetriNet.from_arrays([[2], [0]], [[0], [2]], [2, 0])
    for net, why in (
        (heavy, "no marked graph"),
        (LARGE.marked_graph(5).replace(initial={}), "circuit"),
    ):
        assert why in str(reversible(net, method="structure").reason)
