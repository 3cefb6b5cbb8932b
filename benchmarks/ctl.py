"""CTL ``AG (p -> AF q)`` on random systems, with witness, beside pyModelChecking in one run.

::

    python -m venv /tmp/bench && /tmp/bench/bin/pip install pyModelChecking
    python benchmarks/ctl.py [--competitor /tmp/bench/bin/python] [--sizes 1000,100000,1000000]

Three arcs for each state; ``p`` and ``q`` hold in half of them each. CPU seconds of one process,
the least of three runs, of each: for the answer with the tree of runs that shows it. The digest by
which evidence names its model is computed when it is first read, and not here.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from transition_systems.lts import LTS  # noqa: E402
from transition_systems.temporal.ctl import check_ctl  # noqa: E402

FORMULA, MOST_FOR_COMPETITOR = "AG (p -> AF q)", 100_000
COMPETITOR = """
import random, sys, time
from pyModelChecking import Kripke
from pyModelChecking.CTL import AG, AF, Imply, modelcheck
n, rng = int(sys.argv[1]), random.Random(1)
arcs = {(s, rng.randrange(n)) for s in range(n) for _ in range(3)}
names = {s: {x for x in "pq" if rng.random() < 0.5} for s in range(n)}
system = Kripke(S=range(n), R=list(arcs), L=names)
seconds = []
for _ in range(3):
    began = time.process_time()
    modelcheck(system, AG(Imply("p", AF("q"))))
    seconds.append(time.process_time() - began)
print(min(seconds))
"""


def random_lts(n: int, seed: int = 1) -> LTS:
    """Return a system with three arcs for each state and two atoms."""
    rng = np.random.default_rng(seed)
    return LTS.from_arrays(
        n, np.repeat(np.arange(n), 3), rng.integers(2, 6, 3 * n), rng.integers(0, n, 3 * n),
        label_names=["tau", "✓", "a", "b", "c", "d"],
        atoms={"p": rng.random(n) < 0.5, "q": rng.random(n) < 0.5},
    )  # fmt: skip


def seconds(lts: LTS, runs: int = 3) -> tuple[float, int]:
    """Return the least CPU seconds, and the steps of the witness."""
    times: list[float] = []
    steps = 0
    for _ in range(runs):
        began = time.process_time()
        verdict = check_ctl(lts, FORMULA)
        times.append(time.process_time() - began)
        steps = 0 if verdict.witness is None else len(verdict.witness)
    return min(times), steps


def main() -> None:
    """Print one line for each size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="1000,10000,100000,1000000")
    parser.add_argument("--competitor", help="a Python with pyModelChecking")
    arguments = parser.parse_args()
    print("| states | CPU s | steps of the witness | pyModelChecking, CPU s | ratio |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for n in map(int, arguments.sizes.split(",")):
        own, steps = seconds(random_lts(n))
        theirs = ratio = "-"
        if arguments.competitor and n <= MOST_FOR_COMPETITOR:
            done = subprocess.run(
                [arguments.competitor, "-c", COMPETITOR, str(n)],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            theirs = f"{float(done.stdout):.2f}"
            ratio = f"{float(done.stdout) / own:.0f}"
        print(f"| {n:,} | {own:.4f} | {steps} | {theirs} | {ratio} |", flush=True)


if __name__ == "__main__":
    main()
