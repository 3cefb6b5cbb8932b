"""Sentences about one class, one state, and the empty trace; what is said of no initial state."""

from __future__ import annotations

from pathlib import Path

import pytest

from netproof.__main__ import main
from petri import PetriNet
from petri.readwrite.pnml import write_pnml
from transition_systems import LTS
from transition_systems.equivalences import bisimilar, minimise
from transition_systems.equivalences.isomorphism import isomorphic
from transition_systems.errors import UnsupportedError
from transition_systems.livelocks import check_livelock
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


@pytest.mark.parametrize(
    ("arcs", "told"),
    [
        ([(0, None, 0)], "At the very start the system"),
        ([(0, "a", 1), (1, None, 1)], "After 1 step the system"),
        ([(0, "a", 1), (1, "b", 2), (2, None, 2)], "After 2 steps the system"),
    ],
)
def test_a_livelock_is_told_in_the_right_number(
    arcs: list[tuple[int, str | None, int]], told: str
) -> None:
    assert check_livelock(LTS.from_arcs(3, arcs)).explain().startswith(told)


def test_a_small_system_and_a_small_net_are_told_in_the_singular(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.aut").write_text('des (0, 1, 1)\n(0, "a", 0)\n')
    write_pnml(
        PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t"), ("t", "p")], initial=["p"]),
        tmp_path / "x.pnml",
    )
    main(["check", str(tmp_path / "x.aut"), str(tmp_path / "x.pnml"), "--property", "termination"])
    told = capsys.readouterr().out
    assert "1 state, 1 arc)" in told
    assert "net of 1 place, 1 transition)" in told
    assert "At the very start, 1 step can be repeated for ever" in told
