"""Specification patterns by name, as formulas of LTL and of CTL, with their scopes.

M. B. Dwyer, G. S. Avrunin, J. C. Corbett: Patterns in property specifications for finite-state
verification. ICSE 1999. The CTL formulas say of every state what the LTL ones say of every path;
on a system with one path the two are the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast, get_args

from transition_systems.errors import ExpressionError, UsageError
from transition_systems.properties.format import format_predicate
from transition_systems.properties.formulas import Formula
from transition_systems.properties.parse import parse_formula, parse_predicate
from transition_systems.properties.predicates import Predicate
from transition_systems.temporal.english import predicate_inside

__all__ = ["Pattern", "PatternName", "Scope", "parse_pattern"]

PatternName = Literal["absence", "existence", "universality", "precedence", "response"]
Scope = Literal["globally", "before", "after", "between", "after-until"]

# p: what is looked at; s: what comes first, or in answer to it; q opens a scope, r closes it.
_LTL: dict[PatternName, dict[Scope, str]] = {
    "absence": {
        "globally": "G !p",
        "before": "F r -> (!p U r)",
        "after": "G (q -> G !p)",
        "between": "G ((q && !r && F r) -> (!p U r))",
        "after-until": "G ((q && !r) -> (!p W r))",
    },
    "existence": {
        "globally": "F p",
        "before": "!r W (p && !r)",
        "after": "G !q || F (q && F p)",
        "between": "G ((q && !r) -> (!r W (p && !r)))",
        "after-until": "G ((q && !r) -> (!r U (p && !r)))",
    },
    "universality": {
        "globally": "G p",
        "before": "F r -> (p U r)",
        "after": "G (q -> G p)",
        "between": "G ((q && !r && F r) -> (p U r))",
        "after-until": "G ((q && !r) -> (p W r))",
    },
    "precedence": {
        "globally": "!p W s",
        "before": "F r -> (!p U (s || r))",
        "after": "!q W (q && (!p W s))",
        "between": "G ((q && !r && F r) -> (!p U (s || r)))",
        "after-until": "G ((q && !r) -> (!p W (s || r)))",
    },
    "response": {
        "globally": "G (p -> F s)",
        "before": "F r -> ((p -> (!r U (s && !r))) U r)",
        "after": "G (q -> G (p -> F s))",
        "between": "G ((q && !r && F r) -> ((p -> (!r U (s && !r))) U r))",
        "after-until": "G ((q && !r) -> ((p -> (!r U (s && !r))) W r))",
    },
}
_CTL: dict[PatternName, dict[Scope, str]] = {
    "absence": {
        "globally": "AG !p",
        "before": "A[(!p || AG !r) W r]",
        "after": "AG (q -> AG !p)",
        "between": "AG ((q && !r) -> A[(!p || AG !r) W r])",
        "after-until": "AG ((q && !r) -> A[!p W r])",
    },
    "existence": {
        "globally": "AF p",
        "before": "A[!r W (p && !r)]",
        "after": "A[!q W (q && AF p)]",
        "between": "AG ((q && !r) -> A[!r W (p && !r)])",
        "after-until": "AG ((q && !r) -> A[!r U (p && !r)])",
    },
    "universality": {
        "globally": "AG p",
        "before": "A[(p || AG !r) W r]",
        "after": "AG (q -> AG p)",
        "between": "AG ((q && !r) -> A[(p || AG !r) W r])",
        "after-until": "AG ((q && !r) -> A[p W r])",
    },
    "precedence": {
        "globally": "A[!p W s]",
        "before": "A[(!p || AG !r) W (s || r)]",
        "after": "A[!q W (q && A[!p W s])]",
        "between": "AG ((q && !r) -> A[(!p || AG !r) W (s || r)])",
        "after-until": "AG ((q && !r) -> A[!p W (s || r)])",
    },
    "response": {
        "globally": "AG (p -> AF s)",
        "before": "A[((p -> A[!r U (s && !r)]) || AG !r) W r]",
        "after": "A[!q W (q && AG (p -> AF s))]",
        "between": "AG ((q && !r) -> A[((p -> A[!r U (s && !r)]) || AG !r) W r])",
        "after-until": "AG ((q && !r) -> A[(p -> A[!r U (s && !r)]) W r])",
    },
}
_ENGLISH: dict[PatternName, str] = {
    "absence": "it is never the case that {p}",
    "existence": "it is the case at least once that {p}",
    "universality": "it is always the case that {p}",
    "precedence": "{p} only when or after {s}",
    "response": "whenever {p}, then {s} at that time or later",
}
_SCOPES: dict[Scope, str] = {
    "globally": "at all times",
    "before": "before the first time that {r}",
    "after": "from the first time that {q}",
    "between": "between each time that {q} and the next time that {r}",
    "after-until": "from each time that {q}, until {r} if ever",
}
# How a scope is told in words: what stands between two limits, and which scope that is then.
_BETWEEN: dict[str, tuple[str, Scope]] = {
    "before": (r"(?!)", "before"),
    "after": (r"\suntil\s", "after-until"),
    "between": (r"\sand\s", "between"),
}
_OPENED, _CLOSED = ("after", "between", "after-until"), ("before", "between", "after-until")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A pattern with its predicates.

    Parameters
    ----------
    name, scope
        Which pattern, and when it is to hold.
    p
        What is looked at.
    s
        For ``precedence`` what comes first, for ``response`` what answers.
    q, r
        What opens and what closes the scope, for those that have it.

    Raises
    ------
    UsageError
        When a predicate is missing, or there is one too many.

    Examples
    --------
    >>> from transition_systems.properties.format import format_formula
    >>> paid, shipped = parse_predicate("paid"), parse_predicate("shipped")
    >>> pattern = Pattern(name="response", p=paid, s=shipped)
    >>> format_formula(pattern.ctl()), format_formula(pattern.ltl())
    ('AG (paid -> AF shipped)', 'G (paid -> F shipped)')
    >>> pattern.english()
    'At all times: whenever paid holds, then shipped holds at that time or later.'
    """

    name: PatternName
    scope: Scope = "globally"
    p: Predicate
    s: Predicate | None = None
    q: Predicate | None = None
    r: Predicate | None = None

    def __post_init__(self) -> None:
        wanted = {
            "s": self.name in ("precedence", "response"),
            "q": self.scope in _OPENED,
            "r": self.scope in _CLOSED,
        }
        for letter, needed in wanted.items():
            if (getattr(self, letter) is not None) is not needed:
                word = "needs" if needed else "has no"
                raise UsageError(f"the pattern {self.name} {self.scope} {word} predicate {letter}")

    def _filled(self, text: str) -> str:
        given = {letter: getattr(self, letter) for letter in "psqr"}
        shown = {k: f"({format_predicate(v)})" for k, v in given.items() if v is not None}
        return re.sub(r"\b[psqr]\b", lambda found: shown[found[0]], text)

    def ctl(self) -> Formula:
        """Return the pattern as a formula of CTL."""
        return parse_formula(self._filled(_CTL[self.name][self.scope]))

    def ltl(self) -> Formula:
        """Return the pattern as a formula of LTL."""
        return parse_formula(self._filled(_LTL[self.name][self.scope]))

    def english(self) -> str:
        """Return the pattern as a sentence."""
        given = {letter: getattr(self, letter) for letter in "psqr"}
        shown = {k: "" if v is None else predicate_inside(v) for k, v in given.items()}
        scope = _SCOPES[self.scope].format(**shown)
        return f"{scope[0].upper()}{scope[1:]}: {_ENGLISH[self.name].format(**shown)}."


def parse_pattern(text: str) -> Pattern:
    """Read a pattern by its name.

    Parameters
    ----------
    text
        ``absence(p)``, ``existence(p)``, ``universality(p)``, ``precedence(s, p)`` (s before p) or
        ``response(p, s)`` (s after p); then nothing, ``before(r)``, ``after(q)``,
        ``between(q, r)`` or ``after-until(q, r)``; or in words ``before r``, ``after q``,
        ``between q and r``, ``after q until r``. All arguments are state predicates.

    Returns
    -------
    Pattern

    Raises
    ------
    ExpressionError
        For a name that is unknown, and for another number of arguments.

    Examples
    --------
    >>> parse_pattern("absence(refund) after(paid)").english()
    'From the first time that paid holds: it is never the case that refund holds.'
    """
    head, rest = _called(text)
    tail, end = _scope(rest) if rest.strip() else (("globally", []), "")
    if end.strip():
        raise ExpressionError(f"this belongs to no pattern: {end.strip()!r:.60}")
    (name, about), (scope, limits) = head, tail
    if name not in get_args(PatternName) or scope not in get_args(Scope):
        unknown, known = (name, PatternName) if name not in _LTL else (scope, Scope)
        raise ExpressionError(
            f"there is no pattern or scope {unknown!r:.60}", expected=", ".join(get_args(known))
        )
    letters = {"precedence": "sp", "response": "ps"}.get(name, "p")
    opens = ("q" if scope in _OPENED else "") + ("r" if scope in _CLOSED else "")
    if len(about) != len(letters) or len(limits) != len(opens):
        ends = "" if scope == "globally" else f" {scope}({', '.join(opens)})"
        within = "" if scope == "globally" else f" and {_counted(limits)} in its scope"
        raise ExpressionError(
            f"{name} has another number of predicates", found=f"{_counted(about)}{within}",
            expected=f"{name}({', '.join(letters)}){ends}",
            mend="A scope stands behind the pattern, as in absence(p) between(q, r).",
        )  # fmt: skip
    given = dict(zip(letters + opens, map(parse_predicate, about + limits), strict=True))
    return Pattern(
        name=cast(PatternName, name), scope=cast(Scope, scope), p=given.pop("p"), **given
    )  # fmt: skip


def _scope(text: str) -> tuple[tuple[str, list[str]], str]:
    """Return a scope with its arguments, in parentheses or in words, and what comes after."""
    word, *rest = text.split(None, 1)
    if word not in _BETWEEN or not rest:
        return _called(text)
    joint, joined = _BETWEEN[word]
    if not rest[0].startswith("("):
        for found in re.finditer(joint, rest[0]):
            limits = [rest[0][: found.start()], rest[0][found.end() :]]
            if all(_is_predicate(limit) for limit in limits):
                return (joined, limits), ""
        if word != "between":
            return (word, [rest[0]]), ""
    return _called(text)


def _counted(predicates: list[str]) -> str:
    return f"{len(predicates)} predicate{'' if len(predicates) == 1 else 's'}"


def _is_predicate(text: str) -> bool:
    try:
        parse_predicate(text)
    except ExpressionError:
        return False
    return True


def _called(text: str) -> tuple[tuple[str, list[str]], str]:
    """Return a name with its arguments, and what comes after."""
    found = re.match(r"\s*([a-z-]+)\s*", text)
    if found is None:
        raise ExpressionError(f"a pattern begins with its name: {text!r:.60}")
    if text[found.end() : found.end() + 1] != "(":
        return (found[1], []), text[found.end() :]
    level, quoted, begin = 0, False, found.end() + 1
    parts: list[str] = []
    place = found.end()
    while place < len(text):
        letter = text[place]
        if letter == "\\" and quoted:
            place += 1
        elif letter == '"':
            quoted = not quoted
        elif not quoted and letter in "()":
            level += 1 if letter == "(" else -1
        if not quoted and (level == 0 or (level == 1 and letter == ",")):
            parts.append(text[begin:place])
            begin = place + 1
        if level == 0 and not quoted:
            return (found[1], parts), text[place + 1 :]
        place += 1
    raise ExpressionError("a parenthesis is not closed", expected="')'")
