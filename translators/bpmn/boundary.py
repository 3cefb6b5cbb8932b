"""Boundary events and compensation: what they are attached to, and who handles them."""

from __future__ import annotations

from dataclasses import replace

from transition_systems.readwrite.xml_element import XmlElement
from translators.bpmn.reading import Reading
from translators.ledger import Fate
from translators.workflow.graph import EventKind, NodeKind, Trigger

__all__ = ["attach_boundary_events", "match_compensation"]


def attach_boundary_events(reading: Reading) -> None:
    """Turn the attachment of boundary events into ids; refuse those attached to no activity.

    A boundary event that is written in another scope than its activity is moved to that scope.
    """
    for node in list(reading.nodes.values()):
        if node.event is not EventKind.BOUNDARY:
            if node.attached_to is not None:
                reading.nodes[node.id] = replace(node, attached_to=None)
            continue
        element = reading.elements[node.id]
        host_id = reading.resolve(node.attached_to, "node", scope=node.scope)
        host = None if host_id is None else reading.nodes[host_id]
        if host is None or host.kind is not NodeKind.ACTIVITY:
            what = "nothing" if not node.attached_to else f"{node.attached_to!r}, no activity"
            reading.note(
                Fate.REFUSED, element, node.id, f"the boundary event is attached to {what}"
            )
            reading.nodes[node.id] = replace(node, attached_to=None)
            continue
        scope = node.scope
        if host.scope != scope:
            scope = host.scope
            reading.repaired(element, node.id, f"is read in the scope of its activity {host.id}")
        reading.nodes[node.id] = replace(node, attached_to=host.id, scope=scope)


def match_compensation(reading: Reading, associations: list[XmlElement]) -> None:
    """Give compensation boundary events their handler, and throwing ones their activity.

    Parameters
    ----------
    reading
        The reading, with all nodes and flows.
    associations
        All association elements; the handler is at the other end of the boundary event's one.
    """
    targets = {flow.target for flow in reading.flows.values()}
    for element in associations:
        ends = [reading.resolve(element.get(name), "node") for name in ("sourceRef", "targetRef")]
        for event_id, handler_id in (ends, ends[::-1]):
            if event_id is None or handler_id is None:
                continue
            event, handler = reading.nodes[event_id], reading.nodes[handler_id]
            if (
                event.event is not EventKind.BOUNDARY
                or event.trigger is not Trigger.COMPENSATION
                or handler.kind is not NodeKind.ACTIVITY
            ):
                continue
            reading.nodes[event_id] = replace(event, reference=handler_id)
            if not handler.for_compensation and handler_id not in targets:
                reading.repaired(
                    reading.elements[handler_id],
                    handler_id,
                    f"handles the compensation event {event_id} and is read as its handler",
                )
                reading.nodes[handler_id] = replace(handler, for_compensation=True)
    for node in list(reading.nodes.values()):
        if node.trigger is Trigger.COMPENSATION and node.event in (EventKind.THROW, EventKind.END):
            _resolve_activity(reading, node.id)


def _resolve_activity(reading: Reading, identifier: str) -> None:
    node = reading.nodes[identifier]
    if node.reference is None:
        return
    found = reading.resolve(node.reference, "node")
    if found is None:
        reading.repaired(
            reading.elements[identifier],
            identifier,
            f"compensates {node.reference!r}, which is no activity; read as all activities",
        )
    reading.nodes[identifier] = replace(node, reference=found)
