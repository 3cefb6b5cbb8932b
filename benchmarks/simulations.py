"""Simulations between large systems: CPU seconds for the decision, its evidence and the recheck.

::

    python benchmarks/simulations.py [--only REFINEMENT ...]

Each row comes from a process of its own and is run once: a system and one that simulates it in
memory, CPU seconds of one core for ``simulated_by`` or ``similar``, for the evidence as JSON text,
for reading that text, and for ``recheck_equivalence``; the most memory that the process had.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from netproof.recheck import recheck_equivalence
from transition_systems import LTS, similar, simulated_by
from transition_systems.evidence import evidence_from_dict

CASES = [
    ("refinement", 20_000, "simulation", "below"),
    ("refinement", 100_000, "simulation", "below"),
    ("refinement", 300_000, "simulation", "below"),
    ("silent refinement", 100_000, "weak-simulation", "below"),
    ("silent refinement", 300_000, "weak-simulation", "below"),
    ("chain and ring", 20_000, "simulation", "below"),
    ("chain and ring", 100_000, "simulation", "below"),
    ("fork", 100_000, "simulation", "below"),
    ("fork", 100_000, "weak-simulation", "below"),
    ("little brother", 100_000, "simulation", "both"),
    ("little brother", 100_000, "ready-simulation", "both"),
    ("little brother", 100_000, "2-nested-simulation", "below"),
    ("settled", 100_000, "coupled-simulation", "both"),
]


def specification(states: int, labels: int) -> LTS:
    """Return a system in which most states can do most labels, to one or two states."""
    rng = np.random.default_rng(1)
    sources = np.repeat(np.arange(states), 2 * labels)
    names = np.tile(np.repeat(np.arange(2, 2 + labels), 2), states)
    targets = rng.integers(0, states, len(sources))
    kept = rng.random(len(sources)) < 0.7
    return LTS.from_arrays(
        states, sources[kept], names[kept], targets[kept],
        label_names=["tau", "✓", *(f"l{label}" for label in range(labels))],
        atoms={"final": np.arange(states) % 3 == 0},
    )  # fmt: skip


def refinement(above: LTS, n: int, steps: int, silence: float) -> LTS:
    """Return copies of states, each with some steps of its own and perhaps a silent one."""
    rng = np.random.default_rng(2)
    of = rng.integers(0, above.n_states, n)
    of[0] = 0
    copies = [np.flatnonzero(of == state) for state in range(above.n_states)]
    arcs: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for state, here in enumerate(copies):
        row = np.flatnonzero(above.sources == state)
        for _ in range(steps):
            picked = rng.choice(row, len(here))
            goals = np.array([rng.choice(copies[goal]) for goal in above.targets[picked]])
            arcs.append((here, above.labels[picked], goals))
        still = here[rng.random(len(here)) < silence]
        arcs.append((still, np.zeros_like(still), rng.choice(here, len(still))))
    sources, labels, targets = (np.concatenate(part) for part in zip(*arcs, strict=True))
    return LTS.from_arrays(
        n, sources, labels, targets, label_names=above.label_names,
        atoms={"final": above.atoms["final"][of]},
    )  # fmt: skip


def before(n: int, arcs: list[tuple[int, str | None, int]]) -> LTS:
    """Return a chain of n steps before a system that begins in state 0."""
    steps = [(state, "ab"[state % 2], state + 1) for state in range(n)]
    moved = [(source + n, label, target + n) for source, label, target in arcs]
    return LTS.from_arcs(n + 1 + max(target for *_, target in arcs), [*steps, *moved])


def pair(family: str, n: int) -> tuple[LTS, LTS]:
    """Return a system and one that simulates it."""
    late: list[tuple[int, str | None, int]]
    if "refinement" in family:
        above = specification(10, 4)
        silent = family.startswith("silent")
        return refinement(above, n, 2 if silent else 3, 0.3 if silent else 0.0), above
    if family == "chain and ring":
        ring = LTS.from_arcs(2, [(0, "a", 1), (1, "b", 0)])
        return before(n - 2, [(0, "a", 1)]), ring
    if family == "fork":
        early = before(n, [(0, "a", 1), (0, "a", 2), (1, "b", 3), (2, "c", 4)])
        return early, before(n, [(0, "a", 1), (1, "b", 2), (1, "c", 2)])
    if family == "little brother":
        late = [(0, "a", 1), (1, "b", 2), (1, "b", 3), (2, "c", 4), (3, "d", 4)]
        return before(n, late), before(n, [*late, (0, "a", 5), (5, "b", 2)])
    late = [(1, "a", 4), (2, "b", 4), (3, "c", 4)]
    once = before(n, [(0, None, 1), (0, None, 2), (0, None, 3), *late])
    return once, before(n, [(0, None, 1), (0, None, 5), (5, None, 2), (5, None, 3), *late])


def megabytes() -> int:
    """Return the most memory that this process had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def measured(family: str, n: int, relation: str, way: str) -> str:
    """Return a row of the table."""
    a, b = pair(family, n)
    seconds: list[float] = []

    def timed(work: Callable[[], Any]) -> Any:
        began = time.process_time()
        found = work()
        seconds.append(time.process_time() - began)
        return found

    verdict = timed(lambda: (similar if way == "both" else simulated_by)(a, b, relation))
    decided, size, told = megabytes(), 0.0, str(verdict.reason)
    if verdict.evidence is not None:
        text = timed(lambda: json.dumps(verdict.evidence.to_dict()))
        again = timed(lambda: evidence_from_dict(json.loads(text)))
        result = timed(lambda: recheck_equivalence(again, a, b))
        size, told = len(text) / 1e6, f"{result.status} {result.reason or ''}".strip()
    cells = [family, f"{n:,}", relation, way, verdict.outcome.name]
    cells += [f"{part:.2f}" for part in seconds]
    return f"| {' | '.join(cells)} | {size:.1f} | {decided} | {megabytes()} | {told} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="*", default=None, help="families")
    parser.add_argument("--case", nargs=4, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.case:
        family, n, relation, way = chosen.case
        print(measured(family, int(n), relation, way))
        return
    print("| family | states | relation | way | outcome | decision | writing | reading | recheck "
          "| evidence MB | MB when decided | MB in all | recheck |")  # fmt: skip
    print("| --- " * 13 + "|")
    for case in CASES:
        if chosen.only is None or case[0] in chosen.only:
            command = [sys.executable, __file__, "--case", *map(str, case)]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
