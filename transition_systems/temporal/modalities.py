"""Regular expressions over sets of labels, as they stand in modalities.

``R`` is ``a``, ``true`` (any label), ``!a``, ``a || b`` or ``a && !b``, also in the other ways to
write connectives (``not a``, ``a or b``, ``a | b``, ``a & b``); ``R.S`` in sequence,
``R + S`` either, ``R*`` any number of times, ``R+`` at least once. A modality of such an expression
is a fixpoint of plain modalities.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NoReturn

from transition_systems.errors import ExpressionError
from transition_systems.operator_precedence import place_of
from transition_systems.properties.tokens import unquoted
from transition_systems.source_span import SourceSpan
from transition_systems.temporal.action_formulas import (
    ANY_LABEL,
    ActionFormula,
    Labels,
    connected,
    inverted,
)
from transition_systems.temporal.mu_formulas import (
    Bound,
    Every,
    Fixpoint,
    Modal,
    MuFormula,
    Some,
)

__all__ = ["Kind", "Making", "read_modality"]

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<quoted>"(?:[^"\\]|\\.)*")
      | (?P<name>[^\W\d][\w$]*)|(?P<symbol>&&|\|\||[!>\]().*+&|∧∨¬])""",
    re.VERBOSE | re.DOTALL,
)
MOST_DEEP, MOST_STEPS = 60, 10_000
_SYMBOLS = {"&": "&&", "|": "||", "∧": "&&", "∨": "||", "¬": "!"}
_WORDS = {"&&": "and", "||": "or"}
# What stands after ``R+``, where the sign is not between two expressions.
AFTER = (">", "]", ")", ".", "+")
_NAME = re.compile(r"[^\W\d][\w$]*")
Kind = Literal["diamond", "box"]
# A regular expression as what it does to the formula behind it.
_Regular = Callable[[Kind, MuFormula], MuFormula]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int


class Making:
    """What is made for one text: variables that it does not have, and so many modalities.

    Parameters
    ----------
    text
        The text.
    tau
        The name for ``tau`` in quotation marks.

    Examples
    --------
    >>> making = Making("mu Z0. <a> Z0")
    >>> making.variable(), making.variable()
    ('Z1', 'Z2')
    """

    def __init__(self, text: str, tau: str = "tau") -> None:
        self.tau = tau
        self.names = set(_NAME.findall(text))
        self.number = self.steps = 0

    def variable(self) -> str:
        """Return a name that the text does not have, another one each time."""
        while f"Z{self.number}" in self.names:
            self.number += 1
        self.number += 1
        return f"Z{self.number - 1}"

    def step(self) -> None:
        """Count a modality.

        Raises
        ------
        ExpressionError
            For more than 10,000, which no game is made of.
        """
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise ExpressionError(
                f"the expressions in the modalities stand for more than {MOST_STEPS:,} steps",
                mend="Ask for its parts; in (R+)+ the inner sign says nothing.",
            )


def read_modality(
    text: str, start: int, making: Making, base: SourceSpan | None = None
) -> tuple[Callable[[MuFormula], MuFormula], int]:
    """Read ``<R>`` or ``[R]``: what it makes of the formula behind it, and where it ends.

    Parameters
    ----------
    text, start
        The text, and the offset of the bracket.
    making
        Gives variables, and counts modalities.
    base
        Where the text begins in the user's file.

    Returns
    -------
    modality, end
        A function of the formula, and the offset behind the closing bracket.

    Raises
    ------
    ExpressionError
        With line and column, what was found and what was expected.

    Notes
    -----
    Linear in the modality.

    Examples
    --------
    >>> modality, end = read_modality("<a.b> p", 0, Making("<a.b> p"))
    >>> end, modality(Bound("X")).labels.names
    (5, frozenset({'a'}))
    """
    reader = _Reader(text, start, making, base)
    kind: Kind = "diamond" if text[start] == "<" else "box"
    regular = reader.regular()
    end = reader.closed(">" if kind == "diamond" else "]")
    return (lambda operand: regular(kind, operand)), end


class _Reader:
    """Cuts tokens up to the closing bracket, and reads them."""

    def __init__(self, text: str, start: int, making: Making, base: SourceSpan | None) -> None:
        self.text, self.making, self.base = text, making, base
        self.tokens: list[_Token] = []
        self.at = self.depth = 0
        position = start + 1
        while position < len(text):
            found = _TOKEN.match(text, position)
            if found is None:
                break  # told when it is come to
            if found.lastgroup != "space":
                written = _SYMBOLS.get(found[0], found[0])
                self.tokens.append(_Token(found.lastgroup or "", written, position))
            position = found.end()
            if found[0] in (">", "]"):
                break
        self.tokens.append(_Token("end", "", position))

    def fail(self, message: str, expected: str | None = None) -> NoReturn:
        start = self.now.start
        found = self.now.text or self.text[start : start + 1]
        if self.now.kind == "end" and found:
            message = "this character has no meaning in a modality"
            expected = 'a label, other characters in "double quotes"'
        raise ExpressionError(
            message, span=place_of(self.text, start, self.base),
            found=repr(found) if found else "the end of the text", expected=expected,
        )  # fmt: skip

    @property
    def now(self) -> _Token:
        return self.tokens[self.at]

    def takes(self, text: str) -> bool:
        if self.now.kind == "symbol" and self.now.text == text:
            self.at += 1
            return True
        return False

    def connects(self, text: str) -> bool:
        """Take a connective between two sets of labels, as a symbol or as a word."""
        if self.now.kind == "name" and self.now.text == _WORDS[text]:
            self.at += 1
            return True
        return self.takes(text)

    def negates(self) -> bool:
        """Take a negation; ``not`` alone is a label."""
        if self.now.kind == "name" and self.now.text == "not":
            after = self.tokens[self.at + 1]
            operand = after.kind == "quoted" or after.text in ("!", "(")
            if operand or (after.kind == "name" and after.text not in _WORDS.values()):
                self.at += 1
                return True
        return self.takes("!")

    def needs(self, text: str) -> None:
        if not self.takes(text):
            self.fail("something else belongs here", repr(text))

    def closed(self, symbol: str) -> int:
        """Take the closing bracket; return the offset behind it."""
        self.needs(symbol)
        return self.tokens[self.at - 1].start + 1

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MOST_DEEP:
            self.fail("the modality is nested too deep")

    def regular(self) -> _Regular:
        """Read ``R + S``."""
        self.deeper()
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
            inner = self.one_step(labels)
        signs = 0
        while True:
            if signs > MOST_DEEP:
                self.fail("the modality is nested too deep")
            signs += 1
            if self.takes("*"):
                inner = self.starred(inner)
            elif self.now.text == "+" and self.tokens[self.at + 1].text in AFTER:
                self.at += 1
                inner = _then(inner, self.starred(inner))
            else:
                return inner

    def one_step(self, labels: ActionFormula) -> _Regular:
        def step(kind: Kind, operand: MuFormula) -> MuFormula:
            self.making.step()
            return Modal(kind, labels, operand)

        return step

    def is_regular(self) -> bool:
        """Return whether the parenthesis here is of a regular expression, not of a label set."""
        level = 0
        for place in range(self.at, len(self.tokens)):
            text = self.tokens[place].text
            level += (text == "(") - (text == ")")
            if level == 0:
                after = self.tokens[place + 1].text if place + 1 < len(self.tokens) else ""
                return after not in ("||", "&&", "or", "and")
            if text in (".", "*", "+") and self.tokens[place].kind == "symbol":
                return True
        return False

    def starred(self, inner: _Regular) -> _Regular:
        def star(kind: Kind, operand: MuFormula) -> MuFormula:
            name = self.making.variable()
            again = inner(kind, Bound(name))
            if kind == "diamond":
                return Fixpoint("mu", name, Some((operand, again)))
            return Fixpoint("nu", name, Every((operand, again)))

        return star

    def labels(self) -> ActionFormula:
        """Read an action formula: ``||`` of ``&&`` of ``!``."""
        parts = [self.label_meet()]
        while self.connects("||"):
            parts.append(self.label_meet())
        return connected("or", parts)

    def label_meet(self) -> ActionFormula:
        parts = [self.label()]
        while self.connects("&&"):
            parts.append(self.label())
        return connected("and", parts)

    def label(self) -> ActionFormula:
        negative = False
        while self.negates():
            negative = not negative
        found: ActionFormula
        if self.takes("("):
            self.deeper()
            found = self.labels()
            self.depth -= 1
            self.needs(")")
        elif self.now.kind == "name" and self.now.text in ("true", "false"):
            found = ANY_LABEL if self.now.text == "true" else inverted(ANY_LABEL)
            self.at += 1
        else:
            found = Labels(frozenset({self.label_name()}))
        return inverted(found) if negative else found

    def label_name(self) -> str:
        token = self.now
        if token.kind not in ("name", "quoted"):
            self.fail("a label is missing", "a name, or one in quotes")
        self.at += 1
        if token.kind == "name":
            return token.text
        name = unquoted(token.text)
        return self.making.tau if name == "tau" else name


def _then(first: _Regular, second: _Regular) -> _Regular:
    return lambda kind, operand: first(kind, second(kind, operand))
