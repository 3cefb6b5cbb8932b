"""Communicating machines: local states, local actions, and vectors that synchronise them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from fsm.automaton_data import content_digest, known, text_list, unique
from transition_systems.errors import InputError, UsageError

__all__ = ["Machine", "Network", "Part", "Vector"]

MACHINE_SCHEMA = "netproof/machine/1"
NETWORK_SCHEMA = "netproof/machine-network/1"

Part = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine that moves by local actions, at most one way for each state and action.

    Parameters
    ----------
    name
        Unique in a network.
    states, initial
        Local states in order; the one to begin with.
    transitions
        ``(source, action, target)``; kept sorted.
    final
        States in which the machine is done; kept sorted.
    forbidden
        States that must never be entered, such as the overflow of a bounded counter; kept sorted.

    Raises
    ------
    UsageError
        When a state is unknown or two transitions contradict each other.

    Examples
    --------
    >>> lamp = Machine(name="lamp", states=["off", "on"], initial="off", final=["off"],
    ...                transitions=[("off", "press", "on"), ("on", "press", "off")])
    >>> eval(repr(lamp)) == lamp, lamp.actions
    (True, ('press',))
    """

    name: str
    states: Iterable[str]
    initial: str
    transitions: Iterable[tuple[str, str, str]] = ()
    final: Iterable[str] = ()
    forbidden: Iterable[str] = ()

    def __post_init__(self) -> None:
        states = unique(self.states, "state")
        place = {name: i for i, name in enumerate(states)}
        final, forbidden = tuple(sorted(set(self.final))), tuple(sorted(set(self.forbidden)))
        known((self.initial, *final, *forbidden), place, "state")
        steps = tuple(sorted({(s, a, t) for s, a, t in self.transitions}))
        for source, _, target in steps:
            known((source, target), place, "state")
        for (s, a, _), (p, b, _) in pairwise(steps):
            if (s, a) == (p, b):
                raise UsageError(f"machine {self.name!r}: two transitions from {s!r} with {a!r}")
        for name, value in (
            ("states", states), ("transitions", steps), ("final", final), ("forbidden", forbidden),
        ):  # fmt: skip
            object.__setattr__(self, name, value)

    @property
    def state_names(self) -> tuple[str, ...]:
        """The states as a tuple."""
        return tuple(self.states)

    @property
    def actions(self) -> tuple[str, ...]:
        """The local actions, sorted."""
        return tuple(sorted({action for _, action, _ in self.transitions}))

    def to_dict(self) -> dict[str, Any]:
        """Return the machine as JSON data; :meth:`from_dict` gives an equal one."""
        return {
            "schema": MACHINE_SCHEMA,
            "name": self.name,
            "states": list(self.states),
            "initial": self.initial,
            "transitions": [list(step) for step in self.transitions],
            "final": list(self.final),
            "forbidden": list(self.forbidden),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Machine:
        """Rebuild a machine from :meth:`to_dict`; raise InputError on other data."""
        try:
            return cls(
                name=data["name"], states=text_list(data, "states"), initial=data["initial"],
                transitions=[(s, a, t) for s, a, t in data["transitions"]],
                final=text_list(data, "final"), forbidden=text_list(data, "forbidden"),
            )  # fmt: skip
        except InputError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"not a machine: {error}") from error

    def digest(self) -> str:
        """Return ``"sha256:..."`` of the canonical JSON of :meth:`to_dict`."""
        return content_digest(self.to_dict())


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """A step of a network: the machines that take part, each with local actions one after another.

    Parameters
    ----------
    name
        What happens, for readers; need not be unique.
    label
        The label of the step, ``None`` for silent.
    parts
        ``(machine, (action, ...))``, each machine once. All of them move together or none.
    """

    name: str
    label: str | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Machines that move together by synchronisation vectors.

    A state holds a local state for each machine. A vector can happen when each of its machines
    can do its actions; all others stay. A state is final when each machine is in a final state.
    See A. Arnold, Finite Transition Systems (1994).

    Parameters
    ----------
    machines
        With different names.
    vectors
        The possible steps.

    Raises
    ------
    UsageError
        When a vector names a machine or an action that is not there, or a machine twice.

    Examples
    --------
    >>> a = Machine(name="a", states=["0", "1"], initial="0", transitions=[("0", "go", "1")])
    >>> b = Machine(name="b", states=["0", "1"], initial="0", transitions=[("0", "go", "1")])
    >>> both = Vector(name="both", label="go", parts=(("a", ("go",)), ("b", ("go",))))
    >>> network = Network(machines=(a, b), vectors=(both,))
    >>> network.from_dict(network.to_dict()) == network
    True
    """

    machines: tuple[Machine, ...] = ()
    vectors: tuple[Vector, ...] = ()

    def __post_init__(self) -> None:
        unique((machine.name for machine in self.machines), "machine")
        actions = {machine.name: frozenset(machine.actions) for machine in self.machines}
        for vector in self.vectors:
            if len({name for name, _ in vector.parts}) != len(vector.parts):
                raise UsageError(f"vector {vector.name!r} names a machine twice")
            for name, local in vector.parts:
                if name not in actions:
                    raise UsageError(f"vector {vector.name!r}: there is no machine {name!r}")
                for action in local:
                    if action not in actions[name]:
                        raise UsageError(
                            f"vector {vector.name!r}: {name!r} has no action {action!r}"
                        )

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the vectors, sorted."""
        return tuple(sorted({v.label for v in self.vectors if v.label is not None}))

    def machine(self, name: str) -> Machine:
        """Return a machine by name; raise UsageError where there is none."""
        for machine in self.machines:
            if machine.name == name:
                return machine
        raise UsageError(f"there is no machine {name!r}")

    def to_dict(self) -> dict[str, Any]:
        """Return the network as JSON data; :meth:`from_dict` gives an equal one."""
        return {
            "schema": NETWORK_SCHEMA,
            "machines": [machine.to_dict() for machine in self.machines],
            "vectors": [
                {
                    "name": vector.name,
                    "label": vector.label,
                    "parts": [[name, list(local)] for name, local in vector.parts],
                }
                for vector in self.vectors
            ],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Network:
        """Rebuild a network from :meth:`to_dict`; raise InputError on other data."""
        try:
            if data.get("schema") != NETWORK_SCHEMA:
                raise InputError("not a network of machines", expected=f"schema {NETWORK_SCHEMA!r}")
            vectors = tuple(
                Vector(
                    name=item["name"],
                    label=item["label"],
                    parts=tuple((name, tuple(local)) for name, local in item["parts"]),
                )
                for item in data["vectors"]
            )
            machines = tuple(Machine.from_dict(item) for item in data["machines"])
            return cls(machines=machines, vectors=vectors)
        except InputError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"not a network of machines: {error}") from error

    def digest(self) -> str:
        """Return ``"sha256:..."`` of the canonical JSON of :meth:`to_dict`."""
        return content_digest(self.to_dict())
