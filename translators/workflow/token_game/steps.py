"""The steps of the token game, node by node."""

from __future__ import annotations

from collections.abc import Iterator

from translators.workflow.graph import EventKind, GatewayKind, Node, Trigger
from translators.workflow.token_game.rules import Rules
from translators.workflow.token_game.state import Token, moved
from translators.workflow.token_game.throws import (
    THROWN,
    Catchers,
    Position,
    interrupted,
    running,
    triggered,
)

__all__ = ["Move", "node_steps"]

Move = tuple[str | None, Position, str]


def node_steps(rules: Rules, catchers: Catchers, position: Position, node: Node) -> Iterator[Move]:
    """Yield the steps of a node: label, position after it, and what happens."""
    if node.gateway is not None:
        yield from _gateway(rules, position, node)
    elif node.activity == "event-sub-process":
        yield from _event_sub_process(rules, catchers, position, node)
    elif node.is_activity:
        yield from _activity(rules, position, node)
    elif node.event is EventKind.BOUNDARY:
        yield from _boundary(rules, catchers, position, node)
    elif node.event in (EventKind.START, EventKind.CATCH):
        yield from _catch(rules, position, node)
    else:
        yield from _throw(rules, catchers, position, node)


def _given(rules: Rules, position: Position, node: Node) -> list[Token]:
    return [token for token in rules.sources[node.id] if token in position]


def _activity(rules: Rules, position: Position, node: Node) -> Iterator[Move]:
    loop = node.loop
    twice = loop is not None and loop.kind != "standard" and bool(rules.rings(node))
    for token in _given(rules, position, node):
        if twice or (loop is not None and loop.test_before):
            for fill in rules.fills[node.id]:
                yield None, moved(position, [token], fill), f"{node.title} is skipped"
        if node.body is not None and running(position, node):
            continue
        for message in rules.messages(position, node) if rules.first_message(node) else [()]:
            for more in (False, True) if twice else (False,):
                begun = [Token("run", node.id, more=more), *_begun(rules, node)]
                after = moved(position, [token, *message], begun)
                yield f"{node.id}.start", after, f"{node.title} starts"
    for run in running(position, node):
        if node.body is not None and rules.has_token(position, node.body):
            continue
        ended = rules.emptied(position, node.body, ends=False) if node.body else position
        if loop is not None and loop.kind == "standard":
            again = [] if node.body is None else rules.beginning(node.body)
            yield f"{node.id}.repeat", moved(ended, (), again), f"{node.title} repeats"
        if run.more:
            again = [] if node.body is None else rules.beginning(node.body)
            after = moved(ended, [run], [Token("run", node.id), *again])
            yield f"{node.id}.next", after, f"the second instance of {node.title} starts"
            continue
        for message in [()] if rules.first_message(node) else rules.messages(position, node):
            for fill in rules.fills[node.id]:
                after = moved(ended, [run, *message], fill)
                yield f"{node.id}.complete", after, f"{node.title} completes"


def _begun(rules: Rules, node: Node) -> list[Token]:
    """Return what the start of an activity puts beside its run."""
    inside = [] if node.body is None else rules.beginning(node.body)
    return [*inside, *rules.sends[node.id]]


def _gateway(rules: Rules, position: Position, node: Node) -> Iterator[Move]:
    fills = rules.fills[node.id]
    if node.id in rules.pending:
        return
    if node.gateway is GatewayKind.EVENT_BASED and rules.index.outgoing[node.id]:
        fills = [(Token("wait", node.id),)]
    for taken in _taken(rules, position, node):
        for fill in fills:
            yield None, moved(position, taken, fill), f"{node.title} routes"


def _taken(rules: Rules, position: Position, node: Node) -> list[list[Token]]:
    """Return the sets of tokens of which a gateway takes one set."""
    flows = [Token("flow", flow.id) for flow in rules.index.incoming[node.id]]
    if node.gateway is GatewayKind.PARALLEL and flows:
        return [flows] if all(token in position for token in flows) else []
    if node.id in rules.regions:
        region = rules.regions[node.id]
        arrived = [token for token in flows if token in position]
        waits = any((token.place, token.element) in region for token in position)
        return [arrived] if arrived and not waits else []
    return [[token] for token in _given(rules, position, node)]


def _catch(rules: Rules, position: Position, node: Node) -> Iterator[Move]:
    """Yield the steps of a start event or a catching event."""
    if rules.index.scope[node.scope].kind == "event-sub-process" and node.id in rules.pending:
        return
    for token in _given(rules, position, node):
        for message in rules.messages(position, node):
            for fill in rules.fills[node.id]:
                yield node.id, moved(position, [token, *message], fill), f"{node.title} occurs"


def _throw(rules: Rules, catchers: Catchers, position: Position, node: Node) -> Iterator[Move]:
    """Yield the steps of a throwing event or an end event."""
    fills = rules.fills[node.id]
    if node.event is EventKind.END:
        fills = [(Token("reached", node.id),)]
    elif node.trigger is Trigger.LINK:
        fills = [(Token("at", target.id),) for target in rules.index.link_targets(node)]
    for token in _given(rules, position, node):
        for fill in fills:
            after = moved(position, [token], [*fill, *rules.sends[node.id]])
            if node.trigger is Trigger.TERMINATE:
                after = rules.emptied(after, rules.home(node.scope), ends=True)
                yield node.id, after, f"{node.title} ends everything around it"
            elif node.trigger in THROWN:
                for caught in catchers.thrown(after, node):
                    yield node.id, caught, f"{node.title} throws"
            else:
                yield node.id, after, f"{node.title} occurs"


def _boundary(rules: Rules, catchers: Catchers, position: Position, node: Node) -> Iterator[Move]:
    owner = rules.index.node[node.attached_to or ""]
    if node.trigger is Trigger.COMPENSATION:
        return
    if owner.body is not None and not catchers.is_free(node, owner.body):
        return
    for run in running(position, owner):
        for message in rules.messages(position, node):
            for after in interrupted(rules, moved(position, message, ()), node, run):
                yield node.id, after, f"{node.title} occurs while {owner.title} runs"


def _event_sub_process(
    rules: Rules, catchers: Catchers, position: Position, node: Node
) -> Iterator[Move]:
    scope = rules.home(node.scope)
    for start in rules.index.starts(node.body or ""):
        if not catchers.is_free(start, None):
            continue
        if not rules.has_token(position, scope):
            return
        for message in rules.messages(position, start):
            for after in triggered(rules, moved(position, message, ()), start):
                yield start.id, after, f"{start.title} triggers {node.title}"
