"""Every equivalence and every preorder of systems by its name."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, TypeAlias, cast

from transition_systems.budget import Budget
from transition_systems.equivalences.bisimilarity import bisimilar
from transition_systems.equivalences.isomorphism import isomorphic
from transition_systems.equivalences.linear import linear_equivalent, linear_refines
from transition_systems.equivalences.linear_relations import LinearName
from transition_systems.equivalences.relations import BISIMILARITIES, Relation
from transition_systems.equivalences.simulation import similar, simulated_by
from transition_systems.equivalences.simulations import SIMULATIONS, SimulationName
from transition_systems.errors import UsageError
from transition_systems.lts import LTS
from transition_systems.progress import ProgressCallback
from transition_systems.verdict import Verdict

__all__ = ["RelationName", "equivalent", "refines"]

ISOMORPHISM = "isomorphism"
RelationName: TypeAlias = Relation | SimulationName | LinearName | Literal["isomorphism"]


def equivalent(
    a: LTS,
    b: LTS,
    relation: RelationName = "trace",
    *,
    atoms: Collection[str] = (),
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Verdict:
    """Decide whether two systems are equivalent, in any of the relations.

    Parameters
    ----------
    a, b
        The systems; labels and atoms are compared by name.
    relation
        A bisimilarity (see :func:`bisimilar`), a simulation (:func:`similar`: each simulates the
        other), ``"isomorphism"`` (:func:`isomorphic`), or of the linear-time relations what can be
        seen of the runs: the trace of labels and no more (``"trace"``), after it that no step is
        left (``"completed-trace"``), a set of labels that is refused (``"failures"``), the set of
        those on offer (``"readiness"``); such sets all along the trace (``"failure-trace"``,
        ``"ready-trace"``); all traces that may follow (``"possible-futures"``), or a set of traces
        none of which may follow (``"impossible-futures"``). With ``weak-`` before it, silent steps
        are no letters, and ends, refusals and ready sets are seen in states without silent steps.
        ``"failures-divergences"`` is as ``"weak-failures"``, and a system that can be silent for
        ever is chaos from there on.
    atoms
        Atoms that count beside ``final``.
    budget, progress
        What it may use, and whom it tells.

    Returns
    -------
    Verdict
        With evidence: a partition, a relation or a map where it ``HOLDS``; a formula, a trace or an
        observation of just one of them where it is ``VIOLATED``. ``UNKNOWN`` when the budget ends.

    Raises
    ------
    UsageError
        For an unknown relation, with the nearest.

    Notes
    -----
    Complexity and sources as of the function of each relation; the linear-time relations are
    PSPACE-complete.

    Examples
    --------
    >>> late = LTS.from_arcs(4, [(0, "a", 1), (1, "b", 2), (1, "c", 3)])
    >>> early = LTS.from_arcs(5, [(0, "a", 1), (0, "a", 2), (1, "b", 3), (2, "c", 4)])
    >>> [bool(equivalent(late, early, name)) for name in ("completed-trace", "failures", "weak")]
    [True, False, False]
    """
    if relation == ISOMORPHISM:
        return isomorphic(a, b, atoms=atoms, budget=budget, progress=progress)
    if relation in BISIMILARITIES:
        known = cast(Relation, relation)
        return bisimilar(a, b, known, atoms=atoms, budget=budget, progress=progress)
    if relation in SIMULATIONS:
        name = cast(SimulationName, relation)
        return similar(a, b, name, atoms=atoms, budget=budget, progress=progress)
    seen = cast(LinearName, relation)
    return linear_equivalent(a, b, seen, atoms=atoms, budget=budget, progress=progress)


def refines(
    specification: LTS,
    implementation: LTS,
    relation: SimulationName | LinearName = "trace",
    *,
    atoms: Collection[str] = (),
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Verdict:
    """Decide whether an implementation refines its specification, in any of the preorders.

    The specification stands on the left, as in FDR's ``Spec [T= Impl``.

    Parameters
    ----------
    specification, implementation
        The systems; labels and atoms are compared by name.
    relation
        A simulation: the specification simulates the implementation (:func:`simulated_by`); or a
        linear-time relation: all that can be seen of the implementation can be seen of the
        specification (see :func:`equivalent`).
    atoms
        Atoms that count beside ``final``.
    budget, progress
        What it may use (states are pairs), and whom it tells.

    Returns
    -------
    Verdict
        ``HOLDS`` with a simulation, for linear time one by the normalised specification.
        ``VIOLATED`` with a shortest trace after which the implementation shows what the
        specification cannot, or with a formula. ``UNKNOWN`` when the budget ends. The evidence of a
        simulation is about the implementation (left) and the specification (right).

    Raises
    ------
    UsageError
        For an unknown relation, with the nearest; for one that is only an equivalence.

    Notes
    -----
    Linear time is PSPACE-complete; see the functions of the relations for their complexity.

    Examples
    --------
    >>> vending = LTS.from_arcs(3, [(0, "coin", 1), (1, "tea", 2), (1, "coffee", 2)])
    >>> stingy = LTS.from_arcs(4, [(0, "coin", 1), (0, "coin", 2), (1, "tea", 3)])
    >>> [bool(refines(vending, stingy, name)) for name in ("trace", "failures", "simulation")]
    [True, False, True]
    """
    if relation in SIMULATIONS:
        name = cast(SimulationName, relation)
        return simulated_by(
            implementation, specification, name, atoms=atoms, budget=budget, progress=progress
        )
    if relation in (ISOMORPHISM, *BISIMILARITIES):
        raise UsageError(
            f"{relation!r} is an equivalence, no preorder: ask equivalent, or for a simulation "
            "or a linear-time relation"
        )
    seen = cast(LinearName, relation)
    return linear_refines(
        specification, implementation, seen, atoms=atoms, budget=budget, progress=progress
    )
