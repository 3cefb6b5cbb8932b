"""Other workflow formats, recognised by name only, so that a refusal can say what a file is."""

from __future__ import annotations

import re

__all__ = ["foreign_dialect", "looks_like_definition"]


def _key(*names: str) -> str:
    """Return a pattern for a key of a JSON or YAML map: quoted, or plain at a line's begin."""
    joined = "|".join(names)
    return rf"(?:[\"'](?:{joined})[\"']|^[ \t]*(?:-[ \t]+)?(?:{joined}))\s*:"


_OWN = re.compile(_key("start_?activity", "end_?activities", "activities"), re.M | re.I)

#: Name, and patterns that must all occur.
_DIALECTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("a Serverless Workflow", (_key("specVersion"), _key("states"))),
    ("a Serverless Workflow", (_key("document"), _key("dsl"))),
    ("a Step Functions state machine", (_key("StartAt"), _key("States"))),
    ("an Argo workflow", (r"apiVersion[\"']?\s*:\s*[\"']?argoproj\.io",)),
    ("a Tekton pipeline", (r"apiVersion[\"']?\s*:\s*[\"']?tekton\.dev",)),
    ("another Kubernetes object", (_key("apiVersion"), _key("kind"))),
    ("a GitHub Actions workflow", (_key("on", "true"), _key("jobs"))),
    ("a GitLab pipeline", (_key("stages"), _key("script"))),
    ("a CircleCI configuration", (_key("version"), _key("jobs"), _key("workflows"))),
    ("an Azure pipeline", (_key("trigger", "pool"), _key("steps", "stages", "jobs"))),
    ("a Conductor workflow", (_key("tasks"), _key("taskReferenceName"))),
    ("an n8n workflow", (_key("nodes"), _key("connections"))),
    ("a Camunda form or element template", (_key("appliesTo", "components"), _key("id"))),
    ("an XState machine", (_key("initial"), _key("states"))),
    ("an OpenAPI description", (_key("openapi", "swagger"), _key("paths"))),
    ("a netproof report", (r"netproof/report/",)),
    ("an XPDL package", (r"<(?:\w+:)?Package\b[^>]*(?:xpdl|wfmc)",)),
    ("a BPEL process", (r"<(?:\w+:)?process\b[^>]*(?:wsbpel|business-process)",)),
    ("a state chart (SCXML)", (r"<(?:\w+:)?scxml\b",)),
    ("a YAWL specification", (r"<(?:\w+:)?specificationSet\b",)),
    ("a decision model (DMN)", (r"<(?:\w+:)?definitions\b[^>]*/DMN/",)),
    ("a case model (CMMN)", (r"<(?:\w+:)?definitions\b[^>]*/CMMN/",)),
    ("an event-driven process chain (EPML)", (r"<(?:\w+:)?epml\b",)),
    ("a UML model (XMI)", (r"<(?:\w+:)?XMI\b",)),
    ("a Petri net (PNML)", (r"<(?:\w+:)?pnml\b",)),
    ("an HTML page", (r"<(?:!doctype\s+)?html\b",)),
)


def looks_like_definition(head: bytes) -> bool:
    r"""Return whether a file begins like a definition in JSON or YAML: by its own keys.

    Parameters
    ----------
    head
        The first bytes of a file.

    Returns
    -------
    bool

    Examples
    --------
    >>> looks_like_definition(b"name: Approval\nactivities:\n  draft:\n")
    True
    """
    text = _text(head).lstrip()
    if text.startswith("<") or not text:
        return False
    return _OWN.search(text) is not None


def foreign_dialect(head: bytes) -> str | None:
    """Return what other format a file looks like, with an article, or ``None``.

    Examples
    --------
    >>> foreign_dialect(b'{"StartAt": "A", "States": {}}')
    'a Step Functions state machine'
    """
    text = _text(head)
    for name, patterns in _DIALECTS:
        flags = re.M | re.I if "<" in patterns[0][:2] else re.M
        if all(re.search(pattern, text, flags) for pattern in patterns):
            return name
    return None


def _text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace").lstrip("\ufeff")
    return head.decode("utf-8", "replace").lstrip("\ufeff")
