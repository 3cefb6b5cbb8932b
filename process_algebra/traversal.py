"""Walking over terms, iteratively: folds, substitution, and the flat form for files and pickles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias, TypeVar

from process_algebra.terms import (
    SKIP,
    STOP,
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
    Skip,
    Stop,
    Term,
    Terminated,
)
from transition_systems.errors import UsageError

__all__ = [
    "FlatTerm",
    "calls_in",
    "events_in",
    "flatten",
    "fold_term",
    "unflatten",
    "walk_term",
    "with_subterms",
]

T = TypeVar("T")
FlatTerm: TypeAlias = "tuple[tuple[str, tuple[Any, ...], tuple[int, ...]], ...]"


def walk_term(term: Term) -> Iterator[Term]:
    """Yield each different subterm once, subterms before the terms around them.

    Parameters
    ----------
    term
        The term.

    Returns
    -------
    iterator of Term

    Examples
    --------
    >>> from process_algebra.terms import SKIP, Sequential
    >>> [str(part) for part in walk_term(Sequential(SKIP, SKIP))]
    ['SKIP', 'SKIP ; SKIP']
    """
    waiting: list[tuple[Term, bool]] = [(term, False)]
    done: set[Term] = set()
    while waiting:
        current, entered = waiting.pop()
        if current in done:
            continue
        if entered:
            done.add(current)
            yield current
            continue
        waiting.append((current, True))
        waiting.extend((part, False) for part in reversed(current.subterms))


def fold_term(term: Term, combine: Callable[[Term, list[T]], T]) -> T:
    """Compute a value bottom-up, once for each different subterm.

    Parameters
    ----------
    term
        The term.
    combine
        Gives the value of a term from those of its subterms.

    Returns
    -------
    object

    Examples
    --------
    >>> from process_algebra.terms import STOP, Prefix
    >>> fold_term(Prefix("a", Prefix("b", STOP)), lambda _, values: 1 + sum(values))
    3
    """
    values: dict[Term, T] = {}
    for part in walk_term(term):
        values[part] = combine(part, [values[sub] for sub in part.subterms])
    return values[term]


def events_in(term: Term) -> frozenset[str]:
    """Return the events that are written in a term: in prefixes, and as new names.

    Parameters
    ----------
    term
        The term.

    Returns
    -------
    frozenset of str

    Examples
    --------
    >>> from process_algebra.terms import STOP, Prefix, Renaming
    >>> sorted(events_in(Renaming(Prefix("a", STOP), [("a", "b")])))
    ['a', 'b']
    """
    found: set[str] = set()
    for part in walk_term(term):
        if isinstance(part, Prefix):
            found.add(part.operands[0])
        elif isinstance(part, Renaming):
            found.update(new for _, new in part.operands[1])
    return frozenset(found)


def calls_in(term: Term) -> Iterator[Call]:
    """Yield each different call in a term."""
    return (part for part in walk_term(term) if isinstance(part, Call))


def attributes(term: Term) -> tuple[Any, ...]:
    """Return the operands of a term that are no terms."""
    if isinstance(term, Call):
        return term.operands
    if isinstance(term, Prefix | Guard):
        return term.operands[:1]
    if isinstance(term, Parallel | Hiding | Renaming):
        return term.operands[1:]
    return ()


def _build(kind: str, rest: Sequence[Any], below: Sequence[Term]) -> Term:
    match kind:
        case "Stop":
            return STOP
        case "Skip":
            return SKIP
        case "Terminated":
            return TERMINATED
        case "Prefix":
            return Prefix(rest[0], below[0])
        case "ExternalChoice":
            return ExternalChoice(*below)
        case "InternalChoice":
            return InternalChoice(*below)
        case "Guard":
            return Guard(rest[0], below[0])
        case "Sequential":
            return Sequential(below[0], below[1])
        case "Parallel":
            return Parallel(below, rest[0]) if any(rest[0]) else Parallel(below)
        case "Hiding":
            return Hiding(below[0], rest[0])
        case "Renaming":
            return Renaming(below[0], rest[0])
        case "Call":
            return Call(rest[0], *rest[1])
        case _:
            raise UsageError(f"there is no process operator {kind!r}")


def with_subterms(term: Term, subterms: Sequence[Term]) -> Term:
    """Return the same operator over other subterms.

    Examples
    --------
    >>> from process_algebra.terms import SKIP, STOP, Prefix
    >>> print(with_subterms(Prefix("a", STOP), [SKIP]))
    a -> SKIP
    """
    if all(a is b for a, b in zip(term.subterms, subterms, strict=True)):
        return term
    return _build(type(term).__name__, attributes(term), subterms)


def is_leaf(term: Term) -> bool:
    """Return whether a term has no operands at all."""
    return isinstance(term, Stop | Skip | Terminated)


def flatten(term: Term) -> FlatTerm:
    """Return a term as rows, subterms first: kind, operands, numbers of the rows of subterms."""
    index: dict[Term, int] = {}
    rows: list[tuple[str, tuple[Any, ...], tuple[int, ...]]] = []
    for part in walk_term(term):
        index[part] = len(rows)
        below = tuple(index[sub] for sub in part.subterms)
        rows.append((type(part).__name__, attributes(part), below))
    return tuple(rows)


def unflatten(rows: FlatTerm) -> Term:
    """Return the term of :func:`flatten`; the last row is the whole.

    Raises
    ------
    UsageError
        When the rows are no term.

    Examples
    --------
    >>> from process_algebra.terms import STOP, Prefix
    >>> unflatten(flatten(Prefix("a", STOP)))
    Prefix('a', Stop())
    """
    built: list[Term] = []
    for kind, rest, below in rows:
        if any(not 0 <= number < len(built) for number in below):
            raise UsageError("a subterm is named before it is there")
        try:
            built.append(_build(kind, rest, [built[number] for number in below]))
        except (IndexError, TypeError, ValueError) as error:
            raise UsageError(f"a {kind} is not built like this: {error}") from error
    if not built:
        raise UsageError("a term has at least one row")
    return built[-1]
