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
