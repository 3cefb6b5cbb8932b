"""Statements: what a claim says, in a form in which two of them can be compared."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from netproof.recheck.normal_form import NormalForms
from netproof.recheck.result import RefusedError
from petri.net import PetriNet
from transition_systems.properties.formulas import Formula, Negation, State, Unary
from transition_systems.properties.parse import parse_formula, parse_predicate
from transition_systems.properties.predicates import And, Compare, Predicate

__all__ = [
    "PHRASES",
    "Shape",
    "Statement",
    "as_statement",
    "bound_of",
    "bounds_all",
    "equal_to",
    "listed",
    "same",
    "start_of",
    "summed",
    "supports",
]

Shape = Literal["AG", "EF", "AG EF", "EF AG", "formula", "phrase"]

PHRASES = frozenset(
    {
        "unbounded", "no livelock", "terminates", "terminates under weak fairness",
        "terminates under strong fairness", "infinite run", "infinite run under weak fairness",
        "infinite run under strong fairness", "workflow net", "not a workflow net", "sound",
        "not sound", "live", "no stable place", "weakly sound", "not weakly sound", "lazily sound",
        "not lazily sound", "relaxed sound", "not relaxed sound", "sound without fairness",
        "not sound without fairness", "livelock",
    }
)  # fmt: skip
_BOUND = re.compile(r"bounded by (0|[1-9][0-9]{0,18})")
_EXACT = re.compile(r"bounds|bounds of (?s:.+)|bound (?s:.+) = (0|[1-9][0-9]{0,18})")
_LINEAR = re.compile(
    r"(?s:.*)(?: not)? on all paths(?: that are (?s:.*)\})?(?:, silent steps left out)?"
    r"|(?s:.*) (?:holds|fails) in the mu-calculus"
    r"|(?s:.*) (?:holds|fails) as CTL\*?(?: on paths (?s:.*)\})?"
)
_OPPOSITE: dict[Shape, Shape] = {"AG": "EF", "EF": "AG", "AG EF": "EF AG", "EF AG": "AG EF"}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement about a net: a temporal shape over a predicate, a formula, or a fixed phrase.

    ``positive`` tells whether the predicate (or the formula) or its negation is meant.
    """

    shape: Shape
    predicate: Predicate | None = None
    phrase: str = ""
    positive: bool = True
    formula: Formula | None = None

    def negated(self) -> Statement:
        """Return the statement that holds when this one does not; phrases have none."""
        if self.shape == "phrase":
            raise RefusedError(f"{self.phrase!r} is not a formula that can be negated")
        if self.shape == "formula":
            return replace(self, positive=not self.positive)
        return Statement(_OPPOSITE[self.shape], self.predicate, "", not self.positive)


@lru_cache(maxsize=64)
def _parsed(text: str) -> Formula:
    """Parse a text once; the same claim is looked at several times on the way."""
    return parse_formula(text)


def as_statement(text: str | Formula) -> Statement:
    """Return the statement of a claim's text or of a formula.

    ``AG``, ``EF``, ``AG EF`` and ``EF AG`` of a state predicate have shapes of their own, also with
    operators that are written apart (``A G (E F P)``); negation before a formula is taken into the
    statement. A state predicate alone is a formula with a predicate, which is compared in its
    normal form. The texts come from files, so nothing is taken from them unparsed.
    """
    if isinstance(text, str):
        if (
            text in PHRASES
            or _BOUND.fullmatch(text)
            or _EXACT.fullmatch(text)
            or text.startswith(("occur ", "occur-groups ", "unbounded "))
            or _LINEAR.fullmatch(text)
        ):
            return Statement("phrase", phrase=text)
        formula = _parsed(text)
    else:
        formula = text
    if isinstance(formula, Negation):
        return as_statement(formula.operand).negated()
    operators: list[str] = []
    inner: Formula = formula
    while isinstance(inner, Unary) and len(operators) < 5:
        operators.append(inner.operator)
        inner = inner.operand
    shapes: dict[str, Shape] = {"AG": "AG", "EF": "EF", "AGEF": "AG EF", "EFAG": "EF AG"}
    shape = shapes.get("".join(operators))
    if shape is None or not isinstance(inner, State):
        predicate = formula.predicate if isinstance(formula, State) else None
        return Statement("formula", predicate, formula=formula)
    return Statement(shape, inner.predicate)


def _numbers(left: Statement, right: Statement) -> tuple[NormalForms, int, int]:
    """Return the normal forms of the predicates of two statements of the same shape."""
    assert left.predicate is not None
    assert right.predicate is not None
    forms = NormalForms()
    first = forms.number(left.predicate, positive=left.positive)
    return forms, first, forms.number(right.predicate, positive=right.positive)


def equal_to(net: PetriNet, tokens: Mapping[str, int]) -> Predicate:
    """Return the predicate of one marking."""
    return And(tuple(Compare(((p, 1),), "==", tokens.get(p, 0)) for p in net.place_ids))


def start_of(net: PetriNet) -> Predicate:
    """Return the predicate of the initial marking."""
    return equal_to(net, net.initial.to_dict())


def same(left: Statement, right: Statement) -> bool:
    """Return whether two statements are the same but for the way of writing them."""
    if left.shape != right.shape:
        return False
    if left.shape == "phrase":
        return left.phrase == right.phrase
    if left.shape == "formula" and (left.predicate is None or right.predicate is None):
        return left.positive is right.positive and left.formula == right.formula
    _, first, second = _numbers(left, right)
    return first == second


def supports(claim: Statement, wanted: Statement) -> bool:
    """Return whether a claim is, or by its outermost parts implies, the wanted statement.

    All four shapes are monotone in their predicate, and what holds everywhere holds everywhere
    from the initial marking on, and never has to be reached: ``AG P`` implies ``EF AG P`` and
    ``AG EF P``.
    """
    weaker = claim.shape == "AG" and wanted.shape in ("EF AG", "AG EF")
    if not weaker and (claim.shape != wanted.shape or claim.shape in ("phrase", "formula")):
        return same(claim, wanted)
    forms, first, second = _numbers(claim, wanted)
    return forms.implies(first, second)


def bound_of(statement: Statement) -> int | None:
    """Return ``k`` of the phrase ``bounded by k``."""
    found = _BOUND.fullmatch(statement.phrase)
    return None if found is None else int(found[1])


def bounds_all(statement: Statement, net: PetriNet) -> bool:
    """Return whether a claim gives every place of a net a bound.

    Either ``bounded by k``, or ``AG`` of upper limits of sums in which each place has a positive
    weight, and none a negative one.
    """
    if bound_of(statement) is not None:
        return True
    if statement.shape != "AG" or not statement.positive or statement.predicate is None:
        return False
    limited: set[str] = set()
    waiting = [statement.predicate]
    while waiting:
        node = waiting.pop()
        if isinstance(node, And):
            waiting.extend(node.operands)
        elif isinstance(node, Compare) and node.op in ("<=", "<", "=="):
            weights: dict[str, int] = {}
            for name, weight in node.terms:
                weights[name] = weights.get(name, 0) + weight
            if min(weights.values(), default=0) >= 0:
                limited.update(name for name, weight in weights.items() if weight)
    return limited.issuperset(net.place_ids)


def summed(statement: Statement) -> dict[str, int] | None:
    """Return the weights of the phrase ``unbounded SUM``; ``None`` for another phrase."""
    text = statement.phrase.removeprefix("unbounded ")
    if text == statement.phrase:
        return None
    predicate = parse_predicate(f"{text} >= 0")
    if not isinstance(predicate, Compare):
        raise RefusedError(f"this is no sum of places: {text!r:.80}")
    weights: dict[str, int] = {}
    for name, weight in predicate.terms:
        weights[name] = weights.get(name, 0) + weight
    return weights


def listed(statement: Statement, word: str) -> object:
    """Return the JSON list after the word of the phrase ``occur [...]``; refuse another phrase."""
    head = f"{word} "
    if statement.shape != "phrase" or not statement.phrase.startswith(head):
        raise RefusedError(f"the claim is not of the form {word!r}: {statement.phrase!r:.80}")
    return json.loads(statement.phrase.removeprefix(head))
