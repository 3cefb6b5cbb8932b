"""Fragments of single nodes: gateways, events and activities without a body."""

from __future__ import annotations

from translators.to_petri.context import Context, Thrower
from translators.to_petri.fragments import (
    MAX_ALARMS,
    MAY_FAIL,
    ONCE,
    places_by_alarms,
    process_gate,
    rings,
    routed,
    running_places,
    triggers,
)
from translators.to_petri.throws import throw
from translators.workflow.graph import EventKind, GatewayKind, Node, NodeKind, Trigger

__all__ = ["build_node"]


def build_node(context: Context, node: Node) -> None:
    """Add the fragment of a node that has no body and is no inclusive join."""
    if node.kind is NodeKind.GATEWAY:
        _gateway(context, node)
    elif node.kind is NodeKind.EVENT:
        _event(context, node)
    else:
        _activity(context, node)


def _gateway(context: Context, node: Node) -> None:
    inputs = [place for place, _ in context.inputs(node)]
    if not inputs:
        return
    if node.gateway is GatewayKind.PARALLEL:
        routed(context, node, id=node.id, phase="route", pre=dict.fromkeys(inputs, 1))
        return
    for place in inputs:
        id = f"{node.id}.{place}" if len(inputs) > 1 else node.id
        if node.gateway is GatewayKind.EVENT_BASED and context.index.outgoing[node.id]:
            wait = context.wait_place(node)
            if wait != place:
                context.assembly.transition(
                    id, owner=node.id, scope=node.scope, phase="route", pre=[place], post=[wait]
                )
        else:
            routed(context, node, id=id, phase="route", pre={place: 1})


def _event(context: Context, node: Node) -> None:
    if node.event is EventKind.END:
        _end(context, node)
        return
    if node.event in (EventKind.START, EventKind.BOUNDARY):
        return
    sent = dict.fromkeys(context.sent(node), 1) if node.event is EventKind.THROW else {}
    if node.trigger is Trigger.ESCALATION and node.event is EventKind.THROW:
        throw(context, node)
        return
    for place, _ in context.inputs(node):
        if node.event is EventKind.THROW and node.trigger is Trigger.LINK:
            for target in context.index.link_targets(node):
                context.assembly.transition(
                    node.id, owner=node.id, scope=node.scope, phase="occur", label=node.id,
                    pre=[place], post={context.enter_place(target): 1, **sent},
                )  # fmt: skip
            continue
        for message in triggers(context, node) if node.event is EventKind.CATCH else [{}]:
            routed(
                context, node, id=node.id, phase="occur", label=node.id,
                pre={place: 1, **message}, post=sent,
            )  # fmt: skip


def _end(context: Context, node: Node) -> None:
    reached = context.end_place(node)
    scope = context.index.scope[node.scope]
    sent = dict.fromkeys(context.sent(node), 1)
    if node.trigger in (Trigger.ERROR, Trigger.ESCALATION, Trigger.CANCEL):
        throw(context, node)
        return
    for place, _ in context.inputs(node):
        pre, post = {place: 1}, {reached: 1, **sent}
        if node.trigger is Trigger.TERMINATE:
            if scope.kind != "process":
                owner = _instance_owner(context, node)
                if owner is not None:
                    context.caught[owner].append(Thrower(node, place, node))
                    continue
            pre = {**pre, process_gate(context, node): 1}
        context.assembly.transition(
            node.id, owner=node.id, scope=node.scope, phase="end", label=node.id, pre=pre, post=post
        )


def _instance_owner(context: Context, node: Node) -> str | None:
    """Return the sub-process that a terminate event ends; ``None`` for the whole process."""
    scope = context.index.scope[node.scope]
    while scope.kind == "event-sub-process" and scope.parent is not None:
        scope = context.index.scope[scope.parent]
    return scope.owner if scope.kind == "sub-process" else None


def _activity(context: Context, node: Node) -> None:
    boundaries = [b for b in context.index.boundary[node.id] if rings(b)]
    if sum(not b.interrupting for b in boundaries) > MAX_ALARMS:
        context.refuse(node, f"it has more than {MAX_ALARMS} non-interrupting boundary events")
        return
    places = list(running_places(context, node))
    inputs = context.inputs(node)
    sent = dict.fromkeys(context.sent(node), 1)
    early = any(deferred for _, deferred in inputs)
    several = node.loop is not None and node.loop.kind != "standard" and bool(boundaries)
    firsts = list(running_places(context, node, "+1")) if several else []
    for place, _ in inputs:
        takes = triggers(context, node) if early else [{}]
        for message in takes:
            pre = {place: 1, **message}
            _start(context, node, pre, {places[0][1]: 1, **sent})
            if several:
                _start(context, node, pre, {firsts[0][1]: 1, **sent})
        if several or (node.loop is not None and node.loop.test_before):
            routed(context, node, id=f"{node.id}.skip", phase="skip", pre={place: 1})
    for gone, place in firsts:
        context.assembly.transition(
            f"{node.id}.next", owner=node.id, scope=node.scope, phase="repeat",
            label=f"{node.id}.next", pre=[place], post=[places[0][1]],
        )  # fmt: skip
        for boundary in boundaries:
            _boundary(context, boundary, place, gone, dict(places_by_alarms(firsts)))
    for gone, place in places:
        for message in [{}] if early else triggers(context, node):
            routed(
                context, node, id=f"{node.id}.complete", phase="complete",
                label=f"{node.id}.complete", pre={place: 1, **message},
            )  # fmt: skip
        if node.loop is not None and node.loop.kind == "standard":
            context.assembly.transition(
                f"{node.id}.repeat", owner=node.id, scope=node.scope, phase="repeat",
                label=f"{node.id}.repeat", pre=[place], post=[place],
            )  # fmt: skip
        for boundary in boundaries:
            _boundary(context, boundary, place, gone, dict(places_by_alarms(places)))


def _start(context: Context, node: Node, pre: dict[str, int], post: dict[str, int]) -> None:
    context.assembly.transition(
        f"{node.id}.start", owner=node.id, scope=node.scope, phase="start",
        label=f"{node.id}.start", pre=pre, post=post,
    )  # fmt: skip


def _boundary(
    context: Context,
    boundary: Node,
    place: str,
    gone: tuple[Node, ...],
    places: dict[frozenset[str], str],
) -> None:
    if boundary.trigger is Trigger.ERROR:
        context.assume(MAY_FAIL)
    if not boundary.interrupting:
        context.assume(ONCE)
        if boundary in gone:
            return
    for message in triggers(context, boundary):
        post = (
            {}
            if boundary.interrupting
            else {places[frozenset({b.id for b in gone} | {boundary.id})]: 1}
        )
        routed(
            context, boundary, id=boundary.id,
            phase="interrupt" if boundary.interrupting else "occur",
            label=boundary.id, pre={place: 1, **message}, post=post,
        )  # fmt: skip
