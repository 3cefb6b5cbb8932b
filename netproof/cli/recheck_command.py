"""``netproof recheck``: the evidence of a report, checked again against the source files."""

from __future__ import annotations

import argparse
import sys

from netproof.recheck import recheck_report
from transition_systems.budget import Budget

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> int:
    """Print one line for each verdict; 70 if a piece of evidence fails, 3 if one was skipped."""
    results = recheck_report(arguments.report, budget=Budget(seconds=arguments.budget_seconds))
    failed = skipped = 0
    for entry in results:
        failed += entry.result.status == "failed"
        skipped += entry.result.status == "skipped"
        reason = f": {entry.result.reason}" if entry.result.reason else ""
        sys.stdout.write(f"{entry.result.status:<7} {entry.source}  {entry.property}{reason}\n")
    passed = len(results) - failed - skipped
    sys.stdout.write(f"{passed} passed, {skipped} skipped, {failed} failed\n")
    return 70 if failed else 3 if skipped else 0
