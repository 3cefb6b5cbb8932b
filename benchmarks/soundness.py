"""Warm soundness, end to end: parse, translate, prove, make evidence, and recheck it.

    python benchmarks/soundness.py [--runs 20] [--pm4py PYTHON] [--seconds 15]

The files come from ``examples/generators/blocks.py``. One process reads and checks each file
several times after a first one that warms it up; figures are medians of CPU milliseconds, for the
proof alone and with the recheck. pm4py, in an environment of its own, reads, converts and checks
the same files, warm as well; a file on which it takes longer than the limit is given up.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GOALS = {
    "parallel-10.bpmn": 5, "parallel-15.bpmn": 5, "parallel-17.bpmn": 5,
    "parallel-100x10.bpmn": 100, "choices-500.bpmn": 150,
}  # fmt: skip
OURS = """
import dataclasses, json, statistics, sys, time
sys.path.insert(0, sys.argv[1])
from netproof.checking import CheckOptions, check_path
proof = CheckOptions(properties=("soundness",), recheck=False)
both = dataclasses.replace(proof, recheck=True)
answer = []
for options in (proof, both):
    taken = []
    for run in range(int(sys.argv[3]) + 1):
        began = time.process_time()
        verdict = check_path(sys.argv[2], options).verdicts[0]
        taken.append(time.process_time() - began)
        assert str(verdict.outcome) == "HOLDS", verdict
    answer.append(1000 * statistics.median(taken[1:]))
assert verdict.rechecked == "passed"
print(json.dumps(answer))
"""
PM4PY = """
import json, sys, time
import pm4py
def run():
    net, initial, final = pm4py.convert_to_petri_net(pm4py.read_bpmn(sys.argv[1]))
    return pm4py.check_soundness(net, initial, final)[0]
run()
began = time.process_time()
run()
print(json.dumps(1000 * (time.process_time() - began)))
"""


def printed(python: str, code: str, *arguments: str, seconds: float | None = None) -> object:
    """Return what a program prints as JSON; ``None`` where it takes longer than allowed."""
    try:
        done = subprocess.run(
            [python, "-c", code, *arguments],
            capture_output=True, text=True, check=True, timeout=seconds,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--pm4py", help="the Python of an environment with pm4py")
    parser.add_argument("--seconds", type=float, default=15.0)
    arguments = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d')}")
    print("| file | proved, ms | proved and rechecked, ms | to reach, ms | pm4py, ms |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        maker = ROOT / "examples" / "generators" / "blocks.py"
        subprocess.run([sys.executable, str(maker), folder], check=True)
        for name, goal in GOALS.items():
            path = str(Path(folder) / name)
            runs = str(arguments.runs if goal < 50 else max(3, arguments.runs // 5))
            ours = printed(sys.executable, OURS, str(ROOT), path, runs)
            assert isinstance(ours, list)
            theirs: object = "not run"
            if arguments.pm4py:
                found = printed(arguments.pm4py, PM4PY, path, seconds=arguments.seconds)
                late = f"more than {arguments.seconds:.0f} s"
                theirs = f"{found:.0f}" if isinstance(found, float) else late
            print(f"| {name} | {ours[0]:.1f} | {ours[1]:.1f} | {goal} | {theirs} |", flush=True)


if __name__ == "__main__":
    main()
