"""Sound parts of a draft with one way in and one way out, each seen as a single activity."""

from __future__ import annotations

from translators.repair.draft import Draft
from translators.repair.search import find_error
from translators.workflow.graph import EventKind, Node, NodeKind

__all__ = ["condensed"]


def condensed(draft: Draft) -> tuple[Draft, frozenset[str]]:
    """Return a draft in which parts that are sound by themselves are single activities.

    Parameters
    ----------
    draft
        A draft of core nodes.

    Returns
    -------
    tuple of Draft and frozenset of str
        The smaller draft, of which each flow is one of the draft, and the ids of the activities
        that stand for parts.

    Notes
    -----
    A part has one flow into it and one out of it. Where it is sound, every token that enters leaves
    once, and everything in it can happen: the workflow is sound if and only if it is with the part
    replaced (W. M. P. van der Aalst: Workflow verification: finding control-flow errors using
    Petri-net-based techniques. 2000). O(flows x size) for the parts, and a search in each.

    Examples
    --------
    >>> from translators.bpmn import parse_bpmn
    >>> text = '''<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">
    ... <startEvent id="s"/><exclusiveGateway id="x"/><exclusiveGateway id="y"/><endEvent id="e"/>
    ... <sequenceFlow id="f" sourceRef="s" targetRef="x"/>
    ... <sequenceFlow id="g" sourceRef="x" targetRef="y"/>
    ... <sequenceFlow id="h" sourceRef="x" targetRef="y"/>
    ... <sequenceFlow id="k" sourceRef="y" targetRef="e"/></process></definitions>'''
    >>> small, parts = condensed(Draft(parse_bpmn(text).graph))
    >>> small.flows, sorted(parts)
    ({'f': ('s', 'part1'), 'k': ('part1', 'e')}, ['part1'])
    """
    return _Condenser(draft).result()


class _Condenser:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.names = list(draft.nodes)
        self.number = {name: index for index, name in enumerate(self.names)}
        self.ends = {f: (self.number[a], self.number[b]) for f, (a, b) in draft.flows.items()}
        self.small = draft.copy()
        self.owner = {name: name for name in self.names}
        self.parts: set[str] = set()
        self.count = 0

    def result(self) -> tuple[Draft, frozenset[str]]:
        for first, last, inside in sorted(self._regions(), key=lambda r: r[2].bit_count()):
            self._collapse(first, last, inside)
        return self.small, frozenset(self.parts)

    def _regions(self) -> list[tuple[str, str, int]]:
        """Return for each flow the smallest part behind it with one flow out of it."""
        nodes = self.draft.nodes
        after: list[list[tuple[str, int]]] = [[] for _ in self.names]
        before: list[list[tuple[str, int]]] = [[] for _ in self.names]
        for flow, (source, target) in self.ends.items():
            after[source].append((flow, target))
            before[target].append((flow, source))
        hosts: list[tuple[int, int]] = []
        for node in nodes.values():
            if node.attached_to in self.number:
                host, event = self.number[node.attached_to], self.number[node.id]
                after[host].append(("", event))
                before[event].append(("", host))
                hosts.append((1 << host, 1 << event))
        starts = [self.number[n.id] for n in nodes.values() if n.event is EventKind.START]
        stops = [index for index, _ in enumerate(self.names) if not after[index]]
        ahead, behind = _reached(starts, after, ""), _reached(stops, before, "")
        behind_of = {f: ahead & ~_reached(starts, after, f) for f in self.ends}
        before_of = {f: behind & ~_reached(stops, before, f) for f in self.ends}
        found: list[tuple[str, str, int]] = []
        for first, (_, entry) in self.ends.items():
            best: tuple[int, str, int] | None = None
            for last, (out, _) in self.ends.items():
                if first == last or not behind_of[first] >> out & 1:
                    continue
                if not before_of[last] >> entry & 1:
                    continue
                inside = behind_of[first] & before_of[last]
                size = inside.bit_count()
                if inside >> out & 1 and inside >> entry & 1 and (best is None or size < best[0]):
                    best = (size, last, inside)
            if best is not None and all(bool(best[2] & h) == bool(best[2] & e) for h, e in hosts):
                found.append((first, best[1], best[2]))
        return found

    def _collapse(self, first: str, last: str, inside: int) -> None:
        """Replace a part by an activity, if it is closed and sound."""
        names = {self.owner[n] for index, n in enumerate(self.names) if inside >> index & 1}
        flows = self.small.flows
        if len(names) < 2 or first not in flows or last not in flows:
            return
        inner: dict[str, tuple[str, str]] = {}
        for flow, (source, target) in flows.items():
            into, out = target in names, source in names
            if into and out:
                inner[flow] = (source, target)
            elif (into and flow != first) or (out and flow != last):
                return
        nodes = {name: self.small.nodes[name] for name in names}
        if any(n.event in (EventKind.START, EventKind.END) for n in nodes.values()):
            return
        scope = next(iter(nodes.values())).scope
        start = Node(id="part start", kind=NodeKind.EVENT, event=EventKind.START, scope=scope)
        end = Node(id="part end", kind=NodeKind.EVENT, event=EventKind.END, scope=scope)
        inner[first] = (start.id, flows[first][1])
        inner[last] = (flows[last][0], end.id)
        part = Draft(self.draft.graph, {start.id: start, **nodes, end.id: end}, inner)
        if find_error(part) is not None:
            return
        self.count += 1
        name = f"part{self.count}"
        while name in self.number:
            name += "'"
        for node in names:
            del self.small.nodes[node]
        self.small.nodes[name] = Node(id=name, kind=NodeKind.ACTIVITY, activity="task", scope=scope)
        for flow in inner.keys() - {first, last}:
            del flows[flow]
        flows[first] = (flows[first][0], name)
        flows[last] = (name, flows[last][1])
        self.parts -= names
        self.parts.add(name)
        for index, node in enumerate(self.names):
            if inside >> index & 1:
                self.owner[node] = name


def _reached(first: list[int], beside: list[list[tuple[str, int]]], without: str) -> int:
    """Return as bits the nodes that are reached without a flow."""
    seen, waiting = 0, list(first)
    for node in first:
        seen |= 1 << node
    while waiting:
        for flow, other in beside[waiting.pop()]:
            if not seen >> other & 1 and (not without or flow != without):
                seen |= 1 << other
                waiting.append(other)
    return seen
