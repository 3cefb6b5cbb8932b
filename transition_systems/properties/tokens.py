"""The tokens of the property language, shared by its parser and its printer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from transition_systems.budget import Meter
from transition_systems.errors import ExpressionError
from transition_systems.operator_precedence import Token, TokenStream, place_of
from transition_systems.source_span import SourceSpan

__all__ = [
    "RESERVED",
    "TEMPORAL",
    "CutStream",
    "quote_name",
    "quoted",
    "tokenize",
    "unquoted",
]

TEMPORAL = frozenset({"A", "E", "X", "F", "G", "AX", "EX", "AF", "EF", "AG", "EG", "U", "W", "R"})
RESERVED = TEMPORAL | {
    *("and", "or", "not", "true", "false", "dead", "deadlock", "enabled"),
}

_SYMBOLS = {
    "=": "==",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "∧": "&&",
    "&": "&&",
    "∨": "||",
    "|": "||",
    "¬": "!",
    "→": "->",
    "=>": "->",
}
_PIECE = re.compile(
    r"""(?P<space>\s+)
      | (?P<name>[^\W\d][\w.:$]*)
      | (?P<number>\d+)
      | (?P<quoted>"(?:[^"\\]|\\.)*")
      | (?P<braces>\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\})
      | (?P<symbol>->|=>|<=|>=|==|!=|&&|\|\||[≤≥≠∧∨¬→<>=!&|()\[\]+\-*])
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(r"[^\W\d][\w.:$]*")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
MAX_DIGITS = 1_000
# Tokens between two looks at the clock.
TOKENS = 1_024


def unquoted(text: str) -> str:
    """Return the name that stands in quotes.

    Examples
    --------
    >>> unquoted(quoted("a b")), unquoted(r'"a\"b"')
    ('a b', 'a"b')
    """
    return re.sub(
        r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text[1:-1], flags=re.DOTALL
    )


@lru_cache(maxsize=1 << 15)
def quote_name(name: str) -> str:
    """Return a name as the property language writes it, in quotes where it must be.

    Examples
    --------
    >>> quote_name("p1"), quote_name("pay now"), quote_name("A")
    ('p1', '"pay now"', '"A"')
    """
    if _PLAIN.fullmatch(name) and name not in RESERVED:
        return name
    return quoted(name)


def quoted(name: str) -> str:
    """Return a name in quotes.

    Examples
    --------
    >>> print(quoted("p1"), quoted("not <b>"))
    "p1" "not <b>"
    """
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    for letter, character in _ESCAPES.items():
        escaped = escaped.replace(character, "\\" + letter)
    return f'"{escaped}"'


def tokenize(text: str, base: SourceSpan | None = None, meter: Meter | None = None) -> TokenStream:
    """Cut a text of the property language into tokens.

    Parameters
    ----------
    text
        The text.
    base
        Where it begins in the user's file.
    meter
        A clock, looked at now and then.

    Returns
    -------
    TokenStream
        Kinds: ``name``, ``quoted`` (text without quotes), ``number``, ``braces`` (text without
        braces), ``symbol``, ``end``.

    Raises
    ------
    ExpressionError
        For a character that has no place in the language, or a quote that is not closed.
    """
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        token, position = _cut(text, position, base)
        if meter is not None and len(tokens) % TOKENS == TOKENS - 1:
            meter.require_time()
        if token is not None:
            tokens.append(token)
    tokens.append(Token("end", "", len(text), len(text)))
    return TokenStream(text, tokens, base)


def _cut(text: str, position: int, base: SourceSpan | None) -> tuple[Token | None, int]:
    """Return the token at a position, ``None`` for spaces, and where it ends."""
    found = _PIECE.match(text, position)
    if found is None:
        quote = text[position] == '"'
        raise ExpressionError(
            "a quoted name is not closed" if quote else "this character has no meaning here",
            span=place_of(text, position, base),
            found=repr(text[position]),
            mend=None if quote else 'Write names with other characters in "double quotes".',
        )
    kind = found.lastgroup or ""
    piece = found[0]
    if kind == "space":
        return None, found.end()
    if kind == "number" and len(piece) > MAX_DIGITS:
        raise ExpressionError(
            f"a number has more than {MAX_DIGITS} digits", span=place_of(text, position, base)
        )
    if kind == "quoted":
        piece = unquoted(piece)
    elif kind == "braces":
        piece = piece[1:-1]
    elif kind == "symbol":
        piece = _SYMBOLS.get(piece, piece)
    return Token(kind, piece, position, found.end()), found.end()


@dataclass(slots=True)
class CutStream(TokenStream):
    """Tokens that are cut when they are looked at, so that a part may be read another way.

    Examples
    --------
    >>> stream = CutStream('p && <a.b> q', [])
    >>> stream.take().text, stream.take().text, stream.peek().text
    ('p', '&&', '<')
    >>> stream.put("modality", 10)
    >>> stream.take().text, stream.take().text, stream.take().kind
    ('<a.b>', 'q', 'end')
    """

    cut: int = 0

    def peek(self, ahead: int = 0) -> Token:
        """Return the token at the cursor or after it, without moving."""
        while len(self.tokens) <= self.position + ahead:
            if self.tokens and self.tokens[-1].kind == "end":
                return self.tokens[-1]
            if self.cut == len(self.text):
                self.tokens.append(Token("end", "", self.cut, self.cut))
                continue
            token, self.cut = _cut(self.text, self.cut, self.base)
            if token is not None:
                self.tokens.append(token)
        return self.tokens[self.position + ahead]

    def put(self, kind: str, end: int) -> None:
        """Read the text from the cursor to an offset as one token."""
        start = self.peek().start
        self.tokens[self.position :] = [Token(kind, self.text[start:end], start, end)]
        self.cut = end
