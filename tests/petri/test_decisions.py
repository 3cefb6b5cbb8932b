"""Every decision on nets against its definition."""

from __future__ import annotations

import pickle
from typing import Literal

import pytest
from hypothesis import assume, given, settings

from oracles.net_properties import has_fair_infinite_run, has_infinite_run, space_of
from petri import (
    PetriNet,
    SoundnessGoal,
    always_reachable,
    bounded,
    deadlock,
    invariant,
    no_dead_transitions,
    reachable,
    safe,
    sound,
    terminates,
    workflow_net,
)
from strategies_petri import nets, strongly_small_nets
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.evidence import StructureEvidence
from transition_systems.properties.parse import parse_predicate
from transition_systems.verdict import Outcome

RELAXED = settings(max_examples=150, deadline=None, derandomize=True)


@given(net=nets())
@RELAXED
def test_deadlock(net: PetriNet) -> None:
    space = space_of(net)
    assume(space is not None)
    assert space is not None
    final = None if net.final is None else frozenset(net.final.to_dict().items())
    stuck = [k for k, steps in space.steps.items() if not steps and k != final]
    verdict = deadlock(net)
    assert verdict.outcome == (Outcome.VIOLATED if stuck else Outcome.HOLDS)
    if stuck:
        assert verdict.witness is not None
        assert frozenset(verdict.witness.last.items()) in stuck


@pytest.mark.exhaustive
@given(net=strongly_small_nets())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_z3_agrees_with_the_explicit_method(net: PetriNet) -> None:
    assume(space_of(net) is not None)
    explicit = deadlock(net)
    symbolic = deadlock(net, method="z3", budget=Budget(seconds=5))
    assert symbolic.unknown or symbolic.outcome == explicit.outcome
    for goal in ("p0 >= 2", "p0 == 0 && p1 >= 1", "dead"):
        if not all(p in net.place_ids for p in ("p0", "p1")):
            continue
        one = reachable(net, goal)
        two = reachable(net, goal, method="z3", budget=Budget(seconds=5))
        assert two.unknown or two.outcome == one.outcome
        if two.holds:
            assert two.witness is not None
            assert one.witness is not None
            assert len(two.witness) == len(one.witness)


@given(net=nets())
@RELAXED
def test_bounds_and_safeness(net: PetriNet) -> None:
    space = space_of(net)
    assume(space is not None)
    assert space is not None
    top = max((n for key in space.steps for _, n in key), default=0)
    assert bounded(net).holds
    assert bounded(net, k=top).holds
    assert bounded(net, k=top - 1).violated == (len(net.place_ids) > 0)
    assert safe(net).holds == (top <= 1)


@given(net=nets())
@RELAXED
def test_dead_transitions(net: PetriNet) -> None:
    space = space_of(net)
    assume(space is not None)
    assert space is not None
    fired = {t for steps in space.steps.values() for t, _ in steps}
    assert no_dead_transitions(net).holds == (fired == set(net.transition_ids))


@given(net=nets(max_places=4))
@RELAXED
def test_home_and_invariant(net: PetriNet) -> None:
    space = space_of(net)
    assume(space is not None and len(net.place_ids) >= 2)
    assert space is not None

    def goal(key: frozenset[tuple[str, int]]) -> bool:
        tokens = dict(key)
        return tokens.get("p0", 0) + 2 * tokens.get("p1", 0) <= 2

    text = "p0 + 2 p1 <= 2"
    good = {key for key in space.steps if goal(key)}
    assert invariant(net, text).holds == (good == set(space.steps))
    assert reachable(net, text).holds == bool(good)
    home = all(space.closure(key) & good for key in space.steps)
    assert always_reachable(net, text).holds == home


@given(net=nets())
@RELAXED
def test_termination(net: PetriNet) -> None:
    space = space_of(net)
    if space is None:
        return
    assert terminates(net).violated == has_infinite_run(space)


@given(net=strongly_small_nets())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_termination_under_fairness(net: PetriNet) -> None:
    space = space_of(net)
    assume(space is not None)
    assert space is not None
    assume(1 <= sum(map(len, space.steps.values())) <= 9)
    ways: tuple[tuple[Literal["weak", "strong"], bool], ...] = (("weak", False), ("strong", True))
    for fairness, strong in ways:
        verdict = terminates(net, fairness=fairness)
        assert verdict.violated == has_fair_infinite_run(space, strong=strong), fairness


def workflow(arcs: list[tuple[str, str]], places: str, transitions: str) -> PetriNet:
    return PetriNet(
        places=places.split(), transitions=transitions.split(), arcs=arcs, initial={"i": 1}
    )


SEQUENCE = workflow([("i", "a"), ("a", "p"), ("p", "b"), ("b", "o")], "i p o", "a b")
FORK_XOR = workflow(
    [("i", "f"), ("f", "p"), ("f", "q"), ("p", "a"), ("q", "b"), ("a", "o"), ("b", "o")],
    "i p q o", "f a b",
)  # fmt: skip
XOR_JOIN = workflow(
    [("i", "a"), ("i", "b"), ("a", "p"), ("b", "q"), ("p", "j"), ("q", "j"), ("j", "o")],
    "i p q o", "a b j",
)  # fmt: skip
LIVELOCK = workflow(
    [("i", "a"), ("i", "z"), ("a", "p"), ("p", "b"), ("b", "p"), ("p", "d"), ("d", "q"),
     ("q", "e"), ("e", "q"), ("q", "never"), ("i", "never"), ("never", "o"), ("z", "o")],
    "i p q o", "a b d e never z",
)  # fmt: skip
GROWING = workflow(
    [("i", "a"), ("a", "p"), ("p", "b"), ("b", "p"), ("b", "q"), ("p", "c"), ("q", "c"),
     ("c", "o")], "i p q o", "a b c",
)  # fmt: skip


@pytest.mark.parametrize(
    ("net", "part"),
    [
        (SEQUENCE, None),
        (FORK_XOR, "proper-completion"),
        (XOR_JOIN, "option-to-complete"),
        (LIVELOCK, "option-to-complete"),
        (GROWING, "unbounded"),
    ],
)
def test_soundness(net: PetriNet, part: str | None) -> None:
    assert workflow_net(net).holds
    verdict = sound(net)
    assert verdict.holds == (part is None)
    if part is not None:
        assert verdict.violated
        assert verdict.evidence is not None
        assert [name for name, _ in verdict.evidence.parts] == [part] or part in {
            p.property for p in verdict.parts if p.violated
        }


@given(net=nets(max_places=4, max_weight=1))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_soundness_by_definition(net: PetriNet) -> None:
    structure = workflow_net(net)
    if not structure.holds:
        with pytest.raises(UsageError, match="workflow net"):
            sound(net)
        return
    evidence = structure.evidence
    assert isinstance(evidence, StructureEvidence)
    sets = dict(evidence.sets)
    source, sink = sets["source"][0], sets["sink"][0]
    started = net.replace(initial={source: 1}, final=None)
    space = space_of(started)
    if space is None:
        assert not sound(started, budget=Budget(states=5000)).holds
        return
    final = frozenset({(sink, 1)})
    option = all(final in space.closure(key) for key in space.steps)
    proper = all(key == final for key in space.steps if dict(key).get(sink, 0) >= 1)
    fired = {t for steps in space.steps.values() for t, _ in steps}
    assert sound(started).holds == (option and proper and fired == set(net.transition_ids))


def test_a_verdict_out_of_budget_is_unknown_and_keeps_what_is_known() -> None:
    net = PetriNet(places=["p"], transitions=["t"], arcs=[("t", "p")])
    verdict = deadlock(net, method="explicit", budget=Budget(states=10))
    assert verdict.unknown
    assert "10 states" in (verdict.reason or "")
    with pytest.raises(UndecidedError):
        bool(verdict)
    assert pickle.loads(pickle.dumps(verdict)) == verdict
    data = verdict.to_dict()
    assert data["outcome"] == "UNKNOWN"
    assert data["versions"]["netproof"]


def test_an_unknown_method_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="explicit, z3"):
        deadlock(SEQUENCE, method="magic")


def test_an_unbounded_net_is_refuted_by_its_coverability_graph() -> None:
    """A join that never gets its second token is dead, however far the net grows."""
    net = workflow(
        [("i", "a"), ("a", "p"), ("p", "b"), ("b", "p"), ("b", "q"), ("q", "j"), ("r", "j"),
         ("j", "r2"), ("never", "r"), ("r2", "never"), ("p", "c"), ("c", "o"), ("r2", "c2"),
         ("c2", "o")],
        "i p q r r2 o", "a b j never c c2",
    )  # fmt: skip
    verdict = sound(net)
    assert verdict.violated
    goal = SoundnessGoal(
        completion=parse_predicate("o >= 1"), proper=parse_predicate("i <= 1"),
        occurs={t: (t,) for t in net.transition_ids},
    )  # fmt: skip
    verdict = sound(net, goal=goal)
    parts = {part.property: part for part in verdict.parts}
    assert verdict.violated
    assert parts["proper-completion"].holds
    assert parts["no-dead-transitions"].violated
    assert parts["no-dead-transitions"].evidence is not None
    assert parts["no-dead-transitions"].evidence.kind == "invariant"
