"""Terms of core CSP: immutable, interned, compared by structure.

Equal terms are usually one object (a weak table keeps them so), which makes comparison quick; but
equality never relies on it and survives pickling. All traversals are iterative.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias, TypeVar
from weakref import WeakValueDictionary

from transition_systems.errors import UsageError
from transition_systems.expressions.ast import Boolean, Expr, Integer, Unary
from transition_systems.lts import TAU_NAME, TICK_NAME

__all__ = [
    "SKIP",
    "STOP",
    "TERMINATED",
    "Call",
    "ExternalChoice",
    "Guard",
    "Hiding",
    "InternalChoice",
    "Parallel",
    "Prefix",
    "Renaming",
    "Sequential",
    "Skip",
    "Stop",
    "Term",
    "Terminated",
]

Value: TypeAlias = "bool | int | Expr"
Kind = TypeVar("Kind", bound="Term")

_TABLE: WeakValueDictionary[tuple[Any, ...], Term] = WeakValueDictionary()


class Term:
    """A process term: what kind of operator, and its operands.

    Attributes
    ----------
    operands
        The arguments of the constructor, normalised; terms among them are the subterms.
    """

    __slots__ = ("__weakref__", "_hash", "operands")

    operands: tuple[Any, ...]
    _hash: int

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a term is immutable; {name!r} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a term is immutable; {name!r} cannot be deleted")

    @property
    def subterms(self) -> tuple[Term, ...]:
        """The terms directly inside, from the left."""
        found: list[Term] = []
        for operand in self.operands:
            if isinstance(operand, Term):
                found.append(operand)
            elif isinstance(operand, tuple):
                found.extend(part for part in operand if isinstance(part, Term))
        return tuple(found)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return _same(self, other) if isinstance(other, Term) else NotImplemented

    def __repr__(self) -> str:
        from process_algebra.text import repr_term

        return repr_term(self)

    def __str__(self) -> str:
        from process_algebra.text import format_term

        return format_term(self)

    def _repr_latex_(self) -> str:
        from process_algebra.text import latex_term

        return f"${latex_term(self)}$"

    def __reduce__(self) -> tuple[Any, ...]:
        from process_algebra.traversal import flatten, unflatten

        return unflatten, (flatten(self),)

    def __copy__(self) -> Term:
        return self

    def __deepcopy__(self, memo: object) -> Term:
        return self


def _make(kind: type[Kind], operands: tuple[Any, ...]) -> Kind:
    key = (kind, operands)
    known = _TABLE.get(key)
    if isinstance(known, kind):
        return known
    term = object.__new__(kind)
    object.__setattr__(term, "operands", operands)
    object.__setattr__(term, "_hash", hash((kind.__name__, operands)))
    _TABLE[key] = term
    return term


def _same(left: Term, right: Term) -> bool:
    waiting: list[tuple[Any, Any]] = [(left, right)]
    seen: set[tuple[int, int]] = set()
    while waiting:
        a, b = waiting.pop()
        if a is b:
            continue
        if isinstance(a, Term) and isinstance(b, Term):
            pair = (id(a), id(b))
            if pair in seen:
                continue
            seen.add(pair)
            if type(a) is not type(b) or hash(a) != hash(b):
                return False
            waiting.append((a.operands, b.operands))
        elif isinstance(a, tuple) and isinstance(b, tuple):
            if len(a) != len(b):
                return False
            waiting.extend(zip(a, b, strict=True))
        elif a != b:
            return False
    return True


def _event(name: object) -> str:
    if not isinstance(name, str) or not name:
        raise UsageError(f"an event is a text that is not empty, not {name!r}")
    if name in (TAU_NAME, TICK_NAME):
        raise UsageError(f"{name!r} is no event: the silent step and the tick have no name")
    return name


def _events(names: Iterable[str]) -> frozenset[str]:
    if isinstance(names, str):
        raise UsageError(f"a set of events is expected, not the text {names!r}")
    return frozenset(_event(name) for name in names)


def _term(value: object) -> Term:
    if not isinstance(value, Term):
        raise UsageError(f"a process term is expected, not {value!r}")
    return value


def _value(value: Value) -> Expr:
    if isinstance(value, bool):
        return Boolean(value)
    if isinstance(value, int):
        return Integer(value)
    if isinstance(value, Unary) and value.operator == "-" and isinstance(value.operand, Integer):
        return Integer(-value.operand.value)
    return value


class Stop(Term):
    """The process that does nothing."""

    __slots__ = ()

    def __new__(cls) -> Stop:
        return _make(cls, ())


class Skip(Term):
    """The process that terminates: it ticks, and nothing more."""

    __slots__ = ()

    def __new__(cls) -> Skip:
        return _make(cls, ())


class Terminated(Term):
    """What is left after a tick; in the literature an omega."""

    __slots__ = ()

    def __new__(cls) -> Terminated:
        return _make(cls, ())


class Prefix(Term):
    """One event, then a process."""

    __slots__ = ()

    def __new__(cls, event: str, then: Term) -> Prefix:
        return _make(cls, (_event(event), _term(then)))


class ExternalChoice(Term):
    """The environment chooses by the first visible event; silent steps do not decide."""

    __slots__ = ()

    def __new__(cls, *branches: Term) -> ExternalChoice:
        if not branches:
            raise UsageError("a choice has at least one branch; STOP has none")
        return _make(cls, (tuple(_term(branch) for branch in branches),))


class InternalChoice(Term):
    """The process chooses by a silent step."""

    __slots__ = ()

    def __new__(cls, *branches: Term) -> InternalChoice:
        if not branches:
            raise UsageError("a choice has at least one branch; STOP has none")
        return _make(cls, (tuple(_term(branch) for branch in branches),))


class Guard(Term):
    """A process while a condition over the parameters holds, else STOP."""

    __slots__ = ()

    def __new__(cls, condition: bool | Expr, then: Term) -> Guard:
        truth = _value(condition)
        if isinstance(truth, Integer):
            raise UsageError("a guard is a truth, not a number")
        return _make(cls, (truth, _term(then)))


class Sequential(Term):
    """The first process, and when it has terminated the second."""

    __slots__ = ()

    def __new__(cls, first: Term, then: Term) -> Sequential:
        return _make(cls, (_term(first), _term(then)))


class Parallel(Term):
    """Any number of processes side by side, each with the events that it shares.

    An event that is in the sets of some components happens when all of these do it together; what
    a component does outside its own set it does alone. Two equal sets give ``P [|A|] Q``, empty
    sets interleaving, and the alphabets of the components alphabetised parallel.

    Parameters
    ----------
    components
        The processes.
    shared
        For each component its set, or one set of events for all.

    Examples
    --------
    >>> print(Parallel([Prefix("a", STOP), Prefix("a", STOP)], {"a"}))
    (a -> STOP) [|{a}|] (a -> STOP)
    """

    __slots__ = ()

    def __new__(
        cls, components: Iterable[Term], shared: Iterable[str] | Iterable[Iterable[str]] = ()
    ) -> Parallel:
        parts = tuple(_term(part) for part in components)
        if isinstance(shared, str):
            raise UsageError(f"sets of events are expected, not the text {shared!r}")
        given = tuple(shared)
        if all(isinstance(name, str) for name in given):
            sets = (_events(str(name) for name in given),) * len(parts)
        else:
            sets = tuple(_events(names) for names in given)
        if not parts or len(sets) != len(parts):
            raise UsageError(f"{len(parts)} processes with {len(sets)} sets of shared events")
        return _make(cls, (parts, sets))


class Hiding(Term):
    """A process some of whose events are silent."""

    __slots__ = ()

    def __new__(cls, body: Term, events: Iterable[str]) -> Hiding:
        return _make(cls, (_term(body), _events(events)))


class Renaming(Term):
    """A process whose events have other names; an event with several new names offers each."""

    __slots__ = ()

    def __new__(cls, body: Term, pairs: Iterable[tuple[str, str]]) -> Renaming:
        listed = sorted({(_event(old), _event(new)) for old, new in pairs})
        return _make(cls, (_term(body), tuple(listed)))


class Call(Term):
    """A named definition with values for its parameters."""

    __slots__ = ()

    def __new__(cls, name: str, *arguments: Value) -> Call:
        if not name:
            raise UsageError("a definition has a name")
        return _make(cls, (name, tuple(_value(argument) for argument in arguments)))


STOP = Stop()
SKIP = Skip()
TERMINATED = Terminated()
