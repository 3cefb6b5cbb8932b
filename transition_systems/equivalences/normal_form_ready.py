"""Normal forms of relations that see ends, refusals and ready sets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.equivalences.linear_graph import LinearGraph
from transition_systems.equivalences.linear_observations import UNSEEN, shown_sets
from transition_systems.equivalences.linear_relations import LinearRelation
from transition_systems.equivalences.normal_form_nodes import Builder, nodes_of
from transition_systems.equivalences.set_table import EMPTY, BudgetEnded, SetTable
from transition_systems.lts import LTS, TAU

__all__ = ["by_ready_sets", "by_ready_traces"]

Indices = NDArray[np.int64]
Letters = frozenset[int]
Entry = tuple[int, Letters, bool]


class _Shown:
    """What the states of sets show, as sets of letters."""

    def __init__(self, graph: LinearGraph, sets: SetTable, relation: LinearRelation) -> None:
        self.graph, self.sets, self.relation = graph, sets, relation
        self.codes, rows = shown_sets(graph, relation)
        octets = rows.astype("<u8").view(np.uint8).reshape(len(rows), -1)
        bits = np.unpackbits(octets, axis=1, bitorder="little")
        self.letters: list[Letters] = [frozenset(np.flatnonzero(row).tolist()) for row in bits]
        self._least: dict[frozenset[int], frozenset[Letters]] = {}

    def of(self, number: int) -> frozenset[Letters]:
        """Return what the relation sees of a set: the letters that its states wait for.

        Of refusals, only where the least is waited for; of ends, only the empty set of letters.
        """
        if self.relation.divergence and bool(self.sets.divergent(np.array([number]))[0]):
            return frozenset()
        if self.relation.seen == "nothing":
            return frozenset()
        members = self.sets.members_of(np.array([number]))[1]
        codes = frozenset(self.codes[members].tolist()) - {UNSEEN}
        if codes not in self._least:
            shown = {self.letters[code] for code in codes}
            if self.relation.seen == "end":
                shown = {letters for letters in shown if not letters}
            elif self.relation.seen == "refusal":
                shown = {x for x in shown if not any(y < x for y in shown)}
            self._least[codes] = frozenset(shown)
        return self._least[codes]


def by_ready_sets(
    graph: LinearGraph, sets: SetTable, relation: LinearRelation
) -> tuple[LTS, list[int], Indices]:
    """Return a normal form, the node of each of its states, and the node of each state.

    A node has a state for each set of letters that is waited for, and one for all letters. Where
    silent steps are no letters, this is the first, and silent steps lead from it to the others; it
    has a silent loop where there are none.
    """
    shown = _Shown(graph, sets, relation)

    def key(number: int) -> tuple[frozenset[Letters], bool]:
        chaos = relation.divergence and bool(sets.divergent(np.array([number]))[0])
        return shown.of(number), chaos

    nodes = nodes_of(sets, sets.start(), key, chaos=relation.divergence)
    builder = Builder[Entry](graph)
    families: list[tuple[frozenset[Letters], bool]] = [key(k) for k in nodes.example]

    def entries(node: int) -> list[Entry]:
        """Return the states of a node that letters lead to: node, letters, whether unstable."""
        letters: Letters = frozenset(nodes.after[node])
        family, chaos = families[node]
        if relation.seen == "nothing":
            return [(node, letters, False)]
        if not relation.silent:
            others = sorted(family - {letters}, key=sorted)
            whole = [] if relation.seen == "ready" and letters not in family else [letters]
            return [(node, x, False) for x in (*whole, *others)]
        if relation.seen == "end":
            return [(node, letters, bool(letters) == (frozenset() in family))]
        return [(node, letters, family != frozenset({letters}) or chaos)]

    if nodes.after:
        for name in entries(0):
            builder.start(name)
    at = 0
    while at < len(builder.names):
        node, letters, unstable = name = builder.names[at]
        for letter in sorted(letters):
            if letter >= graph.first_atom:
                builder.atom(at, letter)
            else:
                for entry in entries(nodes.after[node][letter]):
                    builder.arc(at, letter, entry)
        if unstable:
            family = families[node][0]
            for other in sorted(family, key=sorted):
                builder.arc(at, TAU, (node, other, False))
            if not family:
                builder.arc(at, TAU, name)
        at += 1
        _tick(sets, at)
    return builder.lts(), [name[0] for name in builder.names], nodes.home


def by_ready_traces(
    graph: LinearGraph, sets: SetTable, relation: LinearRelation
) -> tuple[LTS, Indices]:
    """Return a system whose states are sets of states that are ready for the same.

    Also for each state of the system the first of these sets that it is in, or -1. Where silent
    steps are no letters, a set with several ready sets, or with states that are not stable, is a
    state from which silent steps lead to its parts.
    """
    codes = shown_sets(graph, relation)[0]
    builder = Builder[tuple[int, bool]](graph)
    place = np.full(graph.n, EMPTY, dtype=np.int64)

    def entries(number: int) -> list[tuple[int, bool]]:
        """Return the sets that stand for a set: number, and whether it is stable."""
        found = parts(number)
        if not graph.silent or found == [number]:
            return [(part, True) for part in found]
        return [(number, False)]

    def parts(number: int) -> list[int]:
        members = sets.members_of(np.array([number]))[1]
        seen = members[codes[members] != UNSEEN]
        kinds, owner = np.unique(codes[seen], return_inverse=True)
        order = np.argsort(owner.reshape(-1), kind="stable")
        listed: list[int] = sets.intern(
            owner.reshape(-1)[order].astype(np.int64), seen[order], len(kinds)
        ).tolist()
        return listed

    start = sets.start()
    for name in entries(start) if start != EMPTY else []:
        builder.start(name)
    at = 0
    while at < len(builder.names):
        number, stable = builder.names[at]
        chosen = np.array([number], dtype=np.int64)
        members = sets.members_of(chosen)[1]
        place[members[place[members] == EMPTY]] = at
        labels = sets.enabled(chosen)[1]
        targets = sets.steps(np.full(len(labels), number, dtype=np.int64), labels)
        for letter, target in zip(labels.tolist(), targets.tolist(), strict=True):
            if letter >= graph.first_atom:
                builder.atom(at, letter)
            else:
                for entry in entries(target):
                    builder.arc(at, letter, entry)
        if not stable:
            inside = parts(number)
            for part in inside:
                builder.arc(at, TAU, (part, True))
            if not inside:
                builder.arc(at, TAU, (number, False))
        at += 1
        _tick(sets, at)
    return builder.lts(), place


def _tick(sets: SetTable, states: int) -> None:
    reason = sets.meter.exhausted(states=states, bytes=sets.bytes)
    if reason is not None:
        raise BudgetEnded(reason)
