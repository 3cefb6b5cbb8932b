"""``netproof minimise``: a smaller system that behaves the same."""

from __future__ import annotations

import argparse
import json
import sys
import time

from netproof.behaviours import behaviour_text, read_behaviour, system_ending
from netproof.cli.output_file import parameters_left_out, tell_remarks, write_output
from netproof.cli.watchdog import OUT_OF_TIME, budget_of, watched
from netproof.equivalences import equivalence_named
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.lts import LTS
from transition_systems.state_vectors import parameters_of

__all__ = ["run"]

SCHEMA = "netproof/minimise/1"
UNDECIDED = 3
MOST_STATES, MOST_TOLD = 10_000, 100_000


def run(arguments: argparse.Namespace) -> int:
    """Write the smallest equivalent system and tell the figures; 3 when the budget ended."""
    relation: str = arguments.relation or "strong"
    smaller = equivalence_named(relation).minimise
    if smaller is None:
        raise UsageError(f"there is no smallest system for the relation {relation!r}")
    output: str | None = arguments.output
    if output is not None:
        system_ending(output)
    budget = budget_of(arguments)
    started = time.monotonic()
    data: dict[str, object] = {
        "schema": SCHEMA,
        "relation": relation,
        "complete": False,
        "reason": None,
        "before": None,
        "after": None,
        "map": None,
        "states": None,
    }

    def told() -> int:
        data["seconds"] = round(time.monotonic() - started, 6)
        if data["after"] is None and data["reason"] is None:
            data["reason"] = OUT_OF_TIME
        if arguments.output_format == "json":
            sys.stdout.write(json.dumps(data, indent=1) + "\n")
        else:
            sys.stdout.write(_lines(data))
        return 0 if data["complete"] else UNDECIDED

    with watched(arguments, told):
        try:
            read = read_behaviour(
                arguments.file, format=arguments.format, starts=arguments.starts or "one",
                budget=budget,
            )  # fmt: skip
            lts = read.lts
            data["before"] = {"states": lts.n_states, "arcs": lts.n_arcs}
            small, place = smaller(lts, budget)
            text = None if output is None else behaviour_text(small, output)
        except UndecidedError as error:
            data["reason"] = str(error)
            return told()
    kept = output is None or parameters_of(small) is not None
    lost = () if kept else parameters_left_out(lts, "a state stands for several")
    tell_remarks((*read.remarks, *lost))
    data["after"] = {"states": small.n_states, "arcs": small.n_arcs}
    if arguments.output_format == "json" and place is not None:
        data["map"] = [None if state < 0 else state for state in place.tolist()]
        data["states"] = _states(lts)
    if output is not None and text is not None:
        write_output(output, text)
    data["complete"] = True
    return told()


def _states(lts: LTS) -> list[dict[str, object]] | None:
    """Return what the states of the map stand for, as data; ``None`` where that is too much."""
    if lts.state_of is None or lts.n_states > MOST_STATES:
        return None
    found: list[dict[str, object]] = []
    left = MOST_TOLD
    for number in range(lts.n_states):
        state = {str(name): value for name, value in dict(lts.state_of(number)).items()}
        left -= len(state)
        if left < 0:
            return None
        found.append(state)
    return found


def _lines(data: dict[str, object]) -> str:
    lines = [f"relation: {data['relation']}"]
    for name in ("before", "after"):
        sizes = data[name]
        if isinstance(sizes, dict):
            counts = (f"{n} {word[: -1 if n == 1 else None]}" for word, n in sizes.items())
            lines.append(f"{name}: {', '.join(counts)}")
    if data["reason"] is not None:
        lines.append(f"not complete: {data['reason']}")
    return "\n".join([*lines, f"seconds: {data['seconds']}"]) + "\n"
