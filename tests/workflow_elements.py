"""Which elements of the map occur in a workflow graph, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from translators.workflow import (
    EventKind,
    GatewayKind,
    GraphIndex,
    Node,
    Trigger,
    WorkflowGraph,
)

EVENTS = {
    "start": ("none", "message", "timer", "signal", "conditional", "multiple"),
    "catch": (
        "none", "message", "timer", "signal", "conditional", "multiple", "parallel-multiple",
        "link",
    ),
    "throw": ("none", "message", "signal", "escalation", "compensation", "multiple", "link"),
    "end": (
        "none", "message", "signal", "escalation", "compensation", "error", "terminate", "cancel",
    ),
}  # fmt: skip
ALARMS = ("message", "timer", "signal", "conditional", "multiple", "escalation")
ACTIVITIES = (
    "task", "user", "service", "send", "receive", "manual", "script", "business-rule", "call",
    "sub-process", "transaction", "event-sub-process",
)  # fmt: skip
LOOPS = (
    "loop", "loop with test before", "instances", "instances with boundary", "loop of a body",
    "instances of a body", "instances of a body with boundary",
)  # fmt: skip
GATEWAYS = (
    "exclusive split", "exclusive merge", "parallel split", "parallel join", "inclusive split",
    "inclusive join", "event-based gateway", "instantiating event-based gateway",
    "instantiating receive task", "receive task after an event-based gateway",
)  # fmt: skip
FLOWS = (
    "conditional flow", "default flow", "default flow of an inclusive split", "typed condition",
    "implicit split", "implicit merge", "implicit end", "implicit start of a process",
    "implicit start of a sub-process", "several starts", "several starts of a sub-process",
    "nested sub-process", "event sub-process of a process", "event sub-process of a sub-process",
    "error at a task", "error at a sub-process", "second boundary event",
)  # fmt: skip
MESSAGES = (
    "from an activity", "from a throw event", "from an end event", "to an activity",
    "to a start event", "to a catch event", "to a boundary event", "to an event sub-process",
    "from a black box", "to a black box",
)  # fmt: skip

ELEMENTS = (
    *(f"{kind} event: {trigger}" for kind, triggers in EVENTS.items() for trigger in triggers),
    *(f"boundary event: {t}, {way}" for t in ALARMS for way in ("interrupts", "rings")),
    "boundary event: error, interrupts",
    "boundary event: cancel, interrupts",
    "boundary event: compensation, interrupts",
    *(f"event sub-process: {t}, {way}" for t in ALARMS for way in ("interrupts", "rings")),
    "event sub-process: error, interrupts",
    *ACTIVITIES,
    *LOOPS,
    *GATEWAYS,
    *FLOWS,
    *(f"message {way}" for way in MESSAGES),
)


def elements(graph: WorkflowGraph) -> Counter[str]:
    """Count the elements of a graph by the names of ``ELEMENTS``."""
    index = GraphIndex(graph)
    found: Counter[str] = Counter()
    for node in graph.nodes:
        if not node.for_compensation:
            found.update(_node(index, node))
    for flow in graph.flows:
        found["conditional flow"] += flow.condition is not None
        found["typed condition"] += bool(graph.variables) and flow.condition is not None
    for scope in graph.scopes:
        if scope.kind != "event-sub-process":
            where = f"of a {scope.kind}"
            found[f"implicit start {where}"] += len(index.implicit_starts(scope.id)) > 0
            several = "several starts" + ("" if scope.parent is None else " of a sub-process")
            found[several] += len(index.starts(scope.id)) > 1
    for message in graph.messages:
        source, target = index.node.get(message.source), index.node.get(message.target)
        found[f"message from {_end(index, source)}"] += 1
        found[f"message to {_end(index, target)}"] += 1
    return found


def _end(index: GraphIndex, node: Node | None) -> str:
    if node is None:
        return "a black box"
    if node.is_activity:
        return "an activity"
    if index.scope[node.scope].kind == "event-sub-process" and node.event is EventKind.START:
        return "an event sub-process"
    return f"{'an' if node.event is EventKind.END else 'a'} {node.event} event"


def _node(index: GraphIndex, node: Node) -> Iterator[str]:
    incoming, outgoing = index.incoming[node.id], index.outgoing[node.id]
    if node.default is not None:
        yield "default flow"
        if node.gateway is GatewayKind.INCLUSIVE:
            yield "default flow of an inclusive split"
    if node.gateway is None:
        if node.event is not EventKind.END and node.trigger is not Trigger.LINK and not outgoing:
            yield "implicit end"
        if len(outgoing) > 1:
            yield "implicit split"
        if len(incoming) > 1:
            yield "implicit merge"
    if node.is_activity:
        yield from _activity(index, node)
    elif node.event is not None:
        yield _event(index, node)
        if node.event is EventKind.BOUNDARY and node.trigger is Trigger.ERROR:
            body = index.node[node.attached_to or ""].has_body
            yield "error at a sub-process" if body else "error at a task"
    elif node.gateway is GatewayKind.EVENT_BASED:
        yield "instantiating event-based gateway" if node.instantiate else "event-based gateway"
    else:
        if len(outgoing) > 1:
            yield f"{node.gateway} split"
        if len(incoming) > 1:
            yield f"{node.gateway} {'merge' if node.gateway is GatewayKind.EXCLUSIVE else 'join'}"


def _activity(index: GraphIndex, node: Node) -> Iterator[str]:
    yield str(node.activity)
    boundary = [b for b in index.boundary[node.id] if b.trigger is not Trigger.COMPENSATION]
    if len(boundary) > 1:
        yield "second boundary event"
    if node.activity == "receive" and node.instantiate:
        yield "instantiating receive task"
    elif node.activity == "receive" and index.deferred_choice(node) is not None:
        yield "receive task after an event-based gateway"
    kind = index.scope[node.scope].kind
    if node.activity == "event-sub-process":
        yield f"event sub-process of a {kind}"
    elif node.has_body and kind != "process":
        yield "nested sub-process"
    if node.loop is not None:
        body = " of a body" if node.has_body else ""
        if node.loop.kind == "standard":
            before = node.loop.test_before and not body
            yield f"loop{body}{' with test before' if before else ''}"
        else:
            yield f"instances{body}{' with boundary' if boundary else ''}"


def _event(index: GraphIndex, node: Node) -> str:
    way = "interrupts" if node.interrupting else "rings"
    if node.event is EventKind.BOUNDARY:
        return f"boundary event: {node.trigger}, {way}"
    if index.scope[node.scope].kind == "event-sub-process" and node.event is EventKind.START:
        return f"event sub-process: {node.trigger}, {way}"
    return f"{node.event} event: {node.trigger}"
