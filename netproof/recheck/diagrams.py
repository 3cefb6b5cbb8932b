"""Evidence that is a decision diagram: an inductive set of markings."""

from __future__ import annotations

from netproof.recheck.diagram_predicates import check_within
from netproof.recheck.diagram_steps import check_closed
from netproof.recheck.diagram_table import DiagramTable
from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.runs import meant
from netproof.recheck.statements import Statement, bound_of
from transition_systems.evidence import DiagramEvidence
from transition_systems.properties.predicates import And, Compare, Predicate

__all__ = ["check_diagram"]


def check_diagram(
    evidence: DiagramEvidence, claim: Statement, table: NetTable, watch: Watch
) -> None:
    """Check ``AG P`` or ``bounded by k``: initial marking in, every step stays in, all in is good.

    For ``EF AG P`` the last marking of the run is in instead of the initial one. A marking that a
    step leads to and that does not fit the fields is not in the set. What is shown is that the set
    holds all markings that can be reached from that one, not that it holds no others.
    """
    bound = bound_of(claim)
    later = claim.shape == "EF AG"
    if bound is None:
        good = meant(claim, "EF AG" if later else "AG")
    else:
        good = _at_most(table, bound)
    diagram = DiagramTable.of(table, evidence, watch)
    if later:
        if evidence.run is None:
            raise RefusedError("no run leads into the set of the diagram")
        last = table.walk(evidence.run.initial, evidence.run.steps, watch)[-1]
        if not diagram.holds(last):
            raise RefusedError("the run does not end in the set of the diagram")
    else:
        diagram.starts()
    check_within(diagram, good)
    check_closed(diagram)
    if bound is None:
        if evidence.run is not None and not later:
            raise RefusedError("the evidence has a run that says nothing about its claim")
        return
    if evidence.run is None:
        raise RefusedError("no run shows that the bound is reached")
    walked = table.walk(evidence.run.initial, evidence.run.steps, watch)
    if bound and bound not in walked[-1].values():
        raise RefusedError(f"the run does not end with {bound} tokens in a place")


def _at_most(table: NetTable, bound: int) -> Predicate:
    return And(tuple(Compare(((place, 1),), "<=", bound) for place in table.net.place_ids))
