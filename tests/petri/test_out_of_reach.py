"""What is never reached again by sums of tokens that never fall, against full search and forged."""

from __future__ import annotations

from dataclasses import replace

import pytest

import petri
from engine_cases import random_net
from netproof.recheck import recheck, recheck_verdict
from petri import PetriNet
from petri.decision import claim, equals_marking
from petri.out_of_reach import out_of_reach
from petri.structure.flow_bases import transition_flows
from petri.structure.rising_sums import rising_places, rising_weights
from transition_systems.budget import Budget
from transition_systems.evidence import MarkedTrapEvidence, RisingSumEvidence, evidence_from_dict
from transition_systems.properties.parse import parse_predicate

FEW = Budget(seconds=8.0)

# A cycle that leaves a token in a place for ever each time round.
GROWING = PetriNet(
    places=["a", "b", "more"],
    transitions=["go", "back"],
    arcs=[("a", "go"), ("go", "b"), ("go", "more"), ("b", "back"), ("back", "a")],
    initial=["a"],
)
# The same, where tokens can be taken away one for two: a sum of weights 1 and 2 never falls.
TRADING = PetriNet(
    places=["a", "b", "one", "two"],
    transitions=["go", "back", "trade", "again"],
    arcs=[
        ("a", "go"), ("go", "b"), ("go", "one"), ("b", "back"), ("back", "a"),
        ("one", "trade", 2), ("trade", "two"), ("two", "again"), ("again", "one", 2),
    ],
    initial=["a", "one"],
)  # fmt: skip
# What comes in can go out again: unbounded, and it can always come back.
DRAINED = PetriNet(
    places=["p"], transitions=["in", "out"], arcs=[("in", "p"), ("p", "out")], initial={}
)


def evidence_of(net: PetriNet) -> RisingSumEvidence:
    verdict = petri.reversible(net, budget=FEW)
    assert verdict.violated, verdict.reason
    assert isinstance(verdict.evidence, RisingSumEvidence)
    assert recheck_verdict("reversibility", verdict.outcome, verdict.evidence, net).passed
    return verdict.evidence


def test_a_place_that_only_grows() -> None:
    evidence = evidence_of(GROWING)
    assert evidence.weights == (("more", 1),)
    assert len(evidence.run) == 1
    assert evidence_from_dict(evidence.to_dict()) == evidence
    assert rising_places(GROWING) == ("more",)


def test_a_weighted_sum_that_only_grows() -> None:
    weights = dict(evidence_of(TRADING).weights)
    assert weights["two"] == 2 * weights["one"] > 0
    assert rising_places(TRADING) == ()


def test_a_trap_that_is_marked_where_no_sum_rises() -> None:
    """Firing counts that lead back exist, so no sum tells; but a token is always left."""
    net = PetriNet(
        places=["s", "a", "b"],
        transitions=["enter", "fewer", "more", "back"],
        arcs=[
            ("s", "enter"), ("enter", "a", 3), ("a", "fewer", 2), ("fewer", "b"), ("b", "more"),
            ("more", "a"), ("b", "back", 2), ("back", "b"), ("back", "s"),
        ],
        initial=["s"],
    )  # fmt: skip
    assert rising_weights(net) is None
    few = petri.reachability_graph(net, budget=Budget(states=2))
    found = out_of_reach(few, equals_marking(net, net.initial), budget=FEW)
    assert found is not None
    assert isinstance(found[0], MarkedTrapEvidence)
    assert recheck(found[0], net).passed
    assert found[1] == (
        "After 1 step the goal is out of reach: some token can never be taken away from a, b, "
        "which it wants empty."
    )
    assert petri.reversible(net).violated


def test_what_can_come_back_is_not_said_to_be_lost() -> None:
    assert rising_weights(DRAINED) is None
    for method in ("explicit", "auto"):
        verdict = petri.reversible(DRAINED, method=method, budget=Budget(seconds=0.5, states=50))
        assert not verdict.violated
    few = petri.reachability_graph(DRAINED, budget=Budget(states=9))
    assert out_of_reach(few, equals_marking(DRAINED, DRAINED.initial), budget=FEW) is None


def test_other_goals_and_liveness() -> None:
    for formula, lost in (
        ("more <= 3", True), ("a == 1 && more < 2", True), ("a >= 1", False),
        ("2 more + a <= 7", True), ("a + b <= 1", False), ("more <= 3 || a >= 1", False),
    ):  # fmt: skip
        verdict = petri.always_reachable(GROWING, formula, budget=FEW)
        assert verdict.violated == lost, formula
        if lost:
            assert recheck(verdict.evidence, GROWING).passed
    # A transition that a place feeds which never gets tokens can fire only so often.
    once = PetriNet(
        places=["a", "b", "more", "few"],
        transitions=["go", "back", "take"],
        arcs=[
            ("a", "go"), ("go", "b"), ("go", "more"), ("b", "back"), ("back", "a"), ("few", "take"),
        ],
        initial={"a": 1, "few": 2},
    )  # fmt: skip
    dying = petri.live(once, budget=FEW)
    assert dying.violated
    assert recheck_verdict("liveness", dying.outcome, dying.evidence, once).passed


@pytest.mark.parametrize("part", range(4))
def test_small_nets_by_definition(part: int) -> None:
    found = 0
    for seed in range(part * 25, part * 25 + 25):
        net = random_net(seed)
        start = equals_marking(net, net.initial)
        few = petri.reachability_graph(net, budget=Budget(states=4))
        away = out_of_reach(few, start, budget=Budget(seconds=0.1))
        flows = [dict(flow.weights) for flow in transition_flows(net)]
        if away is not None:
            found += 1
            assert recheck(away[0], net).passed
            whole = petri.reachability_graph(net, budget=Budget(states=3_000))
            if whole.complete:
                assert petri.reversible(net, graph=whole).violated
        weights = rising_weights(net)
        if not flows:
            # No flow leads back, so each transition that changes something is raised.
            assert weights is not None or not net.incidence_csr.nnz
    assert found > 1


@pytest.mark.parametrize(
    ("weights", "why"),
    [
        ((("more", -1),), "'go' lowers the sum"),
        ((("a", 1),), "'go' lowers the sum"),
        ((("a", 1), ("b", 1)), "does not end with a sum that the goal excludes"),
        ((), "does not end with a sum that the goal excludes"),
        ((("nix", 1),), "no place of the net"),
        ((("more", 1), ("more", 0)), "or twice"),
    ],
)
def test_sums_that_show_nothing_are_refused(weights: tuple[tuple[str, int], ...], why: str) -> None:
    result = recheck(replace(evidence_of(GROWING), weights=weights), GROWING)
    assert result.status == "failed"
    assert why in str(result.reason)


def test_other_runs_and_claims_are_refused() -> None:
    piece = evidence_of(GROWING)
    empty = replace(piece, run=GROWING.run(GROWING.initial, []))
    assert recheck(empty, GROWING).status == "failed"
    for formula in ("EF AG !(a >= 1)", "EF AG !(more <= 1)", "AG !(more <= 0)", "EF AG (a >= 1)"):
        forged = replace(piece, claim=replace(piece.claim, formula=formula))
        assert recheck(forged, GROWING).status == "failed", formula
    fine = replace(piece, claim=replace(piece.claim, formula="EF AG (more >= 1)"))
    assert recheck(fine, GROWING).passed


def test_large_sums_are_exact() -> None:
    big = 2**40
    net = PetriNet(
        places=["a", "b", "more"],
        transitions=["go", "back"],
        arcs=[("a", "go"), ("go", "b"), ("go", "more", big), ("b", "back"), ("back", "a")],
        initial={"a": 1, "more": big},
    )
    assert dict(evidence_of(net).weights) == {"more": 1}
    space = petri.reachability_graph(net, budget=Budget(states=5))
    assert out_of_reach(space, parse_predicate(f"more <= {2**62}"), budget=FEW) is None


@pytest.mark.parametrize(
    ("goal", "kind"),
    [("2 p <= 1", MarkedTrapEvidence), ("5 p < 4", MarkedTrapEvidence),
     ("2 p + 3 q <= 1", RisingSumEvidence)],
)  # fmt: skip
def test_the_trap_of_a_bound_with_factors_is_rechecked(goal: str, kind: type) -> None:
    net = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("t", "q")], initial={"p": 3})
    verdict = petri.always_reachable(net, goal, budget=FEW)
    assert isinstance(verdict.evidence, kind)
    result = recheck_verdict(verdict.property, verdict.outcome, verdict.evidence, net)
    assert result.passed, result.reason


def test_a_bound_that_leaves_a_token_in_the_trap_is_refused() -> None:
    net = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("t", "q")], initial={"p": 1})
    full = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("t", "q")], initial={"p": 3})
    evidence = petri.always_reachable(full, "2 p <= 1", budget=FEW).evidence
    assert isinstance(evidence, MarkedTrapEvidence)
    for text in ("EF AG 2 p > 1", "EF AG 2 p > 3"):
        forged = replace(evidence, claim=claim(net, text), run=net.run(net.initial, []))
        assert recheck(forged, net).passed is (text == "EF AG 2 p > 1")


@pytest.mark.parametrize(("goal", "holds"), [("true", True), ("false", False)])
def test_constants_are_always_or_never_reachable(goal: str, holds: bool) -> None:
    net = PetriNet(places=["p"], transitions=["t"], arcs=[("t", "p")], initial={"p": 3})
    verdict = petri.always_reachable(net, goal, budget=FEW)
    assert verdict.holds is holds
    assert recheck_verdict(verdict.property, verdict.outcome, verdict.evidence, net).passed


def test_a_goal_that_is_left_open_is_told_as_what_is_known_of_it() -> None:
    net = PetriNet(
        places=["p", "q"], transitions=["a", "b", "c", "d", "e"], initial=["q"],
        arcs=[("p", "a"), ("a", "q"), ("p", "b"), ("b", "p"), ("b", "q"), ("p", "c"),
              ("q", "c", 2), ("q", "d"), ("d", "p"), ("d", "q"), ("e", "p", 2), ("e", "q")],
    )  # fmt: skip
    verdict = petri.always_reachable(net, "p >= 3 && q == 0", budget=Budget(seconds=1.0))
    assert verdict.unknown
    assert "the goal is reachable, and not everywhere" in str(verdict.reason)
