"""Processes and sub-processes: the walk through what they hold, in document order."""

from __future__ import annotations

from dataclasses import replace

from transition_systems.readwrite.xml_element import XmlElement
from translators.bpmn.elements import DATA, NODES, SILENT, WITH_BODY
from translators.bpmn.nodes import read_node
from translators.bpmn.reading import Reading
from translators.ledger import Fate
from translators.workflow.graph import DataElement, Node, Scope

__all__ = ["read_data", "read_processes", "refuse_unknown", "resolve_data"]

_Names = tuple[str, ...]


def read_processes(reading: Reading, processes: list[XmlElement]) -> None:
    """Read processes with all that they hold: nodes, scopes, data; flows and lanes are put aside.

    Parameters
    ----------
    reading
        The reading so far.
    processes
        The process elements, in document order.
    """
    for process in processes:
        identifier = reading.identify(process, "process")
        reading.scopes.append(
            Scope(
                id=identifier,
                kind="process",
                name=process.get("name") or None,
                span=reading.span(process, identifier),
                documentation=reading.text(process, "documentation"),
            )
        )
        _read_content(reading, process, identifier)


def _read_content(reading: Reading, process: XmlElement, process_id: str) -> None:
    pending = [(child, process_id) for child in reversed(process.children)]
    while pending:
        element, scope = pending.pop()
        tag = reading.tag(element)
        if tag in NODES:
            body = _read_node(reading, element, scope)
            pending.extend((child, body) for child in reversed(element.children))
        elif tag == "sequenceFlow":
            identifier = reading.identify(element, "flow", scope=scope)
            reading.written_flows.append((identifier, element, scope))
        elif tag == "laneSet":
            reading.written_lanes.append((element, scope))
        elif tag in DATA:
            read_data(reading, element)
        elif tag is None or (tag not in SILENT and not tag.endswith("EventDefinition")):
            reading.unknown.append((element, scope))


def _read_node(reading: Reading, element: XmlElement, scope: str) -> str:
    """Add the node of an element; return the scope of what it holds."""
    identifier = reading.identify(element, "node", scope=scope)
    node = read_node(reading, element, identifier, scope)
    inner = scope
    if element.tag in WITH_BODY and any(reading.tag(child) in NODES for child in element.children):
        inner = identifier
        node = replace(node, body=identifier)
    # before the scope, so that references inside the scope find their owner
    reads, writes = _data_flow(reading, element)
    if reads or writes:
        node = replace(node, reads=reads, writes=writes)
    reading.nodes[identifier] = node
    if inner == identifier:
        event = node.activity == "event-sub-process"
        reading.scopes.append(
            Scope(
                id=identifier,
                kind="event-sub-process" if event else "sub-process",
                parent=scope,
                owner=identifier,
                name=node.name,
                span=node.span,
            )
        )
    return inner


def _data_flow(reading: Reading, element: XmlElement) -> tuple[_Names, _Names]:
    """Return what a node reads and what it writes by its data associations (ids as written)."""
    if not element.children:
        return (), ()
    reads = [
        source.all_text().strip()
        for association in reading.children(element, "dataInputAssociation")
        for source in reading.children(association, "sourceRef")
    ]
    writes = [
        target.all_text().strip()
        for association in reading.children(element, "dataOutputAssociation")
        for target in reading.children(association, "targetRef")
    ]
    return (
        tuple(dict.fromkeys(name for name in reads if name)),
        tuple(dict.fromkeys(name for name in writes if name)),
    )


def read_data(reading: Reading, element: XmlElement) -> None:
    """Add an element that is drawn without effect, with its entry in the ledger."""
    identifier = reading.identify(element, "data", silent=True)
    name = element.get("name") or reading.text(element, "text") or None
    reading.data.append(
        DataElement(
            id=identifier, kind=element.tag, name=name, span=reading.span(element, identifier)
        )
    )
    reading.note(Fate.NO_EFFECT, element, identifier, DATA[element.tag])


def refuse_unknown(reading: Reading) -> None:
    """Refuse unknown elements that take part in flow; note the others of BPMN as without effect.

    An element takes part in flow when a sequence flow or message flow begins or ends at it, an
    event is attached to it, or it lists incoming or outgoing flows.
    """
    if not reading.unknown:
        return
    referred = _referred(reading)
    for element, _ in reading.unknown:
        written = (element.get("id") or "").strip()
        known = reading.tag(element) is not None
        lists_flows = any(
            child.tag in ("incoming", "outgoing") and reading.tag(child) is not None
            for child in element.children
        )
        if (written and written in referred) or (known and lists_flows):
            identifier = reading.identify(element, "refused", silent=True)
            reading.note(
                Fate.REFUSED, element, identifier, f"the element <{element.qname}> is not known"
            )
        elif known:
            identifier = reading.identify(element, "data", silent=True)
            reading.note(
                Fate.NO_EFFECT,
                element,
                identifier,
                f"the element <{element.qname}> is not known and takes no part in flow",
            )


def _referred(reading: Reading) -> set[str]:
    """Return all ids, as written, at which flows begin or end or events are attached."""
    ends: set[str] = set()
    for _, element, _ in reading.written_flows:
        ends.update(element.get(name) or "" for name in ("sourceRef", "targetRef"))
    for collaboration in reading.children(reading.root, "collaboration"):
        for element in reading.children(collaboration, "messageFlow"):
            ends.update(element.get(name) or "" for name in ("sourceRef", "targetRef"))
    ends.update(node.attached_to or "" for node in reading.nodes.values())
    return {end.strip() for end in ends if end.strip()}


def resolve_data(reading: Reading, node: Node) -> Node:
    """Return the node with its reads and writes as ids of the graph where they are known."""
    if not node.reads and not node.writes:
        return node

    def known(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(reading.resolve(name, "data") or name for name in names)

    return replace(node, reads=known(node.reads), writes=known(node.writes))
