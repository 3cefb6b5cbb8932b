"""A transition system that was read from a file, with the names that its states go by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from petri.net import PetriNet
from petri.nodes import Transition
from transition_systems.errors import UnsupportedError
from transition_systems.lts import FINAL, LTS, TAU_NAME
from transition_systems.shown_labels import shown_label
from transition_systems.state_vectors import parameters_of

__all__ = ["NamedSystem"]

MOST_ARCS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSystem:
    """A transition system whose states have names.

    Parameters
    ----------
    lts
        The system.
    name
        What it is called; ``None`` where the file does not say.

    Notes
    -----
    A state goes by the text that the system has for it, where these texts differ from one another
    and from the atoms (``final`` where it holds somewhere); by ``s0``, ``s1``, ... otherwise. What
    the parameters of an FSM file are in a state is told beside its name, as ``x=2``.

    Examples
    --------
    >>> system = NamedSystem(lts=LTS.from_arcs(2, [(0, "pay", 1)], atoms={"paid": [False, True]}))
    >>> system.state_name(1), system.state_named("s1"), system.tokens(1)
    ('s1', 1, {'s1': 1, 'paid': 1})
    """

    lts: LTS
    name: str | None = None
    _atoms: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _own: tuple[str, ...] | None = field(init=False, repr=False, compare=False)
    _numbers: Mapping[str, int] = field(init=False, repr=False, compare=False)
    _head: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        atoms = tuple(name for name, flags in sorted(self.lts.atoms.items()) if flags.any())
        taken = {*atoms, *self.lts.atoms} - ({FINAL} - {*atoms})
        vectors = parameters_of(self.lts)
        if vectors is not None:
            taken.update(vectors.names)
        own = _own_names(self.lts, taken)
        object.__setattr__(self, "_atoms", atoms)
        object.__setattr__(self, "_own", own)
        numbers = {} if own is None else {name: state for state, name in enumerate(own)}
        object.__setattr__(self, "_numbers", numbers)
        object.__setattr__(self, "_head", _head(taken, self.lts.n_states))

    @property
    def atoms(self) -> tuple[str, ...]:
        """The atoms that hold somewhere, sorted."""
        return self._atoms

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that arcs have, in the order of the system; silent steps have ``tau``."""
        used = np.zeros(len(self.lts.label_names), dtype=np.bool_)
        used[self.lts.labels] = True
        return tuple(self.lts.label_names[label] for label in np.flatnonzero(used).tolist())

    def state_name(self, state: int) -> str:
        """Return the name of a state."""
        return f"{self._head}{state}" if self._own is None else self._own[state]

    def state_named(self, name: str) -> int | None:
        """Return the state of a name; ``None`` where no state has it."""
        if self._own is not None:
            return self._numbers.get(name)
        return _numbered(name, self._head, self.lts.n_states)

    def state_names(self) -> tuple[str, ...]:
        """Return the names of all states."""
        if self._own is not None:
            return self._own
        return tuple(f"{self._head}{state}" for state in range(self.lts.n_states))

    def tokens(self, state: int) -> dict[str, int]:
        """Return what holds in a state, each once: its name, its atoms, what its parameters are."""
        vectors = parameters_of(self.lts)
        told = () if vectors is None else vectors.shown(state)
        return self._marking(state) | dict.fromkeys(told, 1)

    def _marking(self, state: int) -> dict[str, int]:
        """Return a state as a marking of the net of the system: its name, and its atoms."""
        found = {self.state_name(state): 1}
        return found | {atom: 1 for atom in self._atoms if self.lts.atoms[atom][state]}

    def net(self) -> PetriNet:
        """Return the net whose reachability graph the system is.

        Raises
        ------
        UnsupportedError
            For no or several initial states, and for more than 100,000 arcs.
        """
        lts = self.lts
        if len(lts.initial) != 1:
            many = "several initial states" if len(lts.initial) else "no initial state"
            raise UnsupportedError(
                f"a system with {many} is no net", found=str(len(lts.initial)), expected="one"
            )
        if lts.n_arcs > MOST_ARCS:
            raise UnsupportedError(
                f"a system of {lts.n_arcs} arcs is too large as a net of one token",
                expected=f"at most {MOST_ARCS}",
            )
        states, first = self.state_names(), int(lts.initial[0])
        transitions, arcs = _steps(self, states)
        final = np.flatnonzero(lts.final).tolist()
        return PetriNet(
            places=[*states, *self.atoms], transitions=transitions, arcs=arcs,
            initial=self._marking(first), name=self.name,
            final=self._marking(final[0]) if len(final) == 1 else None,
        )  # fmt: skip


def _steps(
    system: NamedSystem, states: tuple[str, ...]
) -> tuple[list[Transition], list[tuple[str, str]]]:
    """Return a transition for each arc of a system, and its arcs in the net."""
    lts = system.lts
    marked = {atom: set(np.flatnonzero(lts.atoms[atom]).tolist()) for atom in system.atoms}
    labels = [lts.label_names[label] for label in lts.labels.tolist()]
    often, places = Counter(labels), {*states, *system.atoms}
    taken = places.union(label for label, count in often.items() if count == 1)
    transitions: list[Transition] = []
    arcs: list[tuple[str, str]] = []
    number: Counter[str] = Counter()
    for source, label, target in zip(
        lts.sources.tolist(), labels, lts.targets.tolist(), strict=True
    ):
        number[label] += 1
        shown = shown_label(label)
        id = shown if often[label] == 1 and shown not in places else ""
        while not id or (id in taken and id != label):
            id = f"{shown}#{number[label]}" if not id else f"{id}'"
        taken.add(id)
        transitions.append(Transition(id=id, label=None if label == TAU_NAME else label))
        arcs += [(states[source], id), (id, states[target])]
        for atom, where in marked.items():
            if source in where:
                arcs.append((atom, id))
            if target in where:
                arcs.append((id, atom))
    return transitions, arcs


def _own_names(lts: LTS, taken: set[str]) -> tuple[str, ...] | None:
    """Return the names that a system has for its states, where they are texts and differ."""
    if lts.state_of is None or not lts.n_states or not isinstance(lts.state_of(0), str):
        return None
    own = [lts.state_of(state) for state in range(lts.n_states)]
    texts = [name for name in own if isinstance(name, str) and name]
    if len(set(texts)) == lts.n_states and not taken.intersection(texts):
        return tuple(texts)
    return None


def _head(atoms: Iterable[str], n_states: int) -> str:
    """Return what stands before the number of a state, so that no atom has the name of one."""
    head = "s"
    while any(_numbered(atom, head, n_states) is not None for atom in atoms):
        head += "'"
    return head


def _numbered(name: str, head: str, n_states: int) -> int | None:
    """Return the number of a state from its name, a head and digits; ``None`` for other names."""
    digits = name.removeprefix(head)
    if not name.startswith(head) or not (digits.isascii() and digits.isdecimal()):
        return None
    if len(digits) > len(str(n_states)) or str(int(digits)) != digits:
        return None
    return int(digits) if int(digits) < n_states else None
