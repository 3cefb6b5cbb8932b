"""The tokens of the HOA format, and its boolean expressions as sets of letters."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, NoReturn

from transition_systems.errors import InputError
from transition_systems.source_span import SourceSpan

__all__ = ["HoaReader", "HoaToken"]

MAX_DIGITS = 18
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<comment>/\*)
      | (?P<string>"(?:[^"\\]|\\.)*")
      | (?P<mark>--(?:BODY|END|ABORT)--)
      | (?P<header>[A-Za-z_][\w-]*:)
      | (?P<alias>@[\w-]+)
      | (?P<name>[A-Za-z_][\w-]*)
      | (?P<number>\d+)
      | (?P<symbol>[\[\](){}&|!])
    """,
    re.VERBOSE | re.DOTALL,
)


class HoaToken(NamedTuple):
    """A piece of the text: its kind, text and place."""

    kind: str
    text: str
    start: int


class HoaReader:
    """A text of the HOA format, token by token.

    Parameters
    ----------
    text
        The whole file.
    file
        The name to show in errors.
    """

    __slots__ = ("at", "file", "text", "tokens")

    def __init__(self, text: str, file: str | None) -> None:
        self.text, self.file = text, file
        self.at = 0
        self.tokens: list[HoaToken] = []
        position = 0
        while position < len(text):
            found = _TOKEN.match(text, position)
            if found is None:
                self.fail("this character has no meaning here", position, text[position])
            kind = found.lastgroup or ""
            end = found.end()
            if kind == "comment":
                end = self._after_comment(position)
            elif kind == "number" and end - position > MAX_DIGITS:
                self.fail("a number is too large", position, found[0])
            elif kind != "space":
                self.tokens.append(HoaToken(kind, found[0], position))
            position = end
        self.tokens.append(HoaToken("end", "", len(text)))

    def _after_comment(self, start: int) -> int:
        depth, position = 0, start
        while True:
            found = re.compile(r"/\*|\*/").search(self.text, position)
            if found is None:
                self.fail("a comment is not closed", start, "/*")
            depth += 1 if found[0] == "/*" else -1
            position = found.end()
            if depth == 0:
                return position

    def fail(self, message: str, start: int, found: str, expected: str | None = None) -> NoReturn:
        """Raise an :class:`InputError` that points to a place of the text."""
        line = self.text.count("\n", 0, start) + 1
        column = start - (self.text.rfind("\n", 0, start) + 1) + 1
        span = SourceSpan(file=self.file, line=line, column=column)
        raise InputError(
            message, span=span, found=repr(found[:40]) if found else "the end", expected=expected
        )

    @property
    def next(self) -> HoaToken:
        """The token that comes next."""
        return self.tokens[self.at]

    def take(self, kind: str, expected: str | None = None) -> str:
        """Return the text of the next token, which must be of this kind."""
        token = self.next
        if token.kind != kind:
            self.refuse("something else was expected", expected or f"a {kind}")
        self.at += 1
        return token.text

    def word(self, text: str, message: str) -> None:
        """Step over a token that must have this text."""
        if self.next.text != text:
            self.refuse(message, text)
        self.at += 1

    def refuse(self, message: str, expected: str | None = None) -> NoReturn:
        """Raise an :class:`InputError` at the next token."""
        self.fail(message, self.next.start, self.next.text, expected)

    def number(self, most: int, what: str) -> int:
        """Return a number, at most ``most``."""
        start = self.next.start
        value = int(self.take("number", what))
        if value > most:
            self.fail(f"{what} is out of range", start, str(value), f"at most {most}")
        return value

    def skip(self, symbol: str) -> bool:
        """Step over a symbol where it comes next."""
        if self.next.kind == "symbol" and self.next.text == symbol:
            self.at += 1
            return True
        return False

    def expect(self, symbol: str) -> None:
        """Step over a symbol that must come next."""
        if not self.skip(symbol):
            self.refuse("a symbol is missing", repr(symbol))

    def label(self, full: int, atom: Callable[[int], int], aliases: dict[str, int]) -> int:
        """Return the set of letters of a label expression: ``!`` before ``&`` before ``|``.

        Parameters
        ----------
        full
            The set of all letters.
        atom
            Gives for the number of an atom the letters in which it holds.
        aliases
            The sets that were named before.
        """
        frames: list[tuple[int, int, bool]] = []
        some, every, no = 0, full, False
        while True:
            while self.skip("!"):
                no = not no
            if self.skip("("):
                frames.append((some, every, no))
                some, every, no = 0, full, False
                continue
            value = self._operand(full, atom, aliases)
            while True:
                every &= full ^ value if no else value
                no = False
                if self.skip("&"):
                    break
                some |= every
                every = full
                if self.skip("|"):
                    break
                if not frames or not self.skip(")"):
                    if frames:
                        self.refuse("a parenthesis is not closed", "')'")
                    return some
                value = some
                some, every, no = frames.pop()

    def _operand(self, full: int, atom: Callable[[int], int], aliases: dict[str, int]) -> int:
        token = self.next
        if token.kind == "number":
            self.at += 1
            return atom(int(token.text))
        if token.kind == "alias":
            if token.text not in aliases:
                self.refuse("an alias that was not defined before")
            self.at += 1
            return aliases[token.text]
        if token.kind != "name" or token.text not in ("t", "f"):
            self.refuse("an operand is missing", "a number, an alias, 't' or 'f'")
        self.at += 1
        return full if token.text == "t" else 0
