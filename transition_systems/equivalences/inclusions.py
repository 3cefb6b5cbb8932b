"""The spectrum as a graph: which relations there are, and which of them imply which others.

Where one relation implies another, what it relates as an equivalence or as a preorder the other one
relates, too.

R. van Glabbeek, The linear time - branching time spectrum I, Handbook of Process Algebra (2001),
and II, CONCUR 1993; B. Bisping, U. Nestmann, K. Peters, Coupled similarity: the first 32 years,
Acta Informatica 57 (2020), for what lies between weak simulation and weak bisimilarity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import cast

from transition_systems.budget import Budget
from transition_systems.equivalences.bisimilarity import bisimilar
from transition_systems.equivalences.isomorphism import isomorphic
from transition_systems.equivalences.linear import linear_equivalent, linear_refines
from transition_systems.equivalences.linear_relations import LINEAR_RELATIONS, LinearName
from transition_systems.equivalences.relations import BISIMILARITIES, Relation
from transition_systems.equivalences.simulation import similar, simulated_by
from transition_systems.equivalences.simulations import SIMULATIONS, SimulationName
from transition_systems.lts import LTS
from transition_systems.verdict import Verdict

__all__ = ["IMPLIED", "SPECTRUM", "Decide", "Notion", "implied_by"]

Decide = Callable[[LTS, LTS, tuple[str, ...], Budget], Verdict]


@dataclass(frozen=True, slots=True)
class Notion:
    """One notion of equality of behaviours.

    Parameters
    ----------
    name
        As ``netproof equivalent --relation`` knows it.
    phrase
        What it compares, for a reader.
    weak
        Whether it abstracts from silent steps.
    equal
        Decides whether two systems are equal in its sense.
    below
        Decides whether the first is below the second in its preorder, if it has one.
    """

    name: str
    phrase: str
    weak: bool
    equal: Decide
    below: Decide | None = None


IMPLIED: dict[str, tuple[str, ...]] = {
    "isomorphism": ("strong",),
    "strong": ("2-nested-simulation", "divergence-branching"),
    "2-nested-simulation": ("ready-simulation", "possible-futures", "weak-ready-simulation"),
    "ready-simulation": ("completed-simulation", "ready-trace"),
    "completed-simulation": ("simulation", "completed-trace"),
    "simulation": ("trace", "weak-simulation"),
    "possible-futures": ("readiness", "impossible-futures", "weak-possible-futures"),
    "impossible-futures": ("failures", "weak-impossible-futures"),
    "ready-trace": ("failure-trace", "readiness", "weak-ready-trace"),
    "readiness": ("failures", "weak-readiness"),
    "failure-trace": ("failures", "weak-failure-trace"),
    "failures": ("completed-trace", "weak-failures", "failures-divergences"),
    "completed-trace": ("trace", "weak-completed-trace"),
    "trace": ("weak-trace",),
    "divergence-branching": ("branching", "divergence-weak"),
    "branching": ("weak",),
    "divergence-weak": ("weak", "weak-ready-trace", "failures-divergences"),
    "weak": ("coupled-simulation", "weak-ready-simulation", "weak-possible-futures"),
    "coupled-simulation": ("weak-simulation", "weak-impossible-futures"),
    "weak-ready-simulation": ("weak-simulation",),
    "weak-simulation": ("weak-trace",),
    "weak-possible-futures": ("weak-impossible-futures",),
    "weak-impossible-futures": ("weak-trace",),
    "weak-ready-trace": ("weak-failure-trace", "weak-readiness"),
    "weak-readiness": ("weak-failures",),
    "weak-failure-trace": ("weak-failures",),
    "weak-failures": ("weak-completed-trace",),
    "weak-completed-trace": ("weak-trace",),
    "failures-divergences": (),
    "weak-trace": (),
}


def _bisimilar(name: str, a: LTS, b: LTS, atoms: tuple[str, ...], budget: Budget) -> Verdict:
    return bisimilar(a, b, cast(Relation, name), atoms=atoms, budget=budget)


def _isomorphic(a: LTS, b: LTS, atoms: tuple[str, ...], budget: Budget) -> Verdict:
    return isomorphic(a, b, atoms=atoms, budget=budget)


def _similar(name: str, a: LTS, b: LTS, atoms: tuple[str, ...], budget: Budget) -> Verdict:
    return similar(a, b, cast(SimulationName, name), atoms=atoms, budget=budget)


def _simulated(name: str, a: LTS, b: LTS, atoms: tuple[str, ...], budget: Budget) -> Verdict:
    return simulated_by(a, b, cast(SimulationName, name), atoms=atoms, budget=budget)


def _equivalent(name: str, a: LTS, b: LTS, atoms: tuple[str, ...], budget: Budget) -> Verdict:
    return linear_equivalent(a, b, cast(LinearName, name), atoms=atoms, budget=budget)


def _refining(name: str, a: LTS, b: LTS, atoms: tuple[str, ...], budget: Budget) -> Verdict:
    return linear_refines(b, a, cast(LinearName, name), atoms=atoms, budget=budget)


def _notion(name: str) -> Notion:
    if name in BISIMILARITIES:
        bisimilarity = BISIMILARITIES[name]
        decide = partial(_bisimilar, name)
        return Notion(name, bisimilarity.phrase, bisimilarity.silent, decide)
    if name in SIMULATIONS:
        simulation = SIMULATIONS[name]
        return Notion(
            name,
            simulation.claim(preorder=False),
            simulation.weak,
            partial(_similar, name),
            partial(_simulated, name),
        )
    if name in LINEAR_RELATIONS:
        linear = LINEAR_RELATIONS[name]
        return Notion(
            name,
            linear.claim(refinement=False),
            linear.silent,
            partial(_equivalent, name),
            partial(_refining, name),
        )
    return Notion(name, "isomorphic", weak=False, equal=_isomorphic)


SPECTRUM: dict[str, Notion] = {name: _notion(name) for name in IMPLIED}


@cache
def implied_by(name: str) -> frozenset[str]:
    """Return all relations that one implies, without itself.

    Examples
    --------
    >>> sorted(implied_by("weak-possible-futures"))
    ['weak-impossible-futures', 'weak-trace']
    """
    found = set(IMPLIED[name])
    for other in IMPLIED[name]:
        found |= implied_by(other)
    return frozenset(found)
