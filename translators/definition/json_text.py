"""JSON (RFC 8259) with the place of each value: strict, depth-bounded, duplicate keys refused."""

from __future__ import annotations

import math
import re
from bisect import bisect_right

from transition_systems.errors import InputError
from transition_systems.source_span import SourceSpan
from translators.definition.document import (
    MAX_DEPTH,
    MAX_NODES,
    Document,
    Items,
    Mapping,
    Scalar,
)

__all__ = ["parse_json_text"]

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_CHUNK = re.compile(r'[^"\\\x00-\x1f]*')
_WORD = re.compile(r"[A-Za-z_]+|.", re.S)
_ESCAPES = {
    '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
}  # fmt: skip
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_LONGEST_NUMBER = 400


def parse_json_text(text: str, *, file: str | None = None) -> Document:
    """Parse a JSON text into values with their places; linear in its length.

    Parameters
    ----------
    text
        The text.
    file
        The name that spans show.

    Returns
    -------
    Document

    Raises
    ------
    InputError
        If the text is no JSON, a key stands twice in one map, or a bound is passed.

    Examples
    --------
    >>> value = parse_json_text('{"a": [1, 2.5, "x"]}')
    >>> value.entries[0][1].items[2].span.column
    16
    """
    parser = _Parser(text, file)
    value = parser.value(0)
    parser.skip()
    if parser.place < len(text):
        raise parser.error("text stands after the end of the value", expected="the end of the file")
    return value


class _Parser:
    """The text, the place in it, and the starts of its lines."""

    def __init__(self, text: str, file: str | None) -> None:
        self.text = text
        self.file = file
        self.place = 0
        self.nodes = 0
        self.lines = [0, *(match.end() for match in re.finditer(r"\n", text))]

    def span(self, place: int) -> SourceSpan:
        line = bisect_right(self.lines, place)
        return SourceSpan(file=self.file, line=line, column=place - self.lines[line - 1] + 1)

    def error(
        self, message: str, *, place: int | None = None, expected: str | None = None
    ) -> InputError:
        at = self.place if place is None else place
        word = _WORD.match(self.text, at)
        found = "the end of the text" if word is None else repr(word.group()[:40])
        return InputError(message, span=self.span(at), found=found, expected=expected)

    def skip(self) -> None:
        match = _SPACE.match(self.text, self.place)
        if match is not None:
            self.place = match.end()

    def at(self, character: str) -> bool:
        self.skip()
        return self.text.startswith(character, self.place)

    def take(self, character: str, expected: str) -> None:
        if not self.at(character):
            raise self.error("this is no JSON", expected=expected)
        self.place += 1

    def value(self, depth: int) -> Document:
        self.skip()
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.error(f"the file holds more than {MAX_NODES} values")
        if depth > MAX_DEPTH:
            raise self.error(f"values are nested more than {MAX_DEPTH} deep")
        start = self.place
        if self.at("{"):
            return self.mapping(depth, start)
        if self.at("["):
            return self.items(depth, start)
        if self.at('"'):
            return Scalar(self.string(), self.span(start))
        number = _NUMBER.match(self.text, self.place)
        if number is not None:
            return self.number(number)
        word = _WORD.match(self.text, self.place)
        if word is not None and word.group() in _WORDS:
            self.place = word.end()
            return Scalar(_WORDS[word.group()], self.span(start))
        raise self.error("this is no JSON", expected="a value")

    def number(self, match: re.Match[str]) -> Scalar:
        written = match.group()
        span = self.span(match.start())
        if len(written) > _LONGEST_NUMBER:
            raise self.error(f"the number has more than {_LONGEST_NUMBER} characters")
        self.place = match.end()
        if match.group(1) or match.group(2):
            value = float(written)
            if not math.isfinite(value):
                raise self.error("a number is not finite", place=match.start())
            return Scalar(value, span)
        return Scalar(int(written), span)

    def mapping(self, depth: int, start: int) -> Mapping:
        self.place += 1
        entries: list[tuple[Scalar, Document]] = []
        seen: set[str] = set()
        while not self.at("}"):
            if entries:
                self.take(",", "',' or '}'")
                self.skip()
            at = self.place
            if not self.at('"'):
                raise self.error("this is no JSON", expected="a key in double quotes")
            key = self.string()
            if key in seen:
                raise InputError(
                    f"duplicate-key: the key {key[:80]!r} stands twice in one map",
                    span=self.span(at),
                )
            seen.add(key)
            self.take(":", "':'")
            entries.append((Scalar(key, self.span(at)), self.value(depth + 1)))
        self.place += 1
        return Mapping(tuple(entries), self.span(start))

    def items(self, depth: int, start: int) -> Items:
        self.place += 1
        items: list[Document] = []
        while not self.at("]"):
            if items:
                self.take(",", "',' or ']'")
            items.append(self.value(depth + 1))
        self.place += 1
        return Items(tuple(items), self.span(start))

    def string(self) -> str:
        start = self.place
        self.place += 1
        parts: list[str] = []
        while True:
            chunk = _CHUNK.match(self.text, self.place)
            if chunk is not None:
                parts.append(chunk.group())
                self.place = chunk.end()
            if self.place >= len(self.text):
                raise self.error("a string is not closed", place=start, expected='a closing "')
            character = self.text[self.place]
            if character == '"':
                self.place += 1
                return self.joined(parts, start)
            if character != "\\":
                raise self.error("a string holds a control character", expected="an escape")
            parts.append(self.escape())

    def escape(self) -> str:
        letter = self.text[self.place + 1 : self.place + 2]
        if letter in _ESCAPES:
            self.place += 2
            return _ESCAPES[letter]
        digits = self.text[self.place + 2 : self.place + 6]
        if letter != "u" or not re.fullmatch(r"[0-9a-fA-F]{4}", digits):
            raise self.error("an escape in a string is not known", expected="one of JSON")
        self.place += 6
        return chr(int(digits, 16))

    def joined(self, parts: list[str], start: int) -> str:
        """Return the string, pairs of surrogates joined; one without its other is refused."""
        whole = "".join(parts)
        try:
            return whole.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            raise self.error("a string holds half a character", place=start) from None
