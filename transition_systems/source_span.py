"""Where an element of a model was written: file, line, column and element id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["SourceSpan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpan:
    """The place of an element in the user's own file.

    Parameters
    ----------
    file
        The path as the user gave it, or ``None`` for text without a file.
    line, column
        Counted from 1; column counts characters. ``None`` where not known.
    element
        The element's id in the file, if it has one.
    end_line, end_column
        The end of the element (exclusive column), if known.

    Examples
    --------
    >>> str(SourceSpan(file="order.bpmn", line=12, column=5, element="Task_1"))
    'order.bpmn:12:5: Task_1'
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None
    element: str | None = None
    end_line: int | None = None
    end_column: int | None = None

    def __str__(self) -> str:
        parts = [self.file or ""]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        place = ":".join(part for part in parts if part)
        if self.element is None:
            return place
        return f"{place}: {self.element}" if place else self.element

    def to_dict(self) -> dict[str, Any]:
        """Return the four fields of the report schema: file, line, column, element."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "element": self.element,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SourceSpan:
        """Rebuild a span from :meth:`to_dict`."""
        return cls(
            file=data.get("file"),
            line=data.get("line"),
            column=data.get("column"),
            element=data.get("element"),
        )
