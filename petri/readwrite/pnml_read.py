"""From the elements of a PNML file to a net."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from petri.net import PetriNet
from petri.nodes import Arc, Place, Transition
from petri.readwrite.pnml_labels import initial_tokens, label_number, label_text
from petri.readwrite.pnml_refuse import (
    check_arc,
    check_children,
    check_net_type,
    check_place,
    check_transition,
)
from transition_systems.errors import InputError, UnsupportedError
from transition_systems.readwrite.xml import XmlElement

__all__ = [
    "INVISIBLE",
    "PnmlOrigin",
    "choose_net",
    "net_from_element",
    "net_parts",
]

INVISIBLE = "$invisible$"


@dataclass(frozen=True, slots=True, eq=False)
class PnmlOrigin:
    """The file that a net was read from, kept to be written back with all that it holds.

    Parameters
    ----------
    root
        The ``<pnml>`` element; never changed.
    net
        The ``<net>`` element in it.
    """

    root: XmlElement
    net: XmlElement

    def __reduce__(self) -> tuple[object, ...]:
        position = next(n for n, e in enumerate(self.root.iter()) if e is self.net)
        return _rebuild_origin, (self.root, position)


def _rebuild_origin(root: XmlElement, position: int) -> PnmlOrigin:
    return PnmlOrigin(root, next(e for n, e in enumerate(root.iter()) if n == position))


def choose_net(root: XmlElement, wanted: str | None) -> XmlElement:
    """Return the ``<net>`` with the id ``wanted``, or the only one.

    Raises
    ------
    InputError
        When the text is no PNML, has no such net, or has several and none was asked for.

    Examples
    --------
    >>> net = XmlElement("net", attributes={"id": "n"})
    >>> choose_net(XmlElement("pnml", children=[net]), None) is net
    True
    """
    if root.tag != "pnml":
        raise InputError(
            "this is not PNML", span=root.span, found=f"<{root.qname}>", expected="<pnml>"
        )
    nets = root.findall("net")
    for child in root.children:
        if child.tag not in ("net", "name", "graphics", "toolspecific"):
            raise UnsupportedError(
                "this element of a pnml file is not supported",
                span=child.span,
                found=f"<{child.qname}>",
            )
    names = ", ".join(repr(net.get("id")) for net in nets[:20])
    if wanted is not None:
        chosen = [net for net in nets if net.get("id") == wanted]
        if len(chosen) == 1:
            return chosen[0]
        count = "no" if not chosen else "more than one"
        raise InputError(
            f"the file has {count} net {wanted!r}", span=root.span, found=names or "no net"
        )
    if len(nets) == 1:
        return nets[0]
    if not nets:
        raise InputError("the file has no net", span=root.span, expected="a <net>")
    raise InputError(
        f"the file has {len(nets)} nets",
        span=nets[1].span,
        found=names,
        expected="one net",
        mend="Ask for one by its id (net=...).",
    )


@dataclass(frozen=True, slots=True)
class NetParts:
    """The elements of one net in document order, pages opened."""

    places: list[XmlElement]
    transitions: list[XmlElement]
    references: list[XmlElement]
    arcs: list[XmlElement]
    final: list[XmlElement]


def net_parts(net: XmlElement) -> NetParts:
    """Return the elements of a net and of all pages in it; an unknown element is refused.

    Raises
    ------
    UnsupportedError
        With the name of the element.

    Examples
    --------
    >>> page = XmlElement("page", children=[XmlElement("place", attributes={"id": "p"})])
    >>> [place.get("id") for place in net_parts(XmlElement("net", children=[page])).places]
    ['p']
    """
    parts = NetParts([], [], [], [], [])
    rooms = {
        "place": parts.places,
        "transition": parts.transitions,
        "referencePlace": parts.references,
        "referenceTransition": parts.references,
        "arc": parts.arcs,
        "finalmarkings": parts.final,
    }
    stack = [net]
    while stack:
        element = stack.pop()
        if element.tag in ("net", "page"):
            check_children(element)
            stack.extend(reversed(element.children))
        elif element.tag in rooms:
            rooms[element.tag].append(element)
    return parts


def net_from_element(root: XmlElement, element: XmlElement) -> PetriNet:
    """Return the net of a ``<net>`` element.

    Raises
    ------
    UnsupportedError
        When it holds something that a place/transition net cannot mean; with its name and place.
    InputError
        When ids, references, arcs or numbers are wrong.

    Examples
    --------
    >>> net = XmlElement("net", children=[XmlElement("place", attributes={"id": "p"})])
    >>> net_from_element(XmlElement("pnml", children=[net]), net).place_ids
    ('p',)
    """
    check_net_type(element)
    parts = net_parts(element)
    seen: dict[str, XmlElement] = {}
    for node in _in_order(parts):
        identity = _identity(node)
        if identity in seen:
            raise InputError(
                f"the id {identity!r} is given twice",
                span=node.span,
                found=f"the first at line {seen[identity].line}",
                expected="ids that are unique in the file",
            )
        seen[identity] = node
    owners = _resolve(parts.references, seen)
    places = [_place(node) for node in parts.places]
    transitions = [_transition(node) for node in parts.transitions]
    return PetriNet(
        places=places,
        transitions=transitions,
        arcs=[_arc(node, seen, owners) for node in parts.arcs],
        initial={node.attributes["id"]: initial_tokens(node) for node in parts.places},
        final=_final(parts.final, seen, owners),
        name=label_text(element.find("name")),
        origin=PnmlOrigin(root, element),
    )


def _in_order(parts: NetParts) -> Iterator[XmlElement]:
    yield from parts.places
    yield from parts.transitions
    yield from parts.references


def _identity(node: XmlElement) -> str:
    identity = node.get("id")
    if not identity:
        raise InputError(f"a {node.tag} has no id", span=node.span, expected='id="..."')
    return identity


def _resolve(references: list[XmlElement], nodes: dict[str, XmlElement]) -> dict[str, str]:
    """Return for each reference node the id of the place or transition that it stands for."""
    owners: dict[str, str] = {}
    for first in references:
        check_children(first)
        path: list[str] = []
        on_path: set[str] = set()
        node = first
        while node.tag.startswith("reference"):
            identity = node.attributes["id"]
            if identity in owners:
                break
            if identity in on_path:
                circle = " -> ".join([*path[path.index(identity) :][:10], identity])
                raise InputError(
                    "reference nodes refer to each other in a circle", span=node.span, found=circle
                )
            path.append(identity)
            on_path.add(identity)
            target = nodes.get(node.get("ref") or "")
            if target is None:
                raise InputError(
                    f"the {node.tag} {identity!r} refers to an unknown node",
                    span=node.span,
                    found=f"ref={node.get('ref')!r}",
                    expected="the id of a node of the same net",
                )
            if target.tag.lower().removeprefix("reference") != first.tag[9:].lower():
                raise InputError(
                    f"the {node.tag} {identity!r} refers to a {target.tag}", span=node.span
                )
            node = target
        owner = owners.get(node.attributes["id"], node.attributes["id"])
        owners.update(dict.fromkeys(path, owner))
    return owners


def _position(node: XmlElement) -> tuple[float, float] | None:
    graphics = node.find("graphics")
    position = None if graphics is None else graphics.find("position")
    if position is None:
        return None
    try:
        return float(position.attributes["x"]), float(position.attributes["y"])
    except (KeyError, ValueError):
        return None


def _place(node: XmlElement) -> Place:
    check_place(node)
    name = label_text(node.find("name"))
    return Place(id=node.attributes["id"], name=name, span=node.span, position=_position(node))


def _transition(node: XmlElement) -> Transition:
    check_transition(node)
    identity, name = node.attributes["id"], label_text(node.find("name"))
    label: str | None = identity if name is None else name
    extra: str | None = None
    for tool in node.findall("toolspecific"):
        if tool.get("activity") == INVISIBLE:
            label, extra = None, name
            break
        if tool.get("tool") == "netproof":
            extra = tool.get("name")
    return Transition(
        id=identity, label=label, name=extra, span=node.span, position=_position(node)
    )


def _arc(node: XmlElement, nodes: dict[str, XmlElement], owners: dict[str, str]) -> Arc:
    check_arc(node)
    ends: list[str] = []
    kinds: list[str] = []
    for key in ("source", "target"):
        identity = node.get(key) or ""
        owner = owners.get(identity, identity)
        if owner not in nodes:
            raise InputError(
                f"the {key} of an arc is no node of the net",
                span=node.span,
                found=f"{key}={node.get(key)!r}",
                expected="the id of a place, a transition or a reference node",
            )
        ends.append(owner)
        kinds.append(nodes[owner].tag)
    if kinds[0] == kinds[1]:
        raise InputError(
            f"an arc joins two {kinds[0]}s",
            span=node.span,
            found=f"{ends[0]!r} -> {ends[1]!r}",
            expected="a place and a transition",
        )
    label = node.find("inscription")
    attribute = node.get("inscription") or node.get("weight")
    if label is None and attribute is not None:
        label = XmlElement("inscription", text=attribute, line=node.line, column=node.column)
    return Arc(ends[0], ends[1], label_number(node, label, default=1, least=1))


def _final(
    elements: list[XmlElement], nodes: dict[str, XmlElement], owners: dict[str, str]
) -> dict[str, int] | None:
    for element in elements:
        check_children(element)
    markings = [marking for element in elements for marking in element.findall("marking")]
    if not markings:
        return None
    if len(markings) > 1:
        raise UnsupportedError(
            "several final markings are not supported",
            span=markings[1].span,
            found=f"{len(markings)} markings",
            expected="one",
        )
    check_children(markings[0])
    final: dict[str, int] = {}
    for entry in markings[0].children:
        identity = entry.get("idref") or ""
        owner = owners.get(identity, identity)
        if owner not in nodes or nodes[owner].tag != "place":
            raise InputError(
                "the final marking names an unknown place",
                span=entry.span,
                found=f"idref={entry.get('idref')!r}",
            )
        final[owner] = final.get(owner, 0) + label_number(entry, entry, default=0, least=0)
    return final
