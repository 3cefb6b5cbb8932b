"""Products of many small processes: states are vectors of numbers of local states.

Hiding and renaming around one parallel process are read off as a map of labels. The events that a
local state does not block are a bit mask (all events outside the set of its component are among
them), so the joint events of a state are one conjunction over its components.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import product
from operator import and_

import numpy as np
from numpy.typing import NDArray

from process_algebra.process import Process
from process_algebra.semantics import Semantics, instantiate
from process_algebra.terms import (
    TERMINATED,
    Call,
    Hiding,
    Parallel,
    Renaming,
    Term,
    Terminated,
)
from process_algebra.traversal import with_subterms
from transition_systems.lts import TAU_NAME, TICK_NAME

__all__ = ["ProductSystem", "as_product"]

Words = NDArray[np.uint64]
Names = tuple[str | None, ...]


def as_product(process: Process) -> tuple[Parallel, list[Hiding | Renaming]] | None:
    """Return the parallel process under hidings and renamings, which come innermost first.

    ``None`` when the process has another form.
    """
    semantics = Semantics(process.definitions)
    term = instantiate(process.main, {})
    around: list[Hiding | Renaming] = []
    unfolded: set[Term] = set()
    while True:
        if isinstance(term, Hiding | Renaming):
            around.append(term)
            term = term.subterms[0]
        elif isinstance(term, Call) and term not in unfolded:
            unfolded.add(term)
            term = semantics.body(term)
        elif isinstance(term, Parallel):
            return term, around[::-1]
        else:
            return None


def _names_of(event: str, around: Sequence[Hiding | Renaming]) -> Names:
    names: list[str | None] = [event]
    for term in around:
        after: dict[str | None, None] = {}
        for name in names:
            if name is None or (isinstance(term, Hiding) and name in term.operands[1]):
                after[None] = None
            elif isinstance(term, Hiding):
                after[name] = None
            else:
                new = [to for old, to in term.operands[1] if old == name]
                after.update(dict.fromkeys(new or [name]))
        names = list(after)
    return tuple(names)


class ProductSystem:
    """A parallel process as an explicit system over vectors of local states.

    Parameters
    ----------
    process
        A process for which :func:`as_product` gives a form.
    observed, halt
        As for :class:`~process_algebra.semantics.TermSystem`; names after renaming.

    Notes
    -----
    A state costs one conjunction of masks over its components and, for each step, work in the
    number of the components that take part.
    """

    block = 256

    def __init__(
        self,
        process: Process,
        *,
        observed: frozenset[str] = frozenset(),
        halt: frozenset[str] = frozenset(),
    ) -> None:
        form = as_product(process)
        assert form is not None, "the process is no product"
        self._whole, self._around = form
        self._semantics = Semantics(process.definitions)
        self._observed = observed
        self._halt = halt
        components, sets = self._whole.operands
        self._events: list[str] = sorted(frozenset().union(*sets))
        self._bit = {event: i for i, event in enumerate(self._events)}
        self._everything = (1 << len(self._events)) - 1
        self._own = [sum(1 << self._bit[event] for event in names) for names in sets]
        self._members: list[list[int]] = [[] for _ in self._events]
        for number, names in enumerate(sets):
            for event in names:
                self._members[self._bit[event]].append(number)
        self._labels: dict[str, int] = {TAU_NAME: 0, TICK_NAME: 1}
        self._ways: dict[str, tuple[tuple[int, bool, str | None], ...]] = {}
        self._local: list[Term] = []
        self._local_index: list[dict[Term, int]] = [{} for _ in components]
        self._masks: list[int] = []
        self._expanded: list[bool] = []
        self._joint: list[dict[int, tuple[int, ...]]] = []
        self._alone: dict[int, list[tuple[str | None, int]]] = {}
        self._states: list[tuple[int, ...]] = []
        self._index: dict[tuple[int, ...], int] = {}
        self._done: int | None = None
        self.terminated: set[int] = set()
        self.offering: dict[str, set[int]] = {event: set() for event in observed}
        self.halted: dict[int, str] = {}
        self._number(tuple(self._local_number(i, part) for i, part in enumerate(components)))

    @property
    def labels(self) -> Sequence[str]:
        """Names of the labels, by index; they grow while the system is explored."""
        return tuple(self._labels)

    def _local_number(self, component: int, term: Term) -> int:
        index = self._local_index[component]
        number = index.get(term)
        if number is None:
            number = index[term] = len(self._local)
            self._local.append(term)
            self._masks.append(0)
            self._expanded.append(False)
            self._joint.append({})
        return number

    def _expand(self, component: int, local: int) -> None:
        own = self._own[component]
        offered = 0
        joint: dict[int, list[int]] = {}
        for event, after in self._semantics.moves(self._local[local]):
            bit = -1 if event is None else self._bit.get(event, -1)
            if event == TICK_NAME:
                target = self._local_number(component, TERMINATED)
                self._alone.setdefault(local, []).append((None, target))
            elif bit >= 0 and own >> bit & 1:
                offered |= 1 << bit
                joint.setdefault(bit, []).append(self._local_number(component, after))
            else:
                target = self._local_number(component, after)
                self._alone.setdefault(local, []).append((event, target))
        self._joint[local] = {bit: tuple(targets) for bit, targets in joint.items()}
        self._masks[local] = offered | ~own
        self._expanded[local] = True

    def _number(self, state: tuple[int, ...]) -> int:
        number = self._index.get(state)
        if number is None:
            expanded = self._expanded
            for component, local in enumerate(state):
                if not expanded[local]:
                    self._expand(component, local)
            number = self._index[state] = len(self._states)
            self._states.append(state)
        return number

    def initial(self) -> Words:
        """Return the initial state, uint64 of shape (1, 1)."""
        return np.zeros((1, 1), dtype=np.uint64)

    def _labels_of(self, event: str | None) -> tuple[tuple[int, bool, str | None], ...]:
        key = event or ""
        ways = self._ways.get(key)
        if ways is None:
            found: list[tuple[int, bool, str | None]] = []
            for name in (None,) if event is None else _names_of(event, self._around):
                if name in self._observed:
                    found.append((-1, False, name))
                    continue
                label = TAU_NAME if name is None else name
                number = self._labels.setdefault(label, len(self._labels))
                found.append((number, name in self._halt, name))
            ways = self._ways[key] = tuple(found)
        return ways

    def successors(self, block: Words) -> tuple[NDArray[np.int64], NDArray[np.int32], Words]:
        """Return the steps from a block of states, as :class:`ExplicitSystem` asks for them."""
        sources: list[int] = []
        labels: list[int] = []
        targets: list[int] = []

        def emit(row: int, state: int, event: str | None, after: tuple[int, ...]) -> None:
            for label, halts, name in self._labels_of(event):
                if label < 0:
                    self.offering[str(name)].add(state)
                    continue
                target = self._number(after)
                if halts:
                    self.halted.setdefault(target, str(name))
                sources.append(row)
                labels.append(label)
                targets.append(target)

        for row, state in enumerate(block[:, 0].tolist()):
            if state == self._done:
                continue
            vector = self._states[state]
            for event, after in self._joint_steps(vector):
                emit(row, state, event, after)
            if not self._alone.keys().isdisjoint(vector):
                for component, local in enumerate(vector):
                    for name, moved in self._alone.get(local, ()):
                        emit(row, state, name, _changed(vector, component, moved))
            elif all(isinstance(self._local[local], Terminated) for local in vector):
                sources.append(row)
                labels.append(1)
                targets.append(self._terminated())
        return (
            np.array(sources, dtype=np.int64),
            np.array(labels, dtype=np.int32),
            np.array(targets, dtype=np.uint64).reshape(-1, 1),
        )

    def _terminated(self) -> int:
        if self._done is None:
            self._done = len(self._states)
            self._states.append(())
            self.terminated.add(self._done)
        return self._done

    def _joint_steps(self, vector: tuple[int, ...]) -> Iterator[tuple[str, tuple[int, ...]]]:
        enabled = reduce(and_, map(self._masks.__getitem__, vector), self._everything)
        while enabled:
            lowest = enabled & -enabled
            enabled ^= lowest
            bit = lowest.bit_length() - 1
            members = self._members[bit]
            ways = [self._joint[vector[i]][bit] for i in members]
            event = self._events[bit]
            after = list(vector)
            if all(len(way) == 1 for way in ways):
                for i, way in zip(members, ways, strict=True):
                    after[i] = way[0]
                yield event, tuple(after)
                continue
            for chosen in product(*ways):
                for i, local in zip(members, chosen, strict=True):
                    after[i] = local
                yield event, tuple(after)

    def decode(self, row: Words) -> Term:
        """Return the term of a state."""
        vector = self._states[int(row[0])]
        if not vector:
            return TERMINATED
        term: Term = with_subterms(self._whole, [self._local[local] for local in vector])
        for outer in self._around:
            term = with_subterms(outer, [term])
        return term

    def reencode(self, seen: Words) -> Words:
        """Return the states as they are: numbers never outgrow their word."""
        return seen


def _changed(vector: tuple[int, ...], component: int, local: int) -> tuple[int, ...]:
    return (*vector[:component], local, *vector[component + 1 :])
