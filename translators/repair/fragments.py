"""The smallest unsound fragment of a workflow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from petri.soundness import ErrorKind
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.verdict import Verdict
from translators.repair.draft import Draft
from translators.repair.judge import Error, Judge, decide_workflow
from translators.workflow.graph import EventKind, GatewayKind, Node, NodeKind, WorkflowGraph
from translators.workflow_errors import WorkflowError

__all__ = ["Fragment", "Reducer", "smaller_drafts", "smallest_fragment", "tidy"]

BORDERS = (EventKind.START, EventKind.END)
SECONDS = 5.0
LEAST = 1.0
SAME = (GatewayKind.EXCLUSIVE, GatewayKind.PARALLEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """A part of a workflow that is still unsound in the same way.

    Parameters
    ----------
    nodes
        Ids of its nodes, without the start and the ends that close it.
    kind, elements
        The kind of error, and the elements it is at.
    graph
        The fragment as a workflow of its own, closed by a start event and end events.
    verdict
        The verdict of soundness about the net of that workflow, with evidence; UNKNOWN only where
        that took more than what the budget left, which is a second at least.
    minimal
        Whether every single node was tried and none can be left out; false where the time ended.
    """

    nodes: tuple[str, ...]
    kind: ErrorKind
    elements: tuple[str, ...]
    graph: WorkflowGraph
    verdict: Verdict
    minimal: bool


def smallest_fragment(
    graph: WorkflowGraph, *, like: WorkflowError | None = None, budget: Budget | None = None
) -> Fragment:
    """Return a part of an unsound workflow from which no node can be left out.

    A node is left out together with its flows, but one flow into it and one out of it may be
    joined to one. What no token from the start event can reach by flows goes as well, of several
    flows between two gateways of one kind one is kept, and a node that has no flow out of it any
    more gets an end event of its own. Each step leaves the workflow unsound by an error of the same
    kind at one of the same elements (ends apart).

    Parameters
    ----------
    graph
        An unsound workflow.
    like
        An error of it that the fragment is to show; by default the first that is found. Where no
        run shows just that one, another is taken, which ``kind`` and ``elements`` tell.
    budget
        Seconds, 5 by default; where they end, the fragment may not be minimal.

    Returns
    -------
    Fragment
        No single node of it can be left out, unless ``minimal`` says that this is not known. There
        may be other such fragments, smaller ones too.

    Raises
    ------
    UsageError
        When the workflow is sound, or that is not known.

    Notes
    -----
    Greedy removal to a fixpoint, as in delta debugging (A. Zeller, R. Hildebrandt: Simplifying and
    isolating failure-inducing input. IEEE TSE 28, 2002): O(n) passes over n nodes, mostly three.
    Each step leaves fewer nodes, ends apart, or as many and fewer ends and flows, so it ends.

    Examples
    --------
    >>> from translators.bpmn import parse_bpmn
    >>> text = '''<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">
    ... <startEvent id="s"/><task id="t"/><exclusiveGateway id="x"/><parallelGateway id="j"/>
    ... <endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>
    ... <sequenceFlow id="g" sourceRef="t" targetRef="x"/>
    ... <sequenceFlow id="h" sourceRef="x" targetRef="j"/>
    ... <sequenceFlow id="k" sourceRef="x" targetRef="j"/>
    ... <sequenceFlow id="l" sourceRef="j" targetRef="e"/></process></definitions>'''
    >>> smallest_fragment(parse_bpmn(text).graph).nodes
    ('x', 'j')
    """
    limit = (budget or Budget(seconds=SECONDS)).fixed()
    judge = Judge(graph, budget=limit)
    wanted = None if like is None else Error(kind=like.kind, elements=like.elements)
    error = None if wanted is None else judge.error(Draft(graph), wanted)
    if not isinstance(error, Error):
        error = judge.error(Draft(graph))
    if not isinstance(error, Error):
        why = "it is sound" if error is None else error
        raise UsageError(f"only an unsound workflow has an unsound fragment: {why}")
    reducer = Reducer(judge, error, limit)
    draft, minimal = reducer.reduced(Draft(graph))
    found = judge.error(draft, error)
    last = found if isinstance(found, Error) else error
    whole = draft.whole()
    left = limit.remaining()
    least = None if left is None else max(left, LEAST)
    _, verdict = decide_workflow(whole, budget=Budget(seconds=least))
    nodes = tuple(n.id for n in draft.nodes.values() if n.event not in BORDERS)
    return Fragment(
        nodes=nodes,
        kind=last.kind,
        elements=_inside(graph, draft, nodes, last.elements),
        graph=whole,
        verdict=verdict,
        minimal=minimal,
    )


def _inside(
    graph: WorkflowGraph, draft: Draft, nodes: tuple[str, ...], elements: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the elements; for a flow from and to what was left out, the node it now leads to."""
    given = {flow.id: (flow.source, flow.target) for flow in graph.flows}
    told: list[str] = []
    for element in elements:
        ends = given.get(element)
        if ends is not None and set(ends).isdisjoint(nodes) and element in draft.flows:
            element = draft.flows[element][1]
        told.append(element)
    return tuple(dict.fromkeys(told))


class Reducer:
    """Leaves out of a draft what its error does not need; see :func:`smallest_fragment`."""

    def __init__(self, judge: Judge, error: Error, budget: Budget) -> None:
        self.judge, self.error, self.budget = judge, error, budget
        self.kept: frozenset[str] = frozenset()
        if error.kind is ErrorKind.DEAD_PART:
            self.error = Error(kind=error.kind, elements=error.elements[:1])
            self.kept = frozenset(error.elements[:1])

    def reduced(self, draft: Draft) -> tuple[Draft, bool]:
        """Return the draft without all that can be left out, and whether all was tried."""
        draft = self._bridged(draft)
        changed = True
        while changed:
            changed = False
            for name in list(draft.nodes):
                if self.budget.remaining() == 0.0:
                    return draft, False
                if name not in draft.nodes:
                    continue
                for smaller in smaller_drafts(draft, name, self.kept):
                    if _size(smaller) < _size(draft) and self._same(smaller):
                        draft, changed = smaller, True
                        break
        return draft, True

    def _same(self, draft: Draft) -> bool:
        return isinstance(self.judge.error(draft, self.error), Error)

    def _bridged(self, draft: Draft) -> Draft:
        """Leave out at once what is passed on one way only, if that changes nothing."""
        first = draft
        for name in list(first.nodes):
            into, out = draft.around()
            if name in draft.nodes and len(into[name]) == len(out[name]) == 1:
                draft = next(smaller_drafts(draft, name, self.kept), draft)
        return draft if draft is not first and self._same(draft) else first


def smaller_drafts(draft: Draft, name: str, kept: frozenset[str] = frozenset()) -> Iterator[Draft]:
    """Yield the tidy drafts without a node: one way through it joined first, then none.

    Nothing for the start, the ends and the nodes to be kept.
    """
    node = draft.nodes[name]
    if name in kept or (node.event in BORDERS and node.scope in _pools(draft)):
        return
    into, out = draft.around()
    gone = inside(draft, name)
    for first in into[name]:
        source = draft.flows[first][0]
        for last in out[name]:
            target = draft.flows[last][1]
            if source in gone or target in gone:
                continue
            smaller = _without(draft, gone)
            smaller.flows[first] = (source, target)
            yield tidy(smaller, kept)
    yield tidy(_without(draft, gone), kept)


def _size(draft: Draft) -> tuple[int, int, int]:
    """Return how many nodes a draft has without starts and ends, with them, and how many flows."""
    inner = sum(node.event not in BORDERS for node in draft.nodes.values())
    return inner, len(draft.nodes), len(draft.flows)


def _pools(draft: Draft) -> set[str]:
    return {scope.id for scope in draft.graph.scopes if scope.parent is None}


def inside(draft: Draft, name: str) -> set[str]:
    """Return a node with all that lives in it or hangs on it."""
    gone = {name}
    before = 0
    while before != len(gone):
        before = len(gone)
        bodies = {draft.nodes[n].body for n in gone} - {None}
        scopes = {s.id for s in draft.graph.scopes if s.id in bodies or s.parent in bodies}
        gone |= {
            n.id for n in draft.nodes.values() if n.attached_to in gone or n.scope in scopes
        }  # fmt: skip
    return gone


def _without(draft: Draft, gone: set[str]) -> Draft:
    return Draft(
        draft.graph,
        {name: node for name, node in draft.nodes.items() if name not in gone},
        {f: ends for f, ends in draft.flows.items() if ends[0] not in gone and ends[1] not in gone},
    )


def tidy(draft: Draft, kept: frozenset[str] = frozenset()) -> Draft:
    """Leave out what flows do not lead to, and flows that say the same; close open ends."""
    draft = _without(draft, _unreached(draft) - _with_owners(draft, kept))
    seen: dict[tuple[str, str], str] = {}
    nodes = draft.nodes
    leaving: dict[str, int] = dict.fromkeys(nodes, 0)
    for source, _ in draft.flows.values():
        leaving[source] += 1
    for flow, (source, target) in list(draft.flows.items()):
        kinds = nodes[source].gateway, nodes[target].gateway
        if kinds[0] is not kinds[1] or kinds[0] not in SAME:
            continue
        idle = source == target and kinds[0] is GatewayKind.EXCLUSIVE and leaving[source] > 1
        if idle or (source != target and (source, target) in seen):
            del draft.flows[flow]
            leaving[source] -= 1
        seen[source, target] = flow
    for name, count in leaving.items():
        node = nodes[name]
        if not count and node.event is not EventKind.END and node.activity != "event-sub-process":
            _close(draft, node)
    return draft


def _with_owners(draft: Draft, names: frozenset[str]) -> set[str]:
    """Return nodes with those that they live in or hang on."""
    owner = {scope.id: scope.owner for scope in draft.graph.scopes}
    found: set[str] = set()
    waiting = [name for name in names if name in draft.nodes]
    while waiting:
        node = draft.nodes[waiting.pop()]
        if node.id not in found:
            found.add(node.id)
            around = (owner.get(node.scope or ""), node.attached_to)
            waiting += [name for name in around if name is not None and name in draft.nodes]
    return found


def _unreached(draft: Draft) -> set[str]:
    """Return the nodes that were led to by flows and are not any more; what is inside them too."""
    after: dict[str, list[str]] = {name: [] for name in draft.nodes}
    entered: set[str] = set()
    for source, target in draft.flows.values():
        after[source].append(target)
        entered.add(target)
    given = {flow.target for flow in draft.graph.flows}
    waiting = [name for name in draft.nodes if name not in given and name not in entered]
    for node in draft.nodes.values():
        if node.attached_to is not None:
            after[node.attached_to].append(node.id)
            if node.id in waiting:
                waiting.remove(node.id)
        if node.body is not None:
            after[node.id] += [n.id for n in draft.nodes.values() if n.scope == node.body]
    pools = _pools(draft)
    waiting = [name for name in waiting if draft.nodes[name].scope in pools]
    seen = set(waiting)
    while waiting:
        for name in after[waiting.pop()]:
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return draft.nodes.keys() - seen


def _close(draft: Draft, node: Node) -> None:
    """Lead the tokens of a node without flows out of it to an end event of its own."""
    name = f"{node.id}.end"
    taken = {n.id for n in draft.graph.nodes} | draft.flows.keys()
    while name in draft.nodes or name in taken:
        name += "'"
    draft.nodes[name] = Node(
        id=name, kind=NodeKind.EVENT, event=EventKind.END, scope=node.scope, span=node.span
    )
    draft.flows[f"{name}.flow"] = (node.id, name)
