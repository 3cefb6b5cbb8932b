"""Structured inclusive joins: the split before a join, and the region between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from translators.workflow.graph import EventKind, GatewayKind, Node, Trigger
from translators.workflow.index import GraphIndex

__all__ = ["Region", "is_inclusive_join", "region_before"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """What lies between a split and its join.

    Parameters
    ----------
    split, join
        The nodes at its ends.
    elements
        Ids of the nodes inside, and of the flows that lead to them.
    """

    split: str
    join: str
    elements: frozenset[str]


def is_inclusive_join(index: GraphIndex, node: Node) -> bool:
    """Return whether a node is an inclusive gateway with several incoming flows."""
    return node.gateway is GatewayKind.INCLUSIVE and len(index.incoming[node.id]) > 1


def region_before(index: GraphIndex, join: Node) -> Region | str:
    """Return the region before an inclusive join, or why it has none.

    The region is that of the nearest node through which all ways to the join lead; all ways from
    inside must lead to the join.

    Notes
    -----
    O(n m) for the nodes and flows of the scope.
    """
    after, before = _edges(index, join.scope)
    reason: str | None = None
    for split in _backwards(before, join.id, stop=None):
        if split == join.id:
            continue
        inside = set(_backwards(before, join.id, stop=split))
        if join.id in inside or any(_begins(index, node, before) for node in inside):
            continue
        region = _closed(index, join, split, inside, after)
        if isinstance(region, Region):
            return region
        reason = reason or region
    return reason or "an inclusive join needs one split through which all ways to it lead"


def _begins(index: GraphIndex, node: str, before: Callable[[str], list[str]]) -> bool:
    return not before(node) or index.node[node].event is EventKind.START


def _closed(
    index: GraphIndex,
    join: Node,
    split: str,
    inside: set[str],
    after: Callable[[str], list[str]],
) -> Region | str:
    allowed = inside | {join.id}
    for node in sorted(inside):
        if not after(node):
            return f"the region before the inclusive join {join.id} ends at {node} inside it"
        for target in after(node):
            if target not in allowed:
                return f"the region before the inclusive join {join.id} is left from {node}"
    for flow in index.outgoing[split]:
        if flow.target not in allowed:
            return f"not all ways from {split} lead to the inclusive join {join.id}"
    flows = {flow.id for node in inside for flow in index.incoming[node]}
    return Region(split=split, join=join.id, elements=frozenset(inside | flows))


def _edges(
    index: GraphIndex, scope: str
) -> tuple[Callable[[str], list[str]], Callable[[str], list[str]]]:
    """Return the ways of tokens within a scope, forwards and backwards."""
    after: dict[str, list[str]] = defaultdict(list)
    before: dict[str, list[str]] = defaultdict(list)

    def edge(source: str, target: str) -> None:
        after[source].append(target)
        before[target].append(source)

    for node in index.members[scope]:
        for flow in index.outgoing[node.id]:
            edge(node.id, flow.target)
        if node.event is EventKind.BOUNDARY and node.trigger is not Trigger.COMPENSATION:
            edge(node.attached_to or "", node.id)
        if node.event is EventKind.THROW and node.trigger is Trigger.LINK:
            for target in index.link_targets(node):
                edge(node.id, target.id)
    return lambda node: after.get(node, []), lambda node: before.get(node, [])


def _backwards(
    before: Callable[[str], Iterable[str]], origin: str, *, stop: str | None
) -> list[str]:
    """Return the nodes from which a way leads to ``origin`` without ``stop``, nearest first."""
    found: dict[str, None] = {}
    waiting = [origin]
    for node in waiting:
        for source in before(node):
            if source != stop and source not in found:
                found[source] = None
                waiting.append(source)
    return list(found)
