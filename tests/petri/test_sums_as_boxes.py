"""Sums of tokens as boxes: against all markings, and where there are many places or no solution."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable
from itertools import product

import pytest

import petri
from devtools import within_cpu_seconds
from netproof.recheck import recheck_verdict
from petri import PetriNet
from petri.regions.sums import boxes_of_sum
from transition_systems.budget import Budget
from transition_systems.properties.format import format_predicate
from transition_systems.properties.predicates import Compare, Comparison

COMPARED: dict[Comparison, Callable[[int, int], bool]] = {
    "<=": operator.le, ">=": operator.ge, "==": operator.eq,
}  # fmt: skip


def test_the_boxes_are_where_the_sum_is() -> None:
    rng = random.Random(1)
    for _ in range(1_500):
        count = rng.randint(1, 3)
        weights = [(2 * n, rng.randint(1, 6)) for n in range(count)]
        op, bound = rng.choice([*COMPARED]), rng.randint(-2, 14)
        boxes = boxes_of_sum(weights, op, bound, Budget().start())
        assert boxes is not None
        for tokens in product(range(8 if count == 3 else 16), repeat=count):
            marking = {place: n for (place, _), n in zip(weights, tokens, strict=True)}
            inside = any(
                all(marking[p] >= n for p, n in box.low.items())
                and all(marking[p] <= n for p, n in box.high.items())
                for box in boxes
            )
            together = sum(weight * marking[place] for place, weight in weights)
            assert inside == COMPARED[op](together, bound), (weights, op, bound, marking)


def sent_on(count: int) -> PetriNet:
    """Return a line of places that more and more tokens come to."""
    places = [f"p{n}" for n in range(count)]
    moves = [f"m{n}" for n in range(count - 1)]
    arcs = [arc for n, m in enumerate(moves) for arc in ((f"p{n}", m), (m, f"p{n + 1}"))]
    return PetriNet(places=places, transitions=["a", *moves], arcs=[("a", "p0"), *arcs])


def test_a_sum_that_no_marking_has_is_no_search() -> None:
    """2 p0 + ... + 2 p29 == 61 has no solution, and 10^15 ways to look for one."""
    net = sent_on(30)
    text = f"AG EF {' + '.join(f'2 {place}' for place in net.place_ids)} == 61"
    with within_cpu_seconds(5):
        found = petri.decide(net, text, budget=Budget(seconds=5), parallel=False)
    assert found.violated
    assert recheck_verdict(text, "VIOLATED", found.evidence, net).passed


def pumped(count: int) -> PetriNet:
    """Return a place that is filled and emptied, beside places that nothing happens to."""
    return PetriNet(
        places=[f"p{n}" for n in range(count)], transitions=["in", "out"],
        arcs=[("in", "p0"), ("p0", "out")],
    )  # fmt: skip


def total(net: PetriNet, op: Comparison, bound: int) -> Compare:
    return Compare(tuple((place, 1) for place in net.place_ids), op, bound)


def test_all_places_empty_again() -> None:
    net = pumped(1_200)
    goal = total(net, "==", 0)
    found = petri.always_reachable(net, goal, budget=Budget(seconds=30))
    assert found.holds
    text = f"AG EF ({format_predicate(goal)})"
    assert recheck_verdict(text, "HOLDS", found.evidence, net).passed


@pytest.mark.parametrize(("op", "bound"), [("<=", 2), ("==", 1), (">=", 2)])
def test_sums_of_many_places_keep_the_budget(op: Comparison, bound: int) -> None:
    net = pumped(1_200)
    with within_cpu_seconds(2):
        found = petri.always_reachable(net, total(net, op, bound), budget=Budget(seconds=1))
    assert found.holds or found.reason


def test_the_clock_ends_an_enumeration() -> None:
    weights = [(place, 1 + place % 3) for place in range(4_000)]
    assert boxes_of_sum(weights, "==", 90, Budget(seconds=0.0).start()) is None
