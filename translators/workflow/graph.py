"""The workflow graph: the neutral model into which every format is read.

Nodes are activities, gateways and events; they live in scopes (a process, a sub-process, an event
sub-process) and are joined by sequence flows; message flows join nodes of different pools. The
graph says what was drawn and decides nothing: its meaning is given by the maps ``to_petri``,
``to_process`` and ``to_machine`` and, by definition, by ``translators.workflow.token_game``.

The vocabulary is that of BPMN 2.0.2 (OMG formal/2013-12-09) where it has a word for the thing, and
of the workflow patterns (van der Aalst et al., 2003) where it has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from transition_systems.source_span import SourceSpan
from translators.workflow.layout import Layout

__all__ = [
    "ActivityKind",
    "Condition",
    "DataElement",
    "EventKind",
    "Flow",
    "GatewayKind",
    "Loop",
    "MessageFlow",
    "Node",
    "NodeKind",
    "Pool",
    "Role",
    "Scope",
    "Trigger",
    "Variable",
    "WorkflowGraph",
]


class NodeKind(StrEnum):
    """What a node is."""

    ACTIVITY = "activity"
    GATEWAY = "gateway"
    EVENT = "event"


class GatewayKind(StrEnum):
    """How a gateway routes tokens."""

    EXCLUSIVE = "exclusive"
    PARALLEL = "parallel"
    INCLUSIVE = "inclusive"
    EVENT_BASED = "event-based"
    COMPLEX = "complex"


class EventKind(StrEnum):
    """Where an event stands."""

    START = "start"
    CATCH = "catch"
    THROW = "throw"
    BOUNDARY = "boundary"
    END = "end"


class Trigger(StrEnum):
    """What an event waits for or gives."""

    NONE = "none"
    MESSAGE = "message"
    TIMER = "timer"
    SIGNAL = "signal"
    LINK = "link"
    CONDITIONAL = "conditional"
    ERROR = "error"
    TERMINATE = "terminate"
    ESCALATION = "escalation"
    COMPENSATION = "compensation"
    CANCEL = "cancel"
    MULTIPLE = "multiple"
    PARALLEL_MULTIPLE = "parallel-multiple"


ActivityKind = Literal[
    "task", "user", "service", "send", "receive", "manual", "script", "business-rule",
    "call", "sub-process", "event-sub-process", "transaction", "ad-hoc",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition as written, and as a typed expression where it parses.

    Parameters
    ----------
    text
        The text in the file.
    expression
        The parsed expression (``transition_systems.expressions``), or ``None``.
    span
        Where it was written.
    """

    text: str
    expression: Any | None = None
    span: SourceSpan | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """How often an activity runs each time it is reached.

    Parameters
    ----------
    kind
        ``"standard"`` (while a condition holds), ``"parallel"`` or ``"sequential"``
        multi-instance.
    test_before
        A standard loop that may run zero times.
    cardinality
        The number of instances as written.
    """

    kind: Literal["standard", "parallel", "sequential"]
    test_before: bool = False
    cardinality: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An activity, a gateway or an event.

    Parameters
    ----------
    id, name
        Unique id (made up, and reported as a repair, where the file has none); the drawn name.
    kind
        Activity, gateway or event.
    scope
        Id of the scope in which the node lives.
    activity, gateway, event
        The finer kind; just the one that fits ``kind`` is set.
    trigger
        For events; for an instantiating event-based gateway ``PARALLEL_MULTIPLE`` where it waits
        for all of its events.
    parts
        For ``MULTIPLE`` and ``PARALLEL_MULTIPLE`` events: each single trigger with its reference.
    interrupting
        For boundary events, and start events of event sub-processes.
    attached_to
        For boundary events: the id of the activity.
    body
        For sub-processes (also event sub-processes, transactions, ad-hoc): the id of the scope
        that holds their content.
    loop
        Loop or multi-instance characteristics.
    reference
        What the event's definition refers to: link name, error code or error id, escalation code
        or id, message id, signal id, as resolved from the file; ``None`` matches any. For a
        compensation boundary event the id of its handler, for a throwing one that of the activity
        to compensate. For send and receive tasks the message id.
    instantiate
        An event-based gateway or receive task that starts its process.
    for_compensation
        A compensation handler, which normal flow never reaches.
    start_quantity, completion_quantity
        For activities: tokens that must arrive before it starts; tokens that it gives.
    default
        Id of the default flow.
    called
        For call activities: what is called.
    duration
        For timers: duration, date or cycle as written.
    repeats
        For timers: a cycle.
    timeout
        For activities, in seconds, where the format has it.
    roles
        Ids of roles that perform the activity.
    reads, writes
        Names of variables or data elements, where the format says so.
    span
        Where it was written.
    properties
        Further content of the format, kept and not interpreted.
    """

    id: str
    name: str | None = None
    kind: NodeKind
    scope: str
    activity: ActivityKind | None = None
    gateway: GatewayKind | None = None
    event: EventKind | None = None
    trigger: Trigger = Trigger.NONE
    parts: tuple[tuple[Trigger, str | None], ...] = ()
    interrupting: bool = True
    attached_to: str | None = None
    body: str | None = None
    loop: Loop | None = None
    reference: str | None = None
    instantiate: bool = False
    for_compensation: bool = False
    start_quantity: int = 1
    completion_quantity: int = 1
    default: str | None = None
    called: str | None = None
    duration: str | None = None
    repeats: bool = False
    timeout: float | None = None
    roles: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    span: SourceSpan | None = field(default=None, compare=False)
    properties: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def title(self) -> str:
        """The drawn name, or the id where there is none."""
        return self.name or self.id

    @property
    def kind_name(self) -> str:
        """What the element is called: ``user task``, ``inclusive gateway``, ``end event``."""
        if self.gateway is not None:
            return f"{self.gateway} gateway"
        if self.activity is None:
            return f"{self.event} event"
        if self.activity in ("task", "sub-process", "event-sub-process", "transaction", "ad-hoc"):
            return self.activity
        return "call activity" if self.activity == "call" else f"{self.activity} task"

    @property
    def is_activity(self) -> bool:
        """Whether the node is an activity of any kind."""
        return self.kind is NodeKind.ACTIVITY

    @property
    def has_body(self) -> bool:
        """Whether the node holds a scope of its own."""
        return self.body is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    scope: str
    name: str | None = None
    condition: Condition | None = None
    span: SourceSpan | None = field(default=None, compare=False)

    @property
    def title(self) -> str:
        """The drawn name, or the id where there is none."""
        return self.name or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFlow:
    """A message flow; an end that is a pool (not a node) is the pool's id."""

    id: str
    source: str
    target: str
    name: str | None = None
    span: SourceSpan | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A process, the body of a sub-process, or the body of an event sub-process.

    ``documentation`` is the text that the file keeps about a process.
    """

    id: str
    kind: Literal["process", "sub-process", "event-sub-process"]
    parent: str | None = None
    owner: str | None = None
    name: str | None = None
    span: SourceSpan | None = field(default=None, compare=False)
    documentation: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A participant; ``scope`` is the id of its process, ``None`` for a black box."""

    id: str
    name: str | None = None
    scope: str | None = None
    span: SourceSpan | None = field(default=None, compare=False)

    @property
    def title(self) -> str:
        """The drawn name, or the id where there is none."""
        return self.name or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A lane (``lane``), a performer or a resource, with the nodes that it holds.

    A lane that holds lanes stands before them and holds their nodes, too.
    """

    id: str
    name: str | None = None
    nodes: tuple[str, ...] = ()
    lane: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A typed variable of the workflow."""

    name: str
    type: str
    required: bool = False
    default: Any = None
    span: SourceSpan | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataElement:
    """A data object, data store, association, annotation or group: drawn, without effect."""

    id: str
    kind: str
    name: str | None = None
    span: SourceSpan | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowGraph:
    """A workflow as it was drawn.

    Parameters
    ----------
    id, name, version
        Of the whole definition.
    format
        The name of the format that it was read from.
    nodes, flows, messages, scopes, pools
        In file order.
    roles, variables, data
        Lanes and performers; typed variables; elements without effect.
    layout
        The diagram's own geometry, if it has one; no part of equality.
    source_digest
        ``sha256:`` of the file's bytes; no part of equality.
    """

    id: str
    name: str | None = None
    version: str | None = None
    format: str = "workflow"
    nodes: tuple[Node, ...] = ()
    flows: tuple[Flow, ...] = ()
    messages: tuple[MessageFlow, ...] = ()
    scopes: tuple[Scope, ...] = ()
    pools: tuple[Pool, ...] = ()
    roles: tuple[Role, ...] = ()
    variables: tuple[Variable, ...] = ()
    data: tuple[DataElement, ...] = ()
    layout: Layout | None = field(default=None, compare=False)
    source: str | None = field(default=None, compare=False)
    source_digest: str | None = field(default=None, compare=False)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from transition_systems.draw import picture_bundle
        from translators.workflow.draw import workflow_svg

        text = f"{self.name or self.id}: {len(self.nodes)} nodes, {len(self.flows)} flows"
        return picture_bundle(text, lambda: workflow_svg(self))

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)
