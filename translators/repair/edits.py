"""The edits of which a repair is made: gateways of another kind, flows added, removed, led on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from translators.repair.draft import Draft, swapped
from translators.workflow.graph import EventKind, GatewayKind, Node, NodeKind, WorkflowGraph

__all__ = ["Edit", "all_edits", "edited", "keeps_paths", "keeps_single", "taken_targets"]

EditKind = Literal[
    "change-gateway", "remove-flow", "add-flow", "redirect-target", "redirect-source"
]
FIXED_EVENTS = (EventKind.START, EventKind.END, EventKind.BOUNDARY)
SPLITS = (GatewayKind.EXCLUSIVE, GatewayKind.PARALLEL, GatewayKind.INCLUSIVE)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Edit:
    """One change of a workflow.

    Parameters
    ----------
    kind
        ``change-gateway`` exchanges the kind of a gateway, ``remove-flow`` takes a flow away,
        ``add-flow`` draws one, ``redirect-target`` and ``redirect-source`` lead one elsewhere.
    element
        Id of the gateway or the flow; of an added flow its new id.
    to
        The new kind of the gateway.
    source, target
        The ends of the flow after the edit.
    """

    kind: EditKind
    element: str
    to: str = ""
    source: str = ""
    target: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the edit as plain data, without the fields that do not apply."""
        fields = (("to", self.to), ("source", self.source), ("target", self.target))
        return {
            "kind": self.kind,
            "element": self.element,
            **{name: value for name, value in fields if value},
        }

    def text(self, graph: WorkflowGraph) -> str:
        """Return the edit as a sentence about the workflow."""
        nodes = {node.id: node for node in graph.nodes}
        flows = {flow.id: flow for flow in graph.flows}

        def named(name: str) -> str:
            node = nodes.get(name)
            return f"“{node.name}”" if node is not None and node.name else name

        match self.kind:
            case "change-gateway":
                gateway = nodes[self.element].gateway
                return f"Make the {gateway} gateway {named(self.element)} {self.to}."
            case "add-flow":
                return f"Draw a flow from {named(self.source)} to {named(self.target)}."
            case _:
                pass
        flow = flows[self.element]
        start, end = named(flow.source), named(flow.target)
        match self.kind:
            case "remove-flow":
                return f"Remove the flow {flow.id} from {start} to {end}."
            case "redirect-target":
                other = named(self.target)
                return f"Lead the flow {flow.id} from {start} to {other} instead of {end}."
            case _:
                other = named(self.source)
                return f"Let the flow {flow.id} to {end} start at {other} instead of {start}."


def all_edits(
    draft: Draft, *, near: frozenset[str] | None = None, links: bool = True
) -> Iterator[Edit]:
    """Yield every edit of a draft.

    Parameters
    ----------
    draft
        The workflow before any edit.
    near
        The nodes between which flows are added or led on; by default all.
    links
        Whether flows are added or led on at all.

    Notes
    -----
    A flow may start at an exclusive, parallel or inclusive gateway, or at an activity or event
    (no end) that has no flow out of it; it may end at such a gateway, at an end event, or at an
    activity or event (no start, no boundary event) that has no flow into it. Both are in the same
    scope. A flow may also be led to an activity or event that has one flow into it, together with
    an edit that takes that one away: so steps change places. The only flow into or out of a node is
    removed only together with another edit that gives it a new one.
    """
    for node in draft.nodes.values():
        if node.gateway is not None:
            kind = swapped(node.gateway)
            if kind is not None and not node.instantiate:
                yield Edit(kind="change-gateway", element=node.id, to=str(kind))
    for flow, (source, target) in draft.flows.items():
        if not _fixed(draft, source):
            yield Edit(kind="remove-flow", element=flow, source=source, target=target)
    if not links:
        return
    into, out = draft.around()
    chosen = [n for n in draft.nodes.values() if near is None or n.id in near]
    sources = [n for n in chosen if _may_leave(n, out[n.id])]
    targets = [n for n in chosen if _may_enter(n, into[n.id])]
    taken = taken_targets(draft)
    changing = [n for n in chosen if n.id in taken]
    drawn = set(draft.flows.values())
    for one in sources:
        for other in targets:
            ends = one.id, other.id
            if one.scope == other.scope and one.id != other.id and ends not in drawn:
                name = f"added.{one.id}.{other.id}"
                yield Edit(kind="add-flow", element=name, source=one.id, target=other.id)
    for flow, (source, target) in draft.flows.items():
        if _fixed(draft, source) or (near is not None and not {source, target} & near):
            continue
        scope = draft.nodes[source].scope
        for node in targets:
            if node.scope == scope and node.id not in (source, target):
                yield Edit(kind="redirect-target", element=flow, source=source, target=node.id)
        for node in sources:
            if node.scope == scope and node.id not in (source, target):
                yield Edit(kind="redirect-source", element=flow, source=node.id, target=target)
        for node in changing:
            if node.scope == scope and node.id not in (source, target):
                yield Edit(kind="redirect-target", element=flow, source=source, target=node.id)


def _fixed(draft: Draft, source: str) -> bool:
    """Return whether a flow is part of an event-based choice, which stays as it is."""
    return draft.nodes[source].gateway is GatewayKind.EVENT_BASED


def _may_leave(node: Node, out: list[str]) -> bool:
    if node.kind is NodeKind.GATEWAY:
        return node.gateway in SPLITS
    return not out and node.event is not EventKind.END


def _may_enter(node: Node, into: list[str]) -> bool:
    if node.kind is NodeKind.GATEWAY:
        return node.gateway in (*SPLITS, GatewayKind.EVENT_BASED) and not node.instantiate
    if node.event is EventKind.END:
        return True
    return not into and node.event not in (EventKind.START, EventKind.BOUNDARY)


def taken_targets(draft: Draft) -> dict[str, str]:
    """Return the nodes to which a flow is led only if their own flow goes, with that flow."""
    into, _ = draft.around()
    found: dict[str, str] = {}
    for node in draft.nodes.values():
        flows = into[node.id]
        plain = node.kind is not NodeKind.GATEWAY and node.event not in FIXED_EVENTS
        if plain and len(flows) == 1 and not _fixed(draft, draft.flows[flows[0]][0]):
            found[node.id] = flows[0]
    return found


def edited(draft: Draft, edits: Iterable[Edit]) -> Draft:
    """Return the draft after some edits, which touch each flow at most once."""
    changed = draft.copy()
    for edit in edits:
        match edit.kind:
            case "change-gateway":
                node = changed.nodes[edit.element]
                told = tuple(entry for entry in node.properties if entry[0] != "type")
                kind = GatewayKind(edit.to)
                changed.nodes[edit.element] = replace(node, gateway=kind, properties=told)
            case "remove-flow":
                del changed.flows[edit.element]
            case _:
                changed.flows[edit.element] = (edit.source, edit.target)
    return changed


def keeps_paths(before: Draft, after: Draft) -> bool:
    """Return whether every node that was on a path from a start to an end still is.

    And whether no node has lost its last flow in or out.
    """
    old_into, old_out = before.around()
    into, out = after.around()
    for name in before.nodes:
        if (old_into[name] and not into[name]) or (old_out[name] and not out[name]):
            return False
    return before.path_nodes() <= after.path_nodes()


def keeps_single(before: Draft, after: Draft) -> bool:
    """Return whether no activity or event but an end has got several flows into it."""
    old, _ = before.around()
    into, _ = after.around()
    return all(
        len(into[node.id]) <= max(1, len(old[node.id]))
        for node in before.nodes.values()
        if node.kind is not NodeKind.GATEWAY and node.event is not EventKind.END
    )
