"""Minimisation by bisimilarities: random graphs, chains, rings, de Bruijn graphs, worst cases.

::

    python benchmarks/equivalences.py [--runs 3] [--large] [--other PYTHON]

Each figure comes from a process of its own that has minimised a small system before: CPU seconds of
one core for ``minimise``, the quotient with its map, from a system in memory; the best of a few
runs. ``--large`` takes 10 million arcs, too. ``PYTHON`` runs in an environment with bispy and
automata-lib, which are asked for the same classes of the same smaller systems as many times.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MILLION = 1_000_000
# family, its sizes, relation, goal in CPU seconds
CASES: list[tuple[str, tuple[float, ...], str, float | None]] = [
    ("random", (100_000, MILLION, 10, 0.0), "strong", 0.2),
    ("random", (250_000, MILLION, 2, 0.0), "strong", 0.2),
    ("random", (500_000, MILLION, 1, 0.0), "strong", 0.2),
    ("chain", (MILLION,), "strong", 5.0),
    ("ring", (MILLION,), "strong", 5.0),
    ("de_bruijn", (19,), "strong", None),
    ("fibonacci_ring", (317_811,), "strong", None),
    ("comb", (1_000,), "strong", None),
    ("random", (100_000, MILLION, 10, 0.1), "branching", 0.5),
    ("random", (250_000, MILLION, 10, 0.2), "branching", 0.5),
    ("random", (250_000, MILLION, 10, 0.2), "divergence-branching", 0.5),
    ("random", (250_000, MILLION, 10, 0.4), "branching", 0.5),
    ("chain_with_silence", (100_000,), "branching", None),
    ("ladder", (200_000,), "branching", None),
    ("teeth", (20_000, 1), "branching", None),
    ("teeth", (500, 100), "branching", None),
    ("random", (20_000, 60_000, 5, 0.2), "weak", None),
]
LARGE: list[tuple[str, tuple[float, ...], str, float | None]] = [
    ("random", (MILLION, 10 * MILLION, 10, 0.0), "strong", 2.0),
    ("random", (3 * MILLION, 10 * MILLION, 5, 0.0), "strong", 2.0),
]

MEASURE = """
import json, runpy, sys, time
sys.path.insert(0, sys.argv[1])
from transition_systems.equivalences import minimise
made = runpy.run_path(sys.argv[1] + "/benchmarks/equivalences.py")["system"]
family, sizes, relation, runs = sys.argv[2], json.loads(sys.argv[3]), sys.argv[4], int(sys.argv[5])
minimise(made("random", [300, 900, 2, 0.2]), relation)
lts, seconds = made(family, sizes), []
for _ in range(runs):
    began = time.process_time()
    small, place = minimise(lts, relation)
    seconds.append(time.process_time() - began)
print(json.dumps([lts.n_states, lts.n_arcs, small.n_states, min(seconds)]))
"""

OTHERS = """
import json, sys, time
arcs, n, final, what, runs = json.load(sys.stdin)
if what == "bispy":
    import networkx as nx
    from bispy import compute_maximum_bisimulation
    graph = nx.DiGraph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from((s, t) for s, _, t in arcs)
    classes = lambda: len(compute_maximum_bisimulation(graph))
else:
    from automata.fa.dfa import DFA
    table = {s: {} for s in range(n)}
    for s, a, t in arcs:
        table[s][a] = t
    dfa = DFA(states=set(range(n)), input_symbols={"a", "b"}, transitions=table, initial_state=0,
              final_states=set(final))
    classes = lambda: len(dfa.minify().states)
seconds = []
for _ in range(runs):
    began = time.process_time()
    found = classes()
    seconds.append(time.process_time() - began)
print(json.dumps([found, min(seconds)]))
"""


def system(family: str, sizes: list[float]):
    """Return a system of a family."""
    import numpy as np

    from transition_systems.lts import LTS

    names = ["tau", "✓", *(f"a{i}" for i in range(64))]

    def made(n, tails, labels, heads, final=()):
        flags = np.zeros(n, dtype=bool)
        flags[list(final) if not isinstance(final, np.ndarray) else final] = True
        return LTS.from_arrays(n, tails, labels, heads, label_names=names, atoms={"final": flags})

    rng = np.random.default_rng(1)
    n = int(sizes[0])
    if family == "random":
        m, letters, silence = int(sizes[1]), int(sizes[2]), sizes[3]
        labels = np.where(rng.random(m) < silence, 0, rng.integers(2, 2 + letters, m))
        return made(n, rng.integers(0, n, m), labels, rng.integers(0, n, m))
    steps = np.arange(n)
    if family == "chain":
        return made(n, steps[:-1], np.full(n - 1, 2), steps[1:])
    if family == "chain_with_silence":
        return made(n, steps[:-1], 2 * (steps[:-1] % 2), steps[1:])
    if family == "ring":
        return made(n, steps, np.where(steps == 0, 3, 2), (steps + 1) % n)
    if family == "ladder":
        heads = np.stack((steps[1:], np.full(n - 1, n - 1)), axis=1).ravel()
        return made(n, np.repeat(steps[:-1], 2), np.tile([0, 2], n - 1), heads)
    if family == "teeth":
        # Silent chains, each state with a step to a chain of its own length: one splits a round.
        copies = np.arange(int(sizes[1]))[:, None] * 2 * n
        tails = np.concatenate((steps[:-1], steps, n + steps[1:]))
        heads = np.concatenate((steps[1:], n + steps, n + steps[:-1]))
        labels = np.tile(np.repeat([0, 2, 3], [n - 1, n, n - 1]), len(copies))
        total = 2 * n * len(copies)
        return made(total, (copies + tails).ravel(), labels, (copies + heads).ravel())
    if family == "de_bruijn":
        n = 1 << n
        steps = np.arange(n)
        heads = np.stack((2 * steps % n, (2 * steps + 1) % n), axis=1).ravel()
        return made(n, np.repeat(steps, 2), np.tile([2, 3], n), heads, [0])
    if family == "fibonacci_ring":
        word, other = "b", "a"
        while len(word) < n:
            word, other = word + other, word
        marks = np.frombuffer(word[:n].encode(), dtype=np.uint8) == ord("a")
        return made(n, steps, np.full(n, 2), (steps + 1) % n, np.flatnonzero(marks))
    if family == "comb":
        # A spine of n nodes, each with a tooth of n nodes: rounds of many splits.
        spine, tooth = steps, n + np.arange(n * n).reshape(n, n)
        tails = np.concatenate((spine[:-1], spine, tooth[:, :-1].ravel()))
        heads = np.concatenate((spine[1:], tooth[:, 0], tooth[:, 1:].ravel()))
        labels = np.concatenate((np.full(n - 1, 2), np.full(n, 3), np.full(n * (n - 1), 2)))
        return made(n + n * n, tails, labels, heads)
    if family == "complete_dfa":
        heads = rng.integers(0, n, 2 * n)
        return made(n, np.repeat(steps, 2), np.tile([2, 3], n), heads, rng.random(n) < 0.5)
    raise ValueError(family)


def measured(family: str, sizes: tuple[float, ...], relation: str, runs: int) -> list[float]:
    """Return states, arcs, classes and CPU seconds."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(ROOT), family, json.dumps(sizes), relation, str(runs)],
        capture_output=True, text=True, check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    found: list[float] = json.loads(done.stdout)
    return found


def compare(python: str, runs: int) -> None:
    """Print our figures and those of bispy and automata-lib on the same systems."""
    import numpy as np

    print("\n| system | other | its CPU s | netproof, CPU s | ratio |\n" + "| --- " * 5 + "|")
    for what, family, sizes in (
        ("bispy", "random", (50_000, 100_000, 1, 0.0)),
        ("bispy", "chain", (20_000,)),
        ("automata-lib", "complete_dfa", (50_000,)),
    ):
        lts = system(family, list(sizes))
        reached = lts.reachable() if what == "automata-lib" else lts
        arcs = [(s, {"a0": "a", "a1": "b"}.get(a or ""), t) for s, a, t in reached.arcs()]
        given = [arcs, reached.n_states, np.flatnonzero(reached.final).tolist(), what, runs]
        done = subprocess.run(
            [python, "-c", OTHERS],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            check=True,
        )
        classes, seconds = json.loads(done.stdout)
        states, m, ours, cpu = measured(family, sizes, "strong", runs)
        if reached is lts:
            assert classes == ours, (classes, ours)
        shown = f"{family}, {states:,.0f} states, {m:,.0f} arcs"
        print(
            f"| {shown} | {what} | {seconds:.3f} | {cpu:.4f} | {seconds / cpu:,.0f} |", flush=True
        )


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--other", metavar="PYTHON")
    arguments = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}\n")
    print("| family | relation | states | arcs | classes | CPU s | to reach, s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for family, sizes, relation, goal in CASES + (LARGE if arguments.large else []):
        states, arcs, classes, seconds = measured(family, sizes, relation, arguments.runs)
        silence = f", {sizes[3]:.0%} silent" if family == "random" and sizes[3] else ""
        wanted = "" if goal is None else f"{goal:g}"
        print(
            f"| {family.replace('_', ' ')}{silence} | {relation} | {states:,.0f} | {arcs:,.0f} "
            f"| {classes:,.0f} | {seconds:.2f} | {wanted} |",
            flush=True,
        )
    if arguments.other:
        compare(arguments.other, arguments.runs)


if __name__ == "__main__":
    main()
