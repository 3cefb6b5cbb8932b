"""The types of expressions: booleans, integers, reals, strings and enumerations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from transition_systems.errors import UsageError

__all__ = ["BOOLEAN", "INTEGER", "REAL", "STRING", "Type", "enumeration"]

Kind = Literal["boolean", "integer", "real", "string", "enumeration"]


@dataclass(frozen=True, slots=True)
class Type:
    """A type; an enumeration has its members.

    Examples
    --------
    >>> str(Type("enumeration", ("red", "green")))
    'enumeration of red, green'
    """

    kind: Kind
    members: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.kind == "enumeration") != bool(self.members):
            raise UsageError("an enumeration has members, and no other type has")
        if len(set(self.members)) != len(self.members):
            raise UsageError("a member of an enumeration is named twice")

    def __str__(self) -> str:
        return f"enumeration of {', '.join(self.members)}" if self.members else self.kind

    @property
    def is_number(self) -> bool:
        """Whether values are integers or reals."""
        return self.kind in ("integer", "real")


BOOLEAN = Type("boolean")
INTEGER = Type("integer")
REAL = Type("real")
STRING = Type("string")


def enumeration(*members: str) -> Type:
    """Return the enumeration with these members.

    Parameters
    ----------
    members
        Names of the values, each once.

    Returns
    -------
    Type

    Examples
    --------
    >>> enumeration("a", "b").members
    ('a', 'b')
    """
    return Type("enumeration", members)
