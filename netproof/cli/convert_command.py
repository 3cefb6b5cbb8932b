"""``netproof convert``: a model in another format."""

from __future__ import annotations

import argparse
import sys

from netproof.behaviours import SYSTEM_FORMATS, is_system, load_behaviour, system_text
from netproof.cli.output_file import write_output
from netproof.converting import CONVERSIONS
from netproof.loading import load
from transition_systems.budget import Budget

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> int:
    """Write the converted model to a file or to standard output, remarks to standard error.

    A transition system stays one; a net or a workflow becomes its reachability graph where a
    format of systems is asked for.
    """
    if arguments.to in SYSTEM_FORMATS or is_system(arguments.file, arguments.format):
        lts = load_behaviour(
            arguments.file, format=arguments.format, starts=arguments.starts or "one",
            budget=Budget(seconds=arguments.budget_seconds),
        )  # fmt: skip
        return _written(system_text(lts, arguments.to), arguments.output)
    model = load(arguments.file, format=arguments.format)
    conversion = CONVERSIONS[arguments.to](model, arguments.starts or "one")
    for remark in conversion.remarks:
        sys.stderr.write(f"netproof: {' '.join(remark.split())}\n")
    return _written(conversion.text, arguments.output)


def _written(text: str, path: str | None) -> int:
    if path is None:
        sys.stdout.write(text)
    else:
        write_output(path, text)
    return 0
