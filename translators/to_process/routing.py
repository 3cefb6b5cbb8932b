"""The steps of gateways and events."""

from __future__ import annotations

from itertools import combinations, product

from translators.to_process.cells import Cell
from translators.to_process.frame import MAX_WAYS, Frame, Needs
from translators.to_process.inclusive import Region
from translators.to_process.throws import Catcher, interrupt, is_thrower, throw_steps
from translators.workflow.graph import EventKind, Flow, GatewayKind, Node, Trigger

__all__ = ["event_steps", "event_sub_process_steps", "gateway_steps"]


def gateway_steps(frame: Frame, node: Node, region: Region | None) -> None:
    """Add the steps of a gateway; an inclusive join comes with the region before it."""
    match node.gateway:
        case GatewayKind.EXCLUSIVE:
            flows = frame.index.outgoing[node.id]
            outs = [frame.fills([flow]) for flow in flows] or [[]]
            _route(frame, node, frame.ways_in(node), outs)
        case GatewayKind.PARALLEL:
            together = [need for way in frame.ways_in(node) for need in way]
            outs = [frame.fills(frame.index.outgoing[node.id])]
            _route(frame, node, [together] if together else [], outs)
        case GatewayKind.INCLUSIVE:
            ways = frame.ways_in(node) if region is None else _joins(frame, node, region)
            _route(frame, node, ways, _inclusive_outs(frame, node))
        case GatewayKind.EVENT_BASED if not frame.index.outgoing[node.id]:
            _route(frame, node, frame.ways_in(node), [[]])
        case GatewayKind.EVENT_BASED:
            _route(frame, node, frame.ways_in(node), [[(frame.wait[node.id], "put")]])
        case _:
            pass


def _route(frame: Frame, node: Node, ways: list[Needs], outs: list[Needs]) -> None:
    for way, out in product(ways, outs):
        frame.network.step(frame.begin(node, None).then(way).then(out))


def _subsets(flows: list[Flow]) -> list[list[Flow]]:
    return [list(c) for n in range(1, len(flows) + 1) for c in combinations(flows, n)]


def _inclusive_outs(frame: Frame, node: Node) -> list[Needs]:
    flows = frame.index.outgoing[node.id]
    others = [flow for flow in flows if flow.id != node.default]
    default = [flow for flow in flows if flow.id == node.default]
    if len(others) > MAX_WAYS:
        frame.refuse(node, f"an inclusive gateway with more than {MAX_WAYS} ways out")
        return []
    if not flows:
        return [[]]
    chosen = [subset or default for subset in frame.possible(others)]
    return [frame.fills(subset) for subset in chosen if subset]


def _joins(frame: Frame, node: Node, region: Region) -> list[Needs]:
    """Return the ways into an inclusive join: a set of flows with tokens, and nothing else."""
    flows = frame.index.incoming[node.id]
    if len(flows) > MAX_WAYS:
        frame.refuse(node, f"an inclusive gateway with more than {MAX_WAYS} ways in")
        return []
    cells = [*frame.flow.items(), *frame.run.items(), *frame.wait.items(), *frame.link.items()]
    before: list[Cell] = [cell for element, cell in cells if element in region.elements]
    quiet: Needs = [(cell, "empty") for cell in before]
    ways: list[Needs] = []
    for subset in _subsets(flows):
        taken = {flow.id for flow in subset}
        way: Needs = [
            (frame.flow[flow.id], "take" if flow.id in taken else "empty") for flow in flows
        ]
        ways.append(quiet + way)
    return ways


def event_steps(frame: Frame, node: Node) -> None:
    """Add the steps of an event, except boundary events and starts of event sub-processes."""
    if node.event is EventKind.BOUNDARY:
        return
    if node.event is EventKind.START:
        if frame.index.scope[node.scope].kind != "event-sub-process":
            _pass_steps(frame, node, frame.receives(node))
    elif node.event is EventKind.CATCH:
        _pass_steps(frame, node, frame.receives(node))
    elif is_thrower(node):
        throw_steps(frame, node)
    elif node.event is EventKind.THROW:
        _pass_steps(frame, node, [frame.sends(node)])
    else:
        _end_steps(frame, node)


def _pass_steps(frame: Frame, node: Node, messages: list[Needs]) -> None:
    outs = frame.ways_out(node)
    if node.event is EventKind.THROW and node.trigger is Trigger.LINK:
        outs = [[(frame.link[catch.id], "put")] for catch in frame.index.link_targets(node)]
    for way, message, out in product(frame.ways_in(node), messages, outs):
        frame.network.step(frame.begin(node, node.id).then(way).then(message).then(out))


def _end_steps(frame: Frame, node: Node) -> None:
    for way in frame.ways_in(node):
        step = frame.begin(node, node.id).then(way).then(frame.sends(node))
        if node.trigger is Trigger.TERMINATE:
            step.all(frame.everything(_terminated(frame, node)), "clear")
        frame.network.step(step)


def _terminated(frame: Frame, node: Node) -> str:
    """Return the scope that a terminate event empties: its process or sub-process."""
    scope = frame.index.scope[node.scope]
    while scope.kind == "event-sub-process" and scope.parent is not None:
        scope = frame.index.scope[scope.parent]
    return scope.id


def event_sub_process_steps(frame: Frame, node: Node, caught: set[str]) -> None:
    """Add the steps that trigger an event sub-process, one for each token that lets it happen."""
    starts = [n for n in frame.index.members[node.body or ""] if n.event is EventKind.START]
    if len(starts) != 1 or starts[0].id in caught:
        return
    start = starts[0]
    if start.trigger in (Trigger.ESCALATION, Trigger.CANCEL):
        return
    used = frame.used[node.id]
    catcher = Catcher(event=start, owner=node, scope=node.scope)
    witnesses = [cell for cell in frame.direct(node.scope) if cell.scope != node.body]
    ways = product(frame.receives(start), frame.ways_out(start), witnesses)
    for message, out, witness in ways:
        step = frame.begin(start, start.id).add(used, "unset").add(witness, "some").then(message)
        if start.interrupting:
            interrupt(frame, step, catcher)
        else:
            step.add(used, "set")
        frame.network.step(step.then(out))
