"""Arguments of another type are usage errors, not errors of Python."""

from __future__ import annotations

from typing import Any

import pytest

import petri
from netproof.recheck import recheck_verdict
from petri import PetriNet
from transition_systems.errors import UsageError

NET = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("p", "t"), ("t", "q")], initial=["p"])


@pytest.mark.parametrize(
    ("function", "given"),
    [
        ("concurrent", (0, 1)), ("concurrent", ("p", [])), ("concurrent", ("p", "x")),
        ("mutual_exclusion", ([0],)), ("coverable", ({0: 1},)), ("coverable", ({"p": 1.5},)),
        ("coverable", ("p",)),
    ],
)  # fmt: skip
def test_another_type_is_a_usage_error(function: str, given: tuple[Any, ...]) -> None:
    with pytest.raises(UsageError):
        getattr(petri, function)(NET, *given)


@pytest.mark.parametrize("places", [[0], "p", [("p", 0)], [()]])
def test_places_with_bounds_are_a_list_of_ids(places: Any) -> None:
    with pytest.raises(UsageError):
        petri.bounds(NET, places=places)


def test_no_bounds_asked_are_none_told() -> None:
    found = petri.bounds(NET, places=[], parallel=False)
    assert found.bounds == ()
    assert found.verdict.holds
    assert "no places" in found.verdict.explanation[0]
    assert recheck_verdict("bounds of []", "HOLDS", found.verdict.evidence, NET).passed


ASKED: dict[str, tuple[Any, ...]] = {
    "always_reachable": ("q >= 1",), "bounded": (), "bounds": (), "concurrent": ("p", "q"),
    "concurrent_places": (), "coverable": ({"q": 1},), "deadlock": (), "decide": ("deadlock",),
    "invariant": ("q <= 1",), "live": (), "livelock": (), "minimal_coverability_set": (),
    "mutual_exclusion": (["p", "q"],), "no_dead_transitions": (), "persistent": (),
    "reachable": ("q >= 1",), "reachability_graph": (), "reversible": (), "safe": (),
    "sound": (), "stable_place": (), "terminates": (), "workflow_net": (),
}  # fmt: skip


@pytest.mark.parametrize("function", sorted(ASKED))
def test_what_is_no_budget_and_no_net_is_told_with_how_it_is_written(function: str) -> None:
    ask = getattr(petri, function)
    with pytest.raises(UsageError, match=r"five seconds are Budget\(seconds=5\)"):
        ask(NET, *ASKED[function], budget=5)
    with pytest.raises(UsageError, match=r"'net.pnml' is no PetriNet; .* petri.read_pnml"):
        ask("net.pnml", *ASKED[function])


@pytest.mark.parametrize(
    ("function", "given", "named"),
    [
        ("decide", (5,), {}), ("decide", (None,), {}), ("reachable", (5,), {}),
        ("invariant", (["p"],), {}), ("always_reachable", (3.5,), {}), ("bounds", (), {"places": 5}),
        ("bounded", (), {"k": "x"}), ("bounded", (), {"pump": 5}), ("safe", (), {"places": 5}),
        ("safe", (), {"places": "p"}), ("mutual_exclusion", (5,), {}), ("live", (), {"seed": "x"}),
        ("no_dead_transitions", (), {"groups": ["t"]}), ("live", (), {"progress": 5}),
        ("no_dead_transitions", (), {"groups": {"one": "t"}}), ("sound", (), {"goal": "q"}),
        ("terminates", (), {"fairness": 5}), ("walk", (5,), {}), ("walk", ("p",), {}),
        ("walk", ([],), {"walkers": "x"}), ("live", (), {"seed": -1}),
    ],
)  # fmt: skip
def test_other_wrong_types_are_usage_errors(
    function: str, given: tuple[Any, ...], named: dict[str, Any]
) -> None:
    with pytest.raises(UsageError):
        getattr(petri, function)(NET, *given, **named)


@pytest.mark.parametrize(
    ("formula", "whole"),
    [
        ("EF p >= 1 && q >= 1", "EF (p >= 1 && q >= 1)"),
        ("AG EF p || q", "AG EF (p || q)"),
        ("AG p -> q", "AG (p -> q)"),
    ],
)
def test_where_a_formula_ends_is_told_with_the_parentheses(formula: str, whole: str) -> None:
    with pytest.raises(UsageError) as caught:
        petri.decide(NET, formula, parallel=False)
    assert f"For all of it write '{whole}'" in str(caught.value)
    assert petri.decide(NET, whole, parallel=False).property == whole


def test_other_formulas_are_told_where_to_ask() -> None:
    with pytest.raises(UsageError, match=r"petri\.ctl\.ctl, petri\.ltl\.ltl"):
        petri.decide(NET, "AF q >= 1", parallel=False)
