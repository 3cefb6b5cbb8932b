"""Reading formulas of the modal mu-calculus.

The language, from loosest to tightest::

    mu X. f    nu X. f              fixpoints, as far to the right as can be
    f -> g   f => g                 implication, to the right
    f || g                          disjunction
    f && g                          conjunction
    !f   <R> f   [R] f              negation; some, every run of R leads to f
    X   name   "any name"           a variable; an atom
    {2 p + q <= 4}                  any state predicate of the property language
    enabled(a)  dead  true  false

``R`` is a regular expression over sets of labels: ``a``, ``true`` (any label), ``!a``,
``a || b``, ``a && !b``; ``R.S`` in sequence, ``R + S`` either, ``R*`` any number of times, ``R+``
at least once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NoReturn

from transition_systems.errors import ExpressionError
from transition_systems.operator_precedence import place_of
from transition_systems.properties.parse import parse_predicate
from transition_systems.properties.predicates import FALSE, TRUE, Atom, Dead, Enabled, Predicate
from transition_systems.properties.tokens import unquoted
from transition_systems.temporal.mu_formulas import (
    Bound,
    Every,
    Fixpoint,
    Holds,
    Labels,
    Modal,
    MuFormula,
    No,
    Some,
)

__all__ = ["parse_mu"]

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<braces>\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\})|(?P<quoted>"(?:[^"\\]|\\.)*")
      | (?P<name>[^\W\d][\w$]*)|(?P<symbol>->|=>|&&|\|\||[!<>\[\]().*+]|$)""",
    re.VERBOSE | re.DOTALL,
)
MOST_DEEP, MOST_NESTED = 60, 250
# What stands after ``R+``, where the sign is not between two expressions.
AFTER = (">", "]", ")", ".", "+")
Kind = Literal["diamond", "box"]
# A regular expression as what it does to the formula behind it.
_Regular = Callable[[Kind, MuFormula], MuFormula]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int


def parse_mu(text: str) -> MuFormula:
    """Read a formula of the mu-calculus; Hennessy-Milner logic is the part without fixpoints.

    Parameters
    ----------
    text
        The formula.

    Returns
    -------
    MuFormula
        Regular modalities are fixpoints of plain ones.

    Raises
    ------
    ExpressionError
        With line and column, what was found and what was expected.

    Notes
    -----
    J. F. Groote, M. R. Mousavi: Modeling and Analysis of Communicating Systems. MIT Press, 2014.

    Examples
    --------
    >>> parse_mu("<a> true")
    Modal(kind='diamond', labels=Labels(names=frozenset({'a'}), others=False), \
operand=Holds(predicate=Constant(value=True)))
    >>> from transition_systems.temporal.mu_formulas import format_mu
    >>> format_mu(parse_mu("[true*.pay] <true*> shipped"))
    'nu Z1. [pay] (mu Z0. shipped || <true> Z0) && [true] Z1'
    """
    parser = _Parser(text)
    found = parser.whole()
    if _depth(found) > MOST_NESTED:
        parser.fail("the formula is nested too deep", 0, text[:40])
    return found


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


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[_Token] = []
        position = 0
        while position < len(text):
            found = _TOKEN.match(text, position)
            if found is None or found.end() == position:
                self.fail("this character has no meaning here", position, text[position])
            if found.lastgroup != "space":
                self.tokens.append(_Token(found.lastgroup or "", found[0], position))
            position = found.end()
        self.tokens.append(_Token("end", "", len(text)))
        self.at = self.depth = self.fresh = 0
        self.bound: list[str] = []
        self.names = {token.text for token in self.tokens if token.kind == "name"}

    def fail(self, message: str, start: int, found: str, expected: str | None = None) -> NoReturn:
        shown = repr(found) if found else "the end of the text"
        raise ExpressionError(
            message, span=place_of(self.text, start, None), found=shown, expected=expected
        )

    @property
    def now(self) -> _Token:
        return self.tokens[self.at]

    def takes(self, *texts: str) -> bool:
        if self.now.kind in ("symbol", "name") and self.now.text in texts:
            self.at += 1
            return True
        return False

    def needs(self, text: str) -> None:
        if not self.takes(text):
            self.fail("something else belongs here", self.now.start, self.now.text, repr(text))

    def whole(self) -> MuFormula:
        found = self.formula()
        if self.now.kind != "end":
            self.fail("the formula ends before this", self.now.start, self.now.text)
        return found

    def formula(self) -> MuFormula:
        self.depth += 1
        if self.depth > MOST_DEEP:
            self.fail("the formula is nested too deep", self.now.start, self.now.text)
        try:
            left = self.chain("||", Some, lambda: self.chain("&&", Every, self.prefix))
            if self.takes("->", "=>"):
                return Some((No(left), self.formula()))
            return left
        finally:
            self.depth -= 1

    def chain(
        self, symbol: str, make: type[Some] | type[Every], part: Callable[[], MuFormula]
    ) -> MuFormula:
        parts = [part()]
        while self.takes(symbol):
            parts.append(part())
        return parts[0] if len(parts) == 1 else make(tuple(parts))

    def prefix(self) -> MuFormula:
        outer: list[Callable[[MuFormula], MuFormula]] = []
        while True:
            if self.takes("!"):
                outer.append(No)
            elif self.takes("<"):
                outer.append(self.modality("diamond", ">"))
            elif self.takes("["):
                outer.append(self.modality("box", "]"))
            else:
                break
        value = self.primary()
        for wrap in reversed(outer):
            value = wrap(value)
        return value

    def modality(self, kind: Kind, closing: str) -> Callable[[MuFormula], MuFormula]:
        regular = self.regular()
        self.needs(closing)
        return lambda operand: regular(kind, operand)

    def primary(self) -> MuFormula:
        token = self.now
        if token.text in ("mu", "nu") and token.kind == "name":
            return self.fixpoint("mu" if token.text == "mu" else "nu")
        if self.takes("("):
            value = self.formula()
            self.needs(")")
            return value
        self.at += 1
        if token.kind == "braces":
            return Holds(parse_predicate(token.text[1:-1]))
        if token.kind == "quoted":
            return Holds(Atom(unquoted(token.text)))
        if token.kind != "name":
            self.fail("a formula is missing", token.start, token.text)
        if token.text in self.bound:
            return Bound(token.text)
        if token.text == "enabled" and self.takes("("):
            name = self.label_name()
            self.needs(")")
            return Holds(Enabled(name))
        constants: dict[str, Predicate] = {
            "true": TRUE,
            "false": FALSE,
            "dead": Dead(),
            "deadlock": Dead(),
        }
        return Holds(constants.get(token.text, Atom(token.text)))

    def fixpoint(self, kind: Literal["mu", "nu"]) -> MuFormula:
        self.at += 1
        if self.now.kind != "name":
            self.fail("a variable is missing", self.now.start, self.now.text, "a name")
        name = self.now.text
        self.at += 1
        self.needs(".")
        self.bound.append(name)
        operand = self.formula()
        self.bound.pop()
        return Fixpoint(kind, name, operand)

    def regular(self) -> _Regular:
        """Read ``R + S``."""
        self.depth += 1
        if self.depth > MOST_DEEP:
            self.fail("the modality is nested too deep", self.now.start, self.now.text)
        parts = [self.sequence()]
        while self.takes("+"):
            parts.append(self.sequence())
        self.depth -= 1

        def either(kind: Kind, operand: MuFormula) -> MuFormula:
            make = Some if kind == "diamond" else Every
            return make(tuple(part(kind, operand) for part in parts))

        return parts[0] if len(parts) == 1 else either

    def sequence(self) -> _Regular:
        parts = [self.repeated()]
        while self.takes("."):
            parts.append(self.repeated())

        def one_by_one(kind: Kind, operand: MuFormula) -> MuFormula:
            for part in reversed(parts):
                operand = part(kind, operand)
            return operand

        return one_by_one

    def repeated(self) -> _Regular:
        if self.now.text == "(" and self.is_regular():
            self.at += 1
            inner = self.regular()
            self.needs(")")
        else:
            labels = self.labels()
            inner = _one_step(labels)
        while True:
            if self.takes("*"):
                inner = self.starred(inner)
            elif self.now.text == "+" and self.tokens[self.at + 1].text in AFTER:
                self.at += 1
                inner = _then(inner, self.starred(inner))
            else:
                return inner

    def is_regular(self) -> bool:
        """Return whether the parenthesis here is of a regular expression, not of a label set."""
        level = 0
        for place in range(self.at, len(self.tokens)):
            text = self.tokens[place].text
            level += (text == "(") - (text == ")")
            if level == 0:
                after = self.tokens[place + 1].text if place + 1 < len(self.tokens) else ""
                return after not in ("||", "&&")
            if text in (".", "*", "+") and self.tokens[place].kind == "symbol":
                return True
        return False

    def starred(self, inner: _Regular) -> _Regular:
        def star(kind: Kind, operand: MuFormula) -> MuFormula:
            while f"Z{self.fresh}" in self.names:
                self.fresh += 1
            name = f"Z{self.fresh}"
            self.fresh += 1
            again = inner(kind, Bound(name))
            if kind == "diamond":
                return Fixpoint("mu", name, Some((operand, again)))
            return Fixpoint("nu", name, Every((operand, again)))

        return star

    def labels(self) -> Labels:
        """Read a set of labels: ``||`` of ``&&`` of ``!``."""
        found = self.label_meet()
        while self.takes("||"):
            found = found.united(self.label_meet())
        return found

    def label_meet(self) -> Labels:
        found = self.label()
        while self.takes("&&"):
            found = found.met(self.label())
        return found

    def label(self) -> Labels:
        inverted = False
        while self.takes("!"):
            inverted = not inverted
        if self.takes("("):
            found = self.labels()
            self.needs(")")
        elif self.now.kind == "name" and self.now.text in ("true", "false"):
            found = Labels(frozenset(), self.now.text == "true")
            self.at += 1
        else:
            found = Labels(frozenset({self.label_name()}))
        return found.inverted() if inverted else found

    def label_name(self) -> str:
        token = self.now
        if token.kind not in ("name", "quoted"):
            self.fail("a label is missing", token.start, token.text, "a name, or one in quotes")
        self.at += 1
        return token.text if token.kind == "name" else unquoted(token.text)


def _one_step(labels: Labels) -> _Regular:
    return lambda kind, operand: Modal(kind, labels, operand)


def _then(first: _Regular, second: _Regular) -> _Regular:
    return lambda kind, operand: first(kind, second(kind, operand))
