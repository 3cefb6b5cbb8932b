"""Hennessy-Milner formulas given as lists of their parts, however deep."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.demanded import Demanded, Shape, TooManyError
from netproof.recheck.hml import formula_parts, value_of
from netproof.recheck.result import RefusedError, Watch
from transition_systems.lts import LTS

__all__ = ["parts_hold", "parts_shapes"]

Bools = NDArray[np.bool_]

# Looking at one step by itself takes as long as looking at so many at once.
AT_ONCE = 100
FREE = 1_000_000


def parts_shapes(
    parts: Sequence[tuple[str | int, ...]], relation: str, atoms: Sequence[str]
) -> list[Shape]:
    """Return operator, label and operands of each part; refuse what is no formula in parts.

    Each part is as a formula of :func:`netproof.recheck.hml.formula_holds` with the numbers of
    parts before it for operands.
    """
    if not parts:
        raise RefusedError("a formula has at least one part")
    shapes = [formula_parts(part, relation, atoms, int) for part in parts]
    for number, (_, _, below) in enumerate(shapes):
        if not all(0 <= part < number for part in below):
            raise RefusedError("a part of the formula is about parts that do not come before it")
    return shapes


def parts_hold(lts: LTS, shapes: Sequence[Shape], atoms: Sequence[str], watch: Watch) -> Bools:
    """Return in which initial states the last of some parts holds, bool of shape (initial states,).

    Parts are evaluated only where their value is asked for; where that turns out to be more work,
    one after the other in all states.
    """
    most = FREE + len(shapes) * (lts.n_states + lts.n_arcs) // AT_ONCE
    try:
        demanded = Demanded(lts, shapes, atoms, watch, most)
        found = [demanded.value(len(shapes) - 1, state) for state in lts.initial.tolist()]
        return np.array(found, dtype=np.bool_)
    except TooManyError:
        return _everywhere(lts, shapes, atoms, watch)[lts.initial]


def _everywhere(lts: LTS, shapes: Sequence[Shape], atoms: Sequence[str], watch: Watch) -> Bools:
    """Return where the last part holds; what no later part needs is forgotten."""
    last: dict[int, int] = {}
    for number, (_, _, below) in enumerate(shapes):
        last.update(dict.fromkeys(below, number))
    values: dict[int, Bools] = {}
    final = len(shapes) - 1
    for number, (word, label, below) in enumerate(shapes):
        watch.tick()
        watch.fits((len(values) + 1) * lts.n_states)
        values[number] = value_of(lts, word, label, atoms, [values[part] for part in below])
        for part in {*below, number} - {final}:
            if last.get(part, part) <= number:
                del values[part]
    return values[final]
