"""Model checking linear temporal logic while a system is explored.

Each time the number of known states has grown fourfold, the part that is known is asked for a
path on which the formula does not hold: such a path is one of the whole system. States whose steps
are not known yet are neither dead nor part of a cycle. Where there is no such path yet, the part is
asked for a run after which the formula fails, however it goes on. Then the product with the
negation is explored for itself: where that is finite, no more of the system matters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.evidence_data import StateSet
from transition_systems.explore import Exploration, explore
from transition_systems.lts import LTS, TAU_NAME, TICK_NAME
from transition_systems.progress import ProgressCallback
from transition_systems.properties.formulas import Formula
from transition_systems.properties.predicates import Dead, Enabled, Predicate
from transition_systems.protocols import ExplicitSystem, Observable
from transition_systems.run import Lasso, Run, Step
from transition_systems.temporal.bad_prefixes import BadPrefixes
from transition_systems.temporal.buchi_graph import TooManyStatesError
from transition_systems.temporal.ltl_deciding import LtlCheck
from transition_systems.temporal.ltl_lazy_product import LookAhead, Part, Shared
from transition_systems.temporal.ltl_questions import (
    Reading,
    linear_formula,
    predicate_values,
    reading_of,
)
from transition_systems.temporal.ltl_search import BudgetEndError, Case
from transition_systems.temporal.product_system import Fairness, FairnessLike, fairness_of
from transition_systems.verdict import Outcome, Verdict

__all__ = ["check_ltl_on_the_fly"]

Words = NDArray[np.uint64]
R = TypeVar("R", Run, Lasso)
HoldsIn = Callable[[Predicate, Words], NDArray[np.bool_]]
FIRST = 2_000
GROWTH = 4


def check_ltl_on_the_fly(
    system: ExplicitSystem,
    formula: Formula | str,
    *,
    model_digest: str,
    holds: HoldsIn | None = None,
    state: Callable[[Words], Any] | None = None,
    space: Callable[[Words], StateSet] | None = None,
    fairness: FairnessLike = None,
    weak: bool = False,
    silent: Sequence[str] = (TAU_NAME,),
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Verdict:
    """Decide whether a formula of linear temporal logic holds on all paths of a model.

    Parameters
    ----------
    system
        The semantics of the model; it need not have finitely many states.
    formula
        The formula or its text, as for :func:`~transition_systems.temporal.ltl.check_ltl`.
    model_digest
        The digest of the model, for the claim.
    holds
        Gives for a state predicate without connectives and rows of words its values; by default
        the system's own ``holds``. ``enabled(label)`` and ``dead`` are known without it.
    state
        Gives for a row of words the state as plain data; by default ``system.decode``.
    space
        Gives some states as a set for the evidence; without it a recheck needs the system of these
        states.
    fairness, weak
        As for :func:`~transition_systems.temporal.ltl.check_ltl`.
    silent
        The labels of silent steps.
    budget, progress
        Seconds, states of the system, bytes.

    Returns
    -------
    Verdict
        As for :func:`~transition_systems.temporal.ltl.check_ltl`, about the model. ``VIOLATED``
        may come long before all states are known, and also with a run after which the formula
        fails in any case (:class:`~transition_systems.evidence_ltl.LtlPrefix`). ``HOLDS`` needs all
        of them, or, where all steps and paths count, those on which the formula can still fail.

    Raises
    ------
    UsageError
        When predicates are asked for and nothing tells their values.

    Notes
    -----
    At most a third more than the last searches, and these are linear in the product; at most half
    as much again for exploring the product with the tableau of the negation by itself (after
    R. Gerth, D. Peled, M. Vardi, P. Wolper: Simple on-the-fly automatic verification of linear
    temporal logic. PSTV 1995).

    Examples
    --------
    >>> class Clock:
    ...     labels = ("tick",)
    ...     def initial(self):
    ...         return np.array([[0]], dtype=np.uint64)
    ...     def successors(self, block):
    ...         rows = np.arange(len(block))
    ...         return rows, np.zeros(len(block), dtype=np.int32), (block + 1) % 12
    ...     def holds(self, predicate, states):
    ...         return states[:, 0] == 3
    ...     def decode(self, row):
    ...         return int(row[0])
    ...     def reencode(self, seen):
    ...         return seen
    >>> check_ltl_on_the_fly(Clock(), "G F three", model_digest="clock").outcome
    <Outcome.HOLDS: 'HOLDS'>
    >>> len(check_ltl_on_the_fly(Clock(), "G !three", model_digest="clock").witness)
    12
    """
    limit = (budget or Budget()).fixed()
    shared = Shared(system)
    known = _Known(shared, linear_formula(formula), holds)
    plain = not weak and (fairness is None or fairness == Fairness())
    ahead = LookAhead(shared, known.formula, known.values) if plain else None
    meter = replace(limit, states=None).start()
    bad = BadPrefixes(known.formula)
    most, before = FIRST, (-1, -1)
    while True:
        states = most if limit.states is None else min(most, limit.states)
        shared.kept = None if ahead is None else ahead.rows()
        exploration = explore(
            shared,
            budget=replace(limit, states=states),
            progress=progress,
            resume=known.exploration,
        )
        known.exploration = exploration
        if ahead is not None:
            ahead.encoded(shared.kept)
        lts, reading = known.lts(), known.reading()
        fair = fairness_of(fairness, lts) if exploration.complete else _so_far(fairness, lts)
        case = Case(
            lts, known.formula, reading, fair, weak, meter, exploration.expanded, frozenset(silent)
        )  # fmt: skip
        check = LtlCheck(case, lambda: model_digest, progress)
        try:
            lasso = check.violation()
            if lasso is not None:
                shown = _shown(lasso, exploration.states, state or system.decode)
                return check.answer(Outcome.VIOLATED, check.of_lasso(shown))
            if exploration.complete:
                return check.proved(None if space is None else space(exploration.states))
            run = check.bad_run(bad, limit)
            if run is not None:
                begun = _shown(run, exploration.states, state or system.decode)
                return check.answer(Outcome.VIOLATED, check.of_prefix(begun))
            if ahead is not None and ahead.seconds <= meter.seconds / 2:
                shared.kept = exploration.states
                part = ahead.go(states, limit)
                known.exploration = replace(exploration, states=shared.kept)
                if part is not None:
                    case = Case(*known.of_part(part), Fairness(), False, meter)
                    check = LtlCheck(case, lambda: model_digest, progress)
                    lasso = check.violation()
                    if lasso is None:
                        return check.proved(None if space is None else space(part.rows))
                    shown = _shown(lasso, part.rows, state or system.decode)
                    return check.answer(Outcome.VIOLATED, check.of_lasso(shown))
        except (BudgetEndError, TooManyStatesError) as end:
            return check.answer(Outcome.UNKNOWN, None, str(end))
        spent = meter.exhausted(states=0, bytes=exploration.bytes)
        size = (len(exploration.states), exploration.expanded)
        if spent is not None or states < most or size == before:
            return check.answer(Outcome.UNKNOWN, None, spent or exploration.reason)
        before = size
        most = GROWTH * max(most, len(exploration.states))


class _Known:
    """What is explored of a system."""

    def __init__(self, system: Shared, formula: Formula, holds: HoldsIn | None) -> None:
        self.system, self.formula = system, formula
        self.exploration: Exploration | None = None
        self.holds = holds
        if holds is None and isinstance(system.system, Observable):
            self.holds = system.system.holds
        visible = [name for name in system.labels if name not in (TAU_NAME, TICK_NAME)]
        self.names = (TAU_NAME, TICK_NAME, *dict.fromkeys(visible))
        index = {name: i for i, name in enumerate(self.names)}
        self.number = np.array([index[name] for name in system.labels], dtype=np.int32)
        self.made: LTS | None = None

    @property
    def found(self) -> Exploration:
        assert self.exploration is not None
        return self.exploration

    def lts(self) -> LTS:
        """Return the part that is known, with labels by name."""
        found = self.found
        initial = np.flatnonzero(found.parent[: len(self.system.initial())] < 0)
        self.made = self._lts(
            len(found.states), found.source, found.label, found.target, initial.astype(np.int64)
        )
        return self.made

    def reading(self) -> Reading:
        """Return the letters of the states; what can happen is known of expanded ones only."""
        lts, rows = self.made, self.found.states
        assert lts is not None
        by_arcs = predicate_values(lts)

        def values(predicate: Predicate) -> NDArray[np.bool_]:
            if isinstance(predicate, (Enabled, Dead)):
                return by_arcs(predicate)
            return self.values(predicate, rows)

        return reading_of(self.formula, lts.n_states, values)

    def values(self, predicate: Predicate, rows: Words) -> NDArray[np.bool_]:
        """Return where an atom or a comparison holds."""
        if self.holds is None:
            raise UsageError("nothing tells where the predicates of the formula hold")
        return self.holds(predicate, rows)

    def of_part(self, part: Part) -> tuple[LTS, Formula, Reading]:
        """Return some states with the steps between them, the formula and their letters.

        Of a state all steps are there, or none on which the formula can still fail.
        """
        n = len(part.rows)
        whole = self._lts(n + 1, part.source, part.label, part.target, part.initial)
        by_arcs = predicate_values(whole)

        def values(predicate: Predicate) -> NDArray[np.bool_]:
            if isinstance(predicate, (Enabled, Dead)):
                return by_arcs(predicate)[:n]
            return self.values(predicate, part.rows)

        inside = part.target < n
        lts = self._lts(
            n, part.source[inside], part.label[inside], part.target[inside], part.initial
        )
        return lts, self.formula, reading_of(self.formula, n, values)

    def _lts(
        self, n: int, source: NDArray[np.int64], label: NDArray[np.int32],
        target: NDArray[np.int64], initial: NDArray[np.int64],
    ) -> LTS:  # fmt: skip
        """Return a system with labels by name."""
        return LTS.from_arrays(
            n, source, self.number[label], target, label_names=self.names, initial=initial
        )


def _shown(run: R, rows: Words, state: Callable[[Words], Any]) -> R:
    """Return a run or a lasso over numbers with the model's own states."""

    def own(index: Any) -> Any:
        return state(rows[int(index)])

    def moved(step: Step) -> Step:
        return replace(step, state=own(step.state))

    return replace(run, initial=own(run.initial), steps=tuple(moved(step) for step in run))


def _so_far(fairness: FairnessLike, lts: LTS) -> Fairness:
    """Return the fairness to all labels that the system may have, seen or not."""
    if fairness is None or isinstance(fairness, Fairness):
        return fairness_of(fairness, lts)
    sets = tuple((name,) for name in lts.label_names)
    return Fairness(weak=sets) if fairness == "weak" else Fairness(strong=sets)
