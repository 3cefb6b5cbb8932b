"""Products of systems: all together, side by side, or by synchronisation vectors."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget
from transition_systems.csr import csr_order, require
from transition_systems.errors import UndecidedError
from transition_systems.explore import explore
from transition_systems.lts import FINAL, LTS, TAU, TAU_NAME, TICK_NAME
from transition_systems.progress import ProgressCallback
from transition_systems.protocols import BlockError

__all__ = ["Vector", "interleaving", "parallel", "product_by_vectors", "synchronous_product"]

Vector = tuple[Sequence[str | None], str | None]
Words = NDArray[np.uint64]
Indices = NDArray[np.int64]

MOST_STEPS = 1 << 22


def product_by_vectors(
    systems: Sequence[LTS],
    vectors: Iterable[Vector],
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> LTS:
    """Return the reachable product of systems that step together as vectors say.

    Parameters
    ----------
    systems
        The systems; at least one.
    vectors
        Pairs of labels, one for each system, ``None`` for a system that stays, and the label of
        the joint step, ``None`` for a silent one. Silent steps of a system always happen alone.
    budget, progress
        What it may use, and whom it tells.

    Returns
    -------
    LTS
        Its states are the reachable tuples of states, which ``state_of`` gives, breadth first from
        all tuples of initial states. One is final where all of its states are; another atom holds
        where it holds of one of them.

    Raises
    ------
    UsageError
        For a vector of another length, or one in which every system stays.
    UndecidedError
        When the budget ends.

    Notes
    -----
    Linear in the states and steps of the product. A. Arnold, Finite transition systems (1994).

    Examples
    --------
    >>> send, receive = LTS.from_arcs(2, [(0, "s", 1)]), LTS.from_arcs(2, [(0, "r", 1)])
    >>> list(product_by_vectors([send, receive], [(("s", "r"), "handed over")]).arcs())
    [(0, 'handed over', 1)]
    """
    require(len(systems) > 0, "a product needs a system")
    rules = _rules(systems, vectors)
    system = _Product(systems, rules)
    found = explore(system, budget=budget, progress=progress, stage="product")
    if not found.complete:
        raise UndecidedError(f"the product is larger than was found: {found.reason}")
    states = found.states.astype(np.int64)
    atoms: dict[str, NDArray[np.bool_]] = {}
    for name in {FINAL}.union(*(lts.atoms for lts in systems)):
        flags = [
            lts.atoms[name][states[:, i]] if name in lts.atoms else np.zeros(len(states), np.bool_)
            for i, lts in enumerate(systems)
        ]
        joined = np.logical_and.reduce(flags) if name == FINAL else np.logical_or.reduce(flags)
        atoms[name] = np.asarray(joined, dtype=np.bool_)
    return LTS.from_arrays(
        len(states),
        found.source,
        found.label,
        found.target,
        label_names=system.labels,
        initial=np.arange(len(system.initial())),
        atoms=atoms,
        state_of=lambda index: tuple(states[index].tolist()),
    )


def parallel(
    systems: Sequence[LTS],
    *,
    synchronised: Collection[str] | None = None,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> LTS:
    """Return the product in which some labels are done together and all others alone.

    Parameters
    ----------
    systems
        The systems; at least one.
    synchronised
        The labels that all systems which name them must do together; by default every label that
        several systems name, and the tick.
    budget, progress
        What it may use, and whom it tells.

    Returns
    -------
    LTS
        As :func:`product_by_vectors`.

    Raises
    ------
    UsageError
        When there is no system.
    UndecidedError
        When the budget ends.

    Notes
    -----
    Linear in the states and steps of the product. C. A. R. Hoare, Communicating sequential
    processes (1985).

    Examples
    --------
    >>> one = LTS.from_arcs(3, [(0, "a", 1), (1, "c", 2)])
    >>> two = LTS.from_arcs(3, [(0, "b", 1), (1, "c", 2)])
    >>> parallel([one, two]).n_arcs
    5
    """
    names = [{*lts.label_names[2:], TICK_NAME} for lts in systems]
    if synchronised is None:
        every = set[str]().union(*names)
        shared = {name for name in every if sum(name in own for own in names) > 1}
    else:
        shared = {*synchronised}
    vectors: list[Vector] = []
    for name in sorted(set[str]().union(*names)):
        if name in shared:
            vectors.append(([name if name in own else None for own in names], name))
        else:
            vectors += _alone(name, names)
    return product_by_vectors(systems, vectors, budget=budget, progress=progress)


def interleaving(
    systems: Sequence[LTS],
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> LTS:
    """Return the product in which every step is one of a single system.

    Parameters
    ----------
    systems
        The systems; at least one.
    budget, progress
        What it may use, and whom it tells.

    Returns
    -------
    LTS
        As :func:`product_by_vectors`.

    Raises
    ------
    UsageError
        When there is no system.
    UndecidedError
        When the budget ends.

    Notes
    -----
    Linear in the states and steps of the product. R. Milner, A calculus of communicating systems
    (1980), without communication.

    Examples
    --------
    >>> step = LTS.from_arcs(2, [(0, "a", 1)])
    >>> interleaving([step, step]).n_states
    4
    """
    return parallel(systems, synchronised=(), budget=budget, progress=progress)


def synchronous_product(
    systems: Sequence[LTS],
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> LTS:
    """Return the product in which all systems do each visible step together.

    Parameters
    ----------
    systems
        The systems; at least one.
    budget, progress
        What it may use, and whom it tells.

    Returns
    -------
    LTS
        As :func:`product_by_vectors`; for systems without silent steps its traces are those that
        all of them have.

    Raises
    ------
    UsageError
        When there is no system.
    UndecidedError
        When the budget ends.

    Notes
    -----
    Linear in the states and steps of the product. M. Rabin, D. Scott, Finite automata and their
    decision problems (1959).

    Examples
    --------
    >>> one, two = LTS.from_arcs(1, [(0, "a", 0), (0, "b", 0)]), LTS.from_arcs(1, [(0, "b", 0)])
    >>> list(synchronous_product([one, two]).arcs())
    [(0, 'b', 0)]
    """
    names = [{*lts.label_names[1:]} for lts in systems]
    common = set.intersection(*names) if names else set[str]()
    vectors: list[Vector] = [([name] * len(systems), name) for name in sorted(common)]
    return product_by_vectors(systems, vectors, budget=budget, progress=progress)


def _alone(name: str, names: Sequence[Collection[str]]) -> list[Vector]:
    return [
        ([name if other == i else None for other in range(len(names))], name)
        for i, own in enumerate(names)
        if name in own
    ]


def _rules(systems: Sequence[LTS], vectors: Iterable[Vector]) -> list[tuple[list[int], str]]:
    """Return label numbers, -1 for systems that stay, and the name of the joint step."""
    count = len(systems)
    rules = [([TAU if i == j else -1 for j in range(count)], TAU_NAME) for i in range(count)]
    for labels, result in vectors:
        require(len(labels) == count, f"a vector needs {count} labels, not {len(labels)}")
        require(any(name is not None for name in labels), "a vector in which all systems stay")
        numbers: list[int] = []
        for lts, name in zip(systems, labels, strict=True):
            require(name != TAU_NAME, "silent steps happen alone, not in vectors")
            known = name is None or name in lts.label_names
            numbers.append(-1 if name is None else lts.label_names.index(name) if known else -2)
        if -2 not in numbers:
            rules.append((numbers, TAU_NAME if result is None else result))
    return rules


class _Product:
    """A product as an explicit system: one word for the state of each system."""

    def __init__(self, systems: Sequence[LTS], rules: list[tuple[list[int], str]]) -> None:
        self.systems = systems
        used = sorted({name for _, name in rules} - {TAU_NAME, TICK_NAME})
        self._labels = (TAU_NAME, TICK_NAME, *used)
        index = {name: i for i, name in enumerate(self._labels)}
        self._rules = [
            ([(i, label) for i, label in enumerate(numbers) if label >= 0], index[name])
            for numbers, name in rules
        ]
        self._rows: dict[tuple[int, int], tuple[Indices, Indices]] = {}
        for members, _ in self._rules:
            for member in members:
                if member not in self._rows:
                    self._rows[member] = self._by_label(*member)

    def _by_label(self, number: int, label: int) -> tuple[Indices, Indices]:
        lts = self.systems[number]
        chosen = lts.labels == label
        order, offsets = csr_order(lts.sources[chosen], lts.n_states)
        return offsets, lts.targets[chosen][order]

    @property
    def labels(self) -> Sequence[str]:
        """Names of the labels, by index."""
        return self._labels

    def initial(self) -> Words:
        """Return all tuples of initial states, uint64 of shape (k, systems)."""
        grid = np.meshgrid(*(lts.initial for lts in self.systems), indexing="ij")
        return np.stack([part.ravel() for part in grid], axis=1).astype(np.uint64)

    def decode(self, row: Words) -> tuple[int, ...]:
        """Return the states of the systems of one row."""
        return tuple(row.tolist())

    def reencode(self, seen: Words) -> Words:
        """Return the seen states; a word for each system is always wide enough."""
        return seen

    def successors(self, block: Words) -> tuple[Indices, NDArray[np.int32], Words]:
        """Return the steps from a block of states, as :class:`ExplicitSystem` asks for them."""
        states = block.astype(np.int64)
        found: list[tuple[Indices, NDArray[np.int32], Words]] = []
        total = 0
        for members, label in self._rules:
            rows = np.arange(len(states), dtype=np.int64)
            targets = states
            for number, own in members:
                offsets, ends = self._rows[number, own]
                here = targets[:, number]
                width = offsets[here + 1] - offsets[here]
                steps = int(width.sum())
                if steps > MOST_STEPS and len(states) > 1:
                    raise BlockError(len(states) // 2)
                before = np.cumsum(width) - width
                place = np.arange(steps, dtype=np.int64)
                place += np.repeat(offsets[here] - before, width)
                rows = np.repeat(rows, width)
                targets = np.repeat(targets, width, axis=0)
                targets[:, number] = ends[place]
            total += len(rows)
            if total > MOST_STEPS and len(states) > 1:
                raise BlockError(len(states) // 2)
            if len(rows):
                labels = np.full(len(rows), label, dtype=np.int32)
                found.append((rows, labels, targets.astype(np.uint64)))
        if not found:
            nothing = np.zeros(0, dtype=np.int64)
            return nothing, nothing.astype(np.int32), block[:0]
        return (
            np.concatenate([rows for rows, _, _ in found]),
            np.concatenate([labels for _, labels, _ in found]),
            np.concatenate([ends for _, _, ends in found]),
        )
