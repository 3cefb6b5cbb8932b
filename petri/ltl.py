"""Linear temporal logic on nets, decided while the markings are explored."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from petri.firing import with_labels
from petri.last_steps import require_no_last_steps
from petri.ltl_by_stubborn_sets import ltl_by_stubborn_sets, worth_reducing
from petri.ltl_walks import LtlWalks
from petri.memory import within_memory
from petri.net import PetriNet
from petri.state_space.packed import PackedNet
from petri.state_space.reachability import marking_holds
from petri.state_space.unlisted import UNLISTED, unlisted_verdict
from transition_systems.budget import Budget
from transition_systems.errors import UnlistedError, UnsupportedError, UsageError
from transition_systems.evidence import Claim, LtlLasso, LtlPrefix, StateSet
from transition_systems.evidence_ltl import ltl_formula
from transition_systems.progress import ProgressCallback
from transition_systems.properties.evaluate import evaluate
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula
from transition_systems.properties.names import require_names, unknown_method
from transition_systems.properties.predicates import Predicate
from transition_systems.properties.walk import names_in_formula
from transition_systems.run import Lasso, Run
from transition_systems.temporal.bad_prefixes import BadPrefixes
from transition_systems.temporal.buchi_graph import TooManyStatesError
from transition_systems.temporal.ltl_on_the_fly import check_ltl_on_the_fly
from transition_systems.temporal.ltl_questions import linear_formula
from transition_systems.temporal.ltl_search import BudgetEndError
from transition_systems.temporal.ltl_violations import Violations, begun, violations
from transition_systems.temporal.product_system import Fairness, FairnessLike
from transition_systems.verdict import Outcome, Verdict

__all__ = ["ltl", "silent_transitions", "transition_fairness"]

Words = NDArray[np.uint64]
# Markings that are listed first; the part of the time for all of them; seconds of walks.
FEW, MOST, QUICKLY, LONG = 20_000, 0.75, 1.0, 10.0
# The part of the time for stubborn sets.
REDUCED = 0.3
METHODS = ("auto", "explicit", "stubborn")


@within_memory(lambda _, formula, **__: str(formula))
def ltl(
    net: PetriNet,
    formula: Formula | str,
    *,
    fairness: FairnessLike = None,
    weak: bool = False,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Verdict:
    """Decide whether a formula of linear temporal logic holds on all paths of a net.

    Paths are maximal; in a dead marking the path stays for ever, and the formula reads that marking
    again and again.

    Parameters
    ----------
    net
        Any place/transition net.
    formula
        State predicates over the places (an atom means at least one token), ``enabled(t)`` and
        ``dead`` under ``X F G U W R`` and connectives. For ``done(t)`` see
        :func:`petri.last_steps.with_last_steps`.
    fairness
        ``"weak"`` or ``"strong"`` to each transition by itself, or sets of transitions.
    weak
        Whether firings of transitions without a label that change no predicate are left out.
    method
        ``"explicit"`` lists all markings, ``"stubborn"`` some that stand for all (see
        :func:`petri.ltl_by_stubborn_sets.ltl_by_stubborn_sets`); ``"auto"`` lists 20,000, then
        tries deep walks and, where a formula cannot tell how often a letter is repeated, stubborn
        sets, and then lists all.
    budget, progress
        Seconds, markings, bytes; told the markings so far.

    Returns
    -------
    Verdict
        ``VIOLATED`` with a lasso, or a run after which the formula fails in any case
        (``ltl-prefix``, as on an unbounded net), perhaps before all markings are known, or found by
        deep walks where there are too many; ``HOLDS`` with ranks on all of them, or on those that
        stubborn sets leave; ``UNKNOWN`` when the budget ends.

    Raises
    ------
    UnsupportedError
        When the formula is not of linear temporal logic; for ``"stubborn"`` when it can tell how
        often a letter is repeated, or with fairness or silent steps left out.
    ExpressionError
        For a name that the net does not have, with the nearest ones.
    UsageError
        For an unknown method; for ``done(t)`` of a net that does not remember its last step.

    Notes
    -----
    As :func:`transition_systems.temporal.ltl_on_the_fly.check_ltl_on_the_fly`.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [2, 0])
    >>> ltl(net, "F p2 >= 2").outcome, ltl(net, "G F enabled(t1)").witness.actions
    (<Outcome.HOLDS: 'HOLDS'>, ('t1', 't1', '(stays)'))
    """
    if method not in METHODS:
        raise unknown_method("ltl", method, METHODS)
    tree = linear_formula(formula)
    require_no_last_steps(tree)
    counters, enabled = names_in_formula(tree)
    require_names(counters, net.place_ids, kind="place")
    require_names(enabled, net.transition_ids, kind="transition")
    fair = transition_fairness(net, fairness)
    limit = (budget or Budget()).fixed()
    plain = not weak and (fair is None or not (fair.weak or fair.strong))
    try:
        game = PackedNet(net)
    except OverflowError as error:
        return _unlisted(
            net, tree, limit, f"{UNLISTED}: {error}", reduce=plain and method != "explicit"
        )
    places = net.place_ids

    def holds(predicate: Predicate, rows: Words) -> NDArray[np.bool_]:
        return evaluate(predicate, _Columns(game, rows), None, len(rows))

    def state(row: Words) -> dict[str, int]:
        return {p: int(k) for p, k in zip(places, game.decode(row), strict=True) if k}

    def space(rows: Words) -> StateSet:
        return StateSet(names=places, rows=game.unpack(rows))

    def listed(most: Budget) -> Verdict:
        verdict = check_ltl_on_the_fly(
            game, tree, model_digest=net.digest(), holds=holds, state=state, space=space,
            fairness=fair, weak=weak, silent=silent_transitions(net), budget=most,
            progress=progress,
        )  # fmt: skip
        return _labelled(net, verdict)

    if method == "stubborn":
        if not plain:
            raise UnsupportedError("stubborn sets keep all paths, and all steps of them")
        return _labelled(net, ltl_by_stubborn_sets(net, tree, budget=limit, progress=progress))
    if method == "explicit" or weak:
        return listed(limit)
    if not plain:
        if limit.remaining() is None or BadPrefixes(tree).automaton(limit) is None:
            return listed(limit)
        verdict = listed(_part(limit, MOST))
        return _walked(net, tree, verdict, limit, LONG, fair) if verdict.unknown else verdict
    few = FEW if limit.states is None else min(FEW, limit.states)
    verdict = listed(replace(limit, states=few))
    if not verdict.unknown:
        return verdict
    walked = _walked(net, tree, verdict, limit, QUICKLY)
    if walked.violated:
        return walked
    if worth_reducing(net, tree):
        with suppress(UnsupportedError):  # where the formula can tell repetition
            part = _part(limit, REDUCED)
            reduced = ltl_by_stubborn_sets(net, tree, budget=part, progress=progress)
            if not reduced.unknown:
                return _labelled(net, reduced)
    if few == limit.states:
        return walked
    left = limit.remaining()
    verdict = listed(limit if left is None else replace(limit, deadline=None, seconds=MOST * left))
    return _walked(net, tree, verdict, limit, LONG) if verdict.unknown else verdict


def _unlisted(net: PetriNet, tree: Formula, limit: Budget, why: str, *, reduce: bool) -> Verdict:
    """Decide by stubborn sets alone, whose markings are not packed, where they may be asked."""
    if reduce:
        with suppress(UnsupportedError):
            return _labelled(net, ltl_by_stubborn_sets(net, tree, budget=limit))
    return unlisted_verdict(format_formula(tree), UnlistedError(why))


def _part(limit: Budget, share: float) -> Budget:
    """Return a share of what is left of a budget; some seconds where it has no end."""
    left = limit.remaining()
    return replace(limit, deadline=None, seconds=LONG if left is None else share * left)


def _labelled(net: PetriNet, verdict: Verdict) -> Verdict:
    """Return the verdict with the labels of the net on the steps of its run or lasso."""
    evidence = verdict.evidence
    if isinstance(evidence, LtlPrefix):
        return verdict.with_(evidence=replace(evidence, run=with_labels(net, evidence.run)))
    if not isinstance(evidence, LtlLasso):
        return verdict
    return verdict.with_(evidence=replace(evidence, lasso=with_labels(net, evidence.lasso)))


def _walked(
    net: PetriNet, formula: Formula, verdict: Verdict, limit: Budget, seconds: float,
    fair: Fairness | None = None,
) -> Verdict:  # fmt: skip
    """Return the verdict, or a violation that deep walks find: a path, or the beginning of all.

    With fairness only the second is looked for: it is the beginning of a fair path, too.
    """
    left = limit.remaining()
    ends = time.monotonic() + (seconds if left is None else min(seconds, left / 4))
    part = Budget(deadline=ends)
    paths = None if fair is not None else _begun(net, formula, part)
    bad = BadPrefixes(formula).automaton(part)
    walks = LtlWalks(net)
    for number, found in enumerate((paths, bad)):
        if found is None:
            continue
        most = max(0.0, ends - time.monotonic())
        run = walks.violation(found, most if number or bad is None else most / 2)
        if run is not None and (fair is None or isinstance(run, Run)):
            return verdict.with_(
                outcome=Outcome.VIOLATED,
                reason=None,
                evidence=_shown(net, formula, with_labels(net, run), fair or Fairness()),
                statistics=replace(verdict.statistics, method="walks in the product"),
            )
    return verdict


def _begun(net: PetriNet, formula: Formula, budget: Budget) -> Violations | None:
    """Return an automaton of what violates a formula from the initial marking on."""
    meter = budget.start()

    def tick() -> None:
        if meter.out_of_time():
            raise BudgetEndError("the time budget is used up")

    try:
        found = violations(formula, tick=tick)
    except (BudgetEndError, TooManyStatesError, UnsupportedError):
        return None
    letter = sum([
        int(marking_holds(net, predicate, net.initial)) << bit
        for bit, predicate in enumerate(found.predicates)
    ])  # fmt: skip
    return Violations(found.formula, found.predicates, begun(found.graph, letter))


def _shown(
    net: PetriNet, formula: Formula, run: Run | Lasso, fair: Fairness
) -> LtlLasso | LtlPrefix:
    """Return the evidence with a run or a lasso on which a formula does not hold."""
    text = format_formula(formula)
    said = ltl_formula(text, holds=False, weak=False, fair=fair.weak, strong=fair.strong)
    claim = Claim(formula=said, model_digest=net.digest())
    if isinstance(run, Run):
        return LtlPrefix(claim=claim, formula=text, run=run, fair=fair.weak, strong=fair.strong)
    return LtlLasso(claim=claim, formula=text, lasso=run)


def silent_transitions(net: PetriNet) -> tuple[str, ...]:
    """Return the ids of the transitions that are silent."""
    return tuple(node.id for node in net.transitions if node.silent)


def transition_fairness(net: PetriNet, fairness: FairnessLike) -> Fairness | None:
    """Return the fairness that is meant: words are about each transition by itself.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [2, 0])
    >>> transition_fairness(net, "strong")
    Fairness(weak=(), strong=(('t1',),))
    """
    if fairness is None or isinstance(fairness, Fairness):
        return fairness
    each = tuple((name,) for name in net.transition_ids)
    if fairness == "weak":
        return Fairness(weak=each)
    if fairness == "strong":
        return Fairness(strong=each)
    raise UsageError(f"there is no fairness {fairness!r}; there are 'weak' and 'strong'")


class _Columns(Mapping[str, NDArray[np.int64]]):
    """The places as a lazy mapping to the tokens in states."""

    def __init__(self, game: PackedNet, rows: Words) -> None:
        self.game, self.rows = game, rows
        self.index = {name: number for number, name in enumerate(game.net.place_ids)}

    def __getitem__(self, name: str) -> NDArray[np.int64]:
        return self.game.column(self.rows, self.index[name])

    def __contains__(self, name: object) -> bool:
        return name in self.index

    def __iter__(self) -> Iterator[str]:
        return iter(self.index)

    def __len__(self) -> int:
        return len(self.index)
