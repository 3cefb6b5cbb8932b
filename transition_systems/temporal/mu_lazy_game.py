"""The parity game of a formula of the mu-calculus as a system that is explored as far as wanted.

A position is a row of words of a state with one more word, the part of the formula. Only what a
play can come to is met: a modality asks for the steps with its labels, an alternative for none once
a predicate in it decides. A predicate has its value in the last word, and no moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from transition_systems.errors import UsageError
from transition_systems.properties.predicates import (
    And,
    Constant,
    Dead,
    Enabled,
    Not,
    Or,
    Predicate,
)
from transition_systems.properties.walk import fold_predicate
from transition_systems.protocols import BlockError, ExplicitSystem, Observable, WidthError
from transition_systems.temporal.mu_game import MuNode

__all__ = ["LazyGame", "PredicateValues"]

Words = NDArray[np.uint64]
Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]
# Values of predicates in rows of words.
PredicateValues = Callable[[Predicate, Words], Bools]
STAYS = 0
MODAL = ("diamond", "box")


class LazyGame:
    """The game of a system and a formula (implements ``ExplicitSystem``).

    The label of a move is 0, or one more than that of the step that it makes.

    Parameters
    ----------
    system
        The system.
    nodes
        The parts of the formula; the first is the whole.
    holds
        Gives the values of atoms and comparisons; by default the system's own ``holds``.
    direct
        Whether ``holds`` is asked for whole predicates, ``enabled`` and ``dead`` among them.
    """

    def __init__(
        self, system: ExplicitSystem, nodes: tuple[MuNode, ...], holds: PredicateValues | None,
        direct: bool = False,
    ) -> None:  # fmt: skip
        self.system, self.nodes, self.direct = system, nodes, direct
        self.given = holds
        if holds is None and isinstance(system, Observable):
            self.given = system.holds
        self.index: dict[str, list[int]] = {}
        for number, name in enumerate(system.labels):
            self.index.setdefault(name, []).append(number)
        self.fits = {
            number: np.array([node.labels.has(name) for name in system.labels], dtype=np.bool_)
            for number, node in enumerate(nodes) if node.kind in MODAL
        }  # fmt: skip

    @property
    def labels(self) -> Sequence[str]:
        """The empty name of a move without a step, then the labels of the system."""
        return ("", *self.system.labels)

    @property
    def block(self) -> int:
        """How many positions to expand at a time."""
        return int(getattr(self.system, "block", 1 << 15))

    def initial(self) -> Words:
        """Return the formula in the initial states."""
        rows = self.system.initial()
        while True:
            try:
                return self._positions(rows, 0)
            except WidthError:
                rows = self.system.reencode(rows)

    def decode(self, row: Words) -> tuple[object, int]:
        """Return the state of a position, and the part of the formula."""
        return self.system.decode(row[:-1]), int(row[-1]) % len(self.nodes)

    def reencode(self, seen: Words) -> Words:
        """Return positions anew, in words that have room for more."""
        rows = self.system.reencode(np.ascontiguousarray(seen[:, :-1]))
        return np.concatenate([rows, seen[:, -1:]], axis=1)

    def successors(self, block: Words) -> tuple[Indices, NDArray[np.int32], Words]:
        """Return all moves from a block of positions, sorted by position."""
        rows, parts = np.ascontiguousarray(block[:, :-1]), block[:, -1].astype(np.int64)
        source = [np.zeros(0, dtype=np.int64)]
        label = [np.zeros(0, dtype=np.int32)]
        target: list[Words] = [block[:0]]
        modal = np.isin(parts, list(self.fits))
        if modal.any():
            own = np.flatnonzero(modal)
            before, step, after = self.system.successors(rows[own])
            for number in np.unique(parts[own]).tolist():
                kept = self.fits[number][step] & (parts[own][before] == number)
                source.append(own[before[kept]])
                label.append(step[kept].astype(np.int32) + 1)
                target.append(self._positions(after[kept], self.nodes[number].operands[0]))
        for number in np.unique(parts[~modal]).tolist():
            if number >= len(self.nodes) or self.nodes[number].kind == "predicate":
                continue
            own = np.flatnonzero(parts == number)
            for chosen, operand in self._operands(number, rows[own]):
                source.append(own[chosen])
                label.append(np.zeros(len(chosen), dtype=np.int32))
                target.append(self._positions(rows[own[chosen]], operand))
        found = np.concatenate(source)
        order = np.argsort(found, kind="stable")
        return found[order], np.concatenate(label)[order], np.concatenate(target)[order]

    def truth(self, parts: Indices) -> tuple[Indices, Bools]:
        """Return the parts of the formula that last words stand for, and where they are false."""
        return parts % len(self.nodes), parts >= len(self.nodes)

    def _operands(self, number: int, rows: Words) -> list[tuple[Indices, int]]:
        """Return the rows that go on with each operand of a connective or fixpoint.

        Where a predicate decides, there is no other; where it does not, it is left out.
        """
        node, left = self.nodes[number], np.arange(len(rows), dtype=np.int64)
        if node.kind in ("mu", "nu"):
            return [(left, node.operands[0])]
        found: list[tuple[Indices, int]] = []
        simple = [one for one in node.operands if self.nodes[one].kind == "predicate"]
        others = [one for one in node.operands if self.nodes[one].kind != "predicate"]
        for one in simple:
            last = one is simple[-1] and not others
            values = self.values(self.nodes[one].predicate, rows[left])
            decided = np.ones(len(left), dtype=np.bool_) if last else values == (node.kind == "or")
            found.append((left[decided], one))
            left = left[~decided]
        return [*found, *((left, one) for one in dict.fromkeys(others))]

    def _positions(self, rows: Words, number: int) -> Words:
        """Return states with a part of the formula as positions."""
        last = np.full((len(rows), 1), number, dtype=np.uint64)
        if self.nodes[number].kind == "predicate" and len(rows):
            false = ~self.values(self.nodes[number].predicate, rows)
            last[false, 0] += np.uint64(len(self.nodes))
        return np.concatenate([rows, last], axis=1)

    def _steps(self, rows: Words) -> tuple[Indices, NDArray[np.int32]]:
        """Return the steps from states, as many states at a time as the system can do."""
        source = [np.zeros(0, dtype=np.int64)]
        label = [np.zeros(0, dtype=np.int32)]
        first, size = 0, max(1, len(rows))
        while first < len(rows):
            try:
                found = self.system.successors(rows[first : first + size])
            except BlockError as error:
                size = max(1, min(error.rows, size // 2))
                continue
            source.append(found[0] + first)
            label.append(found[1])
            first += size
        return np.concatenate(source), np.concatenate(label)

    def values(self, predicate: Predicate, rows: Words) -> Bools:
        """Return where a predicate holds, bool (n,)."""
        given = self.given
        if not len(rows):
            return np.zeros(0, dtype=np.bool_)
        if self.direct and given is not None:
            return np.asarray(given(predicate, rows), dtype=np.bool_)
        steps: list[tuple[Indices, NDArray[np.int32]]] = []

        def able(labels: list[int] | None) -> Bools:
            if not steps:
                steps.append(self._steps(rows))
            source, label = steps[0]
            found = np.zeros(len(rows), dtype=np.bool_)
            found[source if labels is None else source[np.isin(label, labels)]] = True
            return found

        def combine(node: Predicate, parts: list[Bools]) -> Bools:
            match node:
                case Constant(value):
                    return np.full(len(rows), value, dtype=np.bool_)
                case Enabled(name):
                    if name not in self.index:
                        return np.zeros(len(rows), dtype=np.bool_)
                    return able(self.index[name])
                case Dead():
                    return ~able(None)
                case Not():
                    return ~parts[0]
                case And() | Or():
                    both = isinstance(node, And)
                    whole: Bools = np.full(len(rows), both, dtype=np.bool_)
                    for part in parts:
                        whole = whole & part if both else whole | part
                    return whole
                case _:
                    if given is None:
                        raise UsageError("nothing tells where the predicates of the formula hold")
                    return np.asarray(given(node, rows), dtype=np.bool_)

        return fold_predicate(predicate, combine)
