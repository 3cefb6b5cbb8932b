"""The writer of XML texts: what it writes, the reader reads back as an equal element."""

from __future__ import annotations

import re

from transition_systems.errors import UsageError
from transition_systems.readwrite.xml_element import XmlElement

__all__ = ["format_xml"]

_XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"[^\W\d][\w.\-·]*(?::[^\W\d][\w.\-·]*)?")
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
    | {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
)


def format_xml(element: XmlElement, *, declaration: bool = True, indent: bool = False) -> str:
    """Return an element as XML text that reads back as an equal element.

    Namespaces that are used and not declared in scope are declared where they are first needed.

    Parameters
    ----------
    element
        The root; its own tail is not written.
    declaration
        Whether to begin with an XML declaration (for UTF-8).
    indent
        Whether to put children on lines of their own, wherever an element holds no text.

    Returns
    -------
    str
        The text.

    Raises
    ------
    UsageError
        When a name is no XML name, or a text holds a character that XML cannot hold.

    Examples
    --------
    >>> format_xml(XmlElement("a", attributes={"k": '<"&'}, text="1 < 2"), declaration=False)
    '<a k="&lt;&quot;&amp;">1 &lt; 2</a>'
    """
    out: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>\n'] if declaration else []
    scopes: list[dict[str, str]] = [{"xml": _XML_NAMESPACE}]
    stack: list[tuple[XmlElement, int, bool, bool]] = [(element, 0, False, False)]
    while stack:
        node, depth, closing, spaced = stack.pop()
        if closing:
            scopes.pop()
            out.append(("\n" + "  " * depth if _spaced(node, indent) else "") + f"</{node.qname}>")
        else:
            if spaced:
                out.append("\n" + "  " * depth)
            scope = _start(out, node, scopes[-1])
            if not node.children and not node.text:
                out.append("/>")
            else:
                out.append(">" + _escape(node.text, _TEXT))
                scopes.append(scope)
                stack.append((node, depth, True, spaced))
                inner = _spaced(node, indent)
                stack.extend((kid, depth + 1, False, inner) for kid in reversed(node.children))
                continue
        if node is not element and node.tail and not spaced:
            out.append(_escape(node.tail, _TEXT))
    if declaration or indent:
        out.append("\n")
    return "".join(out)


def _spaced(node: XmlElement, indent: bool) -> bool:
    return (
        indent
        and bool(node.children)
        and not node.text.strip()
        and not any(child.tail.strip() for child in node.children)
    )


def _start(out: list[str], node: XmlElement, outer: dict[str, str]) -> dict[str, str]:
    """Write the start tag up to its end and return the namespaces in scope."""
    declared = dict(node.nsmap)
    scope = {**outer, **declared} if declared else outer
    if node.namespace is not None and scope.get(node.prefix or "") != node.namespace:
        declared[node.prefix or ""] = node.namespace
        scope = {**scope, **declared}
    elif node.namespace is None and node.prefix is None and scope.get(""):
        declared[""] = ""
        scope = {**scope, **declared}
    attributes: list[tuple[str, str]] = []
    for key, value in node.attributes.items():
        name = key
        if key.startswith("{"):
            uri, _, local = key[1:].rpartition("}")
            prefix = next((p for p, u in scope.items() if p and u == uri), None)
            if prefix is None:
                prefix = next(f"ns{i}" for i in range(len(scope) + 1) if f"ns{i}" not in scope)
                declared[prefix] = uri
                scope = {**scope, **declared}
            name = f"{prefix}:{local}"
        attributes.append((_name(name), value))
    out.append(f"<{_name(node.qname)}")
    for prefix, uri in declared.items():
        out.append(f' xmlns{":" + prefix if prefix else ""}="{_escape(uri, _ATTRIBUTE)}"')
    for name, value in attributes:
        out.append(f' {name}="{_escape(value, _ATTRIBUTE)}"')
    return scope


def _name(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise UsageError(f"{name!r} is not a name that XML can hold")
    return name


def _escape(text: str, table: dict[int, str]) -> str:
    bad = _FORBIDDEN.search(text)
    if bad is not None:
        raise UsageError(f"the character U+{ord(bad.group()):04X} cannot be written in XML")
    return text.translate(table)
