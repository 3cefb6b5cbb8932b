"""Lanes, performers and potential owners: who does what. They do not steer control flow."""

from __future__ import annotations

from dataclasses import replace

from transition_systems.readwrite.xml_element import XmlElement
from translators.bpmn.reading import Reading
from translators.ledger import Fate
from translators.workflow.graph import Role

__all__ = ["read_roles"]

_PERFORMERS = ("performer", "humanPerformer", "potentialOwner", "resourceRole")


def read_roles(reading: Reading) -> None:
    """Read lanes (nested ones too) and performers as roles, and write them into the nodes.

    A lane that holds lanes holds their nodes too.
    """
    for lane_set, _ in reading.written_lanes:
        _read_lanes(reading, lane_set)
    _read_performers(reading)
    held: dict[str, list[str]] = {}
    for role in reading.roles.values():
        for node in role.nodes:
            held.setdefault(node, []).append(role.id)
    for identifier, roles in held.items():
        reading.nodes[identifier] = replace(reading.nodes[identifier], roles=tuple(roles))


def _read_lanes(reading: Reading, lane_set: XmlElement) -> None:
    order: list[tuple[str, str | None]] = []
    nodes: dict[str, dict[str, None]] = {}
    pending = [(lane, None) for lane in reversed(list(reading.children(lane_set, "lane")))]
    stack: list[tuple[XmlElement, str | None]] = [*pending]
    while stack:
        element, parent = stack.pop()
        identifier = reading.identify(element, "role", silent=True)
        order.append((identifier, parent))
        nodes[identifier] = dict.fromkeys(_lane_nodes(reading, element, identifier))
        reading.note(Fate.NO_EFFECT, element, identifier, "lanes do not steer control flow")
        for inner in reading.children(element, "childLaneSet", "laneSet"):
            lanes = list(reading.children(inner, "lane"))
            stack.extend((lane, identifier) for lane in reversed(lanes))
    for identifier, parent in reversed(order):
        if parent is not None:
            nodes[parent].update(nodes[identifier])
    for identifier, _ in order:
        name = reading.elements[identifier].get("name")
        reading.roles[identifier] = Role(
            id=identifier, name=name or None, nodes=tuple(nodes[identifier]), lane=True
        )


def _lane_nodes(reading: Reading, lane: XmlElement, identifier: str) -> list[str]:
    found: list[str] = []
    missing: list[str] = []
    for child in reading.children(lane, "flowNodeRef", "flowElementRef"):
        written = child.all_text().strip()
        node = reading.resolve(written, "node")
        if node is not None:
            found.append(node)
        elif reading.resolve(written, "data", "flow", "refused", "role") is None:
            missing.append(written)
    if missing:
        reading.repaired(lane, identifier, f"holds {missing[0]!r}, which is not in the file")
    return found


def _read_performers(reading: Reading) -> None:
    """Read the resource roles of activities; the same resource or expression is one role."""
    performs: dict[str, list[str]] = {}
    names: dict[str, str | None] = {}
    for node in reading.nodes.values():
        for element in reading.children(reading.elements[node.id], *_PERFORMERS):
            written = reading.text(element, "resourceRef")
            resource = reading.root_element("resource", written)
            assignment = reading.child(element, "resourceAssignmentExpression")
            text = "" if assignment is None else " ".join(assignment.all_text().split())
            if resource is not None:
                key, name = resource.attributes["id"], resource.get("name")
            elif text or written:
                key, name = f"{text or written}", text or written
            elif element.get("name"):
                key, name = element.attributes["name"], element.get("name")
            else:
                continue
            names.setdefault(key, name)
            performs.setdefault(key, []).append(node.id)
    for key, nodes in performs.items():
        identifier = key
        if identifier in reading.elements or identifier in reading.roles:
            identifier = f"role {key}"
        reading.roles[identifier] = Role(
            id=identifier, name=names[key], nodes=tuple(dict.fromkeys(nodes))
        )
