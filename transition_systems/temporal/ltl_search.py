"""The search for a path on which a formula does not hold."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.csr import csr_order
from transition_systems.evidence_ltl import STAYS
from transition_systems.lts import LTS, TAU_NAME
from transition_systems.properties.formulas import Formula
from transition_systems.run import Lasso, Step
from transition_systems.temporal.buchi_graph import Graph, TooManyStatesError
from transition_systems.temporal.fair_cycle import Wanted, fair_cycle
from transition_systems.temporal.fair_sets import FairSets, Places, label_sets
from transition_systems.temporal.lasso import breadth_first, tree_path
from transition_systems.temporal.ltl_questions import Reading
from transition_systems.temporal.product import fair_components, product
from transition_systems.temporal.product_system import Fairness, Observed, observed

__all__ = ["BudgetEndError", "Case", "LassoSearch"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class BudgetEndError(Exception):
    """The budget is used up; the message says which part of it."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question about one system.

    Parameters
    ----------
    lts, formula, reading, fairness, weak
        The system, the formula, the letters of the states, which paths count and what steps.
    meter
        The budget.
    expanded
        How many states (the first ones) have all their arcs; all by default.
    silent
        The labels of silent steps.
    """

    lts: LTS
    formula: Formula
    reading: Reading
    fairness: Fairness
    weak: bool
    meter: Meter
    expanded: int | None = None
    silent: frozenset[str] = frozenset({TAU_NAME})

    def tick(self) -> None:
        """Stop when the time is used up."""
        if self.meter.out_of_time():
            raise BudgetEndError("the time budget is used up")

    def observed(self) -> Observed:
        """Return the system as the formula sees it."""
        names = self.lts.label_names
        return observed(
            self.lts, self.reading.letter, looks=self.reading.looks if self.weak else None,
            expanded=self.expanded,
            silent=[number for number, name in enumerate(names) if name in self.silent],
        )  # fmt: skip

    def conditions(self, system: Observed) -> tuple[FairSets, FairSets]:
        """Return where the sets of weak and of strong fairness happen, and where they can."""
        weak = label_sets(system, self.lts, self.fairness.weak)
        self.tick()
        strong = label_sets(system, self.lts, self.fairness.strong)
        self.tick()
        return weak, strong

    def room(self, system: Observed, graph: Graph) -> None:
        """Stop when a product would be larger than the budget allows."""
        nodes = system.n_states * len(graph.edges)
        edges = len(system.source) * sum([len(row) for row in graph.edges])
        reason = self.meter.exhausted(states=nodes, bytes=33 * edges + 40 * nodes)
        if reason is not None:
            raise BudgetEndError(reason)
        if graph.n_marks > 60:
            raise TooManyStatesError("the automaton has more than 60 acceptance sets")


class LassoSearch:
    """The product of a case with an automaton of the words that violate the formula.

    Parameters
    ----------
    case
        The question.
    graph
        The automaton, trimmed.
    """

    __slots__ = ("case", "graph", "product", "system")

    def __init__(self, case: Case, graph: Graph) -> None:
        self.case, self.graph = case, graph
        self.system = case.observed()
        case.tick()
        case.room(self.system, graph)
        self.product = product(self.system, graph)
        case.tick()

    def lasso(self) -> Lasso | None:
        """Return a lasso that the automaton accepts, ``None`` where there is none.

        The stem is a shortest one to a part of the product with an accepting fair cycle.
        """
        case, graph = self.case, self.product
        if not graph.inner.any() or not len(graph.initial):
            return None
        order, offsets = csr_order(graph.source, graph.n_nodes)
        case.tick()
        reached, parent = breadth_first(offsets, graph.target[order], graph.initial)
        case.tick()
        seen = parent > -2
        inner = np.flatnonzero(graph.inner & seen[graph.source]).astype(np.int64)
        weak, strong = case.conditions(self.system)
        case.tick()
        parts = fair_components(graph, inner, weak, strong, case.meter)
        if parts is None:
            raise BudgetEndError("the time budget is used up")
        inside = parts.part[reached] >= 0
        if not inside.any():
            return None
        entry = int(reached[int(inside.argmax())])
        path = tree_path(parent, entry)
        stem = [
            self._edge(order[offsets[tail] : offsets[tail + 1]], head)
            for tail, head in itertools.pairwise(path)
        ]
        chosen = parts.edges[parts.part[graph.source[parts.edges]] == parts.part[entry]]
        cycle = self.cycle(chosen, entry, weak, strong)
        return self._as_lasso(path[0], stem, cycle)

    def _edge(self, row: Ints, head: int) -> int:
        return int(row[int((self.product.target[row] == head).argmax())])

    def cycle(self, chosen: Ints, entry: int, weak: FairSets, strong: FairSets) -> list[int]:
        """Return the edges of a short accepting fair cycle through a node of a part.

        ``chosen`` are the edges of the part.
        """
        self.case.tick()
        graph = self.product
        nodes, inverse = np.unique(graph.source[chosen], return_inverse=True)
        tails = inverse.reshape(-1).astype(np.int64)
        heads = np.searchsorted(nodes, graph.target[chosen]).astype(np.int64)
        marks, arcs = graph.marks[chosen], graph.arc[chosen]
        start = int(np.searchsorted(nodes, entry))
        every = np.arange(len(chosen), dtype=np.int64)
        where = Places(1, np.zeros_like(every), arcs, tails, len(nodes))
        wanted = Wanted(len(nodes), tails)
        for mark in range(graph.n_marks):
            wanted.one_of(np.flatnonzero(marks >> mark & 1))
        if weak.count:
            wanted.one_of_each_or_away(*weak.at(arcs), *weak.possible(where)[:2])
        if strong.count:  # what never happens here never can
            wanted.one_of_each(*strong.at(arcs))
        self.case.tick()
        edges = fair_cycle(heads, start, wanted, self.case.tick)
        return [int(chosen[edge]) for edge in edges]

    def _as_lasso(self, start: int, stem: list[int], cycle: list[int]) -> Lasso:
        """Return the lasso in the system; steps before the cycle that are its last ones go."""
        lts, system = self.case.lts, self.system
        states = lts.n_states
        arcs = self.product.arc[np.array([*stem, *cycle], dtype=np.int64)]
        labels = system.label[arcs].tolist()
        after = (system.target[arcs] % states).tolist()
        first = start % system.n_states % states
        before = [first, *after]
        loop, end = len(stem), len(labels)
        while (
            loop
            and (labels[loop - 1], after[loop - 1]) == (labels[end - 1], after[end - 1])
            and before[loop - 1] == before[end - 1]
        ):
            loop, end = loop - 1, end - 1
        names = [*lts.label_names, STAYS]
        if all(names[label] == STAYS for label in labels[loop:end]):
            end = loop + 1  # a state that is never left is said once, however the automaton moves
        steps = [
            Step(action=names[label], label=names[label], state=state)
            for label, state in zip(labels[:end], after, strict=False)
        ]
        return Lasso(initial=first, steps=tuple(steps), loop_start=loop)
