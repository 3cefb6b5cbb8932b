"""A trap of places that a run marks, and that the goal wants empty."""

from __future__ import annotations

from netproof.recheck.forms import conjuncts, exactly, most
from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.runs import meant
from netproof.recheck.statements import Statement
from transition_systems.evidence import MarkedTrapEvidence
from transition_systems.properties.predicates import Compare, Predicate

__all__ = ["check_marked_trap"]


def check_marked_trap(
    evidence: MarkedTrapEvidence, claim: Statement, table: NetTable, watch: Watch
) -> None:
    """Check ``EF AG P``: ``P`` holds wherever the trap has a token, and a run puts one there.

    A transition that takes a token from a trap puts one into it, so a marked trap stays marked
    (Commoner; Murata, 1989).
    """
    never = meant(claim, "EF AG")
    net = table.net
    numbers = {place: number for number, place in enumerate(net.place_ids)}
    unknown = [place for place in evidence.places if place not in numbers]
    if unknown or not evidence.places:
        raise RefusedError("the trap has a place that the net has not, or none at all")
    trap = {numbers[place] for place in evidence.places}
    for number, needs in enumerate(table.pre):
        watch.tick()
        if trap.isdisjoint(needs):
            continue
        change = table.change[number]
        given = {p for p in (*needs, *change) if needs.get(p, 0) + change.get(p, 0) > 0}
        if trap.isdisjoint(given):
            name = net.transition_ids[number]
            raise RefusedError(f"{name!r:.60} takes a token from the trap and puts none into it")
    last = table.walk(evidence.run.initial, evidence.run.steps, watch)[-1]
    if not any(last.get(place, 0) for place in trap):
        raise RefusedError("the run does not end with a token in the trap")
    missing = set(evidence.places) - _empty(never)
    if missing:
        raise RefusedError(f"the goal does not want {min(missing)!r:.60} empty")


def _empty(never: Predicate) -> set[str]:
    """Return the places that are empty wherever the goal, the negation of this, holds."""
    found: set[str] = set()
    for node, sign in conjuncts(never, positive=False):
        total, single = most(node, sign), exactly(node, sign)
        if total is not None:
            found |= {place for place, factor in total[0].items() if total[1] < factor}
        elif single is not None and single[1] == 0:
            found.add(single[0])
        else:
            found |= _equal_zero(node, sign)
    return found


def _equal_zero(node: Predicate, sign: bool) -> set[str]:
    """Return the places of ``sum == 0`` without negative coefficients."""
    if not isinstance(node, Compare) or (node.op, sign) not in (("==", True), ("!=", False)):
        return set()
    below = most(Compare(node.terms, "<=", node.bound), True)
    return set(below[0]) if below is not None and below[1] <= 0 else set()
