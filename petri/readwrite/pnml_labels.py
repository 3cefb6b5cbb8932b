"""The labels of PNML: texts and numbers."""

from __future__ import annotations

import re

from petri.marking import MAX_TOKENS
from transition_systems.errors import InputError, UnsupportedError
from transition_systems.readwrite.xml import XML_NAMESPACE, XmlElement

__all__ = ["initial_tokens", "label_number", "label_text"]

_NUMBER = re.compile(r"(?:Default\s*,\s*)?([0-9]+)(?:\.0+)?")


def label_text(element: XmlElement | None) -> str | None:
    """Return the text of a PNML label, ``None`` where the label or its text is missing.

    Blanks around it are dropped, unless ``xml:space="preserve"`` asks to keep them.

    Examples
    --------
    >>> label_text(XmlElement("name", children=[XmlElement("text", text=" send ")]))
    'send'
    """
    if element is None:
        return None
    text = element.find("text") or element.find("value")
    if text is None:
        own = element.text.strip()
        return own or None
    raw = text.all_text()
    if text.get(f"{{{XML_NAMESPACE}}}space") == "preserve":
        return raw
    return raw.strip()


def label_number(element: XmlElement, label: XmlElement | None, *, default: int, least: int) -> int:
    """Return the number in a label of an element.

    Parameters
    ----------
    element
        The node or arc, for the error.
    label
        Its ``<initialMarking>``, ``<inscription>`` or the like.
    default
        The number where label or text is missing.
    least
        The smallest number that is accepted.

    Raises
    ------
    InputError
        When the text is no number from ``least`` to 2**62.

    Examples
    --------
    >>> label_number(XmlElement("arc"), None, default=1, least=1)
    1
    """
    text = label_text(label)
    if label is None or not text:
        if label is not None and label.find("structure") is not None:
            raise UnsupportedError(
                "coloured nets are not supported", span=label.span, found="<structure>"
            )
        return default
    match = _NUMBER.fullmatch(text)
    if match is not None and len(match[1].lstrip("0")) <= 19:
        value = int(match[1])
        if least <= value <= MAX_TOKENS:
            return value
    raise InputError(
        f"the {label.tag} of {element.get('id') or element.get('idref')!r} is not a number"
        " of tokens",
        span=label.span,
        found=repr(text[:60]),
        expected=f"an integer from {least} to 2**62",
    )


def initial_tokens(place: XmlElement) -> int:
    """Return the initial tokens of a ``<place>``.

    Raises
    ------
    InputError
        When they are no number from 0 to 2**62.

    Examples
    --------
    >>> initial_tokens(XmlElement("place", attributes={"id": "p", "initialMarking": "2"}))
    2
    """
    label = place.find("initialMarking")
    attribute = place.get("initialMarking")
    if label is None and attribute is not None:
        label = XmlElement("initialMarking", text=attribute, line=place.line, column=place.column)
    return label_number(place, label, default=0, least=0)
