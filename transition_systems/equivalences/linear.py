"""Deciding refinement and equivalence in linear time, with evidence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget, Meter
from transition_systems.equivalences.futures import Futures
from transition_systems.equivalences.linear_differences import Difference, difference_of
from transition_systems.equivalences.linear_failure import Failure
from transition_systems.equivalences.linear_graph import LinearGraph, linear_graphs
from transition_systems.equivalences.linear_observations import Observations, observations
from transition_systems.equivalences.linear_pairs import PairSearch
from transition_systems.equivalences.linear_relations import (
    LinearName,
    LinearRelation,
    linear_relation_named,
)
from transition_systems.equivalences.linear_words import in_words
from transition_systems.equivalences.set_table import BudgetEnded, SetTable
from transition_systems.equivalences.sorting import distinct, distinct_first
from transition_systems.errors import UndecidedError
from transition_systems.evidence_data import Claim
from transition_systems.evidence_normalised import (
    LinearDistinction,
    NormalisedSimulation,
    SharedFutures,
    SimulationPairs,
)
from transition_systems.lts import FINAL, LTS
from transition_systems.lts_data import pair_digest
from transition_systems.progress import ProgressCallback
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["linear_equivalent", "linear_refines"]

Indices = NDArray[np.int64]

CHUNK = 1 << 14


def linear_refines(
    specification: LTS,
    implementation: LTS,
    relation: LinearName = "trace",
    *,
    atoms: Collection[str] = (),
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Verdict:
    """Decide whether all that can be seen of an implementation can be seen of its specification.

    The specification stands on the left, as in FDR's ``Spec [T= Impl``. What can be seen is said by
    the relation; see :func:`linear_equivalent`, which is refinement in both directions.

    Parameters
    ----------
    specification, implementation
        The systems; labels and atoms are compared by name.
    relation
        One of the linear-time relations.
    atoms
        Atoms that are seen at the end of a trace, beside ``final``; one that a system lacks is
        false there.
    budget, progress
        What it may use (states are pairs), and whom it tells.

    Returns
    -------
    Verdict
        ``HOLDS`` with a simulation of the implementation by the normalised specification: pairs of
        a state and the set of the states that the specification can be in after the same trace.
        ``VIOLATED`` with a shortest trace after which the implementation shows what the
        specification cannot. ``UNKNOWN`` when the budget ends.

    Raises
    ------
    UsageError
        For an unknown relation.

    Notes
    -----
    PSPACE-complete: in the worst case all sets of states of the specification are met, though never
    one that has a smaller one beside it. Time is linear in the arcs of the implementation times the
    sets met with a state; it is linear where the specification is deterministic. M. De Wulf, L.
    Doyen, T. Henzinger, J.-F. Raskin, Antichains (CAV 2006); P. Abdulla et al., When simulation
    meets antichains (TACAS 2010); M. Laveaux, J. F. Groote, T. Willemse, Correct and efficient
    antichain algorithms for refinement checking (FORTE 2019). For futures all sets of states of
    both systems are made.

    Examples
    --------
    >>> vending = LTS.from_arcs(3, [(0, "coin", 1), (1, "tea", 2), (1, "coffee", 2)])
    >>> stingy = LTS.from_arcs(4, [(0, "coin", 1), (0, "coin", 2), (1, "tea", 3)])
    >>> bool(linear_refines(vending, stingy)), bool(linear_refines(vending, stingy, "failures"))
    (True, False)
    >>> evidence = linear_refines(vending, stingy, "failures").evidence
    >>> evidence.trace, evidence.seen
    (('coin',), ('refusal', ('coffee',), ()))
    """
    return _decided(specification, implementation, relation, atoms, budget, progress, both=False)


def linear_equivalent(
    a: LTS,
    b: LTS,
    relation: LinearName = "trace",
    *,
    atoms: Collection[str] = (),
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Verdict:
    """Decide whether the same can be seen of the runs of two systems.

    Seen is what the relation says: the trace of labels and no more (``"trace"``), after it that no
    step is left (``"completed-trace"``), a set of labels that is refused (``"failures"``), the
    set of those on offer (``"readiness"``); such sets all along the trace (``"failure-trace"``,
    ``"ready-trace"``); all traces that may follow (``"possible-futures"``), or a set of traces
    none of which may follow (``"impossible-futures"``). With ``weak-`` before it, silent steps are
    no letters, and ends, refusals and ready sets are seen in states without silent steps.
    ``"failures-divergences"`` is as ``"weak-failures"``, and a system that can be silent for ever
    is chaos from there on.

    Parameters
    ----------
    a, b
        The systems; labels and atoms are compared by name. ``final`` is seen as a step would be, to
        a state where nothing follows: it can be what ends a trace, it is offered or refused.
    relation
        One of the linear-time relations.
    atoms
        Atoms that are seen, as ``final`` is.
    budget, progress
        What it may use, and whom it tells.

    Returns
    -------
    Verdict
        ``HOLDS`` with a simulation in each direction, as for :func:`linear_refines`. ``VIOLATED``
        with a shortest trace of either system after which something is seen that the other does not
        show, or with the one that was found before the budget ended. ``UNKNOWN`` when it ends
        before.

    Raises
    ------
    UsageError
        For an unknown relation.

    Notes
    -----
    As :func:`linear_refines`, in both directions. R. van Glabbeek, The linear time - branching time
    spectrum I (2001), with termination as an action that ends everything. In ``"weak-failures"``
    and ``"failures-divergences"`` the label ``✓`` is CSP's: who can do it may refuse all else
    (A. Roscoe, The theory and practice of concurrency, 1997, axiom F3).

    Examples
    --------
    >>> late = LTS.from_arcs(4, [(0, "a", 1), (1, "b", 2), (1, "c", 3)])
    >>> early = LTS.from_arcs(5, [(0, "a", 1), (0, "a", 2), (1, "b", 3), (2, "c", 4)])
    >>> [bool(linear_equivalent(late, early, name)) for name in ("completed-trace", "failures")]
    [True, False]
    """
    return _decided(a, b, relation, atoms, budget, progress, both=True)


@dataclass(slots=True)
class _Work:
    """One decision: the graphs, and what both directions share."""

    relation: LinearRelation
    graphs: list[LinearGraph]
    meter: Meter
    progress: ProgressCallback | None
    futures: Futures | None = None
    table: NDArray[np.bool_] | None = None
    length: int = 0

    def search(self, specification: int) -> PairSearch:
        """Return the search for what only the other system shows."""
        graph, other = self.graphs[1 - specification], self.graphs[specification]
        if self.futures is None:
            seen = observations(graph, other, self.relation)
        else:
            classes = self.futures.of_left(), self.futures.of_right()
            seen = Observations(
                classes[1 - specification], classes[specification], table=self.table
            )
        sets = SetTable(other, self.meter)
        return PairSearch(graph, sets, seen, self.relation, self.meter, self.progress)


def _decided(
    a: LTS,
    b: LTS,
    name: str,
    atoms: Collection[str],
    budget: Budget | None,
    progress: ProgressCallback | None,
    *,
    both: bool,
) -> Verdict:
    relation = linear_relation_named(name)
    meter = (Budget() if budget is None else budget).start()
    respected = tuple(sorted({*atoms} - {FINAL}))
    phrase = relation.claim(refinement=not both, atoms=respected)
    searches: list[PairSearch] = []

    def verdict(outcome: Outcome, **rest: object) -> Verdict:
        statistics = Statistics(
            method="antichains",
            states=sum(len(search) for search in searches),
            arcs=sum(search.arcs for search in searches),
            seconds=meter.seconds,
            peak_bytes=sum(search.bytes for search in searches),
        )
        return Verdict(property=phrase, outcome=outcome, statistics=statistics).with_(**rest)

    try:
        meter.look()
        graphs = linear_graphs([a, b], respected, silent=relation.silent)
        work = _Work(relation, graphs, meter, progress)
        if relation.seen in ("future", "impossible"):
            work.futures = Futures(graphs[0], graphs[1], meter)
            if relation.seen == "impossible":
                work.table = work.futures.included()
        found: tuple[Difference, str] | None = None
        shortest = True
        for specification in (0, 1) if both else (0,):
            limit = None if found is None else len(found[0].trace) - 1
            if limit == -1:
                break
            meter.look()
            search = work.search(specification)
            searches.append(search)
            try:
                failure: Failure | None = search.run(most=limit)
                if failure is not None:
                    able = "left" if specification else "right"
                    found = difference_of(search, failure, work.futures), able
            except BudgetEnded:
                if found is None:
                    raise
                shortest = False
        if found is not None:
            difference, able = found
            evidence = LinearDistinction(
                claim=Claim.when_read(f"not {phrase}", partial(pair_digest, a, b)),
                relation=relation.name,
                trace=difference.trace,
                seen=difference.seen,
                able=able,
                along=difference.along,
                atoms=respected,
            )
            texts = [in_words(evidence, both=both)]
            if not shortest:
                texts.append("There may be a shorter trace that tells them apart.")
            return verdict(Outcome.VIOLATED, evidence=evidence, explanation=tuple(texts))
        proof = NormalisedSimulation(
            claim=Claim.when_read(phrase, partial(pair_digest, a, b)),
            relation=relation.name,
            parts=tuple(_pairs(search) for search in searches),
            futures=None if work.futures is None else _shared(work.futures, searches),
            atoms=respected,
        )
        count = sum(len(search) for search in searches)
        subject = "The systems are" if both else "The second system is a"
        rest = "" if both else " of the first"
        text = f"{subject} {phrase}{rest}: shown by {count} pairs of a state and a set of states."
        return verdict(Outcome.HOLDS, evidence=proof, explanation=(text,))
    except (BudgetEnded, UndecidedError) as ended:
        known = ""
        if searches and searches[-1].layers:
            who, length = "second" if len(searches) == 1 else "first", searches[-1].layers
            known = f"; the {who} shows nothing more after traces of fewer than {length} letters"
        return verdict(Outcome.UNKNOWN, reason=f"{ended}{known}")
    except MemoryError:
        return verdict(Outcome.UNKNOWN, reason="there is not enough memory")


def _pairs(search: PairSearch) -> SimulationPairs:
    """Return the pairs with the sets that occur in them."""
    used, sets = np.unique(search.chosen, return_inverse=True)
    sizes = search.sets.sizes(used)
    return SimulationPairs(
        states=search.states.copy(),
        sets=sets.reshape(-1).astype(np.int64),
        offsets=np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(sizes))),
        members=search.sets.members_of(used)[1],
    )


def _shared(futures: Futures, searches: list[PairSearch]) -> SharedFutures:
    """Return the sets of both systems by their traces, with the inclusions that are needed."""
    small = large = np.zeros(0, dtype=np.int64)
    for search in searches:
        table, n_marks = search.seen.table, search.n_marks
        if table is None:
            break
        keys = distinct(search.chosen * n_marks + search.seen.marks[search.states])
        for first in range(0, len(keys), CHUNK):
            search.tick(0)
            part = keys[first : first + CHUNK]
            owner, member = search.sets.members_of(part // n_marks)
            marks, codes = (part % n_marks)[owner], search.seen.codes[member]
            good = np.flatnonzero(table[codes, marks])
            good = good[distinct_first(owner[good])]
            small = np.concatenate((small, codes[good]))
            large = np.concatenate((large, marks[good]))
    small, large = futures.closure(small, large)
    return SharedFutures(
        offsets=futures.sets.offsets.copy(),
        members=futures.sets.members.copy(),
        classes=futures.classes,
        small=small,
        large=large,
    )
