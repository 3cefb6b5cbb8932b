"""Look-ups over a workflow graph: neighbours, scopes, boundary events, by id and in file order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from translators.workflow.graph import (
    EventKind,
    Flow,
    GatewayKind,
    MessageFlow,
    Node,
    NodeKind,
    Pool,
    Scope,
    Trigger,
    WorkflowGraph,
)

__all__ = ["GraphIndex"]


class GraphIndex:
    """An index of a workflow graph, built once in linear time.

    Attributes
    ----------
    node, flow, scope
        By id.
    incoming, outgoing
        Sequence flows of a node, in file order.
    boundary
        Boundary events of an activity.
    members
        Nodes of a scope, in file order.
    children
        Scopes directly inside a scope.
    receives, sends
        Message flows that end or begin at a node.
    """

    def __init__(self, graph: WorkflowGraph) -> None:
        self.graph = graph
        self.node: dict[str, Node] = {node.id: node for node in graph.nodes}
        self.flow: dict[str, Flow] = {flow.id: flow for flow in graph.flows}
        self.scope: dict[str, Scope] = {scope.id: scope for scope in graph.scopes}
        self.incoming: dict[str, list[Flow]] = defaultdict(list)
        self.outgoing: dict[str, list[Flow]] = defaultdict(list)
        for flow in graph.flows:
            self.outgoing[flow.source].append(flow)
            self.incoming[flow.target].append(flow)
        self.boundary: dict[str, list[Node]] = defaultdict(list)
        self.members: dict[str, list[Node]] = defaultdict(list)
        for node in graph.nodes:
            self.members[node.scope].append(node)
            if node.attached_to is not None:
                self.boundary[node.attached_to].append(node)
        self.children: dict[str, list[Scope]] = defaultdict(list)
        for scope in graph.scopes:
            if scope.parent is not None:
                self.children[scope.parent].append(scope)
        self.receives: dict[str, list[MessageFlow]] = defaultdict(list)
        self.sends: dict[str, list[MessageFlow]] = defaultdict(list)
        for message in graph.messages:
            self.sends[message.source].append(message)
            self.receives[message.target].append(message)

    def processes(self) -> list[Scope]:
        """Return the top-level scopes in file order."""
        return [scope for scope in self.graph.scopes if scope.kind == "process"]

    def pool_of(self, scope: Scope) -> Pool | None:
        """Return the pool whose process is ``scope``."""
        return next((pool for pool in self.graph.pools if pool.scope == scope.id), None)

    def process_of(self, node: Node) -> Scope:
        """Return the top-level scope around a node."""
        scope = self.scope[node.scope]
        while scope.parent is not None:
            scope = self.scope[scope.parent]
        return scope

    def within(self, scope_id: str) -> Iterator[Scope]:
        """Yield the scope and every scope inside it, outermost first."""
        pending = [scope_id]
        while pending:
            current = pending.pop()
            yield self.scope[current]
            pending.extend(child.id for child in reversed(self.children[current]))

    def event_sub_processes(self, scope_id: str) -> list[Node]:
        """Return the event sub-processes that live directly in a scope."""
        return [n for n in self.members[scope_id] if n.activity == "event-sub-process"]

    def link_targets(self, throw: Node) -> list[Node]:
        """Return the catching link events of a throwing one (same scope, same name)."""
        return [
            node
            for node in self.members[throw.scope]
            if node.event is EventKind.CATCH
            and node.trigger is Trigger.LINK
            and node.reference == throw.reference
        ]

    def is_link_catch(self, node: Node) -> bool:
        """Return whether the node is a catching link event."""
        return node.event is EventKind.CATCH and node.trigger is Trigger.LINK

    def deferred_choice(self, node: Node) -> Node | None:
        """Return the event-based gateway that waits for this event or receive task, if any.

        A node that also has an incoming flow from elsewhere is listed under its gateway too: both
        ways lead to it.
        """
        for flow in self.incoming[node.id]:
            source = self.node.get(flow.source)
            if source is not None and source.gateway is GatewayKind.EVENT_BASED:
                return source
        return None

    def starts(self, scope_id: str) -> list[Node]:
        """Return the start events of a scope, in file order.

        An instantiating event-based gateway or receive task without incoming flow counts as one.
        """
        return [
            node
            for node in self.members[scope_id]
            if node.event is EventKind.START
            or (node.instantiate and not self.incoming[node.id] and node.kind is not NodeKind.EVENT)
        ]

    def implicit_starts(self, scope_id: str) -> list[Node]:
        """Return the nodes that start together in a scope without a start event.

        These are the nodes without incoming flow, except boundary events, event sub-processes,
        compensation handlers and catching link events.
        """
        if self.starts(scope_id):
            return []
        return [
            node
            for node in self.members[scope_id]
            if not self.incoming[node.id]
            and node.event is not EventKind.BOUNDARY
            and node.activity != "event-sub-process"
            and not node.for_compensation
            and not self.is_link_catch(node)
        ]
