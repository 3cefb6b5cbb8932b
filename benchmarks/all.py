"""Every figure of the token game and of state spaces, beside its competitors, in one run.

::

    python -m venv ../bench && ../bench/bin/pip install pm4py snakes
    python benchmarks/all.py [--data FOLDER] [--competitors PYTHON] [--kernel] [--quick]

FOLDER holds contest nets as ``NAME/model.pnml``; PYTHON is that of an environment with pm4py (AGPL)
and SNAKES; ``--kernel`` needs numba in the environment that runs this; ``--quick`` measures once,
with less work, and leaves out the largest net. Each figure comes from a process of its own, in CPU
seconds. One Markdown table is written: the goal, what was measured and the ratio to each competitor
in the same run. The competitors count smaller nets than netproof does, the largest that they count
in seconds: the plain loop Kanban with 3 cards, pm4py and SNAKES with 2.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests"), str(HERE)]

import statespace  # noqa: E402
import symbolic  # noqa: E402
import token_game  # noqa: E402

from petri import PetriNet, write_pnml  # noqa: E402
from state_space_nets import kanban, philosophers  # noqa: E402

__all__ = ["Row", "explicit_rows", "machine", "symbolic_rows", "token_game_rows"]

COMPETITORS = ("loop", "pm4py", "SNAKES")
MILLION = 1e6
# States per second where a state is one word; half of it where it is more.
CONTEST_GOALS = {"Kanban-PT-00005": 4 * MILLION}
CONTEST_GOAL = 2 * MILLION
SECONDS = 15.0


class Row(NamedTuple):
    """One figure.

    Parameters
    ----------
    what
        What was measured.
    goal, measured
        As told to a reader.
    share
        How far the goal was reached, 1 or more when it was; 0 without a goal.
    ratios
        The ratio to each competitor that was measured.
    """

    what: str
    goal: str
    measured: str
    share: float
    ratios: dict[str, float]

    def line(self) -> str:
        """Return the row of the table."""
        share = f"{self.share:.2f}" if self.share else ""
        ratios = (short(self.ratios[name]) if name in self.ratios else "" for name in COMPETITORS)
        cells = (self.what, self.goal, self.measured, share, *ratios)
        return f"| {' | '.join(cells)} |"


def machine() -> str:
    """Return a line about the machine, the versions and the load."""
    import numpy as np

    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
        model = names[0] if names else model
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()}, Python"
        f" {platform.python_version()}, numpy {np.__version__}, {load} before"
    )


def short(number: float) -> str:
    """Return a number of about three digits, without an exponent."""
    return f"{number:.3g}" if number < 1000 else f"{float(f'{number:.3g}'):,.0f}"


def millions(number: float) -> str:
    """Return a rate in millions, thousands where it is less."""
    return f"{short(number / MILLION)} M" if number >= MILLION else f"{short(number / 1000)} k"


def against(rate: float, others: dict[str, float]) -> dict[str, float]:
    """Return the ratio of a rate to that of each competitor."""
    return {name: rate / other for name, other in others.items() if rate and other}


def token_game_rows(python: str | None, *, kernel: bool, quick: bool) -> Iterator[Row]:
    """Play the token game with each engine; a competitor's rate is of firings."""
    runs, share = (1, token_game.QUICK) if quick else (3, 1)
    others = token_game.competitors(python, runs)
    for name, rate in others.items():
        yield Row(
            f"token game: {name}", "", f"{millions(rate)} firings/s", 0, against(rate, others)
        )
    for engine in ("numpy", "kernel") if kernel else ("numpy",):
        for name, case in token_game.CASES.items():
            attempts, firings = token_game.measured(name, engine, runs, share)
            goal = case.kernel_goal if engine == "kernel" else case.goal
            unit, reached = ("attempts/s", attempts) if attempts else ("firings/s", firings)
            told = f"{millions(attempts)} attempts/s, " if attempts else ""
            yield Row(
                f"token game, {engine}: {name}", f"{millions(goal)} {unit}" if goal else "",
                f"{told}{millions(firings)} firings/s", reached / goal if goal else 0,
                against(firings, others),
            )  # fmt: skip


def explicit_rows(python: str | None, data: Path | None, *, quick: bool) -> Iterator[Row]:
    """Count state spaces; a competitor's rate is of states."""
    runs = 1 if quick else 3
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        others: dict[str, float] = {}
        for who, interpreter, code, path in competing(python, folder):
            result = counted(interpreter, code, path, 1)
            if isinstance(result, str):
                yield Row(f"explicit: {who}", "", result, 0, {})
                continue
            others[who] = result[0] / result[2]
            what = f"explicit: {who}, {result[0]:,.0f} states"
            yield Row(what, "", rate_text(result), 0, against(others[who], others))
        goals = {
            "Kanban with 5": (written(kanban(5), folder / "five.pnml"), 4 * MILLION),
            "18 philosophers": (written(philosophers(18), folder / "many.pnml"), MILLION),
        }
        if data is not None:
            for contest in statespace.CONTEST:
                goal = CONTEST_GOALS.get(contest, CONTEST_GOAL)
                goals[contest] = (data / contest / "model.pnml", goal)
        if not quick:
            goals["Kanban with 7"] = (written(kanban(7), folder / "seven.pnml"), 0)
        for name, (path, goal) in goals.items():
            once = 1 if name == "Kanban with 7" else runs
            result = counted(sys.executable, statespace.OURS, path, once)
            yield explicit_row(name, goal, result, others)


def explicit_row(
    name: str, goal: float, result: list[float] | str, others: dict[str, float]
) -> Row:
    """Return the row of a state space that netproof counted; without a rate the goal is 15 s."""
    if isinstance(result, str):
        return Row(f"explicit: {name}", "", result, 0, {})
    what, rate = f"explicit: {name}, {result[0]:,.0f} states", result[0] / result[2]
    if not goal:
        told = f"{result[2]:.2f} s, {rate_text(result)}"
        return Row(what, f"{SECONDS:g} s", told, SECONDS / result[2], against(rate, others))
    if result[3] > 1 and goal > MILLION:
        goal /= 2
    arcs = f", {10 * goal / MILLION:g} M arcs/s" if goal == 4 * MILLION else ""
    told = f"{goal / MILLION:g} M states/s{arcs}"
    return Row(what, told, rate_text(result), rate / goal, against(rate, others))


def competing(python: str | None, folder: Path) -> Iterator[tuple[str, str, str, Path]]:
    """Yield the competitors: name, Python, code and the net that they count."""
    yield "loop", sys.executable, statespace.LOOP, written(kanban(3), folder / "three.pnml")
    if python is not None:
        yield "pm4py", python, statespace.PM4PY, written(kanban(2), folder / "two.pnml")
        code = (
            f"import runpy, sys; sys.argv = [{str(HERE / 'snakes_runs.py')!r}, 'count',"
            " sys.argv[2]]; runpy.run_path(sys.argv[0], run_name='__main__')"
        )
        yield "SNAKES", python, code, written(kanban(2), folder / "two.json")


def counted(python: str, code: str, path: Path, runs: int) -> list[float] | str:
    """Return states, arcs and seconds, or why there are none."""
    try:
        return statespace.measured(python, code, path, runs)
    except subprocess.CalledProcessError as error:
        return f"failed: {(error.stderr.strip().splitlines() or ['no message'])[-1]}"


def written(net: PetriNet, path: Path) -> Path:
    """Write a net as PNML, or as the JSON that SNAKES is given, and return the path."""
    if path.suffix == ".json":
        path.write_text(token_game.net_data(net), encoding="utf-8")
    else:
        write_pnml(net, str(path))
    return path


def rate_text(result: list[float]) -> str:
    """Return states and arcs per second as words."""
    states, arcs, seconds = result[:3]
    return f"{millions(states / seconds)} states/s, {millions(arcs / seconds)} arcs/s"


def symbolic_rows(*, quick: bool) -> Iterator[Row]:
    """Count state spaces by decision diagrams; nobody lists so many states."""
    sys.set_int_max_str_digits(0)
    for name, (maker, parameters, goal) in symbolic.MADE.items():
        if quick and not goal:
            continue
        result = symbolic.counted(maker, list(parameters), 120.0, 1 if quick else 3)
        if len(result) == 1:
            yield Row(f"symbolic: {name}", f"{goal:g} s" if goal else "", str(result[0]), 0, {})
            continue
        states, seconds = str(result[3]), float(result[1])
        shown = f"{int(states):,}" if len(states) < 16 else long_number(states)
        yield Row(
            f"symbolic: {name}, {shown} states", f"{goal:g} s" if goal else "",
            f"{seconds:.2f} s to all figures", goal / seconds if goal else 0, {},
        )  # fmt: skip


def long_number(digits: str) -> str:
    """Return a number of many digits as one with an exponent."""
    return f"{digits[0]}.{digits[1:3]}e{len(digits) - 1}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, help="a folder with contest nets")
    parser.add_argument("--competitors", help="the Python of an environment with pm4py and SNAKES")
    parser.add_argument("--kernel", action="store_true", help="also the compiled kernel")
    parser.add_argument("--quick", action="store_true", help="once each, with less work")
    arguments = parser.parse_args()
    quick = arguments.quick
    print(machine() + ("; one run each" if quick else "; the best of three runs") + "\n")
    print("| what | goal | measured | of the goal | to a loop | to pm4py | to SNAKES |")
    print("| --- | --- | --- | --- | --- | --- | --- |", flush=True)
    parts = (
        token_game_rows(arguments.competitors, kernel=arguments.kernel, quick=quick),
        explicit_rows(arguments.competitors, arguments.data, quick=quick),
        symbolic_rows(quick=quick),
    )
    for part in parts:
        for row in part:
            print(row.line(), flush=True)
    if hasattr(os, "getloadavg"):
        print(f"\nload {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
