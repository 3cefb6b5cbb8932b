"""The local processes of a workflow: counters, runs of activities, and flags.

A cell is a small sequential process. What a step of the workflow asks of it is a list of acts; the
state of a cell changes by them, or refuses them. Cells become named definitions of a process term,
one for each local state.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from transition_systems.errors import UsageError

__all__ = ["OVERFLOW", "Act", "Cell", "Counter", "Flag", "Local", "Node", "Runs", "phase"]

Local: TypeAlias = Hashable
Act: TypeAlias = "tuple[str, str | None]"

OVERFLOW = "overflow"

_PHASES = {"clear": 1, "put": 2, "begin": 2, "begin two": 2, "set": 2}


def phase(act: Act) -> int:
    """Return when an act happens within a step: what is asked and taken, cleared, given."""
    return _PHASES.get(act[0], 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A local process.

    Parameters
    ----------
    name
        Unique in the network.
    element
        The id of the flow, node or scope that it stands for.
    scope
        The scope whose end takes its tokens away; ``None`` for message flows.
    live
        Whether a token here keeps its process from being complete.
    """

    name: str
    element: str
    scope: str | None
    live: bool = True

    @property
    def initial(self) -> Local:
        """The local state at the beginning."""
        return 0

    def is_empty(self, state: Local) -> bool:
        """Return whether no token is here."""
        return state == self.cleared()

    def cleared(self) -> Local:
        """Return the local state without tokens."""
        return 0

    def act(self, act: Act, state: Local) -> Sequence[Local]:
        """Return the local states after an act; none when it is refused."""
        match act[0]:
            case "empty":
                return [state] if self.is_empty(state) else []
            case "some":
                return [] if self.is_empty(state) else [state]
            case "clear":
                return [self.cleared()]
            case _:
                return self.own_act(act, state)

    def own_act(self, act: Act, state: Local) -> Sequence[Local]:
        """Return the local states after an act of this kind of cell."""
        raise UsageError(f"{self.name} cannot {act[0]} in {state!r}")

    def react(self, acts: Sequence[Act], state: Local) -> list[Local]:
        """Return the local states after the acts of one step, by their phases."""
        if state == OVERFLOW:
            return []
        states: list[Local] = [state]
        for one in sorted(acts, key=phase):
            states = [after for before in states for after in self._after(one, before)]
        return list(dict.fromkeys(states))

    def _after(self, act: Act, state: Local) -> Sequence[Local]:
        return [OVERFLOW] if state == OVERFLOW else self.act(act, state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node(Cell):
    """A node without memory, such as a gateway: always ready for its steps."""

    live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter(Cell):
    """Tokens without identity, at most ``capacity``; one more is an overflow."""

    capacity: int = 1
    begins_with: int = 0

    @property
    def initial(self) -> Local:
        """The tokens at the beginning."""
        return self.begins_with

    def own_act(self, act: Act, state: Local) -> Sequence[Local]:
        """Take or put one token."""
        assert isinstance(state, int)
        if act[0] == "take":
            return [state - 1] if state > 0 else []
        if act[0] == "put":
            return [state + 1] if state < self.capacity else [OVERFLOW]
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Cell):
    """Something that happens at most once."""

    live: bool = False

    def own_act(self, act: Act, state: Local) -> Sequence[Local]:
        """Set the flag, or ask for it."""
        if act[0] == "set":
            return [1]
        wanted = {"unset": 0, "is set": 1}.get(act[0])
        return [state] if wanted is not None and state == wanted else []


Run: TypeAlias = "tuple[int, tuple[str, ...]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs(Cell):
    """The runs under way: how many instances come after each, and which events have rung in it."""

    capacity: int = 1

    @property
    def initial(self) -> Local:
        """No run."""
        return ()

    def cleared(self) -> Local:
        """Return the state without runs."""
        return ()

    def own_act(self, act: Act, state: Local) -> Sequence[Local]:
        """Begin or end a run, ring an event in it, or let its second instance follow."""
        assert isinstance(state, tuple)
        verb, event = act
        if verb in ("begin", "begin two"):
            more = 1 if verb == "begin two" else 0
            return [OVERFLOW] if len(state) >= self.capacity else [_sorted([*state, (more, ())])]
        found: list[Local] = []
        for i, run in enumerate(state):
            rest = [*state[:i], *state[i + 1 :]]
            number, rung = run
            if verb == "end" or (verb == "complete" and number == 0):
                found.append(_sorted(rest))
            elif verb == "next" and number == 1:
                found.append(_sorted([*rest, (0, ())]))
            elif verb == "ring" and event not in rung:
                found.append(_sorted([*rest, (number, tuple(sorted({*rung, str(event)})))]))
            elif verb == "rung" and event in rung:
                found.append(state)
        return found


def _sorted(runs: list[Run]) -> tuple[Run, ...]:
    return tuple(sorted(runs))
