"""The kind of error of an unsound workflow, with the workflow's own elements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from petri.soundness.errors import ErrorKind, soundness_error
from transition_systems.verdict import Verdict
from translators.to_petri import NetTranslation
from translators.workflow.graph import EventKind, Flow, GatewayKind, Node, NodeKind

__all__ = ["WorkflowError", "workflow_error"]

MOST_NAMED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowError:
    """A kind of error and the elements that it is at.

    Parameters
    ----------
    kind
        The kind, in the field's word.
    elements
        Ids of nodes and flows of the workflow.
    text
        One sentence for a reader.
    """

    kind: ErrorKind
    elements: tuple[str, ...]
    text: str

    def to_dict(self) -> dict[str, Any]:
        """Return the error as plain data."""
        return {"kind": str(self.kind), "elements": list(self.elements), "text": self.text}


def workflow_error(translation: NetTranslation, verdict: Verdict) -> WorkflowError:
    """Tell which kind of error an unsound workflow has, and at which of its elements.

    Parameters
    ----------
    translation
        The workflow with its net.
    verdict
        A violated verdict of soundness, or of one of its parts, about the net.

    Returns
    -------
    WorkflowError

    Raises
    ------
    UsageError
        For a verdict that is not violated.

    Examples
    --------
    >>> from petri import sound
    >>> from translators.bpmn import parse_bpmn
    >>> from translators.to_petri import workflow_to_net
    >>> text = '''<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">
    ... <startEvent id="s"/><exclusiveGateway id="x"/><parallelGateway id="j"/><endEvent id="e"/>
    ... <sequenceFlow id="f" sourceRef="s" targetRef="x"/>
    ... <sequenceFlow id="g" sourceRef="x" targetRef="j"/>
    ... <sequenceFlow id="h" sourceRef="x" targetRef="j"/>
    ... <sequenceFlow id="k" sourceRef="j" targetRef="e"/></process></definitions>'''
    >>> net = workflow_to_net(parse_bpmn(text).graph)
    >>> workflow_error(net, sound(net.net, goal=net.goal)).text
    'Deadlock at a join: the parallel gateway j never gets all its tokens.'
    """
    error = soundness_error(translation.net, verdict)
    kind, owners = error.kind, _owners(translation, error.transitions)
    if kind in (ErrorKind.IMPROPER_COMPLETION, ErrorKind.LACK_OF_SYNCHRONISATION):
        ends = [e for e in _elements(translation, error.places) if _is_end(translation, e)]
        if ends:
            kind, owners = ErrorKind.IMPROPER_COMPLETION, ends
    if kind is ErrorKind.DEADLOCK_AT_JOIN:
        joins = [owner for owner in owners if _joins(translation, owner)]
        kind, owners = (kind, joins) if joins else (ErrorKind.DEADLOCK, owners)
    if kind is ErrorKind.DEADLOCK or not owners:
        owners = _elements(translation, error.places)
    if kind is ErrorKind.DEAD_PART and not owners:
        owners = [name for name, group in translation.goal.occurs.items() if not group][:1]
    elements = tuple(owners)
    return WorkflowError(kind=kind, elements=elements, text=_text(translation, kind, owners))


def _owners(translation: NetTranslation, transitions: tuple[str, ...]) -> list[str]:
    records = translation.transitions
    return list(dict.fromkeys(records[t].owner for t in transitions if t in records))


def _elements(translation: NetTranslation, places: tuple[str, ...]) -> list[str]:
    """Return what places stand for; of a process that waits to be started, nothing."""
    records = [translation.places[p] for p in places if p in translation.places]
    live = [record.element for record in records if record.live or record.kind == "end"]
    return list(dict.fromkeys(live or (record.element for record in records)))


def _is_end(translation: NetTranslation, element: str) -> bool:
    assert translation.index is not None
    node = translation.index.node.get(element)
    return node is not None and node.event is EventKind.END


def _joins(translation: NetTranslation, element: str) -> bool:
    """Return whether a node waits for tokens on several flows."""
    index = translation.index
    assert index is not None
    waits = index.node[element].gateway in (
        GatewayKind.PARALLEL, GatewayKind.INCLUSIVE, GatewayKind.COMPLEX
    )  # fmt: skip
    return waits and len(index.incoming[element]) > 1


def _text(translation: NetTranslation, kind: ErrorKind, elements: list[str]) -> str:
    named = _named(translation, elements)
    head = str(kind).capitalize()
    match kind:
        case ErrorKind.DEADLOCK_AT_JOIN:
            several = len(elements) > 1
            verb = "never get all their tokens" if several else "never gets all its tokens"
            return f"{head}: {named} {verb}."
        case ErrorKind.LACK_OF_SYNCHRONISATION:
            return f"{head}: parallel branches meet at {named} and are not joined."
        case ErrorKind.IMPROPER_COMPLETION:
            return f"{head}: {named} can be reached twice in one case."
        case ErrorKind.LIVELOCK:
            where = f" through {named}" if named else ""
            return f"{head}: it can go on for ever{where}, and never completes."
        case ErrorKind.PUMP:
            where = f", through {named}" if named else ""
            return f"{head}: tokens pile up without bound{where}."
        case ErrorKind.DEAD_PART:
            return f"{head}: {named or 'some activity'} can never happen."
        case _:
            return f"{head}: tokens are stuck{f' in {named}' if named else ''}."


def _named(translation: NetTranslation, elements: list[str]) -> str:
    index = translation.index
    assert index is not None
    texts = [
        _node_text(index.node[e]) if e in index.node else _flow_text(index.flow[e], index.node)
        for e in elements
        if e in index.node or e in index.flow
    ]
    if len(texts) > MOST_NAMED:
        texts = [*texts[: MOST_NAMED - 1], f"{len(texts) - MOST_NAMED + 1} more"]
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1] if texts else ""]))


def _flow_text(flow: Flow, nodes: Mapping[str, Node]) -> str:
    source, target = (
        f"“{' '.join(node.name.split())}”" if node.name else node.id
        for node in (nodes[flow.source], nodes[flow.target])
    )
    return f"the flow from {source} to {target}"


def _node_text(node: Node) -> str:
    name = f"“{' '.join(node.name.split())}”" if node.name else node.id
    return name if node.kind is NodeKind.ACTIVITY else f"the {node.kind_name} {name}"
