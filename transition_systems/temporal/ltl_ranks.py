"""Ranks that prove a formula of linear temporal logic: no path is accepted by the tableau."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import csr_order
from transition_systems.evidence_data import Claim
from transition_systems.evidence_ltl import LtlRanks
from transition_systems.properties.format import format_formula
from transition_systems.scc import components
from transition_systems.temporal.buchi_tableau import MAX_STATES
from transition_systems.temporal.fair_sets import FairSets, Places, cut_edges
from transition_systems.temporal.lasso import breadth_first
from transition_systems.temporal.ltl_obligations import obligations
from transition_systems.temporal.ltl_search import BudgetEndError, Case
from transition_systems.temporal.product import Product, product

__all__ = ["ranks_of"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
MOST_RANKS = 1 << 27


def ranks_of(case: Case, claim: Claim) -> LtlRanks:
    """Return the evidence for the claim that a formula holds; it must hold.

    Raises
    ------
    BudgetEndError
        When the product with the tableau is larger than the budget allows, or there would be more
        than 2^27 ranks.
    TooManyStatesError
        When the tableau has too many states.
    """
    made = obligations(case.formula, case.reading.alphabet, max_states=MAX_STATES, tick=case.tick)
    case.tick()
    system = case.observed()
    case.room(system, made.graph)
    graph = product(system, made.graph)
    case.tick()
    order, offsets = csr_order(graph.source, graph.n_nodes)
    case.tick()
    reached, parent = breadth_first(offsets, graph.target[order], graph.initial)
    case.tick()
    nodes = np.sort(reached)
    edges = np.flatnonzero(parent[graph.source] > -2).astype(np.int64)
    place = np.full(graph.n_nodes, -1, dtype=np.int64)
    place[nodes] = np.arange(len(nodes))
    weak, strong = case.conditions(system)
    rows, helpers = _levels(case, graph, edges, (place, len(nodes)), made.promised, weak, strong)
    text, fair = format_formula(case.formula), case.fairness
    return LtlRanks(
        claim=claim,
        formula=text,
        states=made.sets,
        nodes=nodes,
        ranks=np.array(rows, dtype=np.int64).reshape(len(rows), len(nodes)),
        helpers=tuple(helpers),
        weak=case.weak,
        fair=fair.weak,
        strong=fair.strong,
    )


def _levels(
    case: Case, graph: Product, edges: Ints, places: tuple[Ints, int], promised: tuple[int, ...],
    weak: FairSets, strong: FairSets,
) -> tuple[list[Ints], list[tuple[int, ...]]]:  # fmt: skip
    place, size = places
    rows: list[Ints] = []
    helpers: list[tuple[int, ...]] = []
    while len(edges) or not rows:
        case.tick()
        if (len(rows) + 1) * size > MOST_RANKS:
            raise BudgetEndError(f"a proof has more than {MOST_RANKS} ranks")
        tails, heads = place[graph.source[edges]], place[graph.target[edges]]
        order, offsets = csr_order(tails, size)
        case.tick()
        count, component = components(offsets, heads[order])
        case.tick()
        inside = component[tails] == component[heads]
        edges, home = edges[inside], component[tails[inside]]
        helper = np.full(count, -1, dtype=np.int64)
        open_ = np.zeros(count, dtype=np.bool_)
        open_[home] = True
        marks, arcs = graph.marks[edges], graph.arc[edges]
        moving = 1 << len(promised)
        if case.weak:
            still = np.bincount(home[(marks & moving) > 0], minlength=count) == 0
            open_ &= ~still
        for k, obligation in enumerate(promised):
            lacking = np.bincount(home[(marks >> k & 1) > 0], minlength=count) == 0
            helper[open_ & lacking] = obligation
            open_ &= ~lacking
        case.tick()
        within = Places(count, home, arcs, tails[inside], size)
        if weak.count:
            found, sets = _first(weak.weakly_lacking(within), weak.count, open_)
            helper[found] = -2 - sets
            open_[found] = False
        cut = np.zeros(len(edges), dtype=np.bool_)
        if strong.count:
            lacking, nodes, keys = strong.strongly_lacking(within)
            found, sets = _first(lacking, strong.count, open_)
            helper[found] = -2 - weak.count - sets
            open_[found] = False
            cut = cut_edges(within, found * strong.count + sets, nodes, keys)
        if open_.any():
            raise BudgetEndError("the automaton and the tableau do not agree")
        rows.append(component)
        helpers.append(tuple(helper.tolist()))
        edges = edges[(helper[home] <= -2 - weak.count) & ~cut]
    return rows, helpers


def _first(keys: Ints, count: int, open_: Bools) -> tuple[Ints, Ints]:
    """Return the open components of some keys, sorted, each once, with the first set of each."""
    keys = keys[open_[keys // count]]
    found, first = np.unique(keys // count, return_index=True)
    return found, keys[first] % count
