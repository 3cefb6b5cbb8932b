"""Reductions of nets done naively on dictionaries, each rule by the words of the reference."""

from __future__ import annotations

from collections.abc import Callable

from oracles.evidence_net import Marking, Plain, need
from petri import PetriNet


class Small:
    """A net that is made smaller by rules; ``speaks``: the transitions each one stands for."""

    def __init__(self, net: Plain) -> None:
        self.places = list(net.places)
        self.pre = {t: dict(net.pre[t]) for t in net.transitions}
        self.post = {t: dict(net.post[t]) for t in net.transitions}
        self.tokens = {p: dict(net.initial).get(p, 0) for p in net.places}
        # What a place is read as: a sum of others and a constant; None where nothing is known.
        self.image: dict[str, tuple[dict[str, int], int] | None] = {}
        self.speaks: dict[str, set[str]] = {t: {t} for t in net.transitions}
        self.early: set[str] = set()
        self.fixed: list[int] = []

    def gone(self, place: str, image: tuple[dict[str, int], int] | None = ({}, 0)) -> None:
        self.places.remove(place)
        for side in (self.pre, self.post):
            for arcs in side.values():
                arcs.pop(place, None)
        del self.tokens[place]
        self.image[place] = image

    def drop(self, transition: str) -> None:
        del self.pre[transition], self.post[transition], self.speaks[transition]

    def apply(self, rule: str, *names: str) -> None:
        """Do one step; its premises are those that the reference states for the rule."""
        if rule in FURTHER:
            FURTHER[rule](self, *names)
            return
        if rule in ("equal-transition", "idle-transition"):
            one, other = names
            need(one in self.pre and other in self.pre and one != other)
            need(self.pre[one] == self.pre[other])
            need(self.post[one] == (self.post[other] if rule[0] == "e" else self.pre[one]))
            self.speaks[other] |= self.speaks[one]
            self.drop(one)
            return
        need(names[0] in self.places)
        if rule == "equal-place":
            one, other = names
            need(other in self.places and one != other and self.tokens[one] == self.tokens[other])
            for side in (self.pre, self.post):
                need(all(arcs.get(one, 0) == arcs.get(other, 0) for arcs in side.values()))
            self.gone(one, ({other: 1}, 0))
        elif rule == "fixed-place":
            (one,) = names
            for t in self.pre:
                need(self.pre[t].get(one, 0) == self.post[t].get(one, 0) <= self.tokens[one])
            self.fixed.append(self.tokens[one])
            self.gone(one, ({}, self.tokens[one]))
        else:
            need(rule == "agglomerate")
            self._agglomerate(*names)

    def _agglomerate(self, place: str) -> None:
        fills = sorted(t for t in self.post if place in self.post[t])
        takes = sorted(t for t in self.pre if place in self.pre[t])
        need(not set(fills) & set(takes) and takes)
        need(all(self.pre[t] == {place: 1} and self.post[t] for t in takes))
        need(all(self.post[t][place] == 1 for t in fills))
        held = self.tokens[place]
        need(fills or held)
        if held:
            need(len(takes) == 1)
            for p, n in self.post[takes[0]].items():
                self.tokens[p] = self.tokens.get(p, 0) + held * n
            self.early |= self.speaks[takes[0]]
            self.tokens[place] = 0
        for first in fills:
            del self.post[first][place]
            for second in takes:
                name = first if len(takes) == 1 else f"{first}+{second}"
                total = dict(self.post[first])
                for p, n in self.post[second].items():
                    total[p] = total.get(p, 0) + n
                need(name == first or (name not in self.pre and name not in self.places))
                self.pre[name], speaks = dict(self.pre[first]), set(self.speaks[first])
                self.speaks[name] = speaks | self.speaks[second]
                if name != first:
                    self.post[name] = total
                else:
                    self.post[first] = total
            if len(takes) > 1:
                self.drop(first)
        for second in takes:
            self.drop(second)
        self.gone(place)

    def net(self) -> PetriNet:
        """The net that is left, its nodes in the order of their names."""
        arcs = [(p, t, n) for t, side in self.pre.items() for p, n in side.items()]
        arcs += [(t, p, n) for t, side in self.post.items() for p, n in side.items()]
        return PetriNet(
            places=sorted(self.places), transitions=sorted(self.pre), arcs=arcs,
            initial={p: n for p, n in self.tokens.items() if n},
        )  # fmt: skip

    def read(self, places: list[str], small: Marking, lost: int) -> Marking:
        """A marking of the first net that is read as one of the small net."""
        tokens = dict(small)
        for place in reversed(self.image):  # what an image names is left, or went later
            image = self.image[place]
            if image is None:
                tokens[place] = lost
            else:
                tokens[place] = image[1] + sum(n * tokens.get(p, 0) for p, n in image[0].items())
        return frozenset((p, tokens[p]) for p in places if tokens.get(p, 0))


def around(net: Small, place: str) -> tuple[list[str], list[str]]:
    """What fills a place, and what empties it."""
    need(place in net.places)
    fills = sorted(t for t in net.post if place in net.post[t])
    return fills, sorted(t for t in net.pre if place in net.pre[t])


def empty_siphon(net: Small, kept: str, *places: str) -> None:
    need(places and len(set(places)) == len(places) and set(places) <= set(net.places))
    need(not any(net.tokens[p] for p in places))
    need(all(set(places) & set(net.pre[t]) for t in net.post if set(places) & set(net.post[t])))
    dead = [t for t in net.pre if set(places) & set(net.pre[t])]
    need(kept in dead and places[0] in net.pre[kept])
    for t in dead:
        net.speaks[kept] |= net.speaks[t]
        if t != kept:
            net.drop(t)
    net.pre[kept], net.post[kept] = {places[0]: net.pre[kept][places[0]]}, {}
    for place in places[1:]:
        net.gone(place)


def sequence_transition(net: Small, one: str, first: str, *then: str) -> None:
    need(one not in (first, *then) and {one, first, *then} <= set(net.pre))
    need(net.pre[one] == net.pre[first])
    now = dict(net.post[first])
    for t in then:
        need(all(now.get(p, 0) >= n for p, n in net.pre[t].items()))
        now = {p: now.get(p, 0) - net.pre[t].get(p, 0) + net.post[t].get(p, 0)
               for p in {**now, **net.post[t]}}  # fmt: skip
    need({p: n for p, n in now.items() if n} == net.post[one])
    net.speaks[first] |= net.speaks[one]
    net.drop(one)


def implicit_place(net: Small, place: str, *sums: str) -> None:
    others = dict(zip(sums[::2], map(int, sums[1::2]), strict=True))
    need(
        len(others) == len(sums) // 2
        and place not in others
        and min(others.values(), default=1) > 0
    )
    need({place, *others} <= set(net.places))
    constant = net.tokens[place] - sum(n * net.tokens[p] for p, n in others.items())
    changes = []
    for t in net.pre:
        pre, post = net.pre[t], net.post[t]
        change = post.get(place, 0) - pre.get(place, 0)
        changes.append(
            change - sum(n * (post.get(p, 0) - pre.get(p, 0)) for p, n in others.items())
        )
        enough = constant + sum(n * pre.get(p, 0) for p, n in others.items())
        need(enough >= pre.get(place, 0) or place not in pre)
    need(min(changes, default=0) >= 0)
    net.gone(place, None if any(changes) else (others, constant))


def sink_place(net: Small, place: str) -> None:
    fills, takes = around(net, place)
    need(takes and all(net.pre[t] == {place: 1} and not net.post[t] for t in takes))
    need(fills or net.tokens[place])
    below = set().union(*(net.speaks[t] for t in takes))
    if net.tokens[place]:
        net.early |= below
    for t in fills:
        net.speaks[t] |= below
    for t in takes:
        net.drop(t)
    net.gone(place)


def source_place(net: Small, place: str, source: str) -> None:
    need(place in net.places and source in net.pre)
    need(not net.pre[source] and set(net.post[source]) == {place})
    net.gone(place, None)


def pre_agglomerate(net: Small, place: str) -> None:
    fills, takes = around(net, place)
    need(len(fills) == 1 and takes and fills[0] not in takes and not net.tokens[place])
    first = fills[0]
    needs = dict(net.pre[first])
    need(needs and net.post[first] == {place: 1} and all(net.pre[t][place] == 1 for t in takes))
    need(all(around(net, p)[1] == [first] for p in needs))
    for second in takes:
        name = f"{first}+{second}"
        need(name not in net.pre and name not in net.places)
        total = dict(needs)
        for p, n in net.pre[second].items():
            if p != place:
                total[p] = total.get(p, 0) + n
        net.pre[name], net.post[name] = total, dict(net.post[second])
        net.speaks[name] = net.speaks[first] | net.speaks[second]
        net.drop(second)
    net.post[first] = dict(needs)
    net.gone(place)


FURTHER: dict[str, Callable[..., None]] = {
    "empty-siphon": empty_siphon, "sequence-transition": sequence_transition,
    "implicit-place": implicit_place, "sink-place": sink_place, "source-place": source_place,
    "pre-agglomerate": pre_agglomerate,
}  # fmt: skip
