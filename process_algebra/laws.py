"""Algebraic laws of CSP as rewriting at the root of a term.

A *strong* law relates strongly bisimilar terms, a *branching* law terms that differ by silent
steps only (branching bisimilar).

References
----------
A. W. Roscoe, Understanding Concurrent Systems, Springer 2010, chapters 2, 3, 5 and 7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from process_algebra.operators import choice
from process_algebra.terms import (
    SKIP,
    STOP,
    ExternalChoice,
    Guard,
    Hiding,
    InternalChoice,
    Parallel,
    Prefix,
    Renaming,
    Sequential,
    Term,
)
from transition_systems.expressions.ast import Boolean

__all__ = ["LAWS", "Law", "rewrites"]

Rewrite = Callable[[Term], Term | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A law: a term and its rewriting behave alike.

    Parameters
    ----------
    name
        Under which it is known.
    relation
        How alike they are.
    rewrite
        The other side of the law, or ``None`` where it does not apply.
    """

    name: str
    relation: Literal["strong", "branching"]
    rewrite: Rewrite


def rewrites(term: Term) -> Iterator[tuple[Law, Term]]:
    """Yield each law that applies at the root of a term, with what it gives.

    Parameters
    ----------
    term
        The term.

    Returns
    -------
    iterator of (Law, Term)

    Examples
    --------
    >>> for law, other in rewrites(Sequential(STOP, SKIP)):
    ...     print(law.name, "|", other)
    STOP is a left zero of ; | STOP
    """
    for law in LAWS:
        other = law.rewrite(term)
        if other is not None and other != term:
            yield law, other


def _symmetric(term: Term) -> Term | None:
    match term:
        case ExternalChoice():
            return ExternalChoice(*reversed(term.subterms))
        case InternalChoice():
            return InternalChoice(*reversed(term.subterms))
        case Parallel():
            return Parallel(term.subterms[::-1], term.operands[1][::-1])
        case _:
            return None


def _nested(term: Term) -> Term | None:
    if isinstance(term, ExternalChoice) and len(term.subterms) > 2:
        first, *rest = term.subterms
        return ExternalChoice(first, ExternalChoice(*rest))
    return None


def _flat(term: Term) -> Term | None:
    if not isinstance(term, ExternalChoice):
        return None
    branches: list[Term] = []
    for branch in term.subterms:
        branches += branch.subterms if isinstance(branch, ExternalChoice) else [branch]
    return ExternalChoice(*branches)


def _without_repeats(term: Term) -> Term | None:
    if isinstance(term, InternalChoice):
        return InternalChoice(*dict.fromkeys(term.subterms))
    return None


def _without_stop(term: Term) -> Term | None:
    if isinstance(term, ExternalChoice):
        return choice(*(branch for branch in term.subterms if branch != STOP))
    return None


def _one_branch(term: Term) -> Term | None:
    if isinstance(term, ExternalChoice | InternalChoice) and len(term.subterms) == 1:
        return term.subterms[0]
    return None


def _guard(term: Term) -> Term | None:
    if isinstance(term, Guard) and isinstance(term.operands[0], Boolean):
        return term.operands[1] if term.operands[0].value else STOP
    return None


def _sequence_of_prefix(term: Term) -> Term | None:
    if isinstance(term, Sequential) and isinstance(term.subterms[0], Prefix):
        event, after = term.subterms[0].operands
        return Prefix(event, Sequential(after, term.subterms[1]))
    return None


def _sequence_of_stop(term: Term) -> Term | None:
    return STOP if isinstance(term, Sequential) and term.subterms[0] == STOP else None


def _sequence_of_skip(term: Term) -> Term | None:
    skips = isinstance(term, Sequential) and term.subterms[0] == SKIP
    return term.subterms[1] if skips else None


def _sequence_to_right(term: Term) -> Term | None:
    if isinstance(term, Sequential) and isinstance(term.subterms[0], Sequential):
        first, second = term.subterms[0].subterms
        return Sequential(first, Sequential(second, term.subterms[1]))
    return None


def _hiding_twice(term: Term) -> Term | None:
    if isinstance(term, Hiding) and isinstance(term.subterms[0], Hiding):
        inner = term.subterms[0]
        return Hiding(inner.subterms[0], inner.operands[1] | term.operands[1])
    return None


def _hiding_of_prefix(term: Term) -> Term | None:
    if isinstance(term, Hiding) and isinstance(term.subterms[0], Prefix):
        event, after = term.subterms[0].operands
        hidden = Hiding(after, term.operands[1])
        return hidden if event in term.operands[1] else Prefix(event, hidden)
    return None


def _renaming_of_prefix(term: Term) -> Term | None:
    if isinstance(term, Renaming) and isinstance(term.subterms[0], Prefix):
        event, after = term.subterms[0].operands
        names = [new for old, new in term.operands[1] if old == event] or [event]
        renamed = Renaming(after, term.operands[1])
        return choice(*(Prefix(name, renamed) for name in names))
    return None


def _expansion(term: Term) -> Term | None:
    """The step law: a parallel of prefixes is the choice of its first events."""
    if not isinstance(term, Parallel):
        return None
    components, sets = term.operands
    if not all(isinstance(part, Prefix) for part in components):
        return None
    branches: list[Term] = []
    for event in sorted({part.operands[0] for part in components}):
        members = [i for i, names in enumerate(sets) if event in names]
        alone = [
            [i]
            for i, part in enumerate(components)
            if part.operands[0] == event and i not in members
        ]
        joint = members and all(components[i].operands[0] == event for i in members)
        for group in [*alone, *([members] if joint else [])]:
            after = [part.operands[1] if i in group else part for i, part in enumerate(components)]
            branches.append(Prefix(event, Parallel(after, sets)))
    return choice(*branches)


LAWS: tuple[Law, ...] = (
    Law(name="choices and parallels are symmetric", relation="strong", rewrite=_symmetric),
    Law(name="[] is associative, to the right", relation="strong", rewrite=_nested),
    Law(name="[] is associative, flat", relation="strong", rewrite=_flat),
    Law(name="|~| is idempotent", relation="strong", rewrite=_without_repeats),
    Law(name="STOP is a unit of []", relation="strong", rewrite=_without_stop),
    Law(name="a choice of one", relation="branching", rewrite=_one_branch),
    Law(name="a constant guard", relation="strong", rewrite=_guard),
    Law(name="; after a prefix", relation="strong", rewrite=_sequence_of_prefix),
    Law(name="STOP is a left zero of ;", relation="strong", rewrite=_sequence_of_stop),
    Law(name="SKIP is a left unit of ;", relation="branching", rewrite=_sequence_of_skip),
    Law(name="; is associative", relation="strong", rewrite=_sequence_to_right),
    Law(name="hiding twice", relation="strong", rewrite=_hiding_twice),
    Law(name="hiding a prefix", relation="branching", rewrite=_hiding_of_prefix),
    Law(name="renaming a prefix", relation="strong", rewrite=_renaming_of_prefix),
    Law(name="the step law of parallel", relation="strong", rewrite=_expansion),
)
