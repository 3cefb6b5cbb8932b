"""Systems whose states remember the last step, for ``done(x)`` in formulas."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from transition_systems.csr import row_arcs
from transition_systems.lts import LTS
from transition_systems.properties.names import require_names

__all__ = ["with_last_steps"]


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
    require_names(labels, lts.label_names, kind="label")
    asked = list(dict.fromkeys(labels))
    width = len(asked) + 1
    memory = np.zeros(len(lts.label_names), dtype=np.int64)
    for place, name in enumerate(asked, start=1):
        memory[lts.label_names.index(name)] = place
    entered = lts.targets * width + memory[lts.labels]
    pairs = np.unique(np.concatenate([lts.initial * width, entered]))
    old = pairs // width
    arcs = row_arcs(lts.offsets, old)
    counts = lts.offsets[old + 1] - lts.offsets[old]
    atoms = {name: flags[old] for name, flags in lts.atoms.items()}
    atoms.update({f"done({name})": pairs % width == n for n, name in enumerate(asked, start=1)})
    state_of = lts.state_of
    return LTS.from_arrays(
        len(pairs),
        np.repeat(np.arange(len(pairs)), counts),
        lts.labels[arcs],
        np.searchsorted(pairs, entered[arcs]),
        label_names=lts.label_names,
        initial=np.searchsorted(pairs, lts.initial * width),
        atoms=atoms,
        state_of=None if state_of is None else lambda state: state_of(int(old[state])),
    ).reachable()
