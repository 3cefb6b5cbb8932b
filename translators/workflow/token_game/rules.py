"""What the drawing fixes for the token game: sources, fills, messages, scopes, regions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Literal

from transition_systems.errors import UsageError
from translators.workflow.conditions import possible_subsets
from translators.workflow.graph import (
    EventKind,
    Flow,
    GatewayKind,
    Node,
    Trigger,
    WorkflowGraph,
)
from translators.workflow.index import GraphIndex
from translators.workflow.token_game.regions import region_before
from translators.workflow.token_game.state import Counts, Token

__all__ = ["Rules", "Starts"]

Starts = Literal["one", "all"]
Fill = tuple[Token, ...]
COUNTED = frozenset({"flow", "at", "run", "wait"})


class Rules:
    """The look-ups of a token game, made once for a graph.

    Parameters
    ----------
    graph
        The workflow.
    starts
        Whether a scope with several start events starts at one of them or at all.

    Raises
    ------
    UsageError
        For another reading of starts.
    UnsupportedError
        For an inclusive join without a split before it.
    """

    def __init__(self, graph: WorkflowGraph, starts: Starts) -> None:
        if starts not in ("one", "all"):
            raise UsageError(f"starts is 'one' or 'all', not {starts!r}")
        self.graph = graph
        self.starts = starts
        self.index = index = GraphIndex(graph)
        self.nodes = [n for n in graph.nodes if not n.for_compensation]
        self.within = {s.id: frozenset(w.id for w in index.within(s.id)) for s in graph.scopes}
        self.fills = {node.id: self._fills(node) for node in graph.nodes}
        self.sends = {n.id: tuple(self._sends(n)) for n in graph.nodes}
        self.takes = {n.id: self._takes(n) for n in graph.nodes}
        self.pending = {
            start.id: Token("pending", scope.id if starts == "one" else start.id)
            for scope in graph.scopes
            for start in index.starts(scope.id)
        }
        self.sources = {node.id: self._sources(node) for node in graph.nodes}
        self.regions = {n.id: region_before(index, n) for n in self.nodes if self._is_join(n)}

    def _is_join(self, node: Node) -> bool:
        return node.gateway is GatewayKind.INCLUSIVE and len(self.index.incoming[node.id]) > 1

    # what a node takes and gives

    def _sources(self, node: Node) -> list[Token]:
        """Return the tokens of which a node takes one."""
        found = [Token("at", node.id)]
        for flow in self.index.incoming[node.id]:
            source = self.index.node[flow.source]
            if source.gateway is not GatewayKind.EVENT_BASED:
                found.append(Token("flow", flow.id))
            elif source.id in self.pending:
                found.append(self.pending[source.id])
            else:
                found.append(Token("wait", source.id))
        if node.id in self.pending and node.gateway is None:
            found.append(self.pending[node.id])
        return list(dict.fromkeys(found))

    def _fills(self, node: Node) -> list[Fill]:
        """Return the sets of outgoing flows that can get a token together."""
        flows = self.index.outgoing[node.id]
        if node.gateway is GatewayKind.PARALLEL or not flows:
            return [_on(flows)]
        if node.gateway in (GatewayKind.EXCLUSIVE, GatewayKind.EVENT_BASED):
            return [_on([flow]) for flow in flows]
        default = [flow for flow in flows if flow.id == node.default]
        if node.gateway is GatewayKind.INCLUSIVE:
            always: list[Flow] = []
            optional = [flow for flow in flows if flow.id != node.default]
        else:
            always = [f for f in flows if f.condition is None and f.id != node.default]
            optional = [f for f in flows if f.condition is not None and f.id != node.default]
        possible = possible_subsets(self.graph, optional)
        found: list[Fill] = []
        for size in range(len(optional) + 1):
            for chosen in combinations(range(len(optional)), size):
                if possible is not None and frozenset(chosen) not in possible:
                    continue
                filled = always + [optional[i] for i in chosen] + ([] if chosen else default)
                if filled:
                    found.append(_on(filled))
        return found

    def _sends(self, node: Node) -> list[Token]:
        """Return the messages that a node sends; those to a pool are lost."""
        if not (node.is_activity or node.event in (EventKind.THROW, EventKind.END)):
            return []
        inside = [m for m in self.index.sends[node.id] if m.target in self.index.node]
        return [Token("message", message.id) for message in inside]

    def _takes(self, node: Node) -> list[Fill]:
        """Return the messages of which a node takes one; ``()`` where it needs none."""
        messages = self.index.receives[node.id]
        inside = [m for m in messages if m.source in self.index.node]
        free: list[Fill] = [()] if len(inside) < len(messages) or not messages else []
        return free + [(Token("message", message.id),) for message in inside]

    def messages(self, counts: Counts, node: Node) -> list[Fill]:
        """Return the messages that a node can take now, each a choice."""
        return [taken for taken in self.takes[node.id] if all(t in counts for t in taken)]

    def first_message(self, node: Node) -> bool:
        """Return whether an activity takes its message when it starts, not when it completes."""
        if node.activity != "receive":
            return False
        return self.index.deferred_choice(node) is not None or node.id in self.pending

    # scopes

    def scope_of(self, token: Token) -> str | None:
        """Return the scope in which a token is; a message is in none."""
        match token.place:
            case "message":
                return None
            case "flow":
                return self.index.flow[token.element].scope
            case "interrupted":
                return token.element
            case "pending" if token.element in self.index.scope:
                return token.element
            case _:
                return self.index.node[token.element].scope

    def home(self, scope_id: str) -> str:
        """Return the process or sub-process to which a scope's tokens belong."""
        scope = self.index.scope[scope_id]
        while scope.kind == "event-sub-process" and scope.parent is not None:
            scope = self.index.scope[scope.parent]
        return scope.id

    def process(self, scope_id: str) -> str:
        """Return the process around a scope."""
        scope = self.index.scope[scope_id]
        while scope.parent is not None:
            scope = self.index.scope[scope.parent]
        return scope.id

    def counts_as_token(self, token: Token) -> bool:
        """Return whether a token keeps its scope from being complete.

        The pending start of a process does not count if each start that it stands for has a
        trigger, which may never come; one inside a sub-process always counts.
        """
        if token.place != "pending":
            return token.place in COUNTED
        started = [self.index.node[n] for n, pending in self.pending.items() if pending == token]
        if any(self.index.scope[node.scope].kind == "sub-process" for node in started):
            return True
        return not all(_is_triggered(node) for node in started)

    def has_token(self, counts: Counts, scope_id: str) -> bool:
        """Return whether a token is in a scope or deeper."""
        scopes = self.within[scope_id]
        return any(self.scope_of(t) in scopes and self.counts_as_token(t) for t in counts)

    def beginning(self, scope_id: str) -> list[Token]:
        """Return the tokens with which a process or sub-process begins."""
        starts = self.index.starts(scope_id)
        if starts:
            return list(dict.fromkeys(self.pending[start.id] for start in starts))
        return [Token("at", node.id) for node in self.index.implicit_starts(scope_id)]

    def emptied(self, counts: Counts, scope_id: str, *, ends: bool) -> dict[Token, int]:
        """Return the counts without a scope's tokens; with ``ends`` its own reached ends stay."""
        scopes = self.within[scope_id]
        return {
            token: number
            for token, number in counts.items()
            if (scope := self.scope_of(token)) not in scopes
            or (ends and token.place == "reached" and scope and self.home(scope) == scope_id)
        }

    def has_activity(self, scope_id: str) -> bool:
        """Return whether an activity is in a scope or deeper."""
        inside = self.within[scope_id]
        activities = (n for n in self.nodes if n.is_activity and n.scope in inside)
        return any(node.activity != "event-sub-process" for node in activities)

    def rings(self, node: Node) -> list[Node]:
        """Return the boundary events of an activity that can interfere with its run."""
        return [b for b in self.index.boundary[node.id] if b.trigger is not Trigger.COMPENSATION]


def _on(flows: Sequence[Flow]) -> Fill:
    return tuple(Token("flow", flow.id) for flow in flows)


def _is_triggered(node: Node) -> bool:
    return node.event is None or node.trigger is not Trigger.NONE
