"""The contest nets of a folder, counted by the auto engine and compared with published figures.

::

    python benchmarks/contest_nets.py FOLDER [--seconds S] [--gigabytes G] [--only NAME ...]

FOLDER holds nets as ``NAME/model.pnml`` with ``NAME/expected/SS.out``; those with ``-COL-`` in
their names are coloured and left out. Each is counted in a process of its own, which is ended some
seconds after its time. The table names those that did not finish; CPU seconds are from the net in
memory to all figures, bytes the most that the process had in memory.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
COUNT = """
import json, resource, sys, time
sys.path.insert(0, sys.argv[1])
sys.set_int_max_str_digits(0)
from petri import read_pnml
from petri.state_space import state_space
from transition_systems.budget import Budget
net = read_pnml(sys.argv[2])
began = time.process_time()
space = state_space(net, budget=Budget(seconds=float(sys.argv[3]), bytes=int(sys.argv[4])))
done = {"engine": space.engine, "why": space.why, "reason": space.reason}
if space.unbounded:
    done["figures"] = ["+inf"] * 4
elif space.complete:
    done["figures"] = [str(n) for n in (
        space.n_states, space.n_arcs, space.max_tokens_in_place, space.max_tokens_in_marking)]
done["seconds"] = time.process_time() - began
done["bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps(done))
"""
PATIENCE = 30.0


def counted(model: Path, seconds: float, most: int) -> dict[str, Any]:
    """Return what the process of one net says, or why it said nothing."""
    command = [sys.executable, "-c", COUNT, str(ROOT), str(model), str(seconds), str(most)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds + PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return {"reason": "did not end in its time"}
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return {"reason": last[:80]}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def published(file: Path) -> list[str]:
    """Return states, arcs, most tokens in a place and in a marking as a result file has them."""
    found = dict(re.findall(r"STATE_SPACE (\S+) (\S+) ", file.read_text()))
    names = ("STATES", "TRANSITIONS", "MAX_TOKEN_IN_PLACE", "MAX_TOKEN_PER_MARKING")
    return [found.get(name, "?") for name in names]


def short(number: str) -> str:
    """Return a number with commas, or its size."""
    if not number.isdigit():
        return number
    return (
        f"{int(number):,}" if len(number) < 13 else f"{number[0]}.{number[1:3]}e{len(number) - 1}"
    )


def row(name: str, done: dict[str, Any], known: list[str]) -> tuple[str, bool]:
    """Return a line of the table, and whether the net was counted with the published figures."""
    if "figures" not in done:
        reason = done.get("reason") or "not complete"
        return f"| {name} | {short(known[0])} | - | - | - | not finished: {reason} |", False
    pairs = [(a, b) for a, b in zip(done["figures"], known, strict=True) if b not in ("?", "-1")]
    equal = all(a == b or (a.isdigit() and b.isdigit() and int(a) == int(b)) for a, b in pairs)
    told = f"equal ({len(pairs)} figures)" if equal else f"NOT {' '.join(known)}"
    size = f"{done['bytes'] / 2**20:,.0f} MB"
    return (
        f"| {name} | {short(done['figures'][0])} | {done['engine']} | {done['seconds']:.2f} | "
        f"{size} | {told} |"
    ), equal


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=600.0, help="for each net")
    parser.add_argument("--gigabytes", type=float, default=16.0, help="for each net")
    parser.add_argument("--only", nargs="*", default=(), help="names of nets")
    arguments = parser.parse_args()
    sys.set_int_max_str_digits(0)
    print(f"load {os.getloadavg()[0]:.1f}; {arguments.seconds:g} s each")
    print("| net | states | engine | CPU s | peak | published |")
    print("| --- | --- | --- | --- | --- | --- |", flush=True)
    left: list[str] = []
    nets = 0
    for file in sorted(arguments.folder.glob("*/expected/SS.out")):
        folder = file.parents[1]
        if "-COL-" in folder.name or (arguments.only and folder.name not in arguments.only):
            continue
        nets += 1
        done = counted(folder / "model.pnml", arguments.seconds, int(arguments.gigabytes * 2**30))
        line, equal = row(folder.name, done, published(file))
        print(line, flush=True)
        if not equal:
            left.append(folder.name)
    finished = "all" if not left else f"{nets - len(left)}"
    print(f"\n{finished} of {nets} counted; not finished or not equal: {', '.join(left) or 'none'}")


if __name__ == "__main__":
    main()
