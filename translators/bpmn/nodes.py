"""Activities, gateways and events: one BPMN element to one node of the graph."""

from __future__ import annotations

from typing import Literal

from transition_systems.readwrite.xml_element import XmlElement
from translators.bpmn.elements import ACTIVITIES, EVENTS, GATEWAYS, WITH_BODY
from translators.bpmn.events import event_detail
from translators.bpmn.names import local_part
from translators.bpmn.reading import Reading
from translators.workflow.graph import EventKind, Loop, Node, NodeKind, Trigger

__all__ = ["flag", "read_node"]

_TAKEN = frozenset(
    {
        "id", "name", "default", "calledElement", "attachedToRef", "cancelActivity", "instantiate",
        "isInterrupting", "isForCompensation", "parallelMultiple", "startQuantity",
        "completionQuantity", "triggeredByEvent", "messageRef",
    }
)  # fmt: skip


def flag(element: XmlElement, name: str, *, default: bool = False) -> bool:
    """Return a boolean attribute; anything but the words of XML Schema is the default."""
    written = (element.get(name) or "").strip().lower()
    if written in ("true", "1"):
        return True
    return False if written in ("false", "0") else default


def read_node(reading: Reading, element: XmlElement, identifier: str, scope: str) -> Node:
    """Return the node of an element, without what needs other elements to be known.

    Parameters
    ----------
    reading
        The reading so far.
    element, identifier, scope
        The element, its id in the graph, and the scope in which it is written.

    Returns
    -------
    Node
        ``default``, ``attached_to`` and a compensation ``reference`` still as written.
    """
    if element.tag in ACTIVITIES:
        return _activity(reading, element, identifier, scope)
    if element.tag in GATEWAYS:
        return _gateway(reading, element, identifier, scope)
    return _event(reading, element, identifier, scope)


def _activity(reading: Reading, element: XmlElement, identifier: str, scope: str) -> Node:
    kind = ACTIVITIES[element.tag]
    if element.tag in WITH_BODY and flag(element, "triggeredByEvent"):
        kind = "event-sub-process"
    called = element.get("calledElement")
    message = None
    if element.tag in ("sendTask", "receiveTask") and element.get("messageRef"):
        written = element.attributes["messageRef"]
        target = reading.root_element("message", written)
        message = local_part(written) if target is None else target.attributes["id"].strip()
        if target is None:
            reading.repaired(element, identifier, f"refers to no message {written!r}")
    return Node(
        id=identifier,
        name=_name(element),
        kind=NodeKind.ACTIVITY,
        scope=scope,
        activity=kind,
        loop=_loop(reading, element),
        reference=message,
        instantiate=element.tag == "receiveTask" and flag(element, "instantiate"),
        for_compensation=flag(element, "isForCompensation"),
        start_quantity=_quantity(reading, element, identifier, "startQuantity"),
        completion_quantity=_quantity(reading, element, identifier, "completionQuantity"),
        default=element.get("default"),
        called=None if called is None else local_part(called) or None,
        span=reading.span(element, identifier),
        properties=_properties(reading, element),
    )


def _gateway(reading: Reading, element: XmlElement, identifier: str, scope: str) -> Node:
    all_events = (element.get("eventGatewayType") or "").strip().lower() == "parallel"
    return Node(
        id=identifier,
        name=_name(element),
        kind=NodeKind.GATEWAY,
        scope=scope,
        gateway=GATEWAYS[element.tag],
        trigger=Trigger.PARALLEL_MULTIPLE if all_events else Trigger.NONE,
        instantiate=flag(element, "instantiate"),
        default=element.get("default"),
        span=reading.span(element, identifier),
        properties=_properties(reading, element),
    )


def _event(reading: Reading, element: XmlElement, identifier: str, scope: str) -> Node:
    kind = EVENTS[element.tag]
    detail = event_detail(reading, element, identifier)
    interrupting = True
    if kind is EventKind.BOUNDARY:
        interrupting = flag(element, "cancelActivity", default=True)
        if not interrupting and detail.trigger in (Trigger.ERROR, Trigger.CANCEL):
            interrupting = True
            reading.repaired(
                element, identifier, f"{detail.trigger} events always interrupt; read as such"
            )
    elif kind is EventKind.START:
        interrupting = flag(element, "isInterrupting", default=True)
    return Node(
        id=identifier,
        name=_name(element),
        kind=NodeKind.EVENT,
        scope=scope,
        event=kind,
        trigger=detail.trigger,
        parts=detail.parts,
        interrupting=interrupting,
        attached_to=element.get("attachedToRef"),
        reference=detail.reference,
        duration=detail.duration,
        repeats=detail.repeats,
        span=reading.span(element, identifier),
        properties=(*_properties(reading, element), *detail.properties),
    )


def _loop(reading: Reading, element: XmlElement) -> Loop | None:
    standard = reading.child(element, "standardLoopCharacteristics")
    if standard is not None:
        return Loop(kind="standard", test_before=flag(standard, "testBefore"))
    multi = reading.child(element, "multiInstanceLoopCharacteristics")
    if multi is None:
        return None
    kind: Literal["sequential", "parallel"] = (
        "sequential" if flag(multi, "isSequential") else "parallel"
    )
    return Loop(kind=kind, cardinality=reading.text(multi, "loopCardinality") or None)


def _quantity(reading: Reading, element: XmlElement, identifier: str, name: str) -> int:
    written = (element.get(name) or "1").strip()
    if written.isdecimal() and len(written) <= 9 and int(written) >= 1:
        return int(written)
    note = f"{name} {written[:20]!r} is no number from 1 up; read as 1"
    reading.repaired(element, identifier, note)
    return 1


def _name(element: XmlElement) -> str | None:
    """Return the drawn name with its white space joined, ``None`` if there is none to see."""
    return " ".join((element.get("name") or "").split()) or None


def _properties(reading: Reading, element: XmlElement) -> tuple[tuple[str, str], ...]:
    """Return the element's tag and the attributes that have no other place, by local name."""
    kept = [("tag", element.tag)]
    for name, value in element.attributes.items():
        if name not in _TAKEN:
            kept.append((name.rsplit("}", 1)[-1], value))
    if not element.children:
        return tuple(kept)
    standard = reading.child(element, "standardLoopCharacteristics")
    if standard is not None:
        if standard.get("loopMaximum"):
            kept.append(("loopMaximum", standard.attributes["loopMaximum"]))
        condition = reading.text(standard, "loopCondition")
        if condition:
            kept.append(("loopCondition", condition))
    multi = reading.child(element, "multiInstanceLoopCharacteristics")
    if multi is not None:
        condition = reading.text(multi, "completionCondition")
        if condition:
            kept.append(("completionCondition", condition))
        if multi.get("behavior"):
            kept.append(("behavior", multi.attributes["behavior"]))
    for tag in ("activationCondition", "completionCondition", "documentation"):
        text = reading.text(element, tag)
        if text:
            kept.append((tag, text))
    return tuple(kept)
