"""Scopes: sub-processes, their completion and cancellation, and event sub-processes.

A sub-process completes when no token is left inside, and an interrupting event takes all tokens
inside away; both are one step whatever the tokens are. The map finds all markings of the scope and
adds one transition for each (see ``expansion``). One instance runs at a time; that a second token
could enter meanwhile is a condition that is checked on the finished state space.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from translators.to_petri.assembly import TransitionRecord
from translators.to_petri.context import Context
from translators.to_petri.event_scopes import (
    add_alarm_triggers,
    event_starts,
    expand_interruptions,
)
from translators.to_petri.expansion import MAX_EXPANDED, LocalMarkings, explore_ends, explore_part
from translators.to_petri.fragments import (
    MAY_FAIL,
    places_by_alarms,
    routed,
    running_places,
    triggers,
)
from translators.to_petri.inclusive import build_inclusive_joins, is_inclusive_join
from translators.to_petri.nodes import build_node
from translators.to_petri.throws import armed_place
from translators.workflow.graph import EventKind, Node, NodeKind, Trigger

__all__ = ["build_content", "build_sub_process", "entry_tokens", "start_step"]


def build_content(context: Context, scope_id: str) -> None:
    """Add the fragments of all nodes of a scope; the scopes inside it are there already."""
    members = context.index.members[scope_id]
    if context.index.scope[scope_id].kind == "sub-process":
        context.entry[scope_id] = entry_tokens(context, scope_id)
    for node in members:
        if node.event is EventKind.THROW and node.trigger is Trigger.LINK:
            for target in context.index.link_targets(node):
                context.enter_place(target)
    joins: list[Node] = []
    for node in members:
        if node.for_compensation:
            continue
        if is_inclusive_join(context, node):
            joins.append(node)
        elif not node.has_body:
            build_node(context, node)
    for node in members:
        if node.has_body and node.activity != "event-sub-process" and not node.for_compensation:
            build_sub_process(context, node)
    build_inclusive_joins(context, joins)
    add_alarm_triggers(context, scope_id)


def entry_tokens(context: Context, scope_id: str) -> dict[str, int]:
    """Add the places where a sub-process starts; return the tokens that start it.

    One shared place where exactly one of the start events is chosen, one place for each where they
    start together, and for a scope without start events one for each node without incoming flow.
    """
    index, assembly = context.index, context.assembly
    starts = index.starts(scope_id)
    span = index.scope[scope_id].span
    if not starts:
        return {context.enter_place(node): 1 for node in index.implicit_starts(scope_id)}
    if context.starts == "all" and len(starts) > 1:
        tokens: dict[str, int] = {}
        for start in starts:
            place = context.enter_place(start)
            tokens[place] = 1
            start_step(context, start, place)
        return tokens
    place = assembly.place(f"{scope_id}.start", "start", scope_id, scope_id, span=span)
    for start in starts:
        start_step(context, start, place)
    return {place: 1}


def start_step(context: Context, start: Node, place: str) -> None:
    """Add the steps by which a start takes its token; other nodes than events wait for theirs."""
    if start.kind is not NodeKind.EVENT:
        context.waits[start.id] = place
        return
    for message in triggers(context, start):
        routed(
            context, start, id=start.id, phase="occur", label=start.id, pre={place: 1, **message}
        )


def build_sub_process(context: Context, node: Node) -> None:
    """Add entry, completion and interruptions of a sub-process whose content is there already."""
    assembly, index = context.assembly, context.index
    body = node.body
    assert body is not None
    inside = context.scopes_within(body)
    entry = dict(context.entry[body])
    entry.update(dict.fromkeys(_armed(context, body), 1))
    running = list(running_places(context, node))
    firsts = list(running_places(context, node, "+1")) if _is_several(context, node) else []
    for boundary in index.boundary[node.id]:
        if not boundary.interrupting and boundary.trigger is not Trigger.COMPENSATION:
            _alarm(context, boundary, dict(places_by_alarms(running)))
            _alarm(context, boundary, dict(places_by_alarms(firsts)))
    if not expand_interruptions(context, node, body, entry):
        return
    places, transitions = context.places_of(inside), context.transitions_of(inside)
    part = explore_part(context, places, transitions, entry)
    if part is None and not any(
        b.interrupting and b.trigger is not Trigger.COMPENSATION for b in index.boundary[node.id]
    ):
        part = explore_ends(context, places, transitions, entry)
    if part is None:
        context.refuse(node, "its content has too many states to be expanded, or infinitely many")
        return
    idle = assembly.place(
        f"{node.id}.idle", "control", node.id, node.scope, initial=1, rest=1, span=node.span
    )
    first = running[0][1]
    _entries(context, node, idle, entry, [first, *(place for _, place in firsts[:1])])
    terminal = part.terminal()
    for _, place in running:
        for message in triggers(context, node):
            _each_row(
                context, part, terminal, node, id=f"{node.id}.complete", phase="complete",
                label=f"{node.id}.complete", pre={place: 1, **message}, post={idle: 1},
            )  # fmt: skip
        if node.loop is not None and node.loop.kind == "standard":
            _repeat(context, part, node, "repeat", place, {place: 1, **entry})
    for _, place in firsts:
        _repeat(context, part, node, "next", place, {first: 1, **entry})
    for boundary in index.boundary[node.id]:
        if boundary.interrupting and boundary.trigger is not Trigger.COMPENSATION:
            places = [place for _, place in (*running, *firsts)]
            _interrupting(context, part, node, boundary, places, idle)


def _armed(context: Context, body: str) -> list[str]:
    return [armed_place(context, body, start) for _, start in event_starts(context, body)]


def _is_several(context: Context, node: Node) -> bool:
    """Return whether an activity has one or two instances: one with boundary events."""
    if node.loop is None or node.loop.kind == "standard":
        return False
    return any(b.trigger is not Trigger.COMPENSATION for b in context.index.boundary[node.id])


def _entries(
    context: Context, node: Node, idle: str, entry: dict[str, int], running: list[str]
) -> None:
    inputs = context.inputs(node)
    sent = dict.fromkeys(context.sent(node), 1)
    records: list[TransitionRecord] = []
    for place, _ in inputs:
        records += [
            context.assembly.transition(
                f"{node.id}.start", owner=node.id, scope=node.scope, phase="start",
                label=f"{node.id}.start", pre={place: 1, idle: 1}, post={run: 1, **entry, **sent},
            )
            for run in running
        ]  # fmt: skip
        if len(running) > 1 or (node.loop is not None and node.loop.test_before):
            routed(context, node, id=f"{node.id}.skip", phase="skip", pre={place: 1})
    context.serialised(records, idle, node)


def _each_row(
    context: Context,
    part: LocalMarkings,
    rows: NDArray[np.int64],
    node: Node,
    *,
    id: str,
    phase: str,
    label: str | None,
    pre: dict[str, int],
    post: dict[str, int],
    scope: str | None = None,
) -> None:
    """Add the routed transitions of a node once for each marking that they empty."""
    for row in rows:
        take, give, limits = part.consume(row, context.assembly)
        routed(
            context, node, id=id, phase=phase, label=label, pre={**take, **pre},
            post={**give, **post}, at_most=limits, scope=scope,
        )  # fmt: skip


def _repeat(
    context: Context,
    part: LocalMarkings,
    node: Node,
    step: str,
    place: str,
    again: dict[str, int],
) -> None:
    for row in part.terminal():
        take, give, limits = part.consume(row, context.assembly)
        post = dict(give)
        for target, tokens in again.items():
            post[target] = post.get(target, 0) + tokens
        context.assembly.transition(
            f"{node.id}.{step}", owner=node.id, scope=node.scope, phase="repeat",
            label=f"{node.id}.{step}", pre={**take, place: 1}, post=post, at_most=limits,
        )  # fmt: skip


def _interrupting(
    context: Context,
    part: LocalMarkings,
    node: Node,
    boundary: Node,
    places: list[str],
    idle: str,
) -> None:
    throwers = [t for t in context.caught[node.id] if t.catcher.id == boundary.id]
    if throwers:
        for thrower in throwers:
            column = part.places.index(thrower.input)
            sent = dict.fromkeys(context.sent(thrower.node), 1)
            rows = part.rows[part.rows[:, column] >= 1]
            if not _small(context, node, len(rows)):
                return
            for place in places:
                _each_row(
                    context, part, rows, boundary, id=thrower.node.id, phase="throw",
                    label=thrower.node.id, pre={place: 1}, post={idle: 1, **sent},
                )  # fmt: skip
        return
    if boundary.trigger in (Trigger.ESCALATION, Trigger.CANCEL) or boundary.id in context.met:
        return
    if boundary.trigger is Trigger.ERROR:
        context.assume(MAY_FAIL)
        if not _has_activity(context, node):
            return
    if not _small(context, node, len(part.rows)):
        return
    for message in triggers(context, boundary):
        for place in places:
            _each_row(
                context, part, part.rows, boundary, id=boundary.id, phase="interrupt",
                label=boundary.id, pre={place: 1, **message}, post={idle: 1},
            )  # fmt: skip


def _small(context: Context, node: Node, count: int) -> bool:
    if count > MAX_EXPANDED:
        context.refuse(node, f"an event can interrupt it in more than {MAX_EXPANDED} states")
        return False
    return True


def _has_activity(context: Context, node: Node) -> bool:
    assert node.body is not None
    inside = context.scopes_within(node.body)
    return any(
        n.is_activity and n.activity != "event-sub-process" and n.scope in inside
        for n in context.index.graph.nodes
    )


def _alarm(context: Context, boundary: Node, places: dict[frozenset[str], str]) -> None:
    """Add a non-interrupting boundary event of a sub-process that is triggered from outside.

    Those at which something is thrown are part of the content (``throws``).
    """
    if boundary.trigger in (Trigger.ERROR, Trigger.ESCALATION):
        return
    for gone, place in places.items():
        if boundary.id in gone:
            continue
        for message in triggers(context, boundary):
            routed(
                context, boundary, id=boundary.id, phase="occur", label=boundary.id,
                pre={place: 1, **message}, post={places[gone | {boundary.id}]: 1},
            )  # fmt: skip
