"""The output formats of a report, by name."""

from __future__ import annotations

import json
from pathlib import Path

from netproof.report.formats import FORMATS
from netproof.report.model import Report
from netproof.report.terminal import terminal_text
from transition_systems.errors import UsageError

__all__ = ["FORMATS", "render", "render_to"]


def render(report: Report, name: str, *, quiet: bool = False) -> str:
    """Return a report as text in a format.

    Raises
    ------
    UsageError
        For an unknown format.
    """
    match name:
        case "json":
            data = report.to_dict()
            return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        case "terminal":
            return terminal_text(report, quiet=quiet)
        case "markdown":
            from netproof.report.markdown import markdown_text

            return markdown_text(report)
        case "html":
            from netproof.report.html import html_text

            return html_text(report)
        case "sarif":
            from netproof.report.sarif import sarif_text

            return sarif_text(report)
        case "junit":
            from netproof.report.junit import junit_text

            return junit_text(report)
        case "github":
            from netproof.report.github import github_text

            return github_text(report)
        case "xes":
            from netproof.report.event_log import xes_text

            return xes_text(report)
        case "csv":
            from netproof.report.event_log import csv_text

            return csv_text(report)
        case _:
            pass
    raise UsageError(f"there is no report format {name!r}; there are {', '.join(FORMATS)}")


def render_to(report: Report, name: str, path: str) -> None:
    """Write a report to a file; folders that are missing are made."""
    text = render(report, name)
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"the report cannot be written to {path}: {error.strerror}") from error
