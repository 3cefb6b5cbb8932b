"""Systems whose states remember the last step, for ``done(x)`` in formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import row_arcs
from transition_systems.errors import UsageError
from transition_systems.lts import LTS
from transition_systems.lts_operations import reachable_states, restrict
from transition_systems.properties.names import require_names
from transition_systems.state_vectors import states_taken

__all__ = ["split_by_last_steps", "with_last_steps"]

SPARSE = 16  # so many numbers for each that is there: they are sorted rather than marked


def with_last_steps(lts: LTS, labels: Sequence[str]) -> LTS:
    """Return the system with the atoms ``done(x)``: the last step had the label x.

    A state is split by the labels with which it is entered, so the system is bisimilar to the
    given one. In an initial state without a step before it nothing is done.

    Parameters
    ----------
    lts
        The system.
    labels
        The names x that are asked for.

    Returns
    -------
    LTS
        The states that the initial ones reach, by their old order, then by the label; ``state_of``
        gives the old state's.

    Raises
    ------
    ExpressionError
        For a label that the system does not have, with the nearest ones.
    UsageError
        For a label x where the system has an atom ``done(x)`` already.

    Notes
    -----
    O((n + m) k) for k labels.

    Examples
    --------
    >>> from transition_systems.temporal.ctl import ctl_states
    >>> lts = LTS.from_arcs(2, [(0, "pay", 1), (1, "wait", 1)])
    >>> split = with_last_steps(lts, ["pay"])
    >>> split.n_states, ctl_states(split, "done(pay)").tolist()
    (3, [False, False, True])
    """
    return split_by_last_steps(lts, labels)[0]


def split_by_last_steps(
    lts: LTS, labels: Sequence[str], named: Callable[[str], str] = "done({})".format
) -> tuple[LTS, NDArray[np.int64]]:
    """Return the system of :func:`with_last_steps`, and the old state for each of its own.

    ``named`` gives the name of the atom for a label.

    Raises
    ------
    ExpressionError
        As :func:`with_last_steps`.
    UsageError
        For an atom that the system has already.

    Examples
    --------
    >>> split_by_last_steps(LTS.from_arcs(2, [(0, "a", 1), (1, "b", 1)]), ["a"])[1].tolist()
    [0, 1, 1]
    """
    require_names(labels, lts.label_names, kind="label")
    asked = list(dict.fromkeys(labels))
    for atom in map(named, asked):
        if atom in lts.atoms:
            raise UsageError(f"the system has an atom {atom!r} already: give it another name")
    width = len(asked) + 1
    memory = np.zeros(len(lts.label_names), dtype=np.int64)
    for place, name in enumerate(asked, start=1):
        memory[lts.label_names.index(name)] = place
    entered = lts.targets * width + memory[lts.labels]
    pairs, numbers_of = _numbered(
        np.concatenate([lts.initial * width, entered]), lts.n_states * width
    )
    old = pairs // width
    arcs = row_arcs(lts.offsets, old)
    counts = lts.offsets[old + 1] - lts.offsets[old]
    atoms = {name: flags[old] for name, flags in lts.atoms.items()}
    atoms.update({named(name): pairs % width == n for n, name in enumerate(asked, start=1)})
    split = LTS.from_arrays(
        len(pairs),
        np.repeat(np.arange(len(pairs)), counts),
        lts.labels[arcs],
        numbers_of(entered)[arcs],
        label_names=lts.label_names,
        initial=numbers_of(lts.initial * width),
        atoms=atoms,
        state_of=states_taken(lts.state_of, old),
    )
    kept = reachable_states(split)
    return restrict(split, kept), old[kept]


def _numbered(
    given: NDArray[np.int64], below: int
) -> tuple[NDArray[np.int64], Callable[[NDArray[np.int64]], NDArray[np.int64]]]:
    """Return different numbers in order, and the function that gives their places there."""
    if below > SPARSE * len(given):
        different: NDArray[np.int64] = np.unique(given)

        def sought(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
            return np.asarray(np.searchsorted(different, numbers), dtype=np.int64)

        return different, sought
    there = np.zeros(below, dtype=np.bool_)
    there[given] = True
    places = np.cumsum(there, dtype=np.int64) - 1

    def marked(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.asarray(places[numbers], dtype=np.int64)

    return np.flatnonzero(there).astype(np.int64), marked
