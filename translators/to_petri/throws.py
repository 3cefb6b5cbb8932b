"""Errors, escalations and cancellations: who catches what is thrown, and what then happens.

An interrupting catcher takes its scope away, which needs the markings of the scope: such throwers
are noted in ``Context.caught`` until the scope is closed. A catcher that does not interrupt rings
at once, so its transitions belong to the scope in which the thrower lives, however far out it is.
"""

from __future__ import annotations

from translators.to_petri.context import Context, Thrower
from translators.to_petri.fragments import (
    ONCE,
    places_by_alarms,
    process_gate,
    routed,
    running_places,
)
from translators.to_petri.routing import output_sets
from translators.workflow.graph import EventKind, Node, Trigger

__all__ = ["armed_place", "find_catcher", "throw"]


def throw(context: Context, node: Node) -> None:
    """An error or escalation: leave to the catcher, or, uncaught, end the process or go on."""
    catcher = find_catcher(context, node)
    sent = dict.fromkeys(context.sent(node), 1)
    if catcher is not None:
        context.met.add(catcher.id)
    for place, _ in context.inputs(node):
        if catcher is not None:
            key = catcher.attached_to or context.index.node[_sub_process_of(context, catcher)].scope
            context.caught[key].append(Thrower(node, place, catcher))
            if not catcher.interrupting:
                ring = _ring_start if catcher.attached_to is None else _ring_boundary
                ring(context, node, place, catcher)
            continue
        if node.event is EventKind.THROW:
            routed(
                context, node, id=node.id, phase="occur", label=node.id, pre={place: 1}, post=sent
            )
            continue
        pre = {place: 1}
        if node.trigger is Trigger.ERROR:
            pre[process_gate(context, node)] = 1
            context.assume("An error that nothing in the file catches ends its process.")
        context.assembly.transition(
            node.id, owner=node.id, scope=node.scope, phase="end", label=node.id,
            pre=pre, post={context.end_place(node): 1, **sent},
        )  # fmt: skip


def _sub_process_of(context: Context, start: Node) -> str:
    owner = context.index.scope[start.scope].owner
    assert owner is not None
    return owner


def find_catcher(context: Context, node: Node) -> Node | None:
    """Return the innermost event that catches what a node throws, or ``None``.

    Event sub-processes of a scope come before the boundary events of its activity; a catcher
    matches when it names the same error or escalation, or none, and of two the one that names it.
    What is thrown inside an event sub-process can be caught by another one of the same scope, but
    no longer after an interruption, which only one of them may do.
    """
    index = context.index
    scope = index.scope[node.scope]
    inside: Node | None = None
    while True:
        if inside is None or not _interrupts(context, inside):
            starts = [
                start
                for sub in index.event_sub_processes(scope.id)
                if sub is not inside
                for start in index.starts(sub.body or "")
            ]
            found = _match(node, starts)
            if found is not None:
                return found
        if scope.owner is None:
            return None
        owner = index.node[scope.owner]
        if scope.kind == "sub-process":
            found = _match(node, index.boundary[owner.id])
            if found is not None:
                return found
        inside = owner
        scope = index.scope[owner.scope]


def _interrupts(context: Context, owner: Node) -> bool:
    """Return whether a node is an event sub-process that interrupts its scope."""
    if owner.activity != "event-sub-process":
        return False
    return any(start.interrupting for start in context.index.starts(owner.body or ""))


def _match(thrower: Node, catchers: list[Node]) -> Node | None:
    same = [c for c in catchers if c.trigger is thrower.trigger]
    exact = [c for c in same if c.reference == thrower.reference]
    return next(iter(exact + [c for c in same if c.reference is None]), None)


def armed_place(context: Context, scope_id: str, start: Node) -> str:
    """Return the place that holds a token until an event sub-process has been triggered."""
    top = context.index.scope[scope_id].kind == "process"
    return context.assembly.place(
        f"{start.id}.armed", "control", start.id, scope_id, initial=1 if top else 0,
        span=start.span,
    )  # fmt: skip


def _given(context: Context, thrower: Node) -> dict[str, int]:
    """Return what a thrower puts besides its own flows: messages, and the mark of an end event."""
    post = dict.fromkeys(context.sent(thrower), 1)
    if thrower.event is EventKind.END:
        post[context.end_place(thrower)] = 1
    return post


def _ring_start(context: Context, thrower: Node, place: str, start: Node) -> None:
    """Let a throw start a non-interrupting event sub-process once, and go on; later ones pass."""
    context.assume(ONCE)
    sub = context.index.node[_sub_process_of(context, start)]
    armed = armed_place(context, sub.scope, start)
    given = _given(context, thrower)
    for flows in output_sets(context, start):
        body = {context.flow_place(f.id): 1 for f in flows}
        routed(
            context, thrower, id=thrower.id, phase="occur", label=thrower.id,
            pre={place: 1, armed: 1}, post={**given, **body},
        )  # fmt: skip
    context.assembly.limit(armed, 1)
    routed(
        context, thrower, id=thrower.id, phase="occur", label=thrower.id,
        pre={place: 1}, post=given, at_most={armed: 0},
    )  # fmt: skip


def _ring_boundary(context: Context, thrower: Node, place: str, boundary: Node) -> None:
    """Let a throw ring a non-interrupting boundary event once for each run, and go on."""
    context.assume(ONCE)
    assert boundary.attached_to is not None
    activity = context.index.node[boundary.attached_to]
    several = activity.loop is not None and activity.loop.kind != "standard"
    for mark in ("", "+1") if several else ("",):
        places = dict(places_by_alarms(list(running_places(context, activity, mark))))
        for gone, run in places.items():
            rung = boundary.id in gone
            after = run if rung else places[gone | {boundary.id}]
            for flows in [()] if rung else output_sets(context, boundary):
                filled = {context.flow_place(flow.id): 1 for flow in flows}
                routed(
                    context, thrower, id=thrower.id, phase="occur", label=thrower.id,
                    pre={place: 1, run: 1},
                    post={**_given(context, thrower), after: 1, **filled},
                )  # fmt: skip
