"""Names that do not exist, and the nearest ones that do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from transition_systems.errors import ExpressionError, UsageError
from transition_systems.properties.syntax import TEMPORAL_INFIX
from transition_systems.properties.tokens import TEMPORAL
from transition_systems.source_span import SourceSpan

__all__ = [
    "nearest_names",
    "operator_before_minus",
    "require_names",
    "unknown_method",
    "unknown_name",
]

MAX_COMPARED = 5_000


def nearest_names(name: str, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Return the known names that look most like ``name``, the best first.

    Parameters
    ----------
    name
        What was written.
    known
        The names that exist; of very many only those of a similar length are compared.
    count
        At most how many to return.

    Returns
    -------
    tuple of str
        Empty when nothing is near.

    Examples
    --------
    >>> nearest_names("aprove", ["approve", "reject"]), nearest_names("s9", ["s0", "s1", "p9"])
    (('approve',), ('s0', 's1'))
    """
    names = sorted(set(known))
    if len(names) > MAX_COMPARED:
        names = sorted(names, key=lambda other: abs(len(other) - len(name)))[:MAX_COMPARED]
    folded: dict[str, str] = {}
    for other in names:
        folded.setdefault(other.casefold(), other)
    found = difflib.get_close_matches(name, names, n=count, cutoff=0.6)
    for other in difflib.get_close_matches(name.casefold(), folded, n=count, cutoff=0.6):
        if folded[other] not in found:
            found.append(folded[other])
    if not found:  # less alike, but with the same first letter: s9 of s0 and s1
        first = [other for other in folded if other[:1] == name[:1].casefold()]
        near = difflib.get_close_matches(name.casefold(), first, n=count, cutoff=0.5)
        found = sorted(folded[other] for other in near)
    return tuple(found[:count])


def unknown_name(
    name: str, known: Iterable[str], *, kind: str = "name", span: SourceSpan | None = None
) -> ExpressionError:
    """Return the error for a name that does not exist, with the nearest ones that do.

    Examples
    --------
    >>> str(unknown_name("p10", ["p1", "q"], kind="place"))
    "there is no place 'p10'. Did you mean 'p1'?"
    """
    near = nearest_names(name, known)
    mend = f"Did you mean {' or '.join(repr(other) for other in near)}?" if near else None
    operator = operator_before_minus(name)
    if operator is not None:
        mend = f"{operator[0].upper()}{operator[1:]}."
    return ExpressionError(f"there is no {kind} {name!r}", span=span, mend=mend)


def operator_before_minus(name: str) -> str | None:
    """Return how a temporal operator is written before ``-``, where it is read as a name.

    ``AG -p`` is the difference of ``AG`` and ``p``; ``None`` for a name that is no operator.

    Examples
    --------
    >>> operator_before_minus("AG"), operator_before_minus("pay")
    ("the operator before '-' is written AG (-p <= 0)", None)
    """
    if name not in TEMPORAL.difference(TEMPORAL_INFIX):
        return None
    return f"the operator before '-' is written {name} (-p <= 0)"


def unknown_method(subject: str, method: object, known: Sequence[str]) -> UsageError:
    """Return the error for a method that there is not, with those there are and the nearest.

    Parameters
    ----------
    subject
        Who has the methods: a property, or a function.
    method
        What was asked for.
    known
        The methods.

    Returns
    -------
    UsageError

    Examples
    --------
    >>> str(unknown_method("liveness", "strcture", ["explicit", "structure"]))
    "liveness has no method 'strcture'; there are explicit, structure. Did you mean 'structure'?"
    """
    near = nearest_names(method, known, 1) if isinstance(method, str) else ()
    mend = f". Did you mean {near[0]!r}?" if near else ""
    return UsageError(f"{subject} has no method {method!r}; there are {', '.join(known)}{mend}")


def require_names(
    used: Iterable[str],
    known: Iterable[str],
    *,
    kind: str = "name",
    span: SourceSpan | None = None,
) -> None:
    """Check that every used name exists.

    Parameters
    ----------
    used, known
        The names that occur, and the names that exist.
    kind
        What they name, for the message: ``"place"``, ``"transition"`` ...
    span
        Where the text stands.

    Raises
    ------
    ExpressionError
        For the first name (in alphabetical order) that does not exist.
    """
    every = set(known)
    missing = sorted(set(used) - every)
    if missing:
        raise unknown_name(missing[0], every, kind=kind, span=span)
