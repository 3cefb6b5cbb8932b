"""The region before an inclusive join: from where a token can still arrive."""

from __future__ import annotations

from collections import defaultdict

from transition_systems.errors import UnsupportedError
from translators.workflow.graph import EventKind, Node, Trigger
from translators.workflow.index import GraphIndex
from translators.workflow.token_game.state import Place

__all__ = ["region_before"]

ROOT = ""
Edges = dict[str, set[str]]


def region_before(index: GraphIndex, join: Node) -> frozenset[tuple[Place, str]]:
    """Return the places between an inclusive join and the split before it, but its own flows.

    Parameters
    ----------
    index
        Of the graph.
    join
        An inclusive gateway.

    Returns
    -------
    frozenset of (place, element)
        A token in one of these can still arrive at the join.

    Raises
    ------
    UnsupportedError
        When no single node is on every way to the join.
    """
    edges = _edges(index, join.scope)
    split = _split(edges, join)
    after = _reached(edges, split, without=join.id)
    backward: Edges = defaultdict(set)
    for source, targets in edges.items():
        for target in targets:
            backward[target].add(source)
    region = (after & _reached(backward, join.id, without=split)) - {split, join.id}
    found: set[tuple[Place, str]] = set()
    for name in sorted(region):
        found |= {("at", name), ("run", name), ("wait", name)}
    ends = region | {split}
    found |= {
        ("flow", flow.id)
        for name in ends
        for flow in index.outgoing[name]
        if flow.target in region and flow.target != join.id
    }
    return frozenset(found)


def _edges(index: GraphIndex, scope: str) -> Edges:
    """Return where a token can go next from each node of a scope."""
    edges: Edges = defaultdict(set)
    for node in index.members[scope]:
        edges[node.id] |= {flow.target for flow in index.outgoing[node.id]}
        if node.attached_to is not None and node.trigger is not Trigger.COMPENSATION:
            edges[node.attached_to].add(node.id)
        if node.event is EventKind.THROW and node.trigger is Trigger.LINK:
            edges[node.id] |= {target.id for target in index.link_targets(node)}
    first = index.starts(scope) or index.implicit_starts(scope)
    edges[ROOT] = {node.id for node in first}
    return edges


def _split(edges: Edges, join: Node) -> str:
    """Return the last node before the join that is on every way to it."""
    names = sorted(name for name in edges if name not in (ROOT, join.id))
    before = [name for name in names if join.id not in _reached(edges, ROOT, without=name)]
    for name in before:
        if all(name not in _reached(edges, ROOT, without=o) for o in before if o != name):
            return name
    raise UnsupportedError(f"the inclusive join {join.id} has no split before it")


def _reached(edges: Edges, start: str, *, without: str) -> set[str]:
    found, pending = {start}, [start]
    while pending:
        for target in edges.get(pending.pop(), ()):
            if target not in found and target != without:
                found.add(target)
                pending.append(target)
    return found
