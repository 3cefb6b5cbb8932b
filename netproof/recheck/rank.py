"""Soundness, or that none is dead, by the rank theorem: premises checked with integers.

The theorem: a connected extended free-choice net has a live and bounded marking if it has a
positive place flow, a positive transition flow and a rank one less than the number of its clusters;
a marking of such a net is live if every siphon has a token in it (Desel and Esparza, Free Choice
Petri Nets, 1995, theorem 6.17 and chapter 5). A workflow net is sound if the net closed by a
transition from sink to source is live and bounded (van der Aalst, 1997).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from netproof.recheck.circuits import NEVER_DEAD
from netproof.recheck.net_table import NetTable, Tokens
from netproof.recheck.predicates import fold, holds_in
from netproof.recheck.questions import Goal, classical_goal
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.statements import Statement, same
from netproof.recheck.structure import workflow_ends
from transition_systems.evidence import RankEvidence
from transition_systems.properties.predicates import Compare, Constant, Dead, Enabled, Predicate

__all__ = ["check_goal", "check_rank"]

PRIME = 2**61 - 1


def check_rank(
    evidence: RankEvidence, claim: Statement, table: NetTable, watch: Watch, goal: Goal | None
) -> None:
    """Check the premises, for ``sound`` those of the closed net, and that the goal follows.

    A net that is live and has a transition is never dead.
    """
    needs, change, marked = table.pre, table.change, {p for p, n in table.initial.items() if n}
    if claim.phrase == "sound":
        source, sink = (table.place[name] for name in workflow_ends(table.net))
        if table.initial != {source: 1}:
            raise RefusedError("the net does not start with one token in its source")
        check_goal(goal, table, sink, watch)
        needs = [*needs, {sink: 1}]
        change = [*change, {} if sink == source else {sink: -1, source: 1}]
    elif not same(claim, NEVER_DEAD):
        raise RefusedError("the rank theorem proves soundness or that none is dead, not this claim")
    else:
        _connected(table)
    gives = [
        {p: need.get(p, 0) + moved.get(p, 0) for p in (*need, *moved)}
        for need, moved in zip(needs, change, strict=True)
    ]
    for weights in (*needs, *gives):
        if not set(weights.values()) <= {0, 1}:
            raise RefusedError("an arc of the net has a weight above 1")
    count = _clusters(needs, len(table.place))
    rows: list[Tokens] = [{} for _ in table.place]
    for step, moved in enumerate(change):
        for place, delta in moved.items():
            rows[place][step] = delta
    _balanced(evidence, table, change, rows)
    wanted = len(rows) - count + 1
    flows = [_vector(flow, table.place) for flow in evidence.flows]
    if any(_changed(flow, rows) for flow in flows):
        raise RefusedError("a flow of the evidence is changed by a transition")
    if len(flows) != wanted or _rank(flows, watch) != wanted or _rank(rows, watch) != count - 1:
        raise RefusedError("the rank of the net is not one less than the number of its clusters")
    if _siphon(needs, gives, set(range(len(rows))) - marked):
        raise RefusedError("a siphon of the net is empty at the start")


def _connected(table: NetTable) -> None:
    """Refuse a net that falls into parts."""
    near: list[list[int]] = [[] for _ in range(len(table.place) + len(table.pre))]
    for step, needs in enumerate(table.pre):
        for place in needs.keys() | table.change[step].keys():
            near[place].append(len(table.place) + step)
            near[len(table.place) + step].append(place)
    seen, waiting = {0}, [0]
    while waiting:
        fresh = [node for node in near[waiting.pop()] if node not in seen]
        seen.update(fresh)
        waiting.extend(fresh)
    if len(seen) < len(near):
        raise RefusedError("the net is not connected")


def check_goal(given: Goal | None, table: NetTable, sink: int, watch: Watch) -> None:
    """Refuse a goal that a sound workflow net need not meet; by default it is the classical one."""
    classical = classical_goal(table.net)
    goal = given or classical
    name = table.net.place_ids[sink]
    rows = np.zeros((2, len(table.place)), dtype=np.int64)
    rows[1, sink] = 1
    if not holds_in(table, rows, goal.completion, watch)[1]:
        raise RefusedError("one token in the sink does not complete")
    if same(Statement("AG", goal.proper), Statement("AG", classical.proper)):
        return
    if not _only(goal.proper, name) or not holds_in(table, rows, goal.proper, watch).all():
        raise RefusedError("what must always hold does not follow from the sink's one token")


def _only(predicate: Predicate, name: str) -> bool:
    """Return whether a predicate speaks of the tokens of one place alone."""

    def fits(node: Predicate, below: list[bool]) -> bool:
        if isinstance(node, Compare):
            return all(place == name for place, _ in node.terms)
        return all(below) and (bool(below) or isinstance(node, Constant))

    return fold(predicate, fits) and not isinstance(predicate, Dead | Enabled)


def _clusters(needs: list[Tokens], n_places: int) -> int:
    """Return the number of clusters; refuse a net that is not extended free choice."""
    users: list[list[int]] = [[] for _ in range(n_places)]
    for step, need in enumerate(needs):
        for place in need:
            users[place].append(step)
    for taking in users:
        if any(needs[step].keys() != needs[taking[0]].keys() for step in taking[1:]):
            raise RefusedError("the net is not free choice")
    alone = sum(not taking for taking in users) + sum(not need for need in needs)
    return alone + len({frozenset(need) for need in needs if need})


def _vector(weights: Iterable[tuple[str, int]], index: dict[str, int]) -> Tokens:
    """Return weights by index; refuse names that are unknown or repeated."""
    found: Tokens = {}
    for name, weight in weights:
        if name not in index or index[name] in found or type(weight) is not int:
            raise RefusedError(f"{name!r:.60} has no proper weight")
        found[index[name]] = weight
    return found


def _changed(flow: Tokens, rows: list[Tokens]) -> bool:
    """Return whether a transition changes a weighted sum; ``rows`` are its changes by place."""
    total: Tokens = {}
    for place, weight in flow.items():
        for step, delta in rows[place].items():
            total[step] = total.get(step, 0) + weight * delta
    return any(total.values())


def _balanced(
    evidence: RankEvidence, table: NetTable, change: list[Tokens], rows: list[Tokens]
) -> None:
    """Refuse unless both positive flows are flows, and positive everywhere."""
    places = _vector(evidence.places, table.place)
    steps = _vector(evidence.transitions, table.transition)
    if len(change) > len(table.transition):
        steps[len(table.transition)] = evidence.closing
    elif evidence.closing != 0:
        raise RefusedError("the net has no closing transition")
    if len(places) != len(table.place) or len(steps) != len(change) or not places or not steps:
        raise RefusedError("a node of the net has no weight")
    if min(*places.values(), *steps.values()) < 1:
        raise RefusedError("a weight is not positive")
    if _changed(places, rows):
        raise RefusedError("the weighted sum of tokens is changed by a transition")
    total: Tokens = {}
    for step, moved in enumerate(change):
        for place, delta in moved.items():
            total[place] = total.get(place, 0) + steps[step] * delta
    if any(total.values()):
        raise RefusedError("the weighted transitions do not lead back to the marking")


def _rank(rows: list[Tokens], watch: Watch) -> int:
    """Return the rank of rows modulo a prime, which is never above the rank over the rationals."""
    pivots: dict[int, Tokens] = {}
    for given in sorted(rows, key=len):
        watch.tick()
        row = {column: value % PRIME for column, value in given.items() if value % PRIME}
        while row:
            column = min(row)
            if column not in pivots:
                inverse = pow(row[column], -1, PRIME)
                pivots[column] = {key: value * inverse % PRIME for key, value in row.items()}
                break
            share = row[column]
            for key, value in pivots[column].items():
                left = (row.get(key, 0) - share * value) % PRIME
                if left:
                    row[key] = left
                else:
                    row.pop(key, None)
    return len(pivots)


def _siphon(needs: list[Tokens], gives: list[Tokens], places: set[int]) -> set[int]:
    """Return the largest siphon inside a set of places."""
    left = [len(places & need.keys()) for need in needs]
    users: dict[int, list[int]] = {place: [] for place in places}
    for step, need in enumerate(needs):
        for place in places & need.keys():
            users[place].append(step)
    waiting = [step for step, count in enumerate(left) if not count]
    while waiting:
        step = waiting.pop()
        for place in places & {place for place, weight in gives[step].items() if weight}:
            places.discard(place)
            for user in users[place]:
                left[user] -= 1
                if not left[user]:
                    waiting.append(user)
    return places
