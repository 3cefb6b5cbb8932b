"""Refinement by normalised specifications, beside a plain loop and automata-lib.

::

    python benchmarks/refinement.py [--runs 3] [--other PYTHON]

Each figure comes from a process of its own: CPU seconds of one core for ``refines``, from two
systems in memory to the verdict with its evidence; the best of a few runs. The plain loop of Python
follows pairs of a state and a frozenset, by dictionaries, and only decides; it is given up after
some million pairs. ``PYTHON`` runs in an environment with automata-lib, which is asked whether the
languages of two automata are equal.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

MOST_PAIRS = 4_000_000
ROOT = Path(__file__).resolve().parents[1]
# specification (states, letters, arcs a state, targets more, share of silent steps), copies of it
CASES = [
    ("deterministic", (1_000, 10, 10, 0, 0.0), 100, ("trace", "failures", "ready-trace")),
    ("nondeterministic", (1_000, 10, 5, 20, 0.0), 200, ("trace", "failures", "weak-trace")),
    ("silent steps", (1_000, 10, 5, 20, 0.1), 60,
     ("weak-trace", "weak-failures", "failures-divergences")),
    ("chain", (100_000,), 1, ("trace", "failures", "weak-trace")),
]  # fmt: skip
SETUP = """
import json, resource, runpy, sys, time
sys.path.insert(0, sys.argv[1])
module = runpy.run_path(sys.argv[1] + "/benchmarks/refinement.py")
sizes, copies, relation, runs = json.loads(sys.argv[2])
"""
MEASURE = """
from transition_systems.equivalences import refines
small = module["pair"]([20, 3, 2, 2, 0.1], 3)
refines(*small, relation)
pair, seconds = module["pair"](sizes, copies), []
for _ in range(runs):
    began = time.process_time()
    verdict = refines(*pair, relation)
    seconds.append(time.process_time() - began)
    assert verdict.holds
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
from netproof.recheck import recheck_equivalence
began = time.process_time()
assert recheck_equivalence(verdict.evidence, *pair).passed
recheck = time.process_time() - began
specification, implementation = pair
print(json.dumps([specification.n_states, implementation.n_states, implementation.n_arcs,
                  verdict.statistics.states, min(seconds), recheck, peak]))
"""
PLAIN = """
pair = module["pair"](sizes, copies)
print(json.dumps(module["plain_trace_inclusion"](*pair, silent=relation.startswith("weak"))))
"""
OTHERS = """
import json, sys, time
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
kind, sides = json.load(sys.stdin)
made = []
for n, arcs, final in sides:
    table = {s: {} for s in range(n)}
    for s, a, t in arcs:
        if kind == "DFA":
            table[s][a] = t
        else:
            table[s].setdefault(a, set()).add(t)
    letters = {a for _, a, _ in arcs}
    known = {"states": set(range(n)), "input_symbols": letters, "transitions": table,
             "initial_state": 0, "final_states": set(final)}
    made.append(DFA(**known, allow_partial=True) if kind == "DFA" else NFA(**known))
began = time.process_time()
same = made[0] == made[1]
print(json.dumps([bool(same), time.process_time() - began]))
"""


def pair(sizes, copies):
    """Return a specification and an implementation: the same with each state in some copies."""
    import numpy as np

    from transition_systems.lts import LTS

    names = ["tau", "✓", *(f"a{i}" for i in range(16))]
    if len(sizes) == 1:
        steps = np.arange(sizes[0] - 1)
        chain = LTS.from_arrays(
            sizes[0], steps, 2 + steps % 2, steps + 1, label_names=names
        )  # fmt: skip
        return chain, chain
    rng = np.random.default_rng(1)
    n, letters, degree, twice, silence = sizes
    tails = np.repeat(np.arange(n), degree)
    labels = np.concatenate([2 + rng.permutation(letters)[:degree] for _ in range(n)])
    labels[rng.random(len(labels)) < silence] = 0
    heads = rng.integers(0, n, len(tails))
    again = rng.integers(0, len(tails), twice)
    tails, labels = np.append(tails, tails[again]), np.append(labels, labels[again])
    heads = np.append(heads, rng.integers(0, n, twice))
    final = rng.random(n) < 0.1
    each = np.arange(copies)
    wide = [
        (tails[:, None] * copies + each).ravel(),
        np.repeat(labels, copies),
        np.repeat(heads, copies) * copies + rng.integers(0, copies, len(tails) * copies),
    ]
    return (
        LTS.from_arrays(n, tails, labels, heads, label_names=names, atoms={"final": final}),
        LTS.from_arrays(
            n * copies, *wide, label_names=names, atoms={"final": np.repeat(final, copies)}
        ),
    )


def plain_trace_inclusion(specification, implementation, *, silent):
    """Return CPU seconds of a loop over pairs with dictionaries and frozensets, and its pairs."""
    tables = []
    for lts in (specification, implementation):
        table = [{} for _ in range(lts.n_states)]
        for source, label, target in lts.arcs():
            table[source].setdefault(label, []).append(target)
        tables.append(table)
    theirs, ours = tables
    began = time.process_time()

    def closed(states):
        found, waiting = set(states), list(states) if silent else []
        while waiting:
            for state in theirs[waiting.pop()].get(None, ()):
                if state not in found:
                    found.add(state)
                    waiting.append(state)
        return frozenset(found)

    steps = {}
    start = closed(specification.initial.tolist())
    waiting = [(state, start) for state in implementation.initial.tolist()]
    seen = set(waiting)
    while waiting and len(seen) < MOST_PAIRS:
        state, states = waiting.pop()
        if implementation.final[state]:
            assert any(specification.final[s] for s in states)
        for label, targets in ours[state].items():
            if silent and label is None:
                after = states
            else:
                after = steps.get((states, label))
                if after is None:
                    after = closed({t for s in states for t in theirs[s].get(label, ())})
                    steps[states, label] = after
            assert after
            for target in targets:
                if (target, after) not in seen:
                    seen.add((target, after))
                    waiting.append((target, after))
    return time.process_time() - began, len(seen), not waiting


def measured(code: str, sizes, copies: int, relation: str, runs: int):
    """Return what a process of its own prints."""
    asked = json.dumps([sizes, copies, relation, runs])
    done = subprocess.run(
        [sys.executable, "-c", SETUP + code, str(ROOT), asked],
        capture_output=True, text=True, check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    return json.loads(done.stdout)


def compare(python: str, runs: int) -> None:
    """Print our figures and those of automata-lib for equality of the same languages."""
    import numpy as np

    sys.path.insert(0, str(ROOT))
    from transition_systems.equivalences import equivalent

    print("\n| automata | transitions | automata-lib, CPU s | netproof, CPU s | ratio |")
    print("| --- | --- | --- | --- | --- |")
    for kind, sizes, copies in (
        ("DFA", (1_000, 10, 10, 0, 0.0), 10),
        ("NFA", (200, 10, 5, 20, 0.0), 5),
    ):
        systems = pair(sizes, copies)
        given = [
            [lts.n_states, list(lts.arcs()), np.flatnonzero(lts.final).tolist()]
            for lts in systems
        ]  # fmt: skip
        done = subprocess.run(
            [python, "-c", OTHERS], input=json.dumps([kind, given]), capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        same, seconds = json.loads(done.stdout)
        cpu = []
        for _ in range(max(2, runs)):
            began = time.process_time()
            verdict = equivalent(*systems)
            cpu.append(time.process_time() - began)
        assert verdict.holds == same
        arcs = " and ".join(f"{lts.n_arcs:,}" for lts in systems)
        best = min(cpu)
        print(f"| {kind} | {arcs} | {seconds:.3f} | {best:.3f} | {seconds / best:,.0f} |")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--other", metavar="PYTHON")
    arguments = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}\n")
    print("| specification | relation | states | arcs | pairs | CPU s | recheck | MB | loop |")
    print("| --- " * 9 + "|")
    for name, sizes, copies, relations in CASES:
        for relation in relations:
            n, states, arcs, pairs, seconds, recheck, peak = measured(
                MEASURE, sizes, copies, relation, arguments.runs
            )
            plain = ""
            if relation.endswith("trace") and "ready" not in relation:
                loop, looked, whole = measured(PLAIN, sizes, copies, relation, 1)
                plain = f"{loop:.1f}" if whole else f"> {loop:.0f} ({looked:,} pairs)"
            print(
                f"| {name}, {n:,} states | {relation} | {states:,} | {arcs:,} | {pairs:,} "
                f"| {seconds:.2f} | {recheck:.1f} | {peak:,.0f} | {plain} |",
                flush=True,
            )
    if arguments.other:
        compare(arguments.other, arguments.runs)


if __name__ == "__main__":
    main()
