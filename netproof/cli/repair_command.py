"""``netproof repair``: what is wrong with an unsound workflow, and a repair that is proved."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from netproof.cli.output_file import write_output
from netproof.loading import Model, load
from netproof.repairing import diagnose, refuse_unwritable, repaired_text
from transition_systems.budget import Budget
from transition_systems.errors import UsageError

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> int:
    """Print the diagnosis, write the repaired file; 0 if sound or repaired, 1 if not repaired."""
    model = load(arguments.file, format=arguments.format)
    if arguments.output is not None:
        _refuse_output(model, arguments.output)
    seconds = arguments.budget_seconds or 10.0
    found = diagnose(model, most=arguments.most_edits, budget=Budget(seconds=seconds))
    if found is None:
        sys.stdout.write(f"{model.source}: sound, nothing to repair\n")
        return 0
    json_wanted = arguments.output_format == "json"
    sys.stdout.write(found.to_json() if json_wanted else found.text())
    if not found.repair.found:
        return 1
    if arguments.output is not None:
        write_output(arguments.output, repaired_text(model, found.repair))
    return 0


def _refuse_output(model: Model, path: str) -> None:
    """Refuse, before anything is looked for, an output that could not be written."""
    refuse_unwritable(model)
    target = Path(path)
    above = next(folder for folder in target.absolute().parents if folder.exists())
    if not above.is_dir():
        raise UsageError(f"{path} cannot be written: {above} is no folder")
    if target.is_dir():
        raise UsageError(f"{path} cannot be written: it is a folder")
