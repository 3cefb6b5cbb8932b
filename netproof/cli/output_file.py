"""Files that a command writes."""

from __future__ import annotations

from pathlib import Path

from transition_systems.errors import UsageError
from transition_systems.readwrite.files import write_text

__all__ = ["write_output"]


def write_output(path: str, text: str) -> None:
    """Write a file; folders that are missing are made.

    Raises
    ------
    UsageError
        When the file cannot be written, with the reason.
    """
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{path} cannot be written: {why}") from error
