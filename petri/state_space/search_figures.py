"""The figures of a state space that a search counts on its way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from petri.state_space.state_layout import Column, StateLayout

__all__ = ["Figures"]


class Figures:
    """Arcs, deadlocks and largest numbers of tokens of the states expanded so far.

    Attributes
    ----------
    arcs
        Pairs of a marking and a transition enabled in it.
    deadlocks
        Markings without an enabled transition.
    in_place, in_marking
        Most tokens in one place, and in one marking.
    """

    def __init__(self, net: PetriNet) -> None:
        initial = net.initial.to_array(net.place_ids)
        self.net = net
        self.arcs = 0
        self.deadlocks = 0
        self.in_place = int(initial.max(initial=0))
        self.in_marking = int(initial.sum())
        self.expanded = 0

    def to_dict(self) -> dict[str, int]:
        """Return the figures as plain data."""
        return {
            "arcs": self.arcs,
            "deadlocks": self.deadlocks,
            "in_place": self.in_place,
            "in_marking": self.in_marking,
            "expanded": self.expanded,
        }

    @classmethod
    def from_dict(cls, net: PetriNet, data: dict[str, Any]) -> Figures:
        """Return the figures of :meth:`to_dict`."""
        figures = cls(net)
        figures.take(data)
        return figures

    def take(self, data: dict[str, Any]) -> None:
        """Put the figures of :meth:`to_dict` in the place of these."""
        for name in self.to_dict():
            setattr(self, name, int(data[name]))

    def use(self, layout: StateLayout) -> None:
        """Compile what has to be looked at in a layout."""
        self.layout = layout
        self._total = layout.form(dict.fromkeys(range(layout.n_places), 1))
        most = [rule.value for rule in layout.dependents]
        most += [1 if field.unit else field.base - 1 for field in layout.fields]
        self._most_in_place = max(most, default=0)
        changes = self.net.incidence.sum(axis=0)
        self._total_changes = bool(changes.any())
        self._kind: type[np.unsignedinteger] = np.uint64
        if all(field.proved for field in layout.fields):
            largest = sum(most) + sum(
                (len(field.places) - 1) * (not field.unit) for field in layout.fields
            )
            if largest < 1 << 16:
                self._kind = np.uint16

    def add(self, columns: Sequence[Column], alive: NDArray[np.bool_], arcs: int) -> None:
        """Count a block of states that was expanded."""
        count = len(alive)
        self.count(columns, count, arcs, count - int(np.count_nonzero(alive)))

    def count(self, columns: Sequence[Column], states: int, arcs: int, deadlocks: int) -> None:
        """Count expanded states by their columns, their arcs and how many of them have none."""
        self.expanded += states
        self.arcs += arcs
        self.deadlocks += deadlocks
        if self.in_place < self._most_in_place:
            for field, column in zip(self.layout.fields, columns, strict=True):
                top = int(column.max())
                self.in_place = max(self.in_place, min(top, 1) if field.unit else top)
            for rule in self.layout.dependents:
                if rule.value > self.in_place:
                    self.in_place = max(
                        self.in_place, int(self.layout.tokens(columns, rule.place).max())
                    )
        if self._total_changes:
            total = self.layout.linear(columns, self._total, self._kind)
            self.in_marking = max(self.in_marking, int(total.max()))
