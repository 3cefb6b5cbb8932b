"""Which elements have a machine, and which are refused by name."""

from __future__ import annotations

from translators.ledger import Entry, Fate
from translators.to_machine.plan import Plan, is_normal
from translators.workflow.graph import EventKind, GatewayKind, Node, Trigger

__all__ = ["assumptions_of", "mapped", "refuse_unsupported"]

THROWN_PARTS = (
    Trigger.ERROR, Trigger.ESCALATION, Trigger.CANCEL, Trigger.TERMINATE, Trigger.LINK,
    Trigger.COMPENSATION,
)  # fmt: skip


def refuse_unsupported(plan: Plan) -> None:
    """Add a refusal for each node whose meaning is not stated."""
    for node in plan.graph.nodes:
        reason = _reason(plan, node)
        if reason is not None:
            plan.refuse(node, reason)


def _reason(plan: Plan, node: Node) -> str | None:
    index = plan.index
    if node.gateway is GatewayKind.COMPLEX:
        return "complex gateways are not supported yet"
    if node.activity == "ad-hoc":
        return "ad-hoc sub-processes are not supported yet"
    if node.for_compensation and node.has_body:
        return "a compensation handler with content of its own is not supported yet"
    if node.start_quantity != 1 or node.completion_quantity != 1:
        return "a start or completion quantity other than 1 is not supported yet"
    if node.activity == "event-sub-process":
        return _event_sub_process(plan, node)
    if node.gateway is GatewayKind.EVENT_BASED:
        if node.trigger is Trigger.PARALLEL_MULTIPLE:
            return "a parallel event-based gateway is not supported yet"
        for flow in index.outgoing[node.id]:
            target = index.node[flow.target]
            if target.event is not EventKind.CATCH and target.activity != "receive":
                return (
                    "an event-based gateway leads to catching events and receive tasks only; "
                    f"{target.id} is neither"
                )
    if node.event is not None:
        return _event(plan, node)
    if node.instantiate and len(index.starts(node.scope)) > 1:
        return "an instantiating node beside other starts is not supported yet"
    return None


def _event_sub_process(plan: Plan, node: Node) -> str | None:
    if plan.index.scope[node.scope].kind == "event-sub-process":
        return "an event sub-process directly inside another is not supported yet"
    members = plan.index.members[node.body or ""]
    starts = [n for n in members if n.event is EventKind.START]
    if len(starts) != 1:
        return f"an event sub-process has one start event; this one has {len(starts)}"
    if starts[0].trigger in (Trigger.COMPENSATION, Trigger.NONE):
        return f"an event sub-process with the trigger {starts[0].trigger!s} is not supported"
    return None


def _event(plan: Plan, node: Node) -> str | None:
    index = plan.index
    if node.trigger is Trigger.PARALLEL_MULTIPLE and index.receives[node.id]:
        return "an event that waits for several messages at once is not supported yet"
    if node.event in (EventKind.END, EventKind.THROW) and any(
        trigger in THROWN_PARTS for trigger, _ in node.parts
    ):
        return "an event that throws several results at once is not supported yet"
    if node.event is EventKind.BOUNDARY and node.attached_to not in index.node:
        return "the boundary event is attached to nothing"
    if node.trigger is Trigger.LINK:
        if node.event is EventKind.THROW:
            found = len(index.link_targets(node))
            if found != 1:
                return f"a throwing link needs one catching link of its name; there are {found}"
        elif node.event is not EventKind.CATCH:
            return "a link can only be an intermediate event"
    if node.trigger is Trigger.CANCEL and node.event is EventKind.END:
        owner = index.node.get(index.scope[node.scope].owner or "")
        if owner is None or owner.activity != "transaction":
            return "a cancel end event has a meaning only inside a transaction"
        if not any(b.trigger is Trigger.CANCEL for b in index.boundary[owner.id]):
            return "a cancel end event needs a cancel event on the border of its transaction"
    return None


def mapped(plan: Plan) -> list[Entry]:
    """Return an entry for each element: mapped or without effect."""
    entries: list[Entry] = []
    for node in plan.graph.nodes:
        kind = node.kind_name
        if is_normal(node):
            note = None
            if node.loop is not None and node.loop.kind != "standard":
                note = "all instances together are one run of the activity"
            entries.append(
                Entry(element=node.id, kind=kind, fate=Fate.MAPPED, note=note, span=node.span)
            )
        else:
            entries.append(
                Entry(
                    element=node.id, kind=kind, fate=Fate.NO_EFFECT, span=node.span,
                    note="compensation is no part of normal flow",
                )
            )  # fmt: skip
    for flow in plan.graph.flows:
        entries.append(
            Entry(element=flow.id, kind="sequence flow", fate=Fate.MAPPED, span=flow.span)
        )
    for message in plan.graph.messages:
        inside = message.source in plan.index.node and message.target in plan.index.node
        entries.append(
            Entry(
                element=message.id, kind="message flow", span=message.span,
                fate=Fate.MAPPED if inside else Fate.NO_EFFECT,
                note=None if inside else "one end of it is a pool",
            )
        )  # fmt: skip
    return entries


def assumptions_of(plan: Plan) -> tuple[str, ...]:
    """Return the sentences that define the question for this workflow."""
    said: dict[str, None] = {}
    graph, index = plan.graph, plan.index
    if any(f.condition is not None for f in graph.flows) or any(
        n.gateway in (GatewayKind.EXCLUSIVE, GatewayKind.INCLUSIVE)
        and len(index.outgoing[n.id]) > 1
        for n in graph.nodes
    ):
        said["Conditions are free choices."] = None
    if any(m.source not in index.node for m in graph.messages):
        said["Messages from outside are always available."] = None
    if any(
        n.event in (EventKind.CATCH, EventKind.BOUNDARY, EventKind.START)
        and n.trigger is not Trigger.NONE
        for n in graph.nodes
    ):
        said["Triggers may come at any time, or never."] = None
    if any(n.event is EventKind.BOUNDARY and not n.interrupting for n in graph.nodes):
        said["A non-interrupting event comes at most once in each run."] = None
    if any(n.activity == "call" for n in graph.nodes):
        said["A call activity returns once."] = None
    for scope in index.processes():
        if len(index.starts(scope.id)) > 1:
            one = plan.starts == "one"
            where = "exactly one of its starts" if one else "all of its starts"
            said[f"The process {scope.name or scope.id} starts at {where}."] = None
    return tuple(said)
