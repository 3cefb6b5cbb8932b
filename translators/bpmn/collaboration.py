"""Collaborations: participants as pools, and message flows between them."""

from __future__ import annotations

from transition_systems.readwrite.xml_element import XmlElement
from translators.bpmn.elements import DATA, WITHOUT_EFFECT
from translators.bpmn.reading import Reading
from translators.bpmn.scopes import read_data
from translators.ledger import Direction, Fate
from translators.workflow.graph import MessageFlow, Pool

__all__ = ["read_collaborations", "read_messages"]


def read_collaborations(reading: Reading, collaborations: list[XmlElement]) -> None:
    """Read the participants of collaborations as pools, and what is drawn around them.

    A participant without process, or whose process holds nothing at all, is a black box.
    """
    holding = {node.scope for node in reading.nodes.values()}
    empty: set[str] = set()
    for collaboration in collaborations:
        for element in collaboration.children:
            tag = reading.tag(element)
            if tag == "participant":
                _read_pool(reading, element, holding, empty)
            elif tag in DATA:
                read_data(reading, element)
            elif tag in WITHOUT_EFFECT:
                identifier = reading.identify(element, "data", silent=True)
                reading.note(Fate.NO_EFFECT, element, identifier, WITHOUT_EFFECT[tag])
    reading.scopes = [scope for scope in reading.scopes if scope.id not in empty]


def _read_pool(reading: Reading, element: XmlElement, holding: set[str], empty: set[str]) -> None:
    """Add a pool; a process that holds nothing goes into ``empty``."""
    identifier = reading.identify(element, "pool")
    written = element.get("processRef")
    scope = reading.resolve(written, "process")
    if written and written.strip() and scope is None:
        reading.repaired(
            element, identifier, f"its process {written!r} is not in the file; read as a black box"
        )
    if scope is not None and scope not in holding:
        empty.add(scope)
        scope = None
    reading.pools.append(
        Pool(
            id=identifier,
            name=" ".join((element.get("name") or "").split()) or None,
            scope=scope,
            span=reading.span(element, identifier),
        )
    )
    multiplicity = reading.child(element, "participantMultiplicity")
    if multiplicity is not None and (multiplicity.get("maximum") or "") != "1":
        reading.note(
            Fate.ABSTRACTED,
            element,
            identifier,
            "there may be several of this participant; one is looked at",
            direction=Direction.UNDER,
        )


def read_messages(reading: Reading, collaborations: list[XmlElement]) -> None:
    """Read message flows, once all nodes and pools are known; one with a loose end is dropped."""
    pool_of = {pool.scope: pool.id for pool in reading.pools if pool.scope is not None}
    for collaboration in collaborations:
        for element in reading.children(collaboration, "messageFlow"):
            identifier = reading.identify(element, "message")
            ends = [
                _message_end(reading, pool_of, element.get(name))
                for name in ("sourceRef", "targetRef")
            ]
            if ends[0] is None or ends[1] is None:
                loose = ("sourceRef", "targetRef")[0 if ends[0] is None else 1]
                written = element.get(loose) or ""
                reading.repaired(
                    element, identifier, f"dropped: {loose} {written!r} names no node and no pool"
                )
                continue
            reading.messages.append(
                MessageFlow(
                    id=identifier,
                    source=ends[0],
                    target=ends[1],
                    name=" ".join((element.get("name") or "").split()) or None,
                    span=reading.span(element, identifier),
                )
            )


def _message_end(reading: Reading, pool_of: dict[str, str], written: str | None) -> str | None:
    """Return the node or pool at an end of a message flow; a process stands for its pool."""
    found = reading.resolve(written, "node", "pool")
    if found is not None:
        return found
    process = reading.resolve(written, "process")
    return None if process is None else pool_of.get(process)
