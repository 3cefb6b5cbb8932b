"""Questions asked by name where the markings are too many to list: by definition, and rechecked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import petri
from engine_cases import random_net
from netproof.recheck import recheck_verdict
from oracles.net_properties import Space, space_of
from petri import PetriNet, in_turn, stable_places
from petri.ctl import ctl
from petri.ltl import ltl
from petri.portfolio.demands import demands
from reduction_nets import parallel
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.properties.parse import parse_predicate
from transition_systems.verdict import Verdict

SOON = Budget(seconds=6.0)
BLOCK = parallel(30, 1)
ONE, NEXT, OTHER = "p0_0", "p0_1", "p1_0"
# Unbounded beside two places of which just one has the token, and a transition that is dead.
GROWING = PetriNet(
    places=["buffer", "idle", "busy", "never"],
    transitions=["produce", "take", "give", "dead"],
    arcs=[
        ("produce", "buffer"), ("idle", "take"), ("buffer", "take"), ("take", "busy"),
        ("busy", "give"), ("give", "idle"), ("never", "dead"), ("dead", "buffer"),
    ],
    initial=["idle"],
)  # fmt: skip


def confirmed(verdict: Verdict, net: PetriNet) -> bool:
    """Recheck the evidence and return whether the property holds."""
    assert not verdict.unknown, verdict
    done = recheck_verdict(verdict.property, verdict.outcome, verdict.evidence, net)
    assert done.passed, (verdict.property, done.reason)
    return verdict.holds


@pytest.mark.parametrize(
    ("ask", "holds"),
    [
        (lambda net: petri.reachable(net, "o >= 1", budget=SOON), True),
        (lambda net: petri.reachable(net, "o >= 2", budget=SOON), False),
        (lambda net: petri.invariant(net, f"i + {ONE} + {NEXT} + o == 1", budget=SOON), True),
        (lambda net: petri.safe(net, budget=SOON), True),
        (lambda net: petri.persistent(net, budget=SOON), True),
        (lambda net: petri.deadlock(net, budget=SOON), False),
        (lambda net: petri.concurrent(net, NEXT, OTHER, budget=SOON), True),
        (lambda net: petri.concurrent(net, ONE, NEXT, budget=SOON), False),
        (lambda net: petri.mutual_exclusion(net, [ONE, NEXT, "o"], budget=SOON), True),
        (lambda net: petri.always_reachable(net, f"{ONE} == 0", budget=SOON), True),
        (lambda net: petri.always_reachable(net, "i >= 1", budget=SOON), False),
        (lambda net: petri.no_dead_transitions(net, budget=SOON), True),
        (lambda net: petri.stable_place(net, budget=SOON), False),
    ],
)  # fmt: skip
def test_thirty_branches(ask: Callable[[PetriNet], Verdict], holds: bool) -> None:
    assert confirmed(ask(BLOCK), BLOCK) == holds


def test_thirty_branches_are_covered() -> None:
    for tokens, held in ((1, True), (2, False)):
        verdict = petri.coverable(BLOCK, {"o": tokens}, budget=SOON)
        formula = f"EF o >= {tokens}"
        assert confirmed(verdict.with_(property=formula), BLOCK) == held


def test_dead_transitions_and_stable_places_of_many_markings() -> None:
    lame = BLOCK.replace(
        places=[*BLOCK.place_ids, "lack"], arcs=[*BLOCK.arcs, ("lack", "t0_0"), ("t0_0", "lack")]
    )
    for ask in (petri.no_dead_transitions, petri.stable_place):
        verdict = ask(lame, budget=SOON)
        assert confirmed(verdict, lame) == (ask is petri.stable_place)
        named = petri.decide(lame, verdict.property, budget=SOON)
        assert named.outcome == verdict.outcome
    many = PetriNet.from_arrays([[1], [0]], [[0], [1]], [2**61, 0])
    assert confirmed(petri.no_dead_transitions(many, budget=SOON), many)
    assert not confirmed(petri.stable_place(many, budget=SOON), many)


@pytest.mark.parametrize(
    ("ask", "holds"),
    [
        (lambda net: petri.mutual_exclusion(net, ["idle", "busy"], budget=SOON), True),
        (lambda net: petri.reachable(net, "enabled(dead)", budget=SOON), False),
        (lambda net: petri.reachable(net, "buffer >= 50 && busy >= 1", budget=SOON), True),
        (lambda net: petri.no_dead_transitions(net, budget=SOON), False),
        (lambda net: petri.stable_place(net, budget=SOON), True),
        (lambda net: petri.always_reachable(net, "idle + busy >= 1", budget=SOON), True),
        (lambda net: petri.always_reachable(net, "never >= 1", budget=SOON), False),
    ],
)  # fmt: skip
def test_an_unbounded_net(ask: Callable[[PetriNet], Verdict], holds: bool) -> None:
    assert confirmed(ask(GROWING), GROWING) == holds


def test_groups_of_which_one_occurs() -> None:
    groups = {"some": ("dead", "take"), "none": ("dead",)}
    verdict = petri.no_dead_transitions(GROWING, groups=groups, budget=SOON)
    assert verdict.violated
    assert verdict.explanation == ("No run contains none.",)
    assert petri.no_dead_transitions(GROWING, groups={"a": groups["some"]}, budget=SOON).holds


def test_small_nets_are_listed_with_shortest_runs() -> None:
    net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [4, 0])
    verdict = petri.reachable(net, "p2 >= 3")
    assert verdict.statistics.method == "explicit"
    assert len(verdict.witness or ()) == 3
    assert petri.invariant(net, "p1 + p2 == 4").statistics.method == "explicit"


def test_a_forced_method_is_not_helped() -> None:
    few = Budget(states=50, seconds=2.0)
    for verdict in (
        petri.reachable(BLOCK, "o >= 1", method="explicit", budget=few),
        petri.invariant(BLOCK, "o <= 1", method="explicit", budget=few),
        petri.always_reachable(BLOCK, "o >= 1", method="explicit", budget=few),
        petri.no_dead_transitions(BLOCK, method="explicit", budget=few),
        petri.stable_place(BLOCK, method="explicit", budget=few),
        petri.coverable(BLOCK, {"o": 1}, method="explicit", budget=few),
    ):
        assert verdict.unknown
        assert verdict.statistics.method == "explicit"
    relation = petri.concurrent_places(BLOCK, graph=petri.reachability_graph(BLOCK, budget=few))
    assert not relation.complete
    assert not relation.together.all()


def test_concurrent_places_of_many_markings() -> None:
    net = parallel(18, 1)
    relation = petri.concurrent_places(net, budget=Budget(seconds=20.0, states=3_000))
    together = relation.together
    assert relation.complete
    for first, one in enumerate(net.place_ids):
        for second, other in enumerate(net.place_ids):
            inner = "o" not in (one, other) and "i" not in (one, other)
            branches = one.partition("_")[0] != other.partition("_")[0]
            assert together[first, second] == (one == other or (inner and branches)), (one, other)


def is_home(space: Space, good: set[frozenset[tuple[str, int]]]) -> bool:
    return all(space.closure(key) & good for key in space.steps)


@pytest.mark.parametrize("part", range(5))
def test_small_nets_by_definition(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hardly anything is listed first, so that the engines answer."""
    monkeypatch.setattr(in_turn, "FIRST_STATES", 2)
    monkeypatch.setattr(stable_places, "FIRST", 2)
    budget, answered = Budget(seconds=1.0), 0
    for seed in range(part * 8, part * 8 + 8):
        net = random_net(seed, most=4)
        space = space_of(net, limit=200)
        if space is None:
            continue
        place = net.place_ids[-1]
        good = {key for key in space.steps if dict(key).get(place, 0) >= 1}
        fired = {t for steps in space.steps.values() for t, _ in steps}
        still = [len({dict(key).get(p, 0) for key in space.steps}) == 1 for p in net.place_ids]
        for verdict, truth in (
            (petri.reachable(net, f"{place} >= 1", budget=budget), bool(good)),
            (petri.invariant(net, f"{place} >= 1", budget=budget), good == set(space.steps)),
            (petri.always_reachable(net, f"{place} >= 1", budget=budget), is_home(space, good)),
            (petri.no_dead_transitions(net, budget=budget), fired == set(net.transition_ids)),
            (petri.stable_place(net, budget=budget), any(still)),
        ):
            if not verdict.unknown:
                answered += 1
                assert confirmed(verdict, net) == truth, (seed, verdict.property)
    assert answered > 20


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("p1 >= 2", [{"p1": 2}]),
        ("p1 > 2 || enabled(t1)", [{"p1": 3}, {"p1": 1, "p2": 2}]),
        ("p1 >= 2 && (p2 != 0 || p1 >= 5)", [{"p1": 2, "p2": 1}, {"p1": 5}]),
        ("!(p1 <= 3)", [{"p1": 4}]),
        ("p1 <= 3", None),
        ("dead", None),
        ("p1 - p2 >= 1", None),
        ("p1 != 2", None),
        ("!enabled(t1)", None),
    ],
)
def test_what_a_goal_demands(text: str, wanted: list[dict[str, int]] | None) -> None:
    net = PetriNet.from_arrays([[1], [2]], [[0], [0]], [0, 0])
    assert demands(net, parse_predicate(text)) == wanted


def test_very_many_demands_are_none() -> None:
    net = PetriNet.from_arrays([[1], [2]], [[0], [0]], [0, 0])
    text = " && ".join(f"(p1 >= {n} || p2 >= {n})" for n in range(20))
    assert demands(net, parse_predicate(text)) is None


def test_names_that_are_not_there() -> None:
    net = PetriNet(
        places=["order", "paid"], transitions=["t"], arcs=[("order", "t"), ("t", "paid")],
        initial=["order"],
    )  # fmt: skip
    marking = {"ordr": 1}
    for ask in (petri.reachable, petri.invariant, petri.always_reachable):
        for question in (marking, petri.Marking(marking)):
            with pytest.raises(UsageError, match="did you mean 'order'"):
                ask(net, question)
    with pytest.raises(UsageError, match="its places are 'order', 'paid'"):
        petri.coverable(net, {"x": 1})
    for ask, method, near in (
        (petri.live, "strcture", "structure"), (petri.terminates, "explict", "explicit"),
        (ctl, "symblic", "symbolic"), (ltl, "stuborn", "stubborn"),
    ):  # fmt: skip
        given = ("AF paid",) if ask is ctl else ("F paid",) if ask is ltl else ()
        with pytest.raises(UsageError, match=f"Did you mean '{near}'"):
            ask(net, *given, method=method)
    with pytest.raises(UsageError, match="Did you mean 'pdr'"):
        petri.invariant(net, "paid <= 1", method="prd")
    with pytest.raises(UsageError, match="did you mean 'strong'"):
        petri.terminates(net, fairness="stong")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="as a list"):
        petri.mutual_exclusion(net, "order")
