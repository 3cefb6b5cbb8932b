"""Evidence that is a run: into a good state, round a fair cycle, or up without bound."""

from __future__ import annotations

import numpy as np

from netproof.recheck.net_table import NetTable, Tokens
from netproof.recheck.predicates import holds_in
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.statements import Statement, listed, summed
from transition_systems.evidence import LassoEvidence, PumpEvidence, RunEvidence
from transition_systems.properties.predicates import Not, Predicate
from transition_systems.run import Lasso

__all__ = ["check_lasso", "check_pump", "check_run", "meant", "occurring"]

FAIRNESS = {
    "infinite run": "none",
    "infinite run under weak fairness": "weak",
    "infinite run under strong fairness": "strong",
}


def meant(statement: Statement, shape: str) -> Predicate:
    """Return the predicate of a statement of a shape; refuse another shape."""
    if statement.shape != shape or statement.predicate is None:
        raise RefusedError(f"this kind of evidence proves {shape} statements, not this claim")
    return statement.predicate if statement.positive else Not(statement.predicate)


def check_run(evidence: RunEvidence, claim: Statement, table: NetTable, watch: Watch) -> None:
    """Check a run into a state of the claim ``EF P``, or in which the listed steps ``occur``."""
    states = table.walk(evidence.run.initial, evidence.run.steps, watch)
    if claim.shape == "phrase":
        occurring(evidence, claim)
        return
    goal = meant(claim, "EF")
    if not holds_in(table, table.rows(states[-1:]), goal, watch)[0]:
        raise RefusedError("the run does not end in a state that satisfies the claim's predicate")


def occurring(evidence: RunEvidence, claim: Statement) -> set[str]:
    """Return the transitions that a run with the claim ``occur [...]`` shows."""
    names = listed(claim, "occur")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise RefusedError("the claim does not list transitions")
    missing = set(names) - set(evidence.run.actions)
    if missing:
        raise RefusedError(f"{min(missing)!r} does not occur in the run")
    return set(names)


def _is_index(value: object, length: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < length


def _walked(lasso: Lasso, table: NetTable, watch: Watch) -> list[Tokens]:
    if not _is_index(lasso.loop_start, len(lasso.steps)):
        raise RefusedError("the lasso has no cycle")
    return table.walk(lasso.initial, lasso.steps, watch)


def check_lasso(evidence: LassoEvidence, claim: Statement, table: NetTable, watch: Watch) -> None:
    """Check a run that comes back to a state, and that its cycle is fair as the claim says.

    Weakly unfair is a transition that is enabled in all states of the cycle and does not occur in
    it; strongly unfair is one that is enabled in some.
    """
    fairness = FAIRNESS.get(claim.phrase)
    if fairness is None:
        raise RefusedError("a lasso proves that there is an infinite run, not this claim")
    states = _walked(evidence.lasso, table, watch)
    start = evidence.lasso.loop_start
    if states[-1] != states[start]:
        raise RefusedError("the cycle does not come back to the state in which it begins")
    if fairness == "none":
        return
    watch.fits((len(states) - start) * len(table.place) * 16)
    columns = np.ascontiguousarray(table.rows(states[start:]).T)
    taken = {step.action for step in evidence.lasso.cycle}
    for name, index in table.transition.items():
        watch.tick()
        if name in taken:
            continue
        able = table.enabled(columns, index)
        if able.any() if fairness == "strong" else able.all():
            raise RefusedError(f"the cycle is not fair to {name!r}")


def check_pump(evidence: PumpEvidence, claim: Statement, table: NetTable, watch: Watch) -> None:
    """Check a run and steps after it that end above the state in which they begin.

    A net has plain arcs only, so what can be fired once can be fired from above again: the tokens
    grow without bound. Where a sum is said to, a place that has a positive weight in it must grow,
    and no place in it may have a negative one. Of a ``livelock`` the steps are silent, and may come
    back to where they begin.
    """
    weights = summed(claim)
    if claim.phrase not in ("unbounded", "livelock") and weights is None:
        raise RefusedError("a pump proves that the net is unbounded, not this claim")
    states = _walked(evidence.lasso, table, watch)
    before, after = states[evidence.lasso.loop_start], states[-1]
    if claim.phrase == "livelock":
        silent = {node.id for node in table.net.transitions if node.silent}
        if not silent.issuperset(step.action for step in evidence.lasso.cycle):
            raise RefusedError("a step of the cycle is not silent")
    same = before == after and claim.phrase != "livelock"
    if same or any(after.get(place, 0) < count for place, count in before.items()):
        raise RefusedError("the pump does not end strictly above the state in which it begins")
    if weights is not None:
        more = {index for index, tokens in after.items() if tokens > before.get(index, 0)}
        grown = {place for place, index in table.place.items() if index in more}
        if min(weights.values(), default=0) < 0 or not any(weights.get(p, 0) for p in grown):
            raise RefusedError("the pump adds nothing to the sum")
