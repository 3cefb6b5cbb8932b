"""The positions of the token game: where tokens are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

__all__ = ["Counts", "Place", "State", "Step", "Token", "moved"]

Place = Literal[
    "flow", "at", "run", "wait", "pending", "reached", "message", "rung", "interrupted"
]  # fmt: skip
Counts = Mapping["Token", int]


class Token(NamedTuple):
    """One token, or one mark.

    Parameters
    ----------
    place
        ``"flow"``: on a sequence flow. ``"at"``: at a node that it reached without a flow (an
        implicit start, a link). ``"run"``: a running activity. ``"wait"``: in an event-based
        gateway. ``"pending"``: a start that has not happened, of a scope or of one start event.
        ``"reached"``: at an end event. ``"message"``: a message under way. The last two are marks:
        ``"rung"``, an event sub-process that has been triggered in this run of its scope, and
        ``"interrupted"``, a scope that an event sub-process has interrupted.
    element
        Id of the flow, node, message flow or scope.
    alarms
        For a run: the non-interrupting boundary events that have happened.
    more
        For a run of a multi-instance activity: whether another instance comes after this one.
    """

    place: Place
    element: str
    alarms: tuple[str, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """A position of the token game: a multiset of tokens and marks, an immutable value.

    Parameters
    ----------
    tokens
        Each token with how many there are of it.

    Examples
    --------
    >>> State.of([Token("flow", "f"), Token("flow", "f")]).count(Token("flow", "f"))
    2
    """

    tokens: frozenset[tuple[Token, int]] = frozenset()

    @classmethod
    def of(cls, tokens: Iterable[Token]) -> State:
        """Return the state with these tokens; a token given twice is there twice."""
        return cls.from_counts(moved({}, (), tokens))

    @classmethod
    def from_counts(cls, counts: Counts) -> State:
        """Return the state with so many of each token."""
        return cls(frozenset(counts.items()))

    def counts(self) -> dict[Token, int]:
        """Return how many there are of each token."""
        return dict(self.tokens)

    def count(self, token: Token) -> int:
        """Return how many there are of a token."""
        return self.counts().get(token, 0)

    def __str__(self) -> str:
        said = [
            f"{place} {element}"
            + (f" after {', '.join(alarms)}" if alarms else "")
            + (" with another to come" if more else "")
            + (f" x {number}" if number > 1 else "")
            for (place, element, alarms, more), number in sorted(self.tokens)
        ]
        return "; ".join(said) or "no token"


class Step(NamedTuple):
    """A step of the game: its label (``None`` is silent), where it leads, what happens in words."""

    label: str | None
    state: State
    description: str


def moved(counts: Counts, take: Iterable[Token], put: Iterable[Token]) -> dict[Token, int]:
    """Return the counts after some tokens are taken and others put; those taken must be there."""
    after = dict(counts)
    for token in take:
        left = after[token] - 1
        if left:
            after[token] = left
        else:
            del after[token]
    for token in put:
        after[token] = after.get(token, 0) + 1
    return after
