"""From a checked definition to the workflow graph."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from transition_systems.expressions.ast import names_in
from transition_systems.expressions.types import Type
from translators.definition.check import Expressions
from translators.definition.durations import parse_duration
from translators.definition.kinds import CATCHES, END_EVENT, GATEWAYS, kind_name, typed
from translators.definition.model import Activity, Definition, MappingEntry
from translators.ledger import Entry, Fate
from translators.workflow.graph import (
    Condition,
    EventKind,
    Flow,
    GatewayKind,
    Node,
    NodeKind,
    Scope,
    Trigger,
    Variable,
    WorkflowGraph,
)

__all__ = ["build_graph", "end_name", "ledger_entries"]


def build_graph(definition: Definition, expressions: Expressions) -> WorkflowGraph:
    """Return the workflow graph of a definition without problems.

    The start activity gets a start event before it, each end activity an end event behind it; an
    activity of type ``end-event`` is an end event itself.

    Parameters
    ----------
    definition, expressions
        As checked.

    Returns
    -------
    WorkflowGraph
    """
    names = _Names({activity.id for activity in definition.activities})
    scope = names.free(definition.id)
    start = names.free("start")
    outgoing: dict[str, list[int]] = defaultdict(list)
    for number, transition in enumerate(definition.transitions):
        outgoing[transition.source].append(number)
    names.used.update(t.id for t in definition.transitions if t.id is not None)
    ids = [
        t.id if t.id is not None else names.free(f"{t.source}-to-{t.target}")
        for t in definition.transitions
    ]
    nodes = [
        Node(
            id=start,
            kind=NodeKind.EVENT,
            scope=scope,
            event=EventKind.START,
            span=definition.start_span,
        )
    ]
    for activity in definition.activities:
        default = _default(definition, activity, outgoing[activity.id])
        nodes.append(_node(activity, expressions, scope, None if default is None else ids[default]))
    first = definition.start or ""
    flows = [
        Flow(
            id=names.free(f"{start}-to-{first}"),
            source=start,
            target=first,
            scope=scope,
            span=definition.start_span,
        )
    ]
    for number, transition in enumerate(definition.transitions):
        condition = None
        if transition.condition is not None:
            condition = Condition(
                text=transition.condition,
                expression=expressions.conditions.get(number),
                span=transition.condition_span,
            )
        flows.append(
            Flow(
                id=ids[number],
                source=transition.source,
                target=transition.target,
                scope=scope,
                name=transition.name,
                condition=condition,
                span=transition.span,
            )
        )
    known = {node.id: node for node in nodes}
    for name, span in dict(definition.ends).items():
        if known[name].event is EventKind.END:
            continue
        end = names.free(f"end-{name}")
        nodes.append(
            Node(
                id=end,
                name=end_name(known[name]),
                kind=NodeKind.EVENT,
                scope=scope,
                event=EventKind.END,
                span=span,
            )
        )
        flow = names.free(f"{name}-to-{end}")
        flows.append(Flow(id=flow, source=name, target=end, scope=scope, span=span))
    return WorkflowGraph(
        id=definition.id,
        name=definition.name,
        version=definition.version,
        format="definition",
        nodes=tuple(nodes),
        flows=tuple(flows),
        scopes=(
            Scope(
                id=scope,
                kind="process",
                name=definition.name,
                span=definition.span,
                documentation=definition.description,
            ),
        ),
        variables=_variables(definition),
    )


def end_name(activity: Node) -> str:
    """Return the name of the end event that an end activity gets behind it."""
    return f"end of {activity.title}"


class _Names:
    """The ids that are used."""

    def __init__(self, used: set[str]) -> None:
        self.used = used
        self.next: dict[str, int] = {}

    def free(self, wanted: str) -> str:
        """Return an id that is not used, and mark it as used."""
        name = wanted
        while name in self.used:
            number = self.next.get(wanted, 2)
            self.next[wanted] = number + 1
            name = f"{wanted}-{number}"
        self.used.add(name)
        return name


def _default(definition: Definition, activity: Activity, outgoing: list[int]) -> int | None:
    """Return the default of a gateway: its only transition without a condition among others."""
    if GATEWAYS.get(kind_name(activity.type)) not in (GatewayKind.EXCLUSIVE, GatewayKind.INCLUSIVE):
        return None
    free = [number for number in outgoing if definition.transitions[number].condition is None]
    return free[0] if len(free) == 1 and len(outgoing) > 1 else None


def _node(activity: Activity, expressions: Expressions, scope: str, default: str | None) -> Node:
    kind = kind_name(activity.type)
    reads = [
        name
        for entry in activity.inputs
        if (expression := expressions.inputs.get((activity.id, entry.target))) is not None
        for name in names_in(expression)
    ]
    node_kind = NodeKind.ACTIVITY
    event: EventKind | None = None
    trigger = Trigger.NONE
    gateway = GATEWAYS.get(kind)
    reference = duration = None
    repeats = False
    if gateway is not None:
        node_kind = NodeKind.GATEWAY
    elif kind == END_EVENT:
        node_kind, event = NodeKind.EVENT, EventKind.END
    elif kind in CATCHES:
        node_kind, event, trigger = NodeKind.EVENT, EventKind.CATCH, CATCHES[kind]
        if trigger is Trigger.TIMER:
            duration = _setting(activity, "duration", "date", "until", "cycle")
            repeats = duration is not None and duration == _setting(activity, "cycle")
        else:
            reference = _setting(activity, trigger.value, "reference", "name", "event")
    return Node(
        id=activity.id,
        name=activity.name,
        kind=node_kind,
        scope=scope,
        activity="task" if node_kind is NodeKind.ACTIVITY else None,
        gateway=gateway,
        event=event,
        trigger=trigger,
        reference=reference,
        default=default,
        duration=duration,
        repeats=repeats,
        timeout=activity.timeout,
        reads=tuple(dict.fromkeys(reads)),
        writes=tuple(dict.fromkeys(entry.target for entry in activity.outputs)),
        span=activity.span,
        properties=_properties(activity),
    )


def _setting(activity: Activity, *names: str) -> str | None:
    for name in names:
        value = activity.settings.get(name)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int | float) and parse_duration(value) is not None:
            return f"{value}s" if name == "duration" else str(value)
    return None


def _properties(activity: Activity) -> tuple[tuple[str, str], ...]:
    kept = [("type", activity.type)]
    if activity.description:
        kept.append(("description", activity.description))
    if activity.config is not None:
        kept.append(("config", activity.config))
    if activity.inputs:
        kept.append(("input_mappings", _mapping(activity.inputs)))
    if activity.outputs:
        kept.append(("output_mappings", _mapping(activity.outputs)))
    if activity.async_complete:
        kept.append(("async_complete", "true"))
    return tuple(kept)


def _mapping(entries: tuple[MappingEntry, ...]) -> str:
    return json.dumps({entry.target: entry.text for entry in entries}, ensure_ascii=False)


def _variables(definition: Definition) -> tuple[Variable, ...]:
    found: list[Variable] = []
    for variable in definition.variables:
        kind = typed(variable.type or "any", variable.values) or "any"
        default: Any = variable.default
        if isinstance(default, dict | list):
            default = json.dumps(default, ensure_ascii=False, sort_keys=True)
        found.append(
            Variable(
                name=variable.name,
                type=str(kind) if isinstance(kind, Type) else kind,
                required=variable.required,
                default=default,
                span=variable.span,
            )
        )
    return tuple(found)


def ledger_entries(definition: Definition) -> tuple[Entry, ...]:
    """Return the entries of what a definition says beside its control flow."""
    entries: list[Entry] = []
    for activity in definition.activities:
        if activity.timeout is not None:
            entries.append(
                Entry(
                    element=f"{activity.id}.timeout",
                    kind="timeout",
                    fate=Fate.NO_EFFECT,
                    note="a timeout makes an activity fail; failing activities are not modelled",
                    span=activity.span,
                )
            )
    return tuple(entries)
