"""What can be played: a net or a machine as states, choices and pictures.

A game tells its first state, what can happen in a state, and where the tokens are; the rules are
those of the model's own package, so that there is one source of truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from netproof.loading import model_of
from netproof.report.html_lts import ARC, STATE
from netproof.report.html_markup import clean
from netproof.report.html_views import place_words
from netproof.report.outline import outline_of
from petri import Marking, PetriNet
from petri.firing import enabled_transitions, fire
from transition_systems.errors import UsageError
from transition_systems.evidence_ltl import moves_of
from transition_systems.lts import LTS
from transition_systems.run import Lasso, Run

__all__ = ["Alone", "Choice", "Game", "MachineGame", "NetGame", "Played", "machine_game"]

PRODUCT_STATES = 100_000
PRODUCT_SECONDS = 10.0
Kind = Literal["net", "workflow", "machine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that can happen now.

    Parameters
    ----------
    element
        The id of the element that acts: what is clicked.
    action
        The name of what happens in the model.
    label
        A sentence for a reader.
    target
        What the game needs to fire it.
    """

    element: str
    action: str
    label: str
    target: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A step that was played; ``state`` is ``None`` where it is only known what was recorded."""

    element: str
    action: str
    label: str
    tokens: Mapping[str, int]
    state: Any


class Game(Protocol):
    """A model whose steps can be played."""

    kind: Kind
    title: str
    initial: Any
    warning: str

    def choices(self, state: Any) -> Sequence[Choice]:
        """Return what can happen in a state."""
        ...

    def known(self) -> Mapping[str, str]:
        """Return by name what can ever be asked for; a title stands for its element."""
        ...

    def after(self, state: Any, choice: Choice) -> Any:
        """Return the state after a choice."""
        ...

    def tokens(self, state: Any) -> dict[str, int]:
        """Return how many tokens each element holds."""
        ...

    def words(self, id: str) -> str:
        """Return where a token at an element is, in words."""
        ...

    def is_complete(self, state: Any) -> bool:
        """Return whether all is done where nothing can happen."""
        ...

    def waiting(self, state: Any) -> list[str]:
        """Return the elements to point at where nothing can happen although it should."""
        ...

    def follow(self, witness: Run | Lasso) -> Iterator[Played]:
        """Yield the steps of a witness as steps of the game; raise UsageError where it is none."""
        ...

    def reply(self, state: Any) -> Choice | None:
        """Return the move of another player, which is made at once; ``None`` for no such move."""
        ...

    def remark(self, state: Any) -> str:
        """Return what is to say of a state where nothing can happen; empty for the usual words."""
        ...


class Alone:
    """What games share in which there is one player."""

    def reply(self, state: Any) -> Choice | None:
        """Return ``None``: nobody else plays."""
        del state
        return None

    def remark(self, state: Any) -> str:
        """Return nothing: the usual words will do."""
        del state
        return ""


def _wrong(number: int, action: str) -> UsageError:
    return UsageError(f"the witness is no run of this model: step {number}, {action!r}")


class NetGame(Alone):
    """The token game of a Petri net."""

    kind: Kind = "net"
    warning = ""

    def __init__(self, net: PetriNet) -> None:
        self.net = net
        self.title = net.name or "net"
        self.initial: Mapping[str, int] = net.initial
        self.outline = outline_of(model_of(net))

    def choices(self, state: Mapping[str, int]) -> list[Choice]:
        """Return the enabled transitions, in the order of the net."""
        return [
            Choice(element=id, action=id, label=self._sentence(id))
            for id in enabled_transitions(self.net, state)
        ]

    def _sentence(self, id: str) -> str:
        return clean(f"“{self.outline.elements[id].title}” fires")

    def known(self) -> dict[str, str]:
        """Return the transitions by id and by title."""
        ids = self.net.transition_ids
        return {**{self.outline.elements[id].title: id for id in ids}, **{id: id for id in ids}}

    def after(self, state: Mapping[str, int], choice: Choice) -> Mapping[str, int]:
        """Return the marking after a transition."""
        return fire(self.net, state, choice.action)

    def tokens(self, state: Mapping[str, int]) -> dict[str, int]:
        """Return the marking."""
        return {str(id): int(count) for id, count in state.items() if count}

    def words(self, id: str) -> str:
        """Return "in place x"."""
        return place_words(id, self.outline)

    def is_complete(self, state: Mapping[str, int]) -> bool:
        """Return whether the marking is the final one."""
        return self.net.final is not None and Marking(state) == self.net.final

    def waiting(self, state: Mapping[str, int]) -> list[str]:
        """Return the transitions that have some of their tokens, not all."""
        marked = [id for id, count in state.items() if count]
        return list(dict.fromkeys(t for place in marked for t in self.net.postset(place)))

    def follow(self, witness: Run | Lasso) -> Iterator[Played]:
        """Yield the steps of a run of this net."""
        state: Mapping[str, int] = Marking(witness.initial)
        for number, step in enumerate(moves_of(witness), start=1):
            if step.action not in set(enabled_transitions(self.net, state)):
                raise _wrong(number, step.action)
            state = fire(self.net, state, step.action)
            yield Played(
                element=step.action, action=step.action, label=self._sentence(step.action),
                tokens=self.tokens(state), state=state,
            )  # fmt: skip


class MachineGame(Alone):
    """Steps of a machine or a transition system: the one token is the current state.

    Parameters
    ----------
    lts
        The system.
    names
        Of the states, by index; the index where ``None``.
    title
        For a reader.
    """

    kind: Kind = "machine"
    warning = ""

    def __init__(
        self, lts: LTS, names: Sequence[str] | None = None, title: str = "machine"
    ) -> None:
        self.lts = lts
        self.names = names
        self.title = title
        starts = [int(state) for state in lts.initial]
        self.initial: Any = starts[0] if len(starts) == 1 else None

    def name(self, state: int) -> str:
        """Return what to call a state."""
        return str(state) if self.names is None else self.names[state]

    def choices(self, state: int | None) -> list[Choice]:
        """Return the arcs from a state; before the first of several initial states, these."""
        if state is None:
            return [
                Choice(element=f"{STATE}{start}", action="", target=start,
                       label=clean(f"begins in “{self.name(start)}”"))
                for start in map(int, self.lts.initial)
            ]  # fmt: skip
        first = int(self.lts.offsets[state])
        labels, targets = self.lts.successors(state)
        return [
            Choice(
                element=f"{ARC}{first + i}", action=self.lts.label_names[label],
                label=clean(f"“{self._label(label)}” leads to “{self.name(target)}”"),
                target=target,
            )
            for i, (label, target) in enumerate(zip(labels.tolist(), targets.tolist(), strict=True))
        ]  # fmt: skip

    def known(self) -> dict[str, str]:
        """Return the arcs and the labels of actions."""
        arcs = (f"{ARC}{i}" for i in range(self.lts.n_arcs))
        return {name: name for name in (*arcs, *self.lts.label_names)}

    def after(self, state: int | None, choice: Choice) -> int:
        """Return the state to which a choice leads."""
        del state
        return int(choice.target)

    def _label(self, label: int) -> str:
        return "τ" if label == 0 else self.lts.label_names[label]

    def tokens(self, state: int | None) -> dict[str, int]:
        """Return the one token."""
        return {} if state is None else {f"{STATE}{state}": 1}

    def shown(self, state: Any) -> list[int]:
        """Return the states of the system that a picture has to show."""
        return [] if state is None else [int(state)]

    def words(self, id: str) -> str:
        """Return "in state x"."""
        number = id.removeprefix(STATE)
        return clean(f"in state “{self.name(int(number))}”") if number != id else id

    def is_complete(self, state: int | None) -> bool:
        """Return whether the state is final."""
        return state is not None and bool(self.lts.final[state])

    def waiting(self, state: int | None) -> list[str]:
        """Return the state itself."""
        return list(self.tokens(state))

    def follow(self, witness: Run | Lasso) -> Iterator[Played]:
        """Yield the steps of a run of this system: labels, and indices or names of states."""
        state: int | None = self._number(witness.initial)
        for number, step in enumerate(moves_of(witness), start=1):
            target = self._number(step.state)
            names = {step.action, step.label}
            for choice in self.choices(state):
                if choice.target == target and (choice.action in names or "τ" in names):
                    break
            else:
                raise _wrong(number, step.action)
            yield Played(
                element=choice.element, action=choice.action, label=choice.label,
                tokens=self.tokens(target), state=target,
            )  # fmt: skip
            state = target

    def _number(self, state: Any) -> int | None:
        if isinstance(state, int) and 0 <= state < self.lts.n_states:
            return state
        if isinstance(state, str) and self.names is not None and state in self.names:
            return list(self.names).index(state)
        return None


def machine_game(thing: Any) -> MachineGame | None:
    """Return the game of a machine, automaton, network or transition system; ``None`` for others.

    A network is played on its product, as far as 100,000 states and 10 seconds go.

    Examples
    --------
    >>> game = machine_game(LTS.from_arcs(2, [(0, "go", 1)]))
    >>> [choice.action for choice in game.choices(game.initial)]
    ['go']
    >>> machine_game("a path") is None
    True
    """
    if isinstance(thing, LTS):
        return MachineGame(thing, _names(thing), "transition system")
    from fsm import DFA, NFA, Machine, Network, dfa_to_lts, network_product, nfa_to_lts
    from transition_systems.budget import Budget

    if isinstance(thing, Machine):
        names = thing.state_names
        place = {name: i for i, name in enumerate(names)}
        arcs = [(place[s], action, place[t]) for s, action, t in thing.transitions]
        final = [place[name] for name in thing.final]
        lts = LTS.from_arcs(len(names), arcs, initial=[place[thing.initial]], final=final)
        return MachineGame(lts, names, thing.name)
    if isinstance(thing, DFA):
        return MachineGame(dfa_to_lts(thing), thing.state_names, "automaton")
    if isinstance(thing, NFA):
        return MachineGame(nfa_to_lts(thing), thing.state_names, "automaton")
    if isinstance(thing, Network):
        budget = Budget(states=PRODUCT_STATES, seconds=PRODUCT_SECONDS)
        lts = network_product(thing, budget=budget).lts
        return MachineGame(lts, _names(lts), "network of machines")
    return None


class _Names(Sequence[str]):
    """The names of a system's own states, made when they are asked for."""

    def __init__(self, lts: LTS) -> None:
        self.lts = lts

    def __len__(self) -> int:
        return self.lts.n_states

    def __getitem__(self, index: Any) -> Any:
        assert self.lts.state_of is not None
        state = self.lts.state_of(index)
        if isinstance(state, str):
            return state
        if isinstance(state, Mapping):
            return ", ".join(f"{key} {value}" for key, value in _pairs(state.items()))
        return str(index)


def _pairs(items: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    return [(key, value) for key, value in items if value]


def _names(lts: LTS) -> _Names | None:
    return None if lts.state_of is None else _Names(lts)
