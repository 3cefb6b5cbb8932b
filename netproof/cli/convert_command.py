"""``netproof convert``: a model in another format."""

from __future__ import annotations

import argparse
import sys

from netproof.behaviours import SYSTEM_FORMATS, is_system, read_behaviour, system_text
from netproof.cli.output_file import parameters_left_out, tell_remarks, write_output
from netproof.cli.watchdog import OUT_OF_TIME, budget_of, watched
from netproof.converting import CONVERSIONS, Conversion
from netproof.loading import load

__all__ = ["run"]

UNDECIDED = 3
LIKE_SYSTEMS = ("dot", "json")


def run(arguments: argparse.Namespace) -> int:
    """Write the converted model to a file or to standard output, remarks to standard error.

    A transition system stays one; a net or a workflow becomes its reachability graph where a
    format of systems is asked for.
    """
    with watched(arguments, _late):
        conversion = _converted(arguments)
    tell_remarks(conversion.remarks)
    return _written(conversion.text, arguments.output)


def _converted(arguments: argparse.Namespace) -> Conversion:
    budget = budget_of(arguments)
    system = arguments.to in LIKE_SYSTEMS and is_system(arguments.file, arguments.format)
    if arguments.to in SYSTEM_FORMATS or system:
        read = read_behaviour(
            arguments.file, format=arguments.format, starts=arguments.starts or "one",
            budget=budget,
        )  # fmt: skip
        text = system_text(read.lts, arguments.to)
        lost = () if arguments.to == "fsm" else parameters_left_out(read.lts, "fsm keeps them")
        return Conversion(text=text, remarks=(*read.remarks, *lost))
    model = load(arguments.file, format=arguments.format)
    return CONVERSIONS[arguments.to](model, arguments.starts or "one", budget)


def _late() -> int:
    sys.stderr.write(f"netproof: nothing is written: {OUT_OF_TIME}\n")
    return UNDECIDED


def _written(text: str, path: str | None) -> int:
    if path is None:
        sys.stdout.write(text)
    else:
        write_output(path, text)
    return 0
