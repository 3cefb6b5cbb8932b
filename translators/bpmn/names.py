"""The names of BPMN 2.0: namespaces, and how an element's own tag and attributes are looked up."""

from __future__ import annotations

import re

__all__ = ["MODEL", "detect", "is_model_namespace", "local_part"]

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"

_ROOT = re.compile(r"<([A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)")
_XMLNS = re.compile(r"\sxmlns(?::([\w.\-]+))?\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_SKIP = re.compile(r"\s+|<\?.*?(?:\?>|\Z)|<!--.*?(?:-->|\Z)", re.S)
_AFTER_DOCTYPE = re.compile(r"<(?:[\w.\-]+:)?definitions\b")


def is_model_namespace(namespace: str | None) -> bool:
    """Return whether a namespace is that of BPMN models.

    Besides the one of BPMN 2.0, the ones of drafts and slips of vendors are recognised: any
    namespace of the OMG with ``bpmn`` in it that is not one of diagrams.

    Examples
    --------
    >>> is_model_namespace("http://schema.omg.org/spec/BPMN/2.0")
    True
    >>> is_model_namespace("http://www.omg.org/spec/BPMN/20100524/DI")
    False
    """
    if namespace == MODEL:
        return True
    if not namespace:
        return False
    lower = namespace.lower().rstrip("/")
    return "omg.org" in lower and "bpmn" in lower and not lower.endswith(("/di", "/dc", "/dd"))


def local_part(name: str) -> str:
    """Return a qualified name without its prefix.

    Examples
    --------
    >>> local_part("tns:Task_1")
    'Task_1'
    """
    return name.rsplit(":", 1)[-1].strip()


def detect(head: bytes) -> bool:
    """Return whether a file begins like BPMN 2.0: by its root element, any prefix.

    Parameters
    ----------
    head
        The first bytes of the file.

    Returns
    -------
    bool

    Examples
    --------
    >>> detect(b'<x:definitions xmlns:x="http://www.omg.org/spec/BPMN/20100524/MODEL">')
    True
    >>> detect(b'<pnml xmlns="http://www.pnml.org/version-2009/grammar/pnml">')
    False
    """
    text = _decoded(head)
    place = 0
    while (skipped := _SKIP.match(text, place)) is not None and skipped.end() > place:
        place = skipped.end()
    if text.startswith("<!DOCTYPE", place):
        later = _AFTER_DOCTYPE.search(text, place)
        place = place if later is None else later.start()
    tag = _ROOT.match(text, place)
    if tag is None:
        return False
    prefix = (tag.group(1) or "").rstrip(":")
    local = tag.group(2)
    if local not in ("definitions", "process"):
        return False
    declared = {p or "": a or b for p, a, b in _XMLNS.findall(tag.group(3))}
    namespace = declared.get(prefix)
    if namespace:
        return is_model_namespace(namespace)
    if any(is_model_namespace(other) for other in declared.values()):
        return True
    return "bpmn" in prefix.lower() or (local == "definitions" and "<process" in text)


def _decoded(head: bytes) -> str:
    """Return the text of the first bytes, with the encodings that XML knows by its marks."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace").lstrip("\ufeff")
    return head.decode("utf-8", "replace").lstrip("\ufeff")
