"""What PNML files hold that a place/transition net cannot mean: refused by name, never dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable

from transition_systems.errors import UnsupportedError
from transition_systems.readwrite.xml import XmlElement

__all__ = ["check_arc", "check_children", "check_net_type", "check_place", "check_transition"]

PT_TYPES = frozenset(
    {"", "ptnet", "ptnetb", "pnmlcoremodel", "p/t net", "pt net", "petrinet", "petri net"}
    | {"placetransitionnet", "basicpnml.rng", "basicpnml", "epnml-1.1", "ptnet.pntd", "ptnetb.pntd"}
)
_OTHER_TYPES = (
    ("coloured", ("symmetric", "highlevel", "high-level", "hlpn", "hlcore", "colo", "swn", "cpn")),
    ("stochastic", ("stochastic", "gspn", "spn")),
    ("timed", ("time", "tapn", "tpn")),
)
_COLOURED = frozenset(
    {"declaration", "declarations", "hlinitialmarking", "hlinscription", "condition", "structure"}
    | {"guard", "sort", "colorsets"}
)
_KINDS = re.compile(r"(inhibitor|reset|read|test|transport|tapninhibitor|timed)[-_ ]?(arc)?")
_NORMAL = frozenset({"", "normal", "regular", "standard", "arc", "ordinary", "ptarc", "discrete"})
_COMMON = frozenset({"name", "graphics", "toolspecific"})
_ALLOWED = {
    "net": _COMMON | {"page", "finalmarkings", "token", "labels"},
    "page": _COMMON | {"page", "finalmarkings", "token", "labels"},
    "place": _COMMON | {"initialMarking", "capacity"},
    "transition": _COMMON | {"rate", "timed", "infiniteServer", "priority", "orientation"},
    "arc": _COMMON | {"inscription", "arcpath", "tagged", "type", "arctype", "arcType"},
    "referencePlace": _COMMON,
    "referenceTransition": _COMMON,
    "finalmarkings": frozenset({"marking"}),
    "marking": frozenset({"place"}),
}
_NODES = frozenset({"place", "transition", "arc", "referencePlace", "referenceTransition"})
_MEND = "Only place/transition nets are read."


def check_net_type(net: XmlElement) -> None:
    """Refuse a net whose type is not that of a place/transition net.

    Raises
    ------
    UnsupportedError
        With the kind of net in words and the type as written.

    Examples
    --------
    >>> check_net_type(XmlElement("net", attributes={"type": "P/T net"}))
    >>> check_net_type(XmlElement("net", attributes={"type": "GSPN"}))
    Traceback (most recent call last):
    ...
    transition_systems.errors.UnsupportedError: stochastic nets are not supported; \
found type='GSPN'; expected a ptnet. Only place/transition nets are read.
    """
    uri = (net.get("type") or "").strip()
    word = uri.lower()
    if word in PT_TYPES or re.split(r"[/#]", word.rstrip("/#"))[-1] in PT_TYPES:
        return
    last = re.split(r"[/#]", word.rstrip("/#"))[-1]
    kind = next((k for k, parts in _OTHER_TYPES if any(p in last for p in parts)), None)
    what = f"{kind} nets are not supported" if kind else "the net's type is not supported"
    raise UnsupportedError(
        what, span=net.span, found=f"type={uri!r}", expected="a ptnet", mend=_MEND
    )


def check_children(element: XmlElement) -> None:
    """Refuse a child element whose meaning is not known.

    Raises
    ------
    UnsupportedError
        With the name of the child.

    Examples
    --------
    >>> check_children(XmlElement("place", children=[XmlElement("name")]))
    >>> check_children(XmlElement("page", children=[XmlElement("resetArc")]))
    Traceback (most recent call last):
    ...
    transition_systems.errors.UnsupportedError: reset arcs are not supported; \
found <resetArc>. Only place/transition nets are read.
    """
    allowed = _ALLOWED[element.tag]
    for child in element.children:
        if child.tag in allowed or (element.tag in ("net", "page") and child.tag in _NODES):
            if child.tag == "token" and len(element.findall("token")) > 1:
                raise _refused(child, "coloured tokens are not supported", "several <token>")
            continue
        lower = child.tag.lower()
        if lower in _COLOURED or (element.tag == "place" and lower == "type"):
            raise _refused(child, "coloured nets are not supported")
        kind = _KINDS.fullmatch(lower)
        if kind:
            raise _refused(child, f"{kind[1]} arcs are not supported")
        raise _refused(child, f"this element of a {element.tag} is not supported")


def _refused(element: XmlElement, message: str, found: str | None = None) -> UnsupportedError:
    shown = found if found is not None else f"<{element.qname}>"
    return UnsupportedError(message, span=element.span, found=shown, mend=_MEND)


def check_place(place: XmlElement) -> None:
    """Refuse a place with a capacity, a clock invariant or coloured content.

    Raises
    ------
    UnsupportedError
        With the name of what is refused.

    Examples
    --------
    >>> check_place(XmlElement("place", attributes={"id": "p", "invariant": "< inf"}))
    """
    check_children(place)
    for capacity in place.findall("capacity"):
        text = capacity.all_text().strip()
        if text.lower() not in ("", "0", "-1", "inf", "infinity", "unlimited"):
            raise _refused(capacity, "places with a capacity are not supported", text)
    invariant = (place.get("invariant") or "").replace(" ", "")
    if invariant not in ("", "<inf"):
        raise _refused(place, "timed nets are not supported", f"invariant={invariant!r}")


def check_transition(transition: XmlElement) -> None:
    """Refuse a transition with a time, a priority or a guard.

    Raises
    ------
    UnsupportedError
        With the name of what is refused.

    Examples
    --------
    >>> check_transition(XmlElement("transition", attributes={"id": "t"}))
    """
    check_children(transition)
    for tag, harmless in (("timed", ("", "false")), ("priority", ("", "0", "1"))):
        for child in transition.findall(tag):
            text = child.all_text().strip().lower()
            if text not in harmless:
                what = "timed transitions" if tag == "timed" else "priorities of transitions"
                raise _refused(child, f"{what} are not supported", f"<{tag}> {text}")
    if (transition.get("urgent") or "false").lower() != "false":
        raise _refused(transition, "urgent transitions are not supported", 'urgent="true"')


def check_arc(arc: XmlElement) -> None:
    """Refuse an inhibitor, reset, read or other special arc, in any of the notations in use.

    They are the attribute ``type="inhibitor"``, the child ``<type value="inhibitor"/>`` or
    ``<arctype><text>inhibitor</text></arctype>``, and content of ``<toolspecific>``.

    Raises
    ------
    UnsupportedError
        With the kind of arc.

    Examples
    --------
    >>> check_arc(XmlElement("arc", attributes={"type": "normal"}))
    """
    check_children(arc)
    for value in _kinds(arc):
        word = value.strip().lower()
        if word not in _NORMAL:
            match = _KINDS.fullmatch(word)
            kind = match[1].replace("tapn", "") if match else repr(value.strip())
            raise _refused(
                arc, f"{kind} arcs are not supported", f"an arc of kind {value.strip()!r}"
            )
    for tool in arc.findall("toolspecific"):
        for element in tool.iter():
            values = [element.tag] if element is not tool else []
            values += [element.get(key) or "" for key in ("type", "kind", "arctype", "arcType")]
            for value in values:
                match = _KINDS.fullmatch(value.strip().lower())
                if match and match[1] != "timed":
                    raise _refused(element, f"{match[1]} arcs are not supported", value)


def _kinds(arc: XmlElement) -> Iterable[str]:
    for key in ("type", "arctype", "arcType", "kind"):
        value = arc.get(key)
        if value is not None:
            yield value
    for tag in ("type", "arctype", "arcType"):
        for child in arc.findall(tag):
            yield child.get("value") or child.all_text()
