"""Smallest fragments and verified repairs of 200 generated unsound workflows.

    python benchmarks/repair.py [--count 200] [--seed 1] [--seconds 1]

The workflows are those of ``examples/generators/industrial.py`` that are not sound: 15 to 80 tasks,
up to 60 gateways. For each the smallest unsound fragment is looked for, then a repair of at most
three edits, within so many wall seconds; every repair is proved by the verdict of soundness before
it counts. CPU seconds are told.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "examples" / "generators")]

from industrial import industrial  # noqa: E402

from transition_systems.budget import Budget  # noqa: E402
from transition_systems.smt import load_z3  # noqa: E402
from translators.bpmn import parse_bpmn  # noqa: E402
from translators.repair import repair_workflow, smallest_fragment  # noqa: E402
from translators.repair.judge import decide_workflow  # noqa: E402


def line(name: str, values: list[float]) -> str:
    """Return a row of the table: median, p90 and the most."""
    ordered = sorted(values)
    cells = (statistics.median(ordered), ordered[int(0.9 * (len(ordered) - 1))], ordered[-1])
    return f"| {name} | " + " | ".join(f"{value:.3g}" for value in cells) + " |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1.0)
    arguments = parser.parse_args()
    load_z3()
    sizes, nodes, tried = list[float](), list[float](), list[float]()
    cpu, seconds = list[float](), list[float]()
    kinds, edits, number = Counter[str](), Counter[str](), 0
    while len(sizes) < arguments.count:
        graph = parse_bpmn(industrial(1_000_003 * arguments.seed + number).text()).graph
        number += 1
        if not decide_workflow(graph)[1].violated:
            continue
        began = time.process_time()
        fragment = smallest_fragment(graph)
        cpu.append(time.process_time() - began)
        assert fragment.minimal
        assert fragment.verdict.violated
        sizes.append(len(fragment.nodes))
        nodes.append(len(graph.nodes))
        kinds[str(fragment.kind)] += 1
        began = time.process_time()
        repair = repair_workflow(graph, budget=Budget(seconds=arguments.seconds))
        seconds.append(time.process_time() - began)
        tried.append(repair.tried)
        if repair.verdict is not None:
            assert repair.verdict.holds
        edits[str(len(repair.edits)) if repair.found else "none"] += 1
    found = arguments.count - edits["none"]
    print(
        f"load {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d')}; {arguments.count} workflows"
    )
    print("| | median | p90 | most |\n| --- | --- | --- | --- |")
    print(line("nodes of the workflow", nodes))
    print(line("nodes of the smallest fragment", sizes))
    print(line("CPU seconds for the fragment", cpu))
    print(line("CPU seconds for the repair", seconds))
    print(line("candidates tried", tried))
    print(f"repaired: {found} ({100 * found / arguments.count:.0f} %)")
    print(f"edits: {dict(sorted(edits.items()))}; kinds: {dict(kinds)}")


if __name__ == "__main__":
    main()
