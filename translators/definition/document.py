"""A JSON or YAML document as a tree of values that know where they were written."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from transition_systems.errors import InputError
from transition_systems.source_span import SourceSpan

__all__ = [
    "MAX_DEPTH",
    "MAX_NODES",
    "Document",
    "Items",
    "Mapping",
    "Scalar",
    "decoded",
    "kind_of",
    "plain",
]

MAX_DEPTH = 100
MAX_NODES = 50_000


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string, number, truth value or null."""

    value: str | int | float | bool | None
    span: SourceSpan


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Document, ...]
    span: SourceSpan


@dataclass(frozen=True, slots=True)
class Mapping:
    """A map: keys, with their own places, and values, in the order of the file."""

    entries: tuple[tuple[Scalar, Document], ...]
    span: SourceSpan

    def __iter__(self) -> Iterator[tuple[Scalar, Document]]:
        return iter(self.entries)


Document: TypeAlias = Scalar | Items | Mapping


def kind_of(document: Document) -> str:
    """Return what a value is, in words for an error."""
    if isinstance(document, Mapping):
        return "a map"
    if isinstance(document, Items):
        return "a list"
    if document.value is None:
        return "nothing"
    if isinstance(document.value, bool):
        return "a truth value"
    return "a string" if isinstance(document.value, str) else "a number"


def plain(document: Document) -> Any:
    """Return the value as plain Python data; recursion is bounded by ``MAX_DEPTH``."""
    if isinstance(document, Mapping):
        return {str(key.value): plain(value) for key, value in document.entries}
    if isinstance(document, Items):
        return [plain(item) for item in document.items]
    return document.value


def decoded(data: bytes, *, file: str | None) -> str:
    """Return the text of a file in UTF-8, or UTF-16 with its mark.

    Raises
    ------
    InputError
        With the place of the first byte that does not fit.
    """
    encoding = "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        raise InputError(
            f"the text is not valid {encoding.upper()}",
            span=SourceSpan(file=file, line=line, column=column),
            found=f"byte 0x{data[error.start]:02x}",
            mend="Save the file as UTF-8",
        ) from None
