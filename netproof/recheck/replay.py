"""Replaying the reduction of a net: each step is checked and done by code of the recheck's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError, Watch
from petri.net import PetriNet

__all__ = ["Replay"]

Arcs = dict[str, int]
Below = list[Any]
Permission = Callable[[str, list[Arcs]], None]


class Replay:
    """A net on its way through the steps of a reduction.

    Parameters
    ----------
    table
        The net before the first step.
    permit
        Refuses the agglomeration of a place (first argument) whose tokens move on to one of the
        markings of the second, where that may change the statement that is to be proved.
    merge
        Told that the first place is read as the second from now on.
    forget
        Told that a place is empty, or fixed, from now on.

    Attributes
    ----------
    image
        For each place that went: the place that it is read as, or its fixed number of tokens.
    most_fixed
        The most tokens of a place that went because nothing changes it.
    early
        Transitions that occur before the reduced net begins, or could instead of one that does.
    """

    def __init__(
        self,
        table: NetTable,
        permit: Permission,
        merge: Callable[[str, str], None],
        forget: Callable[[str], None],
    ) -> None:
        names, moves = table.net.place_ids, table.net.transition_ids
        self.permit, self.merge, self.forget = permit, merge, forget
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
            self._use(t)
        self.below: dict[str, Below] = {t: [t] for t in moves}
        self.image: dict[str, str | int] = {}
        self.most_fixed = 0
        self.early: set[str] = set()

    def _use(self, transition: str) -> None:
        for place in (*self.needs[transition], *self.gives[transition]):
            self.users[place].add(transition)

    def _leave(self, transition: str) -> None:
        for place in (*self.needs[transition], *self.gives[transition]):
            self.users[place].discard(transition)

    def _drop(self, transition: str) -> None:
        self._leave(transition)
        del self.needs[transition], self.gives[transition], self.below[transition]

    def all(self, steps: object, watch: Watch) -> None:
        """Do all steps; refuse the first that its rule does not allow."""
        if not isinstance(steps, tuple):
            raise RefusedError("the steps of the reduction are no list")
        rules: dict[str, tuple[int, Callable[..., None]]] = {
            "agglomerate": (1, self._agglomerate),
            "equal-place": (2, self._equal_place),
            "equal-transition": (2, self._equal_transition),
            "idle-transition": (2, self._idle_transition),
            "fixed-place": (1, self._fixed_place),
        }
        for step in steps:
            watch.tick()
            if not isinstance(step, tuple) or not all(isinstance(name, str) for name in step):
                raise RefusedError(f"a step of the reduction is malformed: {step!r:.60}")
            count, rule = rules.get(step[0] if step else "", (-1, self._fixed_place))
            if len(step) != count + 1:
                raise RefusedError(f"there is no reduction step {step!r:.60}")
            rule(*step[1:])

    def _place(self, name: str) -> str:
        if name not in self.places:
            raise RefusedError(f"{name!r:.60} is no place of the net at this step")
        return name

    def _transition(self, name: str) -> str:
        if name not in self.needs:
            raise RefusedError(f"{name!r:.60} is no transition of the net at this step")
        return name

    def _agglomerate(self, place: str) -> None:
        self._place(place)
        near = sorted(self.users[place])
        fill = [t for t in near if place in self.gives[t]]
        empty = [t for t in near if place in self.needs[t]]
        waiting = self.tokens.get(place, 0)
        if not empty or (not fill and not waiting) or (waiting and len(empty) != 1):
            raise RefusedError(f"{place!r} cannot be agglomerated: it is not filled and emptied")
        if set(fill) & set(empty) or any(self.gives[t][place] != 1 for t in fill):
            raise RefusedError(f"{place!r} cannot be agglomerated: it is not filled one by one")
        if any(self.needs[t] != {place: 1} or not self.gives[t] for t in empty):
            raise RefusedError(f"{place!r} cannot be agglomerated: it is not emptied freely")
        self.permit(place, [dict(self.gives[t]) for t in empty])
        if waiting:
            (only,) = empty
            del self.tokens[place]
            for target, weight in self.gives[only].items():
                self.tokens[target] = self.tokens.get(target, 0) + waiting * weight
            self.early |= self.covered(only)
        for first in fill:
            self._join(place, first, empty)
        for second in empty:
            self._drop(second)
        self._remove(place, 0)

    def _join(self, place: str, first: str, empty: list[str]) -> None:
        needs, gives, below = self.needs[first], dict(self.gives[first]), self.below[first]
        del gives[place]
        self._leave(first)
        for second in empty:
            name = first if len(empty) == 1 else f"{first}+{second}"
            if name != first and (name in self.needs or name in self.places):
                raise RefusedError(f"the name {name!r:.60} is taken")
            total = dict(gives)
            for target, weight in self.gives[second].items():
                total[target] = total.get(target, 0) + weight
            self.needs[name], self.gives[name] = dict(needs), total
            self.below[name] = [below, self.below[second]]
            self._use(name)
        if len(empty) > 1:
            del self.needs[first], self.gives[first], self.below[first]

    def _remove(self, place: str, image: str | int) -> None:
        self.image[place] = image
        self.tokens.pop(place, None)
        del self.places[place], self.users[place]
        if isinstance(image, int):
            self.forget(place)

    def _equal_place(self, place: str, other: str) -> None:
        if self._place(place) == self._place(other):
            raise RefusedError(f"{place!r} is compared with itself")
        users = self.users[place]
        same = users == self.users[other] and all(
            side[t].get(place, 0) == side[t].get(other, 0)
            for t in users
            for side in (self.needs, self.gives)
        )
        if not same or self.tokens.get(place, 0) != self.tokens.get(other, 0):
            raise RefusedError(f"{place!r} and {other!r} have not the same arcs and tokens")
        for t in users:
            self.needs[t].pop(place, None)
            self.gives[t].pop(place, None)
        self.merge(place, other)
        self._remove(place, other)

    def _equal_transition(self, name: str, other: str) -> None:
        if self._transition(name) == self._transition(other):
            raise RefusedError(f"{name!r} is compared with itself")
        if self.needs[name] != self.needs[other] or self.gives[name] != self.gives[other]:
            raise RefusedError(f"{name!r} and {other!r} have not the same arcs")
        self._absorb(name, other)

    def _idle_transition(self, name: str, other: str) -> None:
        if self._transition(name) == self._transition(other):
            raise RefusedError(f"{name!r} is compared with itself")
        if self.needs[name] != self.gives[name]:
            raise RefusedError(f"{name!r} changes something")
        if self.needs[other] != self.needs[name]:
            raise RefusedError(f"{other!r} does not need what {name!r} needs")
        self._absorb(name, other)

    def _absorb(self, name: str, other: str) -> None:
        self.below[other] = [self.below[other], self.below[name]]
        self._drop(name)

    def _fixed_place(self, place: str) -> None:
        count = self.tokens.get(self._place(place), 0)
        for t in self.users[place]:
            if self.needs[t].get(place, 0) != self.gives[t].get(place, 0):
                raise RefusedError(f"{t!r} changes {place!r}")
            if self.needs[t].get(place, 0) > count:
                raise RefusedError(f"{place!r} holds {t!r} up")
        for t in self.users[place]:
            self.needs[t].pop(place, None)
            self.gives[t].pop(place, None)
        self.most_fixed = max(self.most_fixed, count)
        self._remove(place, count)

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
