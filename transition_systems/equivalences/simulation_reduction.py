"""A smaller system that simulates the given one and is simulated by it."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget
from transition_systems.equivalences.simulation_ranks import ranks_of
from transition_systems.equivalences.simulation_steps import steps_of
from transition_systems.equivalences.simulations import SimulationName, simulation_named
from transition_systems.lts import LTS
from transition_systems.lts_operations import reachable_states, restrict, with_atoms
from transition_systems.progress import ProgressCallback
from transition_systems.quotient import number_blocks, quotient

__all__ = ["reduce_by_simulation"]

Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]


def reduce_by_simulation(
    lts: LTS,
    relation: SimulationName = "simulation",
    *,
    atoms: Collection[str] = (),
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> tuple[LTS, Indices]:
    """Return the quotient by a simulation equivalence, without the steps that others outdo.

    States that simulate each other become one. Unless silent steps are abstracted from, a step is
    left out when another one of its state with its label leads to a state that simulates its
    target (a little brother), and so are initial states that another one simulates; what can then
    no longer be reached is left out, too. For plain simulation no equivalent system has fewer
    states or fewer arcs.

    Parameters
    ----------
    lts
        The system.
    relation
        As for :func:`transition_systems.equivalences.similar`.
    atoms
        Atoms that the states of a class share, beside ``final``. Any other holds of a class when
        it holds of one of its states.
    budget, progress
        What it may use, and whom it tells.

    Returns
    -------
    smaller, place
        The smaller system, and int64 (n,): where each state is in it, -1 for those left out. The
        two systems are equivalent, which :func:`transition_systems.equivalences.similar` shows.

    Raises
    ------
    UsageError
        For an unknown relation.
    UndecidedError
        When the budget ends, or the relation does not fit into memory.

    Notes
    -----
    Complexity as :func:`transition_systems.equivalences.simulated_by`; finite systems. D. Bustan,
    O. Grumberg, Simulation-based minimization, ACM TOCL 4 (2003).

    Examples
    --------
    >>> arcs = [(0, "a", 1), (1, "b", 2), (0, "a", 3)]
    >>> small, place = reduce_by_simulation(LTS.from_arcs(4, arcs))
    >>> list(small.arcs()), place.tolist()
    ([(0, 'a', 1), (1, 'b', 2)], [0, 1, 2, 2])
    """
    simulation = simulation_named(relation)
    meter = (Budget() if budget is None else budget).start()
    respected = with_atoms(lts, sorted({*atoms}))
    steps = steps_of(respected, meter, weak=simulation.weak, progress=progress)
    base = None
    if simulation.condition == "nested":
        base = ranks_of(steps, simulation_named("simulation"), meter)
    under = ranks_of(steps, simulation, meter, base=base) == 0
    alike = np.argmax(under & under.T, axis=1) if steps.n else np.zeros(0, dtype=np.int64)
    chosen = alike[steps.place]
    place = number_blocks(chosen)
    small = quotient(lts, place, drop_inert=simulation.weak)
    if simulation.weak:
        return small, place
    class_of = np.zeros(small.n_states, dtype=np.int64)
    class_of[place] = chosen
    small = _without_little_brothers(small, class_of, under)
    stays = reachable_states(small)
    number = np.where(stays, np.cumsum(stays) - 1, -1)
    return restrict(small, stays), number[place]


def _without_little_brothers(lts: LTS, class_of: Indices, under: Bools) -> LTS:
    """Return the system with only the greatest targets of each state and label."""

    def outdone(states: Indices) -> Bools:
        classes = class_of[states]
        greater = under[np.ix_(classes, classes)]
        np.fill_diagonal(greater, False)
        return np.asarray(greater.any(axis=1), dtype=np.bool_)

    sources, keep = lts.sources, np.ones(lts.n_arcs, dtype=np.bool_)
    fresh = np.ones(lts.n_arcs, dtype=np.bool_)
    fresh[1:] = (np.diff(sources) != 0) | (np.diff(lts.labels) != 0)
    begins = np.append(np.flatnonzero(fresh), lts.n_arcs)
    for group in np.flatnonzero(np.diff(begins) > 1).tolist():
        row = slice(begins[group], begins[group + 1])
        keep[row] = ~outdone(lts.targets[row])
    return LTS.from_arrays(
        lts.n_states,
        sources[keep],
        lts.labels[keep],
        lts.targets[keep],
        label_names=lts.label_names,
        initial=lts.initial[~outdone(lts.initial)],
        atoms=lts.atoms,
        state_of=lts.state_of,
    )
