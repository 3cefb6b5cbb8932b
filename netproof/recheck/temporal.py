"""Evidence for temporal formulas: about a net, and about a labelled transition system."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.ctl import Arcs, where_ranked
from netproof.recheck.ctl_diagrams import check_ctl_diagrams
from netproof.recheck.ctl_star import check_ctl_star
from netproof.recheck.ctl_tree import check_tree, replayed
from netproof.recheck.ltl_net import listed_system
from netproof.recheck.net_table import NetTable, Tokens
from netproof.recheck.predicates import holds_in
from netproof.recheck.result import RecheckResult, RefusedError, Watch, guarded
from netproof.recheck.state_table import StateTable
from netproof.recheck.system_predicates import system_holds
from transition_systems.budget import Budget
from transition_systems.evidence import (
    CtlDiagrams,
    CtlRanks,
    CtlStarProof,
    Evidence,
    TreeEvidence,
)
from transition_systems.lts import LTS
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula, Negation
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Predicate
from transition_systems.run import Step
from transition_systems.verdict import Outcome

__all__ = ["NetWalker", "SystemWalker", "check_star", "check_temporal", "recheck_temporal"]


@dataclass(frozen=True, slots=True)
class NetWalker:
    """The markings of a net, one at a time."""

    table: NetTable
    watch: Watch

    def state(self, given: object) -> Tokens:
        return self.table.tokens(given)

    def after(self, state: Tokens, step: Step) -> Tokens:
        number = self.table.transition.get(str(step.action))
        if number is None:
            raise RefusedError(f"a step of the tree fires {step.action!r:.60}, no transition")
        if any(state.get(place, 0) < weight for place, weight in self.table.pre[number].items()):
            raise RefusedError(f"a step of the tree fires {step.action!r}, which is not enabled")
        after = dict(state)
        for place, delta in self.table.change[number].items():
            after[place] = after.get(place, 0) + delta
        after = {place: count for place, count in after.items() if count}
        if self.table.tokens(step.state) != after:
            raise RefusedError("a step of the tree does not lead to the state that is named")
        return after

    def stuck(self, state: Tokens) -> bool:
        columns = np.ascontiguousarray(self.table.rows([state]).T)
        return bool(self.table.dead(columns)[0])

    def holds(self, predicate: Predicate, state: Tokens) -> bool:
        return bool(holds_in(self.table, self.table.rows([state]), predicate, self.watch)[0])


class SystemWalker:
    """The states of a labelled transition system, one at a time."""

    def __init__(self, lts: LTS, watch: Watch) -> None:
        self.lts, self.watch = lts, watch
        self.known: dict[Predicate, NDArray[np.bool_]] = {}

    def state(self, given: object) -> int:
        if isinstance(given, bool) or not isinstance(given, int | np.integer):
            raise RefusedError(f"a state of the tree is no number: {given!r:.60}")
        if not 0 <= given < self.lts.n_states:
            raise RefusedError(f"a state of the tree does not exist: {given}")
        return int(given)

    def after(self, state: int, step: Step) -> int:
        after = self.state(step.state)
        labels, targets = self.lts.successors(state)
        names = {self.lts.label_names[label] for label in labels[targets == after].tolist()}
        if step.action not in names:
            raise RefusedError(f"the system has no step {step.action!r:.60} as the tree says")
        return after

    def stuck(self, state: int) -> bool:
        return bool(self.lts.offsets[state] == self.lts.offsets[state + 1])

    def holds(self, predicate: Predicate, state: int) -> bool:
        if predicate not in self.known:
            self.known[predicate] = system_holds(self.lts, predicate, self.watch)
        return bool(self.known[predicate][state])


def _asked(text: str) -> tuple[Formula, bool]:
    """Return the formula of a claim without the negations before it, and whether they cancel."""
    formula, positive = parse_formula(text), True
    while isinstance(formula, Negation):
        formula, positive = formula.operand, not positive
    return formula, positive


def check_temporal(
    evidence: TreeEvidence | CtlRanks | CtlDiagrams, table: NetTable, watch: Watch
) -> None:
    """Check a formula of CTL on a net by a tree of runs, by ranks, or by diagrams."""
    formula, positive = _asked(evidence.claim.formula)
    if isinstance(evidence, CtlDiagrams):
        check_ctl_diagrams(evidence, formula, positive, table, watch)
        if evidence.path is not None:
            replayed(NetWalker(table, watch), evidence.path, table.initial, watch)
        return
    walker = NetWalker(table, watch)
    if isinstance(evidence, TreeEvidence):
        if walker.state(evidence.start) != table.initial:
            raise RefusedError("the tree does not begin in the initial marking")
        check_tree(walker, formula, positive, evidence.tree, table.initial, watch)
        return
    if evidence.states is None:
        raise RefusedError("the markings that are ranked are missing")
    states = StateTable.of(table, evidence.states, watch)
    states.starts()
    sources: list[NDArray[np.int64]] = []
    targets: list[NDArray[np.int64]] = []
    for _, some, others in states.arcs():
        sources.append(some)
        targets.append(others)
    nothing = [np.zeros(0, dtype=np.int64)]
    arcs = Arcs(
        len(states), np.concatenate(sources or nothing), np.concatenate(targets or nothing),
        states.holds,
    )  # fmt: skip
    good = where_ranked(evidence, formula, arcs, watch)
    if bool(good[states.index(table.initial)]) is not positive:
        raise RefusedError("the ranks prove the contrary of the claim")
    if evidence.path is not None:
        replayed(walker, evidence.path, table.initial, watch)


def check_star(evidence: CtlStarProof, table: NetTable, watch: Watch) -> None:
    """Check a formula of CTL*, or of CTL on fair paths, on all markings of a net."""
    lts, holds = listed_system(evidence.space, table, watch)
    check_ctl_star(evidence, lts, holds, watch)
    if evidence.path is not None:
        replayed(NetWalker(table, watch), evidence.path, table.initial, watch)


def recheck_temporal(
    property: Formula | str,
    outcome: Outcome | str,
    evidence: Evidence,
    lts: LTS,
    *,
    budget: Budget | None = None,
) -> RecheckResult:
    """Decide whether evidence proves an outcome of a formula of CTL on a transition system.

    HOLDS means that the formula holds in all initial states, VIOLATED that in some it does not.

    Parameters
    ----------
    property, outcome
        The formula, and ``HOLDS`` or ``VIOLATED``.
    evidence
        A tree of runs or ranks.
    lts
        The system.
    budget
        Seconds and bytes.

    Returns
    -------
    RecheckResult
        ``failed`` with a reason where the evidence proves nothing or is malformed.

    Notes
    -----
    O(f (n + m)) for ranks; for a tree its steps, times the size of its predicates.

    Examples
    --------
    >>> from transition_systems.temporal.ctl import check_ctl
    >>> lts = LTS.from_arcs(2, [(0, "a", 1)])
    >>> verdict = check_ctl(lts, "EF dead")
    >>> recheck_temporal("EF dead", verdict.outcome, verdict.evidence, lts).passed
    True
    >>> recheck_temporal("EF dead", "VIOLATED", verdict.evidence, lts).status
    'failed'
    """

    def work() -> None:
        watch = Watch(budget)
        formula = parse_formula(property) if isinstance(property, str) else property
        if outcome not in (Outcome.HOLDS, Outcome.VIOLATED):
            raise RefusedError(f"there is nothing to prove for {outcome!r:.40}")
        holds = outcome == Outcome.HOLDS
        if evidence.claim.model_digest != lts.digest():
            raise RefusedError("the evidence is about another system: the digest differs")
        if isinstance(evidence, CtlStarProof):
            _check_star_on(evidence, formula, holds, lts, watch)
            return
        if evidence.claim.formula != format_formula(formula if holds else Negation(formula)):
            raise RefusedError("the claim is not the outcome of the formula")
        _check_on(evidence, formula, holds, lts, watch)

    return guarded(work)


def _check_star_on(
    evidence: CtlStarProof, formula: Formula, holds: bool, lts: LTS, watch: Watch
) -> None:
    if parse_formula(evidence.formula) != parse_formula(format_formula(formula)):
        raise RefusedError("the claim is not about the formula that was asked for")
    if evidence.space is not None:
        raise RefusedError("the evidence is about a net")
    found = check_ctl_star(evidence, lts, lambda p: system_holds(lts, p, watch), watch)
    if found is not holds:
        raise RefusedError("the evidence proves the contrary of the claim")
    if evidence.path is not None:
        walker = SystemWalker(lts, watch)
        _begins(evidence.path.initial, lts.initial.tolist())
        replayed(walker, evidence.path, walker.state(evidence.path.initial), watch)


def _check_on(evidence: Evidence, formula: Formula, holds: bool, lts: LTS, watch: Watch) -> None:
    walker = SystemWalker(lts, watch)
    starts: list[int] = lts.initial.tolist()
    if isinstance(evidence, CtlRanks):
        arcs = Arcs(
            lts.n_states, lts.sources, lts.targets,
            lambda predicate: system_holds(lts, predicate, watch),
        )  # fmt: skip
        good = where_ranked(evidence, formula, arcs, watch)[lts.initial]
        if bool(good.all()) is not holds:
            raise RefusedError("the ranks prove the contrary of the claim")
        if evidence.path is not None:
            replayed(walker, evidence.path, walker.state(evidence.path.initial), watch)
            _begins(evidence.path.initial, starts)
        return
    if not isinstance(evidence, TreeEvidence):
        raise RefusedError(f"evidence of kind {evidence.kind!r} is not about a formula of CTL")
    if holds and len(starts) != 1:
        raise RefusedError("one tree does not show a formula in all initial states")
    start = walker.state(evidence.start)
    _begins(start, starts)
    check_tree(walker, formula, holds, evidence.tree, start, watch)


def _begins(state: object, starts: list[int]) -> None:
    if state not in starts:
        raise RefusedError("the tree does not begin in an initial state")
