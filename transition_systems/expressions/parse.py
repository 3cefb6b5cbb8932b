"""Reading conditions as workflow files write them.

Accepted, from loosest to tightest: ``||`` ``or``; ``&&`` ``and``; ``not``; ``==`` ``=`` ``===``
``eq`` ``!=`` ``<>`` ``ne``; ``<`` ``<=`` ``>`` ``>=`` and ``lt le gt ge``; ``+`` ``-``; ``*``
``/`` ``div`` ``%`` ``mod``; ``!`` and unary ``-``; parentheses. Numbers, ``true``, ``false``,
strings in single or double quotes, dotted names, a leading ``$`` of a name, names in backquotes.
The whole may stand in ``${...}`` or ``#{...}`` or after the leading ``=`` of FEEL.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, cast

from transition_systems.expressions.ast import (
    Arithmetic,
    Binary,
    Boolean,
    Comparison,
    Expr,
    Integer,
    Logical,
    Name,
    Real,
    String,
    Unary,
)
from transition_systems.expressions.tokens import tokenize
from transition_systems.operator_precedence import (
    Grammar,
    Infix,
    TokenStream,
    place_of,
    run_grammar,
)
from transition_systems.source_span import SourceSpan

__all__ = ["parse_expression"]

_INFIX = {
    "||": Infix("||", 1, chain=True),
    "&&": Infix("&&", 2, chain=True),
    "==": Infix("==", 4),
    "!=": Infix("!=", 4),
    **{name: Infix(name, 5) for name in ("<", "<=", ">", ">=")},
    "+": Infix("+", 6),
    "-": Infix("-", 6),
    "*": Infix("*", 7),
    "/": Infix("/", 7),
    "%": Infix("%", 7),
}
_PREFIX = {"not": 3, "!": 8, "-": 8}


def _unwrap(text: str) -> str:
    """Return the text with the wrapper of an expression language turned into spaces."""
    bare = text.strip()
    begin = text.index(bare) if bare else 0
    end = begin + len(bare)
    if bare[:2] in ("${", "#{") and bare.endswith("}"):
        return text[:begin] + "  " + text[begin + 2 : end - 1] + " " + text[end:]
    if bare.startswith("=") and not bare.startswith("=="):
        return text[:begin] + " " + text[begin + 1 :]
    return text


class _Builder:
    """Builds the nodes of one text with their spans."""

    __slots__ = ("base", "text")

    def __init__(self, text: str, base: SourceSpan | None) -> None:
        self.text = text
        self.base = base

    def span(self, start: int, end: int) -> SourceSpan:
        first = place_of(self.text, start, self.base)
        last = place_of(self.text, end, self.base)
        return SourceSpan(
            file=first.file,
            line=first.line,
            column=first.column,
            element=first.element,
            end_line=last.line,
            end_column=last.column,
        )

    def prefix_operator(self, stream: TokenStream) -> tuple[str, int] | None:
        token = stream.peek()
        if token.kind != "symbol" or token.text not in _PREFIX:
            return None
        stream.take()
        return ("-" if token.text == "-" else "not"), _PREFIX[token.text]

    def infix_operator(self, stream: TokenStream) -> Infix | None:
        token = stream.peek()
        found = _INFIX.get(token.text) if token.kind == "symbol" else None
        if found is not None:
            stream.take()
        return found

    def opening(self, stream: TokenStream) -> tuple[str, str] | None:
        if stream.peek().kind != "symbol" or stream.peek().text != "(":
            return None
        stream.take()
        return "(", ")"

    def primary(self, stream: TokenStream) -> Expr:
        token = stream.peek()
        if token.kind not in ("name", "constant", "number", "string"):
            stream.fail("an operand is missing", expected="a name, a number, a string or '('")
        if token.kind == "constant" and token.text not in ("true", "false"):
            stream.fail("conditions here have no null value")
        stream.take()
        span = self.span(token.start, token.end)
        if token.kind == "string":
            return String(token.text, span=span)
        if token.kind == "constant":
            return Boolean(token.text == "true", span=span)
        if token.kind == "number":
            if token.text.isdecimal():
                return Integer(int(token.text), span=span)
            return Real(Fraction(token.text), span=span)
        following = stream.peek()
        if following.kind == "symbol" and following.text == "(":
            stream.fail("function calls are not supported in conditions", token=token)
        return Name(token.text, span=span)

    def prefix(self, name: str, value: Expr, start: int, end: int) -> Expr:
        span = self.span(start, end)
        if name == "-" and isinstance(value, Integer):
            return Integer(-value.value, span=span)
        if name == "-" and isinstance(value, Real):
            return Real(-value.value, span=span)
        return Unary("-" if name == "-" else "not", value, span=span)

    def infix(self, name: str, parts: list[Expr], start: int, end: int) -> Expr:
        span = self.span(start, end)
        if name in ("&&", "||"):
            operator: Literal["and", "or"] = "and" if name == "&&" else "or"
            return Logical(operator, tuple(parts), span=span)
        return Binary(cast("Arithmetic | Comparison", name), parts[0], parts[1], span=span)

    def group(self, name: str, value: Expr, start: int, end: int) -> Expr:
        del name, start, end
        return value


def parse_expression(text: str, *, span: SourceSpan | None = None) -> Expr:
    """Read one expression.

    Parameters
    ----------
    text
        The expression, at most 100,000 characters.
    span
        Where the text begins in the user's file.

    Returns
    -------
    Expr
        The tree; every node has its span, which is no part of ``==``. It is not type-checked.

    Raises
    ------
    ExpressionError
        With line and column, what was found and what was expected; also for a tree deeper than
        200 levels.

    Examples
    --------
    >>> parse_expression("${amount > 1000 && !approved}").operator
    'and'
    >>> parse_expression("= status = 'open'")
    Binary(operator='==', left=Name(name='status'), right=String(value='open'))
    """
    bare = _unwrap(text)
    builder = _Builder(bare, span)
    grammar: Grammar[Expr] = Grammar(
        primary=builder.primary,
        prefix=builder.prefix_operator,
        infix=builder.infix_operator,
        opening=builder.opening,
        build_prefix=builder.prefix,
        build_infix=builder.infix,
        build_group=builder.group,
    )
    return run_grammar(grammar, tokenize(bare, span))
