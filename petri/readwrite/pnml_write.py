"""From a net to the elements of a PNML file, new or as it was read."""

from __future__ import annotations

from collections.abc import Iterable

from petri.marking import Marking
from petri.net import PetriNet
from petri.nodes import Place, Transition
from petri.readwrite.pnml_labels import initial_tokens, label_text
from petri.readwrite.pnml_read import INVISIBLE, PnmlOrigin, net_parts
from transition_systems.readwrite.xml import XML_NAMESPACE, XmlElement

__all__ = ["NAMESPACE", "PT_NET", "new_document", "patched_document"]

NAMESPACE = "http://www.pnml.org/version-2009/grammar/pnml"
PT_NET = "http://www.pnml.org/version-2009/grammar/ptnet"


def _new(
    parent: XmlElement, tag: str, attributes: dict[str, str] | None = None, text: str = ""
) -> XmlElement:
    """Return an element in the namespace of a parent that it is not yet in."""
    return XmlElement(
        tag,
        namespace=parent.namespace,
        prefix=parent.prefix,
        attributes=attributes,
        text=text,
    )


def _text(parent: XmlElement, text: str) -> XmlElement:
    """Return a ``<text>`` element whose outer blanks are kept."""
    keep = {f"{{{XML_NAMESPACE}}}space": "preserve"} if text != text.strip() else {}
    return _new(parent, "text", keep, text)


def _label(parent: XmlElement, tag: str, text: str) -> XmlElement:
    label = _new(parent, tag)
    label.append(_text(parent, text))
    return label


def _child(parent: XmlElement, tag: str, **attributes: str) -> XmlElement:
    return parent.append(_new(parent, tag, attributes))


def new_document(net: PetriNet) -> XmlElement:
    """Return the ``<pnml>`` element of a net on one page.

    Examples
    --------
    >>> root = new_document(PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t")]))
    >>> [element.get("id") for element in root.iter() if element.get("id")]
    ['net', 'page', 'p', 't', 'arc1']
    """
    taken = {*net.place_ids, *net.transition_ids}
    root = XmlElement("pnml", namespace=NAMESPACE)
    element = _child(root, "net", id=_fresh("net", taken), type=PT_NET)
    if net.name is not None:
        element.append(_label(element, "name", net.name))
    page = _child(element, "page", id=_fresh("page", taken))
    for place in net.places:
        node = _child(page, "place", id=place.id)
        if place.name is not None:
            node.append(_label(node, "name", place.name))
        _graphics(node, place)
        if net.initial[place.id]:
            node.append(_label(node, "initialMarking", str(net.initial[place.id])))
    for transition in net.transitions:
        _transition(_child(page, "transition", id=transition.id), transition)
    for number, arc in enumerate(net.arcs, start=1):
        identity = f"arc{number}" if f"arc{number}" not in taken else _fresh(f"arc{number}", taken)
        node = _child(page, "arc", id=identity, source=arc.source, target=arc.target)
        if arc.weight != 1:
            node.append(_label(node, "inscription", str(arc.weight)))
    if net.final is not None:
        element.append(_final_element(element, net.final, net.place_ids))
    return root


def _fresh(stem: str, taken: set[str]) -> str:
    identity, number = stem, 1
    while identity in taken:
        number += 1
        identity = f"{stem}_{number}"
    taken.add(identity)
    return identity


def _graphics(node: XmlElement, drawn: Place | Transition) -> None:
    if drawn.position is not None:
        x, y = drawn.position
        _child(_child(node, "graphics"), "position", x=f"{x:g}", y=f"{y:g}")


def _transition(node: XmlElement, transition: Transition) -> None:
    shown = transition.name if transition.label is None else transition.label
    if shown is not None:
        node.append(_label(node, "name", shown))
    _graphics(node, transition)
    if transition.label is None:
        _child(node, "toolspecific", tool="ProM", version="6.4", activity=INVISIBLE)
    elif transition.name is not None:
        _child(node, "toolspecific", tool="netproof", version="1", name=transition.name)


def _final_element(parent: XmlElement, final: Marking, order: Iterable[str]) -> XmlElement:
    holder = _new(parent, "finalmarkings")
    marking = _child(holder, "marking")
    for place in order:
        if final[place]:
            _child(marking, "place", idref=place).append(_text(parent, str(final[place])))
    return holder


def patched_document(net: PetriNet, origin: PnmlOrigin, before: PetriNet) -> XmlElement:
    """Return the file as it was read, with name and markings of ``net`` where these differ.

    Parameters
    ----------
    net
        The net to write; its places, transitions and arcs are those of ``origin``.
    origin
        The file.
    before
        The net that the file holds.

    Examples
    --------
    >>> from petri.readwrite.pnml_read import net_from_element
    >>> node = XmlElement("net", children=[XmlElement("place", attributes={"id": "p"})])
    >>> root = XmlElement("pnml", children=[node])
    >>> net = net_from_element(root, node)
    >>> new = patched_document(net.replace(initial={"p": 2}), PnmlOrigin(root, node), net)
    >>> next(new.iter("initialMarking")).all_text()
    '2'
    """
    number = next(n for n, element in enumerate(origin.root.iter()) if element is origin.net)
    root = origin.root.copy()
    element = next(e for n, e in enumerate(root.iter()) if n == number)
    root.children = [child for child in root.children if child.tag != "net" or child is element]
    if net == before:
        return root
    if net.name != before.name:
        _set_label(element, "name", net.name)
    parts = net_parts(element)
    for node in parts.places:
        tokens = net.initial[node.attributes["id"]]
        if tokens != initial_tokens(node):
            node.attributes.pop("initialMarking", None)
            _set_label(node, "initialMarking", str(tokens))
    if net.final != before.final:
        for holder in element.iter():
            holder.children = [c for c in holder.children if c.tag != "finalmarkings"]
        if net.final is not None:
            element.append(_final_element(element, net.final, net.place_ids))
    return root


def _set_label(parent: XmlElement, tag: str, text: str | None) -> None:
    old = parent.find(tag)
    if old is not None:
        if label_text(old) == text:
            return
        parent.children.remove(old)
    if text is not None:
        parent.children.insert(0, _label(parent, tag, text))
