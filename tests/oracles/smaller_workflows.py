"""Smaller workflow graphs, to find the smallest one on which something still goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from translators.workflow import WorkflowGraph


def smallest(graph: WorkflowGraph, is_wrong: Callable[[WorkflowGraph], bool]) -> WorkflowGraph:
    """Return a graph that is wrong while no graph one element smaller is."""
    while True:
        found = next((other for other in smaller(graph) if is_wrong(other)), None)
        if found is None:
            return graph
        graph = found


def smaller(graph: WorkflowGraph) -> Iterator[WorkflowGraph]:
    """Yield the graphs with one element less."""
    for scope in graph.scopes:
        if scope.kind == "process" and all(node.scope != scope.id for node in graph.nodes):
            yield replace(graph, scopes=tuple(s for s in graph.scopes if s is not scope),
                          pools=tuple(p for p in graph.pools if p.scope != scope.id))  # fmt: skip
    for node in graph.nodes:
        yield without(graph, {node.id})
        into = [flow for flow in graph.flows if flow.target == node.id]
        out = [flow for flow in graph.flows if flow.source == node.id]
        if len(into) == len(out) == 1 and into[0].source != node.id:
            joined = replace(into[0], target=out[0].target)
            flows = tuple(joined if f is into[0] else f for f in graph.flows if f is not out[0])
            yield without(replace(graph, flows=flows), {node.id})
    for flow in graph.flows:
        yield replace(graph, flows=tuple(f for f in graph.flows if f is not flow))
        if flow.condition is not None:
            plain = replace(flow, condition=None)
            yield replace(graph, flows=tuple(plain if f is flow else f for f in graph.flows))
    for message in graph.messages:
        yield replace(graph, messages=tuple(m for m in graph.messages if m is not message))
    for node in graph.nodes:
        for plain_node in (replace(node, loop=None), replace(node, default=None)):
            if plain_node != node:
                nodes = tuple(plain_node if n is node else n for n in graph.nodes)
                yield replace(graph, nodes=nodes)


def without(graph: WorkflowGraph, gone: set[str]) -> WorkflowGraph:
    """Return the graph without some nodes and what hangs on them."""
    scopes: set[str] = set()
    before = -1
    while before != len(gone) + len(scopes):
        before = len(gone) + len(scopes)
        scopes |= {s.id for s in graph.scopes if s.owner in gone}
        gone = gone | {n.id for n in graph.nodes if n.attached_to in gone or n.scope in scopes}
    return replace(
        graph,
        nodes=tuple(n for n in graph.nodes if n.id not in gone),
        flows=tuple(f for f in graph.flows if not {f.source, f.target} & gone),
        messages=tuple(m for m in graph.messages if not {m.source, m.target} & gone),
        scopes=tuple(s for s in graph.scopes if s.id not in scopes),
    )


def told(graph: WorkflowGraph) -> str:
    """Return a graph as lines to read."""
    lines: list[str] = []
    for scope in graph.scopes:
        lines.append(f"{scope.kind} {scope.id}")
        for node in graph.nodes:
            if node.scope == scope.id:
                said: list[str | None] = [node.id, node.activity, node.gateway, node.event]
                said += [node.trigger if node.event else None, node.reference, node.attached_to]
                said += [
                    "" if node.interrupting else "rings",
                    node.loop.kind if node.loop else None,
                ]
                lines.append("  " + " ".join(str(word) for word in said if word))
        for flow in graph.flows:
            if flow.scope == scope.id:
                lines.append(f"  {flow.source} -> {flow.target}{' ?' if flow.condition else ''}")
    lines += [f"{message.source} ~ {message.target}" for message in graph.messages]
    return "\n".join(lines)
