"""What is asked of every state space: that it is the one of the definition."""

from __future__ import annotations

import numpy as np

from oracles.net_properties import space_of
from petri import PetriNet
from petri.state_space.space import StateSpace


def keys_of(space: StateSpace) -> list[frozenset[tuple[str, int]]]:
    ids = space.net.place_ids
    return [frozenset((ids[p], int(row[p])) for p in np.flatnonzero(row)) for row in space.markings]


def agree(net: PetriNet, space: StateSpace) -> None:
    """Compare everything that a space says with the definition."""
    expected = space_of(net)
    if expected is None:
        assert not space.complete
        return
    if space.unbounded:
        raise AssertionError("a bounded net was called unbounded")
    assert space.complete
    keys = keys_of(space)
    assert len(set(keys)) == len(keys) == space.n_states
    assert set(keys) == set(expected.steps)
    assert keys[0] == expected.initial
    assert space.n_arcs == sum(len(steps) for steps in expected.steps.values())
    assert space.deadlocks == sum(not steps for steps in expected.steps.values())
    assert space.deadlocks == len(space.dead_states())
    assert space.max_tokens_in_place == max((n for k in keys for _, n in k), default=0)
    assert space.max_tokens_in_marking == max(sum(n for _, n in k) for k in keys)
    number = {key: n for n, key in enumerate(keys)}
    graph = space.graph
    sources = np.repeat(np.arange(space.n_states), np.diff(graph.offsets))
    arcs = {
        (int(s), net.transition_ids[t], int(d))
        for s, t, d in zip(sources, graph.transitions, graph.targets, strict=True)
    }
    assert arcs == {
        (number[key], t, number[after])
        for key, steps in expected.steps.items()
        for t, after in steps
    }
    assert len(graph.targets) == space.n_arcs


def wide_net() -> PetriNet:
    """A net whose states take several words."""
    return PetriNet(
        places=[*(f"p{i}" for i in range(30)), *(f"q{i}" for i in range(40))],
        transitions=[*(f"t{i}" for i in range(29)), *(f"u{i}" for i in range(40))],
        arcs=[(f"p{i}", f"t{i}") for i in range(29)]
        + [(f"t{i}", f"p{i + 1}") for i in range(29)]
        + [(f"q{i}", f"u{i}") for i in range(40)] + [("p29", f"u{i}") for i in range(40)]
        + [(f"u{i}", f"p{29}") for i in range(40)],
        initial={"p0": 1, "q0": 3, **{f"q{i}": 100 + i for i in range(30, 40)}},
    )  # fmt: skip
