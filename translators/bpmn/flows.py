"""Sequence flows: their ends, their conditions, and what is mended or refused among them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from transition_systems.readwrite.xml_element import XmlElement
from translators.bpmn.conditions import condition_of
from translators.bpmn.reading import Reading
from translators.ledger import Fate
from translators.workflow.graph import Condition, EventKind, Flow, Node

__all__ = ["mend_defaults", "read_flows", "report_listings"]

_MENTIONED = 5


def read_flows(reading: Reading) -> None:
    """Read all sequence flows, once all nodes are known.

    A flow without one of its ends is dropped, unless a node lists it as incoming or outgoing; so is
    one where the standard allows none (out of an end event, into a start or boundary event, at an
    event sub-process). A flow between nodes of different scopes is refused, for its meaning is not
    defined.
    """
    listed = _listed(reading)
    for identifier, element, scope in reading.written_flows:
        source = _end(reading, listed, identifier, element, scope, "sourceRef")
        target = _end(reading, listed, identifier, element, scope, "targetRef")
        if source is None or target is None:
            continue
        inner = reading.nodes[source].scope
        if inner != reading.nodes[target].scope:
            reading.note(
                Fate.REFUSED,
                element,
                identifier,
                f"leads from {source} to {target} across the border of a process or sub-process",
            )
            continue
        forbidden = _forbidden(reading.nodes[source], reading.nodes[target])
        if forbidden is not None:
            reading.repaired(element, identifier, f"dropped: {forbidden}")
            continue
        if inner != scope:
            reading.repaired(
                element, identifier, f"is written outside of {inner}, where both its ends are"
            )
        reading.flows[identifier] = Flow(
            id=identifier,
            source=source,
            target=target,
            scope=inner,
            name=" ".join((element.get("name") or "").split()) or None,
            condition=_condition(reading, element, identifier),
            span=reading.span(element, identifier),
        )


def _forbidden(source: Node, target: Node) -> str | None:
    """Return why no flow may join two nodes of a scope (chapters 10.3.5, 10.5), if none may."""
    if source.event is EventKind.END:
        return f"no flow leaves an end event ({source.id})"
    if target.event is EventKind.START:
        return f"no flow leads into a start event ({target.id})"
    if target.event is EventKind.BOUNDARY:
        return f"no flow leads into a boundary event ({target.id})"
    for node, side in ((source, "leaves"), (target, "leads into")):
        if node.activity == "event-sub-process":
            return f"no flow {side} an event sub-process ({node.id})"
    return None


def _condition(reading: Reading, element: XmlElement, identifier: str) -> Condition | None:
    written = reading.child(element, "conditionExpression")
    if written is None:
        return None
    return condition_of(written.all_text(), reading.span(written, identifier))


def _end(
    reading: Reading,
    listed: dict[tuple[str, str], list[str]],
    identifier: str,
    element: XmlElement,
    scope: str,
    attribute: str,
) -> str | None:
    """Return the node at one end of a flow; ``None``, with an entry, where there is none."""
    written = (element.get(attribute) or "").strip()
    found = reading.resolve(written, "node", scope=scope)
    if found is not None:
        return found
    if reading.resolve(written, "refused") is not None:
        note = f"dropped: its end {written} is an element that is refused"
        reading.repaired(element, identifier, note)
        return None
    side = "outgoing" if attribute == "sourceRef" else "incoming"
    own = (element.get("id") or "").strip()
    candidates = listed.get((side, own), []) if own else []
    what = f"{attribute} {written!r} names no node" if written else f"has no {attribute}"
    if len(candidates) == 1:
        reading.repaired(
            element, identifier, f"{what}; {candidates[0]}, which lists it as {side}, is taken"
        )
        return candidates[0]
    reading.repaired(element, identifier, f"dropped: {what}")
    return None


def _listed(reading: Reading) -> dict[tuple[str, str], list[str]]:
    """Return which nodes list a flow as incoming or outgoing, by side and the flow's id."""
    listed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for node in reading.nodes.values():
        for child in reading.children(reading.elements[node.id], "incoming", "outgoing"):
            listed[child.tag, child.all_text().strip()].append(node.id)
    return listed


def mend_defaults(reading: Reading) -> None:
    """Turn default flows into ids of the graph; drop those that do not leave their node."""
    for node in list(reading.nodes.values()):
        if node.default is None:
            continue
        found = reading.resolve(node.default, "flow", scope=node.scope)
        flow = None if found is None else reading.flows.get(found)
        default = flow.id if flow is not None and flow.source == node.id else None
        if default is None:
            reading.repaired(
                reading.elements[node.id],
                node.id,
                f"the default flow {node.default!r} does not leave this node; left out",
            )
        reading.nodes[node.id] = replace(node, default=default)


def report_listings(reading: Reading) -> None:
    """Report nodes whose lists of incoming and outgoing flows say other than the flows do."""
    actual: dict[tuple[str, str], set[str]] = defaultdict(set)
    for flow in reading.flows.values():
        actual["outgoing", flow.source].add(flow.id)
        actual["incoming", flow.target].add(flow.id)
    for node in reading.nodes.values():
        element = reading.elements[node.id]
        wrong: list[str] = []
        for child in reading.children(element, "incoming", "outgoing"):
            written = child.all_text().strip()
            found = reading.resolve(written, "flow", scope=node.scope)
            dropped = found is not None and found not in reading.flows
            if not dropped and (found is None or found not in actual[child.tag, node.id]):
                wrong.append(f"{child.tag} {written!r}")
        if wrong:
            names = ", ".join(wrong[:_MENTIONED]) + (", ..." if len(wrong) > _MENTIONED else "")
            note = f"lists {names}, which no flow bears out; the flows count"
            reading.repaired(element, node.id, note)
