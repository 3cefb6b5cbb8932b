"""Formulas of the mu-calculus that say no more than CTL, as formulas of CTL on maximal paths.

What decides CTL on sets of states, as diagrams do, so decides them, too. Modalities of all steps
are ``EX`` and ``AX``; those of some labels can be told where they only ask whether there is a step.
A fixpoint of one step, as regular modalities and the operators of CTL become, is an until.
"""

from __future__ import annotations

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
from transition_systems.properties.walk import negate
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


def mu_to_ctl(formula: MuFormula) -> Formula | None:
    """Return a formula of CTL that holds in the same states of every system, if one is known.

    Parameters
    ----------
    formula
        A closed formula.

    Returns
    -------
    Formula or None
        ``None`` where a label matters beyond being enabled, and where fixpoints alternate or make
        more than one step at a time.

    Notes
    -----
    Linear in the formula, times its depth. A state without steps has every box: ``mu X. f || g &&
    [true] X`` is ``A[g U (f || g && dead)]``; greatest fixpoints are negations of least ones.
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
    return _of(_positive(formula, True))


def _positive(node: MuFormula, sign: bool) -> MuFormula:
    """Return a formula, or its negation, in which negation stands at predicates only."""
    match node:
        case Holds(predicate):
            return node if sign else Holds(negate(predicate))
        case Bound():
            return node
        case No(operand):
            return _positive(operand, not sign)
        case Every(operands) | Some(operands):
            kind = Every if isinstance(node, Every) is sign else Some
            return kind(tuple(_positive(operand, sign) for operand in operands))
        case Modal(kind, labels, operand):
            some = (kind == "diamond") is sign
            return Modal("diamond" if some else "box", labels, _positive(operand, sign))
        case Fixpoint(kind, name, operand):
            least = (kind == "mu") is sign
            return Fixpoint("mu" if least else "nu", name, _positive(operand, sign))


def _of(node: MuFormula) -> Formula | None:
    """Return a part, in which negation stands at predicates only, as a formula of CTL."""
    match node:
        case Holds(predicate):
            return State(predicate)
        case Every(operands) | Some(operands):
            return _joined([_of(operand) for operand in operands], both=isinstance(node, Every))
        case Modal():
            return _step(node)
        case Fixpoint("mu"):
            return _until(node)
        case Fixpoint():
            return _always(node)
        case _:
            return None


def _joined(parts: list[Formula | None], *, both: bool) -> Formula | None:
    """Return a conjunction or disjunction; one of state predicates is one."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    plain = [part.predicate for part in known if isinstance(part, State)]
    if len(plain) == len(known):
        return State(conjunction(*plain) if both else disjunction(*plain))
    if len(known) == 1:
        return known[0]
    return Conjunction(tuple(known)) if both else Disjunction(tuple(known))


def _step(node: Modal) -> Formula | None:
    some = node.kind == "diamond"
    inner = _of(node.operand)
    if inner is None:
        return None
    # Whether there is a step with one of some labels is a predicate.
    labels = as_labels(node.labels)
    if inner == State(TRUE if some else FALSE) and (labels == ANY_LABEL or not labels.others):
        able: Predicate = Not(Dead())
        if labels != ANY_LABEL:
            able = disjunction(*(Enabled(name) for name in sorted(labels.names)))
        return State(able if some else negate(able))
    if labels != ANY_LABEL:
        return None
    return Unary("EX" if some else "AX", inner)


def _until(node: Fixpoint) -> Formula | None:
    """Return ``mu X. f || g && M X`` as an until."""
    split = _split(node.operand, node.name, Some, Every)
    if split is None:
        return None
    goal, through, some = split
    if not some:
        ends = _joined([through, State(Dead())], both=True)
        found = _joined([goal, ends], both=False)
        if found is None:
            return None
        goal = found
    if through == State(TRUE):
        return Unary("EF" if some else "AF", goal)
    return Binary("EU" if some else "AU", through, goal)


def _always(node: Fixpoint) -> Formula | None:
    """Return ``nu X. f && (g || M X)``: ``AG f``, or what its negation excludes."""
    split = _split(node.operand, node.name, Every, Some)
    if split is not None and split[1] == State(FALSE) and not split[2]:
        return Unary("AG", split[0])
    found = _of(_positive(node, False))
    return None if found is None else Negation(found)


def _split(
    body: MuFormula, name: str, outer: type[Every] | type[Some], inner: type[Every] | type[Some]
) -> tuple[Formula, Formula, bool] | None:
    """Return f, g and whether M is a diamond, of a body that joins f with what joins g and M X."""
    again, plain = _sorted(body, outer, name)
    if len(again) != 1:
        return None
    steps, beside = _sorted(again[0], inner, name)
    if len(steps) != 1:
        return None
    (step,) = steps
    if not isinstance(step, Modal) or step.labels != ANY_LABEL or step.operand != Bound(name):
        return None
    goal = _joined([_of(part) for part in plain], both=outer is Every)
    through = _joined([_of(part) for part in beside], both=inner is Every)
    if goal is None or through is None:
        return None
    return goal, through, step.kind == "diamond"


def _sorted(
    node: MuFormula, kind: type[Every] | type[Some], name: str
) -> tuple[list[MuFormula], list[MuFormula]]:
    """Return the operands of a connective in which a variable is free, and the others."""
    waiting, again, plain = [node], list[MuFormula](), list[MuFormula]()
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, kind):
            waiting[:0] = part.operands
        elif _free(part, name):
            again.append(part)
        else:
            plain.append(part)
    return again, plain


def _free(node: MuFormula, name: str) -> bool:
    match node:
        case Bound(other):
            return other == name
        case Every(operands) | Some(operands):
            return any(_free(part, name) for part in operands)
        case No(operand) | Modal(operand=operand):
            return _free(operand, name)
        case Fixpoint(name=other, operand=operand):
            return other != name and _free(operand, name)
        case Holds():
            return False
