"""The equivalences of behaviours by name, as the command line offers them.

Each has a procedure that compares two systems, and perhaps one that makes a system smaller. What
is entered here is offered by ``netproof equivalent`` and ``netproof minimise``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget
from transition_systems.equivalences import (
    equivalent,
    minimise,
    normal_form,
)
from transition_systems.equivalences.any_relation import RelationName
from transition_systems.equivalences.linear_relations import (
    LINEAR_RELATIONS,
    OTHER_NAMES,
    LinearName,
)
from transition_systems.equivalences.relations import BISIMILARITIES, Relation
from transition_systems.equivalences.simulation_reduction import reduce_by_simulation
from transition_systems.equivalences.simulations import SIMULATIONS, SimulationName
from transition_systems.errors import UsageError
from transition_systems.lts import LTS
from transition_systems.verdict import Verdict

__all__ = ["EQUIVALENCES", "Equivalence", "entry_named", "equivalence_named"]

Entry = TypeVar("Entry")
Compare = Callable[[LTS, LTS, Budget], Verdict]
Place = NDArray[np.int64]
Minimise = Callable[[LTS, Budget], tuple[LTS, Place | None]]


@dataclass(frozen=True, slots=True)
class Equivalence:
    """How two systems are compared, and how one is made smaller, if that is offered.

    What makes it smaller also gives for each state its state in the smaller system, int64 (n,), -1
    for none; ``None`` where a state of the smaller system stands for a set of states.
    """

    compare: Compare
    minimise: Minimise | None = None


def _compare(relation: str, a: LTS, b: LTS, budget: Budget) -> Verdict:
    name = cast(RelationName, relation)
    return equivalent(a, b, name, atoms={*a.atoms, *b.atoms}, budget=budget)


def _minimise(relation: str, lts: LTS, budget: Budget) -> tuple[LTS, Place]:
    name = cast(Relation, relation)
    return minimise(lts, name, atoms=lts.atoms.keys(), budget=budget)


def _reduce(relation: str, lts: LTS, budget: Budget) -> tuple[LTS, Place]:
    name = cast(SimulationName, relation)
    return reduce_by_simulation(lts, name, atoms=lts.atoms.keys(), budget=budget)


def _normal_form(relation: str, lts: LTS, budget: Budget) -> tuple[LTS, None]:
    name = cast(LinearName, relation)
    return normal_form(lts, name, atoms=lts.atoms.keys(), budget=budget).lts, None


EQUIVALENCES: dict[str, Equivalence] = {
    **{
        name: Equivalence(partial(_compare, name), partial(_minimise, name))
        for name in BISIMILARITIES
    },
    **{name: Equivalence(partial(_compare, name), partial(_reduce, name)) for name in SIMULATIONS},
    "isomorphism": Equivalence(partial(_compare, "isomorphism")),
    **{
        name: Equivalence(partial(_compare, name), partial(_normal_form, name))
        for name in LINEAR_RELATIONS
    },
}


def equivalence_named(name: str) -> Equivalence:
    """Return the equivalence of a name.

    Raises
    ------
    UsageError
        When there is none, with the nearest names.

    Examples
    --------
    >>> equivalence_named("week")
    Traceback (most recent call last):
    ...
    transition_systems.errors.UsageError: there is no relation 'week'; did you mean 'weak'?
    """
    return entry_named(EQUIVALENCES, name, "relation")


def entry_named(table: Mapping[str, Entry], name: str, kind: str) -> Entry:
    """Return what stands in a table under a name.

    Raises
    ------
    UsageError
        When nothing does, with the nearest names.

    Examples
    --------
    >>> entry_named({"weak": 1}, "week", "relation")
    Traceback (most recent call last):
    ...
    transition_systems.errors.UsageError: there is no relation 'week'; did you mean 'weak'?
    """
    found = table.get(OTHER_NAMES.get(name, name))
    if found is None:
        near = get_close_matches(name, table, 3, 0.5)
        known = " or ".join(repr(other) for other in near)
        mend = f"did you mean {known}?" if near else f"there are {', '.join(table)}"
        raise UsageError(f"there is no {kind} {name!r}; {mend}")
    return found
