"""A net that can be changed: arcs by transition, neighbours by place, all in a fixed order."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from petri.net import PetriNet
from petri.reductions.reduction import Tree, leaves, members

__all__ = ["WorkingNet"]


def _arcs(net: PetriNet, table: tuple[Any, Any, Any]) -> dict[str, dict[str, int]]:
    offsets, places, weights = (part.tolist() for part in table)
    names = net.place_ids
    return {
        transition: {names[p]: w for p, w in zip(places[a:b], weights[a:b], strict=True)}
        for transition, (a, b) in zip(net.transition_ids, pairwise(offsets), strict=True)
    }


class WorkingNet:
    """The net of a reduction on its way.

    Attributes
    ----------
    places
        The places that are left, as keys.
    pre, post
        For each transition the weights of its arcs.
    fill, empty
        For each place the transitions that have an arc to it, and from it, as keys.
    expansion, cover
        For each transition, as trees over the transitions of the first net: what it stands for
        in the order of firing, and what can occur where it occurs.
    marking
        The initial marking.
    prefix, shown
        What was fired from the first net's initial marking, and what can occur there.
    """

    def __init__(self, net: PetriNet) -> None:
        self.first = net
        self.places: dict[str, None] = dict.fromkeys(net.place_ids)
        self.pre = _arcs(net, net.pre_arcs)
        self.post = _arcs(net, net.post_arcs)
        self.fill: dict[str, dict[str, None]] = {p: {} for p in net.place_ids}
        self.empty: dict[str, dict[str, None]] = {p: {} for p in net.place_ids}
        for transition in net.transition_ids:
            self._link(transition)
        self.expansion: dict[str, Tree] = {t: t for t in net.transition_ids}
        self.cover: dict[str, Tree] = {t: t for t in net.transition_ids}
        self.marking = {p: n for p, n in net.initial.to_dict().items() if n}
        self.prefix: list[str] = []
        self.shown: set[str] = set()

    def _link(self, transition: str) -> None:
        for place in self.pre[transition]:
            self.empty[place][transition] = None
        for place in self.post[transition]:
            self.fill[place][transition] = None

    def _unlink(self, transition: str) -> None:
        for place in self.pre[transition]:
            self.empty[place].pop(transition, None)
        for place in self.post[transition]:
            self.fill[place].pop(transition, None)

    def fire_initially(self, place: str, transition: str) -> None:
        """Empty a marked place by the only transition that can."""
        times = self.marking.pop(place)
        for target, weight in self.post[transition].items():
            self.marking[target] = self.marking.get(target, 0) + weight * times
        self.prefix.extend(leaves(self.expansion[transition]) * times)
        self.shown |= members(self.cover[transition])

    def agglomerate(self, place: str) -> None:
        """Put a transition in the place of each pair around a place, and take the place out.

        Where one transition empties the place, the pair keeps the name of the other.
        """
        fill, empty = list(self.fill[place]), list(self.empty[place])
        for first in fill:
            if len(empty) == 1:
                self._prolong(place, first, empty[0])
                continue
            self._unlink(first)
            before = self.post[first]
            del before[place]
            for second in empty:
                name = f"{first}+{second}"
                after = dict(before)
                for target, weight in self.post[second].items():
                    after[target] = after.get(target, 0) + weight
                self.pre[name] = dict(self.pre[first])
                self.post[name] = after
                self.expansion[name] = (self.expansion[first], self.expansion[second])
                self.cover[name] = (self.cover[first], self.cover[second])
                self._link(name)
            self._forget(first)
        for second in empty:
            self._unlink(second)
            self._forget(second)
        del self.places[place], self.fill[place], self.empty[place]

    def _prolong(self, place: str, first: str, second: str) -> None:
        """Let a transition do at once what the one behind a place does after it."""
        after = self.post[first]
        del after[place]
        for target, weight in self.post[second].items():
            after[target] = after.get(target, 0) + weight
            self.fill[target][first] = None
        self.expansion[first] = (self.expansion[first], self.expansion[second])
        self.cover[first] = (self.cover[first], self.cover[second])

    def _forget(self, transition: str) -> None:
        del self.pre[transition], self.post[transition]
        del self.expansion[transition], self.cover[transition]

    def place_key(self, place: str) -> object:
        """Return what two equal places have in common."""
        filled = frozenset((t, self.post[t][place]) for t in self.fill[place])
        emptied = frozenset((t, self.pre[t][place]) for t in self.empty[place])
        return filled, emptied, self.marking.get(place, 0)

    def transition_key(self, transition: str) -> object:
        """Return what two equal transitions have in common."""
        needs, gives = self.pre[transition], self.post[transition]
        return frozenset(needs.items()), frozenset(gives.items())

    def drop_place(self, place: str) -> None:
        """Take a place out with its arcs."""
        for transition in self.fill.pop(place):
            del self.post[transition][place]
        for transition in self.empty.pop(place):
            del self.pre[transition][place]
        self.marking.pop(place, None)
        del self.places[place]

    def drop_transition(self, transition: str, kept: str) -> None:
        """Take a transition out; where it occurs, another can occur."""
        self.cover[kept] = (self.cover[kept], self.cover[transition])
        self._unlink(transition)
        self._forget(transition)

    def net(self) -> PetriNet:
        """Return the net as it is now, its nodes in the order of their names, no final marking."""
        pre = [(p, t, w) for t, needs in self.pre.items() for p, w in needs.items()]
        post = [(t, p, w) for t, gives in self.post.items() for p, w in gives.items()]
        return PetriNet(
            places=sorted(self.places),
            transitions=sorted(self.pre),
            arcs=[*pre, *post],
            initial=self.marking,
        )
