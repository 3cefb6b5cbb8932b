"""Fragments of single nodes: gateways, events and activities without a body."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from translators.to_petri.assembly import TransitionRecord
from translators.to_petri.context import Context, Thrower
from translators.to_petri.routing import output_sets
from translators.workflow.graph import EventKind, Flow, GatewayKind, Node, NodeKind, Trigger

__all__ = ["build_node", "running_places"]

MAX_ALARMS = 4
ONCE = (
    "A non-interrupting boundary event or event sub-process is triggered at most once for each "
    "time its activity or process runs."
)
OUTSIDE = "Messages from outside the file are always available."
TRIGGERS = "Timers, signals and conditions are free triggers: each may come at any time, or never."
MAY_FAIL = (
    "An activity may raise the error that is caught on its border; an error event catches what an "
    "end event inside throws, or, where none does, what some activity inside may raise."
)


def build_node(context: Context, node: Node) -> None:
    """Add the fragment of a node that has no body and is no inclusive join."""
    if node.kind is NodeKind.GATEWAY:
        _gateway(context, node)
    elif node.kind is NodeKind.EVENT:
        _event(context, node)
    else:
        _activity(context, node)


def routed(
    context: Context,
    node: Node,
    *,
    id: str,
    phase: str,
    pre: dict[str, int],
    scope: str | None = None,
    label: str | None = None,
    post: dict[str, int] | None = None,
    at_most: dict[str, int] | None = None,
) -> list[TransitionRecord]:
    """Add one transition for each set of flows that a node may fill."""
    sets = output_sets(context, node)
    if sets is None:
        context.refuse(node, "it has more conditional flows than can be expanded")
        return []
    records: list[TransitionRecord] = []
    for chosen in sets:
        after = dict(post or {})
        for flow in chosen:
            place = context.flow_place(flow.id)
            after[place] = after.get(place, 0) + 1
        suffix = f".{_joined(chosen)}" if len(sets) > 1 else ""
        records.append(
            context.assembly.transition(
                f"{id}{suffix}",
                owner=node.id,
                scope=scope or node.scope,
                phase=phase,
                pre=pre,
                post=after,
                label=label,
                at_most=at_most,
                taken=tuple(f.id for f in chosen),
            )
        )
    return records


def _joined(flows: tuple[Flow, ...]) -> str:
    return "+".join(flow.id for flow in flows) or "none"


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


def triggers(context: Context, node: Node) -> list[dict[str, int]]:
    """Return what an event takes besides its token: one of its messages, or nothing."""
    if node.trigger in (Trigger.TIMER, Trigger.SIGNAL, Trigger.CONDITIONAL):
        context.assume(TRIGGERS)
    messages: list[dict[str, int]] = [{message: 1} for message in context.received(node)]
    if len(messages) == len(context.index.receives[node.id]) and messages:
        return messages
    if messages or node.trigger is Trigger.MESSAGE or node.activity == "receive":
        context.assume(OUTSIDE)
    return [*messages, {}]


def _event(context: Context, node: Node) -> None:
    if node.event is EventKind.END:
        _end(context, node)
        return
    if node.event in (EventKind.START, EventKind.BOUNDARY):
        return
    sent = dict.fromkeys(context.sent(node), 1) if node.event is EventKind.THROW else {}
    if node.trigger is Trigger.ESCALATION and node.event is EventKind.THROW:
        _throw(context, node)
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
        _throw(context, node)
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


def process_gate(context: Context, node: Node) -> str:
    """Return the gate of a node's process: while it holds its token, the process can act."""
    process = context.index.process_of(node)
    context.terminating.add(process.id)
    return context.assembly.place(
        f"{process.id}.running", "control", process.id, None, initial=1, span=process.span
    )


def _throw(context: Context, node: Node) -> None:
    """An error or escalation: leave to the catcher, or, uncaught, end the process or go on."""
    catcher = find_catcher(context, node)
    sent = dict.fromkeys(context.sent(node), 1)
    for place, _ in context.inputs(node):
        if catcher is not None:
            key = catcher.attached_to or context.index.node[_sub_process_of(context, catcher)].scope
            context.caught[key].append(Thrower(node, place, catcher))
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


def running_places(
    context: Context, node: Node, mark: str = ""
) -> Iterator[tuple[tuple[Node, ...], str]]:
    """Yield the places of a running activity, one for each set of alarms that have gone off.

    Alarms are the non-interrupting boundary events; each goes off at most once for each time the
    activity runs, so the set of those that have is part of its state.
    """
    alarms = [b for b in context.index.boundary[node.id] if not b.interrupting and _rings(b)]
    for size in range(len(alarms) + 1):
        for gone in combinations(alarms, size):
            id = "~".join((f"{node.id}{mark}", *(b.id for b in gone)))
            place = context.assembly.place(id, "activity", node.id, node.scope, span=node.span)
            yield gone, place


def _rings(boundary: Node) -> bool:
    return boundary.trigger is not Trigger.COMPENSATION


def _activity(context: Context, node: Node) -> None:
    boundaries = [b for b in context.index.boundary[node.id] if _rings(b)]
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


def places_by_alarms(
    places: list[tuple[tuple[Node, ...], str]],
) -> Iterator[tuple[frozenset[str], str]]:
    """Yield the running places by the ids of the alarms that have gone off."""
    for gone, place in places:
        yield frozenset(b.id for b in gone), place


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
