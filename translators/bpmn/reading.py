"""The state of one reading: what was found, how references are resolved, what was repaired."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from transition_systems.readwrite.xml_element import XmlElement
from transition_systems.source_span import SourceSpan
from translators.bpmn.names import is_model_namespace, local_part
from translators.ledger import Direction, Entry, Fate
from translators.workflow.graph import (
    DataElement,
    Flow,
    MessageFlow,
    Node,
    Pool,
    Role,
    Scope,
)

__all__ = ["Reading"]


class Reading:
    """What one file has given so far; filled in document order by the modules of this package.

    Attributes
    ----------
    nodes, flows, roles
        By id, in document order.
    scopes, pools, messages, data
        In document order.
    elements
        The XML element of each id that the graph uses.
    roots
        The elements directly under ``definitions`` that have an id, by tag and id.
    written_flows, written_lanes, unknown
        Sequence flows, lane sets and unknown elements as they were met, with their scope.
    refused
        Ids of elements that were refused.
    """

    def __init__(self, root: XmlElement, file: str | None) -> None:
        self.root = root
        self.file = file
        self.entries: list[Entry] = []
        self.nodes: dict[str, Node] = {}
        self.flows: dict[str, Flow] = {}
        self.roles: dict[str, Role] = {}
        self.scopes: list[Scope] = []
        self.pools: list[Pool] = []
        self.messages: list[MessageFlow] = []
        self.data: list[DataElement] = []
        self.elements: dict[str, XmlElement] = {}
        self.roots: dict[str, dict[str, XmlElement]] = defaultdict(dict)
        self.written_flows: list[tuple[str, XmlElement, str]] = []
        self.written_lanes: list[tuple[XmlElement, str]] = []
        self.unknown: list[tuple[XmlElement, str]] = []
        self.refused: set[str] = set()
        self._written: dict[str, dict[str, str]] = defaultdict(dict)
        self._in_scope: dict[tuple[str, str, str], str] = {}
        self._repeated: dict[str, int] = {}
        self._ours: dict[tuple[str | None, str | None], bool] = {}

    # -- elements ---------------------------------------------------------------------------

    def tag(self, element: XmlElement) -> str | None:
        """Return the element's tag if it belongs to BPMN, else ``None``."""
        key = element.namespace, element.prefix
        known = self._ours.get(key)
        if known is None:
            known = self._ours[key] = self._belongs(element)
        return element.tag if known else None

    def _belongs(self, element: XmlElement) -> bool:
        if is_model_namespace(element.namespace):
            return True
        return element.namespace is None and (
            element.prefix is None
            or element.prefix == self.root.prefix
            or "bpmn" in element.prefix.lower()
        )

    def children(self, element: XmlElement, *tags: str) -> Iterator[XmlElement]:
        """Yield the children that belong to BPMN and have one of the tags."""
        for child in element.children:
            if child.tag in tags and self.tag(child) is not None:
                yield child

    def child(self, element: XmlElement, tag: str) -> XmlElement | None:
        """Return the first child of BPMN with that tag."""
        for child in element.children:
            if child.tag == tag and self.tag(child) is not None:
                return child
        return None

    def text(self, element: XmlElement, tag: str) -> str | None:
        """Return the text of the first child with that tag, stripped; ``None`` without one."""
        found = self.child(element, tag)
        return None if found is None else found.all_text().strip()

    def span(self, element: XmlElement, identifier: str | None = None) -> SourceSpan:
        """Return where an element was written, under the id that the graph uses."""
        return SourceSpan(
            file=self.file,
            line=element.line or None,
            column=element.column or None,
            element=identifier or element.get("id"),
        )

    # -- the ledger -------------------------------------------------------------------------

    def note(
        self,
        fate: Fate,
        element: XmlElement,
        identifier: str,
        note: str,
        *,
        direction: Direction = Direction.EXACT,
    ) -> None:
        """Add an entry to the ledger."""
        self.entries.append(
            Entry(
                element=identifier,
                kind=element.tag,
                fate=fate,
                direction=direction,
                note=note,
                span=self.span(element, identifier),
            )
        )
        if fate is Fate.REFUSED:
            self.refused.add(identifier)

    def repaired(self, element: XmlElement, identifier: str, note: str) -> None:
        """Add a repair to the ledger."""
        self.note(Fate.REPAIRED, element, identifier, note)

    # -- ids --------------------------------------------------------------------------------

    def identify(
        self, element: XmlElement, kind: str, *, scope: str | None = None, silent: bool = False
    ) -> str:
        """Give an element its id in the graph: its own, or a made-up one.

        Parameters
        ----------
        element
            The element.
        kind
            The kind of reference that can name it: ``node``, ``flow``, ``process``, ``pool``,
            ``message``, ``role``, ``data``.
        scope
            The scope in which it is written, where ids of several scopes may be the same.
        silent
            Whether a missing id goes without an entry (where the id has no use but its own).

        Returns
        -------
        str
            Unique in the graph.
        """
        written = (element.get("id") or "").strip()
        if not written:
            identifier = self._free(f"{element.tag}-{element.line}-{element.column}")
            if not silent:
                self.repaired(element, identifier, "has no id; one was made up")
        else:
            identifier = self._free(written)
            if identifier != written:
                note = f"the id {written!r} is used before; this one is read as {identifier!r}"
                self.repaired(element, identifier, note)
            self._written[kind].setdefault(written, identifier)
            if scope is not None:
                self._in_scope.setdefault((kind, written, scope), identifier)
        self.elements[identifier] = element
        return identifier

    def resolve(self, written: str | None, *kinds: str, scope: str | None = None) -> str | None:
        """Return the id that a reference means, ``None`` if it leads nowhere.

        A prefix of a qualified name is dropped where the whole name is not an id. Where an id was
        used twice, the element of the same scope is meant, else the first.
        """
        if written is None:
            return None
        if scope is not None and len(kinds) == 1:  # nearly always
            found = self._in_scope.get((kinds[0], written, scope))
            if found is not None:
                return found
        for name in self._readings(written):
            for kind in kinds:
                found = None if scope is None else self._in_scope.get((kind, name, scope))
                found = found or self._written[kind].get(name)
                if found is not None:
                    return found
        return None

    def root_element(self, tag: str, written: str | None) -> XmlElement | None:
        """Return the element of that tag under ``definitions`` that a reference names."""
        for name in self._readings(written):
            if name in self.roots[tag]:
                return self.roots[tag][name]
        return None

    @staticmethod
    def _readings(written: str | None) -> Iterator[str]:
        if written is None or not written.strip():
            return
        yield written.strip()
        if ":" in written:
            yield local_part(written)

    def _free(self, wanted: str) -> str:
        """Return the id, with a number behind it if it is taken."""
        if wanted not in self.elements:
            return wanted
        number = self._repeated.get(wanted, 2)
        while f"{wanted}-{number}" in self.elements:
            number += 1
        self._repeated[wanted] = number + 1
        return f"{wanted}-{number}"
