"""State predicates on the states of a transition system: its atoms, its labels, dead states."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
from numpy.typing import NDArray

from transition_systems.lts import LTS
from transition_systems.properties.evaluate import evaluate
from transition_systems.properties.names import unknown_name
from transition_systems.properties.predicates import Predicate

__all__ = ["lts_holds"]


def lts_holds(lts: LTS, labels: Collection[str] = ()) -> Callable[[Predicate], NDArray[np.bool_]]:
    """Return the function that evaluates predicates on all states of a system.

    An atom is one of ``lts.atoms``; ``enabled(a)`` holds where a step has the label ``a``, and
    ``dead`` where there is no step. An atom counts as 1 in comparisons.

    Parameters
    ----------
    lts
        The system.
    labels
        Labels that may be asked for although the system does not have them: nowhere enabled.

    Returns
    -------
    callable
        Takes a predicate, returns bool (n,); raises ``ExpressionError`` for an unknown name.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_predicate
    >>> lts = LTS.from_arcs(2, [(0, "a", 1)], final=[1])
    >>> lts_holds(lts)(parse_predicate("enabled(a) || final && dead")).tolist()
    [True, True]
    """
    number = {name: index for index, name in enumerate(lts.label_names)}

    def enabled(name: str) -> NDArray[np.bool_]:
        result = np.zeros(lts.n_states, dtype=np.bool_)
        if name not in number:
            if name in labels:
                return result
            raise unknown_name(name, (*number, *labels), kind="label")
        result[lts.sources[lts.labels == number[name]]] = True
        return result

    def holds(predicate: Predicate) -> NDArray[np.bool_]:
        return evaluate(
            predicate, {name: flags.astype(np.int64) for name, flags in lts.atoms.items()},
            enabled, lts.n_states, dead=lambda: np.diff(lts.offsets) == 0, atoms=lts.atoms,
        )  # fmt: skip

    return holds
