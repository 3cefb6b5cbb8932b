"""Reading formulas with modalities and fixpoints, and CTL between them.

The language of :mod:`transition_systems.properties.parse`, and from loosest to tightest::

    mu X. f    nu X. f              fixpoints, as far to the right as can be
    f -> g                          implication, disjunction, conjunction as there
    <R> f   [R] f                   some, every run of R leads to f; binds as a negation
    X                               a variable, where a fixpoint around it has that name
    {2 p + q <= 4}                  a state predicate, in which no letter is an operator
    EX f  AG f  A[f U g]            CTL on maximal paths, brought back to fixpoints

``R`` is a regular expression over sets of labels: ``a``, ``true`` (any label), ``!a``,
``a || b``, ``a && !b``; ``R.S`` in sequence, ``R + S`` either, ``R*`` any number of times, ``R+``
at least once. A path formula stands under a quantifier: ``G f`` alone speaks of paths, and what is
around it of states. Where an operator's letter has a modality behind it, it is the operator.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NoReturn, TypeAlias, cast

from transition_systems.budget import Meter
from transition_systems.errors import ExpressionError
from transition_systems.operator_precedence import (
    Grammar,
    Token,
    TokenStream,
    place_of,
    run_grammar,
)
from transition_systems.properties.formulas import Formula
from transition_systems.properties.parse import parse_formula, parse_predicate
from transition_systems.properties.predicates import Atom, Predicate
from transition_systems.properties.syntax import (
    COMPARISONS,
    PREFIX_BINDING,
    TEMPORAL_INFIX,
    Sum,
    Syntax,
    starts_operand,
)
from transition_systems.properties.tokens import TEMPORAL, CutStream
from transition_systems.temporal.ctl_in_mu import Path, quantified
from transition_systems.temporal.modalities import Making, read_modality
from transition_systems.temporal.mu_formulas import (
    Bound,
    Every,
    Fixpoint,
    Holds,
    Modal,
    MuFormula,
    No,
    Some,
)

__all__ = ["ParsedMu", "parse_mu", "parse_temporal", "parsed_mu"]

MOST_NESTED = 250
_HEAD = re.compile(r"(mu|nu)\s+([^\W\d][\w$]*)(\s*\.)?")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(
    r"(?<![\w.:$\"])([AE])\s*\[([^\[\]]*)\]\s*(?=[\"(\[{!<]|(?!(?:and|or|U|W|R)\b)\w)(?!<=|!=)"
)
_FORMULAS = (Holds, Bound, No, Every, Some, Modal, Fixpoint)
_WORDS = ("and", "or", "not")
_Value: TypeAlias = Sum | Predicate | MuFormula | Path


@dataclass(frozen=True, slots=True)
class ParsedMu:
    """A formula, and what its text has: ``modal``, modalities or fixpoints; ``branching``, CTL."""

    formula: MuFormula
    modal: bool
    branching: bool


def parse_mu(text: str) -> MuFormula:
    """Read a formula of the mu-calculus; Hennessy-Milner logic is the part without fixpoints.

    Parameters
    ----------
    text
        The formula; see the module's grammar.

    Returns
    -------
    MuFormula
        Regular modalities and the operators of CTL are fixpoints of plain modalities.

    Raises
    ------
    ExpressionError
        With line and column, what was found and what was expected; for a path formula that no
        quantifier stands before.

    Notes
    -----
    Linear in the text, but for nested ``R+``.
    J. F. Groote, M. R. Mousavi: Modeling and Analysis of Communicating Systems. MIT Press, 2014.

    Examples
    --------
    >>> parse_mu("<a> true")
    Modal(kind='diamond', labels=Labels(names=frozenset({'a'}), others=False), \
operand=Holds(predicate=Constant(value=True)))
    >>> from transition_systems.temporal.mu_formulas import format_mu
    >>> format_mu(parse_mu("[true*.pay] <true*> shipped"))
    'nu Z1. [pay] (mu Z0. shipped || <true> Z0) && [true] Z1'
    >>> format_mu(parse_mu("AG <pay> true"))
    'nu Z0. <pay> true && [true] Z0'
    """
    return parsed_mu(text).formula


def parsed_mu(text: str) -> ParsedMu:
    """Read a formula as :func:`parse_mu`, and tell whether it has modalities, and CTL.

    Raises
    ------
    ExpressionError
        As :func:`parse_mu`.
    """
    return _parsed(MuBuilder(text))


def parse_temporal(
    text: str, *, meter: Meter | None = None, tau: str = "tau"
) -> Formula | ParsedMu:
    """Read a formula of any of the logics: one language for LTL, CTL, CTL* and the mu-calculus.

    Parameters
    ----------
    text
        The formula.
    meter
        A clock, looked at now and then.
    tau
        The name for ``tau`` in quotation marks in a modality, where that is not the silent label.

    Returns
    -------
    Formula or ParsedMu
        The first for a formula without modalities and fixpoints, as
        :func:`~transition_systems.properties.parse.parse_formula`.

    Raises
    ------
    UndecidedError
        When the time is used up.
    ExpressionError
        With line and column, what was found and what was expected.

    Notes
    -----
    Linear in the text.

    Examples
    --------
    >>> parse_temporal("AG p").operator, parse_temporal("AG <a> p").branching
    ('AG', True)
    """
    try:
        return parse_formula(text, meter=meter)
    except ExpressionError as error:
        builder = MuBuilder(text, tau)
        try:
            found = _parsed(builder, meter)
        except ExpressionError as other:
            raise _of_brackets(text, other if builder.modal else error) from None
        if found.modal:
            return found
        raise _of_brackets(text, error) from None


def _of_brackets(text: str, error: ExpressionError) -> ExpressionError:
    """Return an error that says what ``E[b]`` was taken for, where an operand stands behind it."""
    plain = _QUOTED.sub(lambda found: f'"{"_" * (len(found[0]) - 2)}"', text)
    for found in _BRACKET.finditer(plain):
        letter, inside = found[1], text[found.start(2) : found.end(2)]
        if not TEMPORAL.isdisjoint(re.findall(r"\w+", found[2])):
            continue
        written = f"{letter} ([{inside}] f)"
        return ExpressionError(
            f"{letter}[{inside}] was taken as the bracket of {letter}[p U q]",
            span=place_of(text, found.start()),
            found=repr(text[found.start() : found.end()].rstrip()),
            expected="an operator between operands behind it",
            mend=f"Write a modality without the letter, or in parentheses: {written}.",
        )  # fmt: skip
    return error


def _parsed(builder: MuBuilder, meter: Meter | None = None) -> ParsedMu:
    grammar: Grammar[_Value] = Grammar(
        primary=builder.primary,
        prefix=builder.prefix_operator,
        infix=builder.infix_operator,
        opening=builder.opening,
        build_prefix=builder.prefix,
        build_infix=builder.infix,
        build_group=builder.group,
        deepest=MOST_NESTED,
    )
    text = builder.text
    found = builder.state(run_grammar(grammar, CutStream(text, []), meter), 0, len(text))
    if _depth(found) > MOST_NESTED:
        raise ExpressionError(
            f"the formula is nested more than {MOST_NESTED} deep",
            span=place_of(text, 0, None), found=repr(text[:40]),
        )  # fmt: skip
    return ParsedMu(found, builder.modal, builder.branching)


def _depth(formula: MuFormula) -> int:
    """Return how deep a formula is nested; level by level, since parts may be shared."""
    level, deepest = {id(formula): formula}, 0
    while level and deepest <= MOST_NESTED:
        deepest += 1
        below: dict[int, MuFormula] = {}
        for node in level.values():
            match node:
                case Every(operands=operands) | Some(operands=operands):
                    below.update((id(operand), operand) for operand in operands)
                case No(operand=operand) | Modal(operand=operand) | Fixpoint(operand=operand):
                    below[id(operand)] = operand
                case _:
                    pass
        level = below
    return deepest


class MuBuilder(Syntax):
    """Builds formulas of the mu-calculus; ``modal`` tells whether one has begun in the text."""

    __slots__ = ("bound", "branching", "making", "modal", "waiting")

    def __init__(self, text: str, tau: str = "tau") -> None:
        super().__init__(text, None, True)
        self.making = Making(text, tau)
        # Modalities and fixpoints whose operands are being read, the innermost last.
        self.waiting: list[Callable[[MuFormula], MuFormula]] = []
        self.bound: list[str] = []
        self.modal = self.branching = False

    def starts(self, token: Token) -> bool:
        return starts_operand(token) or (token.kind == "symbol" and token.text == "<")

    def prefix_operator(self, stream: TokenStream) -> tuple[str, int] | None:
        token = stream.peek()
        if token.kind == "symbol" and token.text in ("<", "["):
            return self.modality(cast(CutStream, stream), token)
        if token.kind != "name":
            return super().prefix_operator(stream)
        head = _HEAD.match(self.text, token.start) if token.text in ("mu", "nu") else None
        if head is not None and (head[3] or not self.infix_word(head[2])):
            return self.fixpoint(cast(CutStream, stream), head)
        if token.text == "not" and not self.starts(stream.peek(1)):
            return None
        found = super().prefix_operator(stream)
        self.branching = self.branching or (found is not None and found[0] != "!")
        return found

    def opening(self, stream: TokenStream) -> tuple[str, str] | None:
        found = super().opening(stream)
        self.branching = self.branching or (found is not None and found[0] != "(")
        return found

    def infix_word(self, name: str) -> bool:
        """Return whether a name is an operator between operands."""
        return name in ("and", "or", *TEMPORAL_INFIX)

    def modality(self, stream: CutStream, token: Token) -> tuple[str, int]:
        self.modal = True
        made, end = read_modality(self.text, token.start, self.making)
        self.waiting.append(made)
        stream.put("modality", end)
        stream.take()
        return "modality", PREFIX_BINDING

    def fixpoint(self, stream: CutStream, head: re.Match[str]) -> tuple[str, int]:
        self.modal = True
        if head[3] is None:
            stream.put("head", head.end())
            stream.take()
            stream.fail("something else belongs here", expected="'.'")
        kind: Literal["mu", "nu"] = "mu" if head[1] == "mu" else "nu"
        name = head[2]
        self.waiting.append(lambda operand: Fixpoint(kind, name, operand))
        self.bound.append(name)
        stream.put("head", head.end())
        stream.take()
        return "fixpoint", 0

    def primary(self, stream: TokenStream) -> _Value:
        token = stream.peek()
        if token.kind == "braces":
            stream.take()
            return Holds(parse_predicate(token.text, span=place_of(self.text, token.start + 1)))
        if token.kind == "name" and token.text in self.bound:
            stream.take()
            return Bound(token.text)
        if token.kind == "name" and token.text in _WORDS:
            stream.take()
            return Sum(((token.text, 1),), 0, token.text)
        return self.leaf(stream)

    def state(self, value: _Value, start: int, end: int) -> MuFormula:
        """Return a value as a formula about a state."""
        if isinstance(value, _FORMULAS):
            return value
        if isinstance(value, Path):
            self.of_paths(value)
        if not isinstance(value, Sum):
            return Holds(value)
        if value.name is None:
            self.fail("a sum is no truth", start, end, "a comparison such as 'p >= 1'")
        return Holds(Atom(value.name))

    def of_paths(self, path: Path) -> NoReturn:
        name = path.operator
        written = f"A[f {name} g]" if name in TEMPORAL_INFIX else f"A{name} f or E{name} f"
        raise ExpressionError(
            f"{name!r} speaks of a path, a modality of a state: LTL and CTL* cannot stand with "
            "modalities and fixpoints, CTL can",
            span=place_of(self.text, path.start, None),
            found=f"{self.text[path.start : path.end]!r:.200}",
            mend=f"Write {written}, or ask for it as a formula of its own.",
        )

    def sum(self, value: _Value, start: int, end: int) -> Sum:
        if not isinstance(value, Sum):
            self.fail("a truth is no number", start, end, "a linear sum such as '2 p + q'")
        return value

    def prefix(self, name: str, value: _Value, start: int, end: int) -> _Value:
        if name == "-":
            return self.sum(value, start, end).inverted()
        if name in ("A", "E"):
            return self.quantify(name, value, start, end)
        if name == "modality":
            return self.waiting.pop()(self.state(value, start, end))
        if name == "fixpoint":
            self.bound.pop()
            return self.waiting.pop()(self.state(value, start, end))
        operand = self.state(value, start, end)
        if name == "!":
            return No(operand)
        if len(name) == 1:
            return Path(name, (operand,), start, end)
        return quantified(name[0], Path(name[1], (operand,)), self.making.variable())

    def quantify(self, quantifier: str, value: _Value, start: int, end: int) -> MuFormula:
        if isinstance(value, Path):
            return quantified(quantifier, value, self.making.variable())
        return self.state(value, start, end)

    def infix(self, name: str, parts: list[_Value], start: int, end: int) -> _Value:
        if name == "+":
            return self.added([self.sum(part, start, end) for part in parts])
        truth = self.of_truth(name, parts)
        if truth is not None:
            return truth
        if name in ("-", "*") or name in COMPARISONS:
            left, right = (self.sum(part, start, end) for part in parts)
            return self.arithmetic(name, left, right, start, end)
        operands = tuple(self.state(part, start, end) for part in parts)
        if name in TEMPORAL_INFIX:
            return Path(name, operands, start, end)
        if name == "->":
            return Some((No(operands[0]), operands[1]))
        return Every(operands) if name == "&&" else Some(operands)

    def group(self, name: str, value: _Value, start: int, end: int) -> _Value:
        return value if name == "(" else self.quantify(name, value, start, end)
