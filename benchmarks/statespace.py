"""States and arcs for each CPU second, beside a plain Python loop and pm4py.

pm4py is AGPL and lives only in an environment of its own::

    python -m venv ../bench && ../bench/bin/pip install pm4py
    python benchmarks/statespace.py --data FOLDER --pm4py ../bench/bin/python

FOLDER holds contest nets as ``NAME/model.pnml``; without it only generated nets are counted. Each
net is counted in a fresh process, the best of a few runs; figures are CPU seconds of one process,
imports and reading excluded. The plain loop and pm4py get the Kanban net with fewer cards, where
they end in time; the plain loop also gets two nets with many levels of few states.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONTEST = (
    "Kanban-PT-00005", "FMS-PT-00005", "MAPK-PT-00008", "HirschbergSinclair-PT-05",
    "GPUForwardProgress-PT-04b", "HealthRecord-PT-05",
)  # fmt: skip
OURS = """
import json, sys
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests"]
import scipy.optimize
from petri import read_pnml
from petri.state_space.exploring_packed import state_space
space = state_space(read_pnml(sys.argv[2]), workers=int(sys.argv[3]))
assert space.complete
print(json.dumps([space.n_states, space.n_arcs, space.cpu_seconds, space.layout.words,
                  space.layout.bits, space.seconds]))
"""
LISTED = """
import json, sys, time
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests"]
from petri import reachability_graph, read_pnml
net = read_pnml(sys.argv[2])
began = time.process_time()
graph = reachability_graph(net)
assert graph.complete
print(json.dumps([graph.n_states, graph.n_arcs, time.process_time() - began]))
"""
LOOP = """
import json, sys, time
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests"]
from petri import read_pnml
net = read_pnml(sys.argv[2])
count = len(net.transition_ids)
pre = [list(zip(*(part.tolist() for part in net.pre_arcs.row(t)))) for t in range(count)]
change = [[(p, int(c)) for p, c in enumerate(net.incidence[:, t]) if c] for t in range(count)]
began = time.process_time()
first = tuple(net.initial.to_array(net.place_ids).tolist())
seen, todo, arcs = {first}, [first], 0
while todo:
    marking = todo.pop()
    for needs, changes in zip(pre, change):
        if all(marking[p] >= w for p, w in needs):
            arcs += 1
            after = list(marking)
            for p, c in changes:
                after[p] += c
            after = tuple(after)
            if after not in seen:
                seen.add(after)
                todo.append(after)
print(json.dumps([len(seen), arcs, time.process_time() - began]))
"""
PM4PY = """
import json, sys, time
import pm4py
from pm4py.objects.petri_net.utils import reachability_graph
net, initial, _ = pm4py.read_pnml(sys.argv[2])
began = time.process_time()
graph = reachability_graph.construct_reachability_graph(net, initial)
print(json.dumps([len(graph.states), len(graph.transitions), time.process_time() - began]))
"""


def measured(
    python: str, code: str, path: Path, runs: int, *, workers: int = 1, by: int = 2
) -> list[float]:
    """Return what the fastest of some processes printed, by one of the numbers."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    results: list[list[float]] = []
    for _ in range(runs):
        done = subprocess.run(
            [python, "-c", code, str(ROOT), str(path), str(workers)],
            check=True, capture_output=True, text=True, env=environment,
        )  # fmt: skip
        results.append(json.loads(done.stdout.splitlines()[-1]))
    return min(results, key=lambda result: result[by])


def shown(name: str, result: list[float]) -> str:
    states, arcs, seconds = result[:3]
    packed = ""
    if len(result) > 3:
        packed = f"{result[3]:.0f} word{'s' if result[3] > 1 else ''}, {result[4]:.0f} bits"
    return (
        f"| {name} | {states:,.0f} | {arcs:,.0f} | {seconds:.2f} | {states / seconds / 1e6:.3g} | "
        f"{arcs / seconds / 1e6:.3g} | {packed} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, help="a folder with contest nets")
    parser.add_argument("--pm4py", help="the Python of an environment with pm4py")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--large", action="store_true", help="also Kanban with 7 cards")
    parser.add_argument("--two", action="store_true", help="also one against two processes")
    arguments = parser.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from petri.readwrite.pnml import write_pnml
    from state_space_nets import kanban, moved, philosophers, ring

    print(f"load {os.getloadavg()[0]:.1f}")
    print("| net | states | arcs | CPU s | million states/s | million arcs/s | state |")
    print("| --- | --- | --- | --- | --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        made = {"Kanban with 5": kanban(5), "18 philosophers": philosophers(18)}
        if arguments.large:
            made["Kanban with 7"] = kanban(7)
        paths: dict[str, Path] = {}
        for name, net in made.items():
            paths[name] = Path(folder) / f"{name}.pnml"
            write_pnml(net, paths[name])
        for name in CONTEST if arguments.data is not None else ():
            paths[name] = arguments.data / name / "model.pnml"
        for name, path in paths.items():
            result = measured(sys.executable, OURS, path, arguments.runs)
            print(shown(name, result), flush=True)
        listed = Path(folder) / "Kanban with 4.pnml"
        write_pnml(kanban(4), listed)
        ours = measured(sys.executable, OURS, listed, arguments.runs)
        print(shown("Kanban with 4: markings and figures", ours), flush=True)
        ours = measured(sys.executable, LISTED, listed, arguments.runs)
        print(shown("Kanban with 4: `reachability_graph`, all arcs kept", ours), flush=True)
        small = Path(folder) / "small.pnml"
        write_pnml(kanban(3), small)
        ours = measured(sys.executable, OURS, small, arguments.runs)
        print(shown("Kanban with 3: netproof", ours), flush=True)
        loop = measured(sys.executable, LOOP, small, 1)
        print(shown("Kanban with 3: plain Python loop", loop), flush=True)
        deep = {"20,000 tokens, a to b": moved(20_000), "Ring of 300, 2 tokens": ring(300, 2)}
        for name, net in deep.items():
            write_pnml(net, small)
            for what, code in (("netproof", OURS), ("`reachability_graph`", LISTED)):
                ours = measured(sys.executable, code, small, arguments.runs)
                print(shown(f"{name}: {what}", ours), flush=True)
            loop = measured(sys.executable, LOOP, small, arguments.runs)
            print(shown(f"{name}: plain Python loop", loop), flush=True)
        if arguments.pm4py:
            write_pnml(kanban(2), small)
            ours = measured(sys.executable, OURS, small, arguments.runs)
            print(shown("Kanban with 2: netproof", ours))
            print(shown("Kanban with 2: pm4py", measured(arguments.pm4py, PM4PY, small, 1)))
        if arguments.two:
            print("\n| net | wall s, one process | wall s, two | gain |\n| --- | --- | --- | --- |")
            for name, path in paths.items():
                one, two = (
                    measured(sys.executable, OURS, path, arguments.runs, workers=n, by=5)[5]
                    for n in (1, 2)
                )
                print(f"| {name} | {one:.2f} | {two:.2f} | {one / two:.2f} |", flush=True)


if __name__ == "__main__":
    main()
