"""Transition systems from and to networkx: nothing is lost, foreign graphs are read."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies_lts import systems
from transition_systems import LTS, UsageError


@given(systems(several_initial=True), st.data())
def test_there_and_back(lts: LTS, data: st.DataObject) -> None:
    spare = data.draw(st.lists(st.sampled_from(["A", "c", "z"]), unique=True))
    names = (*lts.label_names[:2], *data.draw(st.permutations([*lts.label_names[2:], *spare])))
    table = np.array([names.index(name) for name in lts.label_names], dtype=np.int32)
    flags = data.draw(st.lists(st.booleans(), min_size=lts.n_states, max_size=lts.n_states))
    whole = LTS(
        offsets=lts.offsets, labels=table[lts.labels], targets=lts.targets, label_names=names,
        initial=data.draw(st.sampled_from([lts.initial, np.array([], dtype=np.int64)])),
        atoms={**lts.atoms, "paid": flags, "a b": [not flag for flag in flags]},
    )  # fmt: skip
    assert LTS.from_networkx(whole.to_networkx()) == whole


def test_an_empty_system() -> None:
    lts = LTS.from_arrays(0, [], [], [], label_names=("tau", "✓", "a"), initial=[], atoms={"x": []})
    assert LTS.from_networkx(lts.to_networkx()) == lts


def test_a_foreign_graph() -> None:
    graph = networkx.DiGraph()
    graph.add_edge("off", "on", label="press")
    graph.add_edge("on", "off")
    graph.nodes["on"]["lit"] = True
    lts = LTS.from_networkx(graph)
    assert list(lts.arcs()) == [(0, "press", 1), (1, None, 0)]
    assert lts.initial.tolist() == [0]
    assert lts.atoms["lit"].tolist() == [False, True]
    assert lts.state_of is not None
    assert [lts.state_of(number) for number in range(2)] == ["off", "on"]
    graph.nodes["on"]["initial"] = True
    assert LTS.from_networkx(graph).initial.tolist() == [1]


def test_arcs_added_to_our_graph_may_have_new_labels() -> None:
    graph = LTS.from_arcs(1, [(0, "a", 0)]).to_networkx()
    graph.add_edge(0, 0, label="new")
    assert list(LTS.from_networkx(graph).arcs()) == [(0, "a", 0), (0, "new", 0)]


def test_what_has_no_form_is_refused() -> None:
    undirected = networkx.Graph()
    undirected.add_edge(1, 2)
    with pytest.raises(UsageError, match="directed"):
        LTS.from_networkx(undirected)
    with pytest.raises(UsageError, match="'initial'"):
        LTS.from_arcs(1, atoms={"initial": [True]}).to_networkx()
