"""Which elements this map gives a meaning, and what the ledger says of each."""

from __future__ import annotations

from collections.abc import Iterator

from translators.ledger import Direction, Entry, Fate
from translators.to_process.frame import Frame
from translators.workflow.graph import EventKind, GatewayKind, Node, NodeKind, Trigger

__all__ = ["ASSUMPTIONS", "ledger_entries", "refusal"]

ASSUMPTIONS = (
    "Conditions are free choices; of conditions over declared variables those sets that no values "
    "satisfy are left out.",
    "What comes from outside the diagram (messages, timers, signals, errors of opaque activities) "
    "may come at any time or never.",
    "A non-interrupting event comes at most once in each run of its activity or scope.",
    "A sub-process runs one instance at a time; a further token waits outside.",
)

_SEVERAL = (Trigger.MULTIPLE, Trigger.PARALLEL_MULTIPLE)


def refusal(frame: Frame, node: Node) -> str | None:
    """Return why a node has no meaning in this map, or ``None``."""
    if node.kind is NodeKind.GATEWAY:
        return _gateway(frame, node)
    if node.kind is NodeKind.ACTIVITY:
        return _activity(frame, node)
    return _event(frame, node)


def _gateway(frame: Frame, node: Node) -> str | None:
    index = frame.index
    if node.gateway is GatewayKind.COMPLEX:
        return "complex gateways are not supported yet"
    if node.gateway is not GatewayKind.EVENT_BASED:
        return None
    for flow in index.outgoing[node.id]:
        target = index.node.get(flow.target)
        catches = target is not None and target.event is EventKind.CATCH
        if not catches and (target is None or target.activity != "receive"):
            return f"an event-based gateway cannot lead to {flow.target}, which waits for nothing"
    if node.instantiate:
        if len(index.starts(node.scope)) > 1:
            return "an instantiating gateway beside other starts is not supported yet"
        if node.trigger is Trigger.PARALLEL_MULTIPLE:
            return "an instantiating gateway that waits for all its events is not supported yet"
    return None


def _activity(frame: Frame, node: Node) -> str | None:
    index = frame.index
    if node.activity == "ad-hoc":
        return "ad-hoc sub-processes are not supported yet"
    if node.for_compensation:
        return "a compensation handler with content is not supported yet" if node.body else None
    if node.activity == "event-sub-process":
        if index.scope[node.scope].kind == "event-sub-process":
            return "an event sub-process directly inside another is not supported yet"
        starts = [n for n in index.members[node.body or ""] if n.event is EventKind.START]
        if len(starts) != 1:
            return f"an event sub-process has one start event; this one has {len(starts)}"
        if starts[0].trigger is Trigger.NONE:
            return "an event sub-process needs a trigger; this one has none"
        if starts[0].trigger is Trigger.COMPENSATION:
            return "a compensation event sub-process is not supported yet"
        return None
    if node.start_quantity != 1 or node.completion_quantity != 1:
        return "a start or completion quantity other than 1 is not supported yet"
    if node.instantiate and len(index.starts(node.scope)) > 1:
        return "an instantiating task beside other starts is not supported yet"
    return None


def _event(frame: Frame, node: Node) -> str | None:
    index = frame.index
    if node.trigger is Trigger.PARALLEL_MULTIPLE and index.receives[node.id]:
        return "an event that waits for several messages at once is not supported yet"
    if node.event is EventKind.END and node.trigger in _SEVERAL:
        return "an end event with several results is not supported yet"
    if node.event is EventKind.BOUNDARY and node.attached_to not in index.node:
        return "the boundary event is attached to nothing"
    if node.trigger is Trigger.LINK:
        if node.event not in (EventKind.THROW, EventKind.CATCH):
            return "a link can only be an intermediate event"
        found = len(index.link_targets(node)) if node.event is EventKind.THROW else 1
        if found != 1:
            return f"a throwing link needs one catching link of its name; there are {found}"
    if node.trigger is Trigger.CANCEL and node.event is EventKind.END:
        owner = index.node.get(index.scope[node.scope].owner or "")
        if owner is None or owner.activity != "transaction":
            return "a cancel end event has a meaning only inside a transaction"
        if all(event.trigger is not Trigger.CANCEL for event in index.boundary[owner.id]):
            return "a cancel end event needs a cancel event on the border of its transaction"
    return None


def ledger_entries(frame: Frame) -> Iterator[Entry]:
    """Yield one entry for each node, flow and message flow."""
    index = frame.index
    for node in frame.graph.nodes:
        yield _node_entry(frame, node)
    for flow in frame.graph.flows:
        yield Entry(element=flow.id, kind="sequence flow", fate=Fate.MAPPED, span=flow.span)
    for message in frame.graph.messages:
        inside = message.source in index.node and message.target in index.node
        yield Entry(
            element=message.id,
            kind="message flow",
            fate=Fate.MAPPED if inside else Fate.NO_EFFECT,
            note=None
            if inside
            else "one end is a pool without content: messages from there are "
            "always available, messages to there are lost",
            span=message.span,
        )


def _node_entry(frame: Frame, node: Node) -> Entry:
    kind = node.kind_name
    if node.id in frame.refused:
        return Entry(
            element=node.id, kind=kind, fate=Fate.REFUSED, note=frame.refused[node.id],
            span=node.span,
        )  # fmt: skip
    compensates = node.event is EventKind.BOUNDARY and node.trigger is Trigger.COMPENSATION
    if node.for_compensation or compensates:
        return Entry(
            element=node.id, kind=kind, fate=Fate.NO_EFFECT, span=node.span,
            note="compensation is no part of normal flow",
        )  # fmt: skip
    if node.loop is None or node.loop.kind == "standard":
        return Entry(element=node.id, kind=kind, fate=Fate.MAPPED, span=node.span)
    if frame.index.boundary[node.id]:
        return Entry(
            element=node.id, kind=kind, fate=Fate.ABSTRACTED, direction=Direction.UNDER,
            note="covered for no, one and two instances, one after the other", span=node.span,
        )  # fmt: skip
    return Entry(
        element=node.id, kind=kind, fate=Fate.MAPPED, span=node.span,
        note="all instances together are one run of the activity",
    )  # fmt: skip
