"""Deciding whether one system simulates another, or both each other, with evidence."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget, Meter
from transition_systems.equivalences.hml import HmlFormula, shown_hml, shown_trace
from transition_systems.equivalences.part_list import shown_parts
from transition_systems.equivalences.reached import reached_parts
from transition_systems.equivalences.simulation_decision import Decision, Sides, decided
from transition_systems.equivalences.simulation_steps import steps_of
from transition_systems.equivalences.simulations import (
    Simulation,
    SimulationName,
    simulation_named,
)
from transition_systems.equivalences.traces import MOST_LOOKED, distinguishing_trace
from transition_systems.errors import UndecidedError
from transition_systems.evidence_data import Claim
from transition_systems.evidence_equivalence import (
    Distinction,
    SharedDistinction,
    TraceDistinction,
)
from transition_systems.evidence_similarity import SimulationEvidence
from transition_systems.lts import FINAL, LTS
from transition_systems.lts_data import pair_digest
from transition_systems.lts_operations import (
    disjoint_union,
    with_atoms,
)
from transition_systems.progress import ProgressCallback
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["similar", "simulated_by"]

Indices = NDArray[np.int64]

SHORT = 4
FEW_STATES = 50_000


def similar(
    a: LTS,
    b: LTS,
    relation: SimulationName = "simulation",
    *,
    atoms: Collection[str] = (),
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Verdict:
    """Decide whether two systems simulate each other.

    Parameters
    ----------
    a, b
        The systems; labels and atoms are compared by name.
    relation
        As for :func:`simulated_by`.
    atoms
        Atoms that related states share, beside ``final``.
    budget, progress
        What it may use, and whom it tells.

    Returns
    -------
    Verdict
        ``HOLDS`` with the relation (:class:`SimulationEvidence`); ``VIOLATED`` with a formula that
        only one of the systems has, of the logic that the relation preserves, or with a trace of
        just one of them; a formula too deep to be nested is given in parts, as
        :class:`transition_systems.evidence.SharedDistinction`. ``UNKNOWN`` when the budget ends,
        or when none of these can be written down.

    Raises
    ------
    UsageError
        For an unknown relation.

    Notes
    -----
    Complexity and fragment as :func:`simulated_by`. R. van Glabbeek, The linear time - branching
    time spectrum I, Handbook of Process Algebra (2001).

    Examples
    --------
    >>> one = LTS.from_arcs(3, [(0, "a", 1), (1, "b", 2)])
    >>> two = LTS.from_arcs(4, [(0, "a", 1), (1, "b", 2), (0, "a", 3)])
    >>> bool(similar(one, two)), bool(similar(one, two, "ready-simulation"))
    (True, False)
    """
    question = _Question(a, b, simulation_named(relation), atoms, budget, progress, preorder=False)
    return question.answered()


def simulated_by(
    a: LTS,
    b: LTS,
    relation: SimulationName = "simulation",
    *,
    atoms: Collection[str] = (),
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Verdict:
    """Decide whether ``b`` simulates ``a``: whether it can do each step of ``a`` in turn.

    Each initial state of ``a`` must be simulated by one of ``b``. Related states are both final or
    both not, and so for the atoms that are named.

    Parameters
    ----------
    a, b
        The systems, ``a`` the one that is simulated; labels and atoms are compared by name.
    relation
        ``"simulation"``; ``"completed-simulation"``: who can do nothing is simulated only by who
        can do nothing; ``"ready-simulation"``: related states can do the same labels;
        ``"2-nested-simulation"``: the second is simulated by the first, too. Silent steps are
        abstracted from in ``"weak-simulation"``; ``"weak-ready-simulation"``: related states can
        do the same labels after silent steps; ``"coupled-simulation"``: silent steps lead from the
        second to a state that is related back to the first.
    atoms
        Atoms that related states share, beside ``final``.
    budget, progress
        What it may use, and whom it tells.

    Returns
    -------
    Verdict
        As :func:`similar`; the formula or trace of ``VIOLATED`` is one of ``a`` and not of ``b``.

    Raises
    ------
    UsageError
        For an unknown relation.

    Notes
    -----
    Decided on the classes of strong (weak) bisimilarity, which is finer: O(k m) steps of rows of
    bytes, k² bytes for k classes and m steps between them. Where there are many classes first as a
    game on the pairs that the initial ones lead to, in time of their number, the steps of the
    first and the answers of the second. ``UNKNOWN`` where neither fits. Finite systems only; blind
    to divergence.

    M. Henzinger, T. Henzinger, P. Kopke, FOCS 1995; R. van Glabbeek, The linear time - branching
    time spectrum I (2001) and II (1993); J. Parrow, P. Sjödin, Multiway synchronization verified
    with coupled simulation, CONCUR 1992; B. Bisping, U. Nestmann, TACAS 2019.

    Examples
    --------
    >>> late = LTS.from_arcs(4, [(0, "a", 1), (1, "b", 2), (1, "c", 3)])
    >>> early = LTS.from_arcs(5, [(0, "a", 1), (0, "a", 2), (1, "b", 3), (2, "c", 4)])
    >>> bool(simulated_by(early, late)), bool(simulated_by(late, early))
    (True, False)
    >>> shown_hml(simulated_by(late, early).evidence.formula)
    '<a>(<c>true and <b>true)'
    """
    question = _Question(a, b, simulation_named(relation), atoms, budget, progress, preorder=True)
    return question.answered()


class _Question:
    def __init__(
        self,
        a: LTS,
        b: LTS,
        simulation: Simulation,
        atoms: Collection[str],
        budget: Budget | None,
        progress: ProgressCallback | None,
        *,
        preorder: bool,
    ) -> None:
        self.meter: Meter = (Budget() if budget is None else budget).start()
        self.simulation, self.progress, self.preorder = simulation, progress, preorder
        self.atoms = tuple(sorted({*atoms} - {FINAL}))
        self.phrase = simulation.claim(self.atoms, preorder=preorder)
        self.given = a, b
        self.a, self.b = with_atoms(a, self.atoms), with_atoms(b, self.atoms)
        self.reached = np.ones(a.n_states + b.n_states, dtype=np.bool_)
        self.place: Indices = np.zeros(0, dtype=np.int64)
        self.method = "ranks of pairs"

    def answered(self) -> Verdict:
        try:
            found = self._found()
        except UndecidedError as error:
            return self._by_trace_alone(str(error))
        except MemoryError:
            return self._by_trace_alone("there is not enough memory")
        self.method = found.method
        if found.unmatched is not None:
            return self._different(found, found.unmatched[0])
        block = np.full(len(self.reached), -1, dtype=np.int64)
        block[self.reached] = self.place
        try:
            pairs, base = found.relation()
        except (UndecidedError, MemoryError):
            reason = f"they are {self.phrase}, but the relation that shows it does not fit"
            told = f"They are {self.phrase}, but that is not proved: the relation is too large."
            return self._verdict(
                Outcome.UNKNOWN, reason=f"{reason} into memory", explanation=(told,)
            )
        evidence = SimulationEvidence(
            claim=self._claim(""),
            relation=self.simulation.name,
            block=block,
            pairs=pairs,
            base=base,
            atoms=self.atoms,
            listed=found.listed,
        )
        count = evidence.n_pairs
        shown = "1 pair" if count == 1 else f"{count} pairs"
        text = f"The systems are {self.phrase}: the relation has {shown} of classes."
        return self._verdict(Outcome.HOLDS, evidence=evidence, explanation=(text,))

    def _found(self) -> Decision:
        simulation, meter = self.simulation, self.meter
        (self.a, self.b), kept = reached_parts((self.a, self.b), meter.look)
        self.reached = np.concatenate(kept)
        both = disjoint_union(self.a, self.b)
        steps = steps_of(both, meter, weak=simulation.weak, progress=self.progress)
        self.place = steps.place
        sides = Sides(
            steps=steps,
            left=np.unique(steps.place[self.a.initial]).tolist(),
            right=np.unique(steps.place[self.b.initial + self.a.n_states]).tolist(),
            simulation=simulation,
            preorder=self.preorder,
            meter=meter,
        )
        return decided(sides)

    def _different(self, found: Decision, of_left: bool) -> Verdict:
        first, second = (self.a, self.b) if of_left else (self.b, self.a)
        able = "lower one" if self.preorder else "first" if of_left else "second"
        trace = self._trace(first, second, FEW_STATES)
        if trace is not None and len(trace) <= SHORT:
            formula: HmlFormula | None = self._of_trace(trace)
        else:
            formula = found.formula()
        if formula is None:
            trace = trace or self._trace(first, second, None)
        parts = found.parts() if formula is None and trace is None else None
        texts: list[str] = []
        shown = shown_hml(formula) if formula is not None else shown_parts(parts) if parts else None
        if shown is not None:
            texts.append(f"The systems are not {self.phrase}: only the {able} has {shown}.")
        if trace is not None:
            texts.append(self._told(trace, of_left))
        evidence: Distinction | SharedDistinction | TraceDistinction
        claim, name, atoms = self._claim("not "), self.simulation.name, self.atoms
        if formula is not None:
            evidence = Distinction(claim=claim, relation=name, formula=formula, atoms=atoms)
        elif trace is not None:
            evidence = self._by_trace(trace, of_left)
        elif parts is not None:
            evidence = SharedDistinction(claim=claim, relation=name, parts=parts, atoms=atoms)
        else:
            reason = f"they are not {self.phrase}, but the formula that shows it is too large"
            return self._verdict(Outcome.UNKNOWN, reason=self.meter.exhausted() or reason)
        return self._verdict(Outcome.VIOLATED, evidence=evidence, explanation=tuple(texts))

    def _by_trace_alone(self, why_not: str) -> Verdict:
        """Answer by a trace of just one system, where the ranks cannot be computed."""
        for of_left in (True,) if self.preorder else (True, False):
            first, second = (self.a, self.b) if of_left else (self.b, self.a)
            trace = self._trace(first, second, None)
            if trace is not None:
                text = f"The systems are not {self.phrase}. {self._told(trace, of_left)}"
                evidence = self._by_trace(trace, of_left)
                return self._verdict(Outcome.VIOLATED, evidence=evidence, explanation=(text,))
        return self._verdict(Outcome.UNKNOWN, reason=why_not)

    def _told(self, trace: tuple[str, ...], of_left: bool) -> str:
        able = "lower one" if self.preorder else "first" if of_left else "second"
        return f"The shortest trace of just the {able} is: {shown_trace(trace)}."

    def _by_trace(self, trace: tuple[str, ...], of_left: bool) -> TraceDistinction:
        return TraceDistinction(
            claim=self._claim("not "),
            relation=self.simulation.name,
            trace=trace,
            able="left" if of_left else "right",
            atoms=self.atoms,
        )

    def _trace(self, first: LTS, second: LTS, most: int | None) -> tuple[str, ...] | None:
        states = self.meter.budget.states
        most = min(MOST_LOOKED if most is None else most, MOST_LOOKED if states is None else states)
        found = distinguishing_trace(
            first, second, silent=self.simulation.weak, meter=self.meter, only_first=True, most=most
        )
        return None if found is None else found[0]

    def _of_trace(self, trace: tuple[str, ...]) -> HmlFormula:
        formula: HmlFormula = ("true",)
        for name in reversed(trace):
            formula = ("weak" if self.simulation.weak else "diamond", name, formula)
        return formula

    def _claim(self, prefix: str) -> Claim:
        return Claim.when_read(f"{prefix}{self.phrase}", partial(pair_digest, *self.given))

    def _verdict(self, outcome: Outcome, **rest: object) -> Verdict:
        statistics = Statistics(
            method=self.method,
            states=self.a.n_states + self.b.n_states,
            arcs=self.a.n_arcs + self.b.n_arcs,
            seconds=self.meter.seconds,
        )
        return Verdict(property=self.phrase, outcome=outcome, statistics=statistics).with_(**rest)
