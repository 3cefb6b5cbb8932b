"""Writing a workflow graph as a definition, in YAML or JSON."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from typing import Any, Literal, NoReturn

from transition_systems.errors import UnsupportedError
from transition_systems.expressions.format import format_expression
from transition_systems.readwrite.files import PathOrFile, file_name, write_text
from transition_systems.source_span import SourceSpan
from translators.definition.build import end_name
from translators.definition.durations import format_duration
from translators.definition.kinds import END_EVENT
from translators.workflow.graph import (
    EventKind,
    Flow,
    GatewayKind,
    Node,
    NodeKind,
    Trigger,
    Variable,
    WorkflowGraph,
)

__all__ = ["format_definition", "write_definition"]

_GATEWAY_TYPES = {
    GatewayKind.EXCLUSIVE: "exclusive-gateway",
    GatewayKind.PARALLEL: "parallel-gateway",
    GatewayKind.INCLUSIVE: "inclusive-gateway",
    GatewayKind.EVENT_BASED: "event-gateway",
}
_CATCH_TYPES = {Trigger.TIMER: "timer", Trigger.SIGNAL: "signal", Trigger.MESSAGE: "message"}
_PLAIN = re.compile(r"[^\W\d][\w./-]*(?: [\w./()-]+)*")
_RESERVED = re.compile(r"(?:null|true|false|yes|no|on|off|y|n|~)", re.I)


def format_definition(graph: WorkflowGraph, *, syntax: Literal["yaml", "json"] = "yaml") -> str:
    """Return a workflow graph as a definition.

    Parameters
    ----------
    graph
        One process without sub-processes, with one none-start; tasks of any kind, gateways but the
        complex one, catching timer, signal and message events, none-ends.
    syntax
        What to write.

    Returns
    -------
    str
        Read back, it gives an equal graph if the graph came from a definition.

    Raises
    ------
    UnsupportedError
        If the graph holds what a definition has no word for; the first such element is named.

    Examples
    --------
    >>> from translators.definition.read import parse_definition
    >>> graph = parse_definition('{"activities": {"a": {}}, "start_activity": "a",'
    ...                          ' "end_activities": ["a"]}').graph
    >>> print(format_definition(graph), end="")
    id: definition
    start_activity: a
    end_activities:
      - a
    activities:
      a:
        type: task
    """
    data = _definition(graph)
    if syntax == "json":
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    return "".join(f"{line}\n" for line in _yaml_lines(data, 0))


def write_definition(graph: WorkflowGraph, path_or_file: PathOrFile) -> None:
    """Write a workflow graph as a definition: JSON where the name ends in ``.json``, else YAML.

    Parameters
    ----------
    graph
        As for :func:`format_definition`.
    path_or_file
        A path, or a file that is open for writing.

    Raises
    ------
    UnsupportedError
        As :func:`format_definition`; nothing is written then.

    Examples
    --------
    >>> import io
    >>> from translators.definition.read import read_definition
    >>> text = ('{"id": "w", "start_activity": "a", "end_activities": ["a"],'
    ...         ' "activities": {"a": {}}}')
    >>> out = io.StringIO()
    >>> write_definition(read_definition(io.StringIO(text)).graph, out)
    >>> out.getvalue().splitlines()[0]
    'id: w'
    """
    name = file_name(path_or_file) or ""
    ending = os.path.splitext(name)[1].lower()
    text = format_definition(graph, syntax="json" if ending == ".json" else "yaml")
    write_text(path_or_file, text)


def _refuse(what: str, element: str, span: SourceSpan | None) -> NoReturn:
    raise UnsupportedError(f"a definition has no word for {what} ({element})", span=span)


def _definition(graph: WorkflowGraph) -> dict[str, Any]:
    processes = [scope for scope in graph.scopes if scope.kind == "process"]
    if len(processes) != 1:
        _refuse(f"{len(processes)} processes", graph.id, None)
    for node in graph.nodes:
        if node.has_body:
            _refuse("sub-processes", node.id, node.span)
    for message in graph.messages:
        _refuse("message flows", message.id, message.span)
    outgoing: dict[str, list[Flow]] = defaultdict(list)
    incoming: dict[str, list[Flow]] = defaultdict(list)
    for flow in graph.flows:
        outgoing[flow.source].append(flow)
        incoming[flow.target].append(flow)
    starts = [node for node in graph.nodes if node.event is EventKind.START]
    if len(starts) != 1 or starts[0].trigger is not Trigger.NONE:
        what = "a process without just one start event, and that without a trigger"
        _refuse(what, starts[0].id if len(starts) == 1 else processes[0].id, processes[0].span)
    start = starts[0]
    if len(outgoing[start.id]) != 1 or incoming[start.id]:
        _refuse("a start with other than one flow", start.id, start.span)
    folded = _folded_ends(graph, outgoing, incoming)
    dropped = {start.id, *folded}
    activities: dict[str, Any] = {}
    for node in graph.nodes:
        if node.id not in dropped:
            activities[node.id] = _activity(node)
    nodes = {node.id: node for node in graph.nodes}
    transitions = [
        _transition(flow, nodes[flow.source])
        for flow in graph.flows
        if flow.source not in dropped and flow.target not in dropped
    ]
    result: dict[str, Any] = {"id": graph.id}
    if graph.name is not None:
        result["name"] = graph.name
    if graph.version is not None:
        result["version"] = graph.version
    if processes[0].documentation:
        result["description"] = processes[0].documentation
    result["start_activity"] = outgoing[start.id][0].target
    result["end_activities"] = [
        incoming[node.id][0].source if node.id in folded else node.id
        for node in graph.nodes
        if node.event is EventKind.END
    ]
    if graph.variables:
        result["variables"] = {v.name: _variable(v) for v in graph.variables}
    result["activities"] = activities
    if transitions:
        result["transitions"] = transitions
    return result


def _folded_ends(
    graph: WorkflowGraph, outgoing: dict[str, list[Flow]], incoming: dict[str, list[Flow]]
) -> set[str]:
    """Return the end events that are written as the activity before them being an end."""
    start_target = {flow.target for n in graph.nodes if n.event is EventKind.START
                    for flow in outgoing[n.id]}  # fmt: skip
    found: set[str] = set()
    nodes = {node.id: node for node in graph.nodes}
    for node in graph.nodes:
        flows = incoming[node.id]
        if (
            node.event is EventKind.END
            and node.trigger is Trigger.NONE
            and node.id not in start_target
            and len(flows) == 1
            and node.name in (None, end_name(nodes[flows[0].source]))
            and flows[0].condition is None
            and len(outgoing[flows[0].source]) == 1
        ):
            found.add(node.id)
    return found


def _activity(node: Node) -> dict[str, Any]:
    properties = dict(node.properties)
    result: dict[str, Any] = {}
    if node.name is not None:
        result["name"] = node.name
    result["type"] = properties.get("type") or _type(node)
    if node.attached_to is not None:
        _refuse("boundary events", node.id, node.span)
    if node.loop is not None or node.for_compensation or node.activity == "event-sub-process":
        _refuse("loops and handlers", node.id, node.span)
    if node.start_quantity != 1 or node.completion_quantity != 1 or node.instantiate:
        _refuse("quantities of tokens, and other starts", node.id, node.span)
    if properties.get("description"):
        result["description"] = properties["description"]
    config = _json(properties.get("config"))
    if config is None and node.event is EventKind.CATCH:
        config = {
            key: value
            for key, value in (
                ("cycle" if node.repeats else "duration", node.duration),
                ("reference", node.reference),
            )
            if value is not None
        }
    for key, value in (
        ("config", config),
        ("input_mappings", _json(properties.get("input_mappings"))),
        ("output_mappings", _json(properties.get("output_mappings"))),
    ):
        if value:
            result[key] = value
    if node.timeout is not None:
        result["timeout"] = format_duration(node.timeout)
    if properties.get("async_complete") == "true":
        result["async_complete"] = True
    return result


def _type(node: Node) -> str:
    """Return the type of an activity that was not read from a definition."""
    if node.kind is NodeKind.ACTIVITY:
        if node.activity in ("sub-process", "transaction", "ad-hoc", "event-sub-process"):
            _refuse("sub-processes", node.id, node.span)
        return node.activity or "task"
    if node.gateway is not None:
        if node.gateway not in _GATEWAY_TYPES:
            _refuse(f"{node.gateway} gateways", node.id, node.span)
        return _GATEWAY_TYPES[node.gateway]
    if node.event is EventKind.END and node.trigger is Trigger.NONE:
        return END_EVENT
    if node.event is EventKind.CATCH and node.trigger in _CATCH_TYPES:
        return _CATCH_TYPES[node.trigger]
    _refuse(f"{node.trigger} {node.event} events", node.id, node.span)


def _transition(flow: Flow, source: Node) -> dict[str, Any]:
    result: dict[str, Any] = {}
    result["id"] = flow.id
    if flow.name is not None:
        result["name"] = flow.name
    result["from"], result["to"] = flow.source, flow.target
    condition = flow.condition
    if condition is None:
        return result
    if condition.expression is not None:
        own = source.properties and dict(source.properties).get("type") is not None
        result["condition"] = condition.text if own else format_expression(condition.expression)
    elif source.kind is not NodeKind.GATEWAY:
        _refuse(f"the condition {condition.text[:60]!r}", flow.id, flow.span)
    return result


def _variable(variable: Variable) -> dict[str, Any]:
    result: dict[str, Any] = {"type": variable.type}
    prefix = "enumeration of "
    if variable.type.startswith(prefix):
        result = {"type": "enumeration", "values": variable.type[len(prefix) :].split(", ")}
    if variable.required:
        result["required"] = True
    if variable.default is not None:
        whole = variable.type in ("object", "array")
        result["default"] = _json(variable.default) if whole else variable.default
    return result


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _yaml_lines(value: dict[str, Any], indent: int) -> list[str]:
    """Return a map as lines of YAML; recursion is as deep as the document, at most 100."""
    pad = " " * indent
    lines: list[str] = []
    for key, item in value.items():
        name = _yaml_scalar(str(key))
        if isinstance(item, dict) and item:
            lines.append(f"{pad}{name}:")
            lines.extend(_yaml_lines(item, indent + 2))
        elif isinstance(item, list) and item:
            lines.append(f"{pad}{name}:")
            for part in item:
                if isinstance(part, dict) and part:
                    inner = _yaml_lines(part, indent + 4)
                    lines.append(f"{pad}  - {inner[0].lstrip()}")
                    lines.extend(inner[1:])
                else:
                    lines.append(f"{pad}  - {_yaml_scalar(part)}")
        else:
            lines.append(f"{pad}{name}: {_yaml_scalar(item)}")
    return lines


def _yaml_scalar(value: Any) -> str:
    """Return a value in one line: a plain word where it means itself, else quoted."""
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and not _RESERVED.fullmatch(value):
        return value
    return '"' + "".join(_yaml_character(character) for character in value) + '"'


def _yaml_character(character: str) -> str:
    """Return a character of a double-quoted YAML string, escaped where it must be."""
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
