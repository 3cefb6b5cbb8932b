"""Inclusive joins: exact for structured regions, refused by name elsewhere.

An inclusive join waits until no token can still reach one of its empty incoming flows. Where all
paths into it come from one node (the split), stay inside a region that only the join leaves, and
bring at most one token to each of its incoming flows, that is: until all tokens of the region stand
before the join. The region is explored by itself and the join gets one transition for each marking
in which that is so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from translators.to_petri.assembly import TransitionRecord
from translators.to_petri.context import Context
from translators.to_petri.expansion import (
    MAX_EXPANDED,
    LocalMarkings,
    explore_ends,
    explore_part,
)
from translators.to_petri.fragments import routed
from translators.to_petri.routing import output_sets
from translators.workflow.graph import EventKind, GatewayKind, Node, Trigger

__all__ = ["build_inclusive_joins", "is_inclusive_join"]

UNSTRUCTURED = (
    "an inclusive join is supported where all its branches come from one split and lead "
    "nowhere else"
)


def is_inclusive_join(context: Context, node: Node) -> bool:
    """Return whether a node is an inclusive gateway with several incoming flows."""
    return node.gateway is GatewayKind.INCLUSIVE and len(context.index.incoming[node.id]) > 1


def build_inclusive_joins(context: Context, joins: Iterable[Node]) -> None:
    """Add the inclusive joins of a scope, those on which another depends first."""
    found: list[tuple[int, Node, Node, set[str]]] = []
    for join in joins:
        region = _region(context, join)
        if region is None:
            context.refuse(join, UNSTRUCTURED)
        else:
            found.append((len(region[1]), join, *region))
    waiting = sorted(found, key=lambda item: (item[0], item[1].id))
    while waiting:
        open_joins = {join.id for _, join, _, _ in waiting}
        ready = [item for item in waiting if not open_joins & {item[2].id, *item[3]}]
        if not ready:
            for _, join, _, _ in waiting:
                context.refuse(join, UNSTRUCTURED)
            return
        for item in ready:
            _build(context, *item[1:])
        waiting = [item for item in waiting if item not in ready]


def _successors(context: Context, node: Node) -> list[Node]:
    index = context.index
    after = [index.node[flow.target] for flow in index.outgoing[node.id]]
    after += index.boundary[node.id]
    if node.event is EventKind.THROW and node.trigger is Trigger.LINK:
        after += index.link_targets(node)
    return after


def _region(context: Context, join: Node) -> tuple[Node, set[str]] | None:
    """Return the split and the nodes between it and the join, for the smallest such region."""
    best: tuple[Node, set[str]] | None = None
    for split in context.index.members[join.scope]:
        if split.id == join.id or len(context.index.outgoing[split.id]) < 1:
            continue
        inside = _closure(context, split, join)
        if inside is not None and (best is None or len(inside) < len(best[1])):
            best = (split, inside)
    return best


def _closure(context: Context, split: Node, join: Node) -> set[str] | None:
    """Return the nodes between split and join, or ``None`` where they are no region."""
    index = context.index
    inside: set[str] = set()
    pending = [index.node[flow.target] for flow in index.outgoing[split.id]]
    while pending:
        node = pending.pop()
        if node.id == join.id or node.id in inside:
            continue
        if node.id == split.id or not _may_be_inside(context, node):
            return None
        inside.add(node.id)
        pending.extend(_successors(context, node))
    allowed = inside | {split.id}
    for node_id in inside:
        if any(flow.source not in allowed for flow in index.incoming[node_id]):
            return None
        if any(thrower.id not in allowed for thrower in _link_throwers(context, node_id)):
            return None
    if any(flow.source not in allowed for flow in index.incoming[join.id]):
        return None
    if index.boundary[split.id]:
        return None
    return inside


def _link_throwers(context: Context, node_id: str) -> list[Node]:
    """Return the throwing links that lead to a node."""
    node = context.index.node[node_id]
    if not context.index.is_link_catch(node):
        return []
    return [
        other
        for other in context.index.members[node.scope]
        if other.event is EventKind.THROW
        and other.trigger is Trigger.LINK
        and node in context.index.link_targets(other)
    ]


def _may_be_inside(context: Context, node: Node) -> bool:
    if node.event is EventKind.END or not context.index.outgoing[node.id]:
        return bool(node.event is EventKind.THROW and node.trigger is Trigger.LINK)
    if node.event is EventKind.BOUNDARY and node.trigger is Trigger.COMPENSATION:
        return False
    return node.trigger is not Trigger.ESCALATION


def _members(
    context: Context, join: Node, split: Node, inside: set[str]
) -> tuple[list[str], list[TransitionRecord], list[TransitionRecord]]:
    """Return places and transitions of a region, and the transitions of its split."""
    index, assembly = context.index, context.assembly
    scopes: set[str] = set()
    for node_id in inside:
        body = index.node[node_id].body
        if body is not None:
            scopes |= context.scopes_within(body)
    flows = {f.id for node_id in (*inside, split.id) for f in index.outgoing[node_id]}
    elements = inside | flows
    places = [
        p.id
        for p in assembly.places.values()
        if p.scope in scopes or (p.scope == join.scope and p.element in elements)
    ]
    transitions = [
        t
        for t in assembly.transitions.values()
        if t.scope in scopes or (t.scope == join.scope and t.owner in inside)
    ]
    if split.gateway is GatewayKind.EVENT_BASED:
        wait = context.wait_place(split)
        splits = [t for t in transitions if wait in t.pre]
    else:
        splits = [
            t
            for t in assembly.transitions.values()
            if t.owner == split.id and any(place in flows for place in t.post)
        ]
    return places, transitions, splits


def _build(context: Context, join: Node, split: Node, inside: set[str]) -> None:
    assembly = context.assembly
    inputs = [place for place, _ in context.inputs(join)]
    places, transitions, splits = _members(context, join, split, inside)
    reacts = context.index.scope[split.scope].kind == "event-sub-process"
    reacts = reacts and split.event is EventKind.START
    if not splits and not reacts:
        return
    entry: dict[str, int] = {}
    if reacts:
        part = _after_start(context, split, places, transitions)
    elif split.gateway is GatewayKind.EVENT_BASED:
        entry = {context.wait_place(split): 1}
        part = explore_part(context, [*places, *entry], transitions, entry)
    else:
        part = _after_split(context, join, places, transitions, splits)
    if part is None:
        if reacts or entry or not _by_choices(context, join, places, transitions, splits):
            context.refuse(join, "the region before it has too many states to be expanded")
        return
    rows = _terminal(part, inputs)
    if rows is None or len(rows) > MAX_EXPANDED:
        context.refuse(join, "its branches can bring more than one token to it")
        return
    again = {} if reacts else _one_at_a_time(context, join, splits)
    for row in rows:
        take, give, limits = part.consume(row, assembly, keep=() if reacts else entry)
        routed(
            context, join, id=join.id, phase="route", pre=take, post={**give, **again},
            at_most=limits,
        )  # fmt: skip


def _one_at_a_time(context: Context, join: Node, splits: list[TransitionRecord]) -> dict[str, int]:
    """Let the region be filled again only when the join has emptied it; return what it gives."""
    idle = context.assembly.place(
        f"{join.id}.idle", "control", join.id, join.scope, initial=1, rest=1, span=join.span
    )
    for record in splits:
        record.pre[idle] = 1
    context.serialised(splits, idle, join)
    return {idle: 1}


def _by_choices(
    context: Context,
    join: Node,
    places: list[str],
    transitions: list[TransitionRecord],
    splits: list[TransitionRecord],
) -> bool:
    """Build a join with a large region: what the split chose says what the join waits for.

    For each step of the split the markings in which its tokens all stand before the join are found
    by reduction. Where none of them lies below another marking of the region, the join may take
    its tokens as soon as they are there, without testing that the rest is empty.
    """
    inputs = [place for place, _ in context.inputs(join) if place in set(places)]
    members = set(places)
    found: list[tuple[TransitionRecord, LocalMarkings]] = []
    for record in splits:
        filled = {p: n for p, n in record.post.items() if p in members}
        part = explore_ends(context, places, transitions, filled, keep=inputs)
        if part is None:
            return False
        found.append((record, part))
    again = _one_at_a_time(context, join, splits)
    for number, (record, part) in enumerate(found, start=1):
        expected = context.assembly.place(
            f"{join.id}.expects.{number}", "control", join.id, join.scope, span=join.span
        )
        record.post[expected] = 1
        for row in part.rows:
            take, give, _ = part.consume(row, context.assembly)
            if not members.isdisjoint(take):
                routed(
                    context, join, id=join.id, phase="route", pre={**take, expected: 1},
                    post={**give, **again},
                )  # fmt: skip
    return True


def _after_split(
    context: Context,
    join: Node,
    places: list[str],
    transitions: list[TransitionRecord],
    splits: list[TransitionRecord],
) -> LocalMarkings | None:
    """Return the markings of a region after one step of its split, whatever that step takes."""
    assembly = context.assembly
    once = assembly.place(f"{join.id}.once", "control", join.id, join.scope)
    members = set(places)
    steps = [
        replace(
            t, pre={once: 1}, post={p: n for p, n in t.post.items() if p in members}, at_most={}
        )
        for t in splits
    ]
    part = explore_part(context, [*places, once], [*transitions, *steps], {once: 1})
    assembly.forget(once)
    return part


def _after_start(
    context: Context, start: Node, places: list[str], transitions: list[TransitionRecord]
) -> LocalMarkings | None:
    """Return the markings of a region that the start of an event sub-process fills.

    What triggers it is added when its scope is closed; it happens once in each run of the scope.
    """
    parts: list[LocalMarkings] = []
    for flows in output_sets(context, start):
        filled = {context.flow_place(flow.id): 1 for flow in flows}
        part = explore_part(context, places, transitions, filled)
        if part is None:
            return None
        parts.append(part)
    if not parts:
        return None
    rows = np.unique(np.concatenate([part.rows for part in parts]), axis=0)
    return replace(parts[0], rows=rows)


def _terminal(part: LocalMarkings, inputs: list[str]) -> list[NDArray[np.int64]] | None:
    """Return the markings with all live tokens before the join; ``None`` if two on a flow."""
    columns = [part.places.index(place) for place in inputs if place in part.places]
    before = np.zeros(len(part.places), dtype=bool)
    before[columns] = True
    if (part.rows[:, before] > 1).any():
        return None
    elsewhere = part.live & ~before
    done = (part.rows[:, elsewhere] == 0).all(axis=1) & part.rows[:, before].any(axis=1)
    return list(part.rows[done])
