"""The smallest system of a bisimilarity, and where each state is in it."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget
from transition_systems.equivalences.classes import classes_of
from transition_systems.equivalences.coarsest import method_named
from transition_systems.equivalences.graph import graph_of
from transition_systems.equivalences.relations import Relation, relation_named
from transition_systems.equivalences.silent_cycles import cyclic_states
from transition_systems.errors import UndecidedError
from transition_systems.lts import LTS
from transition_systems.lts_operations import with_atoms
from transition_systems.progress import ProgressCallback
from transition_systems.quotient import number_blocks, quotient

__all__ = ["minimise"]

Indices = NDArray[np.int64]


def minimise(
    lts: LTS,
    relation: Relation = "strong",
    *,
    atoms: Collection[str] = (),
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> tuple[LTS, Indices]:
    """Return the system with the fewest states that is bisimilar to the given one.

    Parameters
    ----------
    lts
        The system; states that cannot be reached are merged, too, but not removed.
    relation
        ``"strong"``, ``"branching"``, ``"divergence-branching"``, ``"weak"`` or
        ``"divergence-weak"``. All but the first drop silent steps inside a class; those that
        respect divergence leave a silent loop where the class has a silent cycle.
    atoms
        Atoms that the states of a class share, beside ``final``. Any other holds of a class when
        it holds of one of its states.
    method
        As for :func:`transition_systems.equivalences.bisimilar`; the quotient is the same.
    budget, progress
        What it may use, and whom it tells.

    Returns
    -------
    quotient, place
        The smaller system, and int64 (n,): the state of the quotient for each state. The map is
        the evidence: as the partition of a :class:`PartitionEvidence` it relates both.

    Raises
    ------
    UsageError
        For an unknown relation or method.
    UndecidedError
        When the budget ends.

    Notes
    -----
    Complexity as :func:`transition_systems.equivalences.bisimilar`. R. Paige, R. Tarjan, Three
    partition refinement algorithms, SIAM J. Comput. 16 (1987), for the principle.

    Examples
    --------
    >>> small, place = minimise(LTS.from_arcs(3, [(0, "a", 1), (0, "a", 2)]))
    >>> small.n_states, place.tolist()
    (2, [0, 1, 1])
    >>> forever = LTS.from_arcs(2, [(0, None, 1), (1, None, 0)])
    >>> [minimise(forever, relation)[0].n_arcs for relation in ("weak", "divergence-weak")]
    [0, 1]
    """
    known = relation_named(relation)
    marked = with_atoms(lts, atoms)
    meter = (budget or Budget()).start()
    found = classes_of(marked, known, meter, method=method_named(method), progress=progress)
    if not found.stable:
        raise UndecidedError(f"the system was not minimised: {found.reason}")
    place = number_blocks(found.block)
    loops: Indices | None = None
    if known.divergence:
        loops = np.unique(place[cyclic_states(graph_of(marked))])
    return quotient(lts, place, drop_inert=known.silent, loops=loops), place
