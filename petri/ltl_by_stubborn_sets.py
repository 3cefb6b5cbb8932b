"""Linear temporal logic on nets by stubborn sets: only a part of the markings is looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from petri.last_steps import require_no_last_steps
from petri.net import PetriNet
from petri.stubborn.dependencies import Dependencies
from petri.stubborn.stuttering import StutterSearch, visible_transitions
from transition_systems.budget import Budget, Meter
from transition_systems.errors import UndecidedError, UnsupportedError
from transition_systems.evidence import LtlLasso, LtlPrefix, LtlRanks, LtlStubborn
from transition_systems.lts import LTS, TAU_NAME, TICK_NAME
from transition_systems.progress import ProgressCallback
from transition_systems.properties.evaluate import evaluate
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula
from transition_systems.properties.names import require_names
from transition_systems.properties.predicates import Predicate
from transition_systems.properties.walk import names_in_formula
from transition_systems.run import Lasso, Run
from transition_systems.temporal.bad_prefixes import BadPrefixes
from transition_systems.temporal.buchi_graph import TooManyStatesError
from transition_systems.temporal.ltl_deciding import LtlCheck
from transition_systems.temporal.ltl_questions import linear_formula, reading_of
from transition_systems.temporal.ltl_search import BudgetEndError, Case
from transition_systems.temporal.product_system import Fairness
from transition_systems.temporal.stuttering import stutter_invariant
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["ltl_by_stubborn_sets", "worth_reducing"]

R = TypeVar("R", Run, Lasso)
METHOD = "stubborn-sets"
FIRST, GROWTH = 2_000, 4
SECONDS = 2.0
# The part of the time that is left in which markings are looked for.
SEARCHED = 0.8


def ltl_by_stubborn_sets(
    net: PetriNet,
    formula: Formula | str,
    *,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Verdict:
    """Decide a formula of linear temporal logic on a part of the markings of a net.

    Parameters
    ----------
    net
        Any place/transition net.
    formula
        As for :func:`petri.ltl.ltl`. It must be invariant under stuttering.
    budget, progress
        Seconds, markings, bytes; told the markings so far.

    Returns
    -------
    Verdict
        ``VIOLATED`` with a lasso of the net, or a run after which the formula fails in any case
        (``ltl-prefix``), ``HOLDS`` with ``ltl-stubborn``: the markings, their sets, and ranks.
        ``UNKNOWN`` when the budget ends, or when two seconds do not decide whether the formula is
        invariant.

    Raises
    ------
    UnsupportedError
        When the formula is not of linear temporal logic, or can tell repetition.
    ExpressionError
        For a name that the net does not have, with the nearest ones.
    UsageError
        For ``done(t)`` (:func:`petri.last_steps.with_last_steps`).

    Notes
    -----
    In the worst case all markings, times the size of the net. Of independent steps that change no
    predicate of the formula only one order is looked at. An unbounded net may end, where its steps
    without bound cannot matter. A. Valmari: The state explosion problem. LNCS 1491, 1998.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 0], [0, 0]], [1, 9])
    >>> verdict = ltl_by_stubborn_sets(net, "F p1 == 0")
    >>> verdict.outcome, verdict.statistics.states
    (<Outcome.HOLDS: 'HOLDS'>, 11)
    >>> ltl_by_stubborn_sets(net, "X p1")
    Traceback (most recent call last):
    ...
    transition_systems.errors.UnsupportedError: 'X p1' can tell how often a letter is repeated
    """
    tree = linear_formula(formula)
    require_no_last_steps(tree)
    counters, enabled = names_in_formula(tree)
    require_names(counters, net.place_ids, kind="place")
    require_names(enabled, net.transition_ids, kind="transition")
    limit = (budget or Budget()).fixed()
    doubt = _doubt(tree, limit)
    if doubt is not None:
        return Verdict(
            property=format_formula(tree), outcome=Outcome.UNKNOWN, reason=doubt,
            statistics=Statistics(method=METHOD),
        )  # fmt: skip
    meter = replace(limit, states=None).start()
    search = _Search(net, tree, meter, progress)
    bad = BadPrefixes(tree)
    most = FIRST
    while True:
        states = most if limit.states is None else min(most, limit.states)
        reason = search.stubborn.go(_most_of(limit).start(), progress, states)
        if search.stubborn.complete and search.stubborn.open_cycles():
            continue  # the sets have grown, perhaps with markings that are new
        check = search.check()
        try:
            lasso = check.violation()
            if lasso is not None:
                return search.answer(check, check.of_lasso(search.shown(lasso)))
            if search.stubborn.complete:
                return search.proved(check)
            run = check.bad_run(bad, limit)
            if run is not None:
                return search.answer(check, check.of_prefix(search.shown(run)))
        except (BudgetEndError, TooManyStatesError) as end:
            return search.answer(check, None, str(end))
        if reason is not None or states < most:
            count = len(search.stubborn.markings)
            return search.answer(check, None, reason or f"the budget of {count} states is used up")
        most = GROWTH * max(most, len(search.stubborn.markings))


def _most_of(limit: Budget) -> Budget:
    """Return a budget that leaves some time to ask what was found for a violation."""
    left = limit.remaining()
    return limit if left is None else replace(limit, deadline=None, seconds=SEARCHED * left)


def worth_reducing(net: PetriNet, formula: Formula) -> bool:
    """Return whether some steps of a net change no predicate of a formula, so that sets may help.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 0], [0, 0]], [1, 9])
    >>> [worth_reducing(net, parse_formula(text)) for text in ("F p1", "F (p1 && dead)")]
    [True, False]
    """
    dependencies = Dependencies(net)
    return bool(dependencies.everything & ~visible_transitions(net, formula, dependencies))


def _doubt(formula: Formula, limit: Budget) -> str | None:
    """Refuse a formula that can tell repetition; return why that is not known, if it is not."""
    left = limit.remaining()
    seconds = SECONDS if left is None else min(SECONDS, left)
    try:
        invariant = stutter_invariant(formula, budget=Budget(seconds=seconds))
    except (UndecidedError, UnsupportedError) as error:
        return f"it is not known whether the formula can tell repeated letters: {error}"
    if not invariant:
        text = f"{format_formula(formula)!r:.200}"
        raise UnsupportedError(f"{text} can tell how often a letter is repeated")
    return None


class _Search:
    """The reduced system, as it is known so far, and questions about it."""

    def __init__(
        self, net: PetriNet, formula: Formula, meter: Meter, progress: ProgressCallback | None
    ) -> None:
        self.net, self.formula, self.meter, self.progress = net, formula, meter, progress
        self.stubborn = StutterSearch(net, formula)
        visible = [name for name in net.transition_ids if name not in (TAU_NAME, TICK_NAME)]
        self.names = (TAU_NAME, TICK_NAME, *visible)
        index = {name: number for number, name in enumerate(self.names)}
        self.label = np.array([index[name] for name in net.transition_ids], dtype=np.int32)

    def check(self) -> LtlCheck:
        """Return the question about what is known; its states are numbers."""
        found = self.stubborn
        n = len(found.markings)
        lts = LTS.from_arrays(
            n, np.array(found.sources, dtype=np.int64),
            self.label[np.array(found.actions, dtype=np.int64)],
            np.array(found.targets, dtype=np.int64), label_names=self.names,
        )  # fmt: skip
        rows = found.rows()
        columns = {
            place: rows[:, self.net.place_index(place)].astype(np.int64)
            for place in names_in_formula(self.formula)[0]
        }

        def enabled(name: str) -> NDArray[np.bool_]:
            bit = 1 << self.net.transition_index(name)
            return np.array([bool(mask & bit) for mask in found.enabled], dtype=np.bool_)

        def dead() -> NDArray[np.bool_]:
            return np.array([not mask for mask in found.enabled], dtype=np.bool_)

        def holds(predicate: Predicate) -> NDArray[np.bool_]:
            return evaluate(predicate, columns, enabled, n, dead=dead)

        reading = reading_of(self.formula, n, holds)
        case = Case(lts, self.formula, reading, Fairness(), False, self.meter, found.expanded)
        return LtlCheck(case, self.net.digest, self.progress)

    def shown(self, run: R) -> R:
        """Return a run or a lasso with the markings of the net."""

        def own(state: Any) -> dict[str, int]:
            tokens = self.stubborn.markings[state]
            return {p: n for p, n in zip(self.net.place_ids, tokens, strict=True) if n}

        steps = tuple(replace(step, state=own(step.state)) for step in run)
        return replace(run, initial=own(run.initial), steps=steps)

    def proved(self, check: LtlCheck) -> Verdict:
        """Return the verdict that the formula holds."""
        ranks = check.proved(self.stubborn.state_set()).evidence
        assert isinstance(ranks, LtlRanks)
        proof = LtlStubborn(
            claim=ranks.claim, ranks=ranks, stubborn=self.stubborn.packed_sets(),
            order=self.stubborn.order(),
        )  # fmt: skip
        return self.answer(check, proof)

    def answer(
        self, check: LtlCheck, evidence: LtlLasso | LtlPrefix | LtlStubborn | None,
        reason: str | None = None,
    ) -> Verdict:  # fmt: skip
        """Return the verdict that the evidence shows, or UNKNOWN, with what was spent."""
        outcome = Outcome.UNKNOWN
        if evidence is not None:
            proved = isinstance(evidence, LtlStubborn)
            outcome = Outcome.HOLDS if proved else Outcome.VIOLATED
        verdict = check.answer(outcome, evidence, reason)
        figures = replace(
            verdict.statistics, method=METHOD, states=len(self.stubborn.markings),
            arcs=len(self.stubborn.sources),
        )  # fmt: skip
        return verdict.with_(statistics=figures)
