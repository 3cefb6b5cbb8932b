"""``netproof statespace``: the figures of a net's state space, counted."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from netproof.cli.progress_line import ProgressLine
from netproof.converting import net_of
from netproof.loading import load
from petri.state_space.exploring_packed import state_space
from petri.state_space.space import StateSpace
from transition_systems.budget import Budget
from transition_systems.errors import UsageError

__all__ = ["run"]

SCHEMA = "netproof/statespace/1"
INFINITE = "+inf"
UNDECIDED = 3


def run(arguments: argparse.Namespace) -> int:
    """Count the states of a workflow or a net and print one object, or a few lines.

    Exit codes: 0 when all states were counted or the net is unbounded, 3 when the budget ended.
    """
    if arguments.engine == "symbolic":
        raise UsageError(
            "this version has no symbolic engine for state spaces; use --engine explicit or auto"
        )
    model = load(arguments.file, format=arguments.format)
    net, _ = net_of(model, arguments.starts or "one")
    budget = Budget(seconds=arguments.budget_seconds, bytes=arguments.budget_bytes)
    with ProgressLine(1) as line:
        started, cpu = time.monotonic(), time.process_time()
        space = state_space(net, budget=budget, progress=line.tell, spill=arguments.spill)
        seconds, cpu = time.monotonic() - started, time.process_time() - cpu
    data = _figures(space, seconds, cpu)
    if arguments.output_format == "json":
        sys.stdout.write(json.dumps(data, indent=1) + "\n")
    else:
        sys.stdout.write(_lines(space, data))
    return 0 if data["complete"] else UNDECIDED


def _figures(space: StateSpace, seconds: float, cpu: float) -> dict[str, Any]:
    unbounded = space.unbounded
    return {
        "schema": SCHEMA,
        "states": INFINITE if unbounded else space.n_states,
        "arcs": INFINITE if unbounded else space.n_arcs,
        "max_tokens_in_place": INFINITE if unbounded else space.max_tokens_in_place,
        "max_tokens_in_marking": INFINITE if unbounded else space.max_tokens_in_marking,
        "deadlocks": None if unbounded else space.deadlocks,
        "seconds": round(seconds, 6),
        "cpu_seconds": round(cpu, 6),
        "peak_bytes": space.peak_bytes,
        "engine": "explicit",
        "complete": space.complete or unbounded,
    }


def _lines(space: StateSpace, data: dict[str, Any]) -> str:
    shown = [f"{name}: {data[name]}" for name in data if name not in ("schema", "complete")]
    if space.pump is not None:
        cycle = " ".join(space.pump.actions[space.pump.loop_start :])
        shown.append(f"the net is unbounded: {cycle} can be repeated for ever and adds tokens")
    elif not space.complete:
        shown.append(f"not complete: {space.reason}; the figures are those of what was found")
    return "\n".join(shown) + "\n"
