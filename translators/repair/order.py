"""What a repair changes in the order of steps and of messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from translators.workflow.graph import EventKind, Node, NodeKind, WorkflowGraph

__all__ = ["Reordered", "order_changes", "order_sentences"]

Change = Literal["reversed", "parted", "ordered"]
MOST_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Reordered:
    """Two steps whose order is another one after a repair.

    Parameters
    ----------
    change
        ``reversed`` where the second came before the first, ``ordered`` where they had no order,
        ``parted`` where they have none any more.
    first, second
        Ids of the steps; the first comes before the second, after the repair, or for ``parted``
        before it.
    messages
        Pairs of ids of message flows, one at each step: their order changes with that of the steps.
    """

    change: Change
    first: str
    second: str
    messages: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the change as plain data."""
        found: dict[str, Any] = {
            "change": self.change, "first": self.first, "second": self.second,
        }  # fmt: skip
        return {**found, "messages": [list(pair) for pair in self.messages]}


def order_changes(before: WorkflowGraph, after: WorkflowGraph) -> tuple[Reordered, ...]:
    """Return the pairs of steps whose order differs between two workflows with the same nodes.

    Parameters
    ----------
    before, after
        The workflow and its repair.

    Returns
    -------
    tuple of Reordered
        Steps are activities, events between start and end, and all nodes with a message. One comes
        before another where flows lead from it to that and not back.

    Notes
    -----
    One search for each step: O(steps x flows).

    Examples
    --------
    >>> from dataclasses import replace
    >>> from translators.bpmn import parse_bpmn
    >>> text = '''<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">
    ... <startEvent id="s"/><task id="a"/><task id="b"/><endEvent id="e"/>
    ... <sequenceFlow id="f" sourceRef="s" targetRef="a"/>
    ... <sequenceFlow id="g" sourceRef="a" targetRef="b"/>
    ... <sequenceFlow id="h" sourceRef="b" targetRef="e"/></process></definitions>'''
    >>> graph = parse_bpmn(text).graph
    >>> ends = {"f": ("s", "b"), "g": ("b", "a"), "h": ("a", "e")}
    >>> other = replace(graph, flows=tuple(
    ...     replace(f, source=ends[f.id][0], target=ends[f.id][1]) for f in graph.flows))
    >>> [(c.change, c.first, c.second) for c in order_changes(graph, other)]
    [('reversed', 'b', 'a')]
    """
    old, new = _earlier(before), _earlier(after)
    at: dict[str, list[str]] = defaultdict(list)
    for message in before.messages:
        at[message.source].append(message.id)
        at[message.target].append(message.id)

    def messages(first: str, second: str) -> tuple[tuple[str, str], ...]:
        return tuple((one, other) for one in at[first] for other in at[second] if one != other)

    found: list[Reordered] = []
    for first, second in sorted(old - new):
        if (second, first) not in new:
            pairs = messages(first, second)
            found.append(Reordered(change="parted", first=first, second=second, messages=pairs))
    for first, second in sorted(new - old):
        change: Change = "reversed" if (second, first) in old else "ordered"
        pairs = messages(first, second)
        found.append(Reordered(change=change, first=first, second=second, messages=pairs))
    return tuple(sorted(found, key=lambda one: (one.change != "reversed", not one.messages, one)))


def _earlier(graph: WorkflowGraph) -> set[tuple[str, str]]:
    """Return the pairs of steps of which the first comes before the second."""
    after: dict[str, list[str]] = defaultdict(list)
    for flow in graph.flows:
        after[flow.source].append(flow.target)
    for node in graph.nodes:
        if node.attached_to is not None:
            after[node.attached_to].append(node.id)
    talking = {end for message in graph.messages for end in (message.source, message.target)}
    steps = {node.id for node in graph.nodes if node.id in talking or _is_step(node)}
    ahead: dict[str, set[str]] = {}
    for step in steps:
        seen, waiting = set[str](), [step]
        while waiting:
            for name in after[waiting.pop()]:
                if name not in seen:
                    seen.add(name)
                    waiting.append(name)
        ahead[step] = seen & steps
    return {
        (step, other) for step, others in ahead.items() for other in others
        if step not in ahead[other]
    }  # fmt: skip


def _is_step(node: Node) -> bool:
    if node.kind is NodeKind.GATEWAY:
        return False
    return node.event not in (EventKind.START, EventKind.END)


def order_sentences(changes: Iterable[Reordered], graph: WorkflowGraph) -> list[str]:
    """Return changes of the order as sentences, those of one step together.

    Parameters
    ----------
    changes
        From :func:`order_changes`.
    graph
        The workflow, for names.

    Returns
    -------
    list of str

    Examples
    --------
    >>> graph = WorkflowGraph(id="g")
    >>> order_sentences([Reordered(change="reversed", first="b", second="a")], graph)
    ['b now comes before a, no longer after it.']
    """
    names = {node.id: f"“{node.name}”" for node in graph.nodes if node.name}
    names |= {message.id: f"“{message.name}”" for message in graph.messages if message.name}
    grouped: dict[tuple[Change, str, bool], list[str]] = {}
    left = list(changes)
    while left:
        count: dict[tuple[Change, str, bool], int] = defaultdict(int)
        for one in left:
            count[one.change, one.first, True] += 1
            count[one.change, one.second, False] += 1
        key = max(count, key=count.__getitem__)
        change, step, leads = key
        mine = [o for o in left if o.change == change and (o.first if leads else o.second) == step]
        grouped[key] = [names.get(n, n) for n in ((o.second if leads else o.first) for o in mine)]
        left = [one for one in left if one not in mine]
    lines = [_sentence(key, names, others) for key, others in grouped.items()]
    return lines + _of_messages(changes, names)


def _sentence(key: tuple[Change, str, bool], names: dict[str, str], others: list[str]) -> str:
    change, step, leads = key
    name, listed = names.get(step, step), _listed(others)
    here, there = ("before", "after") if leads else ("after", "before")
    them = "it" if len(others) == 1 else "them"
    match change:
        case "reversed":
            return f"{name} now comes {here} {listed}, no longer {there} {them}."
        case "ordered":
            return f"{name} now always comes {here} {listed} where both happen."
        case "parted":
            return f"{name} no longer comes {here} {listed}."


def _of_messages(changes: Iterable[Reordered], names: dict[str, str]) -> list[str]:
    lines: dict[str, None] = {}
    for one in changes:
        for first, second in one.messages:
            step, other = names.get(one.first, one.first), names.get(one.second, one.second)
            ends = f"message {names.get(first, first)} (at {step})"
            rest = f"message {names.get(second, second)} (at {other})"
            match one.change:
                case "reversed":
                    lines[f"The {ends} now comes before the {rest}, no longer after it."] = None
                case "ordered":
                    lines[f"The {ends} now always comes before the {rest}."] = None
                case "parted":
                    lines[f"The {ends} no longer comes before the {rest}."] = None
    return list(lines)


def _listed(names: list[str]) -> str:
    if len(names) > MOST_NAMES:
        return f"{', '.join(names[:MOST_NAMES])} and {len(names) - MOST_NAMES} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
