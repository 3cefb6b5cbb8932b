"""A net that becomes smaller step by step, with what each of its nodes stands for."""

from __future__ import annotations

from typing import Any, Protocol

from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError
from petri.net import PetriNet

__all__ = ["Arcs", "Keeps", "ShrinkingNet"]

Arcs = dict[str, int]
Below = list[Any]


class Keeps(Protocol):
    """What a claim allows, told of each step that it may depend on."""

    def permit(self, place: str, gains: list[Arcs]) -> None:
        """Refuse the agglomeration of a place whose tokens move on to one of the markings."""
        ...

    def merge(self, place: str, other: str) -> None:
        """Note that the first place is read as the second from now on."""
        ...

    def forget(self, place: str) -> None:
        """Note that a place is empty, or fixed, from now on."""
        ...


class ShrinkingNet:
    """A net on its way through the steps of a reduction.

    Parameters
    ----------
    table
        The net before the first step.

    Attributes
    ----------
    image
        For each place that went: the place that it is read as, or its fixed number of tokens.
    most_fixed
        The most tokens of a place that went because nothing changes it.
    early
        Transitions that occur before the reduced net begins, or could instead of one that does.
    """

    def __init__(self, table: NetTable) -> None:
        names, moves = table.net.place_ids, table.net.transition_ids
        self.needs: dict[str, Arcs] = {
            t: {names[p]: n for p, n in table.pre[i].items()} for i, t in enumerate(moves)
        }
        self.gives: dict[str, Arcs] = {}
        for i, t in enumerate(moves):
            after = dict(self.needs[t])
            for place, delta in table.change[i].items():
                after[names[place]] = after.get(names[place], 0) + delta
            self.gives[t] = {p: n for p, n in after.items() if n}
        self.places = dict.fromkeys(names)
        self.tokens = {names[p]: n for p, n in table.initial.items()}
        self.users: dict[str, set[str]] = {p: set() for p in names}
        for t in moves:
            self.use(t)
        self.below: dict[str, Below] = {t: [t] for t in moves}
        self.image: dict[str, str | int] = {}
        self.most_fixed = 0
        self.early: set[str] = set()

    def use(self, transition: str) -> None:
        """Note the arcs of a transition at its places."""
        for place in (*self.needs[transition], *self.gives[transition]):
            self.users[place].add(transition)

    def leave(self, transition: str) -> None:
        """Take the arcs of a transition from its places."""
        for place in (*self.needs[transition], *self.gives[transition]):
            self.users[place].discard(transition)

    def drop(self, transition: str) -> None:
        """Take a transition out."""
        self.leave(transition)
        del self.needs[transition], self.gives[transition], self.below[transition]

    def place(self, name: str) -> str:
        """Return the name of a place that is left; refuse another."""
        if name not in self.places:
            raise RefusedError(f"{name!r:.60} is no place of the net at this step")
        return name

    def transition(self, name: str) -> str:
        """Return the name of a transition that is left; refuse another."""
        if name not in self.needs:
            raise RefusedError(f"{name!r:.60} is no transition of the net at this step")
        return name

    def remove(self, place: str, image: str | int) -> None:
        """Take a place out that has no arcs, and note what it is read as."""
        self.image[place] = image
        self.tokens.pop(place, None)
        del self.places[place], self.users[place]

    def absorb(self, name: str, other: str) -> None:
        """Take a transition out that another one speaks for."""
        self.below[other] = [self.below[other], self.below[name]]
        self.drop(name)

    def covered(self, transition: str) -> set[str]:
        """Return the transitions of the first net that one of the reduced net speaks for."""
        found: set[str] = set()
        seen: set[int] = set()
        waiting: list[Below | str] = [self.below[transition]]
        while waiting:
            item = waiting.pop()
            if isinstance(item, str):
                found.add(item)
            elif id(item) not in seen:
                seen.add(id(item))
                waiting.extend(item)
        return found

    def meaning(self, place: str) -> str | int:
        """Return what a place of the first net is read as in the reduced one."""
        now: str | int = place
        while isinstance(now, str) and now in self.image:
            now = self.image[now]
        return now

    def net(self) -> PetriNet:
        """Return the net after the steps, its nodes in the order of their names."""
        arcs = [(p, t, n) for t, needs in self.needs.items() for p, n in needs.items()]
        arcs += [(t, p, n) for t, gives in self.gives.items() for p, n in gives.items()]
        return PetriNet(
            places=sorted(self.places),
            transitions=sorted(self.needs),
            arcs=arcs,
            initial={p: n for p, n in self.tokens.items() if n},
        )
