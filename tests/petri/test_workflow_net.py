"""The structure of workflow nets, against the definition, with evidence that rechecks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petri import PetriNet
from petri.workflow_net import NOT_WORKFLOW_NET, WORKFLOW_NET, workflow_net
from strategies_petri import nets
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.evidence import StructureEvidence, evidence_from_dict
from transition_systems.progress import Progress


def by_definition(net: PetriNet) -> bool:
    nodes = [*net.place_ids, *net.transition_ids]
    edges = {(a.source, a.target) for a in net.arcs}
    reach = {n: {n} | {b for a, b in edges if a == n} for n in nodes}
    for _ in nodes:
        reach = {n: set().union(*(reach[m] for m in reach[n])) for n in nodes}
    sources = [p for p in net.place_ids if not any(b == p for _, b in edges)]
    sinks = [p for p in net.place_ids if not any(a == p for a, _ in edges)]
    return (
        len(sources) == len(sinks) == 1
        and all(n in reach[sources[0]] for n in nodes)
        and all(sinks[0] in reach[n] for n in nodes)
    )


def recheck(net: PetriNet, evidence: StructureEvidence) -> None:
    sets = dict(evidence.sets)
    nodes = {*net.place_ids, *net.transition_ids}
    assert evidence.claim.model_digest == net.digest()
    if evidence.claim.formula == WORKFLOW_NET:
        assert [p for p in net.place_ids if not net.preset(p)] == list(sets["source"])
        assert [p for p in net.place_ids if not net.postset(p)] == list(sets["sink"])
        for key, near, first in (
            ("forward", net.preset, sets["source"][0]),
            ("backward", net.postset, sets["sink"][0]),
        ):
            order = sets[key]
            assert len(order) == len(nodes)
            assert set(order) == nodes
            assert order[0] == first
            before = {first}
            for node in order[1:]:
                assert before & set(near(node))
                before.add(node)
        return
    assert evidence.claim.formula == NOT_WORKFLOW_NET
    assert [p for p in net.place_ids if not net.preset(p)] == list(sets["sources"])
    assert [p for p in net.place_ids if not net.postset(p)] == list(sets["sinks"])
    if len(sets["sources"]) != 1 or len(sets["sinks"]) != 1:
        return
    unreachable, hopeless = set(sets["unreachable"]), set(sets["hopeless"])
    assert unreachable or hopeless
    assert sets["sources"][0] not in unreachable
    assert sets["sinks"][0] not in hopeless
    assert all(set(net.preset(node)) <= unreachable for node in unreachable)
    assert all(set(net.postset(node)) <= hopeless for node in hopeless)


@st.composite
def nearly_workflow_nets(draw: st.DrawFn) -> PetriNet:
    """Chains with extra nodes and arcs, some of which break the structure."""
    length = draw(st.integers(1, 4))
    places = [f"p{i}" for i in range(length + 1)]
    transitions = [f"t{i}" for i in range(length)]
    arcs = [(places[i], transitions[i]) for i in range(length)]
    arcs += [(transitions[i], places[i + 1]) for i in range(length)]
    for kind, nodes in (("q", places), ("u", transitions)):
        nodes.extend(f"{kind}{i}" for i in range(draw(st.integers(0, 1))))
    pairs = st.tuples(st.sampled_from(places), st.sampled_from(transitions), st.booleans())
    for place, transition, back in draw(st.lists(pairs, max_size=4)):
        arcs.append((transition, place) if back else (place, transition))
    return PetriNet(places=places, transitions=transitions, arcs=arcs)


@given(nets(max_places=3, max_transitions=3) | nearly_workflow_nets())
@settings(max_examples=300, derandomize=True, deadline=None)
def test_agrees_with_the_definition_and_rechecks(net: PetriNet) -> None:
    verdict = workflow_net(net, seed=7)
    assert verdict.holds == by_definition(net)
    assert verdict.violated != verdict.holds
    evidence = verdict.evidence
    assert isinstance(evidence, StructureEvidence)
    recheck(net, evidence)
    assert evidence_from_dict(evidence.to_dict()) == evidence
    assert verdict.seed == 7
    assert verdict.property == "workflow-net"


def explained(net: PetriNet) -> str:
    return workflow_net(net).explain()


def test_explanations_name_the_nodes() -> None:
    good = PetriNet(
        places=["i", "m", "o"],
        transitions=["a", "b"],
        arcs=[("i", "a"), ("a", "m"), ("m", "b"), ("b", "o")],
    )
    assert explained(good).startswith("The net is a workflow net: 'i' is its only source place")
    loose = good.replace(
        transitions=["a", "b", "c", "d"], arcs=[*good.arcs, ("c", "m"), ("m", "d")]
    )
    assert explained(loose) == (
        "The net is not a workflow net. There is no path from the source place 'i' to 'c'. "
        "There is no path to the sink place 'o' from 'd'."
    )
    empty = PetriNet(places=[], transitions=[])
    assert explained(empty).endswith("no sink place: it has no places at all.")
    many = PetriNet(places=[f"p{i}" for i in range(9)], transitions=[])
    assert "9 source places" in explained(many)
    assert "'p4' and 4 more" in explained(many)


def test_a_long_net_is_decided_without_recursion_and_the_clock_is_kept() -> None:
    n = 50_000
    places, transitions = [f"p{i}" for i in range(n + 1)], [f"t{i}" for i in range(n)]
    arcs = [(places[i], transitions[i]) for i in range(n)]
    arcs += [(transitions[i], places[i + 1]) for i in range(n)]
    net = PetriNet(places=places, transitions=transitions, arcs=arcs)
    seen: list[Progress] = []
    assert workflow_net(net, progress=seen.append).holds
    assert seen
    late = workflow_net(net, budget=Budget(seconds=0.0))
    assert late.unknown
    assert late.evidence is None
    assert late.reason == "the time budget is used up"
    with pytest.raises(UsageError, match="no method"):
        workflow_net(net, method="magic")
