"""Formulas asked of ``.aut`` files of a million arcs at the command line, with evidence.

::

    python benchmarks/system_files.py [--arcs 1000000]

Two files of three arcs a state. ``random.aut``: to any states, with any of four labels.
``rounds.aut``: ten layers one after the other and round again, each with its label, to any states
of the next layer; so what is paid is shipped. CPU seconds of whole processes, start and reading
included: ``netproof check FILE --property FORMULA --evidence-dir D`` (which rechecks, too), and
``netproof recheck D``.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from transition_systems.lts import LTS  # noqa: E402
from transition_systems.readwrite.aut import write_aut  # noqa: E402

ASKED = {
    "random.aut": (
        "AG (enabled(pay) -> AF enabled(ship))",
        "AG (enabled(pay) -> EF done(ship))",
        "G (enabled(pay) -> F enabled(ship))",
        "G (done(pay) -> F done(ship))",
        "A (F G !enabled(ship) || E G F enabled(pay))",
        "[true*] <true*> <ship> true",
        "deadlock",
    ),
    "rounds.aut": (
        "AG (enabled(pay) -> AF enabled(ship))",
        "AG (enabled(pay) -> AF done(ship))",
        "G (enabled(pay) -> F enabled(ship))",
        "G (done(pay) -> F done(ship))",
        "weak-fairness: G F done(ship)",
        "A G (enabled(pay) -> E F G F enabled(ship))",
        "nu X. <true> true && [true] X",
        "deadlock",
        "liveness",
        "reversibility",
        "no-dead-transitions",
    ),
}
LABELS = ["tau", "✓", "pay", "ship", "wait", "cancel"]


def systems(arcs: int) -> dict[str, LTS]:
    """Return the systems of the files."""
    n, rng = arcs // 3, np.random.default_rng(1)
    sources = np.repeat(np.arange(n), 3)
    free = LTS.from_arrays(
        n, sources, rng.integers(2, 6, 3 * n), rng.integers(0, n, 3 * n), label_names=LABELS
    )
    n -= n % 10
    sources = np.repeat(np.arange(n), 3)
    layer = sources % 10
    targets = rng.integers(0, n // 10, 3 * n) * 10 + (layer + 1) % 10
    names = np.where(layer == 0, 2, np.where(layer == 5, 3, 4))
    rounds = LTS.from_arrays(n, sources, names, targets, label_names=LABELS)
    return {"random.aut": free, "rounds.aut": rounds}


def spent(*command: str, folder: str) -> tuple[float, str]:
    """Return the CPU seconds of a process, and what it says."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "netproof", *command], cwd=folder, capture_output=True, text=True,
        check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, done.stdout + done.stderr


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arcs", type=int, default=1_000_000)
    arguments = parser.parse_args()
    print("| file | property | outcome | check, CPU s | recheck, CPU s | evidence, kB |")
    print("| --- | --- | --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for file, lts in systems(arguments.arcs).items():
            write_aut(lts, Path(folder) / file)
            for number, text in enumerate(ASKED[file]):
                proof = f"{file}-{number}"
                decided, said = spent(
                    "check", file, "--property", text, "--evidence-dir", proof,
                    "--budget-seconds", "120", folder=folder,
                )  # fmt: skip
                outcome = next(w for w in ("HOLDS", "VIOLATED", "UNKNOWN") if w in said)
                again, told = spent("recheck", proof, folder=folder)
                size = sum(path.stat().st_size for path in (Path(folder) / proof).iterdir())
                passed = f"{again:.1f}" if "1 passed" in told else "not passed"
                row = (file, f"`{text}`", outcome, f"{decided:.1f}", passed, f"{size / 1e3:,.0f}")
                print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
