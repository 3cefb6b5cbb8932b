"""Explicit, symbolic and a naive search agree on random nets of every odd shape.

The nets have weights, self-loops, source and sink transitions, isolated places, places without
tokens that make transitions dead, and places that only grow. Ten thousand of them are a campaign:
``pytest -m campaign tests/petri/test_state_space_random.py``.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from oracles.state_sets import naive_space
from petri import PetriNet
from petri.state_space import state_space
from petri.state_space.symbolic.exploring_symbolic import symbolic_state_space
from transition_systems.budget import Budget

LIMIT = 2_000
FAST, WHOLE, PARTS = 300, 10_000, 10
FEATURES = (
    "weights", "self-loop", "source transition", "sink transition", "isolated place",
    "dead transition", "several tokens",
)  # fmt: skip


def random_net(chance: random.Random) -> PetriNet:
    """A net of up to 7 places and 7 transitions; mostly as many tokens are put as are taken."""
    places = [f"p{i}" for i in range(chance.randint(1, 7))]
    transitions = [f"t{i}" for i in range(chance.randint(0, 7))]
    isolated = set(chance.sample(places, chance.randint(0, 2))) if len(places) > 3 else set()
    used = [place for place in places if place not in isolated]
    heavy = chance.random() < 0.4
    arcs: list[tuple[str, str, int]] = []
    for name in transitions:
        taken = chance.sample(used, min(len(used), chance.choice((0, 1, 1, 1, 2, 2, 3))))
        put = chance.sample(used, min(len(used), chance.choice((0, 1, 1, 1, 2, 2))))
        if not taken and chance.random() < 0.8:
            taken = [chance.choice(used)]
        if len(put) > len(taken) and chance.random() < 0.7:
            put = put[: len(taken)]
        if taken and chance.random() < 0.2:
            put = list(dict.fromkeys([taken[0], *put]))
        weight = (lambda: chance.choice((1, 1, 1, 2, 3))) if heavy else (lambda: 1)
        arcs += [(place, name, weight()) for place in taken]
        arcs += [(name, place, weight()) for place in put]
    initial = {place: chance.choice((1, 1, 1, 2, 3)) for place in places if chance.random() < 0.5}
    return PetriNet(places=places, transitions=transitions, arcs=arcs, initial=initial)


def features(net: PetriNet, fired: dict[str, int] | None) -> set[str]:
    pairs = {(arc.source, arc.target) for arc in net.arcs}
    ends = {node for pair in pairs for node in pair}
    into, out = {target for _, target in pairs}, {source for source, _ in pairs}
    has = {
        "weights": any(arc.weight > 1 for arc in net.arcs),
        "self-loop": any((target, source) in pairs for source, target in pairs),
        "source transition": any(t not in into for t in net.transition_ids),
        "sink transition": any(t not in out for t in net.transition_ids),
        "isolated place": any(p not in ends for p in net.place_ids),
        "dead transition": fired is not None and 0 in fired.values(),
        "several tokens": any(n > 1 for n in net.initial.values()),
    }
    return {name for name, there in has.items() if there}


def figures(space: Any) -> tuple[int, ...]:
    return (
        space.n_states, space.n_arcs, space.deadlocks,
        space.max_tokens_in_place, space.max_tokens_in_marking,
    )  # fmt: skip


def compare(net: PetriNet, library: str) -> str:
    """Compare all three where they end; return how the net turned out."""
    naive = naive_space(net, LIMIT)
    if naive is None:
        listed = state_space(net, method="explicit", budget=Budget(states=20 * LIMIT))
        if not (listed.unbounded or listed.complete):
            return "large"
    else:
        listed = state_space(net, method="explicit")
        assert figures(listed) == naive.figures
        assert {tuple(row) for row in listed.markings.tolist()} == naive.markings
    drawn = symbolic_state_space(net, library=library, budget=Budget(seconds=60))
    assert drawn.unbounded == listed.unbounded
    if drawn.unbounded:
        return "unbounded"
    assert figures(drawn) == figures(listed)
    assert drawn.bounds() == listed.bounds()
    if naive is None:
        return "bounded"
    assert drawn.arcs_of == naive.enabled
    if len(naive.markings) <= 200:
        rows = {tuple(m[p] for p in net.place_ids) for m in drawn.markings()}
        assert rows == naive.markings
    return "bounded"


def compared(seeds: range) -> Counter[str]:
    met: Counter[str] = Counter()
    for seed in seeds:
        net = random_net(random.Random(seed))
        # The library in Python takes its turn on every eighth net.
        met[compare(net, "dd" if seed % 8 == 0 else "oxidd")] += 1
        naive = naive_space(net, LIMIT)
        met.update(features(net, None if naive is None else naive.enabled))
    return met


def test_three_engines_agree() -> None:
    met = compared(range(FAST))
    assert met["bounded"] > FAST / 2
    assert met["unbounded"] > FAST / 30
    for feature in FEATURES:
        assert met[feature] > FAST / 30, feature


@pytest.mark.campaign
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_three_engines_agree_on_ten_thousand_nets(part: int) -> None:
    each = WHOLE // PARTS
    met = compared(range(part * each, (part + 1) * each))
    print(dict(met))
    assert met["bounded"] > each / 2
    for feature in FEATURES:
        assert met[feature] > each / 30, feature
