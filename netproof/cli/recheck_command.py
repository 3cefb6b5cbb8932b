"""``netproof recheck``: the evidence of a report or folder, checked again against the sources."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from netproof.evidence_files import recheck_folder
from netproof.recheck import recheck_report
from netproof.recheck.report import ReportedResult
from transition_systems.budget import Budget
from transition_systems.errors import UsageError

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> int:
    """Print one line for each verdict; 70 if one fails, 3 if one was skipped or there is none."""
    budget = Budget(seconds=arguments.budget_seconds)
    results: list[tuple[str, ReportedResult]]
    if Path(arguments.report).is_dir():
        found = recheck_folder(arguments.report, root=arguments.root, budget=budget)
        results = [
            (f"{path.relative_to(arguments.report).as_posix()}: ", entry) for path, entry in found
        ]
    else:
        if not Path(arguments.report).exists():
            raise UsageError(f"there is no report or folder {arguments.report}")
        plain = recheck_report(arguments.report, root=arguments.root, budget=budget)
        results = [("", entry) for entry in plain]
    failed = skipped = 0
    for where, entry in results:
        failed += entry.result.status == "failed"
        skipped += entry.result.status == "skipped"
        reason = f": {entry.result.reason}" if entry.result.reason else ""
        said = f"{entry.outcome:<8}  {entry.property}"
        line = f"{entry.result.status:<7} {where}{entry.source}  {said}{reason}\n"
        sys.stdout.write(line)
    if not results:
        sys.stdout.write("no verdict was there to recheck\n")
    passed = len(results) - failed - skipped
    sys.stdout.write(f"{passed} passed, {skipped} skipped, {failed} failed\n")
    return 70 if failed else 3 if skipped or not results else 0
