"""Reading state predicates and temporal formulas from text.

The language, from loosest to tightest::

    p -> q                          implication, to the right
    p || q   p | q   p or q         disjunction
    p && q   p & q   p and q        conjunction
    p U q    p W q   p R q          until, weak until, release, to the right
    ! p  not p  AG p  EF p  A p ..  negation; A E X F G AX EX AF EF AG EG; also A[p U q], E[p U q]
    2 p1 + p3 <= 4   p == q         comparisons of linear sums with <= >= == = != < >
    name   "any name"               an atom (for a counter: at least one)
    enabled(t)  dead  true  false   what can happen; nothing can (also ``deadlock``); constants
    done(t)  started(t)             the last step was t, was the start of t (in quotes a plain atom)

A temporal operator's letter is a plain name where no operand follows it (``A >= 1``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn, TypeAlias, cast

from transition_systems.budget import Meter
from transition_systems.errors import ExpressionError
from transition_systems.operator_precedence import (
    Grammar,
    Infix,
    Token,
    TokenStream,
    place_of,
    run_grammar,
)
from transition_systems.properties.formulas import (
    Binary,
    BinaryOperator,
    Conjunction,
    Disjunction,
    Formula,
    Implication,
    Negation,
    State,
    Unary,
    UnaryOperator,
)
from transition_systems.properties.predicates import (
    FALSE,
    TRUE,
    And,
    Atom,
    Compare,
    Comparison,
    Dead,
    Enabled,
    LastStep,
    Not,
    Or,
    Predicate,
)
from transition_systems.properties.tokens import TEMPORAL, tokenize
from transition_systems.source_span import SourceSpan

__all__ = ["parse_formula", "parse_predicate"]

_COMPARISONS = ("<=", ">=", "==", "!=", "<", ">")
_TEMPORAL_INFIX = ("U", "W", "R")
_CONNECTIVES = {"and": "&&", "or": "||"}
_INFIX = {
    "->": Infix("->", 1, right=True),
    "||": Infix("||", 2, chain=True),
    "&&": Infix("&&", 3, chain=True),
    **{name: Infix(name, 4, right=True) for name in _TEMPORAL_INFIX},
    **{name: Infix(name, 6) for name in _COMPARISONS},
    "+": Infix("+", 7, chain=True, flat=True),
    "-": Infix("-", 7, flat=True),
    "*": Infix("*", 8, flat=True),
}
_PREFIX_BINDING = 5
_MINUS_BINDING = 9
_FORMULAS = (State, Unary, Binary, Negation, Conjunction, Disjunction, Implication)


@dataclass(frozen=True, slots=True)
class _Sum:
    """A linear sum; ``name`` is set while it is nothing but a name."""

    terms: tuple[tuple[str, int], ...]
    constant: int
    name: str | None = None


_Value: TypeAlias = _Sum | Predicate | Formula


def _starts_operand(token: Token) -> bool:
    if token.kind == "symbol":
        return token.text in ("(", "[", "!")
    if token.kind == "name":
        return token.text not in ("and", "or", *_TEMPORAL_INFIX)
    return token.kind in ("quoted", "number")


class _Builder:
    """Builds values for one text; knows where to point in an error."""

    __slots__ = ("base", "temporal", "text")

    def __init__(self, text: str, base: SourceSpan | None, temporal: bool) -> None:
        self.text = text
        self.base = base
        self.temporal = temporal

    def fail(self, message: str, start: int, end: int, expected: str | None = None) -> NoReturn:
        raise ExpressionError(
            message,
            span=place_of(self.text, start, self.base),
            found=repr(self.text[start:end]),
            expected=expected,
        )

    def truth(self, value: _Value, start: int, end: int) -> Predicate | Formula:
        """Return a value as a truth: a lone name becomes an atom."""
        if not isinstance(value, _Sum):
            return value
        if value.name is None:
            self.fail("a sum is no truth", start, end, "a comparison such as 'p >= 1'")
        return Atom(value.name)

    def formula(self, value: _Value, start: int, end: int) -> Formula:
        truth = self.truth(value, start, end)
        return truth if isinstance(truth, _FORMULAS) else State(truth)

    def sum(self, value: _Value, start: int, end: int) -> _Sum:
        if not isinstance(value, _Sum):
            self.fail("a truth is no number", start, end, "a linear sum such as '2 p + q'")
        return value

    def prefix_operator(self, stream: TokenStream) -> tuple[str, int] | None:
        token = stream.peek()
        if token.kind == "symbol" and token.text in ("!", "-"):
            stream.take()
            return token.text, _PREFIX_BINDING if token.text == "!" else _MINUS_BINDING
        if token.kind != "name":
            return None
        if token.text == "not":
            stream.take()
            return "!", _PREFIX_BINDING
        if (
            self.temporal
            and token.text in TEMPORAL
            and token.text not in _TEMPORAL_INFIX
            and _starts_operand(stream.peek(1))
        ):
            if token.text in ("A", "E") and stream.peek(1).text == "[":
                return None
            stream.take()
            return token.text, _PREFIX_BINDING
        return None

    def infix_operator(self, stream: TokenStream) -> Infix | None:
        token = stream.peek()
        name = token.text
        if token.kind == "name":
            name = _CONNECTIVES.get(name, name)
            if name not in ("&&", "||") and not (self.temporal and name in _TEMPORAL_INFIX):
                return None
        elif token.kind != "symbol":
            return None
        found = _INFIX.get(name)
        if found is not None:
            stream.take()
        return found

    def opening(self, stream: TokenStream) -> tuple[str, str] | None:
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

    def primary(self, stream: TokenStream) -> _Value:
        token = stream.peek()
        if token.kind == "number":
            stream.take()
            factor = int(token.text)
            if stream.peek().kind in ("name", "quoted") and self.is_name(stream):
                return _Sum(((stream.take().text, factor),), 0)
            return _Sum((), factor)
        if token.kind == "quoted":
            return _Sum(((stream.take().text, 1),), 0, token.text)
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
        if token.text in ("enabled", "done", "started") and stream.peek().text == "(":
            stream.take()
            if stream.peek().kind not in ("name", "quoted", "number"):
                stream.fail("a name is missing", expected="a name")
            name = stream.take().text
            stream.expect(")")
            return Enabled(name) if token.text == "enabled" else LastStep(f"{token.text}({name})")
        return _Sum(((token.text, 1),), 0, token.text)

    def is_name(self, stream: TokenStream) -> bool:
        token = stream.peek()
        infix = self.temporal and token.text in _TEMPORAL_INFIX
        return token.kind == "quoted" or not (infix or token.text in ("and", "or"))

    def prefix(self, name: str, value: _Value, start: int, end: int) -> _Value:
        if name == "-":
            operand = self.sum(value, start, end)
            return _Sum(tuple((n, -c) for n, c in operand.terms), -operand.constant)
        truth = self.truth(value, start, end)
        if name == "!":
            if isinstance(truth, _FORMULAS):
                return Negation(truth)
            return Not(truth)
        return Unary(cast(UnaryOperator, name), self.formula(truth, start, end))

    def infix(self, name: str, parts: list[_Value], start: int, end: int) -> _Value:
        if name == "+":
            return self.added([self.sum(part, start, end) for part in parts])
        if name in ("-", "*") or name in _COMPARISONS:
            left, right = (self.sum(part, start, end) for part in parts)
            return self.arithmetic(name, left, right, start, end)
        truths = [self.truth(part, start, end) for part in parts]
        if name in _TEMPORAL_INFIX:
            first, second = (self.formula(truth, start, end) for truth in truths)
            return Binary(cast(BinaryOperator, name), first, second)
        if not any(isinstance(truth, _FORMULAS) for truth in truths):
            predicates = tuple(cast(Predicate, truth) for truth in truths)
            if name == "->":
                return Or((Not(predicates[0]), predicates[1]))
            return And(predicates) if name == "&&" else Or(predicates)
        formulas = tuple(self.formula(truth, start, end) for truth in truths)
        if name == "->":
            return Implication(formulas[0], formulas[1])
        return Conjunction(formulas) if name == "&&" else Disjunction(formulas)

    def added(self, parts: list[_Sum]) -> _Sum:
        sums: dict[str, int] = {}
        for part in parts:
            for term, coefficient in part.terms:
                sums[term] = sums.get(term, 0) + coefficient
        terms = tuple((term, c) for term, c in sums.items() if c != 0)
        return _Sum(terms, sum(part.constant for part in parts))

    def arithmetic(self, name: str, left: _Sum, right: _Sum, start: int, end: int) -> _Value:
        if name == "*":
            if left.terms and right.terms:
                self.fail("a product of two names is not linear", start, end, "a number times it")
            factor, other = (right.constant, left) if left.terms else (left.constant, right)
            return _Sum(tuple((n, c * factor) for n, c in other.terms), other.constant * factor)
        sign = 1 if name == "+" else -1
        sums = dict(left.terms)
        for term, coefficient in right.terms:
            sums[term] = sums.get(term, 0) + sign * coefficient
        terms = tuple((term, c) for term, c in sums.items() if c != 0)
        if name in ("+", "-"):
            return _Sum(terms, left.constant + sign * right.constant)
        return Compare(terms, cast(Comparison, name), right.constant - left.constant)

    def group(self, name: str, value: _Value, start: int, end: int) -> _Value:
        if name == "(":
            return value
        inner = self.formula(value, start, end)
        if isinstance(inner, Binary) and inner.operator == "U":
            return Binary("AU" if name == "A" else "EU", inner.left, inner.right)
        return Unary("A" if name == "A" else "E", inner)


def _parse(
    text: str, span: SourceSpan | None, temporal: bool, meter: Meter | None = None
) -> tuple[_Value, _Builder]:
    builder = _Builder(text, span, temporal)
    grammar: Grammar[_Value] = Grammar(
        primary=builder.primary,
        prefix=builder.prefix_operator,
        infix=builder.infix_operator,
        opening=builder.opening,
        build_prefix=builder.prefix,
        build_infix=builder.infix,
        build_group=builder.group,
    )
    return run_grammar(grammar, tokenize(text, span, meter), meter), builder


def parse_predicate(text: str, *, span: SourceSpan | None = None) -> Predicate:
    """Read a state predicate.

    Parameters
    ----------
    text
        The predicate; the letters of temporal operators are plain names here.
    span
        Where the text begins in the user's file.

    Returns
    -------
    Predicate
        Linear comparisons are brought to one side, like names added up.

    Raises
    ------
    ExpressionError
        With line and column, what was found and what was expected.

    Examples
    --------
    >>> parse_predicate("2 p1 + p3 <= 4")
    Compare(terms=(('p1', 2), ('p3', 1)), op='<=', bound=4)
    >>> parse_predicate('"pay now" && !dead')
    And(operands=(Atom(name='pay now'), Not(operand=Dead())))
    """
    value, builder = _parse(text, span, temporal=False)
    truth = builder.truth(value, 0, len(text))
    assert not isinstance(truth, _FORMULAS)
    return truth


def parse_formula(
    text: str, *, span: SourceSpan | None = None, meter: Meter | None = None
) -> Formula:
    """Read a temporal formula.

    Parameters
    ----------
    text
        The formula; see the module's grammar.
    span
        Where the text begins in the user's file.
    meter
        A clock, looked at now and then.

    Returns
    -------
    Formula
        Parts without temporal operators are single :class:`State` nodes.

    Raises
    ------
    UndecidedError
        When the time is used up.
    ExpressionError
        With line and column, what was found and what was expected.

    Examples
    --------
    >>> parse_formula("AG (p -> EF q)").operator
    'AG'
    >>> parse_formula("A[p U q]").operator
    'AU'
    """
    value, builder = _parse(text, span, temporal=True, meter=meter)
    return builder.formula(value, 0, len(text))
