"""Whole numbers as arguments: numpy's count, truths and fractions do not, none is too large."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import petri
from netproof.recheck import recheck_verdict
from petri import PetriNet
from transition_systems.errors import UsageError

LINE = PetriNet(
    places=["i", "p", "o"], transitions=["a", "b"],
    arcs=[("i", "a"), ("a", "p"), ("p", "b"), ("b", "o")], initial=["i"],
)  # fmt: skip


def test_numbers_of_numpy_count() -> None:
    two: Any = np.int64(2)
    found = petri.bounded(LINE, k=two)
    assert (found.property, found.holds) == ("bounded by 2", True)
    assert petri.coverable(LINE, {"o": two}).property == "coverable {'o': 2}"
    small: Any = np.uint8(3)
    seeded = petri.live(LINE, seed=small)
    assert json.loads(json.dumps(seeded.to_dict()))["seed"] == 3
    assert petri.walk(LINE, [], walkers=two, attempts=small) == []
    assert petri.sound(LINE, kind="k", k=two).holds


@pytest.mark.parametrize("wrong", [True, np.True_, 2.0, "2", np.array([1, 2])])
def test_what_is_no_whole_number_is_one_error(wrong: Any) -> None:
    with pytest.raises(UsageError, match="is no bound: a whole number"):
        petri.bounded(LINE, k=wrong)
    with pytest.raises(UsageError, match="is no seed: a whole number"):
        petri.deadlock(LINE, seed=wrong)
    with pytest.raises(UsageError, match="walkers are a whole number"):
        petri.walk(LINE, [], walkers=wrong)
    with pytest.raises(UsageError, match="that is no integer"):
        petri.coverable(LINE, {"o": wrong})
    with pytest.raises(UsageError, match="k is a number of tokens"):
        petri.sound(LINE, kind="k", k=wrong)


@pytest.mark.parametrize("k", [10**17, 10**18, 2**62])
def test_soundness_for_as_many_tokens_as_a_place_holds(k: int) -> None:
    verdict = petri.sound(LINE, kind="k", k=k)
    assert verdict.holds
    assert recheck_verdict(f"{k}-soundness", "HOLDS", verdict.evidence, LINE).passed
    assert not recheck_verdict(f"{k - 1}-soundness", "VIOLATED", verdict.evidence, LINE).passed


def test_more_tokens_than_a_place_holds_are_refused() -> None:
    with pytest.raises(UsageError, match=r"at most 2\*\*62 tokens"):
        petri.sound(LINE, kind="k", k=2**62 + 1)
    with pytest.raises(UsageError, match=r'petri\.sound\(net, kind="up-to-k", k=3\)'):
        petri.decide(LINE, "up-to-3-soundness")
