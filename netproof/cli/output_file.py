"""Files that a command writes, and remarks on what it read."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from transition_systems.errors import UsageError
from transition_systems.lts import LTS
from transition_systems.readwrite.files import write_text
from transition_systems.state_vectors import parameters_of

__all__ = ["parameters_left_out", "tell_remarks", "write_output"]


def parameters_left_out(lts: LTS, why: str) -> tuple[str, ...]:
    """Return a remark on the parameters of a system that what is written does not have, if any."""
    vectors = parameters_of(lts)
    lost = [one.name for one in vectors.parameters if not one.boolean] if vectors else []
    return (f"the values of the parameters {', '.join(lost)} are left out; {why}",) if lost else ()


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


def tell_remarks(remarks: Iterable[str]) -> None:
    """Write remarks to standard error, each once and on a line of its own."""
    for remark in dict.fromkeys(remarks):
        sys.stderr.write(f"netproof: {' '.join(remark.split())}\n")
