"""The command that reruns every figure: its rows, its ratios, and a process that fails."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from petri import PetriNet

ROOT = Path(__file__).parents[2]
NET = PetriNet(
    places=["p", "q"], transitions=["t", "u"], initial={"p": 2},
    arcs=[("p", "t"), ("t", "q"), ("q", "u"), ("u", "p")],
)  # fmt: skip


@pytest.fixture(scope="module")
def table():
    before = list(sys.path)
    spec = importlib.util.spec_from_file_location("all_figures", ROOT / "benchmarks" / "all.py")
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = before


def test_a_row_tells_goal_figure_and_ratios(table) -> None:
    others = {"loop": 1000.0, "SNAKES": 0.5}
    row = table.explicit_row("Kanban", 4e6, [2_000_000, 20_000_000, 0.25, 1, 30, 9], others)
    assert row.line() == (
        "| explicit: Kanban, 2,000,000 states | 4 M states/s, 40 M arcs/s |"
        " 8 M states/s, 80 M arcs/s | 2.00 | 8,000 |  | 16,000,000 |"
    )
    wide = table.explicit_row("Wide", 2e6, [2_000_000, 4_000_000, 1.0, 2, 70, 9], others)
    assert (wide.goal, wide.share) == ("1 M states/s", 2.0)
    timed = table.explicit_row("Large", 0, [30_000_000, 60_000_000, 30.0, 1, 70, 9], others)
    assert (timed.goal, timed.share) == ("15 s", 0.5)


def test_numbers_are_short(table) -> None:
    assert [table.short(x) for x in (0.0364, 27.44, 1234.5, 18_345.0)] == [
        "0.0364", "27.4", "1,230", "18,300",
    ]  # fmt: skip
    assert [table.millions(x) for x in (914.0, 7550.0, 1.5e9)] == ["0.914 k", "7.55 k", "1,500 M"]
    assert table.long_number("5963" + "0" * 379) == "5.96e382"


def test_processes_count_and_failures_are_rows(table, tmp_path) -> None:
    path = table.written(NET, tmp_path / "net.pnml")
    for code in (table.statespace.OURS, table.statespace.LOOP):
        assert table.counted(sys.executable, code, path, 1)[:2] == [3, 4]
    told = table.counted(sys.executable, "raise SystemExit('no such luck')", path, 1)
    assert told == "failed: no such luck"
    assert table.explicit_row("Net", 1e6, told, {}).line().count("no such luck") == 1
    data = table.written(NET, tmp_path / "net.json").read_text()
    assert '"places": {"p": 2, "q": 0}' in data


def test_every_case_has_a_name_and_a_rate(table) -> None:
    cases = table.token_game.CASES
    assert {case.kernel_goal > 0 for case in cases.values()} == {True}
    attempts, firings = table.token_game.rates(cases["1,000 independent traces"], "numpy", 1, 50)
    assert attempts == 0
    assert firings > 0
    attempts, firings = table.token_game.rates(cases["1,000 replicas, attempts"], "numpy", 1, 100)
    assert attempts > firings > 0
