"""The token game beside a plain Python loop and pm4py's playout, as ratios in one run.

pm4py is AGPL and lives only in an environment of its own; the kernel needs numba in the one that
runs this::

    python benchmarks/token_game.py --pm4py /tmp/bench/bin/python [--kernel]

Figures are CPU seconds of one process (time.process_time), the best of several, because other
work on the machine only ever makes them worse; the net is in memory and its bounds are known.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]

from token_game_net import process_net  # noqa: E402

from petri import PetriNet, write_pnml  # noqa: E402
from petri.token_game import ensemble, traces  # noqa: E402

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


def best(action: Callable[[], float], runs: int) -> float:
    """Return the highest rate of several runs; the action returns how much it did."""
    found = 0.0
    for _ in range(runs):
        started = time.process_time()
        done = action()
        found = max(found, done / (time.process_time() - started))
    return found


def plain(net: PetriNet, firings: int) -> float:
    """A plain loop: enabled transitions by sets, a choice, a firing."""
    inputs = [set(net.preset(t)) for t in net.transition_ids]
    outputs = [set(net.postset(t)) for t in net.transition_ids]
    marked, chance = set(net.initial), random.Random(1)
    for _ in range(firings):
        able = [i for i, needed in enumerate(inputs) if needed <= marked]
        chosen = chance.choice(able)
        marked -= inputs[chosen]
        marked |= outputs[chosen]
    return firings


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pm4py", help="the Python of an environment with pm4py")
    parser.add_argument("--kernel", action="store_true", help="the compiled engine too (numba)")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    net, heavy = process_net(), process_net(tokens=3)
    loop = best(lambda: plain(net, 5000), arguments.runs)
    rows = [("plain Python loop", 0.0, loop)]
    if arguments.pm4py:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "net.pnml"
            write_pnml(net, str(path))
            command = [arguments.pm4py, "-c", PM4PY, str(path)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                rows.append(("pm4py: basic playout", 0.0, float(done.stdout.split()[-1])))
            else:
                print(done.stderr[-500:], file=sys.stderr)
    for engine in ("numpy", "kernel") if arguments.kernel else ("numpy",):
        scale = 1 if engine == "numpy" else 8
        for name, model, options in (
            ("100,000 replicas, attempts", net, {"replicas": 100_000, "attempts": 6_000 * scale}),
            ("100,000 replicas, firings", net, {"replicas": 100_000, "firings": 150 * scale}),
            ("100,000 replicas, 3 tokens, attempts", heavy,
             {"replicas": 100_000, "attempts": 1_500 * scale}),
            ("1,000 replicas, attempts", net, {"replicas": 1_000, "attempts": 40_000 * scale}),
        ):  # fmt: skip
            attempted: list[float] = []

            def play(model=model, options=options, engine=engine, attempted=attempted) -> float:
                started = time.process_time()
                result = ensemble(model, engine=engine, **options)
                seconds = time.process_time() - started
                attempted.append(result.replicas * result.attempts / seconds)
                return float(result.fired.sum())

            if engine == "kernel":
                ensemble(model, replicas=options["replicas"], firings=3, engine=engine)
            fired = best(play, arguments.runs)
            rows.append((f"{engine}: {name}", max(attempted), fired))
        for runs, length in ((16_384, 250 * scale), (1_000, 500 * scale)):
            traces(net, runs=2, length=2, engine=engine)
            rate = best(
                lambda runs=runs, length=length, engine=engine: float(
                    traces(net, runs=runs, length=length, engine=engine).firings
                ),
                arguments.runs,
            )
            rows.append((f"{engine}: {runs:,} independent traces", 0.0, rate))
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, best of {arguments.runs}")
    print("| what | attempts/s | firings/s | to a plain loop |\n| --- | --- | --- | --- |")
    for name, attempts, firings in rows:
        shown = f"{attempts:.3g}" if attempts else ""
        print(f"| {name} | {shown} | {firings:.3g} | {firings / loop:.3g} |")


if __name__ == "__main__":
    main()
