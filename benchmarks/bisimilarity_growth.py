"""Families on which signatures take quadratic time: what the O(m log n) algorithm takes.

::

    python benchmarks/bisimilarity_growth.py [--seconds 20] [--runs 2] [--only FAMILY ...]
                                             [--methods METHOD ...]

The systems are those of ``examples/generators/systems.py``, each at five sizes, twice as large each
time; signatures alone begin with an eighth. CPU seconds of one core for the classes, from the
system in memory, by each method: ``bunches``, ``signatures``, and ``auto``, which goes over from
the latter to the former. Each figure comes from a process of its own; a method is given up after so
many seconds of wall time. Growth is the factor from one size to the next, the first one left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIZES = 5
METHODS = ("bunches", "auto", "signatures")
# family, relation, the smallest size
CASES = [
    ("hubs", "strong", 10_000),
    ("hubs", "branching", 10_000),
    ("followers", "branching", 5_000),
    ("silent_tree", "branching", 5_000),
    ("silent_tree_upwards", "branching", 10_000),
    ("silent_grid", "branching", 10_000),
    ("silent_fan", "branching", 5_000),
    ("silent_teeth", "branching", 10_000),
    ("silent_de_bruijn", "branching", 1 << 15),
    ("returning_ladder", "branching", 10_000),
    ("layers", "branching", 10_000),
    ("layers", "divergence-branching", 10_000),
    ("funnel", "branching", 10_000),
]

MEASURE = """
import json, runpy, sys, time
sys.path.insert(0, sys.argv[1])
from transition_systems.budget import Budget
from transition_systems.equivalences.classes import classes_of
from transition_systems.equivalences.relations import relation_named
families = runpy.run_path(sys.argv[1] + "/examples/generators/systems.py")["FAMILIES"]
family, size, relation, method, limit = sys.argv[2:7]
relation = relation_named(relation)
classes_of(families[family](100), relation, Budget().start(), method=method)
lts, best = families[family](int(size)), None
for _ in range(int(sys.argv[7])):
    began = time.process_time()
    found = classes_of(lts, relation, Budget(seconds=float(limit)).start(), method=method)
    seconds = time.process_time() - began
    if not found.stable:
        break
    best = seconds if best is None else min(best, seconds)
classes = len(set(found.block.tolist()))
print(json.dumps([lts.n_states, lts.n_arcs, classes, best, " and ".join(found.methods)]))
"""


def measured(
    family: str, size: int, relation: str, method: str, limit: float, runs: int
) -> tuple[int, int, int, float | None, str]:
    """Return states, arcs, classes, CPU seconds if it came to its end, and the methods."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(ROOT), family, str(size), relation, method,
         str(limit), str(runs)],
        capture_output=True, text=True, check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    states, arcs, classes, seconds, methods = json.loads(done.stdout)
    return states, arcs, classes, seconds, methods


def growth(seconds: list[float | None]) -> str:
    """Return the factor by which figures grow when the size is doubled, the first one left out."""
    known = [figure for figure in seconds if figure is not None]
    known = known[1:] if len(known) > 2 else known
    if len(known) < 2:
        return ""
    return f"{(known[-1] / known[0]) ** (1 / (len(known) - 1)):.1f}"


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--methods", nargs="*", default=list(METHODS))
    arguments = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}\n")
    print("| family | relation | method | arcs | CPU s | growth | came to by |")
    print("| " + "--- | " * 7)
    for family, relation, first in CASES:
        if arguments.only and family not in arguments.only:
            continue
        classes: dict[int, int] = {}
        for method in arguments.methods:
            seconds: list[float | None] = []
            widths: list[int] = []
            by = ""
            begin = first >> 3 if method == "signatures" else first
            for size in (begin << k for k in range(SIZES)):
                if seconds and seconds[-1] is None:
                    break
                _, arcs, count, taken, by = measured(
                    family, size, relation, method, arguments.seconds, arguments.runs
                )
                assert taken is None or classes.setdefault(size, count) == count
                seconds.append(taken)
                widths.append(arcs)
            limit = f"> {arguments.seconds:g}"
            shown = ", ".join(limit if s is None else f"{s:.2f}" for s in seconds)
            print(
                f"| {family.replace('_', ' ')} | {relation} | {method} | {widths[0]:,} to "
                f"{widths[-1]:,} | {shown} | {growth(seconds)} | {by} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
