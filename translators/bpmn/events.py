"""Events: what they wait for or give (chapter 10.5 of the standard)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from transition_systems.readwrite.xml_element import XmlElement
from translators.bpmn.elements import EVENT_DEFINITIONS
from translators.bpmn.names import local_part
from translators.bpmn.reading import Reading
from translators.ledger import Fate
from translators.workflow.graph import EventKind, Node, Trigger

__all__ = ["EventDetail", "event_detail", "match_links"]

_CATEGORIES = {
    Trigger.MESSAGE: ("messageRef", "message", None),
    Trigger.SIGNAL: ("signalRef", "signal", None),
    Trigger.ERROR: ("errorRef", "error", "errorCode"),
    Trigger.ESCALATION: ("escalationRef", "escalation", "escalationCode"),
}


@dataclass(slots=True)
class EventDetail:
    """What the definitions of an event say."""

    trigger: Trigger = Trigger.NONE
    reference: str | None = None
    duration: str | None = None
    repeats: bool = False
    parts: tuple[tuple[Trigger, str | None], ...] = ()
    properties: list[tuple[str, str]] = field(default_factory=list)


def event_detail(reading: Reading, element: XmlElement, identifier: str) -> EventDetail:
    """Read the event definitions of an event, those that it refers to included.

    Parameters
    ----------
    reading
        The reading so far.
    element, identifier
        The event and its id.

    Returns
    -------
    EventDetail
        ``MULTIPLE`` (or ``PARALLEL_MULTIPLE``) where there are several definitions.
    """
    details = [
        _definition(reading, element, identifier, definition)
        for definition in _definitions(reading, element, identifier)
    ]
    if not details:
        return EventDetail()
    if len(details) == 1:
        return details[0]
    parallel = (element.get("parallelMultiple") or "").strip().lower() in ("true", "1")
    merged = EventDetail(
        trigger=Trigger.PARALLEL_MULTIPLE if parallel else Trigger.MULTIPLE,
        parts=tuple((detail.trigger, detail.reference) for detail in details),
    )
    for detail in details:
        merged.properties.extend(detail.properties)
        if detail.duration is not None:
            merged.properties.append(("duration", detail.duration))
    return merged


def _definitions(reading: Reading, element: XmlElement, identifier: str) -> list[XmlElement]:
    """Return the event definitions of an event, in order, references resolved."""
    found: list[XmlElement] = []
    for child in element.children:
        tag = reading.tag(child)
        if tag is None:
            continue
        if tag in EVENT_DEFINITIONS:
            found.append(child)
        elif tag == "eventDefinitionRef":
            written = child.all_text().strip()
            target = next(
                (
                    definition
                    for kind in EVENT_DEFINITIONS
                    if (definition := reading.root_element(kind, written)) is not None
                ),
                None,
            )
            if target is None:
                reading.repaired(
                    element, identifier, f"refers to no event definition {written!r}; left out"
                )
            else:
                found.append(target)
        elif tag.endswith("EventDefinition"):
            reading.note(
                Fate.REFUSED, element, identifier, f"the event definition <{tag}> is not known"
            )
    return found


def _definition(
    reading: Reading, element: XmlElement, identifier: str, definition: XmlElement
) -> EventDetail:
    trigger = EVENT_DEFINITIONS[definition.tag]
    detail = EventDetail(trigger=trigger)
    if trigger in _CATEGORIES:
        attribute, tag, code = _CATEGORIES[trigger]
        detail.reference = _reference(
            reading, element, identifier, definition.get(attribute), tag, code
        )
    elif trigger is Trigger.LINK:
        detail.reference = (
            (definition.get("name") or "").strip() or (element.get("name") or "").strip() or None
        )
    elif trigger is Trigger.TIMER:
        for kind in ("timeDuration", "timeDate", "timeCycle"):
            timed = reading.child(definition, kind)
            if timed is None:
                continue
            detail.duration = timed.all_text().strip() or None
            detail.repeats = kind == "timeCycle"
            detail.properties.append(("timer", kind))
            break
    elif trigger is Trigger.CONDITIONAL:
        condition = reading.text(definition, "condition")
        if condition:
            detail.properties.append(("condition", condition))
    elif trigger is Trigger.COMPENSATION:
        detail.reference = definition.get("activityRef")
        waits = definition.get("waitForCompletion")
        if waits is not None:
            detail.properties.append(("waitForCompletion", waits))
    return detail


def _reference(
    reading: Reading,
    element: XmlElement,
    identifier: str,
    written: str | None,
    tag: str,
    code: str | None,
) -> str | None:
    """Return what names the message, signal, error or escalation: its code if it has one, or id."""
    if written is None or not written.strip():
        return None
    target = reading.root_element(tag, written)
    if target is None:
        name = local_part(written)
        reading.repaired(
            element, identifier, f"refers to no {tag} {written!r}; the name itself is taken for it"
        )
        return name
    if code is not None and (target.get(code) or "").strip():
        return (target.get(code) or "").strip()
    return (target.get("id") or "").strip()


def match_links(reading: Reading) -> None:
    """Give link events that refer to each other by ``source`` and ``target`` the same reference."""
    by_definition: dict[str, str] = {}
    links: list[tuple[Node, XmlElement]] = []
    for node in reading.nodes.values():
        if node.trigger is not Trigger.LINK:
            continue
        definition = reading.child(reading.elements[node.id], "linkEventDefinition")
        if definition is None:
            continue
        links.append((node, definition))
        if definition.get("id"):
            by_definition[definition.attributes["id"]] = node.id

    def join(throw: str, catch: str) -> None:
        target = reading.nodes[catch]
        reference = target.reference or catch
        reading.nodes[catch] = replace(target, reference=reference)
        reading.nodes[throw] = replace(reading.nodes[throw], reference=reference)

    for node, definition in links:
        for child in reading.children(definition, "source", "target"):
            written = child.all_text().strip()
            other = by_definition.get(written) or by_definition.get(local_part(written))
            if other is None:
                reading.repaired(
                    reading.elements[node.id],
                    node.id,
                    f"refers to no link event {written!r}; links are matched by name",
                )
                continue
            throw, catch = (other, node.id) if child.tag == "source" else (node.id, other)
            if reading.nodes[catch].event is EventKind.CATCH:
                join(throw, catch)
