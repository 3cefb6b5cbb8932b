"""Event sub-processes, and terminate events inside sub-processes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from translators.to_petri.context import Context, Thrower
from translators.to_petri.expansion import MAX_EXPANDED, LocalMarkings, explore_part
from translators.to_petri.fragments import MAY_FAIL, ONCE, routed, triggers
from translators.to_petri.throws import armed_place
from translators.workflow.graph import EventKind, Node, Trigger

__all__ = [
    "add_alarm_triggers",
    "add_process_interruptions",
    "event_starts",
    "expand_interruptions",
]

ROUNDS = 4


def event_starts(context: Context, scope_id: str) -> list[tuple[Node, Node]]:
    """Return the event sub-processes of a scope with their start events."""
    return [
        (sub, start)
        for sub in context.index.event_sub_processes(scope_id)
        if sub.body is not None
        for start in context.index.members[sub.body]
        if start.event is EventKind.START and start.trigger is not Trigger.COMPENSATION
    ]


def _live_places(context: Context, scope_id: str, sub: Node) -> list[str]:
    assert sub.body is not None
    own = context.scopes_within(sub.body)
    return [
        p
        for p in context.places_of(context.scopes_within(scope_id) - own)
        if context.assembly.places[p].live
    ]


def _throwers(context: Context, scope_id: str, start: Node) -> list[Thrower]:
    return [t for t in context.caught[scope_id] if t.catcher.id == start.id]


def _is_free(context: Context, start: Node) -> bool:
    """Return whether an event sub-process is triggered from outside rather than by a thrower."""
    if start.trigger is Trigger.ESCALATION:
        return False
    if start.trigger is not Trigger.ERROR:
        return True
    if start.id in context.met:
        return False
    context.assume(MAY_FAIL)
    return True


def add_alarm_triggers(context: Context, scope_id: str) -> None:
    """Add the triggers from outside of the non-interrupting event sub-processes of a scope.

    One transition for each place whose token shows that the scope is running.
    """
    for sub, start in event_starts(context, scope_id):
        if start.interrupting:
            continue
        context.assume(ONCE)
        armed = armed_place(context, scope_id, start)
        if not _is_free(context, start):
            continue
        for place in _live_places(context, scope_id, sub):
            for message in triggers(context, start):
                routed(
                    context, start, id=start.id, phase="trigger", label=start.id, scope=scope_id,
                    pre={armed: 1, place: 1, **message}, post={place: 1},
                )  # fmt: skip


def add_process_interruptions(context: Context, process_id: str) -> tuple[str, set[str]] | None:
    """Add the interrupting event sub-processes of a process.

    They take the token of a gate without which nothing outside them can act: the tokens left
    behind are frozen, which is the same as taken away, since a process runs once.

    Returns
    -------
    gate, exempt
        The gate and the scopes that act without it, or ``None`` where there are none.
    """
    found = [(sub, s) for sub, s in event_starts(context, process_id) if s.interrupting]
    if not found:
        return None
    span = context.index.scope[process_id].span
    gate = context.assembly.place(
        f"{process_id}.undisturbed", "control", process_id, None, initial=1, span=span
    )
    exempt: set[str] = set()
    for sub, start in found:
        assert sub.body is not None
        exempt |= context.scopes_within(sub.body)
        for thrower in _throwers(context, process_id, start):
            sent = dict.fromkeys(context.sent(thrower.node), 1)
            routed(
                context, start, id=thrower.node.id, phase="throw", label=thrower.node.id,
                scope=process_id, pre={thrower.input: 1, gate: 1}, post=sent,
            )  # fmt: skip
        if not _is_free(context, start):
            continue
        for place in _live_places(context, process_id, sub):
            for message in triggers(context, start):
                routed(
                    context, start, id=start.id, phase="interrupt", label=start.id,
                    scope=process_id, pre={gate: 1, place: 1, **message}, post={place: 1},
                )  # fmt: skip
    return gate, exempt


def expand_interruptions(context: Context, node: Node, body: str, entry: dict[str, int]) -> bool:
    """Add what empties a sub-process from inside: terminate events and event sub-processes.

    Returns
    -------
    bool
        Whether the sub-process could be expanded; it is refused otherwise.
    """
    ends = [t for t in context.caught[node.id] if t.node.trigger is Trigger.TERMINATE]
    interrupts = [(sub, s) for sub, s in event_starts(context, body) if s.interrupting]
    if not ends and not interrupts:
        return True
    inside = context.scopes_within(body)
    for thrower in ends:
        context.end_place(thrower.node)
    for _, start in interrupts:
        for flow in context.index.outgoing[start.id]:
            context.flow_place(flow.id)
    done: set[bytes] = set()
    for _ in range(ROUNDS):
        part = explore_part(
            context, context.places_of(inside), context.transitions_of(inside), entry
        )
        if part is None or len(part.rows) > MAX_EXPANDED:
            context.refuse(node, f"an event can interrupt it in more than {MAX_EXPANDED} states")
            return False
        new = [row for row in part.rows if row.tobytes() not in done]
        if not new:
            return True
        columns = {place: i for i, place in enumerate(part.places)}
        for row in new:
            done.add(row.tobytes())
            for thrower in ends:
                if row[columns[thrower.input]] >= 1:
                    _terminate(context, part, row, thrower, body)
            if not row[part.live].any():
                continue
            for _, start in interrupts:
                armed = armed_place(context, body, start)
                if row[columns[armed]] >= 1:
                    _interrupt(context, part, row, start, body, columns)
    return True


def _terminate(
    context: Context, part: LocalMarkings, row: NDArray[np.int64], thrower: Thrower, body: str
) -> None:
    take, give, limits = part.consume(row, context.assembly)
    reached = context.end_place(thrower.node)
    sent = dict.fromkeys(context.sent(thrower.node), 1)
    context.assembly.transition(
        thrower.node.id, owner=thrower.node.id, scope=body, phase="end", label=thrower.node.id,
        pre=take, post={**give, reached: give.get(reached, 0) + 1, **sent}, at_most=limits,
    )  # fmt: skip


def _interrupt(
    context: Context,
    part: LocalMarkings,
    row: NDArray[np.int64],
    start: Node,
    body: str,
    columns: dict[str, int],
) -> None:
    take, give, limits = part.consume(row, context.assembly)
    for thrower in _throwers(context, body, start):
        if row[columns[thrower.input]] >= 1:
            sent = dict.fromkeys(context.sent(thrower.node), 1)
            routed(
                context, start, id=thrower.node.id, phase="throw", label=thrower.node.id,
                scope=body, pre=take, post={**give, **sent}, at_most=limits,
            )  # fmt: skip
    if _is_free(context, start):
        for message in triggers(context, start):
            routed(
                context, start, id=start.id, phase="interrupt", label=start.id, scope=body,
                pre={**take, **message}, post=give, at_most=limits,
            )  # fmt: skip
