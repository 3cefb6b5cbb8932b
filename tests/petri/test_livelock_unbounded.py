"""Livelock of nets without a bound: pumps, falling sums, cycles of the explored part."""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from typing import Any

import pytest

from json_mutants import Spoiler
from netproof.recheck import recheck_verdict
from petri import PetriNet
from petri.livelock import livelock
from petri.nodes import Transition
from petri.repeatable_runs import net_of_transitions
from petri.state_space.reachability import reachability_graph
from transition_systems.budget import Budget
from transition_systems.errors import NetproofError
from transition_systems.evidence import Evidence, evidence_from_dict
from transition_systems.run import Lasso

SMALL = Budget(states=200)


def net_of(transitions: list[str], arcs: list[Any], initial: dict[str, int]) -> PetriNet:
    """Return a net; transitions whose names begin with a tilde are silent."""
    nodes = [Transition(id=name, label=None if name[0] == "~" else name) for name in transitions]
    places = {arc[0] for arc in arcs} | {arc[1] for arc in arcs} | set(initial)
    kept = sorted(places.difference(transitions))
    return PetriNet(places=kept, transitions=nodes, arcs=arcs, initial=initial)


SOURCE = [("i", "go"), ("go", "i"), ("go", "p")]
CASES = {
    "a drain": (["go", "~t"], [*SOURCE, ("p", "~t"), ("~t", "q")], "HOLDS", "falling-sum"),
    "a pump": (["~up"], [("i", "~up"), ("~up", "i"), ("~up", "p")], "VIOLATED", "pump"),
    "no silent one": (["go"], SOURCE, "HOLDS", "falling-sum"),
    "a cycle of many tokens": (
        ["go", "~x", "~y"],
        [*SOURCE, ("p", "~x", 9), ("~x", "q", 9), ("q", "~y", 9), ("~y", "p", 9)],
        "VIOLATED",
        None,
    ),
    "a pump after visible steps": (
        ["go", "turn", "~up"],
        [*SOURCE, ("p", "turn", 3), ("turn", "a"), ("a", "~up"), ("~up", "a"), ("~up", "b")],
        "VIOLATED",
        "pump",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_by_name(name: str) -> None:
    transitions, arcs, outcome, kind = CASES[name]
    net = net_of(transitions, arcs, {"i": 1})
    verdict = livelock(net, budget=Budget(states=2_000))
    assert str(verdict.outcome) == outcome
    assert verdict.evidence is not None
    assert kind in (None, verdict.evidence.kind)
    assert recheck_verdict("livelock", verdict.outcome, verdict.evidence, net).passed
    assert recheck_verdict("divergence", verdict.outcome, verdict.evidence, net).passed
    other = "HOLDS" if verdict.violated else "VIOLATED"
    assert not recheck_verdict("livelock", other, verdict.evidence, net).passed
    assert not recheck_verdict("termination", verdict.outcome, verdict.evidence, net).passed
    if verdict.violated:
        assert isinstance(verdict.witness, Lasso)
        silent = {node.id for node in net.transitions if node.silent}
        assert silent.issuperset(step.action for step in verdict.witness.cycle)


def test_what_is_not_known() -> None:
    net = net_of(["go", "~x"], [*SOURCE, ("z", "~x"), ("~x", "z")], {"i": 1})
    verdict = livelock(net, budget=Budget(states=2_000))
    assert verdict.unknown
    assert "positions of the game" in str(verdict.reason)


def random_net(rng: random.Random) -> PetriNet:
    names = ["t1", "~t2", "~t3"] if rng.random() < 0.6 else ["t1", "t2", "~t3", "~t4"]
    places, arcs = ["p1", "p2", "p3"], dict[tuple[str, str], int]()
    for t in names:
        for p in rng.sample(places, rng.choice((1, 1, 2))):
            arcs[p, t] = rng.choice((1, 1, 2))
        for p in rng.sample(places, rng.choice((0, 1, 1, 2))):
            arcs[t, p] = rng.choice((1, 1, 2))
    initial = {p: rng.randint(0, 2) for p in places}
    return net_of(names, [(a, b, weight) for (a, b), weight in arcs.items()], initial)


def _by_definition(net: PetriNet) -> bool | None:
    """Whether there is no silent cycle among the markings; ``None`` where they are many."""
    graph = reachability_graph(net, budget=Budget(states=150))
    if not graph.complete:
        return None
    silent = {number for number, node in enumerate(net.transitions) if node.silent}
    after = {
        state: {int(graph.targets[arc]) for arc in range(graph.offsets[state], graph.offsets[state + 1])
                if int(graph.labels[arc]) in silent}
        for state in range(graph.n_states)
    }  # fmt: skip
    while True:
        ended = {state for state, targets in after.items() if not targets}
        if not ended:
            return not after
        after = {state: targets - ended for state, targets in after.items() if state not in ended}


def _compared(seed: int) -> tuple[str, PetriNet, Evidence | None]:
    net = random_net(random.Random(seed))
    wanted = _by_definition(net)
    verdict = livelock(net, budget=SMALL)
    found = f"{verdict.outcome} {'listed' if wanted is not None else 'many'}"
    if verdict.unknown:
        assert wanted is None, seed
        return found, net, None
    assert wanted in (None, verdict.holds), seed
    assert verdict.evidence is not None
    assert recheck_verdict("livelock", verdict.outcome, verdict.evidence, net).passed, seed
    return f"{found} {verdict.evidence.kind}", net, verdict.evidence


def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let other engines answer, where the markings could be listed, too."""
    monkeypatch.setattr(sys.modules[livelock.__module__], "FEW", 3)


def test_random_nets(monkeypatch: pytest.MonkeyPatch) -> None:
    _tiny(monkeypatch)
    kinds = Counter(_compared(seed)[0] for seed in range(40))
    assert {kind.split()[-1] for kind in kinds} >= {"falling-sum", "pump", "parity-strategy"}


@pytest.mark.campaign
def test_random_nets_at_length(monkeypatch: pytest.MonkeyPatch) -> None:
    _tiny(monkeypatch)
    kinds = Counter(_compared(seed)[0] for seed in range(10_000))
    assert min(kinds["VIOLATED many pump"], kinds["HOLDS listed falling-sum"]) > 100, kinds


def _mutants(count: int, seed: int) -> Counter[str]:
    rng, tried = random.Random(seed), Counter[str]()
    spoiler = Spoiler(rng, ["t1", "~t3", "p1", "livelock", "no livelock", "terminates"])
    while tried["all"] < count:
        _, net, evidence = _compared(rng.randrange(10**6))
        wanted = _by_definition(net)
        if evidence is None or wanted is None:
            continue
        data: Any = json.loads(json.dumps(evidence.to_dict()))
        for _ in range(20):
            made = spoiler.spoilt(data)
            tried["all"] += 1
            try:
                spoilt = evidence_from_dict(made)
            except (NetproofError, KeyError, TypeError, ValueError, AttributeError):
                continue
            for outcome, true in (("HOLDS", wanted), ("VIOLATED", not wanted)):
                if recheck_verdict("livelock", outcome, spoilt, net).passed:
                    tried["accepted"] += 1
                    assert true, (outcome, made)
    return tried


def test_mutants_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _tiny(monkeypatch)
    assert 0 < _mutants(300, 3)["accepted"] < 200


@pytest.mark.campaign
def test_mutants_are_refused_at_length(monkeypatch: pytest.MonkeyPatch) -> None:
    _tiny(monkeypatch)
    assert _mutants(10_000, 4)["accepted"] > 100


def test_a_part_of_a_net() -> None:
    net = net_of(["go", "~t"], [*SOURCE, ("p", "~t", 2), ("~t", "q")], {"i": 1})
    part = net_of_transitions(net, ["~t"])
    assert part.transition_ids == ("~t",)
    assert part.place_ids == net.place_ids
    assert part.fire({"p": 2}, "~t").to_dict() == {"q": 1}
