"""The rules of structural operational semantics, one function for each operator.

A rule gives the steps of a term from the steps of those subterms that can act at once. The tick is
not an ordinary event: it ends a process, passes hiding and renaming, starts the second part of a
sequence silently, and a parallel process ticks when all of its components have (each of them
before that by a silent step). A name stands for its body without any step of its own.

References
----------
A. W. Roscoe, Understanding Concurrent Systems, Springer 2010, section 9.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TypeAlias

from process_algebra.terms import (
    SKIP,
    TERMINATED,
    Call,
    ExternalChoice,
    Guard,
    Hiding,
    InternalChoice,
    Parallel,
    Prefix,
    Renaming,
    Sequential,
    Term,
    Terminated,
)
from process_algebra.traversal import with_subterms
from transition_systems.errors import UsageError
from transition_systems.expressions.ast import Boolean
from transition_systems.expressions.evaluate import evaluate_expression
from transition_systems.lts import TICK_NAME

__all__ = ["Moves", "active_subterms", "derive", "guard_holds"]

Moves: TypeAlias = "tuple[tuple[str | None, Term], ...]"


def guard_holds(guard: Guard) -> bool:
    """Return whether the condition of a guard without parameters is true."""
    condition = guard.operands[0]
    if isinstance(condition, Boolean):
        return condition.value
    value = evaluate_expression(condition, {})
    if not isinstance(value, bool):
        raise UsageError(f"the guard of {guard} is no truth")
    return value


def active_subterms(term: Term) -> tuple[Term, ...]:
    """Return the subterms whose steps the rule of a term needs (none for a call: its body)."""
    match term:
        case ExternalChoice() | Parallel():
            return term.subterms
        case Sequential() | Hiding() | Renaming():
            return term.subterms[:1]
        case Guard() if guard_holds(term):
            return term.subterms
        case _:
            return ()


def derive(term: Term, premises: Sequence[Moves]) -> Moves:
    """Return the steps of a term from those of its active subterms.

    Parameters
    ----------
    term
        Any term but a call.
    premises
        The steps of :func:`active_subterms`, in order.

    Returns
    -------
    tuple of (event, term)
        ``None`` is the silent step; each step once.

    Examples
    --------
    >>> from process_algebra.terms import STOP
    >>> derive(Prefix("a", STOP), ())
    (('a', Stop()),)
    """
    operands = term.operands
    if term is SKIP or term == SKIP:
        return ((TICK_NAME, TERMINATED),)
    match term:
        case Prefix():
            return ((operands[0], operands[1]),)
        case ExternalChoice():
            return _once(_external(operands[0], premises))
        case InternalChoice():
            return _once([(None, branch) for branch in operands[0]])
        case Guard():
            return premises[0] if premises else ()
        case Sequential():
            return _once(_sequential(operands[1], premises[0]))
        case Parallel():
            return _once(_parallel(term, premises))
        case Hiding():
            return _once(_hiding(operands[1], premises[0]))
        case Renaming():
            return _once(_renaming(operands[1], premises[0]))
        case Call():
            raise UsageError("a call has the steps of its body")
        case _:
            return ()


Steps: TypeAlias = "list[tuple[str | None, Term]]"


def _once(steps: Steps) -> Moves:
    return tuple(dict.fromkeys(steps))


def _external(branches: tuple[Term, ...], premises: Sequence[Moves]) -> Steps:
    steps: Steps = []
    for i, moves in enumerate(premises):
        for event, after in moves:
            if event is None:
                steps.append((None, ExternalChoice(*branches[:i], after, *branches[i + 1 :])))
            else:
                steps.append((event, after))
    return steps


def _sequential(then: Term, moves: Moves) -> Steps:
    return [
        (None, then) if event == TICK_NAME else (event, Sequential(after, then))
        for event, after in moves
    ]


def _hiding(events: frozenset[str], moves: Moves) -> Steps:
    return [
        (event, TERMINATED)
        if event == TICK_NAME
        else (None if event in events else event, Hiding(after, events))
        for event, after in moves
    ]


def _renaming(pairs: tuple[tuple[str, str], ...], moves: Moves) -> Steps:
    steps: Steps = []
    for event, after in moves:
        if event == TICK_NAME:
            steps.append((event, TERMINATED))
            continue
        new_names = [new for old, new in pairs if old == event]
        if not new_names:
            steps.append((event, Renaming(after, pairs)))
        steps.extend((name, Renaming(after, pairs)) for name in new_names)
    return steps


def _parallel(term: Parallel, premises: Sequence[Moves]) -> Steps:
    components: tuple[Term, ...] = term.operands[0]
    sets: tuple[frozenset[str], ...] = term.operands[1]
    steps: Steps = []
    if all(isinstance(part, Terminated) for part in components):
        return [(TICK_NAME, TERMINATED)]

    def moved(changes: dict[int, Term]) -> Term:
        return with_subterms(term, [changes.get(i, part) for i, part in enumerate(components)])

    together: dict[str, None] = {}
    for i, moves in enumerate(premises):
        for event, after in moves:
            if event == TICK_NAME:
                steps.append((None, moved({i: TERMINATED})))
            elif event is None or event not in sets[i]:
                steps.append((event, moved({i: after})))
            else:
                together[event] = None
    for event in together:
        members = [i for i, names in enumerate(sets) if event in names]
        ways = [[after for name, after in premises[i] if name == event] for i in members]
        steps.extend(
            (event, moved(dict(zip(members, chosen, strict=True)))) for chosen in product(*ways)
        )
    return steps
