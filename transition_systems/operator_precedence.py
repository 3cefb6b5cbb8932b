"""Operator-precedence parsing with explicit stacks, for predicates, formulas and expressions.

The text may be hostile: the parser never recurses, and a tree deeper than :data:`MAX_DEPTH` is
refused with a clear error, so that everything built on the tree may walk it without fear.
The method is Dijkstra's shunting yard, with groups and n-ary chains (``a && b && c`` is one node).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, NoReturn, TypeVar

from transition_systems.budget import Meter
from transition_systems.errors import ExpressionError
from transition_systems.source_span import SourceSpan

__all__ = ["MAX_DEPTH", "Grammar", "Infix", "Token", "TokenStream", "place_of", "run_grammar"]

MAX_DEPTH = 200
# Tokens between two looks at the clock.
TOKENS = 256

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: its kind, what it means, and where it stands (half-open)."""

    kind: str
    text: str
    start: int
    end: int


def place_of(text: str, offset: int, base: SourceSpan | None = None) -> SourceSpan:
    """Return line and column of an offset of ``text``, which itself begins at ``base``.

    Examples
    --------
    >>> str(place_of("a &&\\n )", 6, SourceSpan(file="f", line=3, column=9)))
    'f:4:2'
    """
    before = text[:offset]
    line = before.count("\n")
    column = offset - (before.rfind("\n") + 1)
    first_line = 1 if base is None or base.line is None else base.line
    first_column = 1 if base is None or base.column is None else base.column
    return SourceSpan(
        file=None if base is None else base.file,
        line=first_line + line,
        column=column + (1 if line else first_column),
        element=None if base is None else base.element,
    )


@dataclass(slots=True)
class TokenStream:
    """The tokens of one text with a cursor; the last token has the kind ``end``."""

    text: str
    tokens: list[Token]
    base: SourceSpan | None = None
    position: int = 0

    def peek(self, ahead: int = 0) -> Token:
        """Return the token at the cursor or after it, without moving."""
        return self.tokens[min(self.position + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        """Return the token at the cursor and move on."""
        token = self.peek()
        self.position += 1
        return token

    def expect(self, text: str) -> Token:
        """Take the symbol ``text`` or raise."""
        token = self.peek()
        if token.kind != "symbol" or token.text != text:
            self.fail("a symbol is missing", expected=f"'{text}'")
        return self.take()

    def fail(
        self,
        message: str,
        *,
        token: Token | None = None,
        expected: str | None = None,
        mend: str | None = None,
    ) -> NoReturn:
        """Raise an :class:`ExpressionError` at a token (default: the one at the cursor)."""
        at = self.peek() if token is None else token
        found = "the end of the text" if at.kind == "end" else repr(self.text[at.start : at.end])
        raise ExpressionError(
            message,
            span=place_of(self.text, at.start, self.base),
            found=found,
            expected=expected,
            mend=mend,
        )


@dataclass(frozen=True, slots=True)
class Infix:
    """An infix operator: how tightly it binds, and how a chain of it is read.

    ``flat`` says that what it builds is no deeper than its parts (a sum of sums is a sum).
    """

    name: str
    binding: int
    right: bool = False
    chain: bool = False
    flat: bool = False


@dataclass(frozen=True, slots=True)
class Grammar(Generic[T]):
    """The operators of a language and what they build.

    ``prefix`` and ``infix`` look at the cursor and return the operator that stands there, having
    moved past it, or ``None``. ``opening`` returns the closing symbol for an opening one.
    Each ``build`` function gets the start and end offsets of its part of the text last. A text is
    nested at most ``deepest`` deep.
    """

    primary: Callable[[TokenStream], T]
    prefix: Callable[[TokenStream], tuple[str, int] | None]
    infix: Callable[[TokenStream], Infix | None]
    opening: Callable[[TokenStream], tuple[str, str] | None]
    build_prefix: Callable[[str, T, int, int], T]
    build_infix: Callable[[str, list[T], int, int], T]
    build_group: Callable[[str, T, int, int], T]
    deepest: int = MAX_DEPTH


@dataclass(slots=True)
class _Operand(Generic[T]):
    value: T | None
    depth: int
    start: int
    end: int
    operator: str | None = None
    parts: list[T] = field(default_factory=list[T])


@dataclass(slots=True)
class _Pending:
    kind: str
    name: str
    binding: int
    token: Token
    infix: Infix | None = None


class _Yard(Generic[T]):
    """The two stacks of one run."""

    __slots__ = ("grammar", "nesting", "operands", "pending", "prefixes", "stream")

    def __init__(self, grammar: Grammar[T], stream: TokenStream) -> None:
        self.grammar = grammar
        self.stream = stream
        self.operands: list[_Operand[T]] = []
        self.pending: list[_Pending] = []
        self.nesting = self.prefixes = 0

    def settle(self, operand: _Operand[T]) -> T:
        if operand.operator is not None:
            operand.value = self.grammar.build_infix(
                operand.operator, operand.parts, operand.start, operand.end
            )
            operand.operator = None
        assert operand.value is not None
        return operand.value

    def bound(self, depth: int, token: Token) -> None:
        if depth > self.grammar.deepest:
            self.stream.fail(
                f"the text is nested more than {self.grammar.deepest} deep",
                token=token,
                mend="Split it into several parts.",
            )

    def reduce(self) -> None:
        top = self.pending.pop()
        right = self.operands.pop()
        if top.kind == "prefix":
            self.prefixes -= 1
            self.bound(right.depth + 1, top.token)
            value = self.grammar.build_prefix(
                top.name, self.settle(right), top.token.start, right.end
            )
            self.operands.append(_Operand(value, right.depth + 1, top.token.start, right.end))
            return
        assert top.infix is not None
        left = self.operands.pop()
        if top.infix.chain and left.operator == top.name:
            left.parts.append(self.settle(right))
            left.depth = max(left.depth, right.depth + (0 if top.infix.flat else 1))
            left.end = right.end
            self.bound(left.depth, top.token)
            self.operands.append(left)
            return
        depth = max(left.depth, right.depth) + (0 if top.infix.flat else 1)
        self.bound(depth, top.token)
        parts = [self.settle(left), self.settle(right)]
        joined: _Operand[T] = _Operand(None, depth, left.start, right.end, top.name, parts)
        if not top.infix.chain:
            self.settle(joined)
        self.operands.append(joined)

    def reduce_above(self, operator: Infix) -> None:
        while self.pending and self.pending[-1].kind != "group":
            top = self.pending[-1].binding
            if top > operator.binding or (top == operator.binding and not operator.right):
                self.reduce()
            else:
                return

    def close(self) -> bool:
        """Close the innermost group at a closing symbol; ``False`` when there is none."""
        token = self.stream.peek()
        while self.pending and self.pending[-1].kind != "group":
            self.reduce()
        if not self.pending:
            return False
        opened = self.pending[-1]
        if token.kind != "symbol" or token.text != opened.token.text:
            self.stream.fail("a bracket is not closed", expected=f"'{opened.token.text}'")
        self.pending.pop()
        self.nesting -= 1
        self.stream.take()
        inner = self.operands.pop()
        value = self.grammar.build_group(
            opened.name, self.settle(inner), opened.token.start, token.end
        )
        self.operands.append(_Operand(value, inner.depth, opened.token.start, token.end))
        return True

    def operand(self) -> bool:
        """Read what may stand where an operand is due; ``True`` when an operand was read."""
        stream = self.stream
        token = stream.peek()
        prefix = self.grammar.prefix(stream)
        if prefix is not None:
            self.pending.append(_Pending("prefix", prefix[0], prefix[1], token))
            self.prefixes += 1
            self.bound(self.prefixes, token)
            return False
        group = self.grammar.opening(stream)
        if group is not None:
            name, closing = group
            marker = Token("symbol", closing, token.start, token.end)
            self.pending.append(_Pending("group", name, 0, marker))
            self.nesting += 1
            self.bound(self.nesting, token)
            return False
        value = self.grammar.primary(stream)
        end = stream.tokens[stream.position - 1].end
        self.operands.append(_Operand(value, 1, token.start, end))
        return True


def run_grammar(grammar: Grammar[T], stream: TokenStream, meter: Meter | None = None) -> T:
    """Parse all tokens of a stream by a grammar.

    Parameters
    ----------
    grammar
        The operators and what they build.
    stream
        The tokens; the last one has the kind ``end``.
    meter
        A clock, looked at now and then.

    Returns
    -------
    T
        The value of the whole text.

    Raises
    ------
    UndecidedError
        When the time is used up.
    ExpressionError
        With line and column, when the text does not parse or is nested too deep.

    Notes
    -----
    Linear in the number of tokens; no recursion.
    """
    yard: _Yard[T] = _Yard(grammar, stream)
    while True:
        if not yard.operand():
            continue
        if meter is not None and stream.position % TOKENS < 2:
            meter.require_time()
        while True:
            token = stream.peek()
            operator = grammar.infix(stream)
            if operator is not None:
                yard.reduce_above(operator)
                yard.pending.append(
                    _Pending("infix", operator.name, operator.binding, token, operator)
                )
                break
            if yard.close():
                continue
            if token.kind != "end":
                stream.fail("the text goes on where it should end", expected="an operator")
            return yard.settle(yard.operands.pop())
