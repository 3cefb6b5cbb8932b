"""``netproof statespace``: the figures of a net's state space, counted."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from netproof.cli.progress_line import ProgressLine
from netproof.converting import net_of
from netproof.loading import load
from petri.state_space.choosing import state_space
from petri.state_space.space import StateSpace
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from transition_systems.budget import Budget

__all__ = ["run"]

SCHEMA = "netproof/statespace/1"
INFINITE = "+inf"
UNDECIDED = 3


def run(arguments: argparse.Namespace) -> int:
    """Count the states of a workflow or a net and print one object, or a few lines.

    Exit codes: 0 when all states were counted or the net is unbounded, 3 when the budget ended.
    """
    model = load(arguments.file, format=arguments.format)
    net, _ = net_of(model, arguments.starts or "one")
    budget = Budget(seconds=arguments.budget_seconds, bytes=arguments.budget_bytes)
    with ProgressLine(0) as line:
        started, cpu = time.monotonic(), time.process_time()
        space = state_space(
            net,
            method=arguments.engine,
            budget=budget,
            progress=line.tell,
            spill=arguments.spill,
        )
        data = _figures(space)
        data["seconds"] = round(time.monotonic() - started, 6)
        data["cpu_seconds"] = round(time.process_time() - cpu, 6)
    with _long_numbers():
        return _written(space, data, arguments.output_format)


def _written(space: StateSpace | SymbolicSpace, data: dict[str, Any], output: str) -> int:
    if output == "json":
        sys.stdout.write(json.dumps(data, indent=1) + "\n")
    else:
        sys.stdout.write(_lines(space, data))
    return 0 if data["complete"] else UNDECIDED


@contextmanager
def _long_numbers() -> Generator[None, None, None]:
    """Let numbers have any number of digits, as symbolic counts may."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(before)


def _figures(space: StateSpace | SymbolicSpace) -> dict[str, Any]:
    """Return all figures; ``null`` for those that a partial diagram does not tell."""
    names = {
        "states": "n_states",
        "arcs": "n_arcs",
        "max_tokens_in_place": "max_tokens_in_place",
        "max_tokens_in_marking": "max_tokens_in_marking",
        "deadlocks": "deadlocks",
    }
    symbolic = isinstance(space, SymbolicSpace)
    data: dict[str, Any] = {"schema": SCHEMA}
    for name, attribute in names.items():
        if space.unbounded:
            data[name] = None if name == "deadlocks" else INFINITE
        elif symbolic and not space.complete:
            data[name] = None
        else:
            data[name] = getattr(space, attribute)
    data["seconds"] = data["cpu_seconds"] = 0.0
    data["peak_bytes"] = space.peak_bytes
    data["engine"] = space.engine
    data["complete"] = space.complete or space.unbounded
    return data


def _lines(space: StateSpace | SymbolicSpace, data: dict[str, Any]) -> str:
    shown = [f"{name}: {data[name]}" for name in data if name not in ("schema", "complete")]
    shown.append(f"why this engine: {space.why}")
    if space.pump is not None:
        cycle = " ".join(space.pump.actions[space.pump.loop_start :])
        shown.append(f"the net is unbounded: {cycle} can be repeated for ever and adds tokens")
    elif not space.complete:
        found = "there are no figures"
        if isinstance(space, StateSpace):
            found = "the figures are those of what was found, so they are lower bounds"
        shown.append(f"not complete: {space.reason}; {found}")
    return "\n".join(shown) + "\n"
