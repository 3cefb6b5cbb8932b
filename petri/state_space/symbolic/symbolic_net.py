"""A net whose sets of markings are diagrams: image, pre-image, predicates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from petri.last_steps import require_no_last_steps
from petri.marking import Marking
from petri.net import PetriNet
from petri.state_space.symbolic.diagrams import Diagram, Diagrams, diagrams
from petri.state_space.symbolic.fields import between, shifted, sum_at_most
from petri.state_space.symbolic.place_fields import PlaceFields
from transition_systems.properties.names import require_names, unknown_name
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
from transition_systems.properties.walk import fold_predicate, names_in

__all__ = ["Move", "SymbolicNet"]


@dataclass(frozen=True, slots=True)
class Move:
    """What a transition does to a set: quantify or replace, then constrain.

    Attributes
    ----------
    before
        What holds before; of importance where the move quantifies.
    quantifier, replacement
        One of them, for the library.
    after
        What holds after.
    """

    before: Diagram
    quantifier: Any
    replacement: Any
    after: Diagram


class SymbolicNet:
    """A net over a store of diagrams; implements the protocol ``SymbolicSystem``.

    Parameters
    ----------
    net
        Any place/transition net.
    order
        Places by index, those on top of the diagrams first.
    widths
        Bits of each place. Steps to markings that do not fit are left out of images, and
        :meth:`overflow` tells where there are any.
    library, nodes
        The library of diagrams and the most nodes.
    dead
        Transitions, by index, that are known to be never enabled; a closure need not try them.
    groups
        Disjoint groups of places that share a field, since they have at most one token together;
        where a second one gets in, that does not fit.

    Notes
    -----
    A step adds constants to a few fields. Where these have one bit each, the image quantifies the
    bits and sets them anew; elsewhere it replaces each bit by its value before the step as a
    function of the bits after it. So there are no variables for the next state.
    """

    def __init__(
        self,
        net: PetriNet,
        order: Sequence[int],
        widths: Sequence[int],
        *,
        library: str = "oxidd",
        nodes: int | None = None,
        dead: Collection[int] = (),
        groups: Collection[Sequence[int]] = (),
    ) -> None:
        self.net = net
        self._never = frozenset(dead)
        self.order = list(order)
        self.widths = list(widths)
        self.fields = PlaceFields(order, widths, groups)
        self.bits = self.fields.bits
        self.n_variables = self.fields.n_variables
        self.store: Diagrams = diagrams(self.n_variables, library=library, nodes=nodes)
        self.effects: list[dict[int, tuple[int, int]]] = [
            self._effects(t) for t in range(len(net.transition_ids))
        ]
        self._forward: dict[int, Move] = {}
        self._backward: dict[int, Move] = {}

    def _effects(self, transition: int) -> dict[int, tuple[int, int]]:
        """Return by place what it takes and puts; the place lowest in the diagrams first."""
        taken, put = (
            dict(zip(*(part.tolist() for part in table.row(transition)), strict=True))
            for table in (self.net.pre_arcs, self.net.post_arcs)
        )
        places = sorted(taken.keys() | put.keys(), key=self.first_bit, reverse=True)
        return {place: (taken.get(place, 0), put.get(place, 0)) for place in places}

    def first_bit(self, place: int) -> int:
        """Return the topmost variable of a place."""
        return self.bits[place][0]

    @cached_property
    def tops(self) -> list[int]:
        """The topmost variable of each transition; the number of variables without places.

        The same where it is known to be never enabled.
        """
        end = self.n_variables
        return [
            end if t in self._never else min(map(self.first_bit, effects), default=end)
            for t, effects in enumerate(self.effects)
        ]

    def enabled(self, transition: int) -> Diagram:
        """Return the markings that enable a transition, by index."""
        return self._constrained(
            (place, taken, self._most(place))
            for place, (taken, _) in self.effects[transition].items()
        )

    def overflow(self, transition: int) -> Diagram | None:
        """Return the markings from which a transition leads out of the fields, if it can."""
        over = self.store.false
        for place, (taken, put) in self.effects[transition].items():
            gain = put - taken
            if gain > 0 and not self.fields.codes[place]:
                most = self._most(place)
                over = over | between(self.store, self.bits[place], most + 1 - gain, most)
        for place, step in self.fields.group_steps(self.effects[transition]).items():
            if not step.possible:
                over = self.store.true
            elif step.after and not step.before:
                over = over | ~self.fields.coded(self.store, place, 0)
        over = over & self.enabled(transition)
        return None if over == self.store.false else over

    def move(self, transition: int) -> Move:
        """Return what a transition does to a set of markings before it."""
        if transition not in self._forward:
            effects = self.effects[transition].items()
            self._forward[transition] = self._move(
                [(place, taken, put) for place, (taken, put) in effects]
            )
        return self._forward[transition]

    def back(self, transition: int) -> Move:
        """Return what a transition taken backwards does to a set of markings after it."""
        if transition not in self._backward:
            effects = self.effects[transition].items()
            self._backward[transition] = self._move(
                [(place, put, taken) for place, (taken, put) in effects]
            )
        return self._backward[transition]

    def _move(self, changes: list[tuple[int, int, int]]) -> Move:
        """Return the move that takes and puts; taken backwards, a step is one too."""
        store = self.store
        before: list[tuple[int, int, int]] = []
        after: list[tuple[int, int, int]] = []
        groups = self.fields.group_steps({place: (taken, put) for place, taken, put in changes})
        if not all(step.possible for step in groups.values()):
            return Move(store.false, store.quantifier([]), None, store.false)
        changes = [change for change in changes if not self.fields.codes[change[0]]]
        for place, taken, put in changes:
            most, gain = self._most(place), put - taken
            before.append((place, taken, min(most, most - gain)))
            after.append((place, put, min(most, most + gain)))
        changed = [(place, put - taken) for place, taken, put in changes if put != taken]
        source, target = self._constrained(before), self._constrained(after)
        for place, step in groups.items():
            source = self.fields.coded(store, place, step.before) & source
            target = self.fields.coded(store, place, step.after) & target
        moving = {place: step for place, step in groups.items() if step.before != step.after}
        if all(self.widths[place] == 1 for place, _ in changed):
            bits = [self.bits[place][0] for place, _ in changed]
            for place in moving:
                bits.extend(self.bits[place])
            return Move(source, store.quantifier(bits), None, target)
        functions: dict[int, Diagram] = {}
        for place, step in moving.items():
            for position, bit in enumerate(reversed(self.bits[place])):
                functions[bit] = store.true if step.before >> position & 1 else store.false
        for place, gain in changed:
            functions.update(shifted(store, self.bits[place], -gain))
        return Move(store.true, None, store.replacement(functions), target)

    def _most(self, place: int) -> int:
        return self.fields.most(place)

    def _constrained(self, ranges: Iterable[tuple[int, int, int]]) -> Diagram:
        result = self.store.true
        for place, low, high in ranges:
            result = self.fields.within(self.store, place, low, high) & result
        return result

    def moved(self, states: Diagram, move: Move) -> Diagram:
        """Return the markings that a move leads to from some of a set."""
        if move.quantifier is not None:
            return self.store.meet(states, move.before, move.quantifier) & move.after
        return self.store.replaced(states, move.replacement) & move.after

    # The protocol SymbolicSystem.

    def initial_set(self) -> Diagram:
        """Return the set of the initial marking."""
        return self.one(self.net.initial)

    def one(self, marking: Mapping[str, int]) -> Diagram:
        """Return the set of one marking; empty where it does not fit."""
        row = Marking(marking).to_array(self.net.place_ids).tolist()
        values = self.fields.values(row)
        if values is None:
            return self.store.false
        result = self.store.true
        for bits, value in reversed(values):
            result = between(self.store, bits, value, value) & result
        return result

    def image(self, states: Diagram) -> Diagram:
        """Return the markings that are one step after some of a set."""
        result = self.store.false
        for transition in range(len(self.effects)):
            result = result | self.moved(states, self.move(transition))
        return result

    def preimage(self, states: Diagram) -> Diagram:
        """Return the markings from which one step leads into a set."""
        result = self.store.false
        for transition in range(len(self.effects)):
            result = result | self.moved(states, self.back(transition))
        return result

    def states_with(self, predicate: Predicate) -> Diagram:
        """Return the markings that fit the fields and satisfy a predicate.

        Raises
        ------
        ExpressionError
            For a name that is no place, and in ``enabled(...)`` no transition.
        UsageError
            For ``done(...)`` and ``started(...)``.
        """
        require_no_last_steps(predicate)
        require_names(names_in(predicate)[0], self.net.place_ids)
        return fold_predicate(predicate, self._combined)

    def _combined(self, node: Predicate, values: list[Diagram]) -> Diagram:
        store = self.store
        match node:
            case Constant(value=value):
                return store.true if value else store.false
            case Compare():
                return self._compared(node)
            case Atom(name=name):
                return self._compared(Compare(((name, 1),), ">=", 1))
            case Enabled(name=name):
                if name not in self.net.transition_ids:
                    raise unknown_name(name, self.net.transition_ids, kind="transition")
                return self.enabled(self.net.transition_index(name))
            case Dead():
                return self.dead
            case Not():
                return ~values[0]
            case And():
                result = store.true
                for value in values:
                    result = result & value
                return result
            case Or():
                result = store.false
                for value in values:
                    result = result | value
                return result

    def _compared(self, node: Compare) -> Diagram:
        factors: dict[int, int] = {}
        for name, factor in node.terms:
            place = self.net.place_index(name)
            factors[place] = factors.get(place, 0) + factor
        parts = self.fields.summed(factors)

        def at_most(bound: int) -> Diagram:
            return sum_at_most(self.store, parts, bound)

        match node.op:
            case "<=":
                return at_most(node.bound)
            case "<":
                return at_most(node.bound - 1)
            case ">":
                return ~at_most(node.bound)
            case ">=":
                return ~at_most(node.bound - 1)
            case "==":
                return at_most(node.bound) & ~at_most(node.bound - 1)
            case "!=":
                return ~at_most(node.bound) | at_most(node.bound - 1)

    @cached_property
    def dead(self) -> Diagram:
        """The markings that fit the fields and enable nothing."""
        result = self.store.true
        for transition in sorted(range(len(self.tops)), key=lambda t: -self.tops[t]):
            result = ~self.enabled(transition) & result
        return result

    def contains(self, states: Diagram, marking: Mapping[str, int]) -> bool:
        """Return whether a marking is in a set."""
        row = Marking(marking).to_array(self.net.place_ids).tolist()
        values = [False] * self.n_variables
        fields = self.fields.values(row)
        if fields is None:
            return False
        for bits, value in fields:
            for position, bit in enumerate(reversed(bits)):
                values[bit] = bool(value >> position & 1)
        return self.store.contains(states, values)
