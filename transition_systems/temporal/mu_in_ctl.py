"""Formulas of the mu-calculus that say no more than CTL, as formulas of CTL on maximal paths.

What decides CTL on sets of states, as diagrams do, so decides them, too. Modalities of all steps
are ``EX`` and ``AX``; those of some labels can be told where they only ask whether there is a step.
A fixpoint of one step, as regular modalities and the operators of CTL become, is an until.
"""

from __future__ import annotations

from typing import TypeAlias

from transition_systems.budget import Budget, Meter
from transition_systems.properties.formulas import (
    Binary,
    Conjunction,
    Disjunction,
    Formula,
    Negation,
    State,
    Unary,
)
from transition_systems.properties.predicates import (
    FALSE,
    TRUE,
    Dead,
    Enabled,
    Not,
    Predicate,
    conjunction,
    disjunction,
)
from transition_systems.properties.walk import negate, subpredicates
from transition_systems.temporal.action_formulas import ANY_LABEL, as_labels
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

__all__ = ["mu_to_ctl"]

# Parts of the longest formula that is returned: a box that needs no step has an operand twice.
MOST = 20_000

# A formula with the number of its parts, as a tree; a part of what is asked, or its negation.
_Sized: TypeAlias = tuple[Formula, int]
_Signed: TypeAlias = tuple[MuFormula, bool]


def mu_to_ctl(formula: MuFormula, *, meter: Meter | None = None) -> Formula | None:
    """Return a formula of CTL that holds in the same states of every system, if one is known.

    Parameters
    ----------
    formula
        A closed formula.
    meter
        A clock, looked at for every part.

    Returns
    -------
    Formula or None
        ``None`` where a label matters beyond being enabled, where fixpoints alternate or make more
        than one step at a time, and where the formula would have more than 20,000 parts.

    Raises
    ------
    UndecidedError
        When the time is used up.

    Notes
    -----
    Linear in the formula, whose parts may be shared, times its depth, and in what is returned. A
    state without steps has every box: ``mu X. f || g && [true] X`` is ``A[g U (f || g && dead)]``;
    greatest fixpoints are negations of least ones.
    E. A. Emerson, E. M. Clarke: Characterizing correctness properties of parallel programs using
    fixpoints. ICALP 1980.

    Examples
    --------
    >>> from transition_systems.properties.format import format_formula
    >>> from transition_systems.temporal.mu_parse import parse_mu
    >>> format_formula(mu_to_ctl(parse_mu("[true*] (<a> true || <true*> p)")))
    'AG (enabled(a) || EF p)'
    >>> mu_to_ctl(parse_mu("<a> <b> true")) is None
    True
    """
    found = _Translation(meter or Budget().start()).of(formula, True)
    return None if found is None else found[0]


class _Translation:
    """Parts and negations of parts of one formula as formulas of CTL, each once."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.known: dict[tuple[int, bool], _Sized | None] = {}
        self.free: dict[int, frozenset[str]] = {}

    def of(self, node: MuFormula, sign: bool) -> _Sized | None:
        """Return a part, or its negation; ``None`` where it is none of CTL, or too long."""
        key = id(node), sign
        if key not in self.known:
            self.meter.look()
            found = self._translated(node, sign)
            self.known[key] = None if found is None or found[1] > MOST else found
        return self.known[key]

    def _translated(self, node: MuFormula, sign: bool) -> _Sized | None:
        match node:
            case Holds(predicate):
                size = sum(1 for _ in subpredicates(predicate))
                return State(predicate if sign else negate(predicate)), size
            case No(operand):
                return self.of(operand, not sign)
            case Every(operands) | Some(operands):
                return self._joined(
                    [(part, sign) for part in operands], both=isinstance(node, Every) is sign
                )
            case Modal():
                return self._step(node, sign)
            case Fixpoint(kind):
                return (
                    self._until(node, sign) if (kind == "mu") is sign else self._always(node, sign)
                )
            case Bound():
                return None

    def _joined(self, parts: list[_Signed], *, both: bool) -> _Sized | None:
        found: list[_Sized] = []
        for part, sign in parts:
            one = self.of(part, sign)
            if one is None:
                return None
            found.append(one)
        return _joined(found, both=both)

    def _step(self, node: Modal, sign: bool) -> _Sized | None:
        some = (node.kind == "diamond") is sign
        found = self.of(node.operand, sign)
        if found is None:
            return None
        inner, size = found
        # Whether there is a step with one of some labels is a predicate.
        labels = as_labels(node.labels)
        if inner == State(TRUE if some else FALSE) and (labels == ANY_LABEL or not labels.others):
            able: Predicate = Not(Dead())
            if labels != ANY_LABEL:
                able = disjunction(*(Enabled(name) for name in sorted(labels.names)))
            return State(able if some else negate(able)), 2 + 2 * len(labels.names)
        if labels != ANY_LABEL:
            return None
        return Unary("EX" if some else "AX", inner), size + 1

    def _until(self, node: Fixpoint, sign: bool) -> _Sized | None:
        """Return ``mu X. f || g && M X`` as an until."""
        split = self._split(node, sign)
        if split is None:
            return None
        goals, beside, some = split
        goal, through = self._joined(goals, both=False), self._joined(beside, both=True)
        if goal is None or through is None:
            return None
        if not some:
            goal = _joined([goal, _joined([through, (State(Dead()), 1)], both=True)], both=False)
        size = goal[1] + through[1] + 1
        if through[0] == State(TRUE):
            return Unary("EF" if some else "AF", goal[0]), size
        return Binary("EU" if some else "AU", through[0], goal[0]), size

    def _always(self, node: Fixpoint, sign: bool) -> _Sized | None:
        """Return ``nu X. f && (g || M X)``: ``AG f``, or what its negation excludes."""
        split = self._split(node, sign)
        if split is None:
            return None
        goals, beside, some = split
        if not some:
            through = self._joined(beside, both=False)
            if through is None:
                return None
            if through[0] == State(FALSE):
                goal = self._joined(goals, both=True)
                return None if goal is None else (Unary("AG", goal[0]), goal[1] + 1)
        found = self._until(node, not sign)
        return None if found is None else (Negation(found[0]), found[1] + 1)

    def _split(
        self, node: Fixpoint, sign: bool
    ) -> tuple[list[_Signed], list[_Signed], bool] | None:
        """Return f, g and whether M is a diamond, of a body that joins f with what joins g and M X.

        Nothing is translated; f and g are operands.
        """
        both = (node.kind == "nu") is sign
        again, plain = self._sorted((node.operand, sign), node.name, both=both)
        if len(again) != 1:
            return None
        steps, beside = self._sorted(again[0], node.name, both=not both)
        if len(steps) != 1:
            return None
        step, positive = steps[0]
        if not isinstance(step, Modal) or step.labels != ANY_LABEL:
            return None
        inner, inner_sign = _stripped(step.operand, positive)
        if inner != Bound(node.name) or inner_sign is not sign:
            return None
        return plain, beside, (step.kind == "diamond") is positive

    def _sorted(
        self, part: _Signed, name: str, *, both: bool
    ) -> tuple[list[_Signed], list[_Signed]]:
        """Return the operands of a connective in which a variable is free, and the others."""
        waiting, again, plain = [part], list[_Signed](), list[_Signed]()
        while waiting:
            node, sign = _stripped(*waiting.pop())
            if isinstance(node, Every | Some) and (isinstance(node, Every) is sign) is both:
                waiting.extend((operand, sign) for operand in reversed(node.operands))
            elif name in self._free(node):
                again.append((node, sign))
            else:
                plain.append((node, sign))
        return again, plain

    def _free(self, node: MuFormula) -> frozenset[str]:
        found = self.free.get(id(node))
        if found is None:
            self.meter.look()
            found = frozenset[str]()
            match node:
                case Bound(name):
                    found = frozenset((name,))
                case Every(operands) | Some(operands):
                    for part in operands:
                        found |= self._free(part)
                case No(operand) | Modal(operand=operand):
                    found = self._free(operand)
                case Fixpoint(_, name, operand):
                    found = self._free(operand) - {name}
                case Holds():
                    pass
            self.free[id(node)] = found
        return found


def _stripped(node: MuFormula, sign: bool) -> _Signed:
    while isinstance(node, No):
        node, sign = node.operand, not sign
    return node, sign


def _joined(parts: list[_Sized], *, both: bool) -> _Sized:
    """Return a conjunction or disjunction; one of state predicates is one."""
    size = 1 + sum(count for _, count in parts)
    plain = [part.predicate for part, _ in parts if isinstance(part, State)]
    if len(plain) == len(parts):
        return State(conjunction(*plain) if both else disjunction(*plain)), size
    if len(parts) == 1:
        return parts[0]
    operands = tuple(part for part, _ in parts)
    return Conjunction(operands) if both else Disjunction(operands), size
