"""Sums without bound that are fed by other unbounded places, and questions that are constants."""

from __future__ import annotations

import pytest

import petri
from netproof.recheck import recheck_verdict
from petri import PetriNet, bounds, decide
from transition_systems.budget import Budget
from transition_systems.verdict import Outcome, Verdict

SOURCE = PetriNet(places=["p"], transitions=["t"], arcs=[("t", "p")], initial={"p": 3})
LIMIT = Budget(seconds=10)


def series(weight: int) -> PetriNet:
    """Return a source that feeds p, from which q is fed, from which r is."""
    return PetriNet(
        places=["p", "q", "r"],
        transitions=["t", "u", "v"],
        arcs=[("t", "p"), ("p", "u", weight), ("u", "q"), ("q", "v", weight), ("v", "r")],
        initial={},
    )


def rechecked(verdict: Verdict, net: PetriNet) -> Verdict:
    assert verdict.evidence is not None, verdict.reason
    result = recheck_verdict(verdict.property, verdict.outcome, verdict.evidence, net)
    assert result.passed, result.reason
    return verdict


@pytest.mark.parametrize("weight", [1, 2, 3])
def test_places_that_unbounded_places_feed_have_no_bound(weight: int) -> None:
    net = series(weight)
    found = bounds(net, places=["p", "q", "r", ("q", "r")], budget=LIMIT, parallel=False)
    assert all(bound.unbounded for bound in found.bounds)
    for bound in found.bounds:
        rechecked(bound.verdict, net)
    assert rechecked(found.verdict, net).holds
    assert rechecked(decide(net, "bound q", budget=LIMIT, parallel=False), net).holds


def test_a_sum_without_a_run_that_repeats_is_told_as_that() -> None:
    arcs = [
        ("s", "t"), ("t", "s"), ("t", "p"), ("s", "w"), ("w", "z"), ("p", "u"), ("z", "u"),
        ("u", "z"), ("u", "q"),
    ]  # fmt: skip
    net = PetriNet(
        places=["s", "z", "p", "q"], transitions=["t", "w", "u"], arcs=arcs, initial=["s"]
    )
    found = bounds(net, places=["q"], budget=Budget(seconds=1.5), parallel=False)
    assert found.verdict.unknown
    assert "no short enough run was found that can be repeated" in str(found.verdict.reason)
    assert "too large" not in str(found.verdict.reason)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [("AG true", "HOLDS"), ("EF true", "HOLDS"), ("EF false", "VIOLATED"), ("AG false", "VIOLATED"),
     ("AG (p >= 1 || true)", "HOLDS"), ("persistence", "HOLDS")],
)  # fmt: skip
def test_constants_are_decided_of_unbounded_nets(text: str, outcome: str) -> None:
    verdict = rechecked(decide(SOURCE, text, budget=LIMIT, parallel=False), SOURCE)
    assert verdict.outcome is Outcome[outcome]


def test_constants_are_decided_by_name() -> None:
    for verdict, holds in (
        (petri.persistent(SOURCE, budget=LIMIT), True),
        (petri.invariant(SOURCE, "true", budget=LIMIT), True),
        (petri.reachable(SOURCE, "false", budget=LIMIT), False),
        (petri.mutual_exclusion(SOURCE, ["p"], budget=LIMIT), True),
    ):
        assert rechecked(verdict, SOURCE).holds is holds
