"""The preorders of behaviours by name, as ``netproof refine`` offers them.

Each has a procedure that is given a specification and an implementation. What is entered here is
offered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import cast

from netproof.equivalences import EQUIVALENCES, entry_named
from transition_systems.budget import Budget
from transition_systems.equivalences import refines, simulated_by
from transition_systems.equivalences.linear_relations import LINEAR_RELATIONS, LinearName
from transition_systems.equivalences.simulations import SIMULATIONS, SimulationName
from transition_systems.errors import UsageError
from transition_systems.lts import LTS
from transition_systems.verdict import Verdict

__all__ = ["REFINEMENTS", "Refinement", "refinement_named"]


@dataclass(frozen=True, slots=True)
class Refinement:
    """How an implementation is compared with its specification.

    Parameters
    ----------
    decide
        Takes the specification, the implementation and a budget.
    turned
        Whether its evidence is about the implementation (left) and the specification (right).
    """

    decide: Callable[[LTS, LTS, Budget], Verdict]
    turned: bool = False


def _refine(name: str, specification: LTS, implementation: LTS, budget: Budget) -> Verdict:
    atoms = {*specification.atoms, *implementation.atoms}
    relation = cast(LinearName, name)
    return refines(specification, implementation, relation, atoms=atoms, budget=budget)


def _simulate(name: str, specification: LTS, implementation: LTS, budget: Budget) -> Verdict:
    atoms = {*specification.atoms, *implementation.atoms}
    relation = cast(SimulationName, name)
    verdict = simulated_by(implementation, specification, relation, atoms=atoms, budget=budget)
    told = [_told(text) for text in verdict.explanation]
    return verdict.with_(explanation=tuple(told))


def _told(text: str) -> str:
    """Say of the specification and the implementation what is said of two systems."""
    text = text.replace("the lower one", "the implementation")
    for found, said in (("are", "simulates"), ("are not", "does not simulate")):
        text = text.replace(
            f"The systems {found} in the ", f"The specification {said} the implementation, in the "
        )
    return text


REFINEMENTS: dict[str, Refinement] = {
    name: Refinement(partial(_refine, name)) for name in LINEAR_RELATIONS
}
REFINEMENTS.update(
    (name, Refinement(partial(_simulate, name), turned=True)) for name in SIMULATIONS
)


def refinement_named(name: str) -> Refinement:
    """Return the refinement of a name.

    Raises
    ------
    UsageError
        When there is none, with the nearest names.

    Examples
    --------
    >>> refinement_named("failure")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    transition_systems.errors.UsageError: there is no refinement 'failure'; did you mean ...
    """
    if name in EQUIVALENCES and name not in REFINEMENTS:
        known = ", ".join(REFINEMENTS)
        raise UsageError(f"{name!r} is an equivalence and no refinement; there are {known}")
    return entry_named(REFINEMENTS, name, "refinement")
