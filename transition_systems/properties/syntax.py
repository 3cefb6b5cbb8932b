"""The grammar that predicates, temporal formulas and modalities share: words, operators, sums.

What an operator makes of its operands is said by those who inherit: a formula with state predicates
as single parts (:mod:`transition_systems.properties.parse`), or one of the mu-calculus
(:mod:`transition_systems.temporal.mu_parse`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn, cast

from transition_systems.errors import ExpressionError
from transition_systems.operator_precedence import Infix, Token, TokenStream, place_of
from transition_systems.properties.predicates import (
    FALSE,
    TRUE,
    Atom,
    Compare,
    Comparison,
    Constant,
    Dead,
    Enabled,
    LastStep,
    Not,
    Predicate,
)
from transition_systems.properties.tokens import TEMPORAL
from transition_systems.source_span import SourceSpan

__all__ = [
    "ASK_MU",
    "COMPARISONS",
    "OF_MU",
    "PREFIX_BINDING",
    "TEMPORAL_INFIX",
    "Sum",
    "Syntax",
    "starts_operand",
]

COMPARISONS = ("<=", ">=", "==", "!=", "<", ">")
TEMPORAL_INFIX = ("U", "W", "R")
_CONNECTIVES = {"and": "&&", "or": "||"}
_INFIX = {
    "->": Infix("->", 1, right=True),
    "||": Infix("||", 2, chain=True),
    "&&": Infix("&&", 3, chain=True),
    **{name: Infix(name, 4, right=True) for name in TEMPORAL_INFIX},
    **{name: Infix(name, 6) for name in COMPARISONS},
    "+": Infix("+", 7, chain=True, flat=True),
    "-": Infix("-", 7, flat=True),
    "*": Infix("*", 8, flat=True),
}
PREFIX_BINDING = 5
OF_MU = "a modality is of the mu-calculus"
ASK_MU = "Ask netproof check, or check_mu in Python."
_MINUS_BINDING = 9


@dataclass(frozen=True, slots=True)
class Sum:
    """A linear sum; ``name`` is set while it is nothing but a name."""

    terms: tuple[tuple[str, int], ...]
    constant: int
    name: str | None = None

    def inverted(self) -> Sum:
        """Return the sum with the other sign."""
        return Sum(tuple((name, -count) for name, count in self.terms), -self.constant)


def starts_operand(token: Token) -> bool:
    """Return whether an operand can begin with a token, but for a modality."""
    if token.kind == "symbol":
        return token.text in ("(", "[", "!")
    if token.kind == "name":
        return token.text not in ("and", "or", *TEMPORAL_INFIX)
    return token.kind in ("quoted", "number", "braces")


class Syntax:
    """Reads words, operators and sums of one text; knows where to point in an error.

    Parameters
    ----------
    text, base
        The text, and where it begins in the user's file.
    temporal
        Whether the letters of temporal operators are operators.
    """

    __slots__ = ("base", "temporal", "text")

    def __init__(self, text: str, base: SourceSpan | None, temporal: bool) -> None:
        self.text = text
        self.base = base
        self.temporal = temporal

    def fail(
        self, message: str, start: int, end: int, expected: str | None = None,
        mend: str | None = None,
    ) -> NoReturn:  # fmt: skip
        """Raise an error about a part of the text."""
        raise ExpressionError(
            message,
            span=place_of(self.text, start, self.base),
            found=repr(self.text[start:end]),
            expected=expected,
            mend=mend,
        )

    def starts(self, token: Token) -> bool:
        """Return whether an operand begins with a token."""
        return starts_operand(token)

    def prefix_operator(self, stream: TokenStream) -> tuple[str, int] | None:
        """Take an operator that stands before its operand; ``None`` where there is none."""
        token = stream.peek()
        if token.kind == "symbol" and token.text in ("!", "-"):
            stream.take()
            return token.text, PREFIX_BINDING if token.text == "!" else _MINUS_BINDING
        if token.kind != "name":
            return None
        if token.text == "not":
            stream.take()
            return "!", PREFIX_BINDING
        if (
            self.temporal
            and token.text in TEMPORAL
            and token.text not in TEMPORAL_INFIX
            and self.starts(stream.peek(1))
        ):
            following = stream.peek(1)
            bracket = following.kind == "symbol" and following.text == "["
            if bracket and token.text in ("A", "E"):
                return None
            stream.take()
            return token.text, PREFIX_BINDING
        return None

    def infix_operator(self, stream: TokenStream) -> Infix | None:
        """Take an operator between operands; ``None`` where there is none."""
        token = stream.peek()
        name = token.text
        if token.kind == "name":
            name = _CONNECTIVES.get(name, name)
            if name not in ("&&", "||") and not (self.temporal and name in TEMPORAL_INFIX):
                return None
        elif token.kind != "symbol":
            return None
        found = _INFIX.get(name)
        if found is not None:
            stream.take()
        return found

    def opening(self, stream: TokenStream) -> tuple[str, str] | None:
        """Take what opens a group; return its name and what closes it."""
        token = stream.peek()
        if token.kind == "symbol" and token.text == "(":
            stream.take()
            return "(", ")"
        if not self.temporal or token.kind != "name" or token.text not in ("A", "E"):
            return None
        following = stream.peek(1)
        if following.kind != "symbol" or following.text != "[":
            return None
        stream.take()
        stream.take()
        return token.text, "]"

    def leaf(self, stream: TokenStream) -> Sum | Predicate:
        """Take a name, a number, a constant or one of the predicates of words."""
        token = stream.peek()
        if token.kind == "number":
            stream.take()
            factor = int(token.text)
            if stream.peek().kind in ("name", "quoted") and self.is_name(stream):
                return Sum(((stream.take().text, factor),), 0)
            return Sum((), factor)
        if token.kind == "quoted":
            return Sum(((stream.take().text, 1),), 0, token.text)
        if token.kind == "symbol" and token.text in ("<", "["):
            stream.fail(OF_MU, expected="an operand", mend=ASK_MU)
        if token.kind != "name" or token.text in ("and", "or"):
            stream.fail(
                "an operand is missing",
                expected="a name, a number, 'enabled(...)', 'dead', 'true', 'false' or '('",
            )
        stream.take()
        if token.text in ("true", "false"):
            return TRUE if token.text == "true" else FALSE
        if token.text in ("dead", "deadlock"):
            return Dead()
        following = stream.peek()
        called = following.kind == "symbol" and following.text == "("
        if called and token.text in ("enabled", "done", "started"):
            stream.take()
            if stream.peek().kind not in ("name", "quoted", "number"):
                stream.fail("a name is missing", expected="a name")
            name = stream.take().text
            stream.expect(")")
            return Enabled(name) if token.text == "enabled" else LastStep(f"{token.text}({name})")
        return Sum(((token.text, 1),), 0, token.text)

    def is_name(self, stream: TokenStream) -> bool:
        """Return whether a name stands here, and no operator between operands."""
        token = stream.peek()
        infix = self.temporal and token.text in TEMPORAL_INFIX
        return token.kind == "quoted" or not (infix or token.text in ("and", "or"))

    def added(self, parts: Sequence[Sum]) -> Sum:
        """Return the sum of sums."""
        sums: dict[str, int] = {}
        for part in parts:
            for term, coefficient in part.terms:
                sums[term] = sums.get(term, 0) + coefficient
        terms = tuple((term, c) for term, c in sums.items() if c != 0)
        return Sum(terms, sum(part.constant for part in parts))

    def of_truth(self, name: str, parts: Sequence[object]) -> Predicate | None:
        """Return ``x == true`` as ``x``; ``None`` for what compares no name with a constant."""
        values = [part for part in parts if isinstance(part, Constant)]
        names = [part.name for part in parts if isinstance(part, Sum) and part.name is not None]
        if name not in ("==", "!=") or len(values) != 1 or len(names) != 1:
            return None
        return Atom(names[0]) if values[0].value is (name == "==") else Not(Atom(names[0]))

    def arithmetic(self, name: str, left: Sum, right: Sum, start: int, end: int) -> Sum | Predicate:
        """Return a difference, a product with a number, or a comparison."""
        if name == "*":
            if left.terms and right.terms:
                self.fail("a product of two names is not linear", start, end, "a number times it")
            factor, other = (right.constant, left) if left.terms else (left.constant, right)
            return Sum(tuple((n, c * factor) for n, c in other.terms), other.constant * factor)
        sign = 1 if name == "+" else -1
        sums = dict(left.terms)
        for term, coefficient in right.terms:
            sums[term] = sums.get(term, 0) + sign * coefficient
        terms = tuple((term, c) for term, c in sums.items() if c != 0)
        if name in ("+", "-"):
            return Sum(terms, left.constant + sign * right.constant)
        return Compare(terms, cast(Comparison, name), right.constant - left.constant)
