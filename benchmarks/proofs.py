"""No deadlock in large nets, proved with evidence: by structure, by linear proofs, by z3 alone.

::

    python benchmarks/proofs.py [--sizes 10000 100000] [--runs 3] [--seconds 60]

Each figure comes from a process of its own, warm (a small net was proved before): CPU seconds of
one core for the decision with its evidence, then for the recheck, the best of a few runs. The nets
are those of ``examples/generators/nets.py``. Beside them z3 alone, asked for an integer solution of
the state equation that is dead, on the smallest size; it is given up after ``--seconds``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CASES = {
    "philosophers": ("state-equation", 4),
    "marked_graph": ("structure", 1),
    "free_choice": ("structure", 1),
}
GOALS = {10_000: 0.5, 100_000: 10.0}

OURS = """
import json, runpy, sys, time
sys.path.insert(0, sys.argv[1])
import petri
from netproof.recheck import recheck_verdict
make = runpy.run_path(sys.argv[1] + "/examples/generators/nets.py")[sys.argv[2]]
method, size, runs = sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
petri.deadlock(make(20), method=method)
decided, again = [], []
for _ in range(runs):
    net = make(size)
    began = time.process_time()
    verdict = petri.deadlock(net, method=method)
    decided.append(time.process_time() - began)
    assert verdict.holds, verdict
    began = time.process_time()
    assert recheck_verdict("deadlock", "HOLDS", verdict.evidence, net).passed
    again.append(time.process_time() - began)
print(json.dumps([verdict.evidence.kind, min(decided), min(again)]))
"""

Z3 = """
import json, runpy, sys, time
sys.path.insert(0, sys.argv[1])
from petri.induction.state_equation import refute_by_z3
from transition_systems.budget import Budget
from transition_systems.properties.predicates import Dead
make = runpy.run_path(sys.argv[1] + "/examples/generators/nets.py")[sys.argv[2]]
refute_by_z3(make(20), Dead())
net = make(int(sys.argv[4]))
began = time.process_time()
found = refute_by_z3(net, Dead(), budget=Budget(seconds=float(sys.argv[5])))
print(json.dumps([found is not None, time.process_time() - began]))
"""


def printed(code: str, *arguments: str, seconds: float | None = None) -> list[object] | None:
    """Return what a program prints as JSON; ``None`` where it takes longer than allowed."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, str(ROOT), *arguments],
            capture_output=True, text=True, check=True, timeout=seconds,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    found: list[object] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def z3_alone(name: str, size: int, seconds: float) -> str:
    """Return what z3 alone takes for the state equation of a net."""
    method, share = CASES[name]
    found = printed(Z3, name, method, str(size // share), str(seconds), seconds=2 * seconds + 30)
    if found is None or not found[0]:
        return f"no answer in {seconds:.0f} s"
    return f"{found[1]:.2f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=list(GOALS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=60.0)
    arguments = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d')}")
    print("| net | places | evidence | decided, s | rechecked, s | to reach, s | z3 alone, s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for size in arguments.sizes:
        for name, (method, share) in CASES.items():
            ours = printed(OURS, name, method, str(size // share), str(arguments.runs))
            assert ours is not None
            kind, decided, again = ours
            alone = "not run"
            if size == min(arguments.sizes):
                alone = z3_alone(name, size, arguments.seconds)
            print(
                f"| {name.replace('_', ' ')} | {size:,} | {kind} | {decided:.2f} | {again:.2f} |"
                f" {GOALS.get(size, '-')} | {alone} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
