"""What is said of a name that the user's model does not have, or that stands for something else."""

from __future__ import annotations

from collections.abc import Iterable

from transition_systems.errors import UsageError
from transition_systems.properties.names import nearest_names, operator_before_minus
from transition_systems.properties.tokens import quote_name

__all__ = ["NOTHING", "no_state", "require_known", "unknown_name", "with_kind_of_name"]

NOTHING = "the model has nothing called"


def require_known(
    name: str, names: Iterable[str], steps: Iterable[str] = (), words: Iterable[str] = ()
) -> None:
    """Refuse a name that is not known, with the nearest ones; with steps if no state is near.

    Raises
    ------
    UsageError
        For a name that is not known.

    Examples
    --------
    >>> require_known("pay", ["pay"], words=["dead"])
    """
    known = list(names)
    if name not in known:
        raise with_kind_of_name(name, known, steps, words)


def no_state(step: str) -> UsageError:
    """Return the error for the name of a step where a state is meant.

    Examples
    --------
    >>> print(no_state("pay now"))
    'pay now' is a step, not a state: ask for done("pay now") or enabled("pay now")
    """
    name = quote_name(step)
    return UsageError(f"{step!r} is a step, not a state: ask for done({name}) or enabled({name})")


def with_kind_of_name(
    name: str, states: Iterable[str], steps: Iterable[str], words: Iterable[str] = ()
) -> UsageError:
    """Return the error for a name that is no state: the nearest states, or steps if none is near.

    ``words`` are those of the language that can stand in the place of a state.

    Examples
    --------
    >>> str(with_kind_of_name("pya", ["sent"], ["pay"]))
    "the model has nothing called 'pya'; did you mean 'done(pay)'?"
    >>> str(with_kind_of_name("ded", ["sent"], ["pay"], ["dead"]))
    "the model has nothing called 'ded'; did you mean 'dead'?"
    """
    near = nearest_names(name, [*states, *words])
    return _unknown(
        name, near or tuple(f"done({quote_name(step)})" for step in nearest_names(name, steps))
    )


def unknown_name(name: str, names: Iterable[str]) -> UsageError:
    """Return the error for a name that does not exist, with the nearest ones.

    Examples
    --------
    >>> str(unknown_name("pya", ["pay"]))
    "the model has nothing called 'pya'; did you mean 'pay'?"
    """
    return _unknown(name, nearest_names(name, names))


def _read_as_name(name: str) -> str:
    """Return what to say where the name of no element reads as a predicate, but for its quotes."""
    if name.startswith(("done(", "started(", "enabled(")) and name.endswith(")"):
        return "; in quotation marks it is a name, without them the predicate"
    return ""


def _unknown(name: str, close: Iterable[str]) -> UsageError:
    operator = operator_before_minus(name)
    if operator is not None:
        return UsageError(f"{NOTHING} {name!r}; {operator}")
    found = tuple(close)
    hint = f"; did you mean {' or '.join(repr(c) for c in found)}?" if found else ""
    return UsageError(f"{NOTHING} {name!r}{_read_as_name(name)}{hint}")
