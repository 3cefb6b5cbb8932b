"""Soundness of a well-structured workflow net: its premises, decided again from the arcs.

The theorem: let the net closed by a transition from sink to source have no weight above 1 and no
handle, that is, no two paths from a place to a transition, or from a transition to a place, that
share nothing but their ends. Then it is bounded from every marking (J. Esparza, M. Silva: Circuits,
handles, bridges and nets, 1991), and live if every siphon has a token at the start (K. Barkaoui,
J. Couvreur, C. Dutheillet: On liveness in extended non self-controlling nets, 1995): a smallest
siphon is a trap, since a transition that takes from it without returning leads back to it, and so
closes two paths from a place to a transition. A workflow net is sound if the net closed so is live
and bounded (van der Aalst, 1997).

Two paths from one node to another share nothing but their ends just where no third node is on all
paths between them, and they are not the same arc (Menger).
"""

from __future__ import annotations

from netproof.recheck.net_table import NetTable, Tokens
from netproof.recheck.questions import Goal
from netproof.recheck.rank import check_goal
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.statements import Statement
from netproof.recheck.structure import workflow_ends
from transition_systems.evidence import WellStructuredEvidence

__all__ = ["check_well_structured"]


def check_well_structured(
    evidence: WellStructuredEvidence,
    claim: Statement,
    table: NetTable,
    watch: Watch,
    goal: Goal | None,
) -> None:
    """Check ``sound``: the premises about the closed net, and that the goal follows."""
    if claim.phrase != "sound":
        raise RefusedError("well-structured nets are sound; that proves no other claim")
    ends = workflow_ends(table.net)
    if (evidence.source, evidence.sink) != ends:
        raise RefusedError("these are not the source and the sink of the net")
    source, sink = (table.place[name] for name in ends)
    if table.initial != {source: 1}:
        raise RefusedError("the net does not start with one token in its source")
    check_goal(goal, table, sink, watch)
    needs = [*table.pre, {sink: 1}]
    gives: list[Tokens] = [
        {p: n for p in {*need, *moved} if (n := need.get(p, 0) + moved.get(p, 0))}
        for need, moved in zip(table.pre, table.change, strict=True)
    ]
    gives.append({source: 1})
    for weights in (*needs, *gives):
        if any(weight != 1 for weight in weights.values()):
            raise RefusedError("an arc of the net has a weight above 1")
    _no_empty_siphon(needs, gives, set(range(len(table.place))) - {source}, watch)
    _no_handle(needs, gives, len(table.place), watch)


def _no_empty_siphon(
    needs: list[Tokens], gives: list[Tokens], left: set[int], watch: Watch
) -> None:
    """Refuse a siphon among some places: take away what a transition marks from outside."""
    while True:
        watch.tick()
        marked = {
            place
            for need, gift in zip(needs, gives, strict=True)
            if left.isdisjoint(need)
            for place in left & gift.keys()
        }
        if not marked:
            break
        left = left - marked
    if left:
        raise RefusedError("a siphon of the net is empty at the start")


def _no_handle(needs: list[Tokens], gives: list[Tokens], places: int, watch: Watch) -> None:
    """Refuse two paths between nodes of different kinds with nothing but their ends in common."""
    count = places + len(needs)
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for step, (need, gift) in enumerate(zip(needs, gives, strict=True), start=places):
        for place in need:
            after[place].append(step)
            before[step].append(place)
        for place in gift:
            after[step].append(place)
            before[place].append(step)
    for root in range(count):
        if len(after[root]) < 2:
            continue
        watch.tick()
        on_all = _on_all_paths(root, before, after)
        for node in range(count):
            if len(before[node]) < 2 or (node < places) == (root < places):
                continue
            if on_all[node] != 1 << root | 1 << node:
                continue
            ways = [n for n in before[node] if n == root or not on_all[n] >> node & 1]
            if len(ways) > 1:
                raise RefusedError("the net has a handle: it is not well-structured")


def _on_all_paths(root: int, before: list[list[int]], after: list[list[int]]) -> list[int]:
    """Return for each node, as bits, the nodes on all paths to it from a root."""
    order, seen = [root], {root}
    for node in order:
        fresh = [n for n in after[node] if n not in seen]
        seen.update(fresh)
        order.extend(fresh)
    everything = (1 << len(before)) - 1
    on_all = [everything] * len(before)
    on_all[root] = 1 << root
    changed = True
    while changed:
        changed = False
        for node in order[1:]:
            found = everything
            for near in before[node]:
                found &= on_all[near]
            found |= 1 << node
            if found != on_all[node]:
                on_all[node] = found
                changed = True
    return on_all
