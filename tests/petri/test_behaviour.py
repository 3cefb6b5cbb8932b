"""Liveness, reversibility, persistence, stable and concurrent places, coverability."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from netproof.recheck import recheck, recheck_verdict
from oracles.net_properties import Space, space_of
from petri import PetriNet, concurrency
from petri.concurrency import concurrent, concurrent_places, mutual_exclusion
from petri.coverable import coverable
from petri.decision import claim
from petri.home import reversible
from petri.live import live
from petri.persistence import persistent
from petri.stable_places import stable_place
from petri.state_space.reachability import reachability_graph
from strategies_petri import nets
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.evidence import Parts, RankedSet, StateSet, evidence_from_dict
from transition_systems.properties.formulas import always_possible
from transition_systems.properties.predicates import Enabled
from transition_systems.verdict import Verdict

FEW = Budget(states=2_000, seconds=5)
RING = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
PUMP = PetriNet.from_arrays([[1], [0]], [[1], [1]], [1, 0])


def is_live(space: Space, net: PetriNet) -> bool:
    return all(
        {t for other in space.closure(key) for t, _ in space.steps[other]}
        == set(net.transition_ids)
        for key in space.steps
    )


def is_persistent(space: Space) -> bool:
    return all(
        second in {t for t, _ in space.steps[after]}
        for found in space.steps.values()
        for first, after in found
        for second, _ in found
        if first != second
    )


def has_stable_place(space: Space, net: PetriNet) -> bool:
    return any(len({dict(key).get(p, 0) for key in space.steps}) == 1 for p in net.place_ids)


def checked(verdict: Verdict, net: PetriNet) -> bool:
    """Recheck the evidence after a round trip and return whether the property holds."""
    assert not verdict.unknown, verdict
    assert verdict.evidence is not None
    again = evidence_from_dict(verdict.evidence.to_dict())
    result = recheck_verdict(verdict.property, verdict.outcome, again, net)
    assert result.passed, (verdict.property, verdict.outcome, result.reason)
    opposite = "VIOLATED" if verdict.holds else "HOLDS"
    assert not recheck_verdict(verdict.property, opposite, again, net).passed
    return verdict.holds


@given(net=nets(max_places=4, max_transitions=4))
@settings(max_examples=250, deadline=None, derandomize=True)
def test_by_definition(net: PetriNet) -> None:
    space = space_of(net)
    if space is None:
        return
    assert checked(live(net, budget=FEW), net) == is_live(space, net)
    assert checked(persistent(net, budget=FEW), net) == is_persistent(space)
    back = all(space.initial in space.closure(key) for key in space.steps)
    assert checked(reversible(net, budget=FEW), net) == back
    assert checked(stable_place(net, budget=FEW), net) == has_stable_place(space, net)
    relation = concurrent_places(net, budget=FEW)
    together = relation.together
    assert relation.complete
    assert relation.reason is None
    for i, p in enumerate(net.place_ids):
        for j, q in enumerate(net.place_ids):
            marked = any({p, q} <= dict(key).keys() for key in space.steps)
            assert together[i, j] == marked
            assert checked(relation.verdict(p, q), net) == marked
            if i < j:
                assert concurrent(net, p, q, budget=FEW).holds == marked
                apart = mutual_exclusion(net, [p, q], budget=FEW)
                assert apart.holds != marked


@given(net=nets(max_places=3, max_transitions=3, max_weight=2))
@settings(max_examples=120, deadline=None, derandomize=True)
def test_coverability_also_of_unbounded_nets(net: PetriNet) -> None:
    if not net.place_ids:
        return
    goal = {net.place_ids[0]: 2, net.place_ids[-1]: 1}
    verdict = coverable(net, goal, budget=Budget(states=4_000, seconds=10))
    space = space_of(net)
    if space is not None:
        wanted = {p: max(n, goal.get(p, 0)) for p, n in goal.items()}
        assert verdict.holds == any(
            all(dict(key).get(p, 0) >= n for p, n in wanted.items()) for key in space.steps
        )
    if not verdict.unknown:
        assert verdict.evidence is not None
        assert recheck(verdict.evidence, net).passed


def test_an_unbounded_net_is_not_covered_beyond_its_bounds() -> None:
    for method in ("auto", "covering"):
        assert coverable(PUMP, {"p2": 50}, method=method).holds
        verdict = coverable(PUMP, {"p1": 2, "p2": 50}, method=method)
        assert verdict.violated
        assert verdict.evidence is not None
        assert recheck(verdict.evidence, PUMP).passed


def test_the_conflict_is_named() -> None:
    choice = PetriNet.from_arrays([[1, 1], [0, 0]], [[0, 0], [1, 1]], [1, 0])
    assert persistent(choice).explanation == ("There t1 can disable t2.",)


def test_live_by_each_transition_where_the_start_is_left_for_good() -> None:
    net = PetriNet(
        places=["s", "p", "q"],
        transitions=["go", "a", "b"],
        arcs=[("s", "a"), ("a", "q"), ("p", "a"), ("q", "b"), ("b", "p"), ("b", "s"),
              ("p", "go"), ("go", "p")],
        initial={"s": 2, "p": 1},
    )  # fmt: skip
    verdict = live(net)
    assert isinstance(verdict.evidence, Parts)
    assert checked(verdict, net)


@pytest.mark.parametrize("name", ["home", "occurrence"])
def test_forged_liveness_is_refused(name: str) -> None:
    verdict = live(RING)
    assert isinstance(verdict.evidence, Parts)
    parts = tuple(part for part in verdict.evidence.parts if part[0] != name)
    forged = Parts(claim=verdict.evidence.claim, parts=parts)
    assert not recheck(forged, RING).passed
    doubled = Parts(claim=forged.claim, parts=(*verdict.evidence.parts, parts[0]))
    assert not recheck(doubled, RING).passed


def test_forged_instability_is_refused() -> None:
    verdict = stable_place(RING)
    assert isinstance(verdict.evidence, Parts)
    assert verdict.violated
    for dropped in range(len(verdict.evidence.parts)):
        parts = tuple(p for n, p in enumerate(verdict.evidence.parts) if n != dropped)
        assert not recheck(Parts(claim=verdict.evidence.claim, parts=parts), RING).passed


def test_a_partial_graph_does_not_say_that_it_holds() -> None:
    counter = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [50, 0])
    for decide, method in ((live, "structure"), (reversible, "structure")):
        assert decide(counter, method="explicit", budget=Budget(states=5)).unknown
        found = decide(counter, budget=Budget(states=5))
        assert found.holds
        assert found.statistics.method == method
    few = reachability_graph(counter, budget=Budget(states=1))
    assert concurrent_places(counter, graph=few).complete  # both were seen together at once
    turns = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
    few = reachability_graph(turns, budget=Budget(states=1))
    relation = concurrent_places(turns, graph=few)
    assert not relation.complete
    assert str(relation.reason).endswith("1 pair is open")
    assert np.array_equal(relation.together, relation.together.T)
    assert relation.open_pairs() == (("p1", "p2"),)
    assert not checked(relation.verdict("p1", "p2"), turns)
    relation = concurrent_places(counter, budget=Budget(states=1, seconds=5))
    assert relation.complete
    assert relation.together.all()
    assert relation.pairs() == (("p1", "p2"),)


@given(net=nets(max_places=4, max_transitions=4))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_concurrent_places_a_few_markings_at_a_time(net: PetriNet) -> None:
    graph = reachability_graph(net, budget=Budget(states=100))
    whole = concurrent_places(net, graph=graph)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(concurrency, "CELLS", 4)
        parts = concurrent_places(net, graph=graph)
        late = concurrent_places(net, graph=graph, budget=Budget(seconds=0.0))
    assert np.array_equal(parts.together, whole.together)
    assert np.array_equal(parts.known, whole.known)
    assert not late.complete or late.together.all() or graph.n_states <= 4
    assert not (late.together & ~whole.together).any()
    assert not (late.together & ~late.known).any()


def test_a_misspelt_place_is_an_error_whatever_its_tokens() -> None:
    net = PetriNet(places=["order"], transitions=["t"], arcs=[("t", "order")])
    for tokens in (0, 1):
        with pytest.raises(UsageError, match="did you mean 'order'"):
            coverable(net, {"ordre": tokens})


def test_transitions_may_have_the_names_of_the_parts() -> None:
    names = ("home", "occurrence")
    ring = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0], transition_ids=names)

    def can_always_occur(name: str) -> RankedSet:
        rows = np.array([[1, 0], [0, 1]])
        formula = always_possible(Enabled(name))
        far = np.array([0, 1]) if name == "home" else np.array([1, 0])
        return RankedSet(
            claim=claim(ring, formula), states=StateSet(names=ring.place_ids, rows=rows), rank=far
        )

    for swapped in (False, True):
        parts = zip(names, map(can_always_occur, names[::-1] if swapped else names), strict=True)
        evidence = Parts(claim=claim(ring, "live"), parts=tuple(parts))
        assert recheck(evidence, ring).passed is not swapped
