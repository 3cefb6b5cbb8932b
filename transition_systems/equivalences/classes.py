"""The classes of a bisimilarity on one system: the partition that all else is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.equivalences.coarsest import coarsest
from transition_systems.equivalences.graph import Graph, graph_of
from transition_systems.equivalences.hashed_rounds import hashed_classes
from transition_systems.equivalences.inductive import InductiveSignatures
from transition_systems.equivalences.relations import Bisimilarity
from transition_systems.equivalences.signatures import TooMuchWork, time_limit
from transition_systems.equivalences.silent_cycles import without_silent_cycles
from transition_systems.equivalences.strong import StrongSignatures
from transition_systems.equivalences.weak import quotient_graph, saturated
from transition_systems.lts import LTS, TAU
from transition_systems.progress import ProgressCallback

__all__ = ["Classes", "classes_of", "prepared"]

Indices = NDArray[np.int64]
Stop = Callable[[Indices], bool]

MOST_WEAK_STEPS = 100_000_000
BYTES_PER_STEP = 64


@dataclass(frozen=True, slots=True)
class Classes:
    """The class of each state as far as it is known, int64 (n,).

    States of different classes are not related. ``stable`` tells that states of the same are;
    ``reason`` tells why that is not known where it is neither stable nor stopped; ``methods`` are
    the ways in which the classes were found.
    """

    block: Indices
    stable: bool
    reason: str | None = None
    methods: tuple[str, ...] = ()


def classes_of(
    lts: LTS,
    relation: Bisimilarity,
    meter: Meter,
    *,
    method: str = "auto",
    stop: Stop | None = None,
    progress: ProgressCallback | None = None,
) -> Classes:
    """Return the classes of a bisimilarity that respects all atoms of the system.

    Parameters
    ----------
    lts
        The system.
    relation
        The bisimilarity.
    meter
        A running budget.
    method
        As in :func:`.coarsest.coarsest`.
    stop
        Asked now and then, given the class of each state as far as it is known, whether that is
        enough.
    progress
        Told now and then.

    Returns
    -------
    Classes

    Notes
    -----
    Weak bisimilarity is decided on the quotient by branching bisimilarity, which is finer, with
    weak steps for arcs.
    """
    try:
        return _classes(lts, relation, meter, method, stop, progress)
    except (MemoryError, TooMuchWork) as error:
        return Classes(np.zeros(lts.n_states, dtype=np.int64), stable=False, reason=str(error))


def _classes(
    lts: LTS,
    relation: Bisimilarity,
    meter: Meter,
    method: str,
    stop: Stop | None,
    progress: ProgressCallback | None,
) -> Classes:
    look = time_limit(meter)
    look()
    graph, place, signatures = prepared(lts, relation)
    look()

    def there(after: Indices) -> Stop | None:
        if stop is None:
            return None
        asked = stop
        return lambda block: asked(block[after])

    early = there(place) if relation.kind != "weak" else None
    first = hashed_classes(graph, meter, silent=relation.silent)
    found, by = coarsest(
        graph, signatures, meter, first=first, method=method, stop=early, progress=progress
    )
    if relation.kind != "weak" or not found.stable:
        known = found.block[place] if relation.kind != "weak" else np.zeros_like(place)
        return Classes(known, found.stable, found.reason, by)
    small = quotient_graph(graph, found.block, found.n_blocks)
    place = found.block[place]
    weak = saturated(small, divergence_label(small, relation), most_steps(meter), look)
    found, then = coarsest(
        weak, StrongSignatures(weak), meter, method=method, stop=there(place), progress=progress
    )
    return Classes(found.block[place], found.stable, found.reason, tuple(dict.fromkeys(by + then)))


def prepared(
    lts: LTS, relation: Bisimilarity
) -> tuple[Graph, Indices, StrongSignatures | InductiveSignatures]:
    """Return the graph to refine, where each state is in it, and the signatures.

    For weak bisimilarity they are those of branching bisimilarity, and these are those of strong
    bisimilarity where there are no silent steps.
    """
    graph = graph_of(lts)
    if not relation.silent:
        return graph, np.arange(lts.n_states, dtype=np.int64), StrongSignatures(graph)
    graph, place = without_silent_cycles(graph, divergence=relation.divergence)
    if not (graph.labels == TAU).any():
        return graph, place, StrongSignatures(graph)
    return graph, place, InductiveSignatures(graph)


def divergence_label(graph: Graph, relation: Bisimilarity) -> int | None:
    """Return the label of the loops of divergent nodes in a prepared graph, if there is one."""
    return graph.n_labels - 1 if relation.divergence else None


def most_steps(meter: Meter) -> int:
    """Return how many weak steps the budget allows."""
    granted = meter.budget.bytes
    return MOST_WEAK_STEPS if granted is None else min(MOST_WEAK_STEPS, granted // BYTES_PER_STEP)
