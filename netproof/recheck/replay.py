"""Replaying the reduction of a net: each step is checked and done by code of the recheck's own."""

from __future__ import annotations

from collections.abc import Callable

from netproof.recheck.net_table import NetTable
from netproof.recheck.replay_further import FurtherSteps
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.shrinking_net import Keeps

__all__ = ["Replay"]


class Replay(FurtherSteps):
    """The steps of a reduction, each checked before it is done.

    Parameters
    ----------
    table
        The net before the first step.

    Notes
    -----
    The steps are done once; any number of claims can then be asked whether they allow them.
    """

    def __init__(self, table: NetTable) -> None:
        super().__init__(table)
        self._table: NetTable | None = None
        self._covers: dict[str, set[str]] | None = None

    @staticmethod
    def of(steps: object, table: NetTable, watch: Watch) -> Replay:
        """Return the steps done on a net; a claim that was proved by the same ones shares them."""
        if not isinstance(steps, tuple):
            raise RefusedError("the steps of the reduction are no list")
        done = table.replays.get(steps)
        if not isinstance(done, Replay):
            done = Replay(table)
            done.all(steps, watch)
            table.replays[steps] = done
        return done

    def table(self) -> NetTable:
        """Return the table of the net after the steps."""
        if self._table is None:
            self._table = NetTable(self.net())
        return self._table

    def covers(self) -> dict[str, set[str]]:
        """Return for each transition that is left the ones of the first net it speaks for."""
        if self._covers is None:
            self._covers = {t: self.covered(t) for t in self.needs}
        return self._covers

    def ask(self, keeper: Keeps) -> None:
        """Refuse the steps where a claim may depend on what they change."""
        if not keeper.indifferent:
            for event in self.events:
                event(keeper)

    def all(self, steps: tuple[object, ...], watch: Watch) -> None:
        """Do all steps; refuse the first that its rule does not allow."""
        rules: dict[str, tuple[int, Callable[..., None]]] = {
            "agglomerate": (1, self._agglomerate),
            "equal-place": (2, self._equal_place),
            "equal-transition": (2, self._equal_transition),
            "idle-transition": (2, self._idle_transition),
            "fixed-place": (1, self._fixed_place),
            "sink-place": (1, self.sink_place),
            "source-place": (2, self.source_place),
            "pre-agglomerate": (1, self.pre_agglomerate),
        }
        longer: dict[str, Callable[..., None]] = {
            "empty-siphon": self.empty_siphon,
            "sequence-transition": self.sequence_transition,
            "implicit-place": self.implicit_place,
        }
        for step in steps:
            watch.tick()
            if not isinstance(step, tuple) or not {str}.issuperset(map(type, step)):
                raise RefusedError(f"a step of the reduction is malformed: {step!r:.60}")
            word = step[0] if step else ""
            if word in longer:
                longer[word](*step[1:])
                continue
            count, rule = rules.get(word, (-1, self._fixed_place))
            if len(step) != count + 1:
                raise RefusedError(f"there is no reduction step {step!r:.60}")
            rule(*step[1:])

    def _agglomerate(self, place: str) -> None:
        self.place(place)
        needs, gives = self.needs, self.gives
        near = sorted(self.users[place])
        fill = [t for t in near if place in gives[t]]
        empty = [t for t in near if place in needs[t]]
        waiting = self.tokens.get(place, 0)
        if not empty or (not fill and not waiting) or (waiting and len(empty) != 1):
            raise RefusedError(f"{place!r} cannot be agglomerated: it is not filled and emptied")
        for first in fill:
            if gives[first][place] != 1 or first in empty:
                raise RefusedError(f"{place!r} cannot be agglomerated: it is not filled one by one")
        alone = {place: 1}
        for second in empty:
            if needs[second] != alone or not gives[second]:
                raise RefusedError(f"{place!r} cannot be agglomerated: it is not emptied freely")
        gains = [gives[t] for t in empty]
        self.events.append(lambda keeper: keeper.agglomerate(place, gains))
        if waiting:
            (only,) = empty
            del self.tokens[place]
            for target, weight in self.gives[only].items():
                self.tokens[target] = self.tokens.get(target, 0) + waiting * weight
            self.early |= self.covered(only)
        for first in fill:
            if len(empty) == 1:
                self._prolong(place, first, empty[0])
            else:
                self._join(place, first, empty)
        for second in empty:
            self.drop(second)
        self.remove(place, 0)

    def _join(self, place: str, first: str, empty: list[str]) -> None:
        needs, gives, below = self.needs[first], dict(self.gives[first]), self.below[first]
        del gives[place]
        self.leave(first)
        for second in empty:
            name = f"{first}+{second}"
            if name in self.needs or name in self.places:
                raise RefusedError(f"the name {name!r:.60} is taken")
            total = dict(gives)
            for target, weight in self.gives[second].items():
                total[target] = total.get(target, 0) + weight
            self.needs[name], self.gives[name] = dict(needs), total
            self.below[name] = [below, self.below[second]]
            self.use(name)
        del self.needs[first], self.gives[first], self.below[first]

    def _prolong(self, place: str, first: str, second: str) -> None:
        gives = self.gives[first]
        del gives[place]
        for target, weight in self.gives[second].items():
            gives[target] = gives.get(target, 0) + weight
            self.users[target].add(first)
        self.below[first] = [self.below[first], self.below[second]]

    def _equal_place(self, place: str, other: str) -> None:
        if self.place(place) == self.place(other):
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
        self.events.append(lambda keeper: keeper.merge(place, other))
        self.remove(place, other)

    def _equal_transition(self, name: str, other: str) -> None:
        if self.transition(name) == self.transition(other):
            raise RefusedError(f"{name!r} is compared with itself")
        if self.needs[name] != self.needs[other] or self.gives[name] != self.gives[other]:
            raise RefusedError(f"{name!r} and {other!r} have not the same arcs")
        self.absorb(name, other)

    def _idle_transition(self, name: str, other: str) -> None:
        if self.transition(name) == self.transition(other):
            raise RefusedError(f"{name!r} is compared with itself")
        if self.needs[name] != self.gives[name]:
            raise RefusedError(f"{name!r} changes something")
        if self.needs[other] != self.needs[name]:
            raise RefusedError(f"{other!r} does not need what {name!r} needs")
        self.absorb(name, other)

    def _fixed_place(self, place: str) -> None:
        count = self.tokens.get(self.place(place), 0)
        for t in self.users[place]:
            if self.needs[t].get(place, 0) != self.gives[t].get(place, 0):
                raise RefusedError(f"{t!r} changes {place!r}")
            if self.needs[t].get(place, 0) > count:
                raise RefusedError(f"{place!r} holds {t!r} up")
        for t in self.users[place]:
            self.needs[t].pop(place, None)
            self.gives[t].pop(place, None)
        self.most_fixed = max(self.most_fixed, count)
        self.remove(place, count)
        self.events.append(lambda keeper: keeper.forget(place))
