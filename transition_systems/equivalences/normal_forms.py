"""Normal forms: one system for all that are equivalent in linear time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget
from transition_systems.equivalences.linear_graph import linear_graphs
from transition_systems.equivalences.linear_relations import LinearName, linear_relation_named
from transition_systems.equivalences.minimisation import minimise
from transition_systems.equivalences.normal_form_futures import by_futures
from transition_systems.equivalences.normal_form_ready import by_ready_sets, by_ready_traces
from transition_systems.equivalences.set_table import BudgetEnded, SetTable
from transition_systems.errors import UndecidedError
from transition_systems.lts import FINAL, LTS

__all__ = ["NormalForm", "normal_form"]

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NormalForm:
    """A system that shows the same in linear time, and what became of the states.

    Parameters
    ----------
    lts
        The normal form.
    node
        int64 (n of the normal form,): the node that each of its states belongs to. A node stands
        for what can be seen after a trace; it has several states where choices are made there.
    place
        int64 (n,): for each state of the system the node of a shortest trace that leads to it; -1
        where none does, or only one through chaos. A state may be in the sets of several nodes, so
        that no map of states to states is a quotient.
    """

    lts: LTS
    node: Indices
    place: Indices


def normal_form(
    lts: LTS,
    relation: LinearName = "trace",
    *,
    atoms: Collection[str] = (),
    budget: Budget | None = None,
) -> NormalForm:
    """Return the normal form of a system: equivalent, and the same for all that are equivalent.

    The system is made deterministic by sets of states, sets from which the same is seen are merged,
    and what is seen at each is shown by states that do so: for each least set of labels that is
    waited for, each ready set, each set of traces that may follow.

    Parameters
    ----------
    lts
        The system.
    relation
        A linear-time relation, as for :func:`transition_systems.equivalences.equivalent`. For
        ``"ready-trace"`` the states are sets of states with the same ready set, merged by
        bisimilarity. The other relations that look along traces get that system too: it is
        equivalent, but need not be the same for all that are.
    atoms
        Atoms that are seen beside ``final``; the normal form has no others.
    budget
        What it may use.

    Returns
    -------
    NormalForm

    Raises
    ------
    UsageError
        For an unknown relation.
    UndecidedError
        When the budget ends.

    Notes
    -----
    There may be exponentially many sets. M. Rabin, D. Scott, Finite automata and their decision
    problems (1959); normalisation in the manner of A. Roscoe, Model-checking CSP (1994).

    Examples
    --------
    >>> early = LTS.from_arcs(5, [(0, "a", 1), (0, "a", 2), (1, "b", 3), (2, "c", 4)])
    >>> small = normal_form(early)
    >>> small.lts.n_states, small.place.tolist()
    (3, [0, 1, 1, 2, 2])
    >>> normal_form(early, "failures").lts.n_states
    5
    """
    known = linear_relation_named(relation)
    meter = (Budget() if budget is None else budget).start()
    (graph,) = linear_graphs([lts], sorted({*atoms} - {FINAL}), silent=known.silent)
    try:
        if known.along:
            whole, place = by_ready_traces(graph, SetTable(graph, meter), known)
            left = Budget(seconds=meter.budget.remaining(), bytes=meter.budget.bytes)
            small, block = minimise(whole, atoms=whole.atoms, budget=left)
            nodes = np.arange(small.n_states, dtype=np.int64)
            home = np.where(place < 0, -1, np.append(block, -1)[place])
            return NormalForm(small, nodes, home[:-1])
        if known.seen in ("future", "impossible"):
            small, node, home = by_futures(graph, known, meter)
        else:
            small, node, home = by_ready_sets(graph, SetTable(graph, meter), known)
    except BudgetEnded as ended:
        raise UndecidedError(f"there is no normal form within the budget: {ended}") from ended
    return NormalForm(small, np.array(node, dtype=np.int64), home[:-1])
