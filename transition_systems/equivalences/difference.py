"""What tells two systems apart that are not bisimilar: a trace or a formula."""

from __future__ import annotations

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
from transition_systems.equivalences.graph import graph_of
from transition_systems.equivalences.history import History
from transition_systems.equivalences.hml import HmlFormula, evaluate_hml
from transition_systems.equivalences.refinement import SignatureSource, refine
from transition_systems.equivalences.relations import Bisimilarity
from transition_systems.equivalences.silent_cycles import without_silent_cycles
from transition_systems.equivalences.strong import StrongSignatures
from transition_systems.equivalences.traces import distinguishing_trace
from transition_systems.equivalences.weak import saturated
from transition_systems.lts import FINAL, LTS
from transition_systems.lts_operations import disjoint_union, reachable

__all__ = ["Difference", "difference"]

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
    a, b = reachable(a), reachable(b)
    trace: tuple[str, ...] | None = None
    of_a, silent = True, relation.silent
    found = distinguishing_trace(a, b, silent=silent, meter=meter, most=FEW_STATES)
    if found is not None:
        trace, of_a = found
    if trace is not None and len(trace) <= SHORT:
        return _formula_of_trace(trace, of_a, relation), trace, of_a
    try:
        formula: HmlFormula | None = _formula(a, b, relation, meter)
    except (TooLargeError, MemoryError):
        formula = None
    if formula is None and trace is None:
        found = distinguishing_trace(a, b, silent=silent, meter=meter)
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


def _formula(a: LTS, b: LTS, relation: Bisimilarity, meter: Meter) -> HmlFormula | None:
    both = disjoint_union(a, b)
    graph, place = graph_of(both), np.arange(both.n_states, dtype=np.int64)
    if relation.silent:
        graph, place = without_silent_cycles(graph, divergence=relation.divergence)
    loops = divergence_label(graph, relation)
    signatures: SignatureSource
    if relation.kind == "branching":
        signatures = BranchingSignatures(graph)
    else:
        if relation.kind == "weak":
            graph = saturated(graph, loops, most_steps(meter))
        signatures = StrongSignatures(graph)
    left, right = place[a.initial].tolist(), place[b.initial + a.n_states].tolist()

    def apart(block: Indices) -> bool:
        return set(block[left].tolist()) != set(block[right].tolist())

    # What round r parts needs a formula of depth r, where steps are matched one by one.
    most = inf if relation.kind == "branching" else MAX_FORMULA_DEPTH
    found = refine(graph.classes, signatures, meter, stop=apart, keep=True, most=most)
    if not apart(found.block):
        return None
    first = np.zeros(graph.n, dtype=np.int64)
    first[place] = np.arange(both.n_states)

    def without_steps(one: int, other: int) -> HmlFormula:
        for name in (FINAL, *sorted(both.atoms)):
            here, there = both.atoms[name][first[[one, other]]].tolist()
            if here != there:
                atom: HmlFormula = ("final",) if name == FINAL else ("atom", name)
                return atom if here else ("not", atom)
        raise AssertionError("the classes of two states differ only in atoms")

    def value(formula: HmlFormula) -> NDArray[np.bool_]:
        return evaluate_hml(both, formula)[first]

    def everywhere(_: HmlFormula) -> NDArray[np.bool_]:
        return np.ones(graph.n, dtype=np.bool_)

    for evaluated in (value, everywhere) if both.n_arcs <= FEW_ARCS else (everywhere,):
        distinguisher = Distinguisher(
            graph,
            History(found),
            relation.kind,
            names=both.label_names,
            divergence=loops,
            difference=without_steps,
            value=evaluated,
            meter=meter,
        )
        formula = _of_sides(distinguisher, found.block, left, right)
        if evaluated is everywhere or _tells_apart(formula, a, b):
            return formula
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
