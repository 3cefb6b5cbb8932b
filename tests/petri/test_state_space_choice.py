"""Which engine answers, and why it says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from petri import PetriNet
from petri.state_space import StateSpace, SymbolicSpace, choosing, state_space
from recheck_support import GROW
from state_space_nets import branches, kanban, philosophers
from transition_systems.budget import Budget
from transition_systems.errors import UsageError


def test_the_methods_agree() -> None:
    for net in (kanban(3), philosophers(9), branches(4, 3)):
        listed, drawn = state_space(net, method="explicit"), state_space(net, method="symbolic")
        either = state_space(net)
        assert isinstance(listed, StateSpace)
        assert isinstance(drawn, SymbolicSpace)
        for name in (
            "n_states", "n_arcs", "deadlocks", "max_tokens_in_place", "max_tokens_in_marking",
        ):  # fmt: skip
            assert getattr(listed, name) == getattr(drawn, name) == getattr(either, name)
        assert (listed.engine, drawn.engine, either.engine) == ("explicit", "symbolic", "explicit")
        assert listed.why == drawn.why == "this method was asked for"
        assert either.why == "all states were listed before there were 200,000"


def test_many_states_are_drawn() -> None:
    space = state_space(branches(30, 6))
    assert space.engine == "symbolic"
    assert space.n_states == 7**30 + 2
    assert space.why.startswith("the diagram was closed when ")


def test_a_search_whose_levels_shrink_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = state_space(kanban(3), method="explicit")
    assert whole.n_states == 58_400
    for first, engine in ((58_000, "explicit"), (20_000, "symbolic")):
        monkeypatch.setattr(choosing, "TURNS", ((first, 5.0, 0.5), (60_000, 5.0, 0.5)))
        space = state_space(kanban(3))
        assert space.complete
        assert space.engine == engine
        assert space.n_states == 58_400


def test_budgets_end_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "TURNS", ((2_000, 1e-6, 0.5), (4_000, 1e-6, 0.5)))
    space = state_space(philosophers(14), budget=Budget(seconds=60))
    assert space.complete
    assert space.why == "the symbolic engine did not come to an end in its turns"
    few = state_space(philosophers(14), budget=Budget(states=1_000))
    assert not few.complete
    assert few.why == "no more states were allowed than the explicit engine lists at once"
    late = state_space(philosophers(14), budget=Budget(seconds=0))
    assert not late.complete
    assert late.why.startswith("the time was used up")


def test_a_folder_means_the_explicit_engine(tmp_path: Path) -> None:
    space = state_space(kanban(2), spill=tmp_path)
    assert (space.engine, space.n_states) == ("explicit", 4_600)
    assert space.why == "a folder for the levels was given"
    with pytest.raises(UsageError, match="folder"):
        cast(Any, state_space)(kanban(2), method="symbolic", spill=tmp_path)


def test_unbounded_nets_and_unknown_methods() -> None:
    space = state_space(GROW)
    assert space.unbounded
    assert space.why == "the explicit engine met a pump before 200,000 states"
    with pytest.raises(UsageError, match="no method 'fast'"):
        state_space(PetriNet(places=[], transitions=[]), method="fast")


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise UsageError("no library here")

    monkeypatch.setattr(choosing, "symbolic_state_space", missing)
    monkeypatch.setattr(choosing, "TURNS", ((100, 1.0, 0.5),))
    space = state_space(kanban(2))
    assert space.n_states == 4_600
    assert space.why == "the symbolic engine cannot be used: no library here"


def test_the_first_turn_ends_by_time_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "FIRST_SECONDS", 0.0)
    space = state_space(kanban(3))
    assert (space.engine, space.n_states) == ("symbolic", 58_400)
    assert (
        space.why == "the diagram was closed when 1 states were listed, and the first turn was over"
    )
    monkeypatch.setattr(choosing, "TURNS", ((200_000, 0.0, 0.5), (5_000_000, 1800.0, 0.6)))
    space = state_space(kanban(3))  # the symbolic engine does not end in its turn either
    assert (space.engine, space.n_states) == ("explicit", 58_400)
