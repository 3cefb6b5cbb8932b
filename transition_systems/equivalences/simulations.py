"""The simulations by name: what each asks for, and how it is spoken of."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from transition_systems.equivalences.relation_names import no_such_relation

__all__ = ["SIMULATIONS", "Simulation", "SimulationName", "simulation_named"]

SimulationName = Literal[
    "simulation",
    "completed-simulation",
    "ready-simulation",
    "2-nested-simulation",
    "weak-simulation",
    "weak-ready-simulation",
    "coupled-simulation",
]


@dataclass(frozen=True, slots=True)
class Simulation:
    """One of the simulations: a preorder, and the equivalence that it gives both ways.

    Parameters
    ----------
    name
        As in :data:`SimulationName`.
    adjective
        Its name in a sentence.
    weak
        Whether it abstracts from silent steps.
    condition
        What related states share beside their atoms: ``"plain"`` nothing, ``"completed"`` whether
        they can do anything, ``"ready"`` the labels of their steps; ``"nested"``: the second is
        simulated by the first, too; ``"coupled"``: silent steps lead from the second to a state
        that the first simulates.
    """

    name: str
    adjective: str
    weak: bool
    condition: Literal["plain", "completed", "ready", "nested", "coupled"] = "plain"

    def claim(self, atoms: Collection[str] = (), *, preorder: bool) -> str:
        """Return what two systems are that it relates, given the atoms that states share."""
        shown = f" respecting {json.dumps(sorted(atoms), ensure_ascii=False)}" if atoms else ""
        if preorder:
            return f"in the {self.adjective} preorder{shown}"
        return f"{self.adjective} equivalent{shown}"


SIMULATIONS = {
    known.name: known
    for known in (
        Simulation("simulation", "simulation", weak=False),
        Simulation(
            "completed-simulation", "completed simulation", weak=False, condition="completed"
        ),
        Simulation("ready-simulation", "ready simulation", weak=False, condition="ready"),
        Simulation("2-nested-simulation", "2-nested simulation", weak=False, condition="nested"),
        Simulation("weak-simulation", "weak simulation", weak=True),
        Simulation("weak-ready-simulation", "weak ready simulation", weak=True, condition="ready"),
        Simulation("coupled-simulation", "coupled simulation", weak=True, condition="coupled"),
    )
}


def simulation_named(name: str) -> Simulation:
    """Return the simulation of a name.

    Raises
    ------
    UsageError
        When there is none.

    Examples
    --------
    >>> simulation_named("ready-simulation").claim(preorder=True)
    'in the ready simulation preorder'
    """
    found = SIMULATIONS.get(name)
    if found is None:
        raise no_such_relation(name, "simulation", SIMULATIONS)
    return found
