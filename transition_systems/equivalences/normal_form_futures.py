"""Normal forms of relations that see which traces may follow, and which may not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.equivalences.futures import NOWHERE, Futures
from transition_systems.equivalences.linear_graph import LinearGraph
from transition_systems.equivalences.linear_relations import LinearRelation
from transition_systems.equivalences.normal_form_nodes import Builder, nodes_of
from transition_systems.equivalences.set_table import EMPTY
from transition_systems.lts import LTS, TAU

__all__ = ["by_futures"]

Indices = NDArray[np.int64]


def by_futures(
    graph: LinearGraph, relation: LinearRelation, meter: Meter
) -> tuple[LTS, list[int], Indices]:
    """Return a normal form, the node of each of its states, and the node of each state.

    A node has a state for each set of traces that may follow, with just these; for impossible
    futures only for the least of them, for all that may follow the node, and for what is left of
    those after a letter. A letter leads to all states whose traces are among what is left. Where
    silent steps are no letters, these lead from one initial state to the others, if there can be
    one.
    """
    none = graph.initial[:0]
    empty = LinearGraph(
        np.zeros(1, dtype=np.int64), none, none, none, graph.names, graph.first_atom,
        silent=graph.silent,
    )  # fmt: skip
    starts = np.zeros(len(graph.initial), dtype=np.int64), graph.initial, 1
    futures = Futures(graph, empty, meter, starts)
    sets, table = futures.sets, futures.included()
    of_state = futures.of_left()

    def family(number: int) -> frozenset[int]:
        members = sets.members_of(np.array([number]))[1]
        found = np.unique(of_state[members])
        if relation.seen == "impossible":
            inside = table[np.ix_(found, found)]
            found = found[inside.sum(axis=0) == 1]
        return frozenset(found.tolist())

    start = int(futures.starting[0])
    nodes = nodes_of(sets, start, family)
    families = [sorted(family(k)) for k in nodes.example]
    builder = Builder[tuple[int, int]](graph)
    if start != EMPTY:
        whole = int(futures.classes[start])
        if graph.silent and (relation.seen == "impossible" or whole in families[0]):
            builder.start((0, whole))
            for mine in families[0]:
                if mine != whole:
                    builder.arc(0, TAU, (0, mine))
        else:
            extra = [whole] if relation.seen == "impossible" else []
            for mine in sorted({*families[0], *extra}):
                builder.start((0, mine))
    at = 0
    while at < len(builder.names):
        node, mine = builder.names[at]
        step = futures.step[mine]
        for letter in np.flatnonzero(step != NOWHERE).tolist():
            if letter >= graph.first_atom:
                builder.atom(at, letter)
                continue
            after, left = nodes.after[node][letter], int(step[letter])
            wanted = {other for other in families[after] if table[other, left]}
            if relation.seen == "impossible":
                wanted.add(left)
            for other in sorted(wanted):
                builder.arc(at, letter, (after, other))
        at += 1
    return builder.lts(), [name[0] for name in builder.names], nodes.home
