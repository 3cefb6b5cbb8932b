"""The regions before inclusive joins: all that lies between one split and the join."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from transition_systems.errors import UndecidedError
from translators.to_machine.plan import Plan, is_normal
from translators.workflow.graph import EventKind, GatewayKind, Node, Trigger

__all__ = ["Region", "region_before"]


@dataclass(frozen=True, slots=True)
class Region:
    """The nodes strictly between a split and an inclusive join, and the flows from them or to them.

    The flows into the join are left out.
    """

    split: str
    nodes: tuple[str, ...]
    flows: tuple[str, ...]

    def machines(self, plan: Plan) -> list[str]:
        """Return the machines in which a token of the region can be."""
        waits = [
            node
            for node in self.nodes
            if plan.index.node[node].is_activity
            or plan.index.node[node].gateway is GatewayKind.EVENT_BASED
            or plan.index.is_link_catch(plan.index.node[node])
        ]
        return [*(flow for flow in self.flows if flow in plan.machines), *waits]


def _after(plan: Plan, node: Node) -> list[str]:
    found = [flow.target for flow in plan.index.outgoing[node.id]]
    found += [b.id for b in plan.index.boundary[node.id] if is_normal(b)]
    if node.event is EventKind.THROW and node.trigger is Trigger.LINK:
        found += [target.id for target in plan.index.link_targets(node)]
    return found


def _before(plan: Plan, node: Node) -> list[str]:
    found = [flow.source for flow in plan.index.incoming[node.id]]
    if node.attached_to is not None:
        found.append(node.attached_to)
    if plan.index.is_link_catch(node):
        found += [
            other.id
            for other in plan.index.members[node.scope]
            if other.event is EventKind.THROW and node in plan.index.link_targets(other)
        ]
    return [source for source in found if is_normal(plan.index.node[source])]


def region_before(plan: Plan, join: Node) -> Region | None:
    """Return the structured region before a join, or ``None`` where there is none.

    The split is the nearest node without boundary events from which every path leads to the join,
    and through which every path to the join comes. Every node of the region lies on such a path,
    and none of them ends a token, starts one, or throws it elsewhere.
    """
    pending = deque(source for source in _before(plan, join) if source != join.id)
    seen = set(pending)
    while pending:
        current = pending.popleft()
        if plan.meter.out_of_time():
            raise UndecidedError("the translation to machines was not finished: no time is left")
        if not any(is_normal(b) for b in plan.index.boundary[current]):
            region = _between(plan, plan.index.node[current], join)
            if region is not None:
                return region
        for source in _before(plan, plan.index.node[current]):
            if source != join.id and source not in seen:
                seen.add(source)
                pending.append(source)
    return None


def _between(plan: Plan, split: Node, join: Node) -> Region | None:
    """Return all that lies between, if every way leads from the split to the join."""
    inside: dict[str, None] = {}
    pending = _after(plan, split)
    while pending:
        current = pending.pop()
        if current in (join.id, split.id):
            if current == split.id:
                return None
            continue
        if current in inside:
            continue
        inside[current] = None
        node = plan.index.node[current]
        after = _after(plan, node)
        if not after or _starts_or_throws(plan, node):
            return None
        pending += after
    region = {split.id, *inside}
    entered = [x for current in (*inside, join.id) for x in _before(plan, plan.index.node[current])]
    if not set(entered) <= region or not _reaches(plan, inside, join):
        return None
    flows = [
        flow.id
        for current in region
        for flow in plan.index.outgoing[current]
        if flow.target in inside
    ]
    return Region(split.id, tuple(inside), tuple(sorted(flows)))


def _starts_or_throws(plan: Plan, node: Node) -> bool:
    thrown = (Trigger.ERROR, Trigger.ESCALATION, Trigger.CANCEL, Trigger.TERMINATE)
    if plan.pending(node) is not None or node.event in (EventKind.START, EventKind.END):
        return True
    return node.event is EventKind.THROW and node.trigger in thrown


def _reaches(plan: Plan, inside: dict[str, None], join: Node) -> bool:
    """Return whether each node inside has a way to the join."""
    good = {join.id}
    pending = [join.id]
    while pending:
        for source in _before(plan, plan.index.node[pending.pop()]):
            if source in inside and source not in good:
                good.add(source)
                pending.append(source)
    return set(inside) <= good
