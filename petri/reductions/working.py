"""A net that can be changed: arcs by transition, neighbours by place, all by number."""

from __future__ import annotations

from petri.net import PetriNet
from petri.net_data import net_of_rows
from petri.reductions.reduction import Tree, leaves, members
from petri.reductions.series import Fused

__all__ = ["Arcs", "WorkingNet"]

Arcs = dict[int, int]


def _by_transition(
    transitions: list[int],
    arcs: tuple[list[int], list[int], list[int]],
    near: dict[int, dict[int, None]],
) -> dict[int, Arcs]:
    """Return the weights of arcs by transition, and note the transitions at the places."""
    found: dict[int, Arcs] = {transition: {} for transition in transitions}
    for transition, place, weight in zip(*arcs, strict=True):
        row = found[transition]
        row[place] = row[place] + weight if place in row else weight
        near[place][transition] = None
    return found


class WorkingNet:
    """The net of a reduction on its way.

    Parameters
    ----------
    net
        The net.
    fused
        What series fusion leaves of it.

    Attributes
    ----------
    places
        The numbers of the places that are left, as keys.
    names
        The names of all transitions that there ever were, by number.
    pre, post
        For each transition that is left the weights of its arcs.
    fill, empty
        For each place the transitions that have an arc to it, and from it, as keys.
    expansion, cover
        For each transition, as trees over the transitions of the first net: what it stands for
        in the order of firing, and what can occur where it occurs.
    marking
        The initial marking.
    early
        What was fired before: its expansion, its cover, and how often.
    """

    def __init__(self, net: PetriNet, fused: Fused) -> None:
        self.first = net
        self.places: dict[int, None] = dict.fromkeys(fused.places)
        self.names: list[str] = list(net.transition_ids)
        self.fill: dict[int, dict[int, None]] = {place: {} for place in fused.places}
        self.empty: dict[int, dict[int, None]] = {place: {} for place in fused.places}
        self.pre = _by_transition(fused.left, fused.pre, self.empty)
        self.post = _by_transition(fused.left, fused.post, self.fill)
        self.expansion: dict[int, Tree] = dict(zip(fused.left, fused.left, strict=True))
        self.expansion.update(fused.chains)
        self.cover: dict[int, Tree] = dict(self.expansion)
        self.marking = {net.place_numbers[p]: n for p, n in net.initial.items() if n}
        self.early: list[tuple[Tree, Tree, int]] = []
        self._made: set[str] = set()

    def prefix(self) -> list[int]:
        """Return what was fired from the first net's initial marking."""
        return [leaf for tree, _, times in self.early for leaf in leaves(tree) * times]

    def shown(self) -> set[int]:
        """Return what can occur there."""
        found: set[int] = set()
        return found.union(*(members(cover) for _, cover, _ in self.early))

    def is_name(self, name: str) -> bool:
        """Return whether a node has a name, or had it."""
        first = self.first
        return name in self._made or name in first.place_numbers or name in first.transition_numbers

    def fire_initially(self, place: int, transition: int) -> None:
        """Empty a marked place by the only transition that can."""
        times = self.marking.pop(place)
        for target, weight in self.post[transition].items():
            self.marking[target] = self.marking.get(target, 0) + weight * times
        self.early.append((self.expansion[transition], self.cover[transition], times))

    def prolong(self, place: int, second: int) -> None:
        """Let each transition that fills a place do at once what the only one behind it does."""
        after, fill = self.post[second], self.fill
        then, below = self.expansion[second], self.cover[second]
        for first in fill[place]:
            gives = self.post[first]
            del gives[place]
            for target, weight in after.items():
                if target in gives:
                    gives[target] += weight
                else:
                    gives[target] = weight
                    fill[target][first] = None
            self.expansion[first] = (self.expansion[first], then)
            self.cover[first] = (self.cover[first], below)
        for target in after:
            del fill[target][second]
        self._forget(second)
        del self.places[place]

    def join(self, place: int) -> list[int]:
        """Put a transition in the place of each pair around a place; return the new ones."""
        fill, empty, made = list(self.fill[place]), list(self.empty[place]), []
        for first in fill:
            before = self.post[first]
            self._unlink(first)
            del before[place]
            for second in empty:
                number, after = len(self.names), dict(before)
                for target, weight in self.post[second].items():
                    after[target] = after.get(target, 0) + weight
                self.names.append(f"{self.names[first]}+{self.names[second]}")
                self.pre[number], self.post[number] = dict(self.pre[first]), after
                self.expansion[number] = (self.expansion[first], self.expansion[second])
                self.cover[number] = (self.cover[first], self.cover[second])
                self._link(number)
                made.append(number)
            self._forget(first)
        self._made.update(self.names[number] for number in made)
        for second in empty:
            self._unlink(second)
            self._forget(second)
        del self.places[place]
        return made

    def starve(self, siphon: set[int], place: int, kept: int) -> None:
        """Leave of an empty siphon and of what is dead by it one place and one transition."""
        dead = {t for p in siphon for t in self.empty[p]}
        for transition in dead:
            self._unlink(transition)
            if transition != kept:
                self.cover[kept] = (self.cover[kept], self.cover[transition])
                self._forget(transition)
        self.pre[kept], self.post[kept] = {place: self.pre[kept][place]}, {}
        self.empty[place][kept] = None
        for gone in siphon - {place}:
            del self.places[gone]

    def vanish(self, place: int) -> None:
        """Take out a place and the transitions behind it, which only throw its tokens away."""
        tokens, sinks = self.marking.pop(place, 0), list(self.empty[place])
        then, below = self.expansion[sinks[0]], tuple(self.cover[t] for t in sinks)
        if tokens:
            self.early.append((then, below, tokens))
        for first in self.fill[place]:
            weight = self.post[first].pop(place)
            self.expansion[first] = (self.expansion[first], *(then,) * weight)
            self.cover[first] = (self.cover[first], *below)
        for sink in sinks:
            self._forget(sink)
        del self.places[place]

    def supply(self, place: int, source: int) -> None:
        """Take out a place that one transition fills at will; it does so where there is need."""
        first, weight = self.expansion[source], self.post[source][place]
        for second in self.empty[place]:
            times = -(-self.pre[second][place] // weight)
            self.expansion[second] = (*(first,) * times, self.expansion[second])
        self.drop_place(place)

    def delay(self, place: int) -> list[int]:
        """Let a transition occur just before the ones that it fills a place for; return these.

        It is left as one that changes nothing, to tell whether it can occur.
        """
        (first,) = self.fill[place]
        made: list[int] = []
        for second in list(self.empty[place]):
            number, needs = len(self.names), dict(self.pre[first])
            for source, weight in self.pre[second].items():
                if source != place:
                    needs[source] = needs.get(source, 0) + weight
            gives = self.post[second]
            self.names.append(f"{self.names[first]}+{self.names[second]}")
            self._unlink(second)
            self.pre[number], self.post[number] = needs, gives
            self.expansion[number] = (self.expansion[first], self.expansion[second])
            self.cover[number] = (self.cover[first], self.cover[second])
            self._link(number)
            self._forget(second)
            made.append(number)
        self._made.update(self.names[number] for number in made)
        self._unlink(first)
        self.post[first], self.expansion[first] = dict(self.pre[first]), ()
        self._link(first)
        del self.places[place]
        return made

    def _link(self, transition: int) -> None:
        for place in self.pre[transition]:
            self.empty[place][transition] = None
        for place in self.post[transition]:
            self.fill[place][transition] = None

    def _unlink(self, transition: int) -> None:
        for place in self.pre[transition]:
            del self.empty[place][transition]
        for place in self.post[transition]:
            del self.fill[place][transition]

    def _forget(self, transition: int) -> None:
        del self.pre[transition], self.post[transition]
        del self.expansion[transition], self.cover[transition]

    def equal_places(self, one: int, other: int) -> bool:
        """Return whether two places have the same arcs and tokens."""
        fill, empty = self.fill[one], self.empty[one]
        if fill.keys() != self.fill[other].keys() or empty.keys() != self.empty[other].keys():
            return False
        for nodes, arcs in ((fill, self.post), (empty, self.pre)):
            for transition in nodes:
                row = arcs[transition]
                if row[one] != row[other]:
                    return False
        return self.marking.get(one, 0) == self.marking.get(other, 0)

    def place_key(self, place: int) -> object:
        """Return what two equal places have in common."""
        filled = frozenset((t, self.post[t][place]) for t in self.fill[place])
        emptied = frozenset((t, self.pre[t][place]) for t in self.empty[place])
        return filled, emptied, self.marking.get(place, 0)

    def drop_place(self, place: int) -> None:
        """Take a place out with its arcs."""
        for transition in self.fill[place]:
            del self.post[transition][place]
        for transition in self.empty[place]:
            del self.pre[transition][place]
        self.marking.pop(place, None)
        del self.places[place]

    def drop_transition(self, transition: int, kept: int) -> None:
        """Take a transition out; where it occurs, another can occur."""
        self.cover[kept] = (self.cover[kept], self.cover[transition])
        self._unlink(transition)
        self._forget(transition)

    def net(self) -> PetriNet:
        """Return the net as it is now, its nodes in the order of their names, no final marking."""
        ids, names = self.first.place_ids, self.names
        places = sorted(self.places, key=ids.__getitem__)
        transitions = sorted(self.pre, key=names.__getitem__)
        column = dict(zip(places, range(len(places)), strict=True))
        return net_of_rows(
            tuple([ids[p] for p in places]),
            tuple([names[t] for t in transitions]),
            pre=[{column[p]: w for p, w in self.pre[t].items()} for t in transitions],
            post=[{column[p]: w for p, w in self.post[t].items()} for t in transitions],
            initial={ids[p]: self.marking[p] for p in places if self.marking.get(p)},
        )
