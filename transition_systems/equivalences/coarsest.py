"""The coarsest stable partition: by signatures, or by bunches of arcs where those take long."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.equivalences.bunch_refinement import refine_by_bunches
from transition_systems.equivalences.graph import Graph
from transition_systems.equivalences.inductive import InductiveSignatures
from transition_systems.equivalences.refinement import Refinement, refine
from transition_systems.equivalences.stability import is_stable
from transition_systems.equivalences.strong import StrongSignatures
from transition_systems.errors import UsageError
from transition_systems.progress import ProgressCallback

__all__ = ["METHODS", "coarsest", "method_named"]

Indices = NDArray[np.int64]

METHODS = ("auto", "signatures", "bunches")
# By how much work, for each arc or state and doubling, signatures cost what bunches do; and what it
# costs to begin with bunches, in the same measure.
EFFORT = 6
TO_BEGIN = 4_000


def method_named(name: str) -> str:
    """Return the name of a method.

    Raises
    ------
    UsageError
        When there is none.

    Examples
    --------
    >>> method_named("auto")
    'auto'
    """
    if name not in METHODS:
        known = ", ".join(repr(other) for other in METHODS)
        raise UsageError(f"there is no method {name!r}; there are {known}")
    return name


def coarsest(
    graph: Graph,
    signatures: StrongSignatures | InductiveSignatures,
    meter: Meter,
    *,
    first: Indices | None = None,
    method: str = "auto",
    stop: Callable[[Indices], bool] | None = None,
    progress: ProgressCallback | None = None,
) -> tuple[Refinement, tuple[str, ...]]:
    """Refine a partition to the coarsest that is stable.

    Parameters
    ----------
    graph
        The graph.
    signatures
        Its signatures: which bisimilarity is meant.
    meter
        When it is exhausted, refinement ends with a reason.
    first
        The first partition, int64 (n,), no finer than the result; the classes of the graph.
    method
        ``"signatures"``; ``"bunches"`` for the algorithm in O(m log n); ``"auto"`` for signatures,
        and bunches from the partition that they came to where the work exceeds what bunches cost.
    stop
        Asked now and then, given the block of each state, whether what is known is enough.
    progress
        Told now and then.

    Returns
    -------
    refinement, methods
        The partition, and which methods came to it. Whichever did, a last round on exact keys
        decided that it is stable.

    Examples
    --------
    >>> from transition_systems.budget import Budget
    >>> arcs = np.array([0, 1, 1]), np.array([2]), np.array([1])
    >>> graph = Graph(*arcs, np.array([0, 0]), 3)
    >>> found, by = coarsest(graph, StrongSignatures(graph), Budget().start(), method="bunches")
    >>> found.n_blocks, by
    (2, ('bunches',))
    """
    begin = graph.classes if first is None else first
    by: tuple[str, ...] = ()
    if method != "bunches":
        size = graph.n + len(graph.targets)
        cost = EFFORT * (size * size.bit_length() + TO_BEGIN)
        allowed = cost if method == "auto" else inf
        found = refine(begin, signatures, meter, stop=stop, progress=progress, allowed=allowed)
        by = ("signatures",)
        if not found.given_up:
            return found, by
        begin = found.block
    silent = signatures.silent if isinstance(signatures, InductiveSignatures) else None
    found = refine_by_bunches(graph, silent, begin, meter, stop=stop, progress=progress)
    inside = None if silent is None else silent.inside
    if found.stable and not is_stable(graph, inside, found.block, found.n_blocks):
        found = refine(found.block, signatures, meter, stop=stop, progress=progress)
    return found, (*by, "bunches")
