"""``netproof doctor``: does the installation work?"""

from __future__ import annotations

import argparse
import sys

from netproof.doctor import examine

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> int:
    """Print what was found; 0 when the main job works."""
    del arguments
    findings = examine()
    for finding in findings:
        mark = {"good": "✓", "remark": "·", "bad": "✗"}[finding.level]
        sys.stdout.write(f"{mark} {finding.text}\n")
        if finding.mend:
            sys.stdout.write(f"    {finding.mend}\n")
    return 0 if all(finding.level != "bad" for finding in findings) else 70
