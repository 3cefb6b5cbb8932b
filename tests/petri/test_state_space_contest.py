"""The figures of contest nets, where NETPROOF_DATA names a folder that has them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from petri import read_pnml
from petri.state_space.exploring_packed import state_space
from transition_systems.budget import Budget

SOURCE = os.environ.get("NETPROOF_DATA")
MOST = 30_000_000
QUICK = 120_000
FIGURES = ("STATES", "TRANSITIONS", "MAX_TOKEN_IN_PLACE", "MAX_TOKEN_PER_MARKING")


def instances() -> list[object]:
    cases: list[object] = []
    for file in sorted(Path(SOURCE or ".").glob("**/expected/SS.out")):
        folder = file.parent.parent
        lines = [line.split() for line in file.read_text().splitlines()]
        figures = {words[1]: words[2] for words in lines if words[:1] == ["STATE_SPACE"]}
        states = figures.get("STATES", "")
        if "-PT-" not in folder.name or not all(name in figures for name in FIGURES):
            continue
        if states != "+inf" and int(states) > MOST:
            continue
        slow = states != "+inf" and int(states) > QUICK
        marks = [pytest.mark.campaign, pytest.mark.timeout(1800)] if slow else []
        expected = [figures[name] for name in FIGURES]
        cases.append(pytest.param(folder / "model.pnml", expected, id=folder.name, marks=marks))
    return cases


@pytest.mark.data
@pytest.mark.skipif(SOURCE is None, reason="NETPROOF_DATA is not set")
@pytest.mark.parametrize(("path", "expected"), instances() if SOURCE else [])
def test_all_four_figures(path: Path, expected: list[str]) -> None:
    space = state_space(read_pnml(path), budget=Budget(seconds=1700))
    if space.unbounded:
        assert expected == ["+inf"] * 4
        return
    assert space.complete
    found = (
        space.n_states, space.n_arcs, space.max_tokens_in_place, space.max_tokens_in_marking,
    )  # fmt: skip
    assert [str(figure) for figure in found] == expected
