"""YAML 1.2 (core schema) with the place of each value; nothing but maps, lists and scalars.

The events of the parser are taken one by one, so that depth, number of values and aliases are
bounded before anything is built. Tags are refused: no object is ever constructed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

from transition_systems.errors import InputError
from transition_systems.source_span import SourceSpan
from translators.definition.document import (
    MAX_DEPTH,
    Document,
    Items,
    Mapping,
    Scalar,
)

__all__ = ["MAX_ALIASES", "parse_yaml_text"]

MAX_ALIASES = 1000
MAX_VALUES = 30_000
_LONGEST_NUMBER = 400
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, bool | float | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


@dataclass(slots=True)
class _Open:
    """A map or list whose end was not seen yet."""

    is_map: bool
    span: SourceSpan
    anchor: str | None
    parts: list[Document] = field(default_factory=list)
    keys: set[str] = field(default_factory=lambda: set())
    size: int = 1


def parse_yaml_text(text: str, *, file: str | None = None) -> Document:
    """Parse one YAML document into values with their places.

    Parameters
    ----------
    text
        The text.
    file
        The name that spans show.

    Returns
    -------
    Document
        Values that are used by an alias stand in it as one shared object.

    Raises
    ------
    InputError
        If the text is no YAML, holds a tag, several documents, or a key twice in one map, or
        passes a bound (depth 100; 1000 aliases; 30,000 values with all aliases written out).

    Examples
    --------
    >>> value = parse_yaml_text("a: 1\\nb:\\n  - yes\\n  - x: 0.5\\n")
    >>> value.entries[1][1].items[0]
    Scalar(value='yes', span=SourceSpan(file=None, line=3, column=5, element=None, end_line=None, \
end_column=None))
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    builder = _Builder(file)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        what = error.problem or error.context or "a syntax error"
        raise InputError(f"this is no YAML: {what}", span=builder.span(mark)) from None
    except (YAMLError, ValueError, IndexError) as error:
        if isinstance(error, InputError):
            raise
        first = str(error).splitlines()[0] if str(error) else "a syntax error"
        raise InputError(f"this is no YAML: {first}", span=SourceSpan(file=file)) from None
    if builder.root is None:
        raise InputError("the file is empty", span=SourceSpan(file=file, line=1, column=1))
    return builder.root


class _Builder:
    """Builds values from the parser's events."""

    def __init__(self, file: str | None) -> None:
        self.file = file
        self.root: Document | None = None
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Document, int]] = {}
        self.aliases = 0
        self.values = 0
        self.documents = 0

    def span(self, mark: Any) -> SourceSpan:
        if mark is None:
            return SourceSpan(file=self.file)
        return SourceSpan(file=self.file, line=int(mark.line) + 1, column=int(mark.column) + 1)

    def take(self, event: Any) -> None:
        span = self.span(event.start_mark)
        match type(event).__name__:
            case "DocumentStartEvent":
                self.documents += 1
                if self.documents > 1:
                    raise InputError("the file holds several YAML documents", span=span)
            case "MappingStartEvent" | "SequenceStartEvent":
                self.check_tag(event, span)
                if len(self.open) >= MAX_DEPTH:
                    raise InputError(f"values are nested more than {MAX_DEPTH} deep", span=span)
                is_map = type(event).__name__ == "MappingStartEvent"
                self.open.append(_Open(is_map, span, _anchor(event)))
            case "MappingEndEvent" | "SequenceEndEvent":
                self.close()
            case "ScalarEvent":
                self.check_tag(event, span)
                value = Scalar(_scalar(event, span), span)
                anchor = _anchor(event)
                if anchor is not None:
                    self.anchors[anchor] = (value, 1)
                self.add(value, 1, span)
            case "AliasEvent":
                self.alias(_anchor(event) or "", span)
            case _:
                pass

    def check_tag(self, event: Any, span: SourceSpan) -> None:
        tag: object = getattr(event, "tag", None) or getattr(event, "ctag", None)
        written = str(tag) if tag is not None else ""
        if written and written not in ("None", "!"):
            raise InputError(
                "a YAML tag is refused",
                span=span,
                found=written[:80],
                mend="Remove it: only plain maps, lists and values are read",
            )

    def alias(self, name: str, span: SourceSpan) -> None:
        self.aliases += 1
        if self.aliases > MAX_ALIASES:
            raise InputError(f"the file uses more than {MAX_ALIASES} aliases", span=span)
        if name not in self.anchors:
            raise InputError(f"the alias *{name[:80]} names nothing that ends before it", span=span)
        value, size = self.anchors[name]
        self.add(value, size, span)

    def add(self, value: Document, size: int, span: SourceSpan) -> None:
        self.values += size
        if self.values > MAX_VALUES:
            raise InputError(
                f"the file holds more than {MAX_VALUES} values, all aliases written out", span=span
            )
        if not self.open:
            self.root = value
            return
        top = self.open[-1]
        if top.is_map and len(top.parts) % 2 == 0:
            value = _key(value, span)
            key = str(value.value)
            if key in top.keys:
                raise InputError(
                    f"duplicate-key: the key {key[:80]!r} stands twice in one map", span=span
                )
            top.keys.add(key)
        top.parts.append(value)
        top.size += size

    def close(self) -> None:
        done = self.open.pop()
        value: Document
        if done.is_map:
            keys = [part for part in done.parts[::2] if isinstance(part, Scalar)]
            value = Mapping(tuple(zip(keys, done.parts[1::2], strict=True)), done.span)
        else:
            value = Items(tuple(done.parts), done.span)
        if done.anchor is not None:
            self.anchors[done.anchor] = (value, done.size)
        self.values -= done.size - 1
        self.add(value, done.size, done.span)


def _anchor(event: Any) -> str | None:
    anchor: object = getattr(event, "anchor", None)
    return None if anchor is None else str(anchor)


def _key(value: Document, span: SourceSpan) -> Scalar:
    if not isinstance(value, Scalar):
        raise InputError("a key of a map is a map or a list", span=span, expected="a plain key")
    return value if value.span == span else Scalar(value.value, span)


def _scalar(event: Any, span: SourceSpan) -> str | int | float | bool | None:
    """Return the value of a scalar by the core schema; quoted ones are strings."""
    written = str(event.value)
    if event.style not in (None, ""):
        return written
    if written in _WORDS:
        return _WORDS[written]
    if _SPECIAL.fullmatch(written):
        raise InputError("a number is not finite", span=span, found=written)
    based = _BASED.fullmatch(written)
    number = based or _INTEGER.fullmatch(written) or _FLOAT.fullmatch(written)
    if number is None:
        return written
    if len(written) > _LONGEST_NUMBER:
        raise InputError(f"the number has more than {_LONGEST_NUMBER} characters", span=span)
    if based is not None:
        return int(written, 0)
    if _INTEGER.fullmatch(written):
        return int(written)
    value = float(written)
    if not math.isfinite(value):
        raise InputError("a number is not finite", span=span, found=written[:40])
    return value
