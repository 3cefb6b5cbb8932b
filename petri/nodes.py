"""The nodes and arcs of a net: places, transitions, weighted arcs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from transition_systems.errors import UsageError
from transition_systems.lts import TAU_NAME
from transition_systems.source_span import SourceSpan

__all__ = ["Arc", "Place", "Transition"]


def _check_id(kind: str, value: object) -> None:
    if not isinstance(value, str) or not value:
        raise UsageError(f"the id of a {kind} is a text of at least one character, not {value!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of a net.

    Parameters
    ----------
    id
        Unique among the places and transitions of the net.
    name
        What a reader calls it, if it has a name of its own.
    span
        Where it was written; no part of ``==``.
    position
        Centre in a drawing (x to the right, y down); no part of ``==``.

    Examples
    --------
    >>> Place(id="p1", span=SourceSpan(line=3)) == Place(id="p1")
    True
    """

    id: str
    name: str | None = None
    span: SourceSpan | None = field(default=None, compare=False, repr=False)
    position: tuple[float, float] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        _check_id("place", self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A transition of a net.

    Parameters
    ----------
    id
        Unique among the places and transitions of the net.
    label
        The action that an observer sees; ``None``, or ``"tau"``, for a silent transition.
    name
        What a reader calls it, where that differs from the label (a silent one may have a name).
    span
        Where it was written; no part of ``==``.
    position
        Centre in a drawing (x to the right, y down); no part of ``==``.

    Examples
    --------
    >>> Transition(id="t1", label=None).silent, Transition(id="t2", label="tau").silent
    (True, True)
    """

    id: str
    label: str | None
    name: str | None = None
    span: SourceSpan | None = field(default=None, compare=False, repr=False)
    position: tuple[float, float] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        _check_id("transition", self.id)

    @property
    def silent(self) -> bool:
        """Whether an observer does not see it: it has no label, or that of silent steps, tau."""
        return self.label is None or self.label == TAU_NAME


class Arc(NamedTuple):
    """A weighted arc from a place to a transition or back.

    Examples
    --------
    >>> Arc("p1", "t1")
    Arc(source='p1', target='t1', weight=1)
    """

    source: str
    target: str
    weight: int = 1
