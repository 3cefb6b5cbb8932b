"""Keys and typed access to values: snake_case, with the camelCase of the seed format accepted."""

from __future__ import annotations

import re

from transition_systems.source_span import SourceSpan
from translators.definition.document import Document, Items, Mapping, Scalar, kind_of
from translators.definition.problems import Problems, nearest

__all__ = ["ACTIVITY", "DEFINITION", "TRANSITION", "VARIABLE", "Fields", "snake_case"]

DEFINITION = (
    "id", "name", "description", "version", "format", "start_activity", "end_activities",
    "activities", "transitions", "variables",
)  # fmt: skip
ACTIVITY = (
    "id", "name", "description", "type", "config", "input_mappings", "output_mappings", "timeout",
    "async_complete",
)  # fmt: skip
TRANSITION = ("id", "name", "from", "to", "condition")
VARIABLE = ("name", "type", "required", "default", "values", "description")

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def snake_case(key: str) -> str:
    """Return a key in snake_case.

    Examples
    --------
    >>> [snake_case(key) for key in ("startActivity", "StartActivity", "ID", "input_mappings")]
    ['start_activity', 'start_activity', 'id', 'input_mappings']
    """
    return _HUMP.sub("_", key).lower()


class Fields:
    """The fields of one map, under their canonical keys; unknown keys become problems.

    Parameters
    ----------
    document
        What stands there; anything but a map is a problem.
    known
        The canonical keys.
    what
        What the map describes, for errors.
    problems
        Where problems go.
    """

    def __init__(
        self, document: Document, known: tuple[str, ...], what: str, problems: Problems
    ) -> None:
        self.what = what
        self.span: SourceSpan = document.span
        self.problems = problems
        self.values: dict[str, Document] = {}
        self.places: dict[str, SourceSpan] = {}
        if not isinstance(document, Mapping):
            problems.add(
                "bad-value", f"{what} is not a map", document.span, found=kind_of(document)
            )
            return
        for key, value in document:
            written = str(key.value)
            canonical = snake_case(written)
            if canonical not in known:
                message = f"the key {written[:80]!r} of {what} is not known"
                mend = nearest(canonical[:80], known)
                problems.add("unknown-key", message, key.span, mend=mend)
            elif canonical in self.values:
                message = f"the key {canonical!r} of {what} is given in two spellings"
                problems.add("duplicate-key", message, key.span)
            else:
                self.values[canonical] = value
                self.places[canonical] = key.span

    def wrong(self, key: str, expected: str) -> None:
        """Add the problem that a value is not of the kind that is asked for."""
        value = self.values[key]
        self.problems.add(
            "bad-value",
            f"{key} of {self.what} does not fit",
            value.span,
            found=kind_of(value),
            expected=expected,
        )

    def text(self, key: str) -> str | None:
        """Return a text; a number is taken for its digits (``version: 1.0``)."""
        value = self.values.get(key)
        if value is None or (isinstance(value, Scalar) and value.value is None):
            return None
        if not isinstance(value, Scalar) or isinstance(value.value, bool):
            self.wrong(key, "a string")
            return None
        return str(value.value)

    def truth(self, key: str) -> bool:
        """Return a truth value, false without one."""
        value = self.values.get(key)
        if value is None:
            return False
        if not isinstance(value, Scalar) or not isinstance(value.value, bool):
            self.wrong(key, "true or false")
            return False
        return value.value

    def listed(self, key: str) -> tuple[Document, ...]:
        """Return the items of a list, none without one."""
        value = self.values.get(key)
        if value is None or (isinstance(value, Scalar) and value.value is None):
            return ()
        if not isinstance(value, Items):
            self.wrong(key, "a list")
            return ()
        return value.items

    def named(self, key: str, name_key: str) -> list[tuple[Scalar | None, Document]]:
        """Return the members of a map by name, or of a list (their names are in ``name_key``)."""
        value = self.values.get(key)
        if value is None or (isinstance(value, Scalar) and value.value is None):
            return []
        if isinstance(value, Mapping):
            return list(value.entries)
        if isinstance(value, Items):
            return [(None, item) for item in value.items]
        self.wrong(key, f"a map, or a list of maps with {name_key!r}")
        return []

    def texts(self, key: str) -> list[tuple[str, str, SourceSpan, SourceSpan]]:
        """Return a map of texts: key, text, place of the key, place of the text."""
        value = self.values.get(key)
        if value is None or (isinstance(value, Scalar) and value.value is None):
            return []
        if not isinstance(value, Mapping):
            self.wrong(key, "a map of strings")
            return []
        found: list[tuple[str, str, SourceSpan, SourceSpan]] = []
        for name, item in value:
            if isinstance(item, Scalar) and item.value is not None:
                written = item.value
                text = ("false", "true")[written] if isinstance(written, bool) else str(written)
                found.append((str(name.value), text, name.span, item.span))
            else:
                self.problems.add(
                    "bad-value",
                    f"{key} of {self.what} does not fit",
                    item.span,
                    found=kind_of(item),
                    expected="an expression",
                )
        return found

    def scalar(self, key: str) -> Scalar | None:
        """Return a value that is no map and no list."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, Scalar):
            self.wrong(key, "a plain value")
            return None
        return value
