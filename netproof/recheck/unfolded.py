"""Whether a claim in CTL says what a formula of the mu-calculus does, by unfolding the claim.

The operators of CTL on maximal paths are fixpoints of one step (E. A. Emerson, E. M. Clarke: ICALP
1980); with ``able = <true> true`` and ``dead = !able``::

    E[f U g] = mu X. g || f && <true> X         E[f R g] = nu X. g && (f || dead || <true> X)
    A[f U g] = mu X. g || f && able && [true] X A[f R g] = nu X. g && (f || [true] X)

Both formulas are brought to one form, negation at the leaves, in which equal parts have equal
numbers. The body of a fixpoint is a monotone Boolean function of one step: where nothing can happen
``<true> X`` is false and ``[true] X`` true, so the function is known by what it is there, and
elsewhere with the step false and with it true. Equal numbers mean equal sets of states in every
system. A formula of which a fixpoint takes two steps, or one of some labels, has no such form.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from netproof.recheck.normal_form import NormalForms
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.statements import Shape, Statement, as_statement, supports
from transition_systems.evidence import Evidence
from transition_systems.properties.formulas import (
    Binary,
    Conjunction,
    Disjunction,
    Formula,
    Implication,
    Negation,
    State,
    Unary,
)
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import (
    FALSE,
    TRUE,
    And,
    Dead,
    Enabled,
    Not,
    Or,
    Predicate,
)
from transition_systems.properties.walk import fold_formula, fold_predicate
from transition_systems.temporal.action_formulas import ANY_LABEL, Labels, as_labels
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

__all__ = ["says_in_ctl"]

Word = Literal["and", "or"]
# The variable of the fixpoint around a part, and whether it was bound under an even number of
# negations; none inside a modality.
_Around: TypeAlias = tuple[str, bool] | None
_Key: TypeAlias = tuple[Hashable, ...]
# A formula and its negation.
_Pair: TypeAlias = tuple[int, int]

_OTHER: dict[Word, Word] = {"and": "or", "or": "and"}
# Whether the fixpoint is the least one, and what joins the right operand with the rest.
_PATHS: dict[str, tuple[bool, Word]] = {
    "F": (True, "or"), "U": (True, "or"), "G": (False, "and"), "R": (False, "and"),
    "W": (False, "or"),
}  # fmt: skip
_SHAPES: dict[tuple[str, ...], Shape] = {
    (): "formula", ("AG",): "AG", ("EF",): "EF", ("AG", "EF"): "AG EF", ("EF", "AG"): "EF AG",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Path:
    """A path formula that waits for its quantifier."""

    operator: str
    operands: tuple[_Pair, ...]


def says_in_ctl(evidence: Evidence, asked: MuFormula, *, holds: bool, watch: Watch) -> bool:
    """Return whether the claim of evidence says that a formula of the mu-calculus holds, or fails.

    Parameters
    ----------
    evidence, asked
        Its claim is a formula of CTL; a formula of the mu-calculus.
    holds
        Whether the claim should say the formula, or its negation.
    watch
        The clock, asked for every part.

    Returns
    -------
    bool
        False, too, where the forms do not tell.

    Notes
    -----
    Linear in the formulas, whose parts may be shared, times the names of variables.
    """
    claim = as_statement(evidence.claim.formula)
    if claim.shape == "phrase":
        return False
    forms = _Forms(watch)
    try:
        wanted = forms.of_mu(asked, holds, None)
        found = forms.of_ctl(parse_formula(evidence.claim.formula))
    except _NoFormError:
        return False
    # A claim may say more than is asked: an invariant that implies another.
    statement = forms.statement(wanted)
    return found == wanted or (statement is not None and supports(claim, statement))


class _NoFormError(RefusedError):
    """A formula has no form in which it could be compared."""


class _Forms:
    """Numbers of formulas: equal ones hold in the same states of every system.

    A part is numbered after the parts that it is made of.
    """

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.numbers: dict[_Key, int] = {}
        self.keys: list[_Key] = []
        self.leaves = NormalForms()
        self.predicates: dict[int, Predicate] = {}
        # Of what is only EF f or AG f: the operator and f.
        self.simple: dict[int, tuple[str, int]] = {}
        self.seen: dict[tuple[int, bool, _Around], int] = {}
        self.true, self.false = self.leaf(TRUE, True), self.leaf(FALSE, True)
        self.dead, self.able = self.leaf(Dead(), True), self.leaf(Dead(), False)
        self.some_step, self.all_steps = self.number(("<>",)), self.number(("[]",))

    def number(self, key: _Key) -> int:
        """Return the number of a part."""
        if key not in self.numbers:
            self.watch.tick()
            self.numbers[key] = len(self.keys)
            self.keys.append(key)
        return self.numbers[key]

    def leaf(self, predicate: Predicate, sign: bool) -> int:
        """Return the number of a predicate without connectives, or of its negation."""
        number = self.number(("leaf", self.leaves.number(predicate, positive=sign)))
        self.predicates.setdefault(number, predicate if sign else Not(predicate))
        return number

    def joined(self, word: Word, parts: Iterable[int]) -> int:
        """Return the number of a conjunction or disjunction, flat and without constants."""
        neutral, absorbing = self.true, self.false
        if word == "or":
            neutral, absorbing = absorbing, neutral
        members: set[int] = set()
        for part in parts:
            members |= self.members(word, part)
        members.discard(neutral)
        if absorbing in members:
            return absorbing
        if len(members) < 2:
            return members.pop() if members else neutral
        return self.number((word, frozenset(members)))

    def members(self, word: Word, number: int) -> frozenset[int]:
        """Return the operands of a part that is such a connective; of another the part itself."""
        key = self.keys[number]
        if key[0] == word and isinstance(key[1], frozenset):
            return key[1]
        return frozenset((number,))

    def layer(self, number: int) -> list[tuple[int, Word | None]]:
        """Return the parts of a Boolean function with their connectives, operands first."""
        found: dict[int, Word | None] = {}
        waiting = [number]
        while waiting:
            part = waiting.pop()
            if part in found:
                continue
            self.watch.tick()
            found[part] = None
            for word in _OTHER:
                if self.keys[part][0] == word:
                    found[part] = word
                    waiting.extend(self.members(word, part))
        return sorted(found.items())

    def at(self, body: int, values: dict[int, bool]) -> int:
        """Return what a Boolean function is where some of its parts are true or false."""
        found = {part: self.true if value else self.false for part, value in values.items()}
        for part, word in self.layer(body):
            if part in found:
                continue
            if word is None:
                found[part] = part
            else:
                found[part] = self.joined(word, [found[one] for one in self.members(word, part)])
        return found[body]

    def of_predicate(self, predicate: Predicate) -> _Pair:
        """Return the numbers of a predicate, whose connectives are those of formulas."""

        def combine(node: Predicate, parts: list[_Pair]) -> _Pair:
            match node:
                case Not():
                    return parts[0][1], parts[0][0]
                case And():
                    return self.both("and", parts)
                case Or():
                    return self.both("or", parts)
                case _:
                    return self.leaf(node, True), self.leaf(node, False)

        return fold_predicate(predicate, combine)

    def both(self, word: Word, parts: list[_Pair]) -> _Pair:
        """Return the numbers of a connective."""
        yes, no = [one for one, _ in parts], [other for _, other in parts]
        return self.joined(word, yes), self.joined(_OTHER[word], no)

    def modal(self, some: bool, labels: Labels, operand: int) -> int:
        """Return a step with some labels; whether there is one at all is a predicate."""
        if operand == (self.true if some else self.false):
            if labels == ANY_LABEL:
                return self.able if some else self.dead
            if not labels.others:
                able = [self.leaf(Enabled(name), some) for name in labels.names]
                return self.joined("or" if some else "and", able)
        return self.number(("modal", some, labels, operand))

    def fixpoint(self, least: bool, body: int) -> int:
        """Return the least or greatest solution of a body with steps to it."""
        inside = {part for part, _ in self.layer(body)}
        steps = inside & {self.some_step, self.all_steps}
        if not steps:
            return body
        if len(steps) > 1:
            raise _NoFormError("a fixpoint takes steps of two kinds")
        (step,) = steps
        stuck = {self.dead: True, self.able: False, step: step == self.all_steps}
        free = {self.dead: False, self.able: True}
        functions = (
            self.at(body, stuck), self.at(body, {**free, step: False}),
            self.at(body, {**free, step: True}),
        )  # fmt: skip
        number = self.number(("fixpoint", least, step, functions))
        word: Word = "or" if least else "and"
        of = self.some_step if least else self.all_steps
        beside = self.members(word, body)
        if step == of and step in beside:
            rest = self.joined(word, beside - {step})
            if all(part != step for part, _ in self.layer(rest)):
                self.simple[number] = "EF" if least else "AG", rest
        return number

    def of_mu(self, node: MuFormula, sign: bool, around: _Around) -> int:
        """Return the number of a part of a formula of the mu-calculus, or of its negation."""
        key = id(node), sign, around
        if key in self.seen:
            return self.seen[key]
        self.watch.tick()
        match node:
            case Holds(predicate):
                found = self.of_predicate(predicate)[0 if sign else 1]
            case No(operand):
                found = self.of_mu(operand, not sign, around)
            case Every(operands) | Some(operands):
                parts: list[int] = []
                for part in operands:
                    parts.append(self.of_mu(part, sign, around))
                word: Word = "and" if isinstance(node, Every) is sign else "or"
                found = self.joined(word, parts)
            case Modal(kind, labels, operand):
                some = (kind == "diamond") is sign
                inner, inner_sign = operand, sign
                while isinstance(inner, No):
                    inner, inner_sign = inner.operand, not inner_sign
                if isinstance(inner, Bound):
                    if (inner.name, inner_sign) != around or as_labels(labels) != ANY_LABEL:
                        raise _NoFormError("a step leads to another fixpoint, or has a label")
                    found = self.some_step if some else self.all_steps
                else:
                    found = self.modal(some, as_labels(labels), self.of_mu(inner, inner_sign, None))
            case Fixpoint(kind, name, operand):
                body = self.of_mu(operand, sign, (name, sign))
                found = self.fixpoint((kind == "mu") is sign, body)
            case Bound():
                raise _NoFormError("a variable does not stand behind one step")
        self.seen[key] = found
        return found

    def of_ctl(self, formula: Formula) -> int:
        """Return the number of a formula of CTL."""
        found = fold_formula(formula, self.unfolded)
        return _state(found)[0]

    def unfolded(self, node: Formula, parts: list[_Pair | _Path]) -> _Pair | _Path:
        """Return an operator of CTL as a fixpoint, with its negation."""
        match node:
            case State(predicate):
                return self.of_predicate(predicate)
            case Negation():
                found = _state(parts[0])
                return found[1], found[0]
            case Conjunction():
                return self.both("and", [*map(_state, parts)])
            case Disjunction():
                return self.both("or", [*map(_state, parts)])
            case Implication():
                left, right = map(_state, parts)
                return self.both("or", [(left[1], left[0]), right])
            case Unary("A" | "E" as quantifier):
                if not isinstance(parts[0], _Path):
                    raise _NoFormError("a quantifier without a path")
                return self.quantified(quantifier == "E", parts[0])
            case Unary(operator) | Binary(operator):
                path = _Path(operator[-1], tuple(map(_state, parts)))
                return path if len(operator) == 1 else self.quantified(operator[0] == "E", path)

    def quantified(self, some: bool, path: _Path) -> _Pair:
        """Return some or all paths of a formula as a fixpoint, with its negation."""
        *through, goal = path.operands
        if path.operator == "X":
            yes, no = goal
            return self.modal(some, ANY_LABEL, yes), self.modal(not some, ANY_LABEL, no)
        least, word = _PATHS[path.operator]
        constants = self.true, self.false
        beside = through[0] if through else constants if least else constants[::-1]
        return (
            self.paths(some, least, word, beside[0], goal[0]),
            self.paths(not some, not least, _OTHER[word], beside[1], goal[1]),
        )

    def paths(self, some: bool, least: bool, word: Word, beside: int, goal: int) -> int:
        """Return the fixpoint of a goal, joined with what is beside a step."""
        step = self.some_step if some else self.all_steps
        if least and not some:
            step = self.joined("and", (self.able, step))
        elif some and not least:
            step = self.joined("or", (self.dead, step))
        return self.fixpoint(
            least, self.joined(word, (goal, self.joined(_OTHER[word], (beside, step))))
        )

    def statement(self, number: int) -> Statement | None:
        """Return ``AG P`` and its like as a statement, whose predicate may be implied."""
        operators: list[str] = []
        while number in self.simple:
            operator, number = self.simple[number]
            operators.append(operator)
        shape = _SHAPES.get(tuple(operators))
        found: dict[int, Predicate] = {}
        for part, word in self.layer(number):
            if word is not None:
                operands = tuple(found[one] for one in self.members(word, part) if one in found)
                if len(operands) == len(self.members(word, part)):
                    found[part] = And(operands) if word == "and" else Or(operands)
            elif part in self.predicates:
                found[part] = self.predicates[part]
        return None if shape is None or number not in found else Statement(shape, found[number])


def _state(value: _Pair | _Path) -> _Pair:
    if isinstance(value, _Path):
        raise _NoFormError("a path without a quantifier")
    return value
