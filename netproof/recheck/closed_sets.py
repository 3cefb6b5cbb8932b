"""Evidence that is a set of markings closed under steps: bare, with a rank, or as a trap."""

from __future__ import annotations

import numpy as np

from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.runs import meant
from netproof.recheck.state_table import StateTable, integers
from netproof.recheck.statements import Statement, bound_of
from transition_systems.evidence import (
    BoundEvidence,
    ClosedSet,
    Measure,
    RankedSet,
    TrapEvidence,
)

__all__ = ["check_bound", "check_closed_set", "check_measure", "check_ranked_set", "check_trap"]


def check_closed_set(evidence: ClosedSet, claim: Statement, table: NetTable, watch: Watch) -> None:
    """Check ``AG P``: the initial marking is in, every step stays in, everything in has ``P``."""
    good = meant(claim, "AG")
    states = StateTable.of(table, evidence.states, watch)
    states.starts()
    states.within(good)
    states.closed()


def check_ranked_set(evidence: RankedSet, claim: Statement, table: NetTable, watch: Watch) -> None:
    """Check ``AG EF P``: a closed set in which rank 0 means ``P`` and others have a way down."""
    goal = meant(claim, "AG EF")
    states = StateTable.of(table, evidence.states, watch)
    rank = integers(evidence.rank, (len(states),), "the rank")
    if (rank < 0).any():
        raise RefusedError("the rank is negative somewhere")
    states.starts()
    if not states.holds(goal)[rank == 0].all():
        raise RefusedError("a state of rank 0 does not satisfy the claim's predicate")
    least = np.full(len(states), np.iinfo(np.int64).max, dtype=np.int64)
    for _, sources, targets in states.arcs():
        least[sources] = np.minimum(least[sources], rank[targets])
    stuck = (rank > 0) & (least >= rank)
    if stuck.any():
        raise RefusedError(f"no step from state {int(stuck.argmax())} of the set lowers its rank")


def check_measure(evidence: Measure, claim: Statement, table: NetTable, watch: Watch) -> None:
    """Check ``terminates``: a closed set with a rank that every step lowers."""
    if claim.phrase != "terminates":
        raise RefusedError("a measure proves that every run ends, not this claim")
    states = StateTable.of(table, evidence.states, watch)
    rank = integers(evidence.rank, (len(states),), "the rank")
    states.starts()
    for transition, sources, targets in states.arcs():
        bad = rank[targets] >= rank[sources]
        if bad.any():
            name, state = table.net.transition_ids[transition], int(sources[int(bad.argmax())])
            raise RefusedError(f"{name!r} does not lower the rank of state {state} of the set")


def check_trap(evidence: TrapEvidence, claim: Statement, table: NetTable, watch: Watch) -> None:
    """Check ``EF AG P``: a run into a closed set in which ``P`` holds everywhere."""
    inside = meant(claim, "EF AG")
    walked = table.walk(evidence.run.initial, evidence.run.steps, watch)
    states = StateTable.of(table, evidence.states, watch)
    if states.index(walked[-1]) < 0:
        raise RefusedError("the run does not end in the state set")
    states.within(inside)
    states.closed()


def check_bound(evidence: BoundEvidence, claim: Statement, table: NetTable, watch: Watch) -> None:
    """Check ``bounded by k``: a closed set with no more than ``k``, and a run that reaches it."""
    bound = bound_of(claim)
    if bound is None:
        raise RefusedError("a bound proves a statement 'bounded by k', not this claim")
    if isinstance(evidence.bound, bool) or evidence.bound != bound:
        raise RefusedError(f"the claim says {bound}, the evidence {evidence.bound!r:.40}")
    states = StateTable.of(table, evidence.states, watch)
    if states.rows.size and int(states.rows.max()) > bound:
        raise RefusedError(f"a state of the set has more than {bound} tokens in a place")
    states.starts()
    states.closed()
    walked = table.walk(evidence.run.initial, evidence.run.steps, watch)
    if bound and bound not in walked[-1].values():
        raise RefusedError(f"the run does not end with {bound} tokens in a place")
