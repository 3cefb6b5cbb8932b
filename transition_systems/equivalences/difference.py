"""What tells two systems apart that are not bisimilar: a trace or a formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Meter
from transition_systems.equivalences.branching import BranchingSignatures
from transition_systems.equivalences.classes import divergence_label, most_steps
from transition_systems.equivalences.distinguish import (
    MAX_FORMULA_DEPTH,
    Distinguisher,
    TooLargeError,
)
from transition_systems.equivalences.graph import Graph, graph_of
from transition_systems.equivalences.history import History
from transition_systems.equivalences.hml import HmlFormula, evaluate_hml
from transition_systems.equivalences.part_list import SharedPart
from transition_systems.equivalences.reached import reached_parts
from transition_systems.equivalences.refinement import Refinement, SignatureSource, refine
from transition_systems.equivalences.relations import Bisimilarity
from transition_systems.equivalences.shared_formula import shared_formula
from transition_systems.equivalences.signatures import TooMuchWork, time_limit
from transition_systems.equivalences.silent_cycles import without_silent_cycles
from transition_systems.equivalences.strong import StrongSignatures
from transition_systems.equivalences.traces import MOST_LOOKED, TraceSearch
from transition_systems.equivalences.weak import saturated
from transition_systems.errors import UndecidedError
from transition_systems.lts import FINAL, LTS, TAU
from transition_systems.lts_operations import disjoint_union

__all__ = ["Difference", "deep_difference", "difference"]

Bools = NDArray[np.bool_]
Indices = NDArray[np.int64]
Difference = tuple[HmlFormula | None, tuple[str, ...] | None, bool]

TRUE: HmlFormula = ("true",)
SHORT = 4
FEW_ARCS = 50_000
FEW_STATES = 50_000


def difference(a: LTS, b: LTS, relation: Bisimilarity, meter: Meter) -> Difference:
    """Return a formula of ``a`` and not of ``b``, a shortest trace of one of them, and whose it is.

    Parameters
    ----------
    a, b
        Systems that are not related.
    relation
        The bisimilarity.
    meter
        A running budget.

    Returns
    -------
    formula, trace, of_a
        The formula holds in some initial state of ``a`` and in none of ``b``, or in all of ``a``
        and not in all of ``b``; ``None`` where it would be too large. The trace is ``None`` where
        there is none or where it was not found.
    """
    try:
        (a, b), _ = reached_parts((a, b), meter.look)
    except UndecidedError:
        return None, None, True
    trace: tuple[str, ...] | None = None
    of_a = True
    search = TraceSearch(a, b, silent=relation.silent)
    found = search.found(meter, FEW_STATES)
    if found is not None:
        trace, of_a = found
    if trace is not None and len(trace) <= SHORT:
        return _formula_of_trace(trace, of_a, relation), trace, of_a
    try:
        formula: HmlFormula | None = _formula(a, b, relation, meter)
    except (TooLargeError, TooMuchWork, MemoryError):
        formula = None
    if formula is None and trace is None:
        found = search.found(meter, MOST_LOOKED)
        trace, of_a = found if found is not None else (None, True)
    if formula is None and trace is not None and len(trace) <= MAX_FORMULA_DEPTH:
        formula = _formula_of_trace(trace, of_a, relation)
    return formula, trace, of_a


def _formula_of_trace(trace: tuple[str, ...], of_a: bool, relation: Bisimilarity) -> HmlFormula:
    formula = TRUE
    for name in reversed(trace):
        match relation.kind:
            case "strong":
                formula = ("diamond", name, formula)
            case "branching":
                formula = ("until", TRUE, name, formula)
            case "weak":
                formula = ("weak", name, formula)
    return formula if of_a else ("not", formula)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parted:
    """Two systems side by side, refined until their initial states were in different blocks.

    ``first`` is a state of each node of the graph, ``left`` and ``right`` the initial nodes.
    """

    both: LTS
    graph: Graph
    found: Refinement
    first: Indices
    left: list[int]
    right: list[int]
    loops: int | None

    def without_steps(self, one: int, other: int) -> HmlFormula:
        """Return an atom, perhaps negated, of one node and not of another."""
        for name in (FINAL, *sorted(self.both.atoms)):
            here, there = self.both.atoms[name][self.first[[one, other]]].tolist()
            if here != there:
                atom: HmlFormula = ("final",) if name == FINAL else ("atom", name)
                return atom if here else ("not", atom)
        raise AssertionError("the classes of two states differ only in atoms")

    def value(self, formula: HmlFormula) -> NDArray[np.bool_]:
        """Return where a formula holds."""
        return evaluate_hml(self.both, formula)[self.first]

    def everywhere(self, _: HmlFormula) -> NDArray[np.bool_]:
        """Say of a formula that it holds everywhere, so that it stands for no other one."""
        return np.ones(self.graph.n, dtype=np.bool_)

    def distinguisher(
        self, relation: Bisimilarity, meter: Meter, value: Callable[[HmlFormula], Bools]
    ) -> Distinguisher:
        """Return what tells nodes apart."""
        return Distinguisher(
            self.graph,
            History(self.found),
            relation.kind,
            names=self.both.label_names,
            divergence=self.loops,
            difference=self.without_steps,
            value=value,
            meter=meter,
        )


def _parted(a: LTS, b: LTS, relation: Bisimilarity, meter: Meter, most: float) -> _Parted | None:
    """Refine two systems; where their steps are matched one by one, for at most so many rounds."""
    look = time_limit(meter)
    look()
    both = disjoint_union(a, b)
    graph, place = graph_of(both), np.arange(both.n_states, dtype=np.int64)
    if relation.silent:
        graph, place = without_silent_cycles(graph, divergence=relation.divergence)
    loops = divergence_label(graph, relation)
    look()
    signatures: SignatureSource
    silent = relation.kind == "branching" and bool((graph.labels == TAU).any())
    if silent:
        signatures = BranchingSignatures(graph)
    else:
        if relation.kind == "weak":
            graph = saturated(graph, loops, most_steps(meter), look)
        signatures = StrongSignatures(graph)
    left, right = place[a.initial].tolist(), place[b.initial + a.n_states].tolist()

    def apart(block: Indices) -> bool:
        return set(block[left].tolist()) != set(block[right].tolist())

    # What round r parts needs a formula of depth r, where steps are matched one by one.
    found = refine(
        graph.classes, signatures, meter, stop=apart, keep=True, most=inf if silent else most
    )
    if not apart(found.block):
        return None
    first = np.zeros(graph.n, dtype=np.int64)
    first[place] = np.arange(both.n_states)
    return _Parted(
        both=both, graph=graph, found=found, first=first, left=left, right=right, loops=loops
    )


def _formula(a: LTS, b: LTS, relation: Bisimilarity, meter: Meter) -> HmlFormula | None:
    parted = _parted(a, b, relation, meter, MAX_FORMULA_DEPTH)
    if parted is None:
        return None
    everywhere = parted.everywhere
    few = parted.both.n_arcs <= FEW_ARCS
    for evaluated in (parted.value, everywhere) if few else (everywhere,):
        distinguisher = parted.distinguisher(relation, meter, evaluated)
        formula = _of_sides(distinguisher, parted.found.block, parted.left, parted.right)
        if evaluated == everywhere or _tells_apart(formula, a, b):
            return formula
    return None


def deep_difference(
    a: LTS, b: LTS, relation: Bisimilarity, meter: Meter
) -> tuple[SharedPart, ...] | None:
    """Return a formula of ``a`` and not of ``b`` as a list of its parts, however deep it is.

    Parameters
    ----------
    a, b, relation, meter
        As for :func:`difference`.

    Returns
    -------
    tuple or None
        The parts, as in :class:`transition_systems.evidence.SharedDistinction`; ``None`` where the
        time ends or there are too many parts.
    """
    try:
        (a, b), _ = reached_parts((a, b), meter.look)
        parted = _parted(a, b, relation, meter, inf)
        if parted is None:
            return None
        distinguisher = parted.distinguisher(relation, meter, parted.everywhere)
        return shared_formula(distinguisher, parted.found.block, parted.left, parted.right)
    except (TooLargeError, TooMuchWork, MemoryError, UndecidedError):
        return None


def _of_sides(
    distinguisher: Distinguisher, block: Indices, left: list[int], right: list[int]
) -> HmlFormula:
    """Return a formula of the left side that the right side has not."""

    def alone(node: int, others: list[int]) -> HmlFormula:
        parts = list(dict.fromkeys(distinguisher.formula(node, other) for other in others))
        if len(parts) == 1:
            return parts[0]
        return ("and", *parts) if parts else TRUE

    here = {int(block[node]): node for node in left}
    there = {int(block[node]): node for node in right}
    unmatched = sorted(set(here) - set(there))
    if unmatched:
        return alone(here[unmatched[0]], list(there.values()))
    missing = sorted(set(there) - set(here))
    inner = alone(there[missing[0]], list(here.values()))
    return inner[1] if inner[0] == "not" else ("not", inner)


def _tells_apart(formula: HmlFormula, a: LTS, b: LTS) -> bool:
    ours, theirs = (evaluate_hml(lts, formula)[lts.initial] for lts in (a, b))
    return bool((ours.any() and not theirs.any()) or (ours.all() and not theirs.all()))
