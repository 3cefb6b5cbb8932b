"""Cold start: the help, and a check of a 20-node diagram, beside pm4py on the same file.

pm4py is AGPL and lives only in an environment of its own::

    python -m venv ../bench && ../bench/bin/pip install pm4py
    python benchmarks/startup.py --pm4py ../bench/bin/python

Each figure is the median wall time of a fresh process, the runs of all candidates interleaved.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
PM4PY = """
import sys, pm4py
bpmn = pm4py.read_bpmn(sys.argv[1])
net, initial, final = pm4py.convert_to_petri_net(bpmn)
print(pm4py.check_soundness(net, initial, final)[0])
"""


def diagram() -> str:
    """Return a diagram of 20 nodes: choice, parallel block, loop."""
    kinds = {"s": "startEvent", "e": "endEvent"}
    kinds |= dict.fromkeys(("x1", "x2", "l1", "l2"), "exclusiveGateway")
    kinds |= dict.fromkeys(("p1", "p2"), "parallelGateway")
    kinds |= {f"t{i}": "task" for i in range(12)}
    flows = ["s l1", "l1 t0", "t0 x1", "x1 t1", "x1 t2", "x1 t3", "t1 x2", "t2 x2", "t3 x2",
             "x2 p1", "p1 t4", "p1 t5", "p1 t6", "t4 t7", "t5 t8", "t6 t9", "t7 p2", "t8 p2",
             "t9 p2", "p2 t10", "t10 l2", "l2 l1", "l2 t11", "t11 e"]  # fmt: skip
    nodes = "".join(f'<{kind} id="{name}" name="{name}"/>' for name, kind in kinds.items())
    arcs = "".join(
        f'<sequenceFlow id="f{i}" sourceRef="{f.split()[0]}" targetRef="{f.split()[1]}"/>'
        for i, f in enumerate(flows)
    )
    assert len(kinds) == 20
    return f'<definitions xmlns="{MODEL}"><process id="p">{nodes}{arcs}</process></definitions>'


def timed(command: list[str], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=False, capture_output=True, env=environment)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pm4py", help="the Python of an environment with pm4py")
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "twenty.bpmn"
        path.write_text(diagram(), encoding="utf-8")
        base = [sys.executable, "-m", "netproof"]
        commands = {
            "netproof --help": [*base, "--help"],
            "netproof check (5 properties, evidence, recheck)": [*base, "check", str(path)],
        }
        if arguments.pm4py:
            commands["pm4py: read, convert, check_soundness"] = [
                arguments.pm4py, "-c", PM4PY, str(path),
            ]  # fmt: skip
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(arguments.runs):
            for name, command in commands.items():
                times[name].append(timed(command, environment))
    check = statistics.median(times["netproof check (5 properties, evidence, recheck)"])
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, median of {arguments.runs}")
    for name, found in times.items():
        median = statistics.median(found)
        print(f"| {name} | {median:.2f} s | {median / check:.2f} |")


if __name__ == "__main__":
    main()
