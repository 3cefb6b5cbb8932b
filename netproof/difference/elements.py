"""Elements of two workflows: what was added, removed, renamed, changed, redirected, moved."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from netproof.difference.changes import ElementChange, Kind
from netproof.difference.matching import Item, matched
from netproof.difference.words import flow_ends, in_quotes, joined, node_kind, node_title
from transition_systems.source_span import SourceSpan
from translators.workflow.graph import Flow, Loop, MessageFlow, Node, WorkflowGraph
from translators.workflow.index import GraphIndex

__all__ = ["WorkflowChanges"]

Ends = tuple[str, str]


class WorkflowChanges:
    """The changes from one workflow to another, and which node is which.

    Attributes
    ----------
    nodes, flows, scopes
        Ids of the old graph with those of the new one.
    """

    def __init__(self, old: WorkflowGraph, new: WorkflowGraph) -> None:
        self.old, self.new = GraphIndex(old), GraphIndex(new)
        self.nodes = matched(_items(self.old), _items(self.new))
        self.scopes = self._scopes()
        self.flows = self._joined(old.flows, new.flows)
        self.messages = self._joined(old.messages, new.messages)

    def changes(self) -> tuple[ElementChange, ...]:
        """Return the changes: of nodes, flows, message flows, pools, roles and variables."""
        found = [*self._nodes(), *self._flows(), *self._messages(), *self._pools()]
        return (*found, *self._roles(), *self._variables())

    # which is which

    def _scopes(self) -> dict[str, str]:
        """Match scopes: by their owner, by id, then by the nodes that they share."""
        pairs: dict[str, str] = {}
        for scope in self.old.graph.scopes:
            owner = self.new.node.get(self.nodes.get(scope.owner or "", ""))
            if owner is not None and owner.body is not None:
                pairs[scope.id] = owner.body
        taken = set(pairs.values())
        shared: Counter[Ends] = Counter()
        for one, other in self.nodes.items():
            shared[self.old.node[one].scope, self.new.node[other].scope] += 1
        same = {(id, id): 0 for id in self.old.scope if id in self.new.scope}
        for one, other in [*same, *(pair for pair, _ in shared.most_common())]:
            if one not in self.old.scope or other not in self.new.scope:
                continue
            alike = self.old.scope[one].kind == self.new.scope[other].kind
            if one not in pairs and other not in taken and alike:
                pairs[one] = other
                taken.add(other)
        return pairs

    def _joined(
        self, old: tuple[Flow, ...] | tuple[MessageFlow, ...],
        new: tuple[Flow, ...] | tuple[MessageFlow, ...],
    ) -> dict[str, str]:  # fmt: skip
        """Match flows by what they join, the same ids and names first; then by id."""
        pairs: dict[str, str] = {}
        taken: set[str] = set()

        before: list[Any] = list(old)
        after: list[Any] = list(new)

        def pick(key: Callable[[Any, bool], Any]) -> None:
            free: dict[Any, list[str]] = defaultdict(list)
            for flow in reversed(after):
                if flow.id not in taken:
                    free[key(flow, False)].append(flow.id)
            for flow in before:
                wanted = key(flow, True)
                if flow.id not in pairs and wanted is not None and free.get(wanted):
                    pairs[flow.id] = free[wanted].pop()
                    taken.add(pairs[flow.id])

        def ends(flow: Any, is_old: bool) -> Any:
            source, target = self._end(flow.source, is_old), self._end(flow.target, is_old)
            return None if source is None or target is None else (source, target)

        pick(lambda flow, is_old: (ends(flow, is_old), flow.id))
        pick(lambda flow, is_old: (flow.name, e) if (e := ends(flow, is_old)) else None)
        pick(ends)
        pick(lambda flow, _: flow.id)
        return pairs

    def _end(self, id: str, is_old: bool) -> str | None:
        """Return the new id of an end of a flow; a pool keeps its own."""
        if not is_old:
            return id
        return self.nodes.get(id) if id in self.old.node else id

    # nodes

    def _nodes(self) -> Iterator[ElementChange]:
        back = set(self.nodes.values())
        for node in self.old.graph.nodes:
            if node.id not in self.nodes:
                yield _one("removed", node_kind(node), node_title(node), node, None)
        for node in self.new.graph.nodes:
            if node.id not in back:
                yield _one("added", node_kind(node), node_title(node), None, node)
        for node in self.old.graph.nodes:
            if node.id in self.nodes:
                yield from self._node(node, self.new.node[self.nodes[node.id]])

    def _node(self, old: Node, new: Node) -> Iterator[ElementChange]:
        what, title = node_kind(new), node_title(new)
        if node_kind(old) != what:
            yield _one("kind", what, title, old, new, old=node_kind(old), new=what)
        if _plain(old.name) != _plain(new.name):
            yield _one("renamed", what, title, old, new, old=_plain(old.name), new=_plain(new.name))
        if self.scopes.get(old.scope) != new.scope:
            yield _one(
                "moved", what, title, old, new,
                old=_inside(self.old, old.scope), new=_inside(self.new, new.scope),
            )  # fmt: skip
        for aspect, was, now in self._aspects(old, new):
            if was != now:
                yield _one("attribute", what, title, old, new, old=was, new=now, aspect=aspect)

    def _aspects(self, old: Node, new: Node) -> Iterator[tuple[str, str | None, str | None]]:
        """Yield what else steers a node, in words of the new model where it is the same there."""
        yield "repetition", _loop(old.loop), _loop(new.loop)
        yield "interrupting", _yes(old.interrupting), _yes(new.interrupting)
        if self.nodes.get(old.attached_to or "") != new.attached_to:
            yield (
                "attached to",
                _titled(self.old, old.attached_to),
                _titled(self.new, new.attached_to),
            )
        if old.default is None or self.flows.get(old.default) != new.default:
            yield "default flow", _led(self.old, old.default), _led(self.new, new.default)
        if old.id == new.id and old.trigger is new.trigger:
            yield "refers to", old.reference, new.reference
        yield "calls", old.called, new.called
        yield "time", old.duration, new.duration
        yield "timeout", _text(old.timeout), _text(new.timeout)
        yield "starts the process", _yes(old.instantiate), _yes(new.instantiate)
        yield "compensation", _yes(old.for_compensation), _yes(new.for_compensation)
        yield "tokens it needs", str(old.start_quantity), str(new.start_quantity)
        yield "tokens it gives", str(old.completion_quantity), str(new.completion_quantity)
        yield "triggers", _parts(old), _parts(new)
        yield "reads", _data(self.old, old.reads), _data(self.new, new.reads)
        yield "writes", _data(self.old, old.writes), _data(self.new, new.writes)

    # flows

    def _flows(self) -> Iterator[ElementChange]:
        for flow, other in self._both(self.old.graph.flows, self.new.graph.flows, self.flows):
            yield from self._flow("flow", flow, other)
            if flow is None or other is None:
                continue
            was, now = _condition(flow), _condition(other)
            if was != now:
                title = _flow_title(self.new, other)
                yield _one("condition", "flow", title, flow, other, old=was, new=now)

    def _messages(self) -> Iterator[ElementChange]:
        for flow, other in self._both(
            self.old.graph.messages, self.new.graph.messages, self.messages
        ):
            yield from self._flow("message flow", flow, other)

    def _both(
        self, old: tuple[Any, ...], new: tuple[Any, ...], pairs: dict[str, str]
    ) -> Iterator[tuple[Any, Any]]:
        by_id, back = {item.id: item for item in new}, set(pairs.values())
        yield from ((item, None) for item in old if item.id not in pairs)
        yield from ((None, item) for item in new if item.id not in back)
        yield from ((item, by_id[pairs[item.id]]) for item in old if item.id in pairs)

    def _flow(self, what: str, old: Any, new: Any) -> Iterator[ElementChange]:
        if old is None:
            yield _one("added", what, _flow_title(self.new, new), None, new)
            return
        if new is None:
            yield _one("removed", what, _flow_title(self.old, old), old, None)
            return
        if (self._end(old.source, True), self._end(old.target, True)) != (new.source, new.target):
            was = flow_ends(self.old, old.source, old.target)
            now = flow_ends(self.new, new.source, new.target)
            title = in_quotes(new.name) or new.id
            yield _one("redirected", what, title, old, new, old=was, new=now)
        if _plain(old.name) != _plain(new.name):
            title = _flow_title(self.new, new)
            yield _one(
                "attribute", what, title, old, new, aspect="name",
                old=in_quotes(old.name), new=in_quotes(new.name),
            )  # fmt: skip

    # the rest

    def _pools(self) -> Iterator[ElementChange]:
        before = {self._pool_key(p, True): p for p in self.old.graph.pools}
        after = {self._pool_key(p, False): p for p in self.new.graph.pools}
        for key, pool in before.items():
            if key not in after:
                yield _one("removed", "pool", in_quotes(pool.name) or pool.id, pool, None)
            elif _plain(pool.name) != _plain(after[key].name):
                yield _one(
                    "renamed", "pool", in_quotes(after[key].name) or key[1], pool, after[key],
                    old=_plain(pool.name), new=_plain(after[key].name),
                )  # fmt: skip
        for key, pool in after.items():
            if key not in before:
                yield _one("added", "pool", in_quotes(pool.name) or pool.id, None, pool)

    def _pool_key(self, pool: Any, is_old: bool) -> Ends:
        if pool.scope is None:
            return ("black box", pool.name or pool.id)
        return ("process", self.scopes.get(pool.scope, "") if is_old else pool.scope)

    def _roles(self) -> Iterator[ElementChange]:
        """Yield the nodes that lie in another lane or are done by others."""
        before, after = _roles_of(self.old.graph), _roles_of(self.new.graph)
        for one, other in self.nodes.items():
            was, now = before.get(one, ()), after.get(other, ())
            if was != now:
                old, new = self.old.node[one], self.new.node[other]
                yield _one(
                    "attribute", node_kind(new), node_title(new), old, new, aspect="done by",
                    old=joined(list(was)) or None, new=joined(list(now)) or None,
                )  # fmt: skip

    def _variables(self) -> Iterator[ElementChange]:
        before = {variable.name: variable for variable in self.old.graph.variables}
        after = {variable.name: variable for variable in self.new.graph.variables}
        for name in dict.fromkeys([*before, *after]):
            old, new = before.get(name), after.get(name)
            if old != new:
                change: Kind = "removed" if new is None else "added" if old is None else "attribute"
                yield ElementChange(
                    change=change, what="variable", element=name, title=f"“{name}”",
                    aspect="type" if change == "attribute" else None,
                    old=_variable(old), new=_variable(new),
                    old_source=None if old is None else old.span,
                    new_source=None if new is None else new.span,
                )  # fmt: skip


def _one(
    change: Kind,
    what: str,
    title: str,
    old_item: Any,
    new_item: Any,
    *,
    old: str | None = None,
    new: str | None = None,
    aspect: str | None = None,
) -> ElementChange:
    spans: list[SourceSpan | None] = [
        None if item is None else item.span for item in (old_item, new_item)
    ]
    return ElementChange(
        change=change, what=what, element=(new_item or old_item).id, title=title, aspect=aspect,
        old=old, new=new, old_source=spans[0], new_source=spans[1],
    )  # fmt: skip


def _items(index: GraphIndex) -> list[Item]:
    return [
        Item(
            id=node.id, name=_plain(node.name), family="node", kind=str(node.kind),
            exact=node_kind(node),
            before=(*(f.source for f in index.incoming[node.id]), *_host(node)),
            after=tuple(f.target for f in index.outgoing[node.id]),
        )
        for node in index.graph.nodes
    ]  # fmt: skip


def _host(node: Node) -> tuple[str, ...]:
    return () if node.attached_to is None else (node.attached_to,)


def _condition(flow: Flow) -> str | None:
    return None if flow.condition is None else _plain(flow.condition.text) or "(an empty text)"


def _data(index: GraphIndex, ids: tuple[str, ...]) -> str | None:
    """Return data by their names; of BPMN, ids of references say nothing to a reader."""
    graph = index.graph
    names = {data.id: _plain(data.name) for data in graph.data}
    names.update((variable.name, variable.name) for variable in graph.variables)
    found = {names.get(id, None if graph.format == "bpmn" else id) for id in ids}
    return ", ".join(sorted(name for name in found if name)) or None


def _plain(text: str | None) -> str | None:
    return " ".join((text or "").split()) or None


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _loop(loop: Loop | None) -> str | None:
    if loop is None:
        return None
    kinds = {"standard": "loop", "parallel": "parallel instances", "sequential": "one by one"}
    tested = " with the test first" if loop.test_before else ""
    return kinds[loop.kind] + tested + (f" ({loop.cardinality})" if loop.cardinality else "")


def _parts(node: Node) -> str | None:
    return ", ".join(f"{t} {r}" if r else str(t) for t, r in node.parts) or None


def _titled(index: GraphIndex, id: str | None) -> str | None:
    node = index.node.get(id or "")
    return id if node is None else node_title(node)


def _led(index: GraphIndex, id: str | None) -> str | None:
    flow = index.flow.get(id or "")
    return None if flow is None else _flow_title(index, flow)


def _flow_title(index: GraphIndex, flow: Flow | MessageFlow) -> str:
    ends = flow_ends(index, flow.source, flow.target)
    return f"{in_quotes(flow.name)} {ends}" if _plain(flow.name) else ends


def _inside(index: GraphIndex, scope_id: str) -> str:
    scope = index.scope.get(scope_id)
    if scope is None:
        return scope_id
    if scope.owner is not None and scope.owner in index.node:
        return f"inside {node_title(index.node[scope.owner])}"
    pool = index.pool_of(scope)
    name = (pool.name if pool is not None else None) or scope.name
    return f"in {in_quotes(name) or f'process {scope.id}'}"


def _roles_of(graph: WorkflowGraph) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for role in graph.roles:
        for node in role.nodes:
            found[node].append(in_quotes(role.name) or role.id)
    return {node: tuple(sorted(set(roles))) for node, roles in found.items()}


def _variable(variable: Any) -> str | None:
    if variable is None:
        return None
    needed = ", required" if variable.required else ""
    given = "" if variable.default is None else f", default {variable.default!r}"
    return f"{variable.type}{needed}{given}"
