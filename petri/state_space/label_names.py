"""The labels of a net's transitions as those of a labelled transition system."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from petri.net import PetriNet
from transition_systems.lts import TAU_NAME, TICK_NAME

__all__ = ["label_names"]


def label_names(net: PetriNet) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Return the names of the labels of a net's transition system, and each transition's number.

    Parameters
    ----------
    net
        The net. Silent transitions have the label ``tau``. In a transition system ``✓`` is the
        end, so that a label ``✓`` of the net becomes ``✓ (2)``, or the next that is free.

    Returns
    -------
    names, number
        ``tau``, ``✓`` and the other labels, sorted; int32, shape (n_transitions,).

    Notes
    -----
    O(transitions · log(transitions)).

    Examples
    --------
    >>> from petri.nodes import Transition
    >>> both = [Transition(id="a", label="✓"), Transition(id="b", label="tau")]
    >>> net = PetriNet(places=[], transitions=both)
    >>> names, number = label_names(net)
    >>> names, number.tolist()
    (('tau', '✓', '✓ (2)'), [2, 0])
    """
    shown = {node.label for node in net.transitions if node.label is not None and not node.silent}
    end, count = TICK_NAME, 1
    while end == TICK_NAME or end in shown:
        count += 1
        end = f"{TICK_NAME} ({count})"
    own = {name: end if name == TICK_NAME else name for name in shown}
    names = (TAU_NAME, TICK_NAME, *sorted(own.values()))
    index = {name: number for number, name in enumerate(names)}
    labels = [
        index[TAU_NAME if node.silent or node.label is None else own[node.label]]
        for node in net.transitions
    ]
    return names, np.array(labels, dtype=np.int32)
