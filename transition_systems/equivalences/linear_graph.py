"""A system prepared for linear-time relations: atoms as steps, what each state is ready for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import canonical_arcs, csr_order
from transition_systems.lts import FINAL, LTS, TAU, TAU_NAME, TICK, TICK_NAME
from transition_systems.scc import strong_components

__all__ = ["LinearGraph", "linear_graphs", "side_by_side"]

Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]
Words = NDArray[np.uint64]


class LinearGraph:
    """Arcs in compressed sparse rows; a state with an atom has a step of its own for it.

    That step leads to the last state, where nothing follows: so whoever sees traces, sees the atoms
    of the state at the end of one, and an atom can be refused and waited for as a label can.

    Parameters
    ----------
    offsets, labels, targets
        int64 (n + 1,), int64 (m,) and int64 (m,), sorted by source, label and target.
    initial
        Sorted states.
    names
        Of labels, then of atoms; the first is silent.
    first_atom
        The number of the first atom.
    silent
        Whether label 0 is no letter.
    """

    def __init__(
        self,
        offsets: Indices,
        labels: Indices,
        targets: Indices,
        initial: Indices,
        names: tuple[str, ...],
        first_atom: int,
        *,
        silent: bool,
    ) -> None:
        self.offsets = offsets
        self.labels = labels
        self.targets = targets
        self.initial = initial
        self.names = names
        self.first_atom = first_atom
        self.silent = silent

    @property
    def n(self) -> int:
        """The number of states, with the last one."""
        return len(self.offsets) - 1

    @property
    def n_labels(self) -> int:
        """How many labels and atoms there are."""
        return len(self.names)

    @cached_property
    def sources(self) -> Indices:
        """The source of each arc, int64 (m,)."""
        return np.repeat(np.arange(self.n, dtype=np.int64), np.diff(self.offsets))

    @cached_property
    def by_label(self) -> tuple[Indices, Indices]:
        """The arcs by label and source: keys ``label * n + source``, sorted, and targets."""
        keys = self.labels * self.n + self.sources
        order = np.argsort(keys, kind="stable")
        return keys[order], self.targets[order]

    @cached_property
    def silent_arcs(self) -> tuple[Indices, Indices]:
        """Row offsets and targets of the arcs that are no letters."""
        chosen = np.flatnonzero(self.labels == TAU) if self.silent else self.labels[:0]
        order, offsets = csr_order(self.sources[chosen], self.n)
        return offsets, self.targets[chosen][order]

    @cached_property
    def stable(self) -> Bools:
        """Which states have no silent step that is no letter."""
        return np.asarray(np.diff(self.silent_arcs[0]) == 0)

    @cached_property
    def dead(self) -> Bools:
        """Which states have no step at all."""
        return np.asarray(np.diff(self.offsets) == 0)

    @cached_property
    def divergent(self) -> Bools:
        """Which states lie on a cycle of silent steps."""
        offsets, targets = self.silent_arcs
        count, component = strong_components(offsets, targets)
        sources = np.repeat(np.arange(self.n, dtype=np.int64), np.diff(offsets))
        found = np.bincount(component, minlength=count)[component] > 1
        found[sources[sources == targets]] = True
        return found

    @cached_property
    def can_tick(self) -> Bools:
        """Which states can do CSP's tick."""
        able = np.zeros(self.n, dtype=np.bool_)
        able[self.sources[self.labels == TICK]] = True
        return able

    def ready_sets(self) -> tuple[Indices, Words]:
        """Return the ready set of each state as a number, and these sets as rows of bits.

        Label ``a`` is bit ``a % 64`` of word ``a // 64``.
        """
        number = np.zeros(self.n, dtype=np.int64)
        words: list[Words] = []
        for at in range(0, self.n_labels, 64):
            inside = (self.labels >= at) & (self.labels < at + 64)
            word = np.zeros(self.n, dtype=np.uint64)
            bits = np.uint64(1) << (self.labels[inside] - at).astype(np.uint64)
            tails = self.sources[inside]
            if len(tails):
                begins = np.flatnonzero(np.concatenate(([True], tails[1:] != tails[:-1])))
                word[tails[begins]] = np.bitwise_or.reduceat(bits, begins)
            different, short = np.unique(word, return_inverse=True)
            number = number * len(different) + short.reshape(-1)
            number = np.unique(number, return_inverse=True)[1].reshape(-1)
            words.append(word)
        count = int(number.max()) + 1 if self.n else 0
        example = np.zeros(count, dtype=np.int64)
        example[number] = np.arange(self.n)
        return number, np.stack([word[example] for word in words], axis=1)


def linear_graphs(
    systems: Sequence[LTS], atoms: Sequence[str], *, silent: bool
) -> list[LinearGraph]:
    """Return systems prepared, with common numbers of labels and atoms.

    Parameters
    ----------
    systems
        One or more.
    atoms
        Those that are seen, beside ``final``; one that a system lacks is false there.
    silent
        Whether silent steps are no letters.

    Examples
    --------
    >>> (graph,) = linear_graphs([LTS.from_arcs(1, final=[0])], [], silent=False)
    >>> graph.names, graph.targets.tolist()
    (('tau', '✓', 'final'), [1])
    """
    visible = {name for lts in systems for name in lts.label_names} - {TAU_NAME, TICK_NAME}
    labels = (TAU_NAME, TICK_NAME, *sorted(visible))
    seen = (FINAL, *sorted({*atoms} - {FINAL}))
    return [_graph(lts, labels, seen, silent) for lts in systems]


def _graph(lts: LTS, labels: tuple[str, ...], atoms: tuple[str, ...], silent: bool) -> LinearGraph:
    index = {name: i for i, name in enumerate(labels)}
    table = np.array([index[name] for name in lts.label_names], dtype=np.int32)
    sources, numbers, targets = [lts.sources], [table[lts.labels]], [lts.targets]
    for at, name in enumerate(atoms):
        holders = np.flatnonzero(lts.atoms[name]) if name in lts.atoms else lts.initial[:0]
        sources.append(holders)
        numbers.append(np.full(len(holders), len(labels) + at, dtype=np.int32))
        targets.append(np.full(len(holders), lts.n_states, dtype=np.int64))
    source, label, target = canonical_arcs(
        np.concatenate(sources), np.concatenate(numbers), np.concatenate(targets)
    )
    n = lts.n_states + 1
    offsets = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(source, minlength=n), out=offsets[1:])
    names = (*labels, *atoms)
    return LinearGraph(
        offsets, label.astype(np.int64), target, lts.initial, names, len(labels), silent=silent
    )


def side_by_side(a: LinearGraph, b: LinearGraph) -> LinearGraph:
    """Return two graphs with common numbers of labels as one, without initial states."""
    return LinearGraph(
        np.concatenate((a.offsets, b.offsets[1:] + a.offsets[-1])),
        np.concatenate((a.labels, b.labels)),
        np.concatenate((a.targets, b.targets + a.n)),
        a.initial[:0],
        a.names,
        a.first_atom,
        silent=a.silent,
    )
