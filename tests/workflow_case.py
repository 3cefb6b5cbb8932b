"""A small workflow with all of its runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Case"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A workflow in the text of ``workflow_text``, options of the maps, and all runs."""

    text: str
    options: dict[str, Any] = field(default_factory=dict)
    runs: tuple[str, ...]
