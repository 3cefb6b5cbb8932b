"""XML elements that remember where they were written, and their queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from transition_systems.source_span import SourceSpan

__all__ = ["XmlElement"]

_Row: TypeAlias = "tuple[int, tuple[Any, ...]]"


class XmlElement:
    """One element of an XML text, with its place in the file.

    Parameters
    ----------
    tag
        The local name, without prefix and namespace.
    namespace
        The namespace URI; ``None`` without one, or where the prefix is not declared.
    prefix
        The prefix as written, ``None`` without one.
    attributes
        By name: ``"name"`` for a plain attribute, ``"{uri}name"`` for one with a namespace,
        ``"prefix:name"`` where the prefix is not declared. In the order of the file.
    children
        The child elements, in order.
    text, tail
        The text before the first child, and the text between this element's end tag and the next
        tag; ``""`` where there is none.
    line, column
        The start tag's place, counted from 1; 0 for an element that was not read.
    nsmap
        The namespaces that this element itself declares, prefix (``""``: default) to URI.
    file
        The file's name as the reader was told.

    Examples
    --------
    >>> page = XmlElement("page", attributes={"id": "g"})
    >>> page.append(XmlElement("place", attributes={"id": "p"})).get("id")
    'p'
    >>> [child.tag for child in page]
    ['place']
    """

    __slots__ = (
        "attributes",
        "children",
        "column",
        "file",
        "line",
        "namespace",
        "nsmap",
        "prefix",
        "tag",
        "tail",
        "text",
    )

    def __init__(
        self,
        tag: str,
        *,
        namespace: str | None = None,
        prefix: str | None = None,
        attributes: dict[str, str] | None = None,
        children: Iterable[XmlElement] = (),
        text: str = "",
        tail: str = "",
        line: int = 0,
        column: int = 0,
        nsmap: dict[str, str] | None = None,
        file: str | None = None,
    ) -> None:
        self.tag = tag
        self.namespace = namespace
        self.prefix = prefix
        self.attributes: dict[str, str] = {} if attributes is None else attributes
        self.children: list[XmlElement] = [*children]
        self.text = text
        self.tail = tail
        self.line = line
        self.column = column
        self.nsmap: dict[str, str] = {} if nsmap is None else nsmap
        self.file = file

    @classmethod
    def read(cls, name: str, line: int, column: int, file: str | None) -> XmlElement:
        """Return an element without content, as a reader makes them by the thousand."""
        self = cls.__new__(cls)
        self.tag = name
        self.namespace = self.prefix = None
        self.attributes, self.children, self.nsmap = {}, [], {}
        self.text = self.tail = ""
        self.line, self.column, self.file = line, column, file
        return self

    def __repr__(self) -> str:
        where = f" at {self.line}:{self.column}" if self.line else ""
        return f"<XmlElement {self.qname}{where}, {len(self.children)} children>"

    def __iter__(self) -> Iterator[XmlElement]:
        return iter(self.children)

    def __len__(self) -> int:
        return len(self.children)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, XmlElement):
            return NotImplemented
        left, right = self._rows(with_place=False), other._rows(with_place=False)
        return all(a == b for a, b in zip(left, right, strict=False)) and (
            sum(1 for _ in self.iter()) == sum(1 for _ in other.iter())
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return _from_rows, (list(self._rows(with_place=True)),)

    def _rows(self, *, with_place: bool) -> Iterator[_Row]:
        stack: list[tuple[int, XmlElement]] = [(0, self)]
        while stack:
            depth, node = stack.pop()
            row = (node.tag, node.namespace, node.prefix, node.attributes, node.text, node.tail)
            place = (node.line, node.column, node.file) if with_place else ()
            yield depth, (*row, node.nsmap, *place)
            stack.extend((depth + 1, child) for child in reversed(node.children))

    @property
    def qname(self) -> str:
        """The name as written, with its prefix."""
        return self.tag if self.prefix is None else f"{self.prefix}:{self.tag}"

    @property
    def span(self) -> SourceSpan:
        """Where the start tag was written, with the element's ``id`` if it has one."""
        return SourceSpan(
            file=self.file,
            line=self.line or None,
            column=self.column or None,
            element=self.attributes.get("id"),
        )

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return an attribute's value, or ``default``."""
        return self.attributes.get(name, default)

    def append(self, child: XmlElement) -> XmlElement:
        """Add a child at the end and return the child."""
        self.children.append(child)
        return child

    def find(self, tag: str, namespace: str | None = None) -> XmlElement | None:
        """Return the first child with that local name (and namespace, if given), or ``None``."""
        for child in self.children:
            if child.tag == tag and (namespace is None or child.namespace == namespace):
                return child
        return None

    def findall(self, tag: str, namespace: str | None = None) -> list[XmlElement]:
        """Return the children with that local name (and namespace, if given), in order."""
        return [
            child
            for child in self.children
            if child.tag == tag and (namespace is None or child.namespace == namespace)
        ]

    def iter(self, tag: str | None = None) -> Iterator[XmlElement]:
        """Iterate over this element and all below it in document order, without recursion."""
        stack: list[XmlElement] = [self]
        while stack:
            node = stack.pop()
            if tag is None or node.tag == tag:
                yield node
            stack.extend(reversed(node.children))

    def all_text(self) -> str:
        """Return the text of this element and of all elements below it, in document order.

        Examples
        --------
        >>> XmlElement("b", text="x", children=[XmlElement("i", text="y", tail="z")]).all_text()
        'xyz'
        """
        parts: list[str] = []
        stack: list[XmlElement | str] = [self]
        while stack:
            node = stack.pop()
            if isinstance(node, str):
                parts.append(node)
                continue
            parts.append(node.text)
            for child in reversed(node.children):
                stack.append(child.tail)
                stack.append(child)
        return "".join(parts)

    def copy(self) -> XmlElement:
        """Return a deep copy, made without recursion."""
        return _from_rows(self._rows(with_place=True))


def _from_rows(rows: Iterable[_Row]) -> XmlElement:
    path: list[XmlElement] = []
    for depth, (tag, namespace, prefix, attributes, text, tail, nsmap, line, column, file) in rows:
        node = XmlElement(
            tag,
            namespace=namespace,
            prefix=prefix,
            attributes=dict(attributes),
            text=text,
            tail=tail,
            line=line,
            column=column,
            nsmap=dict(nsmap),
            file=file,
        )
        del path[depth:]
        if path:
            path[-1].children.append(node)
        path.append(node)
    return path[0]
