"""Which elements have a meaning in the maps, and which are refused by name."""

from __future__ import annotations

from collections.abc import Iterator

from translators.ledger import Direction, Entry, Fate
from translators.to_petri.context import Context
from translators.workflow.graph import EventKind, GatewayKind, Node, Trigger

__all__ = ["mapped_entries", "refuse_unsupported"]

PART_REFUSED = frozenset(
    {Trigger.ERROR, Trigger.ESCALATION, Trigger.CANCEL, Trigger.LINK, Trigger.TERMINATE}
)
COMPENSATION = "Compensation handlers run inside the event that asks for them, and return."


def refuse_unsupported(context: Context) -> None:
    """Add a refusal for each node that has no exact meaning in the maps yet."""
    for node in context.index.graph.nodes:
        reason = _reason(context, node)
        if reason is not None:
            context.refuse(node, reason)
        if node.trigger is Trigger.COMPENSATION and node.event in (EventKind.THROW, EventKind.END):
            context.assume(COMPENSATION)


def _reason(context: Context, node: Node) -> str | None:
    if node.start_quantity != 1 or node.completion_quantity != 1:
        return "a start or completion quantity other than 1 is not supported yet"
    if node.gateway is GatewayKind.COMPLEX:
        return "complex gateways are not supported yet"
    if node.activity == "ad-hoc":
        return "ad-hoc sub-processes are not supported yet"
    if node.for_compensation and node.has_body:
        return "a compensation handler with content of its own is not supported yet"
    if node.activity == "event-sub-process":
        return _event_sub_process(context, node)
    if node.event is not None:
        return _event(context, node)
    if node.gateway is GatewayKind.EVENT_BASED:
        return _event_based(context, node)
    if node.instantiate and len(context.index.starts(node.scope)) > 1:
        return "an instantiating node beside other starts is not supported yet"
    return None


def _event_sub_process(context: Context, node: Node) -> str | None:
    if context.index.scope[node.scope].kind == "event-sub-process":
        return "an event sub-process directly inside another is not supported yet"
    starts = [n for n in context.index.members[node.body or ""] if n.event is EventKind.START]
    if len(starts) != 1:
        return f"an event sub-process has one start event; this one has {len(starts)}"
    if starts[0].trigger is Trigger.COMPENSATION:
        return "a compensation event sub-process is not supported yet"
    if starts[0].trigger is Trigger.NONE:
        return "the start event of an event sub-process needs a trigger; this one has none"
    return None


def _event(context: Context, node: Node) -> str | None:
    if node.trigger is Trigger.PARALLEL_MULTIPLE and context.index.receives[node.id]:
        return "an event that waits for several messages at once is not supported yet"
    if node.event is EventKind.END and node.trigger in (
        Trigger.MULTIPLE,
        Trigger.PARALLEL_MULTIPLE,
    ):
        return "an end event with several results is not supported yet"
    if any(trigger in PART_REFUSED for trigger, _ in node.parts):
        return (
            "an event with several definitions, one of them thrown or linked, is not supported yet"
        )
    if node.event is EventKind.BOUNDARY and node.attached_to not in context.index.node:
        return "the boundary event is attached to nothing"
    if node.trigger is Trigger.LINK:
        return _link(context, node)
    if node.trigger is Trigger.CANCEL and node.event is EventKind.END:
        scope = context.index.scope[node.scope]
        owner = context.index.node.get(scope.owner or "")
        if owner is None or owner.activity != "transaction":
            return "a cancel end event has a meaning only inside a transaction"
        if not any(b.trigger is Trigger.CANCEL for b in context.index.boundary[owner.id]):
            return "a cancel end event needs a cancel event on the border of its transaction"
    return None


def _link(context: Context, node: Node) -> str | None:
    if node.event is EventKind.THROW and len(context.index.link_targets(node)) != 1:
        found = len(context.index.link_targets(node))
        return (
            f"a throwing link needs one catching link of its name in its scope; there are {found}"
        )
    if node.event not in (EventKind.THROW, EventKind.CATCH):
        return "a link can only be an intermediate event"
    return None


def _event_based(context: Context, node: Node) -> str | None:
    if node.trigger is Trigger.PARALLEL_MULTIPLE:
        return "a parallel event-based gateway is not supported yet"
    for flow in context.index.outgoing[node.id]:
        target = context.index.node[flow.target]
        if target.event is not EventKind.CATCH and target.activity != "receive":
            return (
                "an event-based gateway leads to catching events and receive tasks only; "
                f"{target.id} is neither"
            )
    if node.instantiate and len(context.index.starts(node.scope)) > 1:
        return "an instantiating gateway beside other starts is not supported yet"
    return None


def mapped_entries(context: Context) -> Iterator[Entry]:
    """Yield an entry for each node, flow and message flow: mapped, abstracted or without effect."""
    index = context.index
    for node in index.graph.nodes:
        kind = node.kind_name
        if _without_effect(node):
            yield Entry(
                element=node.id, kind=kind, fate=Fate.NO_EFFECT,
                note="compensation is no part of normal flow", span=node.span,
            )  # fmt: skip
        elif node.loop is not None and node.loop.kind != "standard":
            yield _multi_instance(context, node, kind)
        else:
            yield Entry(element=node.id, kind=kind, fate=Fate.MAPPED, span=node.span)
    for flow in index.graph.flows:
        yield Entry(element=flow.id, kind="sequence flow", fate=Fate.MAPPED, span=flow.span)
    for message in index.graph.messages:
        inside = message.source in index.node and message.target in index.node
        yield Entry(
            element=message.id, kind="message flow",
            fate=Fate.MAPPED if inside else Fate.NO_EFFECT,
            note=None if inside else "an end of it is a pool: what comes from there is available, "
            "what goes there is lost",
            span=message.span,
        )  # fmt: skip


def _without_effect(node: Node) -> bool:
    return node.for_compensation or (
        node.trigger is Trigger.COMPENSATION and node.event is EventKind.BOUNDARY
    )


def _multi_instance(context: Context, node: Node, kind: str) -> Entry:
    if context.index.boundary[node.id]:
        return Entry(
            element=node.id, kind=kind, fate=Fate.ABSTRACTED, direction=Direction.UNDER,
            note="a multi-instance activity with boundary events is covered for 0, 1 and 2 "
            "instances, one after the other", span=node.span,
        )  # fmt: skip
    return Entry(
        element=node.id, kind=kind, fate=Fate.MAPPED,
        note="all instances together are one run of the activity: exact for soundness",
        span=node.span,
    )  # fmt: skip
