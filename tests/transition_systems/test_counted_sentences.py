"""Sentences about one class, one state, and the empty trace; what is said of no initial state."""

from __future__ import annotations

import pytest

from transition_systems import LTS
from transition_systems.equivalences import bisimilar, minimise
from transition_systems.equivalences.isomorphism import isomorphic
from transition_systems.errors import UnsupportedError
from translators.systems import system_to_net

ONE = LTS.from_arcs(1, [(0, "a", 0)])
TWO = LTS.from_arcs(2, [(0, "a", 1)])


def test_one_is_singular() -> None:
    assert "fall into 1 class." in bisimilar(ONE, ONE).explain()
    assert "fall into 2 classes." in bisimilar(TWO, TWO).explain()
    assert "takes 1 state of" in isomorphic(ONE, ONE).explain()
    assert "takes 2 states of" in isomorphic(TWO, TWO).explain()


def test_the_empty_trace_has_a_name() -> None:
    told = bisimilar(LTS.from_arcs(1, [], initial=[]), ONE).explain()
    assert "(the empty trace)" in told
    assert ": ." not in told


def test_states_that_cannot_be_reached_are_merged_but_stay() -> None:
    apart = LTS.from_arcs(4, [(0, "a", 1), (2, "b", 3)])
    assert minimise(apart)[0].n_states == 3


@pytest.mark.parametrize(("starts", "told"), [([], "no initial state"), ([0, 1], "several")])
def test_which_initial_states_a_net_can_have(starts: list[int], told: str) -> None:
    with pytest.raises(UnsupportedError, match=told):
        system_to_net(LTS.from_arcs(2, [(0, "a", 1)], initial=starts))
