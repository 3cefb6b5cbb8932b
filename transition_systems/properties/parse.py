"""Reading state predicates and temporal formulas from text.

The language, from loosest to tightest::

    p -> q                          implication, to the right
    p || q   p | q   p or q         disjunction
    p && q   p & q   p and q        conjunction
    p U q    p W q   p R q          until, weak until, release, to the right
    ! p  not p  AG p  EF p  A p ..  negation; A E X F G AX EX AF EF AG EG; also A[p U q], E[p U q]
    2 p1 + p3 <= 4   p == q         comparisons of linear sums with <= >= == = != < >
    name   "any name"               an atom (for a counter: at least one)
    {p}                             a state predicate, in which no letter is an operator
    enabled(t)  dead  true  false   what can happen; nothing can (also ``deadlock``); constants
    done(t)  started(t)             the last step was t, was the start of t (in quotes a plain atom)

A temporal operator's letter is a plain name where no operand follows it (``A >= 1``). Modalities
and fixpoints of the same language are read by :mod:`transition_systems.temporal.mu_parse`.
"""

from __future__ import annotations

import re
from typing import TypeAlias, cast

from transition_systems.budget import Meter
from transition_systems.operator_precedence import Grammar, TokenStream, place_of, run_grammar
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
from transition_systems.properties.predicates import And, Atom, Not, Or, Predicate
from transition_systems.properties.syntax import (
    ASK_MU,
    COMPARISONS,
    OF_MU,
    TEMPORAL_INFIX,
    Sum,
    Syntax,
)
from transition_systems.properties.tokens import tokenize
from transition_systems.source_span import SourceSpan

__all__ = ["parse_formula", "parse_predicate"]

_MODALITY = re.compile(r"(?<![\w.:$\"])(?:A|E|X|F|G|[AE][XFG])\s*(<)[^<>]*>")
_FORMULAS = (State, Unary, Binary, Negation, Conjunction, Disjunction, Implication)
_Value: TypeAlias = Sum | Predicate | Formula


class _Builder(Syntax):
    """Builds formulas; state predicates are single parts."""

    __slots__ = ()

    def truth(self, value: _Value, start: int, end: int) -> Predicate | Formula:
        """Return a value as a truth: a lone name becomes an atom."""
        if not isinstance(value, Sum):
            return value
        if value.name is None:
            self.fail("a sum is no truth", start, end, "a comparison such as 'p >= 1'")
        return Atom(value.name)

    def formula(self, value: _Value, start: int, end: int) -> Formula:
        truth = self.truth(value, start, end)
        return truth if isinstance(truth, _FORMULAS) else State(truth)

    def sum(self, value: _Value, start: int, end: int) -> Sum:
        if not isinstance(value, Sum):
            # AG <a> p was read as two comparisons of something called AG.
            found = _MODALITY.search(self.text, start, end)
            if self.temporal and found is not None:
                self.fail(OF_MU, found.start(1), found.end(), "an operand", ASK_MU)
            self.fail("a truth is no number", start, end, "a linear sum such as '2 p + q'")
        return value

    def primary(self, stream: TokenStream) -> _Value:
        token = stream.peek()
        if token.kind != "braces":
            return self.leaf(stream)
        stream.take()
        return parse_predicate(token.text, span=place_of(self.text, token.start + 1, self.base))

    def prefix(self, name: str, value: _Value, start: int, end: int) -> _Value:
        if name == "-":
            return self.sum(value, start, end).inverted()
        truth = self.truth(value, start, end)
        if name == "!":
            if isinstance(truth, _FORMULAS):
                return Negation(truth)
            return Not(truth)
        return Unary(cast(UnaryOperator, name), self.formula(truth, start, end))

    def infix(self, name: str, parts: list[_Value], start: int, end: int) -> _Value:
        if name == "+":
            return self.added([self.sum(part, start, end) for part in parts])
        truth = self.of_truth(name, parts)
        if truth is not None:
            return truth
        if name in ("-", "*") or name in COMPARISONS:
            left, right = (self.sum(part, start, end) for part in parts)
            return self.arithmetic(name, left, right, start, end)
        truths = [self.truth(part, start, end) for part in parts]
        if name in TEMPORAL_INFIX:
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
