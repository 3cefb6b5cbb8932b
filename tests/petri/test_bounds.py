"""Exact bounds against the list of all markings, with evidence that is rechecked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

import petri
from netproof import check
from netproof.recheck import recheck_verdict
from petri import Bounds, PetriNet, bounds, decide
from strategies_petri import nets
from transition_systems.budget import Budget
from transition_systems.errors import NetproofError, UsageError
from transition_systems.evidence import Parts, RunEvidence
from transition_systems.verdict import Outcome

PUMP = PetriNet.from_arrays([[1, 0], [0, 1], [0, 0]], [[0, 1], [1, 0], [1, 0]], [2, 0, 0])


def found_by(net: PetriNet, **asked: Any) -> Bounds:
    return bounds(net, budget=Budget(seconds=5), parallel=False, **asked)


def rechecked(found: Bounds, net: PetriNet) -> None:
    """Every verdict is accepted by the recheck, the one about all of them too."""
    for verdict in (found.verdict, *(bound.verdict for bound in found.bounds)):
        assert verdict.holds
        result = recheck_verdict(verdict.property, "HOLDS", verdict.evidence, net)
        assert result.passed, result.reason
        assert not recheck_verdict(verdict.property, "VIOLATED", verdict.evidence, net).passed


def largest(net: PetriNet, most: int = 2_000) -> dict[str, int] | None:
    """Return the bounds by listing, ``None`` where there are too many markings."""
    start = tuple(net.initial.to_array(net.place_ids).tolist())
    seen, waiting = {start}, [start]
    while waiting:
        marking = waiting.pop()
        for pre, post in zip(net.pre.T.tolist(), net.post.T.tolist(), strict=True):
            if all(m >= n for m, n in zip(marking, pre, strict=True)):
                after = tuple(m - a + b for m, a, b in zip(marking, pre, post, strict=True))
                if after not in seen:
                    if len(seen) > most:
                        return None
                    seen.add(after)
                    waiting.append(after)
    return {p: max(m[i] for m in seen) for i, p in enumerate(net.place_ids)}


@settings(max_examples=60, derandomize=True, deadline=None)
@given(nets(max_places=4, max_transitions=4, max_weight=2))
def test_bounds_are_those_of_the_list_of_all_markings(net: PetriNet) -> None:
    wanted = largest(net)
    found = found_by(net)
    assert tuple(found) == net.place_ids
    if wanted is None:
        if found.verdict.holds:
            rechecked(found, net)
        return
    assert {name: bound.most for name, bound in found.items()} == wanted
    assert not any(bound.unbounded for bound in found.values())
    rechecked(found, net)


def test_sums_and_unbounded_places() -> None:
    found = found_by(PUMP, places=["p3", ("p1", "p2"), ("p1", "p1", "p2")])
    assert [str(bound) for bound in found.bounds] == [
        "p3 has no bound", "p1 + p2 <= 2", "2 p1 + p2 <= 4",
    ]  # fmt: skip
    assert found["p1 + p2"].most == 2
    assert found["p3"].unbounded
    rechecked(found, PUMP)
    with pytest.raises(KeyError):
        found["p2"]


def test_decide_asks_for_bounds_too() -> None:
    whole = decide(PUMP, "bounds", budget=Budget(seconds=5), parallel=False)
    assert whole.holds
    assert whole.explanation[-1] == "Without bound: p3."
    one = decide(PUMP, "bound p1 + 2 p2", budget=Budget(seconds=5), parallel=False)
    assert one.property == "bound p1 + 2 p2 = 4"
    assert recheck_verdict(one.property, "HOLDS", one.evidence, PUMP).passed
    for wrong in ("bound p1 - p2", "bound p1 >= 2", "bound", "bound 1000000 p1"):
        with pytest.raises(NetproofError):
            decide(PUMP, wrong)
    with pytest.raises(UsageError, match="no place"):
        decide(PUMP, "bound q")
    with pytest.raises(UsageError, match="no places"):
        bounds(PUMP, places=[()])


def test_many_branches_without_a_list_of_markings() -> None:
    k = 16
    net = PetriNet(
        places=["i", *(f"{x}{n}" for n in range(k) for x in "ab"), "o"],
        transitions=["fork", *(f"t{n}" for n in range(k)), "join"],
        arcs=[
            ("i", "fork"), ("join", "o"),
            *(a for n in range(k) for a in (("fork", f"a{n}"), (f"a{n}", f"t{n}"))),
            *(a for n in range(k) for a in ((f"t{n}", f"b{n}"), (f"b{n}", "join"))),
        ],
        initial=["i"],
    )  # fmt: skip
    found = bounds(
        net, places=["a1", ("a1", "b1"), ("a1", "a2"), "o"], parallel=False,
        budget=Budget(seconds=8, states=2_000),
    )  # fmt: skip
    assert [bound.most for bound in found.bounds] == [1, 1, 2, 1]
    rechecked(found, net)


def test_what_is_open_is_told() -> None:
    found = bounds(PUMP, budget=Budget(seconds=0), parallel=False)
    assert found.verdict.unknown
    assert "bounds are open, the first that of p1" in str(found.verdict.reason)
    assert str(found["p1"]) == "p1 <= ?"


def test_a_wrong_bound_is_refused() -> None:
    found = found_by(PUMP, places=["p1"])
    evidence = found["p1"].verdict.evidence
    assert isinstance(evidence, Parts)
    for name in ("bound p1 = 1", "bound p1 = 3", "bound p2 = 2", "bounds"):
        forged = replace(evidence, claim=replace(evidence.claim, formula=name))
        assert not recheck_verdict(name, "HOLDS", forged, PUMP).passed, name
        assert not recheck_verdict(name, "HOLDS", evidence, PUMP).passed
    (_, upper), (_, lower) = evidence.parts
    for parts in ((("upper", upper),), (("lower", lower), ("upper", lower)), ()):
        forged = replace(evidence, parts=parts)
        assert not recheck_verdict("bound p1 = 2", "HOLDS", forged, PUMP).passed
    whole = found_by(PUMP).verdict.evidence
    assert isinstance(whole, Parts)
    for number in range(len(whole.parts)):
        forged = replace(whole, parts=whole.parts[:number] + whole.parts[number + 1 :])
        assert not recheck_verdict("bounds", "HOLDS", forged, PUMP).passed
    (name, run), *rest = [part for part in whole.parts if isinstance(part[1], RunEvidence)]
    shorter = replace(run, claim=replace(run.claim, formula="EF p1 >= 0"))
    others = tuple(part for part in whole.parts if part[0] != name)
    assert rest
    assert not recheck_verdict(
        "bounds", "HOLDS", replace(whole, parts=((name, shorter), *others)), PUMP
    ).passed


def test_it_is_checked_by_name(tmp_path: Path) -> None:
    path = tmp_path / "net.pnml"
    petri.write_pnml(PUMP, path)
    result = check(path, ["bounds"])
    (verdict,) = result.verdicts
    assert verdict.outcome is Outcome.HOLDS
    assert "Without bound: p3." in str(verdict.explanation)
    assert json.loads(json.dumps(verdict.to_dict()))["property"] == "bounds"


@pytest.mark.parametrize(
    ("asked", "told"),
    [("bound p1", "bound p1 = 2"), ("bound p1 + p2", "bound p1 + p2 = 2"),
     ("bound p3", "unbounded p3")],
)  # fmt: skip
def test_check_takes_the_bound_of_a_sum(asked: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "net.pnml"
    petri.write_pnml(PUMP, path)
    (found,) = check(path, properties=[asked]).models[0].verdicts
    assert (found.verdict.property, found.rechecked) == (told, "passed")
    assert found.verdict.holds


@pytest.mark.parametrize("asked", ["bound ", "bound p9", "bound p1 -"])
def test_check_refuses_the_bound_of_no_sum(asked: str, tmp_path: Path) -> None:
    path = tmp_path / "net.pnml"
    petri.write_pnml(PUMP, path)
    with pytest.raises(NetproofError, match=r"no sum of places|no place"):
        check(path, properties=[asked])


def test_one_flow_bounds_a_whole_ring_beside_a_place_that_grows() -> None:
    """What the state equation knows of the net is gathered once for all places."""
    places = [f"p{n}" for n in range(60)]
    arcs = [
        arc
        for n in range(60)
        for arc in ((f"p{n}", f"t{n}"), (f"t{n}", f"p{(n + 1) % 60}"))
    ]  # fmt: skip
    net = PetriNet(
        places=[*places, "sent"], transitions=[f"t{n}" for n in range(60)],
        arcs=[*arcs, ("t0", "sent")], initial=["p0"],
    )  # fmt: skip
    found = petri.bounds(net, parallel=False)
    assert {bound.most for bound in found.bounds if bound.places != ("sent",)} == {1}
    assert found["sent"].most is None
    methods = {bound.verdict.statistics.method for bound in found.bounds}
    assert methods == {"pump", "state-equation"}
    rechecked(found, net)
