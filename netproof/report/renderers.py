"""The output formats of a report, by name."""

from __future__ import annotations

import json
from pathlib import Path

from netproof.report.model import Report
from netproof.report.terminal import terminal_text
from transition_systems.errors import UsageError

__all__ = ["FORMATS", "render", "render_to"]

FORMATS = ("terminal", "json")


def render(report: Report, name: str, *, quiet: bool = False) -> str:
    """Return a report as text in a format.

    Raises
    ------
    UsageError
        For an unknown format.
    """
    if name == "json":
        return json.dumps(report.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    if name == "terminal":
        return terminal_text(report, quiet=quiet)
    raise UsageError(f"there is no report format {name!r}; there are {', '.join(FORMATS)}")


def render_to(report: Report, name: str, path: str) -> None:
    """Write a report to a file; folders that are missing are made."""
    text = render(report, name)
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the report cannot be written to {path}: {error.strerror}") from error
