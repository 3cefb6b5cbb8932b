"""Hennessy-Milner formulas given as lists of their parts, evaluated one part after the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.hml import formula_parts, value_of
from netproof.recheck.result import RefusedError, Watch
from transition_systems.lts import LTS

__all__ = ["parts_hold"]


def parts_hold(
    lts: LTS,
    parts: Sequence[tuple[str | int, ...]],
    relation: str,
    atoms: Sequence[str],
    watch: Watch,
) -> NDArray[np.bool_]:
    """Return where the last of some parts holds, bool of shape (n_states,).

    Each part is as a formula of :func:`netproof.recheck.hml.formula_holds` with the numbers of
    parts before it for operands. What no later part needs is forgotten.
    """
    if not parts:
        raise RefusedError("a formula has at least one part")
    shapes = [formula_parts(part, relation, atoms, int) for part in parts]
    last: dict[int, int] = {}
    for number, (_, _, below) in enumerate(shapes):
        if not all(0 <= part < number for part in below):
            raise RefusedError("a part of the formula is about parts that do not come before it")
        last.update(dict.fromkeys(below, number))
    values: dict[int, NDArray[np.bool_]] = {}
    final = len(shapes) - 1
    for number, (word, label, below) in enumerate(shapes):
        watch.tick()
        watch.fits((len(values) + 1) * lts.n_states)
        values[number] = value_of(lts, word, label, atoms, [values[part] for part in below])
        for part in {*below, number} - {final}:
            if last.get(part, part) <= number:
                del values[part]
    return values[final]
