"""State predicates on transition systems, evaluated by code of the recheck's own."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.predicates import fold
from netproof.recheck.result import RefusedError, Watch
from transition_systems.lts import LTS
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    Not,
    Or,
    Predicate,
)

__all__ = ["system_holds"]

Bools = NDArray[np.bool_]
_RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


def system_holds(
    lts: LTS, predicate: Predicate, watch: Watch, labels: Collection[str] = ()
) -> Bools:
    """Return where a predicate over atoms and labels holds, bool of shape (n_states,).

    An atom counts as 1 where it is true; ``labels`` may be asked for without being on a step.
    """

    def combine(node: Predicate, parts: list[Bools]) -> Bools:
        watch.tick()
        match node:
            case Constant(value):
                return np.full(lts.n_states, value, dtype=np.bool_)
            case Atom(name):
                return _atom(lts, name)
            case Enabled(name):
                able = np.zeros(lts.n_states, dtype=np.bool_)
                if name not in lts.label_names:
                    if name in labels:
                        return able
                    raise RefusedError(f"the predicate names {name!r}, which is no label")
                able[lts.sources[lts.labels == lts.label_names.index(name)]] = True
                return able
            case Dead():
                return np.asarray(lts.offsets[1:] == lts.offsets[:-1], dtype=np.bool_)
            case Compare(terms, relation, bound):
                total = np.zeros(lts.n_states, dtype=object)
                for name, factor in terms:
                    total = total + _atom(lts, name).astype(object) * factor
                return np.asarray(_RELATIONS[relation](total, bound), dtype=np.bool_)
            case Not():
                return ~parts[0]
            case And():
                whole = np.ones(lts.n_states, dtype=np.bool_)
                for part in parts:
                    whole = whole & part
                return whole
            case Or():
                some = np.zeros(lts.n_states, dtype=np.bool_)
                for part in parts:
                    some = some | part
                return some
            case _:
                raise RefusedError(f"this is no state predicate of a system: {node!r:.60}")

    return fold(predicate, combine)


def _atom(lts: LTS, name: str) -> Bools:
    if name not in lts.atoms:
        raise RefusedError(f"the predicate names {name!r}, which is no atom of the system")
    return lts.atoms[name]
