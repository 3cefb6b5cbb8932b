"""What z3 answers to an SMT-LIB script: the program where it is installed, else its library."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


def answers(script: Path) -> list[str]:
    """The answers of all ``(check-sat)``, in order."""
    beside = Path(sys.executable).with_name("z3")
    program = shutil.which("z3") or (str(beside) if beside.exists() else None)
    if program is not None:
        done = subprocess.run(
            [program, str(script)], capture_output=True, text=True, timeout=60, check=False
        )
        return done.stdout.split()
    return by_library(script.read_text(encoding="utf-8"))


def by_library(text: str) -> list[str]:
    """The same, query by query, with z3's own parser: everything before a query, popped or not."""
    import z3

    kept: list[list[str]] = [[]]
    found: list[str] = []
    for line in text.splitlines():
        if line == "(push)":
            kept.append([])
        elif line == "(pop)":
            kept.pop()
        elif line == "(check-sat)":
            solver = z3.Solver()
            solver.add(z3.parse_smt2_string("\n".join(part for level in kept for part in level)))
            found.append(str(solver.check()))
        elif line and not line.startswith(";"):
            kept[-1].append(line)
    return found
