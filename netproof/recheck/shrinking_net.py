"""A net that becomes smaller step by step, with what each of its nodes stands for."""

from __future__ import annotations

from typing import Any, Protocol

from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError
from petri.net import PetriNet

__all__ = ["Arcs", "Keeps", "ShrinkingNet"]

Arcs = dict[str, int]
Below = list[Any]
Image = str | int | tuple[Arcs, int] | None


class Keeps(Protocol):
    """What a claim allows, told of each step that it may depend on."""

    @property
    def indifferent(self) -> bool:
        """Whether the claim depends on no step."""
        ...

    def agglomerate(self, place: str, gains: list[Arcs]) -> None:
        """Refuse the agglomeration of a place whose tokens move on to one of the markings."""
        ...

    def merge(self, place: str, other: str) -> None:
        """Note that the first place is read as the second from now on."""
        ...

    def forget(self, place: str) -> None:
        """Note that a place is empty, or fixed, from now on."""
        ...

    def equate(self, place: str, weights: Arcs, constant: int) -> None:
        """Note that a place is read as a constant and a weighted sum of others from now on."""
        ...

    def lose(self, place: str) -> None:
        """Refuse the loss of a place of which the smaller net does not tell the tokens."""
        ...

    def vanish(self, place: str) -> None:
        """Refuse that tokens of a place are thrown away."""
        ...

    def delay(self, place: str, needs: Arcs) -> None:
        """Refuse that tokens of a place wait as these others until they are used."""
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
        For each place that went: the place that it is read as, its fixed number of tokens, or
        weights of places and a constant; ``None`` where the smaller net does not tell.
    most_fixed
        The most tokens of a place that went because nothing changes it.
    early
        Transitions that occur before the reduced net begins, or could instead of one that does.
    """

    def __init__(self, table: NetTable) -> None:
        names, moves = table.net.place_ids, table.net.transition_ids
        self.needs: dict[str, Arcs] = {}
        self.gives: dict[str, Arcs] = {}
        self.users: dict[str, set[str]] = {p: set() for p in names}
        for t, pre, change in zip(moves, table.pre, table.change, strict=True):
            needs = {names[p]: n for p, n in pre.items()}
            gives = dict(needs)
            for place, delta in change.items():
                name = names[place]
                gives[name] = gives.get(name, 0) + delta
                if not gives[name]:
                    del gives[name]
            self.needs[t], self.gives[t] = needs, gives
            self.use(t)
        self.places = dict.fromkeys(names)
        self.tokens = {names[p]: n for p, n in table.initial.items()}
        self.below: dict[str, Below] = {t: [t] for t in moves}
        self.image: dict[str, Image] = {}
        self._known: tuple[int, dict[str, tuple[Arcs, int]]] | None = None
        self.most_fixed = 0
        self.early: set[str] = set()

    def use(self, transition: str) -> None:
        """Note the arcs of a transition at its places."""
        for place in self.needs[transition]:
            self.users[place].add(transition)
        for place in self.gives[transition]:
            self.users[place].add(transition)

    def leave(self, transition: str) -> None:
        """Take the arcs of a transition from its places."""
        for place in self.needs[transition]:
            self.users[place].discard(transition)
        for place in self.gives[transition]:
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

    def remove(self, place: str, image: Image) -> None:
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

    def meaning(self, place: str) -> str | int | tuple[Arcs, int]:
        """Return what a place of the first net is read as in the reduced one."""
        now: Image = place
        while isinstance(now, str) and now in self.image:
            now = self.image[now]
        if now is None:
            raise RefusedError(f"the steps do not preserve the tokens of {place!r:.60}")
        return self._sums()[place] if isinstance(now, tuple) else now

    def _sums(self) -> dict[str, tuple[Arcs, int]]:
        """Return the places that are read as sums, over the places that are left.

        What an image names went later, or is left; so the last ones come first.
        """
        if self._known is None or self._known[0] != len(self.image):
            found: dict[str, tuple[Arcs, int]] = {}
            for place in reversed(self.image):
                now = self.image[place]
                if isinstance(now, int) or now is None:
                    continue
                weights, constant = ({now: 1}, 0) if isinstance(now, str) else now
                terms: Arcs = {}
                for name, weight in weights.items():
                    below, more = self._part(name, found)
                    constant += weight * more
                    for part, times in below.items():
                        terms[part] = terms.get(part, 0) + weight * times
                found[place] = terms, constant
            self._known = len(self.image), found
        return self._known[1]

    def _part(self, name: str, found: dict[str, tuple[Arcs, int]]) -> tuple[Arcs, int]:
        now = self.image.get(name, name)
        if isinstance(now, int):
            return {}, now
        # Of a lost place nothing is known: its name stays, and is no place of the net that is left.
        return found.get(name, ({name: 1}, 0))

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
