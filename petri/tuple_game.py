"""The token game of a net on tuples of numbers, one marking at a time: for searches in depth."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from petri.net import PetriNet
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    Not,
    Or,
    Predicate,
)
from transition_systems.properties.walk import fold_predicate

__all__ = ["Able", "Marking", "Test", "TupleGame"]

Marking = tuple[int, ...]
Able = frozenset[int]
Test = Callable[[Marking, Able], bool]


class TupleGame:
    """The token game of a net: markings as tuples in the order of the places, transitions by index.

    Parameters
    ----------
    net
        The net.

    Attributes
    ----------
    initial
        The initial marking.

    Examples
    --------
    >>> game = TupleGame(PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0]))
    >>> game.able(game.initial), game.after(game.initial, 0)
    (frozenset({0}), (0, 1))
    """

    def __init__(self, net: PetriNet) -> None:
        self._place = {name: index for index, name in enumerate(net.place_ids)}
        self._transition = {name: index for index, name in enumerate(net.transition_ids)}
        self._needs: list[list[tuple[int, int]]] = [[] for _ in net.transition_ids]
        change: list[dict[int, int]] = [{} for _ in net.transition_ids]
        takers: list[list[int]] = [[] for _ in net.place_ids]
        for arc in net.arcs:
            if arc.source in self._place:
                place, transition = self._place[arc.source], self._transition[arc.target]
                self._needs[transition].append((place, arc.weight))
                takers[place].append(transition)
                change[transition][place] = change[transition].get(place, 0) - arc.weight
            else:
                place, transition = self._place[arc.target], self._transition[arc.source]
                change[transition][place] = change[transition].get(place, 0) + arc.weight
        self._change = [[(p, d) for p, d in moved.items() if d] for moved in change]
        self._touched = [sorted({t for p, _ in moved for t in takers[p]}) for moved in self._change]
        self.initial: Marking = tuple(net.initial[p] for p in net.place_ids)

    def able(self, marking: Marking) -> Able:
        """Return the transitions that are enabled in a marking."""
        return frozenset(t for t in range(len(self._needs)) if self._can(marking, t))

    def _can(self, marking: Sequence[int], transition: int) -> bool:
        return all(marking[place] >= weight for place, weight in self._needs[transition])

    def after(self, marking: Marking, transition: int) -> Marking:
        """Return the marking after a firing."""
        tokens = list(marking)
        for place, delta in self._change[transition]:
            tokens[place] += delta
        return tuple(tokens)

    def able_after(self, able: Able, transition: int, marking: Marking) -> Able:
        """Return what is enabled in a marking that a firing has led to."""
        touched = self._touched[transition]
        kept = [t for t in touched if self._can(marking, t)]
        return able.difference(touched).union(kept)

    def test(self, predicate: Predicate) -> Test:
        """Return a predicate as a function of a marking and what is enabled there."""

        def combine(node: Predicate, parts: list[Test]) -> Test:
            match node:
                case Constant(value=value):
                    return lambda _marking, _able: value
                case Compare(terms=terms, op=op, bound=bound):
                    return _compare([(self._place[p], k) for p, k in terms], op, bound)
                case Atom(name=name):
                    return _compare([(self._place[name], 1)], ">=", 1)
                case Enabled(name=name):
                    number = self._transition[name]
                    return lambda _marking, able: number in able
                case Dead():
                    return lambda _marking, able: not able
                case Not():
                    return lambda marking, able: not parts[0](marking, able)
                case And():
                    return lambda marking, able: all(part(marking, able) for part in parts)
                case Or():
                    return lambda marking, able: any(part(marking, able) for part in parts)

        return fold_predicate(predicate, combine)


def _compare(terms: list[tuple[int, int]], op: str, bound: int) -> Test:
    def total(marking: Marking) -> int:
        return sum([k * marking[p] for p, k in terms])

    match op:
        case "<=":
            return lambda marking, _able: total(marking) <= bound
        case ">=":
            return lambda marking, _able: total(marking) >= bound
        case "<":
            return lambda marking, _able: total(marking) < bound
        case ">":
            return lambda marking, _able: total(marking) > bound
        case "==":
            return lambda marking, _able: total(marking) == bound
        case _:
            return lambda marking, _able: total(marking) != bound
