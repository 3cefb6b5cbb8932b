"""Net classes against their definitions in sets, and what they name as offending."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given, settings

from petri import PetriNet
from petri.structure.net_classes import CLASSES, HARD_CLASSES, clusters, net_class, net_classes
from strategies_petri import nets


def defined(net: PetriNet) -> dict[str, bool]:
    """Return for each class whether the net is of it, by definition."""
    pre = {node: set(net.preset(node)) for node in (*net.place_ids, *net.transition_ids)}
    post = {node: set(net.postset(node)) for node in pre}
    places, transitions = net.place_ids, net.transition_ids
    ordinary = all(arc.weight == 1 for arc in net.arcs)
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from([(arc.source, arc.target) for arc in net.arcs])
    graph.add_nodes_from(pre)
    sharing = [(p, q) for p, q in combinations(places, 2) if post[p] & post[q]]
    classes = {
        "ordinary": True,
        "state machine": all(len(pre[t]) == len(post[t]) == 1 for t in transitions),
        "marked graph": all(len(pre[p]) == len(post[p]) == 1 for p in places),
        "free choice": all(pre[t] == {p} for p in places if len(post[p]) > 1 for t in post[p]),
        "extended free choice": all(post[p] == post[q] for p, q in sharing),
        "asymmetric choice": all(post[p] <= post[q] or post[q] <= post[p] for p, q in sharing),
    }
    return {
        **{name: holds and ordinary for name, holds in classes.items()},
        "pure": all(not pre[t] & post[t] for t in transitions),
        "strongly connected": not pre or nx.is_strongly_connected(graph),
    }


@settings(max_examples=400, derandomize=True, deadline=None)
@given(nets(max_places=4, max_transitions=4, max_weight=1) | nets())
def test_classes_by_definition(net: PetriNet) -> None:
    answers = net_classes(net)
    assert tuple(answers) == CLASSES
    assert {name: bool(answer) for name, answer in answers.items()} == defined(net)
    for name, answer in answers.items():
        assert bool(answer.offending) == bool(answer.why) == (not answer)
        assert net_class(net, name) == answer
        for node in answer.offending:
            assert repr(node) in str(answer.why)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(nets(max_places=5, max_transitions=5))
def test_clusters_are_the_classes_of_shared_input(net: PetriNet) -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edges_from(
        (arc.source, arc.target) for arc in net.arcs if arc.source in net.place_ids
    )
    graph.add_nodes_from((*net.place_ids, *net.transition_ids))
    wanted = {frozenset(part) for part in nx.connected_components(graph)}
    found = clusters(net)
    assert {frozenset((*places, *transitions)) for places, transitions in found} == wanted
    assert len(found) == len(wanted)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(nets(max_places=4, max_transitions=4, max_weight=2))
def test_hard_classes_name_what_offends(net: PetriNet) -> None:
    answers = net_classes(net, hard=True)
    nodes = {*net.place_ids, *net.transition_ids}
    for name in HARD_CLASSES:
        answer = answers[name]
        assert bool(answer.why) == (not answer)
        assert bool(answer.offending) == (not answer and bool(nodes))
        assert set(answer.offending) <= nodes
        assert len(set(answer.offending)) == len(answer.offending)
        assert "The net" not in str(answer.why)


def test_weights_and_missing_ends_are_named() -> None:
    heavy = PetriNet.from_arrays([[2, 0], [0, 1]], [[0, 2], [1, 0]], [2, 0])
    covered = net_class(heavy, "S-coverable")
    assert covered.offending == ("p1", "t1")
    assert covered.why == "the arc from 'p1' to 't1' has weight 2"
    ring = net_class(heavy, "well-structured")
    assert ring.offending == ("p1", "p2")
    assert ring.why == (
        "the net is no workflow net: it has no source place: every place has an input; "
        "it has no sink place: every place has an output"
    )


def test_an_unknown_class_is_refused() -> None:
    from transition_systems.errors import UsageError

    with pytest.raises(UsageError, match="'marked graph'"):
        net_class(PetriNet(places=["p"], transitions=[]), "marked grph")
