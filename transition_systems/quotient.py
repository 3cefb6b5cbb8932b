"""The quotient of a transition system by a partition of its states."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import canonical_arcs, require
from transition_systems.lts import LTS, TAU

__all__ = ["number_blocks", "quotient"]

Indices = NDArray[np.int64]


def number_blocks(block: NDArray[Any]) -> Indices:
    """Return a partition renumbered from 0 in the order of first occurrence, int64 (n,).

    Examples
    --------
    >>> number_blocks(np.array([7, 3, 7])).tolist()
    [0, 1, 0]
    """
    n = len(block)
    if n == 0:
        return np.zeros(0, dtype=np.int64)
    low, high = int(block.min()), int(block.max())
    if low < 0 or high >= 4 * n:
        block = np.unique(block, return_inverse=True)[1].reshape(-1)
        high = int(block.max())
    first = np.full(high + 1, n, dtype=np.int64)
    first[block[::-1]] = np.arange(n - 1, -1, -1)
    begins = np.zeros(n, dtype=np.int64)
    begins[first[first < n]] = 1
    rank = np.cumsum(begins) - 1
    number: Indices = rank[first[block]]
    return number


def quotient(
    lts: LTS,
    block: NDArray[Any],
    *,
    drop_inert: bool = False,
    loops: NDArray[np.int64] | None = None,
) -> LTS:
    """Return the system whose states are the blocks of a partition.

    Parameters
    ----------
    lts
        The system.
    block
        The block of each state, integers of shape (n,); blocks are numbered anew in the order of
        their first states.
    drop_inert
        Leave out silent arcs inside a block, as bisimilarities that abstract from them allow.
    loops
        States of the quotient that get a silent loop: those that may be silent for ever.

    Returns
    -------
    LTS
        An arc between two blocks for each arc between their states; a block is initial when one
        of its states is, and an atom holds of it when it holds of one of its states.
        ``state_of`` gives the model's state of the block's first member.

    Raises
    ------
    UsageError
        When ``block`` has another shape.

    Examples
    --------
    >>> lts = LTS.from_arcs(2, [(0, None, 1), (1, "a", 0)])
    >>> list(quotient(lts, np.array([0, 0]), drop_inert=True).arcs())
    [(0, 'a', 0)]
    """
    require(block.shape == (lts.n_states,), "block must have one entry for each state")
    new = number_blocks(block)
    count = int(new.max()) + 1 if len(new) else 0
    tails, heads, labels = new[lts.sources], new[lts.targets], lts.labels
    if drop_inert:
        keep = (labels != TAU) | (tails != heads)
        if not keep.all():
            tails, heads, labels = tails[keep], heads[keep], labels[keep]
    if loops is not None and len(loops):
        tails = np.concatenate((tails, loops))
        heads = np.concatenate((heads, loops))
        labels = np.concatenate((labels, np.full(len(loops), TAU, dtype=labels.dtype)))
    tails, labels, heads = canonical_arcs(tails, labels, heads)
    offsets = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(tails, minlength=count), out=offsets[1:])
    atoms: dict[str, NDArray[np.bool_]] = {}
    for name, flags in lts.atoms.items():
        atoms[name] = np.zeros(count, dtype=np.bool_)
        atoms[name][new[flags]] = True
    original = lts.state_of
    first = np.zeros(count, dtype=np.int64)
    first[new[::-1]] = np.arange(len(new) - 1, -1, -1)
    return LTS.from_canonical(
        offsets,
        labels,
        heads,
        lts.label_names,
        initial=np.unique(new[lts.initial]),
        atoms=atoms,
        state_of=None if original is None else lambda index: original(int(first[index])),
    )
