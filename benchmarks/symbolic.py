"""Symbolic state spaces: CPU seconds of nets with closed forms or published counts.

::

    python benchmarks/symbolic.py [--data FOLDER] [--seconds S]

FOLDER holds contest nets as ``NAME/model.pnml`` with ``NAME/expected/SS.out``. Each net is counted
in a fresh process, the best of a few runs: CPU seconds from the net in memory to the closed set,
and to all figures (arcs, deadlocks, bounds); imports, generating and reading are excluded.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OURS = """
import json, sys, time
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests"]
sys.set_int_max_str_digits(0)
from petri import read_pnml
from petri.state_space.symbolic.exploring_symbolic import symbolic_state_space
from state_space_nets import branches, kanban, philosophers, slotted_ring
from transition_systems.budget import Budget
makers = {"philosophers": philosophers, "kanban": kanban, "slotted_ring": slotted_ring,
          "branches": branches, "file": read_pnml}
net = makers[sys.argv[2]](*json.loads(sys.argv[3]))
import oxidd.bdd
began = time.process_time()
space = symbolic_state_space(net, budget=Budget(seconds=float(sys.argv[4])))
closed = time.process_time() - began
if not space.complete:
    print(json.dumps([space.reason]))
else:
    figures = [space.n_states, space.n_arcs, space.max_tokens_in_place,
               space.max_tokens_in_marking]
    space.deadlocks
    print(json.dumps([closed, time.process_time() - began, space.n_nodes, *figures]))
"""
MADE: dict[str, tuple[str, tuple[int, ...], float]] = {
    "1,000 philosophers": ("philosophers", (1000,), 2.0),
    "200 branches of six tasks": ("branches", (200, 6), 0.3),
    "Kanban with 20": ("kanban", (20,), 1.0),
    "Kanban with 50": ("kanban", (50,), 0.0),
    "slotted ring of 20": ("slotted_ring", (20,), 5.0),
    "slotted ring of 50": ("slotted_ring", (50,), 0.0),
}


def counted(maker: str, parameters: list[object], seconds: float, runs: int) -> list[float | str]:
    """Return what the fastest of some processes printed."""
    results: list[list[float | str]] = []
    for _ in range(runs):
        done = subprocess.run(
            [sys.executable, "-c", OURS, str(ROOT), maker, json.dumps(parameters), str(seconds)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        results.append(json.loads(done.stdout.splitlines()[-1]))
    return min(results, key=lambda result: float("inf") if len(result) == 1 else result[1])


def shown(name: str, result: list[float | str], goal: str) -> str:
    if len(result) == 1:
        return f"| {name} | - | - | - | {result[0]} | {goal} |"
    closed, total, nodes, states = result[:4]
    text = str(states)
    number = f"{int(text):,}" if len(text) < 16 else f"{text[0]}.{text[1:3]}e{len(text) - 1}"
    return f"| {name} | {number} | {nodes:,} | {closed:.2f} | {total:.2f} | {goal} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, help="a folder with contest nets")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each net")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    sys.set_int_max_str_digits(0)
    print(f"load {os.getloadavg()[0]:.1f}")
    print("| net | states | nodes | CPU s, set | CPU s, all figures | to reach; published |")
    print("| --- | --- | --- | --- | --- | --- |", flush=True)
    for name, (maker, parameters, goal) in MADE.items():
        result = counted(maker, list(parameters), arguments.seconds, arguments.runs)
        print(shown(name, result, f"{goal} s" if goal else ""), flush=True)
    files = sorted(arguments.data.glob("*/expected/SS.out")) if arguments.data else []
    for file in files:
        name = file.parents[1].name
        published = re.findall(r"STATE_SPACE \S+ (\S+) ", file.read_text())
        if "-COL-" in name or "+inf" in published:
            continue
        model = str(file.parents[1] / "model.pnml")
        result = counted("file", [model], arguments.seconds, 1)
        ours = [str(figure) for figure in result[3:7]]
        known = [(a, b) for a, b in zip(ours, published, strict=False) if not b.startswith("-")]
        verdict = "equal" if all(float(a) == float(b) for a, b in known) else f"not {published}"
        print(shown(name, result, verdict if known else ""), flush=True)


if __name__ == "__main__":
    main()
