"""A thousand generated diagrams of 20 to 50 nodes, checked cold by one command on two processes.

    python benchmarks/many_files.py

The files come from ``examples/generators/diagrams.py``; one of them is broken on purpose.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Generate, check, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        maker = [sys.executable, str(ROOT / "examples" / "generators" / "diagrams.py"), folder]
        maker += ["--count", str(arguments.count), "--seed", str(arguments.seed)]
        subprocess.run(maker, check=True)
        (Path(folder) / "broken.bpmn").write_text("<definitions><process")
        load = os.getloadavg()[0]
        command = [sys.executable, "-m", "netproof", "check", folder, "--quiet"]
        started = time.perf_counter()
        done = subprocess.run(
            [*command, "--jobs", str(arguments.jobs)],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        seconds = time.perf_counter() - started
    print(done.stdout.splitlines()[-1])
    print(f"{seconds:.1f} s with {arguments.jobs} processes, load before {load:.1f}")


if __name__ == "__main__":
    main()
