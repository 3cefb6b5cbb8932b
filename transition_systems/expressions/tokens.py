"""The tokens of expressions, shared by the parser and the printer."""

from __future__ import annotations

import re

from transition_systems.errors import ExpressionError
from transition_systems.operator_precedence import Token, TokenStream, place_of
from transition_systems.source_span import SourceSpan

__all__ = ["MAX_LENGTH", "WORDS", "quote_variable", "tokenize"]

MAX_LENGTH = 100_000
MAX_DIGITS = 1_000

WORDS = {
    "and": "&&",
    "or": "||",
    "not": "not",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "div": "/",
    "mod": "%",
}
_CONSTANTS = frozenset({"true", "false", "null", "nil", "none", "undefined"})
_SYMBOLS = {"=": "==", "===": "==", "!==": "!=", "<>": "!=", "≤": "<=", "≥": ">=", "≠": "!="}
_PIECE = re.compile(
    r"""(?P<space>\s+)
      | (?P<name>\$?[^\W\d]\w*(?:\.[^\W\d]\w*)*)
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?(?!\w)|\.\d+(?!\w))
      | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<variable>`[^`]+`)
      | (?P<symbol>===|!==|==|!=|<>|<=|>=|&&|\|\||[≤≥≠<>=!()+\-*/%])
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def quote_variable(name: str) -> str:
    """Return a variable as expressions write it, in backquotes where it must be.

    Examples
    --------
    >>> quote_variable("order.total"), quote_variable("and"), quote_variable("net amount")
    ('order.total', '`and`', '`net amount`')
    """
    special = name.lower() in WORDS or name.lower() in _CONSTANTS
    return name if _PLAIN.fullmatch(name) and not special else f"`{name}`"


def _word(text: str) -> tuple[str, str]:
    lowered = text.lower()
    if lowered in WORDS and text in (lowered, lowered.upper(), lowered.capitalize()):
        return "symbol", WORDS[lowered]
    if lowered in _CONSTANTS and text in (lowered, lowered.upper(), lowered.capitalize()):
        return "constant", lowered
    return "name", text.removeprefix("$")


def tokenize(text: str, base: SourceSpan | None = None) -> TokenStream:
    """Cut an expression into tokens of kinds name, constant, number, string, symbol and end.

    Raises
    ------
    ExpressionError
        For a character without a meaning, a quote that is not closed, or a text that is too long.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"the expression is longer than {MAX_LENGTH} characters", span=base)
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        found = _PIECE.match(text, position)
        if found is None:
            quote = text[position] in "\"'`"
            raise ExpressionError(
                "a quote is not closed" if quote else "this has no meaning in a condition",
                span=place_of(text, position, base),
                found=repr(text[position : position + 8]),
            )
        kind, piece = found.lastgroup or "", found[0]
        if kind == "number" and len(piece) > MAX_DIGITS:
            span = place_of(text, position, base)
            raise ExpressionError(f"a number has more than {MAX_DIGITS} digits", span=span)
        if kind == "name":
            kind, piece = _word(piece)
        elif kind == "variable":
            kind, piece = "name", piece[1:-1]
        elif kind == "string":
            piece = re.sub(
                r"\\(.)", lambda hit: _ESCAPES.get(hit[1], hit[1]), piece[1:-1], flags=re.DOTALL
            )
        elif kind == "symbol":
            piece = _SYMBOLS.get(piece, piece)
        if kind != "space":
            tokens.append(Token(kind, piece, position, found.end()))
        position = found.end()
    tokens.append(Token("end", "", len(text), len(text)))
    return TokenStream(text, tokens, base)
