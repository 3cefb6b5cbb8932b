"""The neutral workflow graph and what belongs to it."""

from translators.workflow.graph import (
    ActivityKind,
    Condition,
    DataElement,
    EventKind,
    Flow,
    GatewayKind,
    Loop,
    MessageFlow,
    Node,
    NodeKind,
    Pool,
    Role,
    Scope,
    Trigger,
    Variable,
    WorkflowGraph,
)
from translators.workflow.index import GraphIndex
from translators.workflow.layout import Edge, Layout, Shape
from translators.workflow.result import ReadResult

__all__ = [
    "ActivityKind",
    "Condition",
    "DataElement",
    "Edge",
    "EventKind",
    "Flow",
    "GatewayKind",
    "GraphIndex",
    "Layout",
    "Loop",
    "MessageFlow",
    "Node",
    "NodeKind",
    "Pool",
    "ReadResult",
    "Role",
    "Scope",
    "Shape",
    "Trigger",
    "Variable",
    "WorkflowGraph",
]
