"""The parts of systems that their initial states reach, with a look at the clock between steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from transition_systems.lts import LTS
from transition_systems.lts_operations import reachable_states, restrict

__all__ = ["reached_parts"]


def reached_parts(
    systems: Iterable[LTS], look: Callable[[], None]
) -> tuple[list[LTS], list[NDArray[np.bool_]]]:
    """Return the parts that are reached, and which states of each system they have.

    Parameters
    ----------
    systems
        The systems.
    look
        Called before each step; may raise.

    Examples
    --------
    >>> lts = LTS.from_arcs(3, [(0, "a", 2), (1, "b", 2)])
    >>> (part,), (kept,) = reached_parts([lts], lambda: None)
    >>> part.n_states, kept.tolist()
    (2, [True, False, True])
    """
    parts: list[LTS] = []
    kept: list[NDArray[np.bool_]] = []
    for system in systems:
        look()
        kept.append(reachable_states(system))
        look()
        parts.append(restrict(system, kept[-1]))
    look()
    return parts, kept
