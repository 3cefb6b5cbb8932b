"""The token game beside a plain Python loop, pm4py's playout and SNAKES, as ratios in one run.

pm4py is AGPL and lives, like SNAKES, only in an environment of its own; the kernel needs numba in
the one that runs this::

    python -m venv ../bench && ../bench/bin/pip install pm4py snakes
    python benchmarks/token_game.py --competitors ../bench/bin/python [--kernel] [--quick]

Each figure is measured in a process of its own: CPU seconds (time.process_time), the best of
several, because other work on the machine only ever makes them worse; the net is in memory and its
bounds are known.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from token_game_net import process_net  # noqa: E402

from petri import PetriNet, write_pnml  # noqa: E402
from petri.token_game import ensemble, traces  # noqa: E402

__all__ = ["CASES", "Case", "competitors", "measured", "net_data"]

PM4PY = """
import sys, time, pm4py
from pm4py.algo.simulation.playout.petri_net import algorithm as playout
net, im, _ = pm4py.read_pnml(sys.argv[1])
def play(runs, length):
    return playout.apply(net, im, final_marking=None, variant=playout.Variants.BASIC_PLAYOUT,
        parameters={"noTraces": runs, "maxTraceLength": length, "add_only_if_fm_is_reached": False})
play(1, 10)
best = 1e9
for _ in range(3):
    t = time.process_time(); log = play(20, 200); best = min(best, time.process_time() - t)
print(sum(len(trace) for trace in log) / best)
"""
LOOP_FIRINGS, KERNEL_SCALE, QUICK = 200_000, 8, 4


class Case(NamedTuple):
    """What is played, and the rates to reach: attempts/s, or firings/s for traces.

    Parameters
    ----------
    tokens
        In the net of 100 places.
    options
        Of :func:`~petri.token_game.ensemble`, or of ``traces`` when they name ``runs``.
    goal, kernel_goal
        With numpy, and with the compiled kernel; 0 for none.
    """

    tokens: int
    options: dict[str, int]
    goal: float
    kernel_goal: float


CASES = {
    "100,000 replicas, attempts": Case(1, {"replicas": 100_000, "attempts": 6_000}, 1e9, 6e9),
    "100,000 replicas, firings": Case(1, {"replicas": 100_000, "firings": 150}, 1e9, 6e9),
    "100,000 replicas, 3 tokens, attempts": Case(
        3, {"replicas": 100_000, "attempts": 1_500}, 0, 2e9
    ),
    "1,000 replicas, attempts": Case(1, {"replicas": 1_000, "attempts": 40_000}, 15e6, 1e9),
    "16,384 independent traces": Case(1, {"runs": 16_384, "length": 250}, 10e6, 40e6),
    "1,000 independent traces": Case(1, {"runs": 1_000, "length": 500}, 0, 40e6),
}


def rates(case: Case, engine: str, runs: int, share: int = 1) -> tuple[float, float]:
    """Return the highest attempts/s (0 for traces) and firings/s of several games."""
    net = process_net(tokens=case.tokens)
    options: dict[str, Any] = dict(case.options)
    is_traces = "runs" in options
    warm = {"runs": 2, "length": 2} if is_traces else {**options, "firings": 3}
    if engine == "kernel":
        options |= {
            key: options[key] * KERNEL_SCALE
            for key in ("attempts", "firings", "length") if key in options
        }  # fmt: skip
    for key in ("attempts", "firings", "length"):
        if key in options:
            options[key] = max(1, options[key] // share)
    if not is_traces:
        warm.pop("attempts", None)
    attempts = firings = 0.0
    for number in range(runs + 1):
        play: Any = traces if is_traces else ensemble
        started = time.process_time()
        result = play(net, engine=engine, **(options if number else warm))
        seconds = time.process_time() - started
        if number == 0:
            continue
        if is_traces:
            firings = max(firings, result.firings / seconds)
        else:
            attempts = max(attempts, result.replicas * result.attempts / seconds)
            firings = max(firings, float(result.fired.sum()) / seconds)
    return attempts, firings


def plain(net: PetriNet, runs: int) -> float:
    """Return firings/s of a plain loop: enabled transitions by sets, a choice, a firing."""
    inputs = [set(net.preset(t)) for t in net.transition_ids]
    outputs = [set(net.postset(t)) for t in net.transition_ids]
    best = 0.0
    for _ in range(runs):
        marked, chance = set(net.initial), random.Random(1)
        started = time.process_time()
        for _ in range(LOOP_FIRINGS):
            able = [i for i, needed in enumerate(inputs) if needed <= marked]
            chosen = chance.choice(able)
            marked -= inputs[chosen]
            marked |= outputs[chosen]
        best = max(best, LOOP_FIRINGS / (time.process_time() - started))
    return best


def net_data(net: PetriNet) -> str:
    """Return a net as JSON for :mod:`snakes_runs`."""
    places = {place: net.initial[place] for place in net.place_ids}
    arcs = [[arc.source, arc.target, arc.weight] for arc in net.arcs]
    return json.dumps({"places": places, "transitions": list(net.transition_ids), "arcs": arcs})


def told(command: list[str]) -> str | None:
    """Return the last line that a process printed, or ``None`` when it failed."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stderr[-500:], file=sys.stderr)
        return None
    return done.stdout.splitlines()[-1]


def measured(name: str, engine: str, runs: int, share: int = 1) -> tuple[float, float]:
    """Return the rates of a case, from a process of its own."""
    own = [sys.executable, str(Path(__file__).resolve()), "--case", name, "--engine", engine]
    line = told([*own, "--runs", str(runs), "--share", str(share)])
    attempts, firings = (0.0, 0.0) if line is None else json.loads(line)
    return attempts, firings


def competitors(python: str | None, runs: int) -> dict[str, float]:
    """Return firings/s of the plain loop, and of pm4py and SNAKES where there is a Python."""
    net = process_net()
    own = [sys.executable, str(Path(__file__).resolve()), "--case", "loop", "--runs", str(runs)]
    found = {"loop": told(own)}
    if python is not None:
        with tempfile.TemporaryDirectory() as folder:
            pnml, data = Path(folder) / "net.pnml", Path(folder) / "net.json"
            write_pnml(net, str(pnml))
            data.write_text(net_data(net), encoding="utf-8")
            found["pm4py"] = told([python, "-c", PM4PY, str(pnml)])
            found["SNAKES"] = told([python, str(HERE / "snakes_runs.py"), "play", str(data)])
    return {name: float(line) for name, line in found.items() if line is not None}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--competitors", help="the Python of an environment with pm4py and SNAKES")
    parser.add_argument("--kernel", action="store_true", help="also the compiled kernel")
    parser.add_argument("--quick", action="store_true", help="a quarter of the work, once")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    parser.add_argument("--engine", default="numpy", help=argparse.SUPPRESS)
    parser.add_argument("--share", type=int, default=1, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.case == "loop":
        print(plain(process_net(), arguments.runs))
        return
    if arguments.case is not None:
        case = CASES[arguments.case]
        print(json.dumps(rates(case, arguments.engine, arguments.runs, arguments.share)))
        return
    runs, share = (1, QUICK) if arguments.quick else (arguments.runs, 1)
    names = {"loop": "plain Python loop over sets", "pm4py": "pm4py: basic playout",
             "SNAKES": "SNAKES: modes and fire"}  # fmt: skip
    found = competitors(arguments.competitors, runs)
    rows = [(names[name], 0.0, rate) for name, rate in found.items()]
    for engine in ("numpy", "kernel") if arguments.kernel else ("numpy",):
        rows += [(f"{engine}: {name}", *measured(name, engine, runs, share)) for name in CASES]
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, best of {runs}")
    print("| what | attempts/s | firings/s | to a plain loop |\n| --- | --- | --- | --- |")
    for name, attempts, firings in rows:
        shown = f"{attempts:.3g}" if attempts else ""
        print(f"| {name} | {shown} | {firings:.3g} | {firings / found['loop']:.3g} |")


if __name__ == "__main__":
    main()
