"""Random runs: legal by definition, the same for a seed, fair among the enabled."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles import firing as oracle
from petri import PetriNet
from petri.token_game import simulate
from strategies_petri import nets
from transition_systems.errors import FiringError, UsageError


@given(nets(), st.integers(0, 5))
@settings(max_examples=150, derandomize=True, deadline=None)
def test_runs_are_legal_and_stop_only_where_nothing_is_enabled(net: PetriNet, seed: int) -> None:
    run = simulate(net, steps=12, seed=seed)
    arcs = {(a.source, a.target): a.weight for a in net.arcs}
    places = set(net.place_ids)
    tokens = dict(run.initial)
    assert tokens == net.initial.to_dict()
    for step in run:
        assert oracle.can_fire(arcs, places, tokens, step.action)
        tokens = oracle.fire(arcs, places, tokens, step.action)
        assert step.state == tokens
    if len(run) < 12:
        assert not any(oracle.can_fire(arcs, places, tokens, t) for t in net.transition_ids)
    assert simulate(net, steps=12, seed=seed) == run
    assert net.run(net.initial, run.actions) == run


def test_choices_are_even_and_depend_on_the_seed() -> None:
    net = PetriNet(
        places=["p", "q"], transitions=["a", "b", "never"], arcs=[("q", "never")], initial={"p": 1}
    )
    counts = Counter(simulate(net, steps=4000, seed=3).actions)
    assert set(counts) == {"a", "b"}
    assert abs(counts["a"] - 2000) < 200
    assert simulate(net, steps=50, seed=1).actions != simulate(net, steps=50, seed=2).actions


def test_start_and_refusals() -> None:
    net = PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t"), ("t", "p", 2**62)])
    assert len(simulate(net, steps=5, seed=0)) == 0
    with pytest.raises(FiringError, match=r"2\*\*62"):
        simulate(net, steps=5, seed=0, marking={"p": 5})
    with pytest.raises(UsageError, match="from 0 on"):
        simulate(net, steps=-1, seed=0)
    with pytest.raises(UsageError, match="no place"):
        simulate(net, steps=1, seed=0, marking={"x": 1})
