"""Livelock of a system: a silent cycle that is reached, or a rank that silent steps decrease."""

from __future__ import annotations

import numpy as np

from netproof.recheck.result import RecheckResult, RefusedError, Watch, guarded
from netproof.recheck.state_table import integers
from transition_systems.budget import Budget
from transition_systems.evidence import Evidence, LassoEvidence, Measure
from transition_systems.lts import LTS, TAU, TAU_NAME

__all__ = ["recheck_livelock"]


def recheck_livelock(
    evidence: Evidence, lts: LTS, *, budget: Budget | None = None
) -> RecheckResult:
    """Decide whether evidence proves that a system can be silent for ever, or that it cannot.

    Parameters
    ----------
    evidence
        A lasso whose cycle is silent (``livelock``), or states with ranks (``no livelock``).
    lts
        The system; its digest must be the claim's.
    budget
        Seconds and bytes.

    Returns
    -------
    RecheckResult

    Notes
    -----
    Linear in the lasso, or in the system: the states contain the initial ones and are closed under
    steps, and no infinite sequence of silent steps decreases natural numbers for ever.

    Examples
    --------
    >>> from transition_systems.livelocks import check_livelock
    >>> lts = LTS.from_arcs(2, [(0, "a", 1), (1, None, 1)])
    >>> recheck_livelock(check_livelock(lts).evidence, lts).status
    'passed'
    """

    def work() -> None:
        watch = Watch(budget)
        if evidence.claim.model_digest != lts.digest():
            raise RefusedError("the evidence is about another system: its digest differs")
        if isinstance(evidence, LassoEvidence):
            _is(evidence.claim.formula, "livelock")
            _check_lasso(evidence, lts, watch)
        elif isinstance(evidence, Measure):
            _is(evidence.claim.formula, "no livelock")
            _check_measure(evidence, lts, watch)
        else:
            raise RefusedError(f"evidence of kind {evidence.kind!r} is not about livelock")

    return guarded(work)


def _is(claimed: str, proved: str) -> None:
    if claimed != proved:
        raise RefusedError(f"the evidence proves {proved!r}, not its claim")


def _check_lasso(evidence: LassoEvidence, lts: LTS, watch: Watch) -> None:
    lasso = evidence.lasso
    if type(lasso.initial) is not int or lasso.initial not in lts.initial.tolist():
        raise RefusedError("the lasso does not start in an initial state")
    if not 0 <= lasso.loop_start < len(lasso.steps):
        raise RefusedError("the lasso has no cycle")
    states = [lasso.initial]
    for number, step in enumerate(lasso.steps):
        watch.tick()
        if step.action not in lts.label_names or type(step.state) is not int:
            raise RefusedError("a step has no label or no state of the system")
        if number >= lasso.loop_start and step.action != TAU_NAME:
            raise RefusedError("the cycle is not silent")
        labels, targets = lts.successors(states[-1])
        wanted = lts.label_names.index(step.action)
        if not ((labels == wanted) & (targets == step.state)).any():
            raise RefusedError("a step of the lasso is none of the system")
        states.append(step.state)
    if states[-1] != states[lasso.loop_start]:
        raise RefusedError("the cycle does not end where it begins")


def _check_measure(evidence: Measure, lts: LTS, watch: Watch) -> None:
    watch.fits(40 * (lts.n_states + lts.n_arcs))
    rows = evidence.states.rows
    if evidence.states.names != ("state",):
        raise RefusedError("the states are not those of a system")
    states = integers(rows, (len(rows), 1), "the states")[:, 0]
    ranks = integers(evidence.rank, (len(rows),), "the ranks")
    if len(states) and not (states.min() >= 0 and states.max() < lts.n_states):
        raise RefusedError("a state is none of the system")
    inside = np.zeros(lts.n_states, dtype=np.bool_)
    inside[states] = True
    if int(inside.sum()) != len(states) or (ranks < 0).any():
        raise RefusedError("a state has two ranks, or a rank is negative")
    rank = np.zeros(lts.n_states, dtype=np.int64)
    rank[states] = ranks
    source = lts.sources
    if not inside[lts.initial].all() or not inside[lts.targets[inside[source]]].all():
        raise RefusedError("the states lack an initial one or are not closed under steps")
    silent = inside[source] & (lts.labels == TAU)
    if not (rank[lts.targets[silent]] < rank[source[silent]]).all():
        raise RefusedError("a silent step does not decrease the rank")
